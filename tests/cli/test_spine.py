"""The command for a spine label map."""

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from ranvier.cli.spine import spine
from ranvier.core import UnknownNameError, UnreadableImageError
from ranvier.imaging.simulation.spine import SpineSpec, draw_spine
from ranvier.imaging.spine import find_label_table

nibabel = pytest.importorskip("nibabel")
app = typer.Typer()
app.command()(spine)
runner = CliRunner()


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spine") / "seg.nii.gz"
    volume = draw_spine(SpineSpec(voxel_mm=(1.5, 1.5, 1.5)), find_label_table("totalspineseg"))
    nibabel.save(nibabel.Nifti1Image(volume.values.astype(np.uint8), volume.affine), path)
    return path


def test_tables_page_and_words(labels: Path, tmp_path: Path) -> None:
    command = [str(labels), "--label-table", "totalspineseg", "--canal", "bony_canal", "-o", str(tmp_path / "out")]
    result = runner.invoke(app, [*command, "--image", str(labels)])
    assert result.exit_code == 0, result.output
    assert [line.split(":")[0] for line in result.output.splitlines()[:3]] == ["L2/L3", "L3/L4", "L4/L5"]
    written = json.loads((tmp_path / "out" / "spine.json").read_text())
    assert [v["narrow"] for v in written["verdicts"] if v["measure"] == "canal_area_mm2"] == [None, None, False]
    assert "Level by level" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_wrong_input_is_named(labels: Path, tmp_path: Path) -> None:
    out = ["-o", str(tmp_path)]
    result = runner.invoke(app, [str(labels), "--label-table", "totalspine", *out])
    assert isinstance(result.exception, UnknownNameError)
    assert "totalspineseg" in str(result.exception)
    result = runner.invoke(app, [str(labels), "--label-table", "spineps_subregions", *out])
    assert isinstance(result.exception, UnreadableImageError)
    assert "nothing of the spine can be measured" in str(result.exception)


def test_bids_names_keep_the_label_map_with_its_table(labels: Path, tmp_path: Path) -> None:
    result = runner.invoke(
        app, [str(labels), "--label-table", "totalspineseg", "--bids", "sub-01", "-o", str(tmp_path)]
    )
    assert result.exit_code == 0, result.output
    place = tmp_path / "sub-01" / "anat"
    rows = [line.split("\t") for line in (place / "sub-01_desc-spine_dseg.tsv").read_text().splitlines()]
    assert rows[0] == ["index", "name", "structure", "level"]
    assert ["95", "L4-L5", "disc", "L4/L5"] in rows
    held = set(np.unique(nibabel.load(place / "sub-01_desc-spine_dseg.nii.gz").get_fdata()).astype(int)) - {0}
    assert {int(row[0]) for row in rows[1:]} == held
    assert (place / "sub-01_desc-spinelevels_measurements.tsv").is_file()
