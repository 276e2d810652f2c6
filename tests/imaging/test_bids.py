"""Names of BIDS derivatives, judged by the validator of the standard where it is installed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ranvier.core import UnreadableImageError
from ranvier.imaging.bids import BidsExtras, BidsName, read_bids_name, write_bids
from ranvier.imaging.volume import Volume

nibabel = pytest.importorskip("nibabel")
SERIES = Path("scan.nii.gz")
ROWS = ({"index": "1", "name": "left sciatic", "nerve": "sciatic", "side": "left"},)


def source(folder: Path) -> Path:
    """Write a data set with one series and return the series."""
    place = folder / "raw" / "sub-01" / "ses-2" / "anat"
    place.mkdir(parents=True)
    (folder / "raw" / "dataset_description.json").write_text('{"Name": "raw", "BIDSVersion": "1.10.0"}')
    series = place / "sub-01_ses-2_acq-mese_echo-1_MESE.nii.gz"
    save(series, np.ones((4, 4, 4), dtype=np.float32))
    return series


def save(path: Path, values: np.ndarray) -> None:
    nibabel.save(nibabel.Nifti1Image(values, np.eye(4)), path)


def plain(folder: Path) -> Path:
    """Write files as ``ranvier mri`` does."""
    out = folder / "plain"
    out.mkdir()
    labels = np.zeros((4, 4, 4), dtype=np.uint8)
    labels[1, 1] = 1
    save(out / "nerves.nii.gz", labels)
    save(out / "t2.nii.gz", np.where(labels > 0, 45.0, np.nan).astype(np.float32))
    (out / "measurements.tsv").write_text("nerve\tside\tarea_mm2\nsciatic\tleft\t40.0\n")
    (out / "nerves.json").write_text("{}")
    (out / "report.html").write_text("<html></html>")
    return out


def written(folder: Path) -> tuple[Path, BidsName]:
    """Return a data set of derivatives and the name of its files."""
    name = read_bids_name("same", source(folder), "anat")
    root = folder / "raw" / "derivatives" / "ranvier"
    write_bids("mri", plain(folder), name, root, BidsExtras(lookup=ROWS))
    return root, name


def test_names_sidecars_units_and_sources(tmp_path: Path) -> None:
    root, name = written(tmp_path)
    assert name.stem == "sub-01_ses-2_acq-mese"
    place = root / "sub-01" / "ses-2" / "anat"
    assert sorted(p.name.removeprefix(f"{name.stem}_") for p in place.iterdir()) == [
        "desc-nerve_T2map.json",
        "desc-nerve_T2map.nii.gz",
        "desc-nerve_dseg.json",
        "desc-nerve_dseg.nii.gz",
        "desc-nerve_dseg.tsv",
        "desc-nerve_findings.json",
        "desc-nerve_measurements.json",
        "desc-nerve_measurements.tsv",
        "desc-nerve_report.html",
    ]
    t2 = nibabel.load(place / f"{name.stem}_desc-nerve_T2map.nii.gz").get_fdata()
    assert np.nanmedian(t2) == pytest.approx(0.045)  # the standard has T2 in seconds
    sidecar = json.loads((place / f"{name.stem}_desc-nerve_T2map.json").read_text())
    assert sidecar["Units"] == "s"
    series = "sub-01/ses-2/anat/sub-01_ses-2_acq-mese_echo-1_MESE.nii.gz"
    segmentation = f"bids::sub-01/ses-2/anat/{name.stem}_desc-nerve_dseg.nii.gz"
    assert sidecar["Sources"] == [f"bids:source:{series}", segmentation]
    assert json.loads((root / "dataset_description.json").read_text())["DatasetLinks"] == {"source": "../.."}
    table = (place / f"{name.stem}_desc-nerve_dseg.tsv").read_text().splitlines()
    assert table == ["index\tname\tnerve\tside", "1\tleft sciatic\tsciatic\tleft"]
    columns = json.loads((place / f"{name.stem}_desc-nerve_measurements.json").read_text())
    assert columns["area_mm2"] == {"Units": "mm^2"}


def judged(root: Path) -> set[str]:
    """Return the codes of the errors that the validator of the standard finds."""
    command = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent)) or shutil.which(
        "bids-validator-deno"
    )
    if command is None:
        pytest.skip("bids-validator-deno is not installed")
    out = subprocess.run([command, str(root), "--json"], capture_output=True, text=True, check=False)
    issues = json.loads(out.stdout)["issues"]["issues"]
    return {one["code"] for one in issues if one["severity"] == "error"}


def test_the_validator_of_the_standard_finds_no_error_and_would_find_one(tmp_path: Path) -> None:
    root, _ = written(tmp_path)
    scan = read_bids_name("sub-02_dir-ap", SERIES, "dwi")
    maps = tmp_path / "maps"
    maps.mkdir()
    for file in ("fa", "md", "ad", "rd"):
        save(maps / f"{file}.nii.gz", np.ones((4, 4, 4), dtype=np.float32))
    labels = Volume(values=np.ones((4, 4, 4), dtype=np.float32), affine=np.eye(4))
    write_bids("diffusion", maps, scan, root, BidsExtras(labels=labels, lookup=ROWS))
    assert judged(root) == set()
    (root / ".bidsignore").unlink()
    assert "NOT_INCLUDED" in judged(root)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("01", "'01' is no part of a BIDS name"),
        ("ses-1", "begins with its subject"),
        ("sub-01_task-rest", "'task-rest' is no part"),
        ("sub-0_1", "'1' is no part"),
        ("sub-01_dir-ap", "'dir-ap' is no part"),
        ("sub-01_sub-02", "'sub-02' is no part"),
        ("same", "the series has no BIDS name"),
    ],
)
def test_a_wrong_name_is_named(text: str, said: str) -> None:
    with pytest.raises(UnreadableImageError) as error:
        read_bids_name(text, SERIES, "anat")
    assert said in str(error.value)


def test_parts_are_put_in_the_order_of_the_standard_and_a_series_outside_has_no_source(tmp_path: Path) -> None:
    name = read_bids_name("sub-01_run-2_acq-stir_ses-1", SERIES, "anat")
    assert (name.stem, name.folder) == ("sub-01_ses-1_acq-stir_run-2", Path("sub-01/ses-1/anat"))
    write_bids("mri", plain(tmp_path), name, tmp_path / "out", BidsExtras(lookup=ROWS))
    sidecar = tmp_path / "out" / name.folder / f"{name.stem}_desc-nerve_dseg.json"
    assert "Sources" not in json.loads(sidecar.read_text())
    assert "DatasetLinks" not in json.loads((tmp_path / "out" / "dataset_description.json").read_text())


def test_the_data_set_of_another_maker_is_left_alone(tmp_path: Path) -> None:
    series = source(tmp_path)
    name = read_bids_name("same", series, "anat")
    with pytest.raises(UnreadableImageError, match="Ranvier did not make"):
        write_bids("mri", plain(tmp_path), name, tmp_path / "raw", BidsExtras(lookup=ROWS))
