"""The command for nerves in a series: where the outline comes from, and what is written."""

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from ranvier.cli.mri import mri
from ranvier.core import UnreadableImageError
from ranvier.imaging.simulation.phantom import PhantomSpec, draw_phantom
from ranvier.imaging.simulation.phantom_files import write_phantom

nibabel = pytest.importorskip("nibabel")
app = typer.Typer()
app.command()(mri)
runner = CliRunner()


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a simulated nerve, its seeds and its true label map."""
    folder = tmp_path_factory.mktemp("phantom")
    spec = PhantomSpec(contrast="stir", vessel=False, calibre_mm=7.0, slices=8, tilt_deg=0.0)
    write_phantom(draw_phantom(spec, seed=1), folder)
    return folder


def test_a_model_gives_the_outline_and_its_terms_are_shown(phantom: Path, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper

    values = nibabel.load(phantom / "volume.nii.gz").get_fdata()
    truth = nibabel.load(phantom / "truth.nii.gz").get_fdata() > 0
    level = float((np.median(values[truth]) + np.percentile(values[~truth], 99)) / 2)
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 1, "i", "j", "k"]) for n in ("image", "out")]
    constants = [
        helper.make_tensor("level", TensorProto.FLOAT, [1] * 5, [level]),
        helper.make_tensor("steep", TensorProto.FLOAT, [1] * 5, [1e4]),
    ]
    nodes = [
        helper.make_node("Sub", ["image", "level"], ["above"]),
        helper.make_node("Mul", ["above", "steep"], ["steeply"]),
        helper.make_node("Sigmoid", ["steeply"], ["out"]),
    ]
    graph = helper.make_graph(nodes, "threshold", ends[:1], ends[1:], constants)
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), tmp_path / "net.onnx"
    )
    (tmp_path / "net.yaml").write_text(
        "name: bright things\nlicence: CC0-1.0\noutput: probability\n"
        "input: {orientation: RAS, spacing_mm: null, normalisation: none}\nlabels: {1: {nerve: sciatic, side: left}}\n"
    )
    command = [str(phantom / "volume.nii.gz"), "--model", str(tmp_path / "net.onnx"), "-o", str(tmp_path / "out")]
    result = runner.invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "licence CC0-1.0; training data not stated" in result.output
    written = json.loads((tmp_path / "out" / "nerves.json").read_text())
    assert (written["model"]["licence"], written["model"]["training_data"]) == ("CC0-1.0", "not stated")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "bright things" in page
    assert "<strong>not stated</strong>" in page
    labels = nibabel.load(tmp_path / "out" / "nerves.nii.gz").get_fdata() > 0
    assert np.array_equal(labels, values > level)


def test_bids_names_come_from_the_option(phantom: Path, tmp_path: Path) -> None:
    command = [str(phantom / "volume.nii.gz"), "--labels", str(phantom / "truth.nii.gz"), "--nerve", "sciatic"]
    result = runner.invoke(app, [*command, "--side", "left", "--bids", "sub-01_acq-stir", "-o", str(tmp_path)])
    assert result.exit_code == 0, result.output
    table = tmp_path / "sub-01" / "anat" / "sub-01_acq-stir_desc-nerve_dseg.tsv"
    assert table.read_text().splitlines()[1].split("\t")[:2] == ["1", "left sciatic"]
    assert not (tmp_path / "nerves.nii.gz").exists()


def test_further_series_are_measured_in_the_same_outlines(phantom: Path, tmp_path: Path) -> None:
    image = nibabel.load(phantom / "volume.nii.gz")
    values = image.get_fdata()
    nibabel.save(nibabel.Nifti1Image((2 * values).astype(np.float32), image.affine), tmp_path / "other.nii.gz")
    muscle = np.zeros(values.shape, dtype=np.uint8)
    muscle[:8] = 1
    nibabel.save(nibabel.Nifti1Image(muscle, image.affine), tmp_path / "muscle.nii.gz")
    command = [str(phantom / "volume.nii.gz"), "--labels", str(phantom / "truth.nii.gz"), "--nerve", "sciatic"]
    also = ["--also", str(tmp_path / "other.nii.gz"), "--muscle", str(tmp_path / "muscle.nii.gz")]
    result = runner.invoke(app, [*command, "--side", "left", *also, "-o", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    first, second = json.loads((tmp_path / "out" / "nerves.json").read_text())["contrasts"]
    assert first["signal_to_muscle"] == pytest.approx(second["signal_to_muscle"], rel=1e-4)
    assert first["signal_to_muscle"] > 1.0
    assert len((tmp_path / "out" / "contrasts.tsv").read_text().splitlines()) == 1 + 2 * 8
    assert "The same outline on every series" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_one_way_to_say_where_the_nerve_is(phantom: Path, tmp_path: Path) -> None:
    result = runner.invoke(app, [str(phantom / "volume.nii.gz"), "-o", str(tmp_path)])
    assert isinstance(result.exception, UnreadableImageError)
    assert "--seeds seeds.csv, --labels seg.nii.gz and --model" in str(result.exception)
