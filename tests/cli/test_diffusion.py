"""The command for a diffusion series."""

from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

pytest.importorskip("dipy")

from ranvier.cli.diffusion import diffusion
from ranvier.core import UnreadableImageError
from ranvier.imaging.simulation.diffusion import DiffusionSpec, draw_diffusion

nibabel = pytest.importorskip("nibabel")
app = typer.Typer()
app.command()(diffusion)
runner = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dwi")
    phantom = draw_diffusion(DiffusionSpec(fa=(0.5,), side=8, snr=12))
    nibabel.save(nibabel.Nifti1Image(phantom.volume.values, phantom.volume.affine), path / "dwi.nii.gz")
    np.savetxt(path / "dwi.bval", phantom.gradients.b_values[None], fmt="%g")
    np.savetxt(path / "dwi.bvec", phantom.gradients.vectors.T, fmt="%.6f")
    labels = phantom.labels.values.astype(np.uint8)
    nibabel.save(nibabel.Nifti1Image(labels, phantom.volume.affine), path / "seg.nii.gz")
    (path / "names.csv").write_text("label,name\n1,sciatic nerve\n")
    x, y, z = np.argwhere(labels == 1).mean(axis=0)
    (path / "seeds.csv").write_text(f"nerve,side,i,j,k\nsciatic,left,{x - 3},{y},{z}\nsciatic,left,{x + 3},{y},{z}\n")
    return path


def test_maps_table_and_words(folder: Path, tmp_path: Path) -> None:
    command = [str(folder / "dwi.nii.gz"), "--labels", str(folder / "seg.nii.gz"), "-o", str(tmp_path / "out")]
    result = runner.invoke(app, [*command, "--label-names", str(folder / "names.csv")])
    assert result.exit_code == 0, result.output
    assert "Shifts: no volume is shifted" in result.output
    assert "sciatic nerve: FA 0.5" in result.output
    assert "noise raises FA" in result.output
    assert (tmp_path / "out" / "fa.nii.gz").is_file()


def test_along_seeded_nerves(folder: Path, tmp_path: Path) -> None:
    command = [str(folder / "dwi.nii.gz"), "--seeds", str(folder / "seeds.csv"), "-o", str(tmp_path)]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "left sciatic: median FA 0.5" in result.output
    assert len((tmp_path / "diffusion.tsv").read_text().splitlines()) > 3


def test_wrong_input_is_named(folder: Path, tmp_path: Path) -> None:
    result = runner.invoke(app, [str(folder / "seg.nii.gz"), "-o", str(tmp_path)])
    assert isinstance(result.exception, UnreadableImageError)
    assert "does not state its b-values" in str(result.exception)
    wrong = tmp_path / "names.csv"
    wrong.write_text("number,what\n1,x\n")
    command = [str(folder / "dwi.nii.gz"), "--labels", str(folder / "seg.nii.gz"), "--label-names", str(wrong)]
    result = runner.invoke(app, [*command, "-o", str(tmp_path)])
    assert isinstance(result.exception, UnreadableImageError)
    assert "columns label (a number) and name" in str(result.exception)
