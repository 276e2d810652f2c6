"""Words of graded scales, sides and states; numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranvier.case.numbers import AmbiguousNumberError, plausible_range, read_number
from ranvier.case.words import Grades, meaning, read_grades, read_presence, read_side
from ranvier.core import Side, UnknownNameError


@pytest.mark.parametrize(
    ("written", "lowest", "highest"),
    [
        ("0", 0, 0),
        ("3/5", 3, 3),
        ("MRC 4", 4, 4),
        ("M3", 3, 3),
        ("4-", 3.67, 3.67),
        ("4+", 4.33, 4.33),
        ("4+/5", 4.33, 4.33),
        ("2-3", 2, 3),
        ("4-/5", 3.67, 3.67),
        ("0-1/5", 0, 1),
        ("4- to 4", 3.67, 4),
        ("weak", 1, 4),
        ("Severe", 0, 2),
        ("paralysed", 0, 0),
        ("mild", 4, 4),
        ("moderate", 3, 3),
        ("NORMAL", 5, 5),
        ("7", 7, 7),
    ],
)
def test_strength(written: str, lowest: float, highest: float) -> None:
    assert read_grades("strength", written) == Grades(lowest=lowest, highest=highest)


@pytest.mark.parametrize(
    ("written", "grade"),
    [
        ("absent", 0),
        ("trace", 1),
        ("reduced", 1),
        ("+", 1),
        ("++", 2),
        ("2+", 2),
        ("+++", 3),
        ("brisk", 3),
        ("clonus", 4),
    ],
)
def test_reflexes(written: str, grade: float) -> None:
    assert read_grades("reflex", written) == Grades(lowest=grade, highest=grade)


@pytest.mark.parametrize(
    ("written", "lowest", "highest"),
    [("0", 0, 0), ("1-4", 1, 4), ("present", 1, 4), ("absent", 0, 0), ("++", 2, 2), ("3+", 3, 3), ("1+/2+", 1, 2)],
)
def test_fibrillations(written: str, lowest: float, highest: float) -> None:
    assert read_grades("fibrillations", written) == Grades(lowest=lowest, highest=highest)


@pytest.mark.parametrize("written", ["", "some day", "3-2", "fine"])
def test_what_is_no_grade_is_refused(written: str) -> None:
    with pytest.raises(UnknownNameError):
        read_grades("strength", written)


@pytest.mark.parametrize(
    ("written", "side"),
    [
        ("R", Side.RIGHT),
        ("lt", Side.LEFT),
        ("Bilateral", Side.BOTH),
        ("left-sided", Side.LEFT),
        (" L/R ", Side.BOTH),
        ("midline", Side.MIDLINE),
        ("", Side.UNKNOWN),
        (None, Side.UNKNOWN),
    ],
)
def test_sides(written: str | None, side: Side) -> None:
    assert read_side(written) is side


def test_present_absent_and_not_looked_for_are_three_things() -> None:
    assert read_presence("positive") is True
    assert read_presence("no") is False
    assert read_presence("not tested") is None
    with pytest.raises(UnknownNameError, match="present"):
        read_presence("presnt")


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        ("study_word", "NR", "absent"),
        ("study_word", "conduction block", "block"),
        ("study_word", "delayed", "prolonged"),
        ("sensory_modality", "pinprick", "pain"),
        ("imaging_modality", "X-ray", "xray"),
        ("amplitude_unit", "µV", "uV"),
        ("ncs_region", "Upper limbs", "arms"),
    ],
)
def test_words(field: str, written: str, value: str) -> None:
    assert meaning(field, written) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3.5", 3.5),
        ("3,5", 3.5),
        ("0,127", 0.127),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("-2", -2),
        (".5", 0.5),
        ("1e3", 1000),
        ("NR", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("3..5", None),
        ("", None),
    ],
)
def test_numbers(written: str, value: float | None) -> None:
    assert read_number(written) == value


def test_a_comma_before_three_digits_is_ambiguous_unless_the_file_is_known() -> None:
    with pytest.raises(AmbiguousNumberError):
        read_number("17,800")
    assert read_number("17,800", decimal_comma=True) == 17.8


@given(st.decimals(min_value=-9999, max_value=9999, places=2))
def test_point_and_comma_say_the_same(value: object) -> None:
    text = f"{value:f}"
    assert read_number(text) == read_number(text.replace(".", ",")) == float(text)


def test_a_range_may_depend_on_the_kind_of_study() -> None:
    motor, sensory = (plausible_range("ncs.csv", "amplitude", kind) for kind in ("motor", "sensory"))
    assert motor is not None
    assert sensory is not None
    assert motor.holds(12)
    assert not sensory.holds(12)
