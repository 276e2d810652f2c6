"""The simulator: what must hold of sums of fibre potentials, whatever the parameters."""

import numpy as np
import pytest

from ranvier.electrodiagnosis.waveforms.late_simulation import draw_unit_sizes, simulate_scan
from ranvier.electrodiagnosis.waveforms.simulation import (
    Lesion,
    NervePlan,
    arrival_ms,
    draw_axons,
    potential,
    simulate_nerve,
    summed,
    true_measures,
)

TIME = np.arange(0, 60, 0.01)


def test_a_potential_is_zero_before_it_arrives_peaks_at_one_and_has_no_net_area() -> None:
    t = np.arange(-5, 60, 0.001)
    wave = potential(t, np.array(1.6))
    assert np.all(wave[t <= 0] == 0)
    assert wave.max() == pytest.approx(1, abs=1e-5)
    assert wave.sum() * 0.001 == pytest.approx(0, abs=1e-3)
    assert t[wave.argmax()] == pytest.approx((3 - np.sqrt(3)) * 1.6, abs=0.002)


def test_the_sum_is_that_of_single_potentials() -> None:
    plan = NervePlan()
    axons = draw_axons(plan, np.random.default_rng(1))
    arrivals = arrival_ms(axons, plan, 70)
    naive = np.zeros(len(TIME))
    for i in range(len(arrivals)):
        naive += axons.size_mv[i] * potential(TIME - arrivals[i], axons.scale_ms[i])
    np.testing.assert_allclose(summed(axons, arrivals, TIME), naive, atol=1e-12)


def test_loss_takes_axons_away_and_leaves_the_others_as_they_were() -> None:
    whole = draw_axons(NervePlan(), np.random.default_rng(2))
    left = draw_axons(NervePlan(survival=0.3), np.random.default_rng(2))
    assert 0.1 < len(left.size_mv) / len(whole.size_mv) < 0.5
    assert set(left.velocity_m_s) <= set(whole.velocity_m_s)
    assert left.size_mv.sum() < whole.size_mv.sum()


def test_a_block_stops_axons_beyond_the_lesion_only() -> None:
    plan = NervePlan(lesion=Lesion(from_mm=100, to_mm=200, block=0.5))
    axons = draw_axons(plan, np.random.default_rng(3))
    assert np.isfinite(arrival_ms(axons, plan, 70)).all()
    assert np.isinf(arrival_ms(axons, plan, 290)).sum() == axons.blocked.sum() > 0


def test_slowing_lengthens_the_time_by_its_factor_and_never_speeds_up() -> None:
    plan = NervePlan(lesion=Lesion(from_mm=100, to_mm=200, slowing=3))
    axons = draw_axons(plan, np.random.default_rng(4))
    gained = arrival_ms(axons, plan, 290) - arrival_ms(axons, NervePlan(), 290)
    np.testing.assert_allclose(gained, 2 * 100 / axons.velocity_m_s)
    wide = draw_axons(NervePlan(lesion=Lesion(from_mm=0, to_mm=50, slowing=2, spread=1)), np.random.default_rng(4))
    assert wide.delay.min() >= 1


def test_dispersion_cancels_phases_without_losing_an_axon() -> None:
    far, near = simulate_nerve(
        NervePlan(lesion=Lesion(from_mm=100, to_mm=200, slowing=4, spread=0.8), after_ms=60), seed=5
    ).truth
    assert far is not None
    assert near is not None
    assert near.amplitude_mv < 0.6 * far.amplitude_mv
    assert near.area_mv_ms < 0.9 * far.area_mv_ms
    assert near.duration_ms > 1.3 * far.duration_ms


def test_truth_of_a_triangle_is_what_one_reads_off() -> None:
    t = np.arange(0, 20, 0.01)
    wave = np.interp(t, [0, 4, 6, 10, 12, 20], [0, 0, 10, -10, 0, 0])
    truth = true_measures(t, wave)
    assert truth is not None
    assert truth.onset_ms == pytest.approx(4 + 2 * 0.05, abs=0.011)
    assert (truth.peak_ms, truth.amplitude_mv) == (pytest.approx(6), pytest.approx(10))
    assert truth.end_ms == pytest.approx(8, abs=0.011)
    assert truth.peak_to_peak_mv == pytest.approx(20)
    assert truth.area_mv_ms == pytest.approx(20, rel=0.01)
    assert true_measures(t, np.zeros(len(t))) is None


def test_the_same_seed_gives_the_same_study() -> None:
    a, b, c = (simulate_nerve(NervePlan(), s).set.stimulations[0].trace.values_mv for s in (6, 6, 7))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_snr_is_amplitude_over_rms_noise() -> None:
    trace = simulate_nerve(NervePlan(snr=20), 8).set.stimulations[0].trace
    before = trace.values_mv[trace.time_ms < -0.1]
    assert 9 / before.std() == pytest.approx(20, rel=0.15)


def test_sizes_of_units_add_up_to_the_whole() -> None:
    assert draw_unit_sizes(30, 8.0, np.random.default_rng(0)).sum() == pytest.approx(8)


def test_a_scan_goes_from_all_units_to_none() -> None:
    scan = simulate_scan(20, 3)
    assert scan.amplitude_mv[:10].mean() == pytest.approx(8, rel=0.02)
    assert abs(scan.amplitude_mv[-5:].mean()) < 0.05
