"""What makes the fourth axis, what is dropped, and which of several series is meant."""

import random
from pathlib import Path

import numpy as np
import pytest
from tests.imaging.reading.synthetic import Grid, assert_in_place, series_of, slice_of, turn, write

from ranvier.core import UnknownNameError, UnreadableImageError
from ranvier.imaging.reading import DixonPart, VolumeKind, read_series

GRID = Grid(slices=5)


def test_echoes_become_the_fourth_axis_in_order(tmp_path: Path) -> None:
    images = [
        slice_of(GRID, k, number=number, EchoTime=str(te_ms), RescaleSlope=te_ms, RescaleIntercept=0)
        for number, (te_ms, k) in enumerate((t, k) for k in range(5) for t in (30, 10, 20))
    ]
    random.Random(1).shuffle(images)
    series = read_series(write(images, tmp_path))
    assert series.facts.te_ms == (10, 20, 30)
    assert series.volume.values.shape == (10, 12, 5, 3)
    for n, te_ms in enumerate((10, 20, 30)):
        assert_in_place(series.volume, at=n, times=te_ms)


@pytest.mark.parametrize("interleaved", [True, False])
def test_time_points_follow_their_numbers(interleaved: bool, tmp_path: Path) -> None:
    places = (
        [(t, k) for k in range(5) for t in range(4)] if interleaved else [(t, k) for t in range(4) for k in range(5)]
    )
    images = [
        slice_of(GRID, k, number=number, RescaleSlope=t + 1, RescaleIntercept=0) for number, (t, k) in enumerate(places)
    ]
    random.Random(2).shuffle(images)
    series = read_series(write(images, tmp_path))
    for t in range(4):
        assert_in_place(series.volume, at=t, times=t + 1)


def test_magnitude_phase_real_imaginary(tmp_path: Path) -> None:
    kinds = {"P": 2, "M": 1, "I": 4, "R": 3}
    images = [
        slice_of(GRID, k, number=k + 1, ImageType=["ORIGINAL", "PRIMARY", kind], RescaleSlope=times, RescaleIntercept=0)
        for kind, times in kinds.items()
        for k in range(5)
    ]
    series = read_series(write(images, tmp_path))
    assert series.facts.kinds == (VolumeKind.MAGNITUDE, VolumeKind.PHASE, VolumeKind.REAL, VolumeKind.IMAGINARY)
    for n in range(4):
        assert_in_place(series.volume, at=n, times=n + 1)


def test_ge_states_the_kind_in_a_private_attribute(tmp_path: Path) -> None:
    images = [slice_of(GRID, k, number=9 * n + k, ImageType=["ORIGINAL", "OTHER"]) for n in range(4) for k in range(5)]
    for number, image in enumerate(images):
        image.private_block(0x0043, "GEMS_PARM_01", create=True).add_new(0x2F, "SS", number // 5)
    kinds = read_series(write(images, tmp_path)).facts.kinds
    assert kinds == (VolumeKind.MAGNITUDE, VolumeKind.PHASE, VolumeKind.REAL, VolumeKind.IMAGINARY)


def test_dixon_parts(tmp_path: Path) -> None:
    images = [
        slice_of(GRID, k, number=k + 1, ImageType=["DERIVED", "PRIMARY", "DIXON", part])
        for part in ("WATER", "FAT")
        for k in range(5)
    ]
    assert read_series(write(images, tmp_path)).facts.dixon == (DixonPart.FAT, DixonPart.WATER)


def test_an_image_missing_in_one_place(tmp_path: Path) -> None:
    images = [slice_of(GRID, k, number=n * 5 + k, EchoTime=str(te)) for n, te in enumerate((10, 20)) for k in range(5)]
    with pytest.raises(UnreadableImageError, match=r"1 of 5 slices lack an image .* 1 missing, first at slice 3"):
        read_series(write(images[:2] + images[3:], tmp_path))


def test_copies_are_dropped_and_told(tmp_path: Path) -> None:
    images = series_of(GRID)
    series = read_series(write([*images, images[2]], tmp_path / "same_file"))
    assert series.volume.values.shape == (10, 12, 5)
    assert series.notes == ("1 duplicate image was dropped",)
    again = slice_of(GRID, 2, number=99)
    series = read_series(write([*series_of(GRID), again], tmp_path / "sent_again"))
    assert series.notes == ("1 duplicate image was dropped",)
    series = read_series(write(series_of(GRID) + series_of(GRID), tmp_path / "whole_series_twice"))
    assert series.volume.values.shape == (10, 12, 5)
    assert series.notes == ("5 duplicate images were dropped",)


def test_two_images_of_one_place_that_differ_are_not_copies(tmp_path: Path) -> None:
    other = slice_of(GRID, 2, number=99)
    other.PixelData = bytes(len(other.PixelData))
    with pytest.raises(UnreadableImageError, match="4 of 5 slices lack an image"):
        read_series(write([*series_of(GRID), other], tmp_path))


def test_empty_air_in_two_time_points_is_no_copy(tmp_path: Path) -> None:
    images = [slice_of(GRID, k, number=t * 5 + k + 1) for t in range(2) for k in range(5)]
    for image in (images[0], images[5]):
        image.PixelData = bytes(len(image.PixelData))
    series = read_series(write(images, tmp_path))
    assert series.volume.values.shape == (10, 12, 5, 2)
    assert series.notes == ()


def test_several_series_are_listed_and_chosen(tmp_path: Path) -> None:
    one = series_of(GRID, series="1.2.3", SeriesNumber=3)
    other = series_of(Grid(slices=4, rows=6), series="1.2.4", SeriesNumber=5, SeriesDescription="SECRET")
    folder = write(one + other, tmp_path)
    with pytest.raises(
        UnreadableImageError, match=r"2 series; .* 3: MR, 5 images of 10 x 12; 5: MR, 4 images of 10 x 6"
    ):
        read_series(folder)
    assert read_series(folder, series="3").volume.values.shape == (10, 12, 5)
    assert read_series(folder, series="5").volume.values.shape == (10, 6, 4)
    with pytest.raises(UnknownNameError, match="no series named '4'"):
        read_series(folder, series="4")


def test_a_localizer_of_three_planes_is_three_series(tmp_path: Path) -> None:
    images = [slice_of(Grid(axes=turn(90 * n, n)), k, number=3 * n + k) for n in range(3) for k in range(3)]
    folder = write(images, tmp_path)
    with pytest.raises(UnreadableImageError, match=r"3 series; .*7\.1: MR, 3 images .*7\.3: "):
        read_series(folder)
    for n in range(3):
        assert_in_place(read_series(folder, series=f"7.{n + 1}").volume)


def test_directions_that_differ_by_rounding_are_one_series(tmp_path: Path) -> None:
    images = series_of(GRID)
    images[1].ImageOrientationPatient = [0.99999988, 0.0005001, 0, -0.0005001, 0.99999988, 0]
    assert read_series(write(images, tmp_path)).volume.values.shape == (10, 12, 5)


def test_one_file_is_a_series_of_its_own(tmp_path: Path) -> None:
    write(series_of(GRID), tmp_path)
    one = min(tmp_path.iterdir())
    assert read_series(str(one)).volume.values.shape == (10, 12, 1)


def test_values_are_plain_arrays_that_can_be_changed(tmp_path: Path) -> None:
    values = read_series(write(series_of(GRID), tmp_path)).volume.values
    values += 1
    assert np.isfinite(values).all()
