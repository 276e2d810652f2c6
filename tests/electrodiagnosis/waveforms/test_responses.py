"""Direct responses: measured as the truth of the simulator says, with cursors that a person can overrule."""

from dataclasses import replace

import numpy as np
import pytest

from ranvier.electrodiagnosis.waveforms import Cursors, Trace, UnreadableWaveformError, measure_response
from ranvier.electrodiagnosis.waveforms.preparation import prepare
from ranvier.electrodiagnosis.waveforms.simulation import (
    Lesion,
    NervePlan,
    TrueMeasures,
    amplifier_noise,
    potential,
    simulate_nerve,
    stimulus_artefact,
)

TIME = np.arange(-5, 40, 1000 / 48000)


def single(noise: float = 0.0, artefact: float = 0.0, size: float = 5.0, at: float = 4.0) -> Trace:
    values = size * potential(TIME - at, np.array(1.6)) + stimulus_artefact(TIME, artefact)
    values += amplifier_noise(len(TIME), 48000, noise, 0, np.random.default_rng(0)) if noise else 0
    return Trace(values_mv=values, rate_hz=48000, stimulus_ms=5)


def errors(plan: NervePlan, seeds: range) -> dict[str, float]:
    """Return the mean size of the errors over seeds: onset in ms, the others as shares."""
    out: dict[str, list[float]] = {"onset": [], "amplitude": [], "duration": [], "area": []}
    for seed in seeds:
        nerve = simulate_nerve(plan, seed)
        truth = nerve.truth[0]
        assert isinstance(truth, TrueMeasures)
        got = measure_response(nerve.set.stimulations[0].trace, sensory=plan.kind == "sensory")
        out["onset"].append(got.onset_ms - truth.onset_ms)
        out["amplitude"].append(got.amplitude_mv / truth.amplitude_mv - 1)
        out["duration"].append(got.duration_ms / truth.duration_ms - 1)
        out["area"].append(got.area_mv_ms / truth.area_mv_ms - 1)
    return {k: float(np.mean(np.abs(v))) for k, v in out.items()}


def test_motor_responses_at_snr_20() -> None:
    got = errors(NervePlan(distances_mm=(70.0,), artefact=0.3), range(500, 512))
    assert got["onset"] < 0.08
    assert got["amplitude"] < 0.025
    assert max(got["duration"], got["area"]) < 0.03


def test_sensory_responses_at_snr_20() -> None:
    got = errors(NervePlan(kind="sensory", distances_mm=(140.0,), artefact=0.3, after_ms=20), range(500, 512))
    assert got["onset"] < 0.05
    assert got["amplitude"] < 0.035
    assert max(got["duration"], got["area"]) < 0.05


def test_without_noise_a_single_potential_is_read_between_its_samples() -> None:
    got = measure_response(single(noise=0.0005))
    assert got.peak_ms == pytest.approx(4 + (3 - np.sqrt(3)) * 1.6, abs=0.03)
    assert got.amplitude_mv == pytest.approx(5, rel=0.005)
    assert got.end_ms == pytest.approx(4 + 3 * 1.6, abs=0.02)
    dense = np.arange(0, 4, 1e-4)
    takes_off = 4 + dense[np.argmax(potential(dense, np.array(1.6)) >= 0.05)]
    assert got.onset_ms == pytest.approx(takes_off, abs=0.02)
    assert got.doubts == ()


@pytest.mark.parametrize("rate", [5000, 10000, 20000, 96000])
def test_the_sampling_rate_hardly_matters(rate: float) -> None:
    t = np.arange(-5, 40, 1000 / rate)
    values = 5 * potential(t - 4, np.array(1.6)) + 0.002 * np.random.default_rng(1).normal(size=len(t))
    got = measure_response(Trace(values_mv=values, rate_hz=rate, stimulus_ms=5))
    fine = measure_response(single(noise=0.001))
    assert got.onset_ms == pytest.approx(fine.onset_ms, abs=0.06)
    assert got.amplitude_mv == pytest.approx(fine.amplitude_mv, rel=0.01)
    assert got.area_mv_ms == pytest.approx(fine.area_mv_ms, rel=0.02)


@pytest.mark.parametrize("height", [2.0, -2.0, 20.0])
def test_an_artefact_is_taken_away(height: float) -> None:
    clean, got = measure_response(single(noise=0.01)), measure_response(single(noise=0.01, artefact=height))
    assert got.onset_ms == pytest.approx(clean.onset_ms, abs=0.06)
    assert got.amplitude_mv == pytest.approx(clean.amplitude_mv, rel=0.02)


def test_gain_scales_sizes_and_moves_no_cursor() -> None:
    trace = single(noise=0.02, artefact=1)
    once, twice = measure_response(trace), measure_response(replace(trace, values_mv=2 * trace.values_mv))
    assert twice.amplitude_mv == pytest.approx(2 * once.amplitude_mv)
    assert twice.onset_ms == pytest.approx(once.onset_ms, abs=1e-4)


def test_a_level_shift_changes_nothing() -> None:
    trace = single(noise=0.02)
    once, moved = measure_response(trace), measure_response(replace(trace, values_mv=trace.values_mv + 3))
    assert (moved.onset_ms, moved.amplitude_mv) == (pytest.approx(once.onset_ms), pytest.approx(once.amplitude_mv))


def test_noise_alone_is_no_response() -> None:
    for seed in range(20):
        values = amplifier_noise(len(TIME), 48000, 0.05, 0.3, np.random.default_rng(seed))
        values += stimulus_artefact(TIME, 2.0)
        got = measure_response(Trace(values_mv=values, rate_hz=48000, stimulus_ms=5))
        assert not got.present, seed
        assert np.isnan(got.onset_ms)


def test_noise_is_measured() -> None:
    assert prepare(single(noise=0.1), 0.8).noise_mv == pytest.approx(0.1, rel=0.2)


def test_cursors_overrule_and_are_named() -> None:
    trace = single(noise=0.01)
    plain = measure_response(trace)
    got = measure_response(trace, cursors=Cursors(onset_ms=3.9, end_ms=9.5))
    assert (got.onset_ms, got.onset_sd_ms, got.end_ms) == (3.9, 0.0, 9.5)
    assert got.duration_ms == pytest.approx(5.6)
    assert got.by_hand == ("onset", "end")
    assert got.peak_ms == plain.peak_ms
    assert measure_response(trace, cursors=Cursors(peak_ms=7.0)).amplitude_mv < plain.amplitude_mv
    assert not measure_response(trace, cursors=Cursors(absent=True)).present


def test_a_person_may_see_a_response_that_the_program_does_not() -> None:
    trace = single(noise=0.05, size=0.04)
    assert not measure_response(trace).present
    got = measure_response(trace, cursors=Cursors(onset_ms=4.0, end_ms=9.0))
    assert got.present
    assert got.onset_ms == 4.0
    assert any("times the noise" in d for d in got.doubts)


def test_an_initial_positive_peak_is_doubted_in_motor_and_the_onset_in_sensory() -> None:
    t = np.arange(-5, 40, 1000 / 48000)
    values = 5 * potential(t - 5, np.array(1.6)) - 2.0 * np.exp(-(((t - 4.4) / 0.35) ** 2))
    values += 0.01 * np.random.default_rng(2).normal(size=len(t))
    trace = Trace(values_mv=values, rate_hz=48000, stimulus_ms=5)
    assert any("initial positive" in d for d in measure_response(trace).doubts)
    short = np.interp(t, t, values)
    sensory = measure_response(Trace(values_mv=0.01 * short, rate_hz=48000, stimulus_ms=5), sensory=True)
    assert sensory.onset_ms == pytest.approx(4.4, abs=0.15)


def test_clipping_and_a_cut_end_are_doubted() -> None:
    trace = single(noise=0.01)
    flat = replace(trace, values_mv=np.clip(trace.values_mv, None, 4))
    assert any("clipped" in d for d in measure_response(flat).doubts)
    short = replace(trace, values_mv=trace.values_mv[: (48 * 12)])
    assert any("does not return" in d for d in measure_response(short).doubts)


def test_a_sweep_that_begins_with_the_stimulus_is_measured_and_doubted() -> None:
    trace = single(noise=0.01)
    late = Trace(values_mv=trace.values_mv[240:], rate_hz=48000)
    got = measure_response(late)
    assert got.amplitude_mv == pytest.approx(5, rel=0.02)
    assert any("before the stimulus" in d for d in got.doubts)


@pytest.mark.parametrize(
    ("values", "rate", "stimulus", "words"),
    [
        (np.zeros((2, 3)), 10000, 0, "one row"),
        (np.zeros(100), 10, 0, "sampling rate"),
        (np.array([0, np.nan, 1.0]), 10000, 0, "1 samples"),
        (np.zeros(100), 10000, 50, "within the sweep"),
        (np.zeros(100), 10000, -1, "within the sweep"),
    ],
)
def test_impossible_sweeps_are_refused(values: np.ndarray, rate: float, stimulus: float, words: str) -> None:
    with pytest.raises(UnreadableWaveformError, match=words):
        Trace(values_mv=values, rate_hz=rate, stimulus_ms=stimulus)


@pytest.mark.parametrize(("snr", "doubted"), [(20, True), (100, False)])
def test_a_response_whose_late_phases_would_be_lost_in_the_noise_has_a_doubtful_duration(
    snr: float, doubted: bool
) -> None:
    lesion = Lesion(from_mm=100, to_mm=200, slowing=3.0, spread=0.7, block=0.6)
    nerve = simulate_nerve(NervePlan(lesion=lesion, snr=snr, after_ms=60), 232_000)
    far, near = (measure_response(s.trace) for s in nerve.set.stimulations)
    assert any("duration may be longer" in d for d in near.doubts) is doubted
    assert not any("duration may be longer" in d for d in far.doubts)
