"""The folder ``emg`` of a case: recordings become findings at their muscles."""

from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, read_case
from ranvier.core import GradedReading
from ranvier.electrodiagnosis import findings, recordings, unused
from ranvier.electrodiagnosis.emg import EmgClass

GRAPH = load_graph()


def folder_of(folder: Path, files: dict[str, str]) -> Case:
    """Return the case in a folder with these files."""
    (folder / "emg").mkdir()
    (folder / "case.yaml").write_text("patient: {age_y: 40}\n", encoding="utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_case(folder)


@pytest.fixture
def classed(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Let each file have the class that the test says, for the classes themselves have tests of their own."""
    names: dict[str, str] = {}

    def outcome(recording: recordings.NeedleRecording) -> recordings._Outcome:
        return recordings._Outcome(name=names[recording.path.name], share=0.9, reasons=("few units",))

    monkeypatch.setattr(recordings, "_outcome", outcome)
    return names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("neurogenic", [("motor_units", 1)]),
        ("myopathic", [("motor_units_myopathic", 1)]),
        ("normal", [("motor_units", 0), ("motor_units_myopathic", 0)]),
        ("uncertain", []),
    ],
)
def test_the_class_becomes_a_finding(
    tmp_path: Path, classed: dict[str, str], name: str, expected: list[tuple[str, int]]
) -> None:
    classed["tibialis_anterior_right.csv"] = name
    case = folder_of(tmp_path, {"emg/tibialis_anterior_right.csv": "0"})
    found = findings(case, GRAPH)
    assert [(f.observable, f.reading.lowest) for f in found if isinstance(f.reading, GradedReading)] == expected
    assert all(f.place and (f.place.ids, f.place.side.value) == (("tibialis_anterior",), "right") for f in found)
    assert ("uncertain" in " ".join(u.problem for u in unused(case, GRAPH))) is (not expected)


def test_the_table_beside_names_muscle_and_side(tmp_path: Path, classed: dict[str, str]) -> None:
    classed["a.csv"] = "neurogenic"
    listed = "file,muscle,side,day\na.csv,vastus lateralis,left,12\nb.csv,deltoid,left,\n"
    case = folder_of(tmp_path, {"emg/a.csv": "0", "emg/recordings.csv": listed})
    (found,) = findings(case, GRAPH)
    assert found.place is not None
    assert (found.place.ids, found.day) == (("vastus_lateralis",), 12)
    assert "no file 'b.csv'" in case.unused[0].problem


def test_a_muscle_that_the_table_judges_is_counted_once(tmp_path: Path, classed: dict[str, str]) -> None:
    classed["tibialis_anterior_right.csv"] = "neurogenic"
    needle = "muscle,side,motor_units\ntibialis anterior,right,normal\n"
    case = folder_of(tmp_path, {"emg/tibialis_anterior_right.csv": "0", "emg.csv": needle})
    assert {f.id for f in findings(case, GRAPH)} == {"emg-1", "emg-2"}
    assert "judges the motor units of this muscle already" in unused(case, GRAPH)[0].problem


def test_a_broken_file_is_a_problem_and_the_rest_runs(tmp_path: Path) -> None:
    case = folder_of(tmp_path, {"emg/deltoid_left.csv": "not a number\nx\n", "emg.csv": "muscle,fibs\ndeltoid,2\n"})
    assert len(findings(case, GRAPH)) == 1
    assert "'deltoid_left.csv' was not analysed" in unused(case, GRAPH)[0].problem


def test_names_without_a_muscle_are_told(tmp_path: Path) -> None:
    case = folder_of(tmp_path, {"emg/recording7.csv": "0"})
    assert case.recordings == ()
    assert "recording7" in case.unused[0].problem


def test_every_class_is_read_or_uncertain() -> None:
    assert EmgClass.__slots__
    assert set(recordings._READ) == {"normal", "neurogenic", "myopathic"}
