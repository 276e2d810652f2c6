"""Imaging as read by a radiologist."""

from typing import Any

from ranvier.anatomy import load_graph
from ranvier.case import Case, ImagingFinding, ImagingStudy, Onset, Patient
from ranvier.core import Finding, Modality, Origin, Place, PlaceKind, PresenceReading, Side
from ranvier.imaging import findings, unused

GRAPH = load_graph()
ORIGIN = Origin(file="case.yaml", row=30)


def study(*seen: ImagingFinding, **more: Any) -> ImagingStudy:
    """Return an MRI of the left knee unless said otherwise."""
    values: dict[str, Any] = {"modality": "mri", "region": "knee", "side": Side.LEFT, "result": "abnormal"}
    return ImagingStudy(**(values | more), findings=seen, origin=ORIGIN)


def seen(kind: str, place: Place | None = None) -> ImagingFinding:
    """Return one statement of the radiologist."""
    return ImagingFinding(kind=kind, place=place, note="", origin=Origin(file="case.yaml", row=31))


def case(*studies: ImagingStudy) -> Case:
    """Return a case with imaging only."""
    return Case(id="x", patient=Patient(), onset=Onset(), imaging=studies)


def of(*studies: ImagingStudy) -> tuple[Finding, ...]:
    """Return the findings of these studies."""
    return findings(case(*studies), GRAPH)


def test_a_change_at_a_nerve() -> None:
    nerve = Place(kind=PlaceKind.NERVE, ids=("common_fibular",), side=Side.UNKNOWN, label="common fibular nerve")
    (found,) = of(study(seen("intraneural_cyst", nerve)))
    assert (found.id, found.observable, found.modality) == ("image-1", "image:intraneural_cyst", Modality.MRI)
    assert found.reading == PresenceReading(present=True)
    assert found.place is not None
    assert (found.place.kind, found.place.side) == (PlaceKind.NERVE, Side.LEFT), "the side is that of the study"
    assert found.abnormal is True
    assert found.statement.startswith("MRI of the left knee shows ")
    assert "(left common fibular nerve)" in found.statement
    assert found.origin.row == 31


def test_a_side_that_is_stated_is_kept() -> None:
    nerve = Place(kind=PlaceKind.NERVE, ids=("tibial",), side=Side.RIGHT, label="tibial")
    (found,) = of(study(seen("nerve_enlarged", nerve)))
    assert found.place == nerve


def test_a_change_without_a_structure_lies_in_the_region() -> None:
    (found,) = of(study(seen("cord_compressed"), region="cervical_spine", side=Side.MIDLINE))
    assert found.place == Place(
        kind=PlaceKind.REGION, ids=("cervical_spine",), side=Side.MIDLINE, label="cervical spine"
    )


def test_a_normal_study_is_a_finding_of_its_region() -> None:
    (found,) = of(study(modality="ultrasound", result="normal"))
    assert (found.observable, found.modality) == ("image_normal", Modality.ULTRASOUND)
    assert found.place == Place(kind=PlaceKind.REGION, ids=("knee",), side=Side.LEFT, label="knee")
    assert found.abnormal is False
    assert found.statement == "Ultrasound of the left knee was read as normal."


def test_not_done_is_not_normal() -> None:
    assert of(study(result="not_done")) == ()
    assert of(study(seen("nerve_enlarged"), result="not_done")) == ()


def test_other_modalities_count_as_other_imaging() -> None:
    found = of(*(study(modality=m, result="normal") for m in ("ct", "xray", "pet", "other")))
    assert [f.modality for f in found] == [Modality.OTHER_IMAGING] * 4
    assert [f.id for f in found] == ["image-1", "image-2", "image-3", "image-4"]


def test_an_abnormal_study_that_says_nothing_is_told() -> None:
    empty = study()
    assert of(empty) == ()
    (left,) = unused(case(empty, study(result="not_done"), study(result="normal")), GRAPH)
    assert "MRI of the knee was abnormal" in left.problem
