"""Answer criteria clause by clause: met, failed or missing, by which reading, and what would complete it.

What was not measured, or has no limit, is missing and never failed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

from ranvier.core import Side, Status, number_in_words, weakest
from ranvier.electrodiagnosis.criteria.facts import fact_in_words
from ranvier.electrodiagnosis.criteria.tables import Clause, Comparison, Conclusion, CriteriaSet, Rule, citation
from ranvier.electrodiagnosis.criteria.units import (
    Number,
    Unit,
    is_yes_or_no,
    measure_in_words,
    study_in_words,
)

State = Literal["met", "failed", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the readings alone do not say.

    Attributes
    ----------
    low_filter_hz : float or None
        Low-frequency filter of the motor studies; None is not stated.
    facts : mapping of str to bool
        What history and examination supply; a fact that is not there is not known.
    """

    low_filter_hz: float | None = None
    facts: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveAnswer:
    """What one nerve of one side says of a clause: met, failed or missing, and the reading in words."""

    state: State
    text: str
    nerve: str
    side: Side
    limb: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A threshold of a clause as its table has it, and how well it is known."""

    text: str
    status: Status
    source: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseAnswer:
    """One clause answered.

    Attributes
    ----------
    readings : tuple of str
        Which reading met or failed it: nerve, side, site, value and limit in words.
    further : str
        What would complete it; empty where it is met.
    status : Status
        The weakest of its thresholds.
    thresholds : tuple of Threshold
        Each of its thresholds with source, citation and status.
    """

    clause: str
    text: str
    state: State
    readings: tuple[str, ...]
    further: str
    status: Status
    source: str
    thresholds: tuple[Threshold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionAnswer:
    """One conclusion of a set: met, failed, or missing what it needs; `clauses` are those that speak for it."""

    id: str
    text: str
    state: State
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAnswer:
    """A set answered for a patient, or for one side of a patient."""

    set: str
    name: str
    version: str
    side: Side | None
    clauses: tuple[ClauseAnswer, ...]
    conclusions: tuple[ConclusionAnswer, ...]
    not_included: str

    @property
    def met(self) -> ConclusionAnswer | None:
        """Return the strongest conclusion that is met, or None."""
        return next((c for c in self.conclusions if c.state == "met"), None)


def evaluate(criteria: CriteriaSet, units: Sequence[Unit], setting: Setting) -> tuple[SetAnswer, ...]:
    """Answer a set, once for the patient or once for each side that was studied.

    Parameters
    ----------
    criteria : CriteriaSet
        One set.
    units : sequence of Unit
        Nerves, hands, elbows and regions with their numbers.
    setting : Setting
        Filter and given facts.
    """
    if criteria.scope == "patient":
        return (_evaluate(criteria, units, setting, None),)
    kinds = {clause.unit for clause in criteria.clauses}
    sides = dict.fromkeys(u.side for u in units if u.kind in kinds)
    return tuple(_evaluate(criteria, [u for u in units if u.side is s], setting, s) for s in sides)


def _evaluate(criteria: CriteriaSet, units: Sequence[Unit], setting: Setting, side: Side | None) -> SetAnswer:
    judged = {c.id: _by_nerve(c, units, setting) for c in criteria.clauses}
    answers = tuple(_answer(c, judged) for c in criteria.clauses)
    states = {a.clause: a.state for a in answers}
    return SetAnswer(
        set=criteria.id,
        name=criteria.name,
        version=criteria.version,
        side=side,
        clauses=answers,
        conclusions=tuple(
            ConclusionAnswer(id=c.id, text=c.text, state=_conclude(c, states), clauses=(*c.of, *c.all_of))
            for c in criteria.conclusions
        ),
        not_included=criteria.not_included,
    )


def nerve_answers(clause: Clause, units: Sequence[Unit], setting: Setting) -> tuple[NerveAnswer, ...]:
    """Return what each nerve of each side says of a clause, however many nerves the clause asks for."""
    return tuple(_by_nerve(clause, units, setting))


def _by_nerve(clause: Clause, units: Sequence[Unit], setting: Setting) -> list[NerveAnswer]:
    """Return one judgement a nerve and side; several studies or stretches of a nerve count once."""
    if clause.unit == "fact":
        units = [_fact_unit(clause, setting)]
    best: dict[tuple[str, Side], NerveAnswer] = {}
    for unit in units:
        rules = [r for r in clause.rules if r.is_for(unit.nerve, unit.part)]
        if unit.kind != clause.unit or not rules:
            continue
        found = _any([_rule(rule, unit, setting) for rule in _of_filter(rules, setting)])
        found = found if found.state != "missing" else _either_way(rules, unit, setting) or found
        known = best.get((unit.nerve, unit.side))
        best[unit.nerve, unit.side] = found if known is None else _any([known, found])
    return list(best.values())


_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _either_way(rules: Sequence[Rule], unit: Unit, setting: Setting) -> NerveAnswer | None:
    """Return the answer of two rules that differ by one guard and its opposite, where both tests hold without it.

    A latency beyond 150 % of its limit meets "above 125 %, or above 150 % where the response is small" whether or
    not the response was measured.
    """
    for one, other in combinations(_of_filter(rules, setting), 2):
        if one.test.measure == other.test.measure and _are_opposite(one, other):
            parts = [_rule(replace(rule, guards=()), unit, setting) for rule in (one, other)]
            if _all([p.state for p in parts]) == "met":
                return parts[0] if one.test.threshold == _stricter(one.test, other.test) else parts[1]
    return None


def _are_opposite(one: Rule, other: Rule) -> bool:
    if len(one.guards) != 1 or len(other.guards) != 1:
        return False
    first, second = one.guards[0], other.guards[0]
    same = (first.measure, first.threshold, first.of_limit) == (second.measure, second.threshold, second.of_limit)
    return same and _OPPOSITE[first.comparator] == second.comparator


def _stricter(one: Comparison, other: Comparison) -> float:
    choose = max if one.comparator in (">", ">=") else min
    return choose(one.threshold, other.threshold)


def _of_filter(rules: Sequence[Rule], setting: Setting) -> Sequence[Rule]:
    """Return the rules for the filter that was used; where the table has none for it, one that stays open."""
    fitting = [r for r in rules if r.filter_hz in (None, setting.low_filter_hz)]
    return fitting or rules[:1]


def _fact_unit(clause: Clause, setting: Setting) -> Unit:
    measure = clause.rules[0].test.measure
    known = setting.facts.get(measure)
    number = Number(measure=measure, value=None if known is None else float(known), why_missing="not stated")
    return Unit(kind="fact", nerve="history and examination", side=Side.UNKNOWN, numbers=(number,))


def _any(items: Sequence[NerveAnswer]) -> NerveAnswer:
    order: tuple[State, ...] = ("met", "missing", "failed")
    return min(items, key=lambda j: order.index(j.state))


def _rule(rule: Rule, unit: Unit, setting: Setting) -> NerveAnswer:
    if rule.filter_hz is not None and rule.filter_hz != setting.low_filter_hz:
        why = "the low-frequency filter is not stated, and the threshold depends on it"
        if setting.low_filter_hz is not None:
            why = f"there is no threshold for a low-frequency filter of {setting.low_filter_hz:g} Hz"
        number = unit.number(rule.test.measure)
        value = f" {number.in_words}" if number is not None and number.value is not None else ""
        return _judged(unit, "missing", f"{unit.in_words}: {measure_in_words(rule.test.measure)}{value}: {why}")
    parts = [_test(test, unit) for test in (rule.test, *rule.guards)]
    state = _all([p.state for p in parts])
    said = [p.text for p in parts if p.state == state]
    return _judged(unit, state, f"{unit.in_words}: {'; '.join(said)}")


def _judged(unit: Unit, state: State, text: str) -> NerveAnswer:
    return NerveAnswer(state=state, text=text, nerve=unit.nerve, side=unit.side, limb=unit.limb, subject=unit.in_words)


def _all(states: Sequence[State]) -> State:
    return "failed" if "failed" in states else "missing" if "missing" in states else "met"


def _test(test: Comparison, unit: Unit) -> NerveAnswer:
    number = unit.number(test.measure)
    if unit.kind == "fact":
        return _fact(test, unit, number)
    name = measure_in_words(test.measure)
    if number is None or number.value is None:
        why = number.why_missing if number is not None and number.why_missing else "not measured"
        return _judged(unit, "missing", f"{name}: {why}")
    if test.of_limit and not number.limit:
        return _judged(unit, "missing", f"{name} {number.in_words}: {number.why_no_limit or 'no limit'}")
    value = number.value / number.limit if test.of_limit and number.limit else number.value
    state: State = "met" if test.holds(round(value, 9)) else "failed"
    if is_yes_or_no(test.measure):
        why = f" ({number.site})" if number.site else ""
        return _judged(unit, state, f"{name}: {'yes' if number.value else 'no'}{why}")
    wanted = f"{test.comparator} {test.threshold:g}" + (" of the limit" if test.of_limit else "")
    share = f", {number_in_words(round(100 * value, 1))} % of the limit" if test.of_limit else ""
    return _judged(unit, state, f"{name} {number.in_words}{share} (asked for {wanted})")


def _fact(test: Comparison, unit: Unit, number: Number | None) -> NerveAnswer:
    name = fact_in_words(test.measure)
    if number is None or number.value is None:
        return _judged(unit, "missing", f"{name}: not stated")
    state: State = "met" if test.holds(number.value) else "failed"
    return _judged(unit, state, f"{name}: {'yes' if number.value else 'no'}")


def _answer(clause: Clause, judged: Mapping[str, list[NerveAnswer]]) -> ClauseAnswer:
    own = judged[clause.id]
    state = _all_of(clause, own) if clause.quantifier == "all" else _enough(clause, judged)
    shown = [j.text for j in own if j.state == state] or [j.text for j in own if state == "failed"]
    if state == "missing":
        shown += [j.text for j in own if j.state == "met"]
    if state == "met":
        shown += _elsewhere(clause, judged)
    first = clause.rules[0]
    return ClauseAnswer(
        clause=clause.id,
        text=clause.text,
        state=state,
        readings=tuple(dict.fromkeys(shown)),
        further="" if state == "met" else _further(clause, own),
        status=weakest(tuple(r.status for r in clause.rules)),
        source=first.source,
        thresholds=tuple(
            Threshold(text=r.in_words, status=r.status, source=r.source, citation=citation(r.source))
            for r in clause.rules
        ),
    )


def _elsewhere(clause: Clause, judged: Mapping[str, list[NerveAnswer]]) -> list[str]:
    """Return the readings of further nerves that the clause asks for besides its own."""
    own = _keys(judged[clause.id], {"met"})
    others = [j for id_ in clause.elsewhere for j in judged[id_] if j.state == "met"]
    return [f"elsewhere: {j.text}" for j in others if len(own) > clause.needed or (j.nerve, j.side) not in own]


def _all_of(clause: Clause, own: Sequence[NerveAnswer]) -> State:
    states = [j.state for j in own]
    if "failed" in states:
        return "failed"
    return "met" if states.count("met") >= clause.needed and "missing" not in states else "missing"


def _enough(clause: Clause, judged: Mapping[str, list[NerveAnswer]]) -> State:
    """Count the nerves that meet a clause, those that may, and those that meet another one elsewhere."""
    own = judged[clause.id]
    others = [j for id_ in clause.elsewhere for j in judged[id_]]
    met, may = _of_states(own, {"met"}), _of_states(own, {"met", "missing"})
    if _reached(clause, met, _keys(others, {"met"})):
        return "met"
    if not _studied(clause, own) or _reached(clause, may, _keys(others, {"met", "missing"})):
        return "missing"
    return "failed"


def _studied(clause: Clause, own: Sequence[NerveAnswer]) -> bool:
    """Tell whether as many nerves, and where the clause says so limbs, were judged as it needs."""
    judged = _of_states(own, {"met", "failed"})
    if clause.quantifier in ("one_limb", "several_limbs"):
        return _reached(clause, judged, set())
    return len(_keys(judged, {"met", "failed"})) >= clause.needed


def _of_states(items: Sequence[NerveAnswer], states: set[str]) -> list[NerveAnswer]:
    return [j for j in items if j.state in states]


def _keys(items: Sequence[NerveAnswer], states: set[str]) -> set[tuple[str, Side]]:
    return {(j.nerve, j.side) for j in items if j.state in states}


def _reached(clause: Clause, own: Sequence[NerveAnswer], others: set[tuple[str, Side]]) -> bool:
    keys = {(j.nerve, j.side) for j in own}
    if clause.quantifier == "one_limb":
        limbs = Counter((j.side, j.limb) for j in own if j.limb)
        return any(count >= clause.needed for count in limbs.values())
    if clause.quantifier == "several_limbs":
        return len(keys) >= clause.needed and len({(j.side, j.limb) for j in own if j.limb}) > 1
    if not clause.elsewhere:
        return len(keys) >= clause.needed
    return len(keys) >= clause.needed and bool(others) and len(keys | others) > clause.needed


def _further(clause: Clause, own: Sequence[NerveAnswer]) -> str:
    if clause.unit == "fact":
        names = " and ".join(dict.fromkeys(fact_in_words(r.test.measure) for r in clause.rules))
        return f"state from history and examination: {names}"
    studies = "; ".join(dict.fromkeys(study_in_words(r.test.measure) for r in clause.rules))
    open_ = [j.subject for j in own if j.state == "missing"]
    if open_:
        return f"{studies} of " + ", ".join(dict.fromkeys(open_))
    met = sum(j.state == "met" for j in own)
    if clause.quantifier == "all":
        if any(j.state == "failed" for j in own):
            return "nothing: what was measured contradicts it"
        return f"{studies} of more nerves (at least {clause.needed} are needed)"
    if clause.unit in ("region", "body"):
        return f"nothing in the regions studied ({met} of {clause.needed} needed); a later study may show it"
    named = dict.fromkeys(n.replace("@", " ").replace("_", " ") for n in _named(clause))
    where = f" ({', '.join(named)})" if named else ""
    limbs = {"one_limb": ", in one limb", "several_limbs": ", in more than one limb"}.get(clause.quantifier, "")
    what = "stretch of a nerve" if clause.unit == "segment" else "nerve"
    return f"{studies} of a further {what}{where}: {met} of {clause.needed} needed so far{limbs}"


def _named(clause: Clause) -> list[str]:
    """Return the nerves that a clause is for; none where one of its rules is for any."""
    rules = [[n for n in r.nerves if not n.startswith("!")] for r in clause.rules]
    return [] if not all(rules) else [n for nerves in rules for n in nerves]


def _conclude(conclusion: Conclusion, states: Mapping[str, State]) -> State:
    flipped: dict[State, State] = {"met": "failed", "failed": "met", "missing": "missing"}
    parts: list[State] = [states[c] for c in conclusion.all_of]
    parts += [flipped[states[c]] for c in conclusion.none_of]
    if conclusion.of:
        of = [states[c] for c in conclusion.of]
        met, may = of.count("met"), of.count("met") + of.count("missing")
        parts.append("met" if met >= conclusion.at_least else "missing" if may >= conclusion.at_least else "failed")
    return _all(parts)
