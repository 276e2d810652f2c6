"""Outlines of fascicles: on drawn fibres, on real masks, and what makes them doubtful."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.histology.test_sections import fibre

from ranvier.histology.measuring import (
    FascicleOutline,
    FibreMeasures,
    SectionError,
    label_masks,
    measure_fibres,
    outline_fascicles,
    summarise_section,
)
from ranvier.histology.pictures import read_mask, read_two_in_one

PIXEL_UM = 1.0
SHAPE = (500, 700)


def drawn(*circles: tuple[float, float, float], spacing: float = 12.0) -> tuple[list[FibreMeasures], NDArray[np.uint8]]:
    """Return fibres of 6 um on a jittered grid inside circles (row, column, radius), and the tissue."""
    rng = np.random.default_rng(7)
    fibres, tissue = [], np.zeros(SHAPE, np.uint8)
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for row, column, radius in circles:
        for y in np.arange(row - radius, row + radius, spacing):
            for x in np.arange(column - radius, column + radius, spacing):
                at = (y + rng.uniform(-2, 2), x + rng.uniform(-2, 2))
                within = 0 < at[0] < SHAPE[0] and 0 < at[1] < SHAPE[1]
                if within and np.hypot(at[0] - row, at[1] - column) < radius - 3:
                    fibres.append(fibre(float(at[1]), float(at[0]), 6.0))
                    tissue[np.hypot(rows - at[0], columns - at[1]) <= 3] = 255
    return fibres, tissue


def disc(row: float, column: float, radius: float) -> NDArray[np.bool_]:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return np.asarray(np.hypot(rows - row, columns - column) <= radius)


def dice(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float(2 * (a & b).sum() / (a.sum() + b.sum()))


def test_two_fascicles_are_outlined_one_by_one_without_a_doubt() -> None:
    fibres, tissue = drawn((240, 180, 130), (240, 500, 110))
    outline = outline_fascicles(fibres, tissue, pixel_um=PIXEL_UM)
    assert (outline.n, outline.doubts) == (2, ())
    assert dice(outline.mask, disc(240, 180, 130) | disc(240, 500, 110)) > 0.95


def test_the_scale_decides_what_is_a_gap() -> None:
    fibres, tissue = drawn((240, 180, 130))
    finer = [replace(f, x_um=f.x_um / 2, y_um=f.y_um / 2, fibre_diameter_um=f.fibre_diameter_um / 2) for f in fibres]
    outline = outline_fascicles(finer, tissue, pixel_um=0.5)
    assert dice(outline.mask, disc(240, 180, 130)) > 0.93


def test_stray_fibres_do_not_make_a_fascicle_but_many_are_a_doubt() -> None:
    fibres, tissue = drawn((240, 180, 130))
    strays = [fibre(420 + 60 * (i % 5), 40 + 60 * (i // 5), 6.0) for i in range(25)]
    for f in strays:
        tissue[int(f.y_um) - 2 : int(f.y_um) + 3, int(f.x_um) - 2 : int(f.x_um) + 3] = 255
    outline = outline_fascicles([*fibres, *strays], tissue, pixel_um=PIXEL_UM)
    assert outline.n == 1
    assert not outline.mask[:, 400:].any()
    assert any("lie outside" in doubt for doubt in outline.doubts) == (25 / (len(fibres) + 25) > 0.1)


def test_a_fascicle_that_the_border_cuts_is_doubtful() -> None:
    fibres, tissue = drawn((0, 350, 150))
    outline = outline_fascicles(fibres, tissue, pixel_um=PIXEL_UM)
    assert outline.n == 1
    assert outline.mask[0, 350]
    assert "fascicles are cut" in outline.doubts[0]


def test_sparse_and_few_fibres_are_doubtful() -> None:
    fibres, tissue = drawn((240, 350, 230), spacing=60.0)
    assert "sparse" in " ".join(outline_fascicles(fibres, tissue, pixel_um=PIXEL_UM).doubts)
    few = outline_fascicles(fibres[:5], tissue, pixel_um=PIXEL_UM)
    assert (few.n, few.mask.any()) == (0, False)
    assert "only 5 fibres" in few.doubts[0]


def test_a_half_that_lost_its_fibres_makes_the_outline_doubtful() -> None:
    fibres, tissue = drawn((240, 350, 200))
    gone = [f for f in fibres if not (f.x_um > 350 and f.y_um < 240)]
    tissue[:240, 350:] = 0
    outline = outline_fascicles(gone, tissue, pixel_um=PIXEL_UM)
    assert "uneven" in " ".join(outline.doubts)


def test_a_pixel_without_size_is_refused() -> None:
    with pytest.raises(SectionError, match="positive number"):
        outline_fascicles([], np.zeros((50, 50), np.uint8), pixel_um=0)


def test_density_over_an_outline_and_a_mask_that_overrules_it() -> None:
    fibres, tissue = drawn((240, 180, 130))
    outline = outline_fascicles(fibres, tissue, pixel_um=PIXEL_UM)
    by_program = summarise_section(fibres, pixel_um=PIXEL_UM, shape=SHAPE, outline=outline)
    assert by_program.area_note == "1 fascicle outlined by program"
    assert (by_program.n_fascicles, by_program.whole_image) == (1, False)
    true_density = 1e6 / 12.0**2  # one fibre a cell of the grid
    assert by_program.density_per_mm2 == pytest.approx(true_density, rel=0.05)
    mask = disc(240, 180, 60)
    by_hand = summarise_section(fibres, pixel_um=PIXEL_UM, shape=SHAPE, fascicle=mask, outline=outline)
    assert by_hand.area_mm2 == pytest.approx(mask.sum() / 1e6)
    assert (by_hand.n_fascicles, by_hand.area_doubts) == (None, ())


def test_without_an_outline_the_whole_picture_is_the_area_and_the_doubt_is_kept() -> None:
    none = FascicleOutline(mask=np.zeros(SHAPE, bool), n=0, doubts=("only 1 fibres: too few",))
    summary = summarise_section([fibre(50, 50, 5)], pixel_um=PIXEL_UM, shape=SHAPE, outline=none)
    assert summary.whole_image
    assert "no fascicle outlined" in summary.area_note
    assert summary.area_doubts == none.doubts


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["control", "sham", "stim"])
def test_outlines_of_real_masks_agree_with_those_drawn_by_their_authors(histology_data: Path, name: str) -> None:
    base = histology_data / "nerve_masks" / f"Example_{name}"
    axons, myelin = read_two_in_one(base.with_name(f"{base.name}_segmask.png"))
    theirs = read_mask(base.with_name(f"{base.name}_fasciclemask.png"))
    fibres = measure_fibres(*label_masks(axons, myelin), 0.125)
    outline = outline_fascicles(fibres, (axons | myelin).astype(np.uint8), pixel_um=0.125)
    assert outline.n == 1
    assert dice(outline.mask, theirs) > 0.88
