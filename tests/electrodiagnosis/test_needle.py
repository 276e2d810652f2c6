"""Needle EMG to findings."""

from typing import Any

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, NeedleStudy, Onset, Patient
from ranvier.core import Finding, GradedReading, Modality, Origin, Place, PlaceKind, PresenceReading, Side
from ranvier.electrodiagnosis import findings, unused

GRAPH = load_graph()


def needle(*muscles: str, side: Side = Side.LEFT, **more: Any) -> NeedleStudy:
    """Return one row."""
    place = Place(kind=PlaceKind.MUSCLE, ids=muscles, side=side, label=" ".join(muscles).replace("_", " "))
    return NeedleStudy(place=place, origin=Origin(file="emg.csv", row=2), **more)


def of(*rows: NeedleStudy) -> tuple[Finding, ...]:
    """Return the findings of a case with needle EMG only."""
    return findings(Case(id="x", patient=Patient(), onset=Onset(), needle=rows), GRAPH)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"fibrillations": (2, 2)}, [("fibrillations", 2, 2, True)]),
        ({"fibrillations": (1, 4)}, [("fibrillations", 1, 4, True)]),
        ({"fibrillations": (0, 0)}, [("fibrillations", 0, 0, False)]),
        ({"fibrillations": (0, 2)}, [("fibrillations", 0, 2, None)]),
        ({"fasciculations": True}, [("fasciculations", 1, 1, True)]),
        ({"fasciculations": False}, [("fasciculations", 0, 0, False)]),
        ({"motor_units": "normal"}, [("motor_units", 0, 0, False), ("motor_units_myopathic", 0, 0, False)]),
        ({"motor_units": "neurogenic"}, [("motor_units", 1, 1, True)]),
        ({"motor_units": "nascent"}, [("motor_units", 1, 1, True)]),
        ({"motor_units": "myopathic"}, [("motor_units_myopathic", 1, 1, True)]),
        ({"recruitment": "normal"}, [("recruitment", 0, 0, False)]),
        ({"recruitment": "reduced"}, [("recruitment", 1, 1, True)]),
        ({"recruitment": "discrete"}, [("recruitment", 2, 2, True)]),
        ({"recruitment": "absent"}, [("recruitment", 3, 3, True)]),
        ({"recruitment": "early"}, [("recruitment", 0, 0, False), ("motor_units_myopathic", 1, 1, True)]),
        ({}, []),
    ],
)
def test_needle_findings(more: dict[str, Any], expected: list[tuple[str, int, int, bool | None]]) -> None:
    found = of(needle("tibialis_anterior", **more))
    got = [
        (f.observable, f.reading.lowest, f.reading.highest, f.abnormal)
        for f in found
        if isinstance(f.reading, GradedReading)
    ]
    assert got == expected
    assert all(f.modality is Modality.EMG for f in found)


def test_sentence_and_id() -> None:
    (found,) = of(needle("tibialis_anterior", fibrillations=(2, 2)))
    assert found.id == "emg-1"
    assert found.statement == (
        "Needle EMG of left tibialis anterior: there are fibrillations or positive waves, 2+ of 4."
    )
    assert found.origin.file == "emg.csv"


def test_discharges_are_features_with_all_muscles_that_show_them() -> None:
    found = of(
        needle("deltoid", other=("myokymic",)),
        needle("biceps_brachii", other=("myokymic", "complex_repetitive")),
        needle("deltoid", side=Side.RIGHT, other=("neuromyotonic",)),
    )
    assert [(f.observable, f.place and f.place.ids, f.place and f.place.side) for f in found] == [
        ("emg_myokymia", ("deltoid", "biceps_brachii"), Side.LEFT),
        ("emg_complex_repetitive", ("biceps_brachii",), Side.LEFT),
        ("emg_myokymia", ("deltoid",), Side.RIGHT),
    ]
    assert all(f.reading == PresenceReading(present=True) for f in found)


def test_an_empty_row_is_told() -> None:
    rows = (needle("deltoid"), needle("deltoid", other=("myotonic",)), needle("deltoid", fibrillations=(0, 0)))
    left = unused(Case(id="x", patient=Patient(), onset=Onset(), needle=rows), GRAPH)
    assert len(left) == 1
    assert "'deltoid'" in left[0].problem
