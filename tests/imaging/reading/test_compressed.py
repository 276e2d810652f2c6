"""Compressed transfer syntaxes: own lossless JPEG decoder, and those of the libraries on pydicom's own files."""

from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGLosslessSV1
from tests.imaging.reading.jpeg_encoder import FLAT, STEEP, encode
from tests.imaging.reading.oracle import convert, on_grid_of
from tests.imaging.reading.synthetic import Grid, assert_in_place, series_of, write

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading import read_series
from ranvier.imaging.reading.lossless_jpeg import decode_lossless_jpeg

FILES = Path(pydicom.data.__file__).parent / "test_files"


def image_of(seed: int, shape: tuple[int, int] = (9, 7), top: int = 65536) -> NDArray[np.uint16]:
    """Return random samples."""
    return np.random.default_rng(seed).integers(0, top, shape, dtype=np.uint16)


@pytest.mark.parametrize("predictor", range(1, 8))
@pytest.mark.parametrize("lengths", [FLAT, STEEP], ids=["flat", "steep"])
def test_t81_h_every_predictor(predictor: int, lengths: tuple[int, ...]) -> None:
    image = image_of(predictor)
    np.testing.assert_array_equal(decode_lossless_jpeg(encode(image, predictor=predictor, lengths=lengths)), image)


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 12), columns=st.integers(1, 12), bits=st.integers(2, 16))
@settings(max_examples=60, deadline=None)
def test_any_size_and_precision(seed: int, rows: int, columns: int, bits: int) -> None:
    image = image_of(seed, (rows, columns), 1 << bits)
    np.testing.assert_array_equal(decode_lossless_jpeg(encode(image, precision=bits)), image)


def test_t81_h122_a_difference_of_32768_has_no_further_bits() -> None:
    image = np.array([[32768, 0, 32768, 0, 1]], dtype=np.uint16)
    np.testing.assert_array_equal(decode_lossless_jpeg(encode(image)), image)


def test_point_transform_loses_the_low_bits_only() -> None:
    image = image_of(3)
    np.testing.assert_array_equal(decode_lossless_jpeg(encode(image, shift=2)), image >> 2 << 2)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_damage_gives_our_error_or_an_image(data: st.DataObject) -> None:
    raw = bytearray(encode(image_of(1)))
    for _ in range(data.draw(st.integers(0, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    try:
        image = decode_lossless_jpeg(cut)
    except UnreadableImageError:
        return
    assert image.dtype == np.uint16


@pytest.mark.parametrize("seed", range(30))
def test_damaged_run_lengths_give_our_error_or_an_image(seed: int, tmp_path: Path) -> None:
    raw = bytearray((FILES / "MR_small_RLE.dcm").read_bytes())
    rng = np.random.default_rng(seed)
    for place in rng.integers(len(raw) - 5000, len(raw), 5):
        raw[place] = rng.integers(256)
    (tmp_path / "x").write_bytes(bytes(raw))
    try:
        told = str(read_series(tmp_path / "x").volume.values.shape)
    except UnreadableImageError as error:
        told = str(error)
    assert told == "(64, 64, 1)" or "pixels of file 1" in told


def lossless_series(tmp_path: Path) -> Path:
    """Write a series as lossless JPEG."""
    grid = Grid(slices=3)
    images = series_of(grid)
    for k, image in enumerate(images):
        image.PixelData = encapsulate([encode(grid.pixels(k))])
        image["PixelData"].VR = "OB"
    return write(images, tmp_path, syntax=JPEGLosslessSV1)


def test_a_series_in_lossless_jpeg(tmp_path: Path) -> None:
    assert_in_place(read_series(lossless_series(tmp_path)).volume)


def test_dcm2niix_reads_the_same_from_lossless_jpeg(tmp_path: Path) -> None:
    pytest.importorskip("dcm2niix", reason="the oracle dcm2niix is not installed")
    folder = lossless_series(tmp_path / "in")
    volume = read_series(folder).volume
    (converted,) = convert(folder, tmp_path / "out")
    theirs, off_mm = on_grid_of(converted, volume)
    np.testing.assert_array_equal(theirs[..., 0], volume.values)
    assert off_mm < 1e-3


@pytest.mark.parametrize(
    "name",
    [
        "MR_small_RLE.dcm",
        "MR_small_bigendian.dcm",
        "MR_small_expb.dcm",
        "MR_small_implicit.dcm",
        "MR_small_jp2klossless.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
        "MR_small_padded.dcm",
    ],
)
def test_one_real_image_in_every_transfer_syntax(name: str) -> None:
    plain, other = read_series(FILES / "MR_small.dcm"), read_series(FILES / name)
    np.testing.assert_array_equal(other.volume.values, plain.volume.values)
    np.testing.assert_array_equal(other.volume.affine, plain.volume.affine)
    assert other.facts == plain.facts


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MR_truncated.dcm", "pixels of file 1 are cut short"),
        ("test-SR.dcm", "holds no image"),
        ("reportsi.dcm", "holds no image"),
        ("rtplan.dcm", "holds no image"),
        ("waveform_ecg.dcm", "holds no image"),
        ("rtdose.dcm", "holds no image"),
        ("liver_1frame.dcm", "holds no image"),
        ("SC_rgb_jpeg.dcm", "where in the patient"),
        ("SC_rgb_rle_2frame.dcm", "several images"),
        ("rtplan.dump", "neither DICOM nor NIfTI"),
        ("crayons.icc", "neither DICOM nor NIfTI"),
        ("meta_missing_tsyntax.dcm", "cut short"),
    ],
)
def test_files_that_are_no_mr_series(name: str, text: str) -> None:
    with pytest.raises(UnreadableImageError, match=text):
        read_series(FILES / name)


def test_every_file_of_pydicom_is_read_or_refused() -> None:
    outcomes = {}
    for path in sorted(p for p in FILES.iterdir() if p.is_file()):
        try:
            outcomes[path.name] = read_series(path).volume.values.shape
        except UnreadableImageError as error:
            outcomes[path.name] = str(error)
    assert len(outcomes) > 70
    assert sum(isinstance(outcome, tuple) for outcome in outcomes.values()) >= 12
