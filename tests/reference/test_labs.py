"""Thresholds of meaning, units, and the small tables beside them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranvier.core import UnknownNameError, read_table
from ranvier.reference import amplitude_drop, lab_meanings, skin_temperature, to_base_unit


def meaning(test: str, feature: str, value: float) -> bool | None:
    """Return what one value means for one feature."""
    return next(m for m in lab_meanings(test) if m.feature == feature).means(value, value)


@pytest.mark.parametrize(
    ("test", "feature", "value", "present"),
    [
        ("hba1c", "lab_hba1c_diabetic", 6.5, True),
        ("hba1c", "lab_hba1c_diabetic", 6.4, False),
        ("hba1c", "lab_glucose_prediabetic", 5.7, True),
        ("hba1c", "lab_glucose_prediabetic", 5.6, False),
        ("hba1c", "lab_glucose_prediabetic", 6.49, True),
        ("hba1c", "lab_glucose_prediabetic", 6.5, None),
        ("b12", "lab_b12_low", 199, True),
        ("b12", "lab_b12_low", 250, None),
        ("b12", "lab_b12_low", 301, False),
        ("ck", "lab_ck_very_high", 1000, False),
        ("ck", "lab_ck_very_high", 1001, True),
        ("csf_protein", "csf_protein_high", 0.46, True),
        ("csf_protein", "csf_protein_high", 0.45, False),
        ("csf_protein", "csf_protein_very_high", 1.2, True),
        ("csf_wbc", "csf_pleocytosis", 5, False),
        ("csf_wbc", "csf_pleocytosis", 6, True),
    ],
)
def test_what_a_value_means(test: str, feature: str, value: float, present: bool | None) -> None:
    assert meaning(test, feature, value) is present


def test_a_censored_value_decides_only_when_all_it_can_be_agrees() -> None:
    low = lab_meanings("b12")[0]
    assert low.means(-math.inf, 150) is True
    assert low.means(-math.inf, 400) is None
    high = lab_meanings("ck")[1]
    assert high.means(2000, math.inf) is True
    assert high.means(100, math.inf) is None


@pytest.mark.parametrize(
    ("test", "value", "unit", "base"),
    [
        ("hba1c", 48, "mmol/mol", 6.54),
        ("csf_protein", 300, "mg/dL", 3.0),
        ("copper", 11, "µmol/L", 69.9),
        ("glucose_fasting", 7.0, "mmol/L", 126.1),
        ("creatinine", 115, "umol/l", 1.30),
        ("csf_wbc", 12, "/mm3", 12),
        ("csf_wbc", 12, None, 12),
        ("eos", 1500, "/µL", 1.5),
    ],
)
def test_units_turn_into_the_base_unit(test: str, value: float, unit: str | None, base: float) -> None:
    assert to_base_unit(test, value, unit) == pytest.approx(base, rel=2e-3)


def test_a_missing_or_foreign_unit_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="hba1c"):
        to_base_unit("hba1c", 7.0, None)
    with pytest.raises(UnknownNameError, match="mg/dl"):
        to_base_unit("csf_protein", 50, "mg/dk")


def test_every_base_unit_is_known_with_factor_one() -> None:
    for row in read_table("ranvier.reference", "labs.csv", ("test", "unit")):
        assert to_base_unit(row["test"], 3.0, row["unit"]) == 3.0, row


@given(value=st.floats(0, 1e6))
def test_no_value_is_both_high_and_low(value: float) -> None:
    for test in ("b6", "flc_ratio"):
        low, high = lab_meanings(test)
        assert not (low.means(value, value) and high.means(value, value))


def test_a_test_without_thresholds_has_none() -> None:
    assert lab_meanings("ife") == ()


def test_the_tibial_nerve_has_no_limit_of_amplitude_fall() -> None:
    assert amplitude_drop("tibial_motor_ah") is None
    ulnar = amplitude_drop("ulnar_motor_adm")
    assert ulnar is not None
    assert (ulnar.normal_below, ulnar.block_from) == (0.3, 0.5)


def test_skin_temperature_by_region() -> None:
    assert skin_temperature("arm").skin_min_c == 32
    with pytest.raises(UnknownNameError, match="arm"):
        skin_temperature("arms")
