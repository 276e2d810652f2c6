"""The artefact fitted together with the foot: nearer to the truth where it is large, untouched where it is not."""

import numpy as np

from ranvier.electrodiagnosis.waveforms.foot import with_foot
from ranvier.electrodiagnosis.waveforms.preparation import prepare
from ranvier.electrodiagnosis.waveforms.simulation import NervePlan, simulate_nerve, stimulus_artefact

HEIGHT_MV = 9.0
SEEDS = range(220_000, 220_012)


def error_at_peak(artefact: float, *, again: bool, seed: int) -> float:
    nerve = simulate_nerve(NervePlan(distances_mm=(70.0,), artefact=artefact), seed)
    truth = nerve.truth[0]
    assert truth is not None
    prepared = prepare(nerve.set.stimulations[0].trace, 0.8)
    if again:
        prepared = with_foot(prepared, truth.onset_ms, truth.peak_ms - truth.onset_ms)
    at = int(np.abs(prepared.time_ms - truth.peak_ms).argmin())
    return float(prepared.artefact_mv[at] - stimulus_artefact(prepared.time_ms, artefact * HEIGHT_MV)[at])


def test_a_large_artefact_is_known_better_under_the_response_when_the_foot_is_fitted_with_it() -> None:
    before = [abs(error_at_peak(-3.0, again=False, seed=s)) for s in SEEDS]
    after = [abs(error_at_peak(-3.0, again=True, seed=s)) for s in SEEDS]
    assert np.mean(after) < 0.85 * np.mean(before)


def test_values_and_artefact_still_add_up_to_the_sweep() -> None:
    trace = simulate_nerve(NervePlan(distances_mm=(70.0,), artefact=-3.0), 220_000).set.stimulations[0].trace
    first = prepare(trace, 0.8)
    second = with_foot(first, 3.3, 3.0)
    assert second is not first
    np.testing.assert_allclose(second.values_mv + second.artefact_mv, first.values_mv + first.artefact_mv, atol=1e-9)
    assert second.artefact_modes_mv.shape[1] == len(second.time_ms)
    assert not second.artefact_mv[second.time_ms < second.blank_ms].any()


def test_a_sweep_whose_artefact_is_known_well_is_left_alone() -> None:
    trace = simulate_nerve(NervePlan(distances_mm=(70.0,), artefact=0.0, snr=20), 220_001).set.stimulations[0].trace
    prepared = prepare(trace, 0.8)
    assert with_foot(prepared, 3.3, 3.0) is prepared
