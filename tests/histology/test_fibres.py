"""Measures of single fibres against drawings whose measures are known."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.histology.conftest import discs

from ranvier.histology.fibres import hull_areas, perimeters
from ranvier.histology.measuring import SectionError, label_masks, measure_fibres, summarise_section
from ranvier.histology.pictures import read_mask, read_two_in_one


def test_a_disc_has_the_measures_of_a_disc() -> None:
    axons, myelin = discs((100, 120), (50, 60, 20, 30))
    (fibre,) = measure_fibres(axons, myelin, 0.1)
    assert fibre.axon_diameter_um == pytest.approx(4.0, rel=0.02)
    assert fibre.fibre_diameter_um == pytest.approx(6.0, rel=0.02)
    assert fibre.g_ratio == pytest.approx(2 / 3, rel=0.02)
    assert fibre.myelin_thickness_um == pytest.approx(1.0, rel=0.03)
    assert fibre.circularity == pytest.approx(1.0, abs=0.04)
    assert fibre.solidity == pytest.approx(1.0, abs=0.05)
    assert (fibre.x_um, fibre.y_um) == pytest.approx((6.05, 5.05))
    assert not fibre.touches_border


@settings(max_examples=20, deadline=None)
@given(st.floats(0.05, 2.0))
def test_lengths_scale_with_the_pixel_and_ratios_do_not(pixel_um: float) -> None:
    axons, myelin = discs((40, 40), (20, 20, 6, 10))
    (one,), (other,) = measure_fibres(axons, myelin, 1.0), measure_fibres(axons, myelin, pixel_um)
    assert other.axon_area_um2 == pytest.approx(one.axon_area_um2 * pixel_um**2)
    assert other.myelin_thickness_um == pytest.approx(one.myelin_thickness_um * pixel_um)
    ratios = (one.g_ratio, one.circularity, one.solidity)
    assert (other.g_ratio, other.circularity, other.solidity) == pytest.approx(ratios)


def test_a_dented_axon_is_less_solid_and_less_circular() -> None:
    axons, myelin = discs((60, 60), (30, 30, 20, 25))
    axons[30:, 28:33] = 0
    (fibre,) = measure_fibres(axons, myelin, 1.0)
    assert fibre.solidity < 0.95
    assert fibre.circularity < 0.7


def test_perimeter_of_a_square_and_area_of_a_hull() -> None:
    square = np.zeros((30, 30), int)
    square[5:25, 5:25] = 1
    assert perimeters(square, 1)[1] == pytest.approx(80, rel=0.07)
    assert hull_areas(square, 1)[1] == 400


@pytest.mark.parametrize("circle", [(3, 30, 4, 6), (30, 54, 3, 6)])
def test_a_fibre_that_the_border_cuts_is_flagged(circle: tuple[float, float, float, float]) -> None:
    (fibre,) = measure_fibres(*discs((60, 60), circle), 1.0)
    assert fibre.touches_border


def test_touching_fibres_share_their_myelin_half_way() -> None:
    axons, myelin = discs((60, 100), (30, 30, 10, 20), (30, 70, 10, 20))
    labels, sheaths = label_masks(axons > 0, myelin > 0)
    assert np.array_equal(labels > 0, axons > 0)
    agree = (sheaths == myelin)[myelin > 0].mean()
    assert agree > 0.99


def test_myelin_without_an_axon_belongs_to_none() -> None:
    axons, myelin = discs((60, 100), (30, 30, 10, 20), (30, 80, 0.1, 8))
    axons[axons == 2] = 0
    _, sheaths = label_masks(axons > 0, myelin > 0)
    assert set(np.unique(sheaths)) == {0, 1}


def test_sizes_and_scale_are_checked() -> None:
    axons, myelin = discs((20, 20), (10, 10, 3, 5))
    with pytest.raises(SectionError, match="must be equal"):
        measure_fibres(axons, myelin[:10], 1.0)
    with pytest.raises(SectionError, match="positive number"):
        measure_fibres(axons, myelin, 0)


# Numbers of an independent trial on the same masks, copied by hand.
GOLDEN = [
    ("control", 122, 0.00569, 21261, 2.65, 5.26, 0.583),
    ("sham", 81, 0.00632, 12825, 2.37, 5.35, 0.488),
    ("stim", 65, 0.01574, 4129, 2.20, 5.47, 0.469),
]


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "count", "area_mm2", "density", "axon_um", "fibre_um", "g"), GOLDEN)
def test_arithmetic_on_masks_of_others(
    histology_data: Path,
    name: str,
    count: int,
    area_mm2: float,
    density: float,
    axon_um: float,
    fibre_um: float,
    g: float,
) -> None:
    folder = histology_data / "nerve_masks"
    axons, myelin = read_two_in_one(folder / f"Example_{name}_segmask.png")
    fascicle = read_mask(folder / f"Example_{name}_fasciclemask.png", axons.shape)
    fibres = measure_fibres(*label_masks(axons, myelin), 0.125)
    summary = summarise_section(fibres, pixel_um=0.125, shape=axons.shape, fascicle=fascicle)
    assert len(fibres) == count
    assert summary.area_mm2 == pytest.approx(area_mm2, abs=5e-6)
    assert summary.density_per_mm2 == pytest.approx(density, abs=0.5)
    assert np.median([f.axon_diameter_um for f in fibres]) == pytest.approx(axon_um, abs=0.006)
    assert np.median([f.fibre_diameter_um for f in fibres]) == pytest.approx(fibre_um, abs=0.006)
    assert np.median([f.g_ratio for f in fibres]) == pytest.approx(g, abs=0.0006)
