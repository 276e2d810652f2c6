"""Strength, reflexes, sensation and wasting to findings."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranvier.anatomy import load_graph
from ranvier.case import (
    Case,
    Onset,
    Patient,
    ReflexStatement,
    Sensation,
    Strength,
    Wasting,
)
from ranvier.case.records import SensoryModality, SensoryResult
from ranvier.core import Finding, GradedReading, Modality, Origin, Place, PlaceKind, Side
from ranvier.examination import UNMENTIONED, findings

GRAPH = load_graph()
ORIGIN = Origin(file="case.yaml", row=10)


def where(kind: PlaceKind, *ids: str, side: Side = Side.LEFT) -> Place:
    """Return a place."""
    return Place(kind=kind, ids=ids, side=side, label=" ".join(ids).replace("_", " "))


def one(**records: Any) -> Finding:
    """Return the only finding of a case, beside what it does not speak of."""
    all_of_it = findings(Case(id="x", patient=Patient(), onset=Onset(), **records), GRAPH)
    (found,) = [f for f in all_of_it if f.observable not in UNMENTIONED]
    return found


def strength(lowest: float, highest: float, *muscles: str) -> Finding:
    """Return the finding of a strength."""
    place = where(PlaceKind.MUSCLE, *(muscles or ("tibialis_anterior",)))
    return one(strength=(Strength(place=place, mrc_lowest=lowest, mrc_highest=highest, origin=ORIGIN),))


@pytest.mark.parametrize(
    ("lowest", "highest", "grade", "abnormal"),
    [
        (5, 5, (0, 0), False),
        (3, 3, (2, 2), True),
        (0, 0, (5, 5), True),
        (1, 4, (1, 4), True),
        (3.67, 3.67, (1, 2), True),
        (4.33, 4.33, (0, 1), True),
        (4, 5, (0, 1), None),
    ],
)
def test_strength(lowest: float, highest: float, grade: tuple[int, int], abnormal: bool | None) -> None:
    found = strength(lowest, highest)
    assert found.reading == GradedReading(lowest=grade[0], highest=grade[1])
    assert found.abnormal is abnormal
    assert (found.observable, found.modality, found.origin) == ("strength", Modality.EXAMINATION, ORIGIN)


@settings(deadline=None)
@given(bounds=st.tuples(st.floats(0, 5), st.floats(0, 5)).map(sorted))
def test_the_grade_range_of_strength_contains_what_was_written(bounds: list[float]) -> None:
    reading = strength(*bounds).reading
    assert isinstance(reading, GradedReading)
    assert 0 <= reading.lowest <= 5 - bounds[1] + 1e-9
    assert 5 - bounds[0] - 1e-9 <= reading.highest <= 5


def test_sentences_of_strength() -> None:
    assert strength(3, 3).statement == "Strength of left tibialis anterior is MRC 3 of 5."
    assert strength(1, 4).statement == "Strength of left tibialis anterior is MRC 1 to 4 of 5."
    assert strength(5, 5, "deltoid").statement == "Strength of left deltoid is normal (MRC 5 of 5)."


def test_a_group_stays_one_finding() -> None:
    found = strength(4, 4, "deltoid", "biceps_brachii")
    assert found.place is not None
    assert found.place.ids == ("deltoid", "biceps_brachii")


@pytest.mark.parametrize(
    ("lowest", "highest", "grade", "abnormal"),
    [
        (4, 4, (0, 0), True),
        (3, 3, (1, 1), True),
        (2, 2, (2, 2), False),
        (1, 1, (3, 3), True),
        (0, 0, (4, 4), True),
        (0, 1, (3, 4), True),
        (1, 2, (2, 3), None),
    ],
)
def test_reflex(lowest: float, highest: float, grade: tuple[int, int], abnormal: bool | None) -> None:
    place = where(PlaceKind.REFLEX, "ankle", side=Side.BOTH)
    found = one(reflexes=(ReflexStatement(place=place, lowest=lowest, highest=highest, origin=ORIGIN),))
    assert found.reading == GradedReading(lowest=grade[0], highest=grade[1])
    assert found.abnormal is abnormal
    assert found.statement.startswith("Reflex, ankle on both sides: ")


@pytest.mark.parametrize(
    ("modality", "result", "observable", "grade"),
    [
        ("light_touch", "normal", "sensation_touch", (0, 0)),
        ("vibration", "reduced", "sensation_vibration", (2, 2)),
        ("position", "absent", "sensation_position", (3, 3)),
        ("pain", "reduced", "sensation_pain", (2, 2)),
        ("temperature", "altered", "sensation_temperature", (1, 1)),
        ("any", "reduced", "sensation_any", (2, 3)),
        ("any", "normal", "sensation_any", (0, 0)),
    ],
)
def test_sensation(modality: SensoryModality, result: SensoryResult, observable: str, grade: tuple[int, int]) -> None:
    place = where(PlaceKind.AREA, "heel", side=Side.UNKNOWN)
    row = Sensation(place=place, modality=modality, result=result, symptom=False, origin=ORIGIN)
    found = one(sensation=(row,))
    assert found.observable == observable
    assert found.reading == GradedReading(lowest=grade[0], highest=grade[1])
    assert found.abnormal is (grade[0] > 0)
    assert "heel (side not stated)" in found.statement


def test_a_symptom_is_history() -> None:
    place = where(PlaceKind.AREA, "thumb_palmar")
    row = Sensation(place=place, modality="any", result="altered", symptom=True, origin=ORIGIN)
    found = one(sensation=(row,))
    assert (found.observable, found.reading) == ("sensory_symptom", GradedReading(lowest=1, highest=1))
    assert found.modality is Modality.HISTORY
    none = one(sensation=(Sensation(place=place, modality="any", result="normal", symptom=True, origin=ORIGIN),))
    assert none.reading == GradedReading(lowest=0, highest=0)
    assert none.abnormal is False


@pytest.mark.parametrize("present", [True, False])
def test_wasting(present: bool) -> None:
    found = one(wasting=(Wasting(place=where(PlaceKind.MUSCLE, "deltoid"), present=present, origin=ORIGIN),))
    assert found.reading == GradedReading(lowest=int(present), highest=int(present))
    assert found.abnormal is present
    assert found.statement == (
        "There is wasting of left deltoid." if present else "There is no wasting of left deltoid."
    )


def test_nothing_examined_is_no_finding() -> None:
    assert findings(Case(id="x", patient=Patient(), onset=Onset()), GRAPH) == ()
