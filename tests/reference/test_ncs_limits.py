"""Limits of conduction measures; the numbers are copied by hand from the tables that were read."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranvier.core import OutsideReferenceError, Status, UnknownNameError, read_sources, read_table
from ranvier.reference import load_ncs_limits, ncs_limit, printed_limit

PACKAGE = "ranvier.reference"
LATENCY = "distal_latency_onset_ms"
PEAK = "distal_latency_peak_ms"


@pytest.mark.parametrize(
    ("study", "measure", "limit"),
    [
        ("median_motor_apb", LATENCY, 4.5),
        ("median_motor_apb", "velocity_m_s", 49),
        ("median_motor_apb", "f_latency_ms", 31.6),
        ("ulnar_motor_adm", "amplitude", 7.9),
        ("ulnar_motor_fdi", "amplitude", 9.2),
        ("fibular_motor_ta", LATENCY, 4.9),
        ("tibial_motor_ah", "f_latency_ms", 61.4),
        ("radial_motor_edc", "velocity_m_s", 54),
        ("median_sensory_d2", PEAK, 4.0),
        ("ulnar_sensory_d5", LATENCY, 3.1),
        ("superficial_radial_sensory", "amplitude", 7),
        ("mabc_sensory", "amplitude", 4),
        ("labc_sensory", "amplitude", 5),
        ("sural_sensory", PEAK, 4.5),
        ("superficial_fibular_sensory", "amplitude", 4),
        ("median_palm_mixed", PEAK, 2.4),
    ],
)
def test_limits_for_all_adults(study: str, measure: str, limit: float) -> None:
    assert ncs_limit(study, measure, 30, 172).limit == limit


@pytest.mark.parametrize(
    ("study", "measure", "age_y", "height_cm", "limit"),
    [
        ("median_motor_apb", "amplitude", 25, None, 5.9),
        ("median_motor_apb", "amplitude", 59.9, None, 4.2),
        ("median_motor_apb", "amplitude", 60, None, 3.8),
        ("fibular_motor_edb", "amplitude", 45, 170, 1.1),
        ("fibular_motor_edb", "velocity_m_s", 30, 169.9, 43),
        ("fibular_motor_edb", "velocity_m_s", 30, 170, 37),
        ("fibular_motor_edb", "velocity_m_s", 30, None, 38),
        ("tibial_motor_ah", "velocity_m_s", 49, 155, 44),
        ("tibial_motor_ah", "velocity_m_s", 50, 165, 37),
        ("tibial_motor_ah", "velocity_m_s", 79, 185, 34),
        ("tibial_motor_ah", "amplitude", 20, 185, 5.8),
    ],
)
def test_a_stratum_goes_before_the_limit_for_all(
    study: str, measure: str, age_y: float, height_cm: float | None, limit: float
) -> None:
    assert ncs_limit(study, measure, age_y, height_cm).limit == limit


def test_an_unknown_age_takes_the_limit_for_all_and_says_so() -> None:
    found = ncs_limit("median_motor_apb", "amplitude", None, None)
    assert found.limit == 4.1
    assert "age is not stated" in found.note


def test_the_ulnar_velocity_depends_on_the_segment() -> None:
    assert ncs_limit("ulnar_motor_adm", "velocity_m_s", 40, 170).limit == 52
    assert ncs_limit("ulnar_motor_adm", "velocity_m_s", 40, 170, "across_elbow").limit == 43
    assert ncs_limit("ulnar_motor_adm", "velocity_m_s", 40, 170, "upper_arm").limit == 50


@pytest.mark.parametrize("age_y", [0, 9, 18.9, 80, 101])
def test_outside_the_sample_nothing_is_extrapolated(age_y: float) -> None:
    with pytest.raises(OutsideReferenceError, match="19 to 79 years"):
        ncs_limit("sural_sensory", "amplitude", age_y, 170)


def test_a_misspelt_study_names_the_near_one() -> None:
    with pytest.raises(UnknownNameError, match="median_motor_apb amplitude"):
        ncs_limit("median_motor_abp", "amplitude", 40, 170)


def test_a_value_on_the_limit_is_not_beyond_it() -> None:
    lower = ncs_limit("sural_sensory", "amplitude", 40, 170)
    upper = ncs_limit("sural_sensory", PEAK, 40, 170)
    assert (lower.is_beyond(4.0), lower.is_beyond(3.99)) == (False, True)
    assert (upper.is_beyond(4.5), upper.is_beyond(4.51)) == (False, True)


def test_the_mean_is_used_where_it_is_known_and_derived_where_it_is_not() -> None:
    known = ncs_limit("ulnar_motor_adm", "amplitude", 40, 170)
    assert math.exp(known.log_mean) == pytest.approx(11.6 / math.sqrt(1 + (2.1 / 11.6) ** 2))
    assert known.spread_status is Status.SECONDARY
    derived = ncs_limit("median_motor_apb", LATENCY, 40, 170)
    assert derived.log_mean + 1.8808 * derived.log_sd == pytest.approx(math.log(4.5), abs=1e-4)
    assert (derived.status, derived.weakest_status) == (Status.SECONDARY, Status.ASSUMED)


@pytest.mark.parametrize("limit", load_ncs_limits(), ids=lambda r: f"{r.study}-{r.measure}-{r.age_min_y}")
def test_a_value_on_the_limit_is_no_further_out_than_its_percentile(limit) -> None:  # type: ignore[no-untyped-def]
    z = limit.log_ratio(limit.limit) / limit.log_sd
    assert abs(z) <= 1.881
    assert (z < 0) == (limit.bound == "lower")
    assert limit.bound == ("lower" if limit.measure in ("amplitude", "velocity_m_s") else "upper")


@given(age_y=st.floats(19, 79.99), height_cm=st.floats(120, 220))
def test_every_adult_falls_in_a_stratum_of_every_measure(age_y: float, height_cm: float) -> None:
    for study, measure, segment in {(r.study, r.measure, r.segment) for r in load_ncs_limits()}:
        assert ncs_limit(study, measure, age_y, height_cm, segment).limit > 0


@given(height_cm=st.floats(120, 220), younger=st.integers(19, 79), older=st.integers(19, 79))
def test_lower_limits_never_rise_with_age(height_cm: float, younger: int, older: int) -> None:
    younger, older = sorted((younger, older))
    for study in ("median_motor_apb", "tibial_motor_ah", "fibular_motor_edb"):
        for measure in ("amplitude", "velocity_m_s"):
            first, second = (ncs_limit(study, measure, age, height_cm).limit for age in (younger, older))
            assert second <= first


def test_a_printed_limit_is_a_limit_with_an_assumed_spread() -> None:
    found = printed_limit("soleus_h", "h_latency_ms", "upper", 34, "ms")
    assert (found.limit, found.spread_status) == (34, Status.ASSUMED)
    assert found.log_ratio(34) / found.log_sd == pytest.approx(1.8808, abs=1e-3)
    with pytest.raises(UnknownNameError, match="amplitude in mV"):
        printed_limit("soleus_h", "amplitud", "lower", 3, "mV")


def test_every_source_of_every_table_resolves() -> None:
    known = read_sources(PACKAGE)
    for name, column in [
        ("ncs_limits.csv", "source"), ("ncs_limits.csv", "spread_source"), ("ncs_spread.csv", "source"),
        ("ienfd.csv", "source"), ("labs.csv", "source"), ("lab_units.csv", "source"),
        ("amplitude_drops.csv", "source"), ("temperature.csv", "source"), ("assumptions.csv", "source"),
    ]:  # fmt: skip
        for row in read_table(PACKAGE, name, (column, "status")):
            assert not row[column] or row[column] in known, (name, row)
            assert Status(row["status"])
