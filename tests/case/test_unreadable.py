"""What cannot be read at all, and encodings that can."""

from pathlib import Path

import pytest
from tests.case.conftest import ReadTexts

from ranvier.case import check_case, read_case
from ranvier.core import UnreadableCaseError


def test_no_folder_and_no_case_yaml(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCaseError, match="ranvier new"):
        read_case(tmp_path / "nobody")
    with pytest.raises(UnreadableCaseError, match=r"no case\.yaml"):
        read_case(tmp_path)


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("patient: {age_y: 3\nhistory: []\n", "line"),
        ("- a\n- b\n", "keys with values"),
        ("just a sentence", "keys with values"),
        (b"patient: \x00\x01", "not YAML"),
        (b"patient: \xff\xfe\xfd", "UTF-8"),
        ("[" * 3000, "nested"),
        ("a: &x [*x]\nb: *y\n", "not YAML"),
    ],
)
def test_what_is_not_yaml_is_said_in_one_line(read_texts: ReadTexts, yaml: str | bytes, message: str) -> None:
    with pytest.raises(UnreadableCaseError, match=message) as caught:
        read_texts(yaml)
    assert "\n" not in str(caught.value)


def test_a_reference_to_itself_does_not_loop(read_texts: ReadTexts) -> None:
    case = read_texts("remarks: &x [a, *x]\n")
    assert case.remarks == ("a",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_of_case_yaml(read_texts: ReadTexts, encoding: str) -> None:
    case = read_texts("remarks: [Größe]\n".encode(encoding))
    assert (case.remarks, case.unused) == (("Größe",), ())


def test_the_truth_is_never_read(read_texts: ReadTexts, tmp_path: Path) -> None:
    (tmp_path / "patient-7").mkdir()
    (tmp_path / "patient-7" / "truth.yaml").write_text("disorders: [: not yaml", encoding="utf-8")
    assert read_texts("schema: 1\n").unused == ()


def test_check_lists_the_problems(read_texts: ReadTexts, tmp_path: Path) -> None:
    case = read_texts("histroy: []\n")
    assert check_case(tmp_path / "patient-7") == case.unused
