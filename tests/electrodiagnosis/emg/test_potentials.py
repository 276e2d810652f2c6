"""Measures of potentials and turns whose true values are known by construction."""

import numpy as np
import pytest

from ranvier.electrodiagnosis.emg import measure_potential
from ranvier.electrodiagnosis.emg.potentials import average_potential, count_phases
from ranvier.electrodiagnosis.emg.turns import epoch_measures, find_turns

RATE = 10000.0
T_MS = np.arange(-15, 25, 0.1)


def lobes(*parts: tuple[float, float, float]) -> np.ndarray:
    """Return half sine lobes (from_ms, to_ms, height_mv)."""
    out = np.zeros_like(T_MS)
    for start, stop, height in parts:
        inside = (start <= T_MS) & (stop >= T_MS)
        out[inside] += height * np.sin(np.pi * (T_MS[inside] - start) / (stop - start))
    return out


TRIPHASIC = lobes((-3, -1, 0.2), (-1, 1, -0.8), (1, 5, 0.3))


def test_triphasic_potential() -> None:
    m = measure_potential(TRIPHASIC, RATE)
    assert m is not None
    assert m.amplitude_mv == pytest.approx(1.1, rel=0.01)
    assert m.duration_ms == pytest.approx(8.0, abs=0.5)
    assert m.area_mv_ms == pytest.approx(2 / np.pi * (0.2 * 2 + 0.8 * 2 + 0.3 * 4), rel=0.02)
    assert m.thickness_ms == pytest.approx(m.area_mv_ms / m.amplitude_mv)
    assert (m.phases, m.turns, m.polyphasic) == (3, 3, False)
    assert m.size_index == pytest.approx(2 * np.log10(1.1) + m.thickness_ms, abs=0.02)


def test_a_polyphasic_potential_has_more_than_four_phases() -> None:
    m = measure_potential(lobes(*((-3 + i, -2 + i, 0.3 * (-1) ** i) for i in range(6))), RATE)
    assert m is not None
    assert (m.phases, m.polyphasic) == (6, True)


def test_a_late_part_beyond_the_quiet_time_does_not_lengthen_the_potential() -> None:
    far = measure_potential(TRIPHASIC + lobes((12, 14, 0.1)), RATE)
    near = measure_potential(TRIPHASIC + lobes((5.5, 7.5, 0.1)), RATE)
    assert far is not None
    assert near is not None
    assert far.duration_ms == pytest.approx(8.0, abs=0.5)
    assert near.duration_ms == pytest.approx(10.5, abs=0.5)


def test_noise_alone_has_no_measures() -> None:
    assert measure_potential(0.005 * np.random.default_rng(0).normal(size=400), RATE) is None


def test_the_average_drops_potentials_of_others() -> None:
    rng = np.random.default_rng(2)
    signal = 0.01 * rng.normal(size=100000)
    at = np.arange(1000, 98000, 1000)
    for i in at:
        signal[i - 150 : i + 250] += TRIPHASIC
    for i in at[::4]:
        signal[i + 90 : i + 190] += 1.0
    average = average_potential(signal, at, RATE)
    assert average is not None
    np.testing.assert_allclose(average, TRIPHASIC, atol=0.03)


def test_the_first_and_last_discharges_need_room() -> None:
    assert average_potential(np.zeros(500), np.array([10, 200, 490]), RATE) is None


def naive_turns(values: np.ndarray, least: float) -> list[int]:
    """Return the turns by walking sample by sample: the oracle."""
    out, way, best = [], 0, 0
    for i in range(1, len(values)):
        if way == 0:
            if abs(values[i] - values[0]) >= least:
                way, best = (1 if values[i] > values[0] else -1), i
        elif (values[i] - values[best]) * way > 0:
            best = i
        elif (values[best] - values[i]) * way >= least:
            out.append(best)
            way, best = -way, i
    return out


@pytest.mark.parametrize("seed", range(5))
def test_turns_equal_the_naive_walk(seed: int) -> None:
    values = np.cumsum(np.random.default_rng(seed).normal(size=500)) * 0.1
    assert find_turns(values, 0.3).tolist() == naive_turns(values, 0.3)


def test_a_sine_has_two_turns_a_period_and_none_below_the_criterion() -> None:
    t = np.arange(10000) / RATE
    active = np.ones(10000, dtype=bool)
    (first, _) = epoch_measures(0.2 * np.sin(2 * np.pi * 100 * t), RATE, active)
    assert first.turns_per_s == pytest.approx(200, abs=4)
    assert first.amplitude_mv == pytest.approx(0.4, rel=0.01)
    assert epoch_measures(0.045 * np.sin(2 * np.pi * 100 * t), RATE, active)[0].turns_per_s == 0
    assert epoch_measures(np.zeros(10000), RATE, ~active) == ()


def test_a_phase_must_reach_its_height() -> None:
    assert count_phases(np.array([0.0, 0.1, -0.01, 0.1, 0.0]), 0.02) == 1
    assert count_phases(np.zeros(4), 0.02) == 0
