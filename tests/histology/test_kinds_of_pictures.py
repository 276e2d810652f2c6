"""One section saved in every way that cameras and programs save it: the same light comes back, or a reason why not."""

import random
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from ranvier.cli.biopsy import biopsy
from ranvier.histology.errors import PictureError, SectionError
from ranvier.histology.large_pictures import picture_size, read_grey
from ranvier.histology.pictures import read_mask, read_picture
from ranvier.histology.segmentation import grey_levels, grey_range, segment_fibres
from ranvier.histology.tiles import segment_tiles

PIL = pytest.importorskip("PIL.Image")
tifffile = pytest.importorskip("tifffile")

GREY = np.random.default_rng(7).integers(1, 256, (40, 50)).astype(np.uint8)
GREY[0, 0] = 255
COLOUR = np.stack([GREY, np.roll(GREY, 3, 0), np.roll(GREY, 5, 1)], axis=2)


def by_pillow(mode: str, suffix: str) -> Callable[[Path], Path]:
    def save(folder: Path) -> Path:
        path = folder / f"{'palette' if mode == 'P' else 'a'}{suffix}"
        PIL.fromarray(COLOUR).convert(mode).save(path)
        return path

    return save


def by_tifffile(array: np.ndarray, **how: object) -> Callable[[Path], Path]:
    def save(folder: Path) -> Path:
        tifffile.imwrite(folder / "a.tif", array, **how)
        return folder / "a.tif"

    return save


@pytest.mark.parametrize(
    ("save", "wanted"),
    [
        (by_pillow("RGB", ".png"), COLOUR),
        (by_pillow("RGBA", ".png"), COLOUR),
        (by_pillow("CMYK", ".jpg"), COLOUR),
        (by_pillow("P", ".png"), COLOUR),
        (by_tifffile(255 - GREY, photometric="miniswhite"), GREY),
        (by_tifffile(np.moveaxis(COLOUR, 2, 0), photometric="rgb", planarconfig="separate"), COLOUR),
        (by_tifffile(GREY.astype(np.float32)), GREY),
    ],
    ids=["colour", "opacity", "inks", "palette", "0 is white", "planes of colours", "floats"],
)
def test_the_same_picture_comes_back_however_it_was_saved(
    save: Callable[[Path], Path], wanted: np.ndarray, tmp_path: Path
) -> None:
    path = save(tmp_path)
    picture = read_picture(path)
    assert picture.shape == wanted.shape
    lossy = path.suffix == ".jpg" or "palette" in path.stem
    # JPEG and a palette of 256 colours lose detail: of noise more than of tissue
    assert np.abs(picture.astype(float) - wanted).mean() < (30 if lossy else 1e-6)
    grey = read_grey(path).astype(float)
    assert np.abs(grey - (wanted if wanted.ndim == 2 else wanted.mean(axis=2))).mean() < (30 if lossy else 0.5)


def test_a_palette_of_tiff_becomes_its_colours(tmp_path: Path) -> None:
    table = np.random.default_rng(1).integers(0, 2**16, (3, 256)).astype(np.uint16)
    path = by_tifffile(GREY, photometric="palette", colormap=table)(tmp_path)
    assert np.array_equal(read_picture(path), np.moveaxis(table[:, GREY], 0, 2))


def test_two_levels_are_a_picture_and_a_mask(tmp_path: Path) -> None:
    path = by_tifffile(GREY > 128)(tmp_path)
    assert set(np.unique(read_picture(path))) == {0, 255}
    assert np.array_equal(read_mask(path), GREY > 128)


@pytest.mark.parametrize(
    ("save", "what"),
    [
        (by_tifffile(np.dstack([COLOUR, GREY]), photometric="separated"), "save it in grey or as RGB"),
        (by_pillow("LAB", ".tif"), "save it in grey or as RGB"),
        (by_tifffile(GREY.astype(np.complex64)), "complex64 numbers"),
    ],
    ids=["inks", "Lab", "complex numbers"],
)
def test_what_is_no_light_is_refused(save: Callable[[Path], Path], what: str, tmp_path: Path) -> None:
    path = save(tmp_path)
    with pytest.raises(PictureError, match=what):
        read_picture(path)
    with pytest.raises(PictureError, match=what):
        read_grey(path)


@pytest.mark.parametrize(
    "picture",
    [
        GREY.astype(np.int32),
        GREY.astype(np.float64),
        (GREY / 255).astype(np.float32),
        GREY.astype(np.uint16) * 257,
        np.rint(GREY * (4095 / 255)).astype(np.uint16),
    ],
    ids=["wide integers", "floats to 255", "fractions", "16 bits", "12 bits in 16"],
)
def test_light_does_not_depend_on_the_bits(picture: np.ndarray) -> None:
    assert grey_levels(picture, "bright_field") == pytest.approx(grey_levels(GREY, "bright_field"), abs=1e-3)


def test_tiles_share_the_scale_of_the_whole_picture() -> None:
    picture = (GREY / 300).astype(np.float32)
    whole = grey_levels(picture, "bright_field")
    picture[:, 25:] /= 4
    top = grey_range(picture, "bright_field").top
    assert np.array_equal(grey_levels(picture, "bright_field", top)[:, :25], whole[:, :25])
    brighter = np.pad(GREY.astype(np.uint16), 300)
    brighter[0, 0] = 4095
    assert grey_range(brighter, "bright_field").top == 4095


def test_levels_below_0_are_no_light() -> None:
    with pytest.raises(SectionError, match="below 0"):
        segment_fibres(GREY.astype(np.int16) - 100, pixel_um=0.2, kind="bright_field")


@pytest.mark.parametrize("pixel_um", [1e-9, 0.0005, 5, 180, 1e9])
def test_a_pixel_in_other_units_is_asked_for_at_once(pixel_um: float) -> None:
    for work in (segment_fibres, segment_tiles):
        with pytest.raises(SectionError, match="nanometres"):
            work(GREY, pixel_um=pixel_um, kind="bright_field")


def test_a_picture_of_two_levels_is_read_to_the_end(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(biopsy)
    path = by_tifffile(GREY > 128)(tmp_path)
    result = CliRunner().invoke(app, [str(path), "--pixel-um", "0.2", "--kind", "sural", "-o", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "no fibre was found" in result.output


STORED = {
    1: GREY,
    2: GREY[:, ::-1],
    3: GREY[::-1, ::-1],
    4: GREY[::-1],
    5: GREY.T,
    6: np.rot90(GREY),
    7: np.rot90(GREY, 2).T,
    8: np.rot90(GREY, -1),
}


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
@pytest.mark.parametrize("turn", STORED)
def test_a_picture_stored_on_its_side_comes_back_as_it_is_shown(tmp_path: Path, turn: int, suffix: str) -> None:
    """Orientation (TIFF 6.0 tag 274, also in Exif): 6 says that the first row is shown as the right-hand side."""
    path = tmp_path / f"a{suffix}"
    if suffix == ".tif":
        tifffile.imwrite(path, np.ascontiguousarray(STORED[turn]), extratags=[(274, 3, 1, turn, True)])
    else:
        exif = PIL.Exif()
        exif[274] = turn
        PIL.fromarray(np.ascontiguousarray(STORED[turn])).save(path, exif=exif, quality=100)
    close = 8 if suffix == ".jpg" else 0
    for read in (read_picture, read_grey):
        seen = read(path)
        assert seen.shape == GREY.shape
        assert abs(seen.astype(int) - GREY).max() <= close
    assert picture_size(path) == GREY.shape


def test_a_broken_note_of_orientation_costs_no_picture(tmp_path: Path) -> None:
    PIL.fromarray(GREY).save(tmp_path / "a.png", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert np.array_equal(read_picture(tmp_path / "a.png"), GREY)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_a_damaged_file_is_a_picture_or_a_picture_error(tmp_path: Path, suffix: str) -> None:
    """Two hundred seeded mutations of the bytes of a file: changed, cut out, put in, cut short."""
    path = tmp_path / f"a{suffix}"
    if suffix == ".tif":
        tifffile.imwrite(path, GREY)
    else:
        PIL.fromarray(GREY).save(path)
    whole = path.read_bytes()
    rng = random.Random(20)
    refused: list[str] = []
    for _ in range(200):
        raw = bytearray(whole)
        for _ in range(rng.choice((1, 1, 2, 5))):
            at = rng.randrange(min(len(raw), rng.choice((len(raw), 60))))
            raw[at : at + rng.choice((1, 1, 1, 9))] = bytes(rng.randrange(256) for _ in range(rng.choice((0, 1, 1, 5))))
        path.write_bytes(bytes(raw))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for read in (read_picture, read_grey, read_mask):
                try:
                    assert read(path).size > 0
                except PictureError as error:
                    refused.append(str(error))
            assert len(picture_size(path)) == 2
    assert len(refused) > 10
    assert all(path.name in text for text in refused)
