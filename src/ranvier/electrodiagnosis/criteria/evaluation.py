"""Answer criteria clause by clause: met, failed or missing, by which reading, and what would complete it.

What was not measured, or has no limit, is missing and never failed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ranvier.core import Side, Status, number_in_words, weakest
from ranvier.electrodiagnosis.criteria.readings import Number, Unit, measure_in_words
from ranvier.electrodiagnosis.criteria.tables import Clause, Comparison, Conclusion, CriteriaSet, Rule

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
class _Judged:
    state: State
    text: str
    nerve: str
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseAnswer:
    """One clause answered.

    Attributes
    ----------
    readings : tuple of str
        Which reading met or failed it: nerve, side, site, value and limit in words.
    further : str
        What would complete it; empty where it is met.
    """

    clause: str
    text: str
    state: State
    readings: tuple[str, ...]
    further: str
    status: Status
    source: str


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


def _by_nerve(clause: Clause, units: Sequence[Unit], setting: Setting) -> list[_Judged]:
    """Return one judgement a nerve and side; several studies of a nerve count once."""
    if clause.unit == "fact":
        units = [_fact_unit(clause, setting)]
    best: dict[tuple[str, Side], _Judged] = {}
    for unit in units:
        rules = [r for r in clause.rules if r.is_for(unit.nerve)]
        if unit.kind != clause.unit or not rules:
            continue
        found = _any([_rule(rule, unit, setting) for rule in rules])
        known = best.get((unit.nerve, unit.side))
        best[unit.nerve, unit.side] = found if known is None else _any([known, found])
    return list(best.values())


def _fact_unit(clause: Clause, setting: Setting) -> Unit:
    measure = clause.rules[0].test.measure
    known = setting.facts.get(measure)
    number = Number(measure=measure, value=None if known is None else float(known), why_missing="this is not stated")
    return Unit(kind="fact", nerve="history and examination", side=Side.UNKNOWN, numbers=(number,))


def _any(items: Sequence[_Judged]) -> _Judged:
    order: tuple[State, ...] = ("met", "missing", "failed")
    return min(items, key=lambda j: order.index(j.state))


def _rule(rule: Rule, unit: Unit, setting: Setting) -> _Judged:
    parts = [_test(test, unit) for test in (rule.test, *rule.guards)]
    if rule.filter_hz is not None and setting.low_filter_hz is None:
        text = "the low-frequency filter is not stated, and the threshold depends on it"
        parts.append(_Judged(state="missing", text=text, nerve=unit.nerve, side=unit.side))
    elif rule.filter_hz is not None and rule.filter_hz != setting.low_filter_hz:
        text = f"threshold for another filter ({rule.filter_hz:g} Hz)"
        parts.append(_Judged(state="failed", text=text, nerve=unit.nerve, side=unit.side))
    state = _all([p.state for p in parts])
    said = [p.text for p in parts if p.state == state]
    return _Judged(state=state, text=f"{unit.in_words}: {'; '.join(said)}", nerve=unit.nerve, side=unit.side)


def _all(states: Sequence[State]) -> State:
    return "failed" if "failed" in states else "missing" if "missing" in states else "met"


def _test(test: Comparison, unit: Unit) -> _Judged:
    number = unit.number(test.measure)
    name = measure_in_words(test.measure)
    if number is None or number.value is None:
        why = number.why_missing if number is not None and number.why_missing else "not measured"
        return _Judged(state="missing", text=f"{name}: {why}", nerve=unit.nerve, side=unit.side)
    if test.of_limit and not number.limit:
        why = number.why_no_limit or "no limit"
        return _Judged(state="missing", text=f"{name} {number.in_words}: {why}", nerve=unit.nerve, side=unit.side)
    value = number.value / number.limit if test.of_limit and number.limit else number.value
    wanted = f"{test.comparator} {test.threshold:g}" + (" of the limit" if test.of_limit else "")
    share = f", {number_in_words(round(100 * value))} % of the limit" if test.of_limit else ""
    state: State = "met" if test.holds(round(value, 9)) else "failed"
    text = f"{name} {number.in_words}{share} (asked for {wanted})"
    return _Judged(state=state, text=text, nerve=unit.nerve, side=unit.side)


def _answer(clause: Clause, judged: Mapping[str, list[_Judged]]) -> ClauseAnswer:
    own = judged[clause.id]
    state = _all_of(clause, own) if clause.quantifier == "all" else _enough(clause, judged)
    shown = [j.text for j in own if j.state == state]
    if state == "missing":
        shown += [j.text for j in own if j.state == "met"]
    first = clause.rules[0]
    return ClauseAnswer(
        clause=clause.id,
        text=clause.text,
        state=state,
        readings=tuple(shown),
        further="" if state == "met" else _further(clause, own),
        status=weakest(tuple(r.status for r in clause.rules)),
        source=first.source,
    )


def _all_of(clause: Clause, own: Sequence[_Judged]) -> State:
    states = [j.state for j in own]
    if "failed" in states:
        return "failed"
    return "met" if states.count("met") >= clause.needed and "missing" not in states else "missing"


def _enough(clause: Clause, judged: Mapping[str, list[_Judged]]) -> State:
    """Count the nerves that meet a clause, those that may, and those that meet another one elsewhere."""
    own = judged[clause.id]
    others = [j for id_ in clause.elsewhere for j in judged[id_]]
    if _reached(clause, _keys(own, {"met"}), _keys(others, {"met"})):
        return "met"
    may, others_may = _keys(own, {"met", "missing"}), _keys(others, {"met", "missing"})
    evaluated = len(_keys(own, {"met", "failed"}))
    if evaluated < clause.needed or _reached(clause, may, others_may):
        return "missing"
    return "failed"


def _keys(items: Sequence[_Judged], states: set[str]) -> set[tuple[str, Side]]:
    return {(j.nerve, j.side) for j in items if j.state in states}


def _reached(clause: Clause, own: set[tuple[str, Side]], others: set[tuple[str, Side]]) -> bool:
    if not clause.elsewhere:
        return len(own) >= clause.needed
    return len(own) >= clause.needed and bool(others) and len(own | others) > clause.needed


def _further(clause: Clause, own: Sequence[_Judged]) -> str:
    measures = " and ".join(dict.fromkeys(measure_in_words(r.test.measure) for r in clause.rules))
    if clause.unit == "fact":
        return f"state from history and examination: {measures}"
    open_ = [j.text.split(":")[0] for j in own if j.state == "missing"]
    if open_:
        return f"{measures} of " + ", ".join(open_)
    if clause.quantifier == "all" and not any(j.state == "failed" for j in own):
        return f"{measures} in more nerves (at least {clause.needed} are needed)"
    met = sum(j.state == "met" for j in own)
    named = dict.fromkeys(n for r in clause.rules for n in r.nerves if not n.startswith("!"))
    where = f" ({', '.join(named)})" if named else ""
    return f"{measures} in a further nerve{where}: {met} of {clause.needed} needed so far"


def _conclude(conclusion: Conclusion, states: Mapping[str, State]) -> State:
    flipped: dict[State, State] = {"met": "failed", "failed": "met", "missing": "missing"}
    parts: list[State] = [states[c] for c in conclusion.all_of]
    parts += [flipped[states[c]] for c in conclusion.none_of]
    if conclusion.of:
        of = [states[c] for c in conclusion.of]
        met, may = of.count("met"), of.count("met") + of.count("missing")
        parts.append("met" if met >= conclusion.at_least else "missing" if may >= conclusion.at_least else "failed")
    return _all(parts)
