"""Every command, run as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

COMMANDS = (
    "workup", "next", "check", "new", "schema", "anatomy", "evaluate", "replay", "visibility", "simulate", "localise",
    "ncs", "emg", "labs", "biopsy", "skin", "scores",
)  # fmt: skip


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ranvier.cli", *arguments], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = run(command, "--help")
    assert result.returncode == 0
    assert len(result.stdout.splitlines()) > 4


def test_workup_writes_three_files_and_one_for_the_patient(schwannoma: Path, tmp_path: Path) -> None:
    result = run("workup", str(schwannoma), "-o", str(tmp_path / "out"), "--patient")
    assert result.returncode == 0, result.stderr
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "report.html",
        "assessment.json",
        "findings.csv",
        "patient.html",
    }
    assert result.stdout.startswith(("Most likely ", "No cause stands out "))


def test_the_written_assessment_obeys_its_published_schema(schwannoma: Path, tmp_path: Path) -> None:
    run("workup", str(schwannoma), "-o", str(tmp_path))
    schema = json.loads(run("schema", "assessment").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8")), schema)


def test_a_missing_folder_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    result = run("workup", str(tmp_path / "nobody"))
    assert result.returncode == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert "nobody" in result.stderr


def test_a_misspelt_nerve_names_the_near_one() -> None:
    result = run("anatomy", "mediann")
    assert result.returncode == 2
    assert "median" in result.stderr


def test_anatomy_prints_the_tunnel_and_the_muscles_with_roots() -> None:
    result = run("anatomy", "n. medianus")
    assert result.returncode == 0
    text = result.stdout.lower()
    assert "carpal tunnel" in text
    assert "pronator teres" in text
    assert "c6" in text


def test_new_then_check_finds_no_problem(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert run("new", str(folder)).returncode == 0
    result = run("check", str(folder))
    assert (result.returncode, result.stdout.strip()) == (0, "No problems.")


def test_check_lists_file_line_and_the_near_name(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    run("new", str(folder))
    (folder / "emg.csv").write_text("muscle,side,fibrillations\ntibialis anteror,left,2\n", encoding="utf-8")
    result = run("check", str(folder))
    assert result.returncode == 1
    assert "emg.csv:2" in result.stdout
    assert "tibialis anterior" in result.stdout.replace("_", " ")


def test_a_broken_row_does_not_stop_the_workup(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    run("new", str(folder))
    (folder / "emg.csv").write_text(
        "muscle,side,fibrillations\nno such muscle,left,2\ntibialis anterior,left,2\n", encoding="utf-8"
    )
    result = run("workup", str(folder), "-o", str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    assessment = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))
    assert len(assessment["unused"]) == 1
    assert any(f["observable"] == "fibrillations" for f in assessment["findings"])


def test_next_lists_tests_with_what_would_change_the_order(schwannoma: Path) -> None:
    result = run("next", str(schwannoma), "-n", "3")
    assert result.returncode == 0, result.stderr
    assert [line.split(".")[0] for line in result.stdout.splitlines() if line[:1].isdigit()] == ["1", "2", "3"]
    assert "bits, burden" in result.stdout


def test_next_takes_the_burdens_of_a_hospital(schwannoma: Path, tmp_path: Path) -> None:
    table = tmp_path / "burdens.csv"
    table.write_text("test,cost,pain,risk,delay_days\nnot_a_test,1,1,1,1\n", encoding="utf-8")
    result = run("next", str(schwannoma), "--burdens", str(table))
    assert result.returncode == 2
    assert "line 2" in result.stderr


def test_replay_writes_its_table_and_its_picture(tmp_path: Path) -> None:
    out, picture = tmp_path / "replay.json", tmp_path / "replay.svg"
    result = run("replay", "--draws", "100", "--json", str(out), "--picture", str(picture))
    assert result.returncode == 0, result.stderr
    told = json.loads(out.read_text(encoding="utf-8"))
    assert {"fitting", "judging", "unrepresented", "rows"} <= set(told)
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    assert f"judging: {told['judging']['inside']} of {told['judging']['rows']} rows" in result.stdout


def test_visibility_says_what_mri_cannot_show(tmp_path: Path) -> None:
    picture = tmp_path / "matrix.svg"
    result = run("visibility", "--picture", str(picture))
    assert result.returncode == 0, result.stderr
    head, *rows = [line.split(",") for line in result.stdout.splitlines()]
    told = {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}
    assert told["sfn_idiopathic"]["mri"] == ""
    assert told["cts"]["blood"] == "" or float(told["cts"]["blood"]) < 0.5
    assert float(told["anti_mag"]["blood"]) > 0.8
    assert float(told["als"]["emg"]) > 0.5
    assert float(told["cts"]["ncs"]) > 0.6
    assert float(told["peroneal_fh"]["mri"]) > 0.3
    assert picture.read_text(encoding="utf-8").count("<text") > len(rows)


def test_visibility_of_needle_emg_comes_with_time() -> None:
    def emg(*arguments: str) -> float:
        lines = run("visibility", *arguments).stdout.splitlines()
        column = lines[0].split(",").index("emg")
        return float(next(line for line in lines if line.startswith("peroneal_fh,")).split(",")[column])

    assert emg("--days", "2") < emg()


def test_simulated_cases_are_written_and_read_back(tmp_path: Path) -> None:
    result = run("simulate", "--disorder", "cts", "-n", "2", "-o", str(tmp_path / "cases"))
    assert result.returncode == 0, result.stderr
    folders = sorted((tmp_path / "cases").iterdir())
    assert len(folders) == 2
    assert run("check", str(folders[0])).stdout.strip() == "No problems."
    again = run("simulate", "--disorder", "cts", "-n", "1", "-o", str(tmp_path / "cases"))
    assert again.returncode == 2
    assert "already" in again.stderr


def test_conduction_studies_alone(tmp_path: Path) -> None:
    (tmp_path / "any name.csv").write_text(
        "nerve;side;kind;stimulation;latency_ms;amplitude;amplitude_unit;velocity_m_s\n"
        "median;right;motor;wrist;6,1;3,2;mV;\nmedian;right;motor;elbow;10,2;3,0;mV;51\n"
    )
    out = tmp_path / "f.json"
    result = run("ncs", str(tmp_path / "any name.csv"), "--age", "50", "--height-cm", "170", "--json", str(out))
    assert result.returncode == 0, result.stderr
    record = json.loads(out.read_text())
    found = {f["observable"]: f["abnormal"] for f in record["findings"]}
    assert found["distal_latency"] is True
    assert found["conduction_block"] is False
    assert record["class"]["kind"]["value"] == "cannot tell"
    assert "class: cannot tell." in result.stdout
    page = run("ncs", str(tmp_path / "any name.csv"), "--age", "50", "-o", str(tmp_path / "page"))
    assert page.returncode == 0, page.stderr
    assert "cannot tell" in (tmp_path / "page" / "ncs_table.html").read_text(encoding="utf-8")


def test_laboratory_alone_and_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("test,value,unit\nhba1c,7.4,%\nnonsense,1,x\n")
    result = run("labs", str(tmp_path / "l.csv"))
    assert "ABNORMAL" in result.stdout
    assert "nonsense" in result.stderr
    (tmp_path / "junk.csv").write_text("no table at all\n")
    assert run("labs", str(tmp_path / "junk.csv")).returncode == 1
    gone = run("labs", str(tmp_path / "gone.csv"))
    assert gone.returncode == 2
    assert "gone.csv" in gone.stderr


def test_the_bedside_alone_names_the_nerve(schwannoma: Path, tmp_path: Path) -> None:
    out = tmp_path / "places.json"
    result = run("localise", str(schwannoma), "--json", str(out), "-o", str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    places = json.loads(out.read_text())["places"]
    assert all(0 < p["probability"] <= 1 for p in places)
    assert (tmp_path / "out" / "report.html").is_file()


def test_the_template_of_a_conduction_table_can_be_filled_in_and_read_with_own_limits(tmp_path: Path) -> None:
    printed = run("ncs", "--template")
    assert printed.returncode == 0
    table = tmp_path / "t.csv"
    table.write_text(printed.stdout.replace("# sural,left", "sural,left"), encoding="utf-8")
    limits = tmp_path / "own.csv"
    limits.write_text("study,measure,limit,unit\nsural_sensory,amplitude,14,uV\n", encoding="utf-8")
    result = run("ncs", str(table), "--limits", str(limits))
    assert result.returncode == 0, result.stderr
    assert "limit of the laboratory's own" in result.stdout
    assert run("ncs").returncode == 2
    assert "gone.csv" in run("ncs", str(table), "--limits", str(tmp_path / "gone.csv")).stderr
