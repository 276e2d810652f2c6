"""Skin counts: density, limits by method, advice to stop."""

import pytest

from ranvier.core import OutsideReferenceError, UnknownNameError
from ranvier.histology.measuring import SectionError, SkinSection, skin_density, skin_limits, stop_counting
from ranvier.histology.skin import Sex


def sections(*counts: int, length_mm: float = 3.0) -> list[SkinSection]:
    return [SkinSection(count=c, length_mm=length_mm) for c in counts]


def test_density_is_all_fibres_over_all_length() -> None:
    density = skin_density([SkinSection(count=10, length_mm=2.0), SkinSection(count=5, length_mm=3.0)])
    assert density.density_per_mm == 3.0
    assert density.low_per_mm == pytest.approx(8.395 / 5, abs=1e-3)
    assert density.high_per_mm == pytest.approx(24.740 / 5, abs=1e-3)


def test_sections_that_differ_beyond_chance_are_shown() -> None:
    even, uneven = skin_density(sections(10, 11, 9)), skin_density(sections(2, 25, 3))
    assert even.uneven_p is not None
    assert even.uneven_p > 0.5
    assert uneven.uneven_p is not None
    assert uneven.uneven_p < 0.001


# Values as printed with the formula (PLoS ONE 2018), copied by hand: men, women.
@pytest.mark.parametrize(
    ("age_y", "man", "woman"), [(25, 5.69, 7.24), (45, 4.16, 5.71), (65, 2.62, 4.17), (75, 1.85, 3.40)]
)
def test_bright_field_limit_is_the_published_quantile(age_y: float, man: float, woman: float) -> None:
    assert skin_limits("bright_field", age_y, "male")[0].limit_per_mm == pytest.approx(man, abs=0.006)
    assert skin_limits("bright_field", age_y, "female")[0].limit_per_mm == pytest.approx(woman, abs=0.006)


@pytest.mark.parametrize(
    ("age_y", "sex", "limit"),
    [(30, "male", 5.5), (40, "male", 5.1), (59, "female", 5.2), (60, "male", 1.9), (84, "female", 3.1)],
)
def test_immunofluorescence_limit_is_that_of_the_table(age_y: float, sex: Sex, limit: float) -> None:
    (found,) = skin_limits("immunofluorescence", age_y, sex)
    assert found.limit_per_mm == limit


def test_bright_field_has_the_limit_by_decade_beside_it() -> None:
    assert [limit.limit_per_mm for limit in skin_limits("bright_field", 55, "male")][1] == 3.5


@pytest.mark.parametrize(
    ("method", "age_y"), [("immunofluorescence", 26), ("immunofluorescence", 90), ("bright_field", 12)]
)
def test_outside_the_sample_there_is_no_limit(method: str, age_y: float) -> None:
    with pytest.raises(OutsideReferenceError, match="no verdict"):
        skin_limits(method, age_y, "female")


def test_age_and_sex_and_method_are_needed() -> None:
    with pytest.raises(OutsideReferenceError, match="state both"):
        skin_limits("bright_field", None, "male")
    with pytest.raises(UnknownNameError, match="bright_field"):
        skin_limits("brightfield", 50, "male")


def test_counting_stops_when_the_interval_leaves_the_limit() -> None:
    assert stop_counting(sections(1, 2), 5.0).advice == "stop, below the limit"
    assert stop_counting(sections(40, 44), 5.0).advice == "stop, not below the limit"
    near = stop_counting(sections(10), 4.0)
    assert near.advice == "go on"
    assert near.more_mm is not None
    assert near.more_mm > 3


def test_the_advised_length_does_decide() -> None:
    before = sections(9, 9)
    advice = stop_counting(before, 4.0)
    assert advice.more_mm is not None
    more = SkinSection(count=round(3.0 * advice.more_mm), length_mm=advice.more_mm)
    assert stop_counting([*before, more], 4.0).advice == "stop, below the limit"


@pytest.mark.parametrize(("count", "length_mm"), [(-1, 3), (3, 0), (3, float("nan"))])
def test_impossible_sections_are_refused(count: int, length_mm: float) -> None:
    with pytest.raises(SectionError, match="needs a count"):
        skin_density([SkinSection(count=count, length_mm=length_mm)])
    with pytest.raises(SectionError, match="no section"):
        skin_density([])


@pytest.mark.parametrize(("count", "length_mm", "what"), [(30, 3000, "micrometres"), (99999, 3, "no skin has")])
def test_sections_in_other_units_are_asked_for(count: int, length_mm: float, what: str) -> None:
    with pytest.raises(SectionError, match=what):
        skin_density([SkinSection(count=count, length_mm=length_mm)])
