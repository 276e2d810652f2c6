"""The command for a diffusion series."""

import json
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
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for words in ("sciatic nerve: FA 0.5", "Along the nerve", "FA map with what was measured", "Volume by volume"):
        assert words in page
    written = json.loads((tmp_path / "out" / "diffusion.json").read_text())
    assert written["regions"][0]["fa"] == pytest.approx(0.5, abs=0.05)
    assert len((tmp_path / "out" / "motion.tsv").read_text().splitlines()) == written["volumes"] + 1


def test_maps_without_a_region_have_a_page_and_bids_names(folder: Path, tmp_path: Path) -> None:
    result = runner.invoke(app, [str(folder / "dwi.nii.gz"), "--bids", "sub-01", "-o", str(tmp_path)])
    assert result.exit_code == 0, result.output
    place = tmp_path / "sub-01" / "dwi"
    assert (place / "sub-01_desc-tensor_FA.nii.gz").is_file()
    assert not list(place.glob("*dseg*"))
    assert "Maps only" in (place / "sub-01_desc-tensor_report.html").read_text(encoding="utf-8")


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
