"""Two points compared: velocity, and block told from dispersion, over its limits and on simulated nerves."""

import numpy as np
import pytest

from ranvier.electrodiagnosis.waveforms import compare_points, measure_response, segment_class
from ranvier.electrodiagnosis.waveforms.simulation import Lesion, NervePlan, simulate_nerve


@pytest.mark.parametrize(
    ("area_drop", "rise", "kind"),
    [
        (0.0, 0.0, "none"),
        (0.29, 0.3, "none"),
        (0.3, 0.3, "block"),
        (0.9, -0.1, "block"),
        (0.1, 0.31, "dispersion"),
        (0.49, 0.31, "dispersion"),
        (0.5, 0.31, "block_and_dispersion"),
    ],
)
def test_limits(area_drop: float, rise: float, kind: str) -> None:
    assert segment_class(area_drop, rise) == kind


def test_the_tibial_nerve_has_wider_limits() -> None:
    assert segment_class(0.4, 0.9, tibial=True) == "none"
    assert segment_class(0.5, 0.9, tibial=True) == "block"
    assert segment_class(0.4, 1.1, tibial=True) == "dispersion"


@pytest.mark.parametrize(
    ("lesion", "kind"),
    [
        (None, "none"),
        (Lesion(from_mm=100, to_mm=200, block=0.6), "block"),
        (Lesion(from_mm=100, to_mm=200, slowing=3, spread=0.6), "dispersion"),
        (Lesion(from_mm=100, to_mm=200, slowing=3.5, spread=0.7, block=0.6), "block_and_dispersion"),
    ],
)
def test_simulated_lesions_are_told_apart(lesion: Lesion | None, kind: str) -> None:
    calls = []
    for seed in range(4):
        nerve = simulate_nerve(NervePlan(lesion=lesion, snr=60, after_ms=60), seed)
        far, near = (measure_response(s.trace) for s in nerve.set.stimulations)
        calls.append(compare_points(far, near, 220, ("wrist", "elbow")).kind)
    assert calls.count(kind) >= 3


def test_velocity_is_distance_over_difference_of_onsets() -> None:
    nerve = simulate_nerve(NervePlan(snr=100), 1)
    far, near = (measure_response(s.trace) for s in nerve.set.stimulations)
    got = compare_points(far, near, 220, ("wrist", "elbow"))
    truth = nerve.truth
    assert truth[0] is not None
    assert truth[1] is not None
    assert got.velocity_m_s == pytest.approx(220 / (near.onset_ms - far.onset_ms))
    assert got.velocity_m_s == pytest.approx(220 / (truth[1].onset_ms - truth[0].onset_ms), rel=0.03)
    assert compare_points(far, near, None, ("a", "b")).velocity_m_s is None
    assert compare_points(near, far, 220, ("a", "b")).velocity_m_s is None


def test_a_response_that_is_lost_on_the_way_is_block_and_none_at_all_is_not_comparable() -> None:
    plan = NervePlan(lesion=Lesion(from_mm=100, to_mm=200, block=1.0), snr=100)
    nerve = simulate_nerve(plan, 0)
    far, near = (measure_response(s.trace) for s in nerve.set.stimulations)
    lost = compare_points(far, near, 220, ("wrist", "elbow"))
    assert (lost.kind, lost.area_drop, lost.velocity_m_s) == ("block", 1.0, None)
    assert nerve.truth[1] is None
    none = compare_points(near, near, 220, ("wrist", "elbow"))
    assert (none.kind, none.area_drop) == ("not_comparable", None)
    assert np.isnan(near.amplitude_mv)
