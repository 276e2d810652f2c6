"""Decomposition and firing against simulated truth."""

import numpy as np
import pytest

from ranvier.electrodiagnosis.emg import (
    Simulated,
    SimulationPlan,
    analyse_recording,
    decompose,
    rate_of_agreement,
    simulate_recording,
)
from ranvier.electrodiagnosis.emg.firing import measure_firing, measure_recruitment
from ranvier.electrodiagnosis.emg.measures import measure_units
from ranvier.electrodiagnosis.emg.potentials import measure_potential
from ranvier.electrodiagnosis.emg.trains import UnitTrain, tidy_trains

RATE = 10000.0


def test_units_of_quiet_recordings_are_found_without_many_others() -> None:
    scores, extra = [], 0
    for seed in range(8, 18):
        sim = simulate_recording(SimulationPlan(kind="normal", units=3, seconds=10, noise_mv=0.004), seed)
        found = [u.at / RATE for u in decompose(sim.recording.values_mv, RATE).units]
        large = [u for u in sim.units if np.ptp(u.waveform_mv) > 0.15]
        scores += [max((rate_of_agreement(u.fired_s, f) for f in found), default=0.0) for u in large]
        extra += max(len(found) - len(sim.units), 0)
    assert np.mean(scores) > 0.85
    assert extra <= 3


def test_measured_potentials_are_those_that_were_put_in(three_units: Simulated) -> None:
    values = three_units.recording.values_mv
    units = measure_units(values, RATE, decompose(values, RATE).units)
    biggest = max(three_units.units, key=lambda u: np.ptp(u.waveform_mv))
    best = max(units, key=lambda u: rate_of_agreement(biggest.fired_s, u.fired_s))
    truth = measure_potential(biggest.waveform_mv[::2], RATE, peak=160)
    assert truth is not None
    assert best.potential.amplitude_mv == pytest.approx(truth.amplitude_mv, rel=0.08)
    assert best.potential.area_mv_ms == pytest.approx(truth.area_mv_ms, rel=0.2)
    true_rate = 1 / np.median(np.diff(biggest.fired_s))
    assert best.firing.rate_hz == pytest.approx(true_rate, rel=0.06)


def test_noise_has_no_units() -> None:
    noise = 0.01 * np.random.default_rng(3).normal(size=50000)
    assert decompose(noise, RATE).units == ()


@pytest.mark.parametrize("shift", [0.0, 0.004, -0.006])
def test_agreement_does_not_mind_a_constant_shift(shift: float) -> None:
    true = np.cumsum(np.random.default_rng(4).uniform(0.06, 0.14, 80))
    assert rate_of_agreement(true, true + shift) == 1.0
    assert rate_of_agreement(true, true[:40] + shift) == pytest.approx(0.5, abs=0.02)
    assert rate_of_agreement(true, np.zeros(0)) == 0.0


def test_a_missed_discharge_does_not_halve_the_rate() -> None:
    fired = np.delete(np.arange(40) * 0.09, [7, 20, 31])
    assert measure_firing(fired).rate_hz == pytest.approx(1 / 0.09)
    assert measure_firing(fired[:3]).rate_hz is None


def test_activity_and_rest_are_told_apart() -> None:
    plan = SimulationPlan(kind="normal", seconds=10, rest_s=4, drive=0.2, noise_mv=0.005)
    study = analyse_recording(simulate_recording(plan, 21).recording).study
    assert sum(s.stop - s.start for s in study.active) / study.rate_hz == pytest.approx(6, abs=0.8)


def test_fibrillations_at_rest_are_found_and_a_silent_rest_has_none() -> None:
    with_them = SimulationPlan(kind="normal", seconds=12, rest_s=6, drive=0.2, noise_mv=0.005, fibrillations=1)
    without = SimulationPlan(kind="normal", seconds=12, rest_s=6, drive=0.2, noise_mv=0.005)
    found = [
        analyse_recording(simulate_recording(with_them, seed).recording).study.spontaneous for seed in range(30, 36)
    ]
    none = [analyse_recording(simulate_recording(without, seed).recording).study.spontaneous for seed in range(30, 36)]
    assert sum(any(s.kind == "fibrillation" for s in f) for f in found) >= 4
    assert not any(s.kind in ("fibrillation", "positive_wave") for f in none for s in f)


def _train(at: np.ndarray, width: float) -> UnitTrain:
    shape = np.exp(-(((np.arange(60) - 25) / width) ** 2))
    return UnitTrain(at=np.sort(at), template_mv=shape - shape.mean(), misfit=np.zeros(len(at)))


def test_trains_that_share_one_rhythm_are_one_unit_and_independent_ones_are_two() -> None:
    rng = np.random.default_rng(5)
    rhythm = np.cumsum(rng.normal(1000, 130, 90)).astype(np.int64)
    other = np.cumsum(rng.normal(1100, 130, 80)).astype(np.int64)
    first = rng.uniform(size=len(rhythm)) < 0.6
    split = tidy_trains([_train(rhythm[first], 4.0), _train(rhythm[~first], 6.0)], RATE)
    assert [len(t.at) for t in split] == [len(rhythm)]
    assert len(tidy_trains([_train(rhythm, 4.0), _train(other, 6.0)], RATE)) == 2


def test_recruitment_counts_the_units_that_fire_together() -> None:
    early, late = np.arange(0, 4, 0.1), np.arange(4, 8, 0.1)
    alone = measure_recruitment([early, late])
    assert alone is not None
    assert (alone.units, alone.ratio_hz) == (1.0, 10.0)
    both = measure_recruitment([early, early + 0.03])
    assert both is not None
    assert (both.units, both.ratio_hz) == (2.0, 5.0)
    assert measure_recruitment([]) is None
    assert measure_recruitment([np.array([0.1, 0.5])]) is None
