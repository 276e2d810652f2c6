"""Needle EMG: each row to findings on its muscles."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from ranvier.case import Case, NeedleStudy, Unused
from ranvier.core import Finding, Modality, Place, in_words, read_table
from ranvier.electrodiagnosis.observed import Observed, graded, present
from ranvier.electrodiagnosis.studies import PACKAGE

_UNITS: Mapping[str, tuple[tuple[str, int, str], ...]] = {
    "normal": (
        ("motor_units", 0, "the motor units are normal"),
        ("motor_units_myopathic", 0, "the motor units are not small or short"),
    ),
    "neurogenic": (("motor_units", 1, "the motor units are large or long (neurogenic)"),),
    "nascent": (("motor_units", 1, "there are nascent motor units (early reinnervation)"),),
    "myopathic": (("motor_units_myopathic", 1, "the motor units are small and short (myopathic)"),),
}
_INSERTIONAL: Mapping[str, tuple[Observed, ...]] = {
    "increased": (graded("fibrillations", 0, 1, "insertional activity is increased, fibrillations are not reported"),)
}
"""Increased insertional activity comes before fibrillations and also in healthy muscle, so it gives no verdict."""

_RECRUITMENT = {"normal": 0, "early": 0, "reduced": 1, "discrete": 2, "absent": 3}


def needle_findings(case: Case) -> tuple[Finding, ...]:
    """Return the findings of all needle studies, in the order of the report."""
    items = [(row, row.place, observed) for row in case.needle for observed in _observed(row)]
    items += list(_discharges(case))
    return tuple(
        replace(
            observed.finding(f"emg-{number}", Modality.EMG, f"Needle EMG of {in_words(place)}", place, row.origin),
            day=row.day,
        )
        for number, (row, place, observed) in enumerate(items, 1)
    )


def unused_needle(case: Case) -> tuple[Unused, ...]:
    """Return the rows that no finding could be made of."""
    return tuple(note for row in case.needle for note in _notes(row))


def _notes(row: NeedleStudy) -> Iterator[Unused]:
    if row.insertional == "reduced":
        yield Unused(
            severity="question",
            origin=row.origin,
            problem=f"{row.place.label}: insertional activity is reduced, as in fibrosis or fat; no finding was made.",
            remedy="Put what the muscle looks like into imaging, or its wasting into the examination.",
        )
    elif row.insertional != "normal" and not row.other and not any(True for _ in _observed(row)):
        yield Unused(
            severity="error",
            origin=row.origin,
            problem=f"the row for {row.place.label!r} reports nothing that can be used.",
            remedy="Fill in fibrillations, fasciculations, motor_units, recruitment or other.",
        )


def _observed(row: NeedleStudy) -> Iterator[Observed]:
    if row.fibrillations is not None:
        lowest, highest = row.fibrillations
        yield graded("fibrillations", lowest, highest, _fibrillations(lowest, highest))
    elif row.insertional is not None:
        yield from _INSERTIONAL.get(row.insertional, ())
    if row.fasciculations is not None:
        grade = int(row.fasciculations)
        yield graded("fasciculations", grade, grade, f"there are {'' if grade else 'no '}fasciculations")
    for observable, grade, text in _UNITS.get(row.motor_units or "", ()):
        yield graded(observable, grade, grade, text)
    if row.recruitment is not None:
        grade = _RECRUITMENT[row.recruitment]
        yield graded("recruitment", grade, grade, f"recruitment is {row.recruitment}")
        if row.recruitment == "early" and row.motor_units != "myopathic":
            yield graded("motor_units_myopathic", 1, 1, "recruitment is early (myopathic)")


def _fibrillations(lowest: int, highest: int) -> str:
    if highest == 0:
        return "there are no fibrillations or positive waves"
    grade = f"{lowest}+" if lowest == highest else f"{lowest}+ to {highest}+"
    return f"there are fibrillations or positive waves, {grade} of 4"


@cache
def _discharge_features() -> Mapping[str, str]:
    rows = read_table(PACKAGE, "discharges.csv", ("discharge", "feature", "status", "source"))
    return {row["discharge"]: row["feature"] for row in rows}


def _discharges(case: Case) -> Iterator[tuple[NeedleStudy, Place, Observed]]:
    """Yield each kind of discharge once for each side, with all muscles that show it."""
    stated = {s.feature for s in case.statements}
    features = _discharge_features()
    found: dict[tuple[str, str], list[tuple[NeedleStudy, str]]] = {}
    for row in case.needle:
        for word in row.other:
            found.setdefault((features[word], row.place.side.value), []).append((row, word))
    for (feature, _), hits in found.items():
        if feature in stated:
            continue
        first = hits[0][0]
        place = Place(
            kind=first.place.kind,
            ids=tuple(dict.fromkeys(id_ for row, _ in hits for id_ in row.place.ids)),
            side=first.place.side,
            label=", ".join(dict.fromkeys(row.place.label for row, _ in hits)),
        )
        words = " and ".join(dict.fromkeys(word.replace("_", " ") for _, word in hits))
        yield first, place, present(feature, True, f"there are {words} discharges")
