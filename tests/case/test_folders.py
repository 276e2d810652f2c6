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
    (tmp_path / "letter.json").write_text("{}", encoding="utf-8")
    (tmp_path / "mri" / "thigh").mkdir(parents=True)
    (tmp_path / "mri" / "loose.nii").write_bytes(b"")
    (tmp_path / "emg").mkdir()
    (tmp_path / "emg" / "notes.pdf").write_bytes(b"")
    case = read_case(tmp_path)
    assert [u.origin.file for u in case.unused] == ["letter.json", "mri/loose.nii", "emg/notes.pdf"]
    assert [s.name for s in case.series] == ["thigh"]


def test_an_unknown_code_suggests_no_other_code(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("history:\n  - {item: 'HP:9999999', status: present}\n", encoding="utf-8")
    assert "hp " not in read_case(tmp_path).unused[0].remedy.lower()


@pytest.mark.parametrize(
    ("row", "questioned"),
    [
        ("sural,L,sensory,0.012,uV", True),
        ("fibular,L,motor,0.004,mV", True),
        ("fibular,L,motor,5000,mV", True),
        ("fibular,L,motor,0,mV", False),
        ("fibular,L,motor,0.3,mV", False),
        ("sural,L,sensory,12,uV", False),
    ],
)
def test_an_amplitude_off_by_a_factor_of_a_thousand_is_questioned(tmp_path: Path, row: str, questioned: bool) -> None:
    (tmp_path / "ncs.csv").write_text(f"nerve,side,kind,amplitude,amplitude_unit\n{row}\n", encoding="utf-8")
    unused = [u for u in read_case(tmp_path).unused if u.origin.file == "ncs.csv"]
    assert [u.severity for u in unused] == (["question"] if questioned else [])
