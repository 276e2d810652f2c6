"""Resampling matrices against what they must do to simple signals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranvier.imaging.resampling import box_matrix, overlap_matrix, resampling_matrix


@given(st.floats(0.2, 2.0), st.floats(0.1, 3.0), st.floats(-5, 5))
def test_rows_sum_to_one(step_in: float, step_out: float, start: float) -> None:
    positions = start + step_out * np.arange(9)

    np.testing.assert_allclose(resampling_matrix(12, step_in, positions, step_out).sum(axis=1), 1, atol=1e-5)


def test_a_quadratic_is_interpolated_exactly_away_from_the_ends() -> None:
    """Keys' kernel has third-order accuracy: it reproduces polynomials up to degree two."""
    x = np.arange(12) * 0.8
    wanted = np.linspace(2.0, 6.0, 17)
    matrix = resampling_matrix(12, 0.8, wanted, 0.25)

    np.testing.assert_allclose(matrix @ (3 - x + 0.5 * x**2), 3 - wanted + 0.5 * wanted**2, atol=1e-4)


def test_a_coarser_grid_keeps_the_mean_of_noise_and_halves_its_spread_or_more() -> None:
    noise = np.random.default_rng(0).standard_normal(4000)
    coarse = resampling_matrix(4000, 0.25, np.arange(0, 999, 1.0), 1.0) @ noise

    assert coarse.std() < 0.6 * noise.std()
    assert abs(coarse.mean() - noise.mean()) < 0.02


def test_beyond_the_ends_the_outermost_sample_continues() -> None:
    matrix = resampling_matrix(3, 1.0, np.array([-7.0, 9.0]), 1.0)

    np.testing.assert_allclose(matrix, [[1, 0, 0], [0, 0, 1]], atol=1e-6)


def test_a_voxel_averages_its_width() -> None:
    x = np.arange(400) * 0.05
    step = (x >= 10.0).astype(float)

    seen = box_matrix(400, 0.05, np.array([8.0, 9.75, 10.0, 12.0]), 2.0, 0.02) @ step

    np.testing.assert_allclose(seen, [0, 0.375, 0.5, 1], atol=0.02)


@given(st.floats(0.1, 3.0), st.floats(5.0, 10.0))
def test_overlap_keeps_the_whole_width(width: float, centre: float) -> None:
    column = overlap_matrix(16, np.array([centre]), width)[:, 0]

    assert column.sum() == pytest.approx(width, rel=1e-5)
    assert column @ np.arange(16) / column.sum() == pytest.approx(centre, abs=0.5)


def test_overlap_drops_what_lies_outside() -> None:
    np.testing.assert_allclose(overlap_matrix(2, np.array([-0.5]), 1.0)[:, 0], [0.5, 0.0])
