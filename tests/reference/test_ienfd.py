"""Fibre density of the skin."""

from typing import Literal

import pytest

from ranvier.core import OutsideReferenceError
from ranvier.reference import ienfd_limit


@pytest.mark.parametrize(
    ("age_y", "sex", "limit"),
    [(20, "female", 8.4), (29.9, "male", 6.1), (45, "female", 5.7), (59, "male", 3.5), (70, "male", 2.1),
     (93, "female", 2.2)],
)  # fmt: skip
def test_limit_by_age_and_sex(age_y: float, sex: Literal["female", "male"], limit: float) -> None:
    assert ienfd_limit(age_y, sex).p05_fibres_per_mm == limit


def test_no_limit_below_the_sample_or_without_age_and_sex() -> None:
    with pytest.raises(OutsideReferenceError, match="from 20 years on"):
        ienfd_limit(12, "female")
    with pytest.raises(OutsideReferenceError, match="state both"):
        ienfd_limit(50, None)


def test_limits_fall_with_age() -> None:
    limits = [ienfd_limit(age, "male").p05_fibres_per_mm for age in range(20, 95)]
    assert limits == sorted(limits, reverse=True)
