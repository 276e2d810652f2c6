"""``ranvier ncs`` with waveforms: words, page, findings, simulated sets, and what it says of wrong input."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ranvier.cli.tables import ncs
from ranvier.electrodiagnosis.waveforms import UnreadableWaveformError

app = typer.Typer()
app.command()(ncs)
runner = CliRunner()


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "sim"
    result = runner.invoke(app, ["--simulate", str(folder), "--seed", "2"])
    assert result.exit_code == 0, result.output
    assert "simulated files" in result.output
    return folder


def test_a_folder_is_measured_judged_and_shown(simulated: Path, tmp_path: Path) -> None:
    out, json_file = tmp_path / "out", tmp_path / "f.json"
    args = [str(simulated), "-o", str(out), "--age", "40", "--height-cm", "170", "--json", str(json_file)]
    result = runner.invoke(app, args)
    assert result.exit_code == 0, result.output
    assert "wrist to below elbow" in result.output
    assert "there is conduction block" in result.output
    assert "the response is dispersed" in result.output
    assert "motor units" in result.output
    assert (out / "ncs.html").is_file()
    assert (out / "ncs_table.html").is_file()
    record = json.loads(json_file.read_text())
    assert {"conduction_block", "dispersion"} <= {f["observable"] for f in record["findings"]}
    assert record["class"]["kind"]["value"] == "demyelinating"


def test_the_truth_lies_beside_and_is_not_read_as_waveforms(simulated: Path) -> None:
    truth = json.loads((simulated / "truth" / "truth.json").read_text())
    assert truth["simulated"] is True
    assert truth["cmap-scan"]["motor_units"] == 40


@pytest.mark.parametrize("name", ["motor-block.json", "cmap-scan.csv"])
def test_one_file_is_enough(simulated: Path, name: str) -> None:
    result = runner.invoke(app, [str(simulated / name), "--age", "40"])
    assert result.exit_code == 0, result.output
    assert name in result.output


def test_a_folder_with_nothing_to_read_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    result = runner.invoke(app, [str(tmp_path)])
    assert result.exit_code == 1
    assert "is no JSON" in result.output


def test_no_table_and_nothing_to_simulate_is_said() -> None:
    result = runner.invoke(app, [])
    assert result.exit_code == 2
    assert "name a table or waveforms" in result.output


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    result = runner.invoke(app, ["--simulate", str(tmp_path / "x")])
    assert isinstance(result.exception, UnreadableWaveformError)
    assert "is a file" in str(result.exception)
