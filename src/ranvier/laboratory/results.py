"""Laboratory results to findings: one for each feature, whichever tests bear on it."""

from dataclasses import dataclass

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, LabResult, Unused, load_vocabulary
from ranvier.core import Finding, Modality, PresenceReading, number_in_words
from ranvier.laboratory.derived import derived
from ranvier.laboratory.meaning import Meant, known_flags, meanings_of, unknown_unit
from ranvier.reference import lab_meanings

_PREFIXES = {"csf_": Modality.CSF, "gene_": Modality.GENETICS}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    meant: Meant
    result: LabResult


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
    said_in_words = {s.feature for s in case.statements}
    best: dict[str, _Stated] = {}
    for result in (*case.laboratory, *derived(case)):
        for meant in meanings_of(result, case.patient.sex):
            held = best.get(meant.feature)
            if meant.feature not in said_in_words and (held is None or (meant.present and not held.meant.present)):
                best[meant.feature] = _Stated(meant=meant, result=result)
    return tuple(_finding(number, stated) for number, stated in enumerate(best.values(), 1))


def unused(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return the results that state no feature, with the reason."""
    del graph
    out = []
    for result in case.laboratory:
        if not meanings_of(result, case.patient.sex):
            out.append(_unused(result))
        elif (units := unknown_unit(result)) is not None:
            out.append(_strange_unit(result, units))
    return tuple(out)


def _finding(number: int, stated: _Stated) -> Finding:
    meant, result = stated.meant, stated.result
    name = load_vocabulary().features[meant.feature].name
    verdict = f"{name[:1].lower()}{name[1:]} is {'present' if meant.present else 'absent'}"
    return Finding(
        id=f"lab-{number}",
        modality=next((m for p, m in _PREFIXES.items() if meant.feature.startswith(p)), Modality.LABORATORY),
        observable=meant.feature,
        place=None,
        reading=PresenceReading(present=meant.present),
        abnormal=meant.present,
        statement=f"{_result_in_words(result)} ({meant.limit.text}): {verdict}.",
        limit=meant.limit,
        origin=result.origin,
        day=result.day,
    )


def _result_in_words(result: LabResult) -> str:
    name = load_vocabulary().lab_tests[result.test].name
    day = f" on day {number_in_words(result.day)}" if result.day is not None else ""
    if result.value is None:
        return f"{name} is {result.word or 'reported'}{day}"
    unit = f" {result.unit}" if result.unit else ""
    return f"{name} is {result.comparator}{number_in_words(result.value)}{unit}{day}"


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
