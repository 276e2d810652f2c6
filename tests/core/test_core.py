"""The value types that every layer shares."""

import pytest

from ranvier import core
from ranvier.core import (
    DataFileError,
    MissingExtraError,
    RanvierError,
    Side,
    Status,
    UnknownNameError,
    mirrored,
    optional,
    read_table,
    weakest,
)


def test_unknown_name_names_the_nearest() -> None:
    error = UnknownNameError("muscle", "tibialis anteror", ["tibialis anterior", "deltoid"])
    assert str(error) == "there is no muscle named 'tibialis anteror'; did you mean 'tibialis anterior'?"
    assert isinstance(error, KeyError)


def test_unknown_name_without_a_near_one_suggests_nothing() -> None:
    assert str(UnknownNameError("muscle", "zzz", ["deltoid"])) == "there is no muscle named 'zzz'"


def test_missing_extra_says_which_one_to_install() -> None:
    error = MissingExtraError("reading DICOM", "imaging")
    assert "pip install 'ranvier[imaging]'" in str(error)
    assert isinstance(error, ImportError)


@pytest.mark.parametrize("name", [n for n in core.__all__ if n.endswith("Error")])
def test_every_error_is_in_the_tree_and_drawn_in_it(name: str) -> None:
    assert issubclass(getattr(core, name), RanvierError)
    assert name in (core.errors.__doc__ or "")


def test_mirroring_twice_gives_back_the_side() -> None:
    assert all(mirrored(mirrored(side)) is side for side in Side)
    assert mirrored(Side.RIGHT) is Side.LEFT
    assert mirrored(Side.UNKNOWN) is Side.UNKNOWN


def test_weakest_status_decides() -> None:
    assert weakest([Status.CHECKED, Status.RECALLED, Status.SECONDARY]) is Status.RECALLED
    assert weakest([]) is Status.CHECKED


def test_a_table_without_a_column_is_refused() -> None:
    with pytest.raises(DataFileError, match="lacks the columns \\['no_such_column'\\]"):
        read_table("ranvier.inference", "parameters.csv", ("name", "no_such_column"))


def test_an_optional_module_that_is_missing_names_its_extra() -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'ranvier\[labs\]'"):
        optional("no_such_module_at_all", "reading HL7 messages", "labs")
