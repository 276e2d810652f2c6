"""Standard errors of cursors: they predict the errors on simulated responses, and doubts follow from them."""

import numpy as np
import pytest

from ranvier.electrodiagnosis.waveforms import Cursors, measure_response
from ranvier.electrodiagnosis.waveforms.curves import Takeoff
from ranvier.electrodiagnosis.waveforms.preparation import prepare
from ranvier.electrodiagnosis.waveforms.simulation import NervePlan, simulate_nerve
from ranvier.electrodiagnosis.waveforms.uncertainty import Points, artefact_error, baseline_error, spread_of_cursors

SNRS = (5.0, 20.0, 100.0)
LARGE = {"onset": 0.1, "amplitude": 0.04, "area": 0.06}


@pytest.fixture(scope="module")
def errors() -> dict[str, np.ndarray]:
    """Return size of the error and standard error of each measure, (n_responses, 2)."""
    out: dict[str, list[tuple[float, float]]] = {name: [] for name in LARGE}
    for seed in range(341_000, 341_048):
        plan = NervePlan(distances_mm=(70.0,), snr=SNRS[seed % 3], artefact=(-6.0, 0.3)[seed % 2])
        nerve = simulate_nerve(plan, seed)
        truth, got = nerve.truth[0], measure_response(nerve.set.stimulations[0].trace)
        assert truth is not None
        out["onset"].append((got.onset_ms - truth.onset_ms, got.onset_sd_ms))
        out["amplitude"].append((got.amplitude_mv / truth.amplitude_mv - 1, got.amplitude_sd_mv / got.amplitude_mv))
        out["area"].append((got.area_mv_ms / truth.area_mv_ms - 1, got.area_sd_mv_ms / got.area_mv_ms))
    return {k: np.abs(v) for k, v in out.items()}


@pytest.mark.parametrize("name", LARGE)
def test_errors_are_twice_as_large_where_a_cursor_is_doubted(errors: dict[str, np.ndarray], name: str) -> None:
    size, sd = errors[name].T
    doubted = sd > LARGE[name]
    assert 5 <= doubted.sum() <= 43
    assert size[doubted].mean() > 2 * size[~doubted].mean()


@pytest.mark.parametrize("name", LARGE)
def test_most_errors_lie_within_two_standard_errors(errors: dict[str, np.ndarray], name: str) -> None:
    size, sd = errors[name].T
    assert np.mean(size <= 2 * sd) >= 0.8


def test_doubts_name_the_sizes_and_by_how_much() -> None:
    noisy = simulate_nerve(NervePlan(distances_mm=(70.0,), snr=6), 341_100).set.stimulations[0].trace
    quiet = simulate_nerve(NervePlan(distances_mm=(70.0,), snr=300), 341_100).set.stimulations[0].trace
    assert any("amplitude by" in d and "%" in d for d in measure_response(noisy).doubts)
    assert not measure_response(quiet).doubts


def test_a_cursor_set_by_hand_has_no_error_of_its_own() -> None:
    trace = simulate_nerve(NervePlan(distances_mm=(70.0,), snr=6), 341_100).set.stimulations[0].trace
    got = measure_response(trace, cursors=Cursors(onset_ms=3.4, end_ms=9.0))
    assert (got.onset_sd_ms, got.end_sd_ms, got.duration_sd_ms) == (0.0, 0.0, 0.0)
    assert not any("duration by" in d or "take-off" in d for d in got.doubts)
    assert got.amplitude_sd_mv > 0


def test_the_artefact_is_less_certain_where_it_is_larger_and_noise_scales_all() -> None:
    sweeps = [
        prepare(
            simulate_nerve(NervePlan(distances_mm=(70.0,), artefact=a, snr=20), 341_200).set.stimulations[0].trace, 0.8
        )
        for a in (0.05, 5.0)
    ]
    small, large = (artefact_error(s, 6.0) for s in sweeps)
    assert large > small
    quiet = sweeps[0]
    assert 0 < baseline_error(quiet) < quiet.noise_mv
    points = Points(
        onset=Takeoff(time_ms=3.4, sd_ms=0.03), first_ms=6.0, height_mv=9.0, peak_ms=6.0, half_ms=0.8, end_ms=9.0
    )
    spread = spread_of_cursors(quiet, quiet.values_mv, points)
    assert spread.onset_ms >= 0.03
    assert min(spread.amplitude_mv, spread.end_ms, spread.area_mv_ms) > 0
