"""Corneal confocal microscopy to findings, where a limit fits the measure, the method and the patient.

Values of manual (CCMetrics) and of automatic tracing (ACCMetrics) are not interchangeable, and no table of normal
values by age could be read in full. The only limits (``data/corneal_limits.csv``) rule neuropathy in or
out in people with diabetes; between the two, in other people and for other measures there is no verdict, which is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from ranvier.case import Case, CornealResult, Unused
from ranvier.core import Finding, Limit, Modality, PresenceReading, Status, number_in_words, read_table

PACKAGE = "ranvier.histology"
ABNORMAL = "corneal_confocal_abnormal"
NAMES = {
    "cnfl_mm_mm2": ("fibre length", "mm/mm2"),
    "cnfd_per_mm2": ("fibre density", "per mm2"),
    "cnbd_per_mm2": ("branch density", "per mm2"),
}
METHODS = {"ccmetrics": "manual tracing (CCMetrics)", "accmetrics": "automatic tracing (ACCMetrics)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CornealLimit:
    """Values up to `abnormal_to` rule in, values from `normal_from` rule out, in people with the feature `needs`."""

    measure: str
    method: str
    needs: str
    abnormal_to: float
    normal_from: float
    status: Status
    source: str


@cache
def corneal_limits() -> tuple[CornealLimit, ...]:
    """Return every limit of corneal confocal microscopy that could be read."""
    columns = ("id", "measure", "method", "needs", "abnormal_to", "normal_from", "unit", "status", "source")
    return tuple(
        CornealLimit(
            measure=row["measure"],
            method=row["method"],
            needs=row["needs"],
            abnormal_to=float(row["abnormal_to"]),
            normal_from=float(row["normal_from"]),
            status=Status(row["status"]),
            source=row["source"],
        )
        for row in read_table(PACKAGE, "corneal_limits.csv", columns)
    )


def corneal_findings(case: Case) -> tuple[Finding, ...]:
    """Return what the corneal measures of a case say; what a person stated of them goes before.

    Parameters
    ----------
    case : Case
        The record.
    """
    if any(s.feature == ABNORMAL for s in case.statements):
        return ()
    found = [f for result in case.corneal for f in _findings(result, case)]
    return tuple(replace(item, id=f"corneal-{number}") for number, item in enumerate(found, 1))


def corneal_unused(case: Case) -> tuple[Unused, ...]:
    """Return the corneal measures that no limit applies to, with the reason."""
    stated = any(s.feature == ABNORMAL for s in case.statements)
    return tuple(note for result in case.corneal for note in _notes(result, case, stated))


def _findings(result: CornealResult, case: Case) -> Iterator[Finding]:
    for measure, value in _values(result):
        limit = _limit(measure, result, case)
        if limit is None or limit.abnormal_to < value < limit.normal_from:
            continue
        low = value <= limit.abnormal_to
        name, unit = NAMES[measure]
        text = (
            f"neuropathy is likely up to {number_in_words(limit.abnormal_to)} {unit} and unlikely from "
            f"{number_in_words(limit.normal_from)} {unit} in people with {limit.needs}"
        )
        yield Finding(
            id="",
            modality=Modality.FUNCTION_TEST,
            observable=ABNORMAL,
            place=None,
            reading=PresenceReading(present=low),
            abnormal=low,
            statement=(
                f"Corneal confocal microscopy, {METHODS[result.method]}: {name} {number_in_words(value)} {unit}, "
                f"{'low' if low else 'not low'} ({text})."
            ),
            limit=Limit(text=text, source=limit.source, status=limit.status),
            origin=result.origin,
        )


def _notes(result: CornealResult, case: Case, stated: bool) -> Iterator[Unused]:
    for measure, value in _values(result):
        name, unit = NAMES[measure]
        limit = _limit(measure, result, case)
        if stated:
            reason = "the case states whether the examination was abnormal, which goes before"
        elif limit is None:
            reason = f"no limit of it could be read for {METHODS[result.method]} in this patient"
        elif limit.abnormal_to < value < limit.normal_from:
            reason = (
                f"it lies between {limit.abnormal_to:g} and {limit.normal_from:g}, where the source neither rules "
                "neuropathy in nor out"
            )
        else:
            continue
        yield Unused(
            severity="question",
            origin=result.origin,
            problem=f"corneal {name} {number_in_words(value)} {unit}: no verdict, because {reason}.",
            remedy=f"State {ABNORMAL} present or absent under tests if the laboratory has limits of its own.",
        )


def _values(result: CornealResult) -> Iterator[tuple[str, float]]:
    for measure in NAMES:
        value = getattr(result, measure)
        if value is not None:
            yield measure, value


def _limit(measure: str, result: CornealResult, case: Case) -> CornealLimit | None:
    has = {s.feature for s in case.statements if s.present}
    fitting = (x for x in corneal_limits() if (x.measure, x.method) == (measure, result.method) and x.needs in has)
    return next(fitting, None)
