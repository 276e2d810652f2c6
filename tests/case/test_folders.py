"""A case folder with parts missing, broken or unknown."""

from pathlib import Path

import pytest

from ranvier.case import read_case
from ranvier.core import UnreadableCaseError

EMG = "muscle,side,fibrillations\ntibialis anterior,left,3\n"


def test_tables_alone_are_read(tmp_path: Path) -> None:
    (tmp_path / "emg.csv").write_text(EMG, encoding="utf-8")
    case = read_case(tmp_path)
    assert len(case.needle) == 1
    assert "there is no case.yaml" in case.unused[0].problem


def test_a_broken_case_yaml_beside_tables_is_noted(tmp_path: Path) -> None:
    (tmp_path / "emg.csv").write_text(EMG, encoding="utf-8")
    (tmp_path / "case.yaml").write_text("patient: {age_y", encoding="utf-8")
    case = read_case(tmp_path)
    assert len(case.needle) == 1
    assert any(u.severity == "error" and u.origin.file == "case.yaml" for u in case.unused)


def test_a_broken_case_yaml_alone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("patient: {age_y", encoding="utf-8")
    with pytest.raises(UnreadableCaseError, match=r"case\.yaml"):
        read_case(tmp_path)


def test_files_that_nothing_reads_are_named(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("patient: {age_y: 40}\n", encoding="utf-8")
    (tmp_path / "labs.json").write_text("{}", encoding="utf-8")
    (tmp_path / "mri").mkdir()
    assert [u.origin.file for u in read_case(tmp_path).unused] == ["labs.json", "mri"]


def test_an_unknown_code_suggests_no_other_code(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("history:\n  - {item: 'HP:9999999', status: present}\n", encoding="utf-8")
    assert "hp " not in read_case(tmp_path).unused[0].remedy.lower()
