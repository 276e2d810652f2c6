"""The command for labelled muscles."""

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from ranvier.cli.muscles import muscles
from ranvier.core import UnreadableImageError

nibabel = pytest.importorskip("nibabel")
app = typer.Typer()
app.command()(muscles)
runner = CliRunner()


def test_table_map_page_and_words(tmp_path: Path) -> None:
    labels = np.zeros((40, 20, 3), dtype=np.uint8)
    labels[2:18, 2:18], labels[22:38, 2:18] = 7, 8
    affine = np.diag([1.0, 1.0, 5.0, 1.0])
    paths = []
    for te in (16, 56):
        paths.append(tmp_path / f"te{te}.nii.gz")
        signal = 900 * np.exp(-te / np.where(labels == 7, 40.0, 41.0))
        nibabel.save(nibabel.Nifti1Image(signal.astype(np.float32), affine), paths[-1])
    seg = tmp_path / "seg.nii.gz"
    nibabel.save(nibabel.Nifti1Image(labels, affine), seg)
    command = [*map(str, paths), "--labels", str(seg), "--label-table", "totalsegmentator_thigh_shoulder"]
    command += ["--measure", "t2", "-o", str(tmp_path / "out")]
    result = runner.invoke(app, [*command, "--te-ms", "16,56"])
    assert result.exit_code == 0, result.output
    assert "left sartorius: T2 40.0 ms; no verdict" in result.output
    assert "the sides do not differ much" in result.output
    written = json.loads((tmp_path / "out" / "muscles.json").read_text())
    assert written["method"] == "one exponential of 2 echoes"
    assert (tmp_path / "out" / "report.html").read_text().count("<svg") == 3
    for wrong, said in (("16;56", "numbers separated by commas"), ("16", "as many echo times")):
        refused = runner.invoke(app, [*command, "--te-ms", wrong])
        assert isinstance(refused.exception, UnreadableImageError)
        assert said in str(refused.exception)
