"""Known truth: each voxel must hold the field at the place that the affine gives it."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian, RLELossless
from tests.imaging.reading.synthetic import Grid, assert_in_place, series_of, slice_of, turn, write

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading import read_series

OBLIQUE = turn(25, 0) @ turn(-40, 1) @ turn(70, 2)
AXES = {
    "axial": np.eye(3),
    "oblique": OBLIQUE,
    "coronal": np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]]).T,
    "sagittal": np.array([[0, 1.0, 0], [0, 0, -1.0], [-1.0, 0, 0]]).T,
}


@pytest.mark.parametrize("name", AXES)
def test_every_voxel_lies_where_the_affine_says(name: str, tmp_path: Path) -> None:
    series = read_series(write(series_of(Grid(axes=AXES[name])), tmp_path))
    assert series.volume.values.shape == (10, 12, 8)
    assert series.volume.values.dtype == np.float32
    np.testing.assert_allclose(series.volume.spacing_mm, (1.25, 1.5, 4.0), atol=1e-6)
    assert_in_place(series.volume)
    assert series.notes == ()


def test_slices_written_from_head_to_foot(tmp_path: Path) -> None:
    grid = Grid(step_mm=-4.0)
    series = read_series(write(series_of(grid, SpacingBetweenSlices=4.0, SliceThickness=4.0), tmp_path))
    assert_in_place(series.volume)
    assert np.linalg.det(series.volume.affine[:3, :3]) > 0


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_transfer_syntaxes_without_compression(syntax: str, tmp_path: Path) -> None:
    assert_in_place(read_series(write(series_of(Grid()), tmp_path, syntax=syntax)).volume)


def test_run_length_encoding(tmp_path: Path) -> None:
    images = series_of(Grid())
    for image in images:
        image.compress(RLELossless)
    assert_in_place(read_series(write(images, tmp_path, syntax=RLELossless)).volume)


def test_missing_preamble(tmp_path: Path) -> None:
    folder = write(series_of(Grid()), tmp_path / "a")
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[132:])
    assert_in_place(read_series(folder).volume)


def test_a_data_set_without_any_file_header(tmp_path: Path) -> None:
    for number, image in enumerate(series_of(Grid())):
        del image.file_meta
        image.preamble = None
        image.save_as(tmp_path / f"{number}", implicit_vr=True, little_endian=True, enforce_file_format=False)
    assert_in_place(read_series(tmp_path).volume)


def test_values_are_rescaled(tmp_path: Path) -> None:
    images = series_of(Grid(), RescaleSlope=2, RescaleIntercept=0)
    assert_in_place(read_series(write(images, tmp_path)).volume, times=2.0)
    plain = read_series(write(series_of(Grid()), tmp_path / "a")).volume.values
    images = series_of(Grid(), lambda k: {"RescaleSlope": 0.5 + k, "RescaleIntercept": -100.0})
    scaled = read_series(write(images, tmp_path / "b")).volume.values
    np.testing.assert_allclose(scaled, plain * (0.5 + np.arange(8)) - 100, rtol=1e-6)


def test_a_tilted_gantry_keeps_its_shear(tmp_path: Path) -> None:
    grid = Grid(axes=OBLIQUE, shear_mm=(0.0, 1.1))
    series = read_series(write(series_of(grid), tmp_path))
    assert_in_place(series.volume)
    tilt_deg = np.degrees(np.arctan(1.1 / 4))
    assert series.notes == (f"the slices are sheared by {tilt_deg:.2f} degrees (a tilted gantry); the affine keeps it",)
    assert series.volume.spacing_mm[2] == pytest.approx(np.hypot(1.1, 4.0))


def test_missing_slices_are_counted_and_placed(tmp_path: Path) -> None:
    images = series_of(Grid())
    with pytest.raises(
        UnreadableImageError, match=r"1 slice is missing of 8: 1 between slice 3 and 4 \(at 38.0 and 46.0"
    ):
        read_series(write(images[:3] + images[4:], tmp_path / "one"))
    with pytest.raises(UnreadableImageError, match=r"3 slices are missing of 8: 1 between slice 2 and 3 .*, 2 between"):
        read_series(write([images[n] for n in (0, 1, 3, 4, 7)], tmp_path / "three"))


def test_uneven_slices_are_refused(tmp_path: Path) -> None:
    images = [slice_of(Grid(), k, number=n) for n, k in enumerate((0, 1, 2, 3.4, 4))]
    with pytest.raises(UnreadableImageError, match=r"not evenly spaced: 2.40 to 5.60 mm apart"):
        read_series(write(images, tmp_path))


def test_slices_off_the_line_are_refused(tmp_path: Path) -> None:
    images = series_of(Grid())
    x, y, z = images[3].ImagePositionPatient
    images[3].ImagePositionPatient = [x + 2, y, z]
    with pytest.raises(UnreadableImageError, match=r"do not lie evenly on a line: one is 2.00 mm off"):
        read_series(write(images, tmp_path))


def test_one_slice_takes_its_thickness(tmp_path: Path) -> None:
    series = read_series(write([slice_of(Grid(axes=OBLIQUE), 0)], tmp_path))
    assert series.volume.values.shape == (10, 12, 1)
    assert_in_place(series.volume)
    assert series.volume.spacing_mm[2] == pytest.approx(4.0)
    bare = slice_of(Grid(), 0, SliceThickness=None, SpacingBetweenSlices=None)
    with pytest.raises(UnreadableImageError, match="does not state its thickness"):
        read_series(write([bare], tmp_path / "bare"))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"ImagePositionPatient": None}, "where in the patient it lies .*has 0 of 3"),
        ({"ImageOrientationPatient": None}, "where in the patient it lies .*0 of 6"),
        ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "not unit vectors at a right angle"),
        ({"ImageOrientationPatient": [2, 0, 0, 0, 1, 0]}, "not unit vectors at a right angle"),
        ({"PixelSpacing": None}, "pixel spacing"),
        ({"PixelSpacing": [0, 1]}, "pixel spacing"),
        ({"NumberOfFrames": 8}, "several images but does not say where"),
    ],
)
def test_an_image_without_its_place_is_refused(change: dict[str, object], text: str, tmp_path: Path) -> None:
    images = series_of(Grid())
    changed = slice_of(Grid(), 2, number=3, **change)
    with pytest.raises(UnreadableImageError, match=text):
        read_series(write([*images[:2], changed, *images[3:]], tmp_path))
