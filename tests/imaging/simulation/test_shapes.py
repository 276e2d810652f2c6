"""Known shapes: the area of an outline is exact, and the canvas sees it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranvier.imaging.simulation.shapes import Canvas, ClosedOutline, coverage, draw_outline, smooth_field


def _canvas(n: int = 128, step: float = 0.25) -> Canvas:
    axis = ((np.arange(n) - (n - 1) / 2) * step).astype(np.float32)
    return Canvas(axis_mm=axis, values=np.zeros((n, n), dtype=np.float32))


@given(st.integers(0, 2**32), st.floats(1, 90), st.floats(1, 2.6), st.floats(0, 0.07))
def test_an_outline_has_the_area_that_was_asked_for(seed: int, area: float, flattening: float, wobble: float) -> None:
    outline = draw_outline(np.random.default_rng(seed), np.zeros(2), area, flattening, wobble)

    assert outline.area_mm2 == pytest.approx(area, rel=1e-9)


@given(st.integers(0, 2**32), st.floats(10, 90))
def test_the_covered_share_sums_to_the_area(seed: int, area: float) -> None:
    rng = np.random.default_rng(seed)
    canvas = _canvas()
    outline = draw_outline(rng, rng.uniform(-2, 2, 2), area, rng.uniform(1, 2.6), 0.05)

    covered = coverage(outline.depth_mm(canvas.axis_mm, canvas.axis_mm), canvas.step_mm)

    assert covered.sum() * canvas.step_mm**2 == pytest.approx(area, rel=0.01)


def test_depth_within_a_circle_is_radius_less_distance() -> None:
    circle = ClosedOutline(centre_mm=np.array([1.0, -0.5]), radii_mm=np.full(360, 3.0))

    depth = circle.depth_mm(np.array([1.0, 3.0, 6.0], dtype=np.float32), np.array([-0.5], dtype=np.float32))

    np.testing.assert_allclose(depth[:, 0], [3.0, 1.0, -2.0], atol=1e-5)


def test_a_flat_outline_is_long_in_one_direction() -> None:
    outline = draw_outline(np.random.default_rng(1), np.zeros(2), np.pi, 2.5, 0.0)

    assert outline.radii_mm.max() / outline.radii_mm.min() == pytest.approx(2.5, rel=0.01)


def test_a_window_holds_all_points_within_reach_and_nothing_beyond_the_canvas() -> None:
    canvas = _canvas()
    rows, columns = canvas.window(np.array([0.0, 15.5]), 2.0)

    assert canvas.axis_mm[rows][0] <= -2.0
    assert canvas.axis_mm[rows][-1] >= 2.0
    assert columns.stop == len(canvas.axis_mm)
    assert canvas.window(np.array([0.0, 90.0]), 2.0)[1] == slice(128, 128)


def test_mixing_paints_in_place() -> None:
    canvas = _canvas(4, 1.0)
    where = (slice(1, 3), slice(0, 2))

    canvas.mix(where, np.full((2, 2), 0.25, dtype=np.float32), 4.0)

    assert canvas.values.sum() == pytest.approx(4.0)
    assert canvas.values[1, 0] == pytest.approx(1.0)


def test_a_smooth_field_varies_little_between_neighbours_and_has_unit_scale() -> None:
    rng = np.random.default_rng(3)
    fields = np.stack([smooth_field(rng, 64, 5) for _ in range(60)])

    assert abs(fields.mean()) < 0.1
    assert 0.6 < fields.std() < 1.1
    assert np.diff(fields, axis=1).std() < 0.15 * fields.std()
