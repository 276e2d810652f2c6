"""Contours of maps whose contour is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from ranvier.imaging.contours import longest_contour, polygon_area


@given(st.floats(4, 14), st.floats(17, 22), st.floats(17, 22))
def test_a_disc_has_its_area_and_middle(radius: float, x: float, y: float) -> None:
    i, j = np.mgrid[:40, :40]
    contour = longest_contour(radius - np.hypot(i - x, j - y), 0.0)

    assert polygon_area(contour) == pytest.approx(np.pi * radius**2, rel=0.02)
    np.testing.assert_allclose(np.hypot(contour[:, 0] - x, contour[:, 1] - y), radius, atol=0.06)


@given(st.integers(0, 2**32))
def test_every_point_lies_on_the_level_between_two_samples(seed: int) -> None:
    values = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal((24, 24)), 2.0)
    contour = longest_contour(values, 0.02)
    inner = contour[(contour > 0).all(axis=1) & (contour < 23).all(axis=1)]

    np.testing.assert_allclose(ndimage.map_coordinates(values, inner.T, order=1), 0.02, atol=1e-9)


@given(st.integers(0, 2**32))
def test_the_contour_is_closed_and_runs_anticlockwise(seed: int) -> None:
    values = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal((24, 24)), 1.5)
    contour = longest_contour(values, 0.0)

    assert polygon_area(contour) > 0
    assert np.linalg.norm(contour - np.roll(contour, 1, axis=0), axis=1).max() < np.sqrt(2) + 1e-9


def test_the_larger_of_two_is_taken_and_a_hole_does_not_count() -> None:
    values = np.zeros((20, 30))
    values[2:6, 2:6] = 1
    values[8:18, 10:25] = 1
    values[11:14, 14:18] = 0

    contour = longest_contour(values, 0.5)

    assert contour[:, 0].min() == 7.5
    assert contour[:, 1].max() == 24.5


def test_a_shape_at_the_border_is_closed_along_it() -> None:
    assert polygon_area(longest_contour(np.ones((5, 7)), 0.5)) > 4 * 6


def test_nothing_above_the_level_gives_no_points() -> None:
    assert longest_contour(np.zeros((4, 4)), 0.5).shape == (0, 2)
