"""The command for a needle EMG recording."""

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from ranvier.cli.emg import emg
from ranvier.core import UnknownNameError
from ranvier.electrodiagnosis.emg import SimulationPlan, UnreadableRecordingError, simulate_recording

app = typer.Typer()
app.command()(emg)
runner = CliRunner()


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    values = simulate_recording(SimulationPlan(kind="normal", seconds=5, drive=0.15), 4).recording.values_mv
    np.save(tmp_path / "a.npy", values)
    return tmp_path / "a.npy"


def test_json_page_and_words(recording: Path, tmp_path: Path) -> None:
    json_file, out = tmp_path / "a.json", tmp_path / "out"
    place = ["--muscle", "tibialis anterior", "--side", "right"]
    files = ["--json", str(json_file), "-o", str(out)]
    result = runner.invoke(app, [str(recording), "--rate-hz", "10000", *place, *files])
    assert result.exit_code == 0, result.output
    written = json.loads(json_file.read_text())
    assert result.output.startswith(written["class"])
    assert sum(written["probabilities"].values()) == pytest.approx(1, abs=1e-4)
    assert (written["muscle"], written["side"]) == ("tibialis_anterior", "right")
    assert "right tibialis anterior" in (out / "emg.html").read_text(encoding="utf-8")


def test_wrong_input_is_named(recording: Path) -> None:
    assert isinstance(runner.invoke(app, [str(recording)]).exception, UnreadableRecordingError)
    muscle = [str(recording), "--rate-hz", "10000", "--muscle", "tibialis anteriro"]
    assert isinstance(runner.invoke(app, muscle).exception, UnknownNameError)
