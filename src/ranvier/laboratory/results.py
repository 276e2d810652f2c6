"""Laboratory results to findings: one for each feature, whichever tests bear on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, LabResult, Unused, load_vocabulary
from ranvier.core import Finding, Limit, Modality, PresenceReading, number_in_words
from ranvier.laboratory.combinations import Combination, Facts, first_witness, holding
from ranvier.laboratory.derived import derived
from ranvier.laboratory.meaning import Meant, known_flags, meanings_of, unknown_unit
from ranvier.reference import lab_meanings

_PREFIXES = {"csf_": Modality.CSF, "gene_": Modality.GENETICS}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    meant: Meant
    result: LabResult
    by_rule: bool = False
    others: tuple[tuple[LabResult, bool], ...] = ()
    """Further results on the same feature, each with whether it shows that it is present."""


def findings(case: Case, graph: NerveGraph) -> tuple[Finding, ...]:
    """Return one finding for each feature that the results state, in the order of the case.

    A normal value is an explicit absence. Where several results bear on one feature, one that
    shows it is present counts; a feature that the case states in words is left to those words.

    Parameters
    ----------
    case : Case
        The record.
    graph : NerveGraph
        Not needed here; every modality has the same signature.
    """
    del graph
    stated = _stated(case)
    return tuple(_finding(number, one) for number, one in enumerate(stated.values(), 1))


def conclusions(case: Case) -> tuple[Combination, ...]:
    """Return what results of a case mean together, in the order of the table of rules."""
    return holding(_facts(case, _single(case)))


def _stated(case: Case) -> dict[str, _Stated]:
    """Return one verdict for each feature: of single results, as corrected by what they mean together."""
    best = _single(case)
    facts = _facts(case, best)
    said_in_words = {s.feature for s in case.statements}
    for rule in holding(facts):
        witness = first_witness(rule, facts)
        if rule.effect == "silent":
            best.pop(rule.feature, None)
        elif rule.effect != "note" and witness is not None and rule.feature not in said_in_words:
            limit = Limit(text=rule.sentence.rstrip("."), source=rule.source, status=rule.status)
            meant = Meant(feature=rule.feature, present=rule.effect == "present", limit=limit)
            held = best.get(rule.feature)
            if held is None or not held.by_rule or meant.present:
                best[rule.feature] = _Stated(meant=meant, result=witness, by_rule=True)
    return best


def _facts(case: Case, single: Mapping[str, _Stated]) -> Facts:
    by_words = {s.feature: s.present for s in case.statements}
    return Facts(
        results=(*case.laboratory, *derived(case)),
        features={**{f: s.meant.present for f, s in single.items()}, **by_words},
    )


def _single(case: Case) -> dict[str, _Stated]:
    """Return the verdicts of single results; of several on one feature, one that shows it is present counts."""
    said_in_words = {s.feature for s in case.statements}
    best: dict[str, _Stated] = {}
    for result in (*case.laboratory, *derived(case)):
        for meant in meanings_of(result, case.patient.sex, case.patient.age_y):
            held = best.get(meant.feature)
            if meant.feature in said_in_words or (held is not None and held.result is result):
                continue
            if held is None:
                best[meant.feature] = _Stated(meant=meant, result=result)
            elif meant.present and not held.meant.present:
                others = (*held.others, (held.result, False))
                best[meant.feature] = _Stated(meant=meant, result=result, others=others)
            else:
                best[meant.feature] = replace(held, others=(*held.others, (result, meant.present)))
    return best


def unused(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return the results that state no feature, with the reason."""
    del graph
    out = []
    results = (*case.laboratory, *derived(case))
    in_rules = {
        w.origin for r in conclusions(case) for t in r.terms for w in Facts(results=results, features={}).witnesses(t)
    }
    for result in case.laboratory:
        if not meanings_of(result, case.patient.sex, case.patient.age_y):
            if result.origin not in in_rules:
                out.append(_unused(result))
        elif (units := unknown_unit(result)) is not None:
            out.append(_strange_unit(result, units))
    return tuple(out)


def _finding(number: int, stated: _Stated) -> Finding:
    meant, result = stated.meant, stated.result
    name = load_vocabulary().features[meant.feature].name
    is_short_form = any(letter.isupper() for letter in name.split()[0][1:])
    inside = name if is_short_form else f"{name[:1].lower()}{name[1:]}"
    verdict = f"{inside} is {'present' if meant.present else 'absent'}"
    return Finding(
        id=f"lab-{number}",
        modality=next((m for p, m in _PREFIXES.items() if meant.feature.startswith(p)), Modality.LABORATORY),
        observable=meant.feature,
        place=None,
        reading=PresenceReading(present=meant.present),
        abnormal=meant.present,
        statement=f"{_result_in_words(result)} ({meant.limit.text}): {verdict}{_others_in_words(stated)}.",
        limit=meant.limit,
        origin=result.origin,
        day=result.day,
    )


def _others_in_words(stated: _Stated) -> str:
    """Return what further results say on the same feature: they are counted once, and named."""
    said = [f"{_result_in_words(r)} ({'present' if present else 'absent'})" for r, present in stated.others]
    return f"; counted once with: {', '.join(said)}" if said else ""


def _result_in_words(result: LabResult) -> str:
    name = load_vocabulary().lab_tests[result.test].name
    day = f" on day {number_in_words(result.day)}" if result.day is not None else ""
    if result.value is None:
        return f"{name} is {result.word or 'reported'}{day}"
    unit = f" {result.unit}" if result.unit else ""
    top = f" to {number_in_words(result.highest)}" if result.highest is not None else ""
    return f"{name} is {result.comparator}{number_in_words(result.value)}{top}{unit}{day}"


def _strange_unit(result: LabResult, units: tuple[str, ...]) -> Unused:
    return Unused(
        severity="question",
        origin=result.origin,
        problem=f"{_result_in_words(result)}: that unit is not known for this test; only the flag or range was used.",
        remedy=f"Check the unit; known are {', '.join(units)}.",
    )


def _unused(result: LabResult) -> Unused:
    name = load_vocabulary().lab_tests[result.test].name
    flags = sorted(set(known_flags(result.test)))
    units = sorted({m.unit for m in lab_meanings(result.test)})
    if not flags and not units:
        problem = f"{name} has no meaning in the tables yet"
        remedy = "it is listed but not used"
    else:
        problem = f"{_result_in_words(result)}: this decides nothing"
        remedy = f"give a value in {' or '.join(units) or 'words'}, or a flag out of {', '.join(flags)}"
    return Unused(severity="error", origin=result.origin, problem=f"{problem}.", remedy=f"{remedy}.")
