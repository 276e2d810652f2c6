"""Whole sections in and out by bands: the same pixels as Pillow reads and as were given."""

from pathlib import Path

import numpy as np
import pytest

from ranvier.histology import large_pictures
from ranvier.histology.errors import PictureError
from ranvier.histology.large_pictures import picture_size, read_grey, write_levels

PIL = pytest.importorskip("PIL.Image")
tifffile = pytest.importorskip("tifffile")


@pytest.fixture(autouse=True)
def small_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make bands of a few rows, so that small pictures take many."""
    monkeypatch.setattr(large_pictures, "BAND_BYTES", 1000)
    monkeypatch.setattr(large_pictures, "CHUNK_BYTES", 333)


def colours(*shape: int, kind: type[np.integer] = np.uint8) -> np.ndarray:
    """Return a smooth picture with noise, so that every filter of PNG is used."""
    rng = np.random.default_rng(3)
    ramp = np.linspace(0, 0.7, shape[0]).reshape(-1, *[1] * (len(shape) - 1))
    return ((ramp + 0.3 * rng.random(shape)) * np.iinfo(kind).max).astype(kind)


def mean(picture: np.ndarray, used: int = 3) -> np.ndarray:
    """Return the rounded mean of the colours, a half rounded up."""
    return np.floor(picture[..., :used].astype(float).mean(axis=2) + 0.5).astype(picture.dtype)


@pytest.mark.parametrize("channels", [3, 4])
def test_colour_becomes_the_mean(channels: int, tmp_path: Path) -> None:
    picture = colours(83, 61, channels)
    PIL.fromarray(picture).save(tmp_path / "a.png")
    tifffile.imwrite(tmp_path / "a.tif", picture, photometric="rgb", compression="zlib", rowsperstrip=7)
    tifffile.imwrite(tmp_path / "tiles.tif", picture, photometric="rgb", tile=(32, 16))
    for name in ("a.png", "a.tif", "tiles.tif"):
        assert np.array_equal(read_grey(tmp_path / name), mean(picture)), name
        assert picture_size(tmp_path / name) == (83, 61)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_grey_comes_back_as_it_was(kind: type[np.integer], tmp_path: Path) -> None:
    picture = colours(90, 47, kind=kind)
    PIL.fromarray(picture).save(tmp_path / "a.png")
    tifffile.imwrite(tmp_path / "a.tif", picture)
    for name in ("a.png", "a.tif"):
        found = read_grey(tmp_path / name)
        assert found.dtype == picture.dtype
        assert np.array_equal(found, picture), name


def test_palette_and_jpeg_are_read_as_a_whole(tmp_path: Path) -> None:
    picture = colours(40, 30, 3)
    PIL.fromarray(picture).convert("P").save(tmp_path / "p.png")
    PIL.fromarray(picture).save(tmp_path / "a.jpg", quality=95)
    assert read_grey(tmp_path / "p.png").shape == (40, 30)
    assert np.abs(read_grey(tmp_path / "a.jpg").astype(int) - mean(picture)).mean() < 20


def test_a_png_that_ends_early_or_is_broken_is_refused(tmp_path: Path) -> None:
    PIL.fromarray(colours(90, 47)).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "short.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(PictureError, match="of 90 rows"):
        read_grey(tmp_path / "short.png")
    (tmp_path / "bad.png").write_bytes(data[:60] + b"\x00" * 40 + data[100:])
    with pytest.raises(PictureError, match="cannot be read"):
        read_grey(tmp_path / "bad.png")


def test_a_level_is_written_as_a_mask(tmp_path: Path) -> None:
    tissue = np.random.default_rng(1).choice(np.array([0, 170, 255], np.uint8), (71, 53))
    write_levels(tmp_path / "m.png", tissue, 170)
    with PIL.open(tmp_path / "m.png") as opened:
        assert opened.mode == "L"
        assert np.array_equal(np.asarray(opened), np.where(tissue == 170, 255, 0))


def test_a_picture_beyond_the_limit_of_pillow_has_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    PIL.fromarray(colours(90, 47)).save(tmp_path / "a.png")
    monkeypatch.setattr(PIL, "MAX_IMAGE_PIXELS", 100)
    assert picture_size(tmp_path / "a.png") == (90, 47)
    assert PIL.MAX_IMAGE_PIXELS == 100
    assert picture_size(tmp_path / "none.png") == (0, 0)
