"""One nerve on both sides: sizes, extent of a thickening, course against the mirror image; sections bent by hand."""

from dataclasses import replace

import numpy as np
import pytest

from ranvier.core import Side
from ranvier.imaging.nerves.comparison import compare_sides, extent_of, mirror_shifts
from ranvier.imaging.nerves.measurements import NerveMeasurement, NerveReport


def report(side: Side, area: np.ndarray, course: np.ndarray) -> NerveReport:
    """Return a nerve of given areas (n,) and centres (n, 3) in RAS+ mm, one section a slice."""
    rows = tuple(
        NerveMeasurement(
            slice=n, position_mm=3.0 * n, area_mm2=float(a), area_sd_mm2=0.0, area_in_slice_mm2=float(a), tilt_deg=0.0,
            long_mm=6.0, short_mm=5.0, flattening=1.2, signal=1.0, surroundings=1.0, signal_ratio=1.0, i=0.0, j=0.0,
            k=float(n), x_mm=float(x), y_mm=float(y), z_mm=float(z), confidence=1.0, note="",
        )
        for n, (a, (x, y, z)) in enumerate(zip(area, course, strict=True))
    )  # fmt: skip
    return NerveReport(nerve="sciatic", side=side, slice_axis=2, sections=(), measurements=rows)


N = 24
EVEN = np.full(N, 30.0)
Z = 3.0 * np.arange(N)
LEFT = np.column_stack([np.full(N, -90.0) + 0.3 * Z, 0.2 * Z, Z])
RIGHT = np.column_stack([np.full(N, 80.0) - 0.1 * Z, 5 + 0.1 * Z, Z])
BUMP = 9.0 * np.exp(-(((np.arange(N) - 12) / 2.5) ** 2))


def test_courses_that_mirror_each_other_up_to_a_turn_of_the_patient_show_no_shift() -> None:
    assert mirror_shifts(report(Side.LEFT, EVEN, LEFT), report(Side.RIGHT, EVEN, RIGHT)) == ()


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_a_nerve_pushed_on_one_side_is_named_with_its_side_and_distance(side: Side) -> None:
    bent = {Side.LEFT: LEFT.copy(), Side.RIGHT: RIGHT.copy()}
    bent[side][:, 0] += BUMP
    (shift,) = mirror_shifts(report(Side.LEFT, EVEN, bent[Side.LEFT]), report(Side.RIGHT, EVEN, bent[Side.RIGHT]))
    assert shift.side is side
    assert shift.first_slice <= 12 <= shift.last_slice
    assert shift.farthest_mm == pytest.approx(9.0, abs=1.0)


def test_a_bend_that_both_sides_share_is_no_shift() -> None:
    left, right = LEFT.copy(), RIGHT.copy()
    left[:, 0] += BUMP
    right[:, 0] -= BUMP
    assert mirror_shifts(report(Side.LEFT, EVEN, left), report(Side.RIGHT, EVEN, right)) == ()


def test_where_both_sides_bend_differently_the_side_is_not_known() -> None:
    left, right = LEFT.copy(), RIGHT.copy()
    left[:, 0] += BUMP
    right[:, 0] += BUMP
    (shift,) = mirror_shifts(report(Side.LEFT, EVEN, left), report(Side.RIGHT, EVEN, right))
    assert shift.side is Side.UNKNOWN


def test_too_few_shared_slices_or_another_cut_give_no_shift() -> None:
    left, right = report(Side.LEFT, EVEN, LEFT), report(Side.RIGHT, EVEN, RIGHT)
    assert mirror_shifts(left, replace(right, measurements=right.measurements[:6])) == ()
    assert mirror_shifts(left, replace(right, slice_axis=0)) == ()


@pytest.mark.parametrize(
    ("thick", "extent"), [(slice(0, 24), "diffuse"), (slice(8, 13), "focal"), (slice(8, 9), "none"), (None, "none")]
)
@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_a_thickening_of_one_side_is_diffuse_or_focal(thick: slice | None, extent: str, side: Side) -> None:
    area = EVEN.copy()
    if thick is not None:
        area[thick] *= 2.0
    areas = {Side.LEFT: EVEN, Side.RIGHT: EVEN} | {side: area}
    left, right = (report(s, areas[s], LEFT if s is Side.LEFT else RIGHT) for s in (Side.LEFT, Side.RIGHT))
    (found,) = compare_sides([left, right], [float(np.median(areas[s])) for s in (Side.LEFT, Side.RIGHT)])
    assert found.extent == extent
    assert ("diffuse" in found.text) is (extent == "diffuse")
    assert ("focal" in found.text) is (extent == "focal")


def test_unsure_sections_are_not_compared() -> None:
    left, right = report(Side.LEFT, EVEN * 2, LEFT), report(Side.RIGHT, EVEN, RIGHT)
    unsure = replace(left, measurements=tuple(replace(m, confidence=0.0) for m in left.measurements))
    (found,) = compare_sides([unsure, right], [None, 30.0])
    assert (found.ratio, found.extent, found.shifts) == (None, None, ())


def test_extent_against_a_limit() -> None:
    assert extent_of(np.full(10, 70.0), 64.4) == "diffuse"
    assert extent_of(np.array([70.0, 70, 60, 60, 60, 60, 60]), 64.4) == "focal"
    assert extent_of(np.full(10, 60.0), 64.4) == "none"
    assert extent_of(np.full(3, 70.0), 64.4) is None
