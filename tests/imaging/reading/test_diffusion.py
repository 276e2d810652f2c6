"""b-values and gradient directions in every maker's header, against what dcm2niix makes of the same files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from tests.imaging.reading.oracle import convert
from tests.imaging.reading.synthetic import Grid, assert_in_place, slice_of, turn, write

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading import Contrast, Series, read_series

VECTORS = ((0.0, 0.0, 0.0), (0.6, 0.8, 0.0), (0.36, -0.48, 0.8), (-0.48, 0.64, 0.6), (0.0, 0.0, 1.0))
OBLIQUE = turn(20, 0) @ turn(-15, 1) @ turn(30, 2)
PLANES = {
    "axial": np.eye(3),
    "oblique": OBLIQUE,
    "sagittal": np.array([[0, 1.0, 0], [0, 0, -1.0], [-1.0, 0, 0]]).T,
    "coronal": np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]]).T,
    "coronal upside down": np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]]).T,
}

Maker = Callable[[Dataset, tuple[float, float, float], int], None]


def ge(image: Dataset, vector: tuple[float, float, float], b_value: int) -> None:
    image.Manufacturer, image.ScanningSequence, image.PatientPosition = "GE MEDICAL SYSTEMS", ["EP", "SE"], "HFS"
    image.private_block(0x0043, "GEMS_PARM_01", create=True).add_new(0x39, "IS", [b_value + 10**9, 8, 0, 0])
    block = image.private_block(0x0019, "GEMS_ACQU_01", create=True)
    for element, value in zip((0xBB, 0xBC, 0xBD), vector, strict=True):
        block.add_new(element, "DS", f"{value:.6f}")
    block.add_new(0xE0, "DS", "4")


def philips(image: Dataset, vector: tuple[float, float, float], b_value: int) -> None:
    image.Manufacturer = "Philips Medical Systems"
    image.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x03, "FL", float(b_value))
    block = image.private_block(0x2005, "Philips MR Imaging DD 001", create=True)
    for element, value in zip((0xB0, 0xB1, 0xB2), vector, strict=True):
        block.add_new(element, "FL", value)


def siemens(image: Dataset, vector: tuple[float, float, float], b_value: int) -> None:
    block = image.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0C, "IS", b_value)
    if b_value:
        block.add_new(0x0E, "FD", list(vector))


def standard(image: Dataset, vector: tuple[float, float, float], b_value: int) -> None:
    image.DiffusionBValue = float(b_value)
    if b_value:
        image.DiffusionGradientOrientation = list(vector)


def weighted(maker: Maker, axes: np.ndarray, phase: str = "COL", *, same_number: bool = False) -> list[Dataset]:
    """Return four slices of five weightings, with rescaled values that tell the volume."""
    grid = Grid(axes=axes, slices=4)
    images = []
    for t, vector in enumerate(VECTORS):
        for k in range(4):
            number = 1 if same_number else t * 4 + k + 1
            image = slice_of(grid, k, number=number, RescaleSlope=1 + t, RescaleIntercept=0)
            image.InPlanePhaseEncodingDirection = phase
            maker(image, vector, 1000 if t else 0)
            images.append(image)
    return images


def vectors_of(series: Series) -> np.ndarray:
    """Return the vectors with zeros where there is none."""
    return np.array([vector or (0.0, 0.0, 0.0) for vector in series.facts.b_vectors])


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("phase", ["ROW", "COL"])
@pytest.mark.parametrize("maker", [ge, philips, siemens])
def test_as_dcm2niix(maker: Maker, phase: str, plane: str, tmp_path: Path) -> None:
    pytest.importorskip("dcm2niix", reason="the oracle dcm2niix is not installed")
    if maker is philips:  # dcm2niix takes Philips' directions from the standard attributes only
        images = weighted(lambda *args: (philips(*args), standard(*args))[0], PLANES[plane], phase)
    else:
        images = weighted(maker, PLANES[plane], phase)
    series = read_series(write(images, tmp_path / "in"))
    (converted,) = convert(tmp_path / "in", tmp_path / "out")
    assert converted.b_values is not None
    assert converted.b_vectors is not None
    np.testing.assert_allclose(series.facts.b_values, converted.b_values)
    np.testing.assert_allclose(vectors_of(series), converted.b_vectors, atol=1e-5)
    assert bool(series.notes) == (maker is ge)
    assert series.facts.contrast is Contrast.DIFFUSION


@pytest.mark.parametrize("maker", [philips, siemens, standard])
def test_directions_in_the_patient_are_turned_to_ras(maker: Maker, tmp_path: Path) -> None:
    series = read_series(write(weighted(maker, OBLIQUE), tmp_path))
    assert series.facts.b_values == (0, 1000, 1000, 1000, 1000)
    assert series.facts.b_vectors[0] is None
    np.testing.assert_allclose(vectors_of(series), np.array(VECTORS) * [-1, -1, 1], atol=1e-6)
    for t in range(5):
        assert_in_place(series.volume, at=t, times=1 + t)


def test_weightings_without_numbers_are_sorted_by_what_they_are(tmp_path: Path) -> None:
    series = read_series(write(weighted(siemens, np.eye(3), same_number=True), tmp_path))
    assert sorted(series.facts.b_values, key=float) == [0, 1000, 1000, 1000, 1000]
    expected = {tuple(np.round(np.array(v) * [-1, -1, 1], 6) + 0.0): t for t, v in enumerate(VECTORS)}
    for n, vector in enumerate(vectors_of(series)):
        t = expected[tuple(np.round(vector, 6) + 0.0)]
        assert_in_place(series.volume, at=n, times=1 + t)


def test_a_weighting_that_one_slice_lacks(tmp_path: Path) -> None:
    images = weighted(siemens, np.eye(3))
    del images[5][0x0019, 0x100E]
    with pytest.raises(UnreadableImageError, match="do not share their b-values and directions"):
        read_series(write(images, tmp_path))


def test_ge_without_directions(tmp_path: Path) -> None:
    images = weighted(ge, np.eye(3))
    for image in images:
        for element in (0xBB, 0xBC, 0xBD):
            del image[0x0019, 0x1000 + element]
    facts = read_series(write(images, tmp_path)).facts
    assert facts.b_values == (0, 1000, 1000, 1000, 1000)
    assert facts.b_vectors == (None,) * 5


def test_a_series_without_weighting_has_no_b_values(tmp_path: Path) -> None:
    grid = Grid(slices=3)
    images = [slice_of(grid, k, number=k + 1) for k in range(3)]
    for image in images:
        philips(image, (0.0, 0.0, 0.0), 0)
    facts = read_series(write(images, tmp_path)).facts
    assert facts.b_values == ()
    assert facts.b_vectors == ()
    assert facts.contrast is not Contrast.DIFFUSION
