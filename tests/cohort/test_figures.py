"""Accuracy, Brier score and calibration against values worked by hand."""

from dataclasses import replace

import numpy as np
import pytest

from ranvier.cohort.evaluation import (
    CaseResult,
    brier,
    calibration_error,
    summarise,
    summarise_all,
    wilson,
)


def test_wilson_interval_of_9_in_10() -> None:
    figure = wilson([True] * 9 + [False])
    assert (figure.value, round(figure.low, 4), round(figure.high, 4)) == (0.9, 0.5958, 0.9821)


def test_brier_score_by_hand() -> None:
    assert brier(np.array([0.8, 0.4]), np.array([1.0, 0.0])) == pytest.approx((0.04 + 0.16) / 2)


def test_calibration_error_is_zero_when_80_percent_come_true_in_80_percent() -> None:
    p, right = np.full(10, 0.8), np.array([1.0] * 8 + [0.0] * 2)
    assert calibration_error(p, right) == pytest.approx(0.0)


def test_calibration_error_of_certainty_that_is_half_right() -> None:
    assert calibration_error(np.ones(4), np.array([1.0, 1.0, 0.0, 0.0])) == pytest.approx(0.5)


def _result(*, top1: bool, site: bool | None, clinical: bool = True) -> CaseResult:
    return CaseResult(
        case="x", certainty="definite", clinical=clinical, true_disorder="cts", true_group="entrapment", first="cts",
        first_group="entrapment", first_probability=0.9, true_probability=0.9, top1=top1, top3=True,
        strict_top1=top1, strict_top3=True,
        group_top1=True, site=site, ranking=("cts",),
    )  # fmt: skip


def test_cases_without_a_site_do_not_count_for_site_accuracy() -> None:
    summary = summarise([_result(top1=True, site=None), _result(top1=False, site=True), _result(top1=True, site=False)])
    assert summary.n == 3
    assert summary.site is not None
    assert summary.site.value == pytest.approx(0.5)
    assert summary.top1.value == pytest.approx(2 / 3)


def test_cases_without_a_clinical_part_are_told_apart() -> None:
    with_one, without = _result(top1=True, site=None), _result(top1=False, site=None, clinical=False)
    mixed = summarise_all((with_one, without))
    assert mixed.all.n == 2
    assert mixed.clinical is not None
    assert (mixed.clinical.n, mixed.clinical.top1.value) == (1, 1.0)
    assert summarise_all((with_one, with_one)).clinical is None


def test_an_alternative_counts_as_right_but_not_strictly() -> None:
    accepted = replace(_result(top1=True, site=None), strict_top1=False)
    summary = summarise([accepted])
    assert (summary.top1.value, summary.strict_top1.value) == (1.0, 0.0)
