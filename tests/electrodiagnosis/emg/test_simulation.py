"""The simulator: deterministic, and its classes differ as the textbooks say."""

import numpy as np
import pytest

from ranvier.electrodiagnosis.emg import CLASSES, SimulationPlan, measure_potential, simulate_recording
from ranvier.electrodiagnosis.emg.units import draw_potential, draw_traits


def potentials(kind: str) -> tuple[float, float]:
    """Return median amplitude and duration of units near the needle."""
    rng = np.random.default_rng(5)
    drawn = [draw_potential(draw_traits(kind, rng), rng.uniform(1, 3), rng)[::2] for _ in range(80)]
    measured = [m for m in (measure_potential(d, 10000.0, peak=160) for d in drawn) if m is not None]
    return float(np.median([m.amplitude_mv for m in measured])), float(np.median([m.duration_ms for m in measured]))


def test_normal_units_are_of_the_published_order_neurogenic_larger_and_longer_myopathic_smaller_and_shorter() -> None:
    normal, neurogenic, myopathic = (potentials(k) for k in CLASSES)
    # tibialis anterior, multi-MUP: upper limit of the mean 0.845 mV; mean duration 9.35 (0.93) ms
    assert 0.2 < normal[0] < 0.845
    assert 7.5 < normal[1] < 11.2
    assert neurogenic[0] > 1.5 * normal[0]
    assert neurogenic[1] > 1.3 * normal[1]
    assert myopathic[0] < 0.6 * normal[0]
    assert myopathic[1] < 0.8 * normal[1]


def test_the_same_seed_gives_the_same_recording() -> None:
    plan = SimulationPlan(kind="neurogenic", seconds=3)
    a, b, c = (simulate_recording(plan, seed).recording.values_mv for seed in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 0.01


@pytest.mark.parametrize("rate", [2000.0, 4000.0, 23437.5, 48000.0])
def test_the_length_fits_the_rate(rate: float) -> None:
    plan = SimulationPlan(kind="normal", seconds=3, rate_hz=rate)
    assert len(simulate_recording(plan, 1).recording.values_mv) == pytest.approx(3 * rate, rel=0.002)


def test_rest_is_silent_and_intervals_keep_the_refractory_time() -> None:
    sim = simulate_recording(SimulationPlan(kind="normal", seconds=8, rest_s=3, drive=0.5), 3)
    assert max(u.fired_s.max() for u in sim.units) < 5.2
    assert min(np.diff(u.fired_s).min() for u in sim.units if len(u.fired_s) > 2) >= 0.018
