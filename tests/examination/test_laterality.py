"""The side of the complaints as a finding of its own."""

from ranvier.core import Finding, GradedReading, Modality, Origin, Place, PlaceKind, Side
from ranvier.examination.laterality import laterality


def _weak(side: Side, *, modality: Modality = Modality.EXAMINATION, abnormal: bool = True) -> Finding:
    return Finding(
        id=f"x-{side.value}",
        modality=modality,
        observable="strength",
        place=Place(kind=PlaceKind.MUSCLE, ids=("deltoid",), side=side, label="deltoid"),
        reading=GradedReading(lowest=2, highest=2),
        abnormal=abnormal,
        statement="",
        limit=None,
        origin=Origin(file="test"),
    )


def _side(*findings: Finding) -> Side | None:
    found = laterality(findings)
    return found[0].place.side if found and found[0].place else None


def test_all_on_one_side() -> None:
    assert _side(_weak(Side.LEFT), _weak(Side.LEFT)) is Side.LEFT


def test_one_on_each_side_is_both() -> None:
    assert _side(_weak(Side.LEFT), _weak(Side.RIGHT)) is Side.BOTH


def test_a_bilateral_finding_is_both() -> None:
    assert _side(_weak(Side.LEFT), _weak(Side.BOTH)) is Side.BOTH


def test_one_finding_is_too_few() -> None:
    assert _side(_weak(Side.LEFT)) is None


def test_an_unknown_side_does_not_count() -> None:
    assert _side(_weak(Side.UNKNOWN), _weak(Side.LEFT)) is None


def test_tests_done_on_the_ill_side_alone_do_not_count() -> None:
    assert _side(_weak(Side.LEFT, modality=Modality.NCS), _weak(Side.LEFT, modality=Modality.EMG)) is None


def test_a_normal_finding_on_the_other_side_does_not_count() -> None:
    assert _side(_weak(Side.LEFT), _weak(Side.LEFT), _weak(Side.RIGHT, abnormal=False)) is Side.LEFT
