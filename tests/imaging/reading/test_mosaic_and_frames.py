"""Mosaics with their private header, and enhanced multi-frame objects, written by the test."""

import struct
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.imaging.reading.oracle import convert, on_grid_of
from tests.imaging.reading.synthetic import ENHANCED, Grid, assert_in_place, slice_of, turn, write

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading import Contrast, VolumeKind, read_series
from ranvier.imaging.reading.csa import csa_numbers

OBLIQUE = turn(25, 0) @ turn(-40, 1) @ turn(70, 2)


def csa(tags: dict[str, list[str]], *, version: int = 2) -> bytes:
    """Return a CSA header; version 1 adds the number of the first tag's items to every length."""
    first = len(next(iter(tags.values())))
    out = b"SV10\4\3\2\1" if version == 2 else b""
    out += struct.pack("<2i", len(tags), 77)
    for name, words in tags.items():
        out += struct.pack("<64si4s3i", name.encode(), 1, b"FD\0\0", 6, len(words), 77)
        for word in words:
            raw = word.encode() + b"\0"
            length = len(raw)
            sizes = (length, length, 77, length) if version == 2 else (length + first, 0, 77, 0)
            out += struct.pack("<4i", *sizes) + raw + bytes(-length % 4)
    return out


TAGS = {"EchoLinePosition": ["12"], "B_value": ["500"], "Vector": ["0.5", "-0.25", "1e-3"], "Empty": [], "Text": ["x"]}


@pytest.mark.parametrize("version", [1, 2])
def test_numbers_of_a_csa_header(version: int) -> None:
    raw = csa(TAGS, version=version)
    assert csa_numbers(raw, "B_value") == (500.0,)
    assert csa_numbers(raw, "Vector") == (0.5, -0.25, 0.001)
    for name in ("Empty", "Text", "Absent"):
        assert csa_numbers(raw, name) == ()
    assert csa_numbers(None, "B_value") == ()


def test_a_damaged_csa_header_says_nothing() -> None:
    raw = csa(TAGS)
    for end in range(len(raw)):
        assert csa_numbers(raw[:end], "Vector") in ((), (0.5, -0.25, 0.001))
    assert csa_numbers(struct.pack("<2i", 10**9, 77), "Vector") == ()


def mosaic(grid: Grid, count: int, *, downwards: bool = False) -> Dataset:
    """Return a mosaic of `count` slices."""
    across = int(np.ceil(np.sqrt(count)))
    picture = np.zeros((across * grid.rows, across * grid.columns), np.uint16)
    for n in range(count):
        top, left = n // across * grid.rows, n % across * grid.columns
        picture[top : top + grid.rows, left : left + grid.columns] = grid.pixels(-n if downwards else n)
    image = slice_of(grid, 0, ImageType=["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"], Rows=len(picture))
    image.Columns, image.PixelData = picture.shape[1], picture.tobytes()
    corner = (
        grid.position(0)
        - grid.axes[:, 0] * grid.spacing_mm[1] * (picture.shape[1] - grid.columns) / 2
        - grid.axes[:, 1] * grid.spacing_mm[0] * (picture.shape[0] - grid.rows) / 2
    )
    image.ImagePositionPatient = [f"{v:.8g}" for v in corner]
    normal = grid.axes[:, 2] * (-1 if downwards else 1)
    tags = {"NumberOfImagesInMosaic": [str(count)], "SliceNormalVector": [f"{v:.8f}" for v in normal]}
    block = image.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x10, "OB", csa(tags))
    return image


SQUARE = Grid(rows=12, columns=12, axes=OBLIQUE, slices=7)


@pytest.mark.parametrize("downwards", [False, True])
@pytest.mark.parametrize("count", [1, 2, 7, 9])
def test_each_tile_of_a_mosaic_lies_in_its_place(count: int, downwards: bool, tmp_path: Path) -> None:
    series = read_series(write([mosaic(SQUARE, count, downwards=downwards)], tmp_path))
    assert series.volume.values.shape == (12, 12, count)
    assert_in_place(series.volume)


def test_a_mosaic_without_its_private_header_is_refused(tmp_path: Path) -> None:
    image = mosaic(SQUARE, 7)
    del image[0x0029, 0x1010]
    with pytest.raises(UnreadableImageError, match="private header, which says of how many slices, is gone"):
        read_series(write([image], tmp_path / "a"))
    image.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0A, "US", 7)
    with pytest.raises(UnreadableImageError, match="which way the slices run is not known"):
        read_series(write([image], tmp_path / "b"))


def test_a_mosaic_whose_tiles_do_not_fit(tmp_path: Path) -> None:
    image = mosaic(SQUARE, 7)
    image.private_block(0x0029, "SIEMENS CSA HEADER")[0x10].value = csa(
        {"NumberOfImagesInMosaic": ["60"], "SliceNormalVector": ["0", "0", "1"]}
    )
    with pytest.raises(UnreadableImageError, match="60 slices, which do not fit into 36 x 36"):
        read_series(write([image], tmp_path))


def item(**values: object) -> Dataset:
    """Return a data set with these attributes; a data set becomes a sequence of one."""
    made = Dataset()
    for name, value in values.items():
        setattr(made, name, Sequence([value]) if isinstance(value, Dataset) else value)
    return made


def enhanced(grid: Grid, echoes: tuple[float, ...], **more: object) -> Dataset:
    """Return a multi-frame object, its frames in mixed order, values scaled by the echo time."""
    frames = [(k, n) for n in range(len(echoes)) for k in range(grid.slices)]
    frames = [frames[(7 * m) % len(frames)] for m in range(len(frames))]
    image = slice_of(grid, 0, SOPClassUID=ENHANCED, NumberOfFrames=len(frames), EchoTime=None)
    image.file_meta.MediaStorageSOPClassUID = ENHANCED
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "ScanningSequence"):
        delattr(image, name)
    directions = [f"{v:.10f}"[:16] for v in (*grid.axes[:, 0], *grid.axes[:, 1])]
    image.SharedFunctionalGroupsSequence = Sequence(
        [
            item(
                PixelMeasuresSequence=item(
                    PixelSpacing=list(grid.spacing_mm), SliceThickness=3.0, SpacingBetweenSlices=grid.step_mm
                ),
                PlaneOrientationSequence=item(ImageOrientationPatient=directions),
                MRTimingAndRelatedParametersSequence=item(RepetitionTime=2100.0, FlipAngle=90.0),
                MRModifierSequence=item(SpectrallySelectedSuppression="FAT"),
            )
        ]
    )
    image.PerFrameFunctionalGroupsSequence = Sequence(
        [
            item(
                FrameContentSequence=item(
                    StackID="1",
                    InStackPositionNumber=k + 1,
                    TemporalPositionIndex=1,
                    DimensionIndexValues=[1, k + 1, n + 1],
                ),
                PlanePositionSequence=item(ImagePositionPatient=[f"{v:.8g}" for v in grid.position(k)]),
                MREchoSequence=item(EffectiveEchoTime=float(echoes[n])),
                MRImageFrameTypeSequence=item(
                    FrameType=["ORIGINAL", "PRIMARY", "M", "NONE"],
                    ComplexImageComponent="MAGNITUDE",
                    AcquisitionContrast="T2",
                ),
                PixelValueTransformationSequence=item(
                    RescaleSlope=float(echoes[n]), RescaleIntercept=0.0, RescaleType="US"
                ),
            )
            for k, n in frames
        ]
    )
    image.PixelData = b"".join(grid.pixels(k).tobytes() for k, _ in frames)
    for name, value in more.items():
        setattr(image, name, value)
    return image


GRID = Grid(axes=OBLIQUE, slices=5)


def test_an_enhanced_object_is_sorted_by_place_and_echo(tmp_path: Path) -> None:
    series = read_series(write([enhanced(GRID, (40.0, 10.0, 20.0))], tmp_path))
    assert series.volume.values.shape == (10, 12, 5, 3)
    assert series.facts.te_ms == (10, 20, 40)
    assert series.facts.tr_ms == 2100
    assert series.facts.fat_suppression is True
    assert series.facts.contrast is Contrast.T2
    assert series.facts.kinds == (VolumeKind.MAGNITUDE,) * 3
    for n, te_ms in enumerate((10, 20, 40)):
        assert_in_place(series.volume, at=n, times=te_ms)


def test_the_place_of_a_referenced_image_is_not_taken(tmp_path: Path) -> None:
    image = enhanced(GRID, (10.0,))
    for frame in image.PerFrameFunctionalGroupsSequence:
        frame.ReferencedImageSequence = Sequence([item(ImagePositionPatient=[1, 2, 3])])
    assert_in_place(read_series(write([image], tmp_path)).volume, times=10.0)


def test_an_enhanced_object_as_dcm2niix(tmp_path: Path) -> None:
    pytest.importorskip("dcm2niix", reason="the oracle dcm2niix is not installed")
    folder = write([enhanced(GRID, (10.0,))], tmp_path / "in")
    volume = read_series(folder).volume
    (converted,) = convert(folder, tmp_path / "out")
    theirs, off_mm = on_grid_of(converted, volume)
    np.testing.assert_allclose(theirs[..., 0], volume.values, rtol=1e-6)
    assert off_mm < 1e-3


def test_an_enhanced_object_whose_frames_do_not_add_up(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match="speaks of 9 frames but describes 5"):
        read_series(write([enhanced(GRID, (10.0,), NumberOfFrames=9)], tmp_path / "a"))
    short = enhanced(GRID, (10.0,))
    short.PixelData = short.PixelData[: len(short.PixelData) // 2]
    with pytest.raises(UnreadableImageError, match="cut short"):
        read_series(write([short], tmp_path / "b"))
    gone = enhanced(GRID, (10.0,))
    del gone.PerFrameFunctionalGroupsSequence[2].PlanePositionSequence
    with pytest.raises(UnreadableImageError, match="where in the patient"):
        read_series(write([gone], tmp_path / "c"))
