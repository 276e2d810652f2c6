"""Priors by setting: the table names what exists, and moves what it names."""

import numpy as np
import pytest

from ranvier.case import Setting
from ranvier.disorders import load_catalogue
from ranvier.inference.background import setting_factors, setting_log_ratio

DISORDERS = load_catalogue().disorders


def share(disorder: str, setting: Setting) -> float:
    """Return the share of a disorder among all patients of a setting."""
    weights = {i: d.prior * np.exp(setting_log_ratio(d, setting)) for i, d in DISORDERS.items()}
    return float(weights[disorder] / sum(weights.values()))


def test_every_row_names_a_setting_and_a_disorder_or_group() -> None:
    known = set(DISORDERS) | {d.group for d in DISORDERS.values()}
    assert set(setting_factors()) <= {s.value for s in Setting}
    for rows in setting_factors().values():
        assert set(rows) <= known
        assert all(factor > 0 for factor in rows.values())


def test_a_disorder_goes_before_its_group() -> None:
    cts, ulnar = DISORDERS["cts"], DISORDERS["ulnar_elbow"]
    flatter = setting_log_ratio(ulnar, Setting.TERTIARY_CENTRE) * np.log(cts.prior) / np.log(ulnar.prior)
    assert setting_log_ratio(cts, Setting.TERTIARY_CENTRE) == pytest.approx(flatter + np.log(0.4))


@pytest.mark.parametrize(
    ("disorder", "often", "seldom"),
    [
        ("cidp_typical", Setting.TERTIARY_CENTRE, Setting.GENERAL_PRACTICE),
        ("diabetic_dspn", Setting.GENERAL_PRACTICE, Setting.TERTIARY_CENTRE),
        ("cts", Setting.ELECTRODIAGNOSTIC_LABORATORY, Setting.TERTIARY_CENTRE),
    ],
)
def test_what_a_place_sees_often_is_more_probable_there(disorder: str, often: Setting, seldom: Setting) -> None:
    assert share(disorder, often) > share(disorder, seldom)


def test_the_neurology_clinic_is_what_the_priors_are_of() -> None:
    assert all(setting_log_ratio(d, Setting.NEUROLOGY_CLINIC) == pytest.approx(0.0) for d in DISORDERS.values())
