"""Limits of the difference between the sides: values copied by hand from the teaching guide they are from."""

import pytest

from ranvier.core import Status, read_sources, read_table
from ranvier.reference import side_limit


@pytest.mark.parametrize(
    ("study", "measure", "stimulation", "limit"),
    [
        ("median_motor_apb", "distal_latency_onset_ms", "", 0.7),
        ("median_motor_apb", "amplitude", "", 0.54),
        ("tibial_motor_ah", "f_latency_ms", "", 5.7),
        ("sural_sensory", "distal_latency_peak_ms", "", 0.5),
        ("fibular_motor_edb", "velocity_m_s", "common_fibular.below_fibular_head", 8),
        ("fibular_motor_edb", "velocity_m_s", "common_fibular.above_fibular_head", 19),
        ("fibular_motor_edb", "velocity_m_s", "", 19),
    ],
)
def test_limits_of_the_table(study: str, measure: str, stimulation: str, limit: float) -> None:
    found = side_limit(study, measure, stimulation, 50)
    assert found is not None
    assert (found.limit, found.status) == (limit, Status.SECONDARY)


@pytest.mark.parametrize("age_y", [18, 80, None])
def test_outside_the_sample_there_is_none(age_y: float | None) -> None:
    assert side_limit("sural_sensory", "amplitude", "", age_y) is None


def test_an_unknown_measure_or_point_has_none() -> None:
    assert side_limit("saphenous_sensory", "amplitude", "", 50) is None
    assert side_limit("ulnar_motor_adm", "velocity_m_s", "ulnar.above_elbow", 50) is None


def test_a_difference_on_the_limit_is_not_beyond_it() -> None:
    latency = side_limit("soleus_h", "h_latency_ms", "", 50)
    amplitude = side_limit("tibial_motor_ah", "amplitude", "", 50)
    assert latency is not None
    assert amplitude is not None
    assert (latency.is_beyond(32, 30), latency.is_beyond(32.5, 30)) == (False, True)
    assert (amplitude.is_beyond(5, 10), amplitude.is_beyond(4.9, 10), amplitude.is_beyond(1, 0)) == (False, True, False)


def test_every_source_resolves() -> None:
    rows = read_table("ranvier.reference", "ncs_side_differences.csv", ("source",))
    assert {row["source"] for row in rows} <= set(read_sources("ranvier.reference"))
