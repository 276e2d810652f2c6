"""NIfTI with and without a sidecar and gradient tables."""

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
from tests.imaging.reading.synthetic import turn

from ranvier.core import UnknownNameError, UnreadableImageError
from ranvier.imaging.reading import Contrast, SequenceFacts, VolumeKind, read_series

AFFINE = np.eye(4)
AFFINE[:3, :3] = turn(30, 0) @ turn(-20, 2) @ np.diag([-0.8, 0.9, 5.0])
AFFINE[:3, 3] = (12, -40, 7)
VALUES = np.random.default_rng(0).integers(0, 900, (5, 6, 4, 3)).astype(np.int16)


def save(
    path: Path, values: np.ndarray = VALUES, affine: np.ndarray | None = AFFINE, code: int = 1
) -> nibabel.Nifti1Image:
    """Write a NIfTI file."""
    image = nibabel.Nifti1Image(values, affine)
    image.set_sform(affine, code)
    image.set_qform(affine if code else None, code, strip_shears=True)
    nibabel.save(image, path)
    return image


@pytest.mark.parametrize("name", ["x.nii", "x.nii.gz", "X.NII.GZ"])
def test_values_and_affine(name: str, tmp_path: Path) -> None:
    save(tmp_path / name)
    series = read_series(tmp_path / name)
    np.testing.assert_array_equal(series.volume.values, VALUES)
    np.testing.assert_allclose(series.volume.affine, AFFINE, atol=1e-5)
    assert series.volume.values.dtype == np.float32
    assert series.facts == SequenceFacts()
    assert series.notes == ()


def test_a_nifti_file_has_no_series_to_choose(tmp_path: Path) -> None:
    save(tmp_path / "x.nii")
    with pytest.raises(UnknownNameError, match="NIfTI file, which holds one, named '3'"):
        read_series(tmp_path / "x.nii", series="3")


def test_scaling_shear_and_units(tmp_path: Path) -> None:
    sheared = AFFINE.copy()
    sheared[:3, 2] += (0.5, 0.2, 0)
    image = nibabel.Nifti1Image(VALUES, sheared)
    image.header.set_slope_inter(2, 10)
    image.header.set_xyzt_units("micron")
    nibabel.save(image, tmp_path / "x.nii")
    series = read_series(tmp_path / "x.nii")
    np.testing.assert_allclose(series.volume.affine[:3], sheared[:3] / 1000, atol=1e-7)
    np.testing.assert_allclose(series.volume.values, np.asarray(nibabel.load(tmp_path / "x.nii").dataobj), rtol=1e-6)


def test_without_a_place_it_is_told(tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(VALUES, None)
    image.set_sform(None, 0)
    image.set_qform(None, 0)
    nibabel.save(image, tmp_path / "x.nii")
    assert "does not say where in the patient" in read_series(tmp_path / "x.nii").notes[0]


def test_the_sidecar_gives_facts_in_milliseconds(tmp_path: Path) -> None:
    save(tmp_path / "sub-Zsazsa_part-phase_T2w.nii.gz", VALUES[..., 0])
    sidecar = {
        "EchoTime": 0.08,
        "RepetitionTime": 4.5,
        "InversionTime": None,
        "MagneticFieldStrength": 3,
        "Manufacturer": "GE",
        "ScanningSequence": "SE",
        "ScanOptions": "FAST_GEMS_FS",
        "PatientName": "Zsazsa",
        "SeriesDescription": "Zsazsa",
    }
    (tmp_path / "sub-Zsazsa_part-phase_T2w.json").write_text(json.dumps(sidecar))
    series = read_series(tmp_path / "sub-Zsazsa_part-phase_T2w.nii.gz")
    assert series.facts == SequenceFacts(
        contrast=Contrast.T2,
        techniques=("spin_echo",),
        te_ms=(80.0,),
        tr_ms=4500.0,
        fat_suppression=True,
        field_t=3.0,
        kinds=(VolumeKind.PHASE,),
        manufacturer="GE",
        derived=("contrast",),
    )
    assert "zsazsa" not in repr((series.facts, series.notes)).lower()


@pytest.mark.parametrize("text", ["{", "[1]", "\xff"])
def test_a_bad_sidecar_is_told(text: str, tmp_path: Path) -> None:
    save(tmp_path / "x.nii")
    (tmp_path / "x.json").write_bytes(text.encode("latin-1"))
    series = read_series(tmp_path / "x.nii")
    assert "sidecar" in series.notes[0]
    assert series.facts == SequenceFacts()


@pytest.mark.parametrize("flip", [1, -1], ids=["left-handed", "right-handed"])
def test_gradient_tables_are_turned_to_ras(flip: int, tmp_path: Path) -> None:
    affine = AFFINE @ np.diag([flip, 1, 1, 1])
    save(tmp_path / "x.nii", affine=affine)
    world = np.array([[0, 0, 0], [0.6, 0.8, 0], [0.36, -0.48, 0.8]])
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    fsl = world @ axes
    if np.linalg.det(axes) > 0:
        fsl[:, 0] *= -1
    np.savetxt(tmp_path / "x.bvec", fsl.T)
    np.savetxt(tmp_path / "x.bval", [[0, 500, 1000]])
    facts = read_series(tmp_path / "x.nii").facts
    assert facts.b_values == (0, 500, 1000)
    assert facts.b_vectors[0] is None
    np.testing.assert_allclose(facts.b_vectors[1:], world[1:], atol=1e-6)
    assert facts.contrast is Contrast.DIFFUSION


def test_gradient_tables_of_another_length(tmp_path: Path) -> None:
    save(tmp_path / "x.nii")
    np.savetxt(tmp_path / "x.bvec", np.eye(3)[:, :2])
    np.savetxt(tmp_path / "x.bval", [[0, 500]])
    with pytest.raises(UnreadableImageError, match=r"2 values .* for 3 volumes"):
        read_series(tmp_path / "x.nii")
    (tmp_path / "x.bval").write_text("a b c")
    with pytest.raises(UnreadableImageError, match="do not hold numbers"):
        read_series(tmp_path / "x.nii")


def test_gradient_tables_of_the_folder_serve_where_they_fit(tmp_path: Path) -> None:
    save(tmp_path / "x.nii")
    save(tmp_path / "t1.nii", VALUES[..., 0])
    np.savetxt(tmp_path / "bvecs.txt", np.eye(3))
    np.savetxt(tmp_path / "bvals.txt", [[0, 500, 500]])
    assert read_series(tmp_path / "x.nii").facts.b_values == (0, 500, 500)
    assert read_series(tmp_path / "t1.nii").facts.b_values == ()


def test_what_is_no_volume(tmp_path: Path) -> None:
    save(tmp_path / "two.nii", VALUES[:, :, 0, 0])
    with pytest.raises(UnreadableImageError, match="2 axes"):
        read_series(tmp_path / "two.nii")
    nibabel.save(nibabel.Nifti1Image(VALUES.astype(np.complex64), AFFINE), tmp_path / "complex.nii")
    with pytest.raises(UnreadableImageError, match="complex"):
        read_series(tmp_path / "complex.nii")
    raw = bytearray(nibabel.Nifti1Image(VALUES, AFFINE).to_bytes())
    for row in range(3):  # srow_x, srow_y and srow_z start at byte 280; their third number is the slice step
        raw[280 + 16 * row + 8 : 280 + 16 * row + 12] = bytes(4)
    (tmp_path / "flat.nii").write_bytes(bytes(raw))
    with pytest.raises(UnreadableImageError, match="flattens the volume"):
        read_series(tmp_path / "flat.nii")


@pytest.mark.parametrize("keep", [100, 352, 500])
def test_a_truncated_file(keep: int, tmp_path: Path) -> None:
    save(tmp_path / "x.nii")
    raw = (tmp_path / "x.nii").read_bytes()
    (tmp_path / "x.nii").write_bytes(raw[:keep])
    with pytest.raises(UnreadableImageError, match="cut short or damaged"):
        read_series(tmp_path / "x.nii")


@pytest.mark.real_data
def test_real_files(mri_data: Path) -> None:
    files = sorted(p for p in mri_data.rglob("*.nii.gz"))
    assert files
    for path in files:
        series = read_series(path)
        image = nibabel.load(path)
        np.testing.assert_array_equal(series.volume.affine, image.affine)
        assert series.volume.values.shape[:3] == image.shape[:3]
    b_values = read_series(mri_data / "cervical_dmri" / "dmri.nii.gz").facts.b_values
    np.testing.assert_array_equal(b_values, np.loadtxt(mri_data / "cervical_dmri" / "bvals.txt"))
