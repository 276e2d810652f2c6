"""The page of criteria: every clause with readings, what would complete it, and where its threshold is from."""

from pathlib import Path

from typer.testing import CliRunner

from ranvier.cli.main import app

TABLE = (
    "nerve,side,kind,stimulation,recording,latency_ms,amplitude_mv,area_mv_ms,duration_ms\n"
    "median,left,motor,wrist,APB,3.6,9,30,5.5\nmedian,left,motor,elbow,APB,8,4,12,6\n"
)


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    asked = ["ncs", str(tmp_path / "t.csv"), "--age", "50", "--criteria", "all", "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code == 0, found.output
    page = (tmp_path / "out" / "criteria.html").read_text(encoding="utf-8")
    for wanted in (
        "<strong>met:</strong> Meets AANEM 1999 criteria of definite partial conduction block",
        "left median, forearm",
        "recalled [1]",
        "<li>Olney RK",
        "cannot be answered",
        "state from history and examination",
        "Not included:",
    ):
        assert wanted in page
    assert "<script" not in page
    assert "&lt;" in page, "comparators are escaped"


def test_facts_are_listed_and_a_misspelt_one_is_named(tmp_path: Path) -> None:
    listed = CliRunner().invoke(app, ["ncs", "--fact", "list"])
    assert "umn_cervical" in listed.output
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    asked = ["ncs", str(tmp_path / "t.csv"), "--criteria", "gold_coast_2020_als", "--fact", "umn_cervicl"]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code != 0
    assert "umn_cervical" in found.output + str(found.exception)


def test_needle_table_and_case_folder_enter(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "n.csv").write_text(
        "muscle,side,fibrillations,motor_units\ntongue,left,2,neurogenic\n", encoding="utf-8"
    )
    asked = ["ncs", str(tmp_path / "t.csv"), "--emg", str(tmp_path / "n.csv"), "--criteria", "awaji_2008_als"]
    assert "lower motor neuron loss: yes (left tongue)" in CliRunner().invoke(app, asked).output
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.yaml").write_text("onset: {course: progressive}\n", encoding="utf-8")
    (folder / "ncs.csv").write_text(TABLE, encoding="utf-8")
    said = CliRunner().invoke(app, ["ncs", str(folder), "--criteria", "gold_coast_2020_als"]).output
    assert "met      progression" in said
