"""Quality: faults put into clean signals are found, mended where they can be, and clean signals get no note."""

import numpy as np
import pytest

from ranvier.electrodiagnosis.emg import Recording, Simulated, SimulationPlan, check_quality, simulate_recording
from ranvier.electrodiagnosis.emg.wrap import mend_wraps
from ranvier.electrodiagnosis.emg.wrap_prediction import Predictor

SPAN = 6.5536


def kinds(recording: Recording) -> set[str]:
    return {note.kind for note in check_quality(recording).notes}


def test_a_clean_recording_has_no_note(three_units: Simulated) -> None:
    assert kinds(three_units.recording) == set()


@pytest.mark.parametrize(("seed", "rate"), [(1, 4000.0), (5, 8000.0), (3, 10000.0)])
def test_most_wrapped_samples_of_a_simulated_recording_come_back(seed: int, rate: float) -> None:
    plan = SimulationPlan(kind="neurogenic", seconds=20, rate_hz=rate, drive=0.2)
    true = simulate_recording(plan, seed).recording.values_mv
    true = true * (6.5 / np.abs(true).max())
    turns = np.round(true / SPAN)
    wrapped = Recording(values_mv=true - turns * SPAN, rate_hz=rate, span_mv=SPAN)
    assert np.count_nonzero(turns) > 100
    mended = mend_wraps(wrapped)
    wrong = np.abs(mended.values_mv - true) > 1e-6
    assert wrong.sum() <= 0.08 * np.count_nonzero(turns)
    assert not np.any(wrong & ~mended.doubtful)
    assert mended.doubtful.mean() < 0.25


def test_the_range_is_inferred_from_the_steps_when_the_file_does_not_tell_it() -> None:
    true = np.round(4.9 * np.sin(np.arange(20000) / 20) ** 9, 4)
    wrapped = (true + SPAN / 2) % SPAN - SPAN / 2
    mended = mend_wraps(Recording(values_mv=wrapped, rate_hz=10000))
    np.testing.assert_allclose(mended.values_mv, true, atol=1e-6)
    assert mended.span_mv == pytest.approx(SPAN)


def test_a_large_signal_within_its_range_is_left_alone() -> None:
    values = 3.2 * np.sin(np.arange(40000) / 12.0)
    recording = Recording(values_mv=values, rate_hz=10000, span_mv=SPAN)
    mended = mend_wraps(recording)
    np.testing.assert_array_equal(mended.values_mv, values)
    assert not mended.doubtful.any()


def test_the_note_and_the_result_tell_which_samples_are_not_trusted() -> None:
    true = np.round(4.9 * np.sin(np.arange(20000) / 20) ** 9, 4)
    checked = check_quality(Recording(values_mv=(true + SPAN / 2) % SPAN - SPAN / 2, rate_hz=10000, span_mv=SPAN))
    told = next(note.text for note in checked.notes if note.kind == "wrap")
    assert f"{sum(s.stop - s.start for s in checked.doubtful)} samples about them" in told


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_power_line_is_found_and_taken_out(three_units: Simulated, mains: float) -> None:
    clean = three_units.recording
    t = np.arange(len(clean.values_mv)) / clean.rate_hz
    line = 0.03 * np.sin(2 * np.pi * mains * t) + 0.01 * np.sin(2 * np.pi * 3 * mains * t + 1)
    checked = check_quality(Recording(values_mv=clean.values_mv + line, rate_hz=clean.rate_hz))
    assert {n.kind for n in checked.notes} == {"power_line"}
    left = checked.recording.values_mv - (clean.values_mv - np.median(clean.values_mv))
    assert np.std(left) < 0.25 * np.std(line)


def test_clipping_is_remarked(three_units: Simulated) -> None:
    values = three_units.recording.values_mv
    limit = np.percentile(np.abs(values), 99)
    assert "clipping" in kinds(Recording(values_mv=np.clip(values, -limit, limit), rate_hz=10000))


def test_too_short_flat_noisy_and_slow_are_remarked() -> None:
    rng = np.random.default_rng(0)
    assert "short" in kinds(Recording(values_mv=rng.normal(size=5000) / 100, rate_hz=10000))
    assert "flat" in kinds(Recording(values_mv=np.full(50000, 0.3), rate_hz=10000))
    assert "noise" in kinds(Recording(values_mv=rng.normal(size=50000) / 10, rate_hz=10000))
    assert "low_rate" in kinds(Recording(values_mv=rng.normal(size=9000) / 100, rate_hz=2000))


def test_the_noise_floor_is_that_of_the_quiet_part() -> None:
    rng = np.random.default_rng(1)
    values = 0.01 * rng.normal(size=100000)
    values[:60000] *= 20
    assert check_quality(Recording(values_mv=values, rate_hz=10000)).noise_mv == pytest.approx(0.01, rel=0.25)


def test_of_a_simulated_recording_that_was_wrapped_on_purpose_little_is_left_and_that_is_marked() -> None:
    plan = SimulationPlan(kind="neurogenic", seconds=15, rate_hz=4000, drive=0.3, rest_s=1)
    values = simulate_recording(plan, 83_500).recording.values_mv
    step = SPAN / 2**16
    true = np.round(values * SPAN / 2 / np.quantile(np.abs(values), 0.995) / step) * step
    wrapped = (true + SPAN / 2) % SPAN - SPAN / 2
    mended = mend_wraps(Recording(values_mv=wrapped, rate_hz=4000, span_mv=SPAN))
    before, wrong = np.abs(wrapped - true) > 1e-6, np.abs(mended.values_mv - true) > 1e-6
    assert before.sum() > 200
    assert wrong.sum() < 0.1 * before.sum()
    assert not np.any(wrong & ~mended.doubtful)


@pytest.mark.parametrize("length", [1, 3, 12])
def test_what_a_moved_run_leaves_of_the_prediction_is_that_of_the_filter(length: int) -> None:
    taps = np.array([1.0, -1.2, 0.5, -0.1])
    predictor = Predictor(filter=taps, scale=np.ones(40))
    box = np.zeros(40)
    box[10 : 10 + length] = 1
    expected = [sum(t * box[i - k] for k, t in enumerate(taps)) for i in range(10, 40)]
    shape = predictor.of_run(length)
    np.testing.assert_allclose(shape, expected[: len(shape)], atol=1e-12)
    np.testing.assert_allclose(expected[len(shape) :], 0, atol=1e-12)
