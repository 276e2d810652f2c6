"""Late responses: F waves against the truth of the simulator, H reflex and blink reflex on made signals."""

from dataclasses import replace

import numpy as np
import pytest

from ranvier.electrodiagnosis.waveforms import (
    Cursors,
    Stimulation,
    Trace,
    UnreadableWaveformError,
    measure_f_waves,
    measure_h_reflex,
)
from ranvier.electrodiagnosis.waveforms.blink import measure_blink
from ranvier.electrodiagnosis.waveforms.late_simulation import FWavePlan, SimulatedFWaves, simulate_f_waves
from ranvier.electrodiagnosis.waveforms.simulation import NervePlan, potential

NERVE = NervePlan(after_ms=90, rate_hz=20000)
TIME = np.arange(-5, 60, 0.05)


@pytest.fixture(scope="module")
def rare() -> SimulatedFWaves:
    return simulate_f_waves(FWavePlan(nerve=NERVE, backfiring=0.004, stimuli=30), 77)


def test_f_waves_are_found_where_motor_neurons_fired_and_nowhere_else(rare: SimulatedFWaves) -> None:
    got = measure_f_waves(rare.set.stimulations, leg=False)
    pairs = list(zip(got.waves, rare.truth, strict=True))
    large = [(w, t) for w, t in pairs if t is not None and t.amplitude_mv >= 0.05]
    assert len(large) >= 5
    assert sum(w.onset_ms is not None for w, _ in large) >= 0.95 * len(large)
    assert not any(w.onset_ms is not None for w, t in pairs if t is None)
    errors = [w.onset_ms - t.onset_ms for w, t in large if w.onset_ms is not None]
    assert np.median(np.abs(errors)) < 0.3


def test_minimum_mean_persistence_and_chronodispersion_follow_from_the_onsets(rare: SimulatedFWaves) -> None:
    got = measure_f_waves(rare.set.stimulations, leg=False)
    onsets = [w.onset_ms for w in got.waves if w.onset_ms is not None]
    assert got.minimum_ms == min(onsets)
    assert got.mean_ms == pytest.approx(np.mean(onsets))
    assert got.chronodispersion_ms == pytest.approx(max(onsets) - min(onsets))
    assert got.persistence == len(onsets) / 30


def test_no_f_waves_are_absent_not_zero() -> None:
    series = simulate_f_waves(FWavePlan(nerve=NERVE, backfiring=0.0, stimuli=10), 1)
    got = measure_f_waves(series.set.stimulations, leg=False)
    assert (got.persistence, got.minimum_ms, got.mean_ms, got.chronodispersion_ms) == (0.0, None, None, None)


def test_a_person_sets_and_removes_f_waves(rare: SimulatedFWaves) -> None:
    first, second, *others = rare.set.stimulations
    changed = [replace(first, cursors=Cursors(onset_ms=25.0)), replace(second, cursors=Cursors(absent=True)), *others]
    got = measure_f_waves(changed, leg=False)
    assert (got.waves[0].onset_ms, got.waves[1].onset_ms) == (25.0, None)
    assert got.waves[0].by_hand
    assert got.waves[1].by_hand
    assert got.minimum_ms == 25.0


def test_few_stimuli_and_noisy_sweeps_are_doubted() -> None:
    series = simulate_f_waves(FWavePlan(nerve=NERVE, stimuli=3, noise_mv=0.05), 2)
    words = " ".join(measure_f_waves(series.set.stimulations, leg=False).doubts)
    assert "only 3 stimuli" in words
    assert "lost in the noise" in words


def made(m_mv: float, h_mv: float, seed: int) -> Stimulation:
    values = m_mv * potential(TIME - 5, np.array(1.6)) + h_mv * potential(TIME - 30, np.array(1.6))
    values += 0.005 * np.random.default_rng(seed).normal(size=len(TIME))
    return Stimulation(site="popliteal fossa", trace=Trace(values_mv=values, rate_hz=20000, stimulus_ms=5))


def test_h_reflex_is_the_largest_and_its_ratio_is_to_the_largest_m_wave() -> None:
    got = measure_h_reflex([made(0.0, 1.0, 0), made(1.0, 3.0, 1), made(10.0, 0.5, 2)])
    assert got.latency_ms == pytest.approx(30.4, abs=0.5)
    assert got.ratio == pytest.approx(0.3, rel=0.1)


def test_h_reflex_is_absent_where_there_is_only_an_m_wave() -> None:
    got = measure_h_reflex([made(2.0, 0, 0), made(8.0, 0, 1)])
    assert (got.latency_ms, got.ratio) == (None, None)
    assert got.doubts == ()
    assert "was the nerve stimulated" in measure_h_reflex([made(0, 0, 3)]).doubts[0]


def blink(bursts: tuple[tuple[float, float], ...], recorded: str, seed: int) -> Stimulation:
    rng = np.random.default_rng(seed)
    time = np.arange(-20, 100, 0.1)
    values = 0.005 * rng.normal(size=len(time))
    for start, length in bursts:
        inside = (time >= start) & (time < start + length)
        values[inside] += 0.2 * rng.normal(size=int(inside.sum()))
    trace = Trace(values_mv=values, rate_hz=10000, stimulus_ms=20)
    return Stimulation(site="supraorbital", trace=trace, recorded=recorded)


def test_blink_reflex_has_r1_on_one_side_and_r2_on_both() -> None:
    near = [blink(((10.5, 6), (33, 25)), "ipsilateral", s) for s in range(4)]
    far = [blink(((35, 25),), "contralateral", 10 + s) for s in range(4)]
    got = measure_blink([*near, *far])
    assert got.r1_ms == pytest.approx(10.5, abs=0.8)
    assert got.r2_ipsilateral_ms == pytest.approx(33, abs=1)
    assert got.r2_contralateral_ms == pytest.approx(35, abs=1)


def test_a_missing_component_is_none_and_a_missing_side_is_doubted() -> None:
    got = measure_blink([blink(((33, 25),), "ipsilateral", s) for s in range(3)])
    assert (got.r1_ms, got.r2_contralateral_ms) == (None, None)
    assert any("other side" in d for d in got.doubts)
    with pytest.raises(UnreadableWaveformError, match="recorded"):
        measure_blink([blink((), "", 0)])
