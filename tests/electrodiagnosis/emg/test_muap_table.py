"""Tables of motor unit measures: a discriminant that leaves the tested subject out."""

import numpy as np
import pytest

from ranvier.electrodiagnosis.emg.muap_table import fit_discriminant, leave_one_out, nested_leave_one_out

RNG = np.random.default_rng(6)
LABELS = ["a"] * 12 + ["b"] * 12
APART = np.vstack([RNG.normal(0, 1, (12, 4)), RNG.normal(5, 1, (12, 4))])
NOISE = RNG.normal(0, 1, (24, 4))


def test_groups_that_lie_apart_are_told() -> None:
    assert leave_one_out(APART, LABELS, shrinkage=0.1) == LABELS
    assert nested_leave_one_out(APART, LABELS) == LABELS


def test_noise_is_told_no_better_than_chance() -> None:
    right = [
        sum(a == b for a, b in zip(nested_leave_one_out(RNG.normal(0, 1, (24, 4)), LABELS), LABELS, strict=True))
        for _ in range(10)
    ]
    assert np.mean(right) < 16


def test_scale_of_a_measure_does_not_matter() -> None:
    scaled = APART * np.array([1, 1000, 0.001, 1])
    a, b = (fit_discriminant(x, LABELS, shrinkage=0.0).probabilities(x) for x in (APART, scaled))
    np.testing.assert_allclose(a, b, atol=1e-9)


def test_probabilities_sum_to_one() -> None:
    shares = fit_discriminant(NOISE, LABELS, shrinkage=0.5).probabilities(NOISE)
    assert shares.sum(axis=1) == pytest.approx(1)
