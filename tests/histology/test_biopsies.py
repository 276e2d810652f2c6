"""Biopsies to findings."""

from typing import Any

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import BiopsyResult, Case, FeatureStatement, Onset, Patient
from ranvier.core import Modality, Origin, Place, PlaceKind, PresenceReading, Side, Status
from ranvier.histology import findings, unused

GRAPH = load_graph()
SURAL = Place(kind=PlaceKind.NERVE, ids=("sural",), side=Side.LEFT, label="sural nerve")


def stated(feature: str, present: bool) -> FeatureStatement:
    """Return what was seen in the tissue."""
    return FeatureStatement(feature=feature, present=present, place=None, origin=Origin(file="case.yaml", row=40))


def biopsy(*seen: FeatureStatement, tissue: str = "sural", place: Place | None = SURAL, **more: Any) -> BiopsyResult:
    """Return one biopsy."""
    return BiopsyResult(tissue=tissue, place=place, statements=seen, origin=Origin(file="case.yaml", row=39), **more)


def case(*biopsies: BiopsyResult, age_y: float | None = 55, sex: Any = "male") -> Case:
    """Return a case with biopsies only."""
    return Case(id="x", patient=Patient(age_y=age_y, sex=sex), onset=Onset(), biopsies=biopsies)


def test_statements_are_features_at_the_place_of_the_biopsy() -> None:
    found = findings(case(biopsy(stated("biopsy_amyloid", True), stated("biopsy_vasculitis", False))), GRAPH)
    assert [(f.id, f.observable, f.reading, f.abnormal) for f in found] == [
        ("biopsy-1", "biopsy_amyloid", PresenceReading(present=True), True),
        ("biopsy-2", "biopsy_vasculitis", PresenceReading(present=False), False),
    ]
    assert all(f.place == SURAL and f.modality is Modality.BIOPSY for f in found)
    assert found[0].statement.startswith("Biopsy of left sural nerve shows ")
    assert " does not show " in found[1].statement


@pytest.mark.parametrize(("density", "low"), [(3.49, True), (3.5, False), (8.0, False), (0.0, True)])
def test_fibre_density_against_the_limit_for_age_and_sex(density: float, low: bool) -> None:
    (found,) = findings(case(biopsy(tissue="skin", place=None, fibre_density_per_mm=density)), GRAPH)
    assert (found.observable, found.reading, found.abnormal) == (
        "biopsy_ienfd_low", PresenceReading(present=low), low
    )  # fmt: skip
    assert found.limit is not None
    assert (found.limit.source, found.limit.status) == ("lauria_2010", Status.RECALLED)
    assert "3.5 per mm" in found.statement


@pytest.mark.parametrize(("age_y", "sex"), [(12, "female"), (None, "male"), (50, None)])
def test_without_a_limit_there_is_no_verdict_and_it_is_told(age_y: float | None, sex: Any) -> None:
    patient = case(biopsy(tissue="skin", place=None, fibre_density_per_mm=1.0), age_y=age_y, sex=sex)
    assert findings(patient, GRAPH) == ()
    (left,) = unused(patient, GRAPH)
    assert "1 per mm cannot be judged" in left.problem


def test_the_word_of_the_laboratory_goes_before_our_limit() -> None:
    seen = biopsy(stated("biopsy_ienfd_low", False), tissue="skin", place=None, fibre_density_per_mm=2.0)
    found = findings(case(seen), GRAPH)
    assert [(f.observable, f.abnormal) for f in found] == [("biopsy_ienfd_low", False)]
    assert unused(case(seen, age_y=None), GRAPH) == ()
