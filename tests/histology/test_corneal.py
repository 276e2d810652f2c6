"""Corneal confocal microscopy: a verdict only where a limit fits measure, method and patient."""

from typing import Any

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, CornealResult, FeatureStatement, Onset, Patient
from ranvier.core import Modality, Origin, PresenceReading, Status, read_sources
from ranvier.histology import findings, unused
from ranvier.histology.corneal import NAMES, corneal_limits

GRAPH = load_graph()
HERE = Origin(file="case.yaml", row=7)


def case(*features: str, **measures: Any) -> Case:
    """Return a case with these features present and one corneal result."""
    stated = tuple(FeatureStatement(feature=f, present=True, place=None, origin=HERE) for f in features)
    result = CornealResult(method=measures.pop("method", "ccmetrics"), origin=HERE, **measures)
    return Case(id="x", patient=Patient(), onset=Onset(), statements=stated, corneal=(result,))


# Diabetes Care 2012;35:821, abstract: up to 11.5 mm/mm2 rules in, from 15.8 rules out.
@pytest.mark.parametrize(("length", "low"), [(8.0, True), (11.5, True), (15.8, False), (22.0, False)])
def test_fibre_length_in_diabetes(length: float, low: bool) -> None:
    (found,) = findings(case("diabetes", cnfl_mm_mm2=length), GRAPH)
    assert (found.id, found.observable, found.reading) == (
        "corneal-1",
        "corneal_confocal_abnormal",
        PresenceReading(present=low),
    )
    assert found.modality is Modality.FUNCTION_TEST
    assert found.limit is not None
    assert found.limit.status is Status.RECALLED
    assert unused(case("diabetes", cnfl_mm_mm2=length), GRAPH) == ()


@pytest.mark.parametrize(
    ("features", "measures", "reason"),
    [
        (("diabetes",), {"cnfl_mm_mm2": 14.0}, "neither rules neuropathy in nor out"),
        ((), {"cnfl_mm_mm2": 8.0}, "no limit of it could be read"),
        (("diabetes",), {"cnfl_mm_mm2": 8.0, "method": "accmetrics"}, "automatic tracing"),
        (("diabetes",), {"cnfd_per_mm2": 5.0}, "no limit of it could be read"),
        (("diabetes",), {"cnbd_per_mm2": 5.0}, "no limit of it could be read"),
        (("diabetes", "corneal_confocal_abnormal"), {"cnfl_mm_mm2": 20.0}, "goes before"),
    ],
)
def test_without_a_limit_there_is_no_verdict_and_it_is_told(
    features: tuple[str, ...], measures: dict[str, Any], reason: str
) -> None:
    assert findings(case(*features, **measures), GRAPH) == ()
    (note,) = unused(case(*features, **measures), GRAPH)
    assert "no verdict" in note.problem
    assert reason in note.problem


def test_limits_are_in_order_and_have_a_source() -> None:
    known = read_sources("ranvier.histology")
    for limit in corneal_limits():
        assert limit.measure in NAMES
        assert 0 < limit.abnormal_to < limit.normal_from
        assert limit.source in known
