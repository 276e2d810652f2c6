"""The section reader on sections whose fibres are known, then on real ones."""

from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial import cKDTree
from tests.histology.conftest import discs

from ranvier.core import UnknownNameError
from ranvier.histology.matching import matched_pairs
from ranvier.histology.measuring import (
    MODALITIES,
    SectionError,
    SectionModality,
    agreement,
    measure_fibres,
    segment_fibres,
    segment_tiles,
    simulate_section,
)
from ranvier.histology.parameters import segmentation_settings
from ranvier.histology.pictures import read_mask, read_picture
from ranvier.histology.tiles import tiles

PIXEL_UM: dict[SectionModality, float] = {"bright_field": 0.2, "sem": 0.1, "tem": 0.05}
# Seeds that the rule was not fitted on (bench/fit_fibres.py uses 1000 and up).
SEEDS = (11, 12, 13)


def painted(kind: SectionModality, *circles: tuple[float, float, float, float], side: int = 200) -> np.ndarray:
    """Return a noisy picture of round fibres."""
    axons, myelin = discs((side, side), *circles)
    rng = np.random.default_rng(5)
    scene = np.where(myelin > 0, 0.8, 0.15) + rng.normal(0, 0.03, axons.shape)
    if not segmentation_settings(kind).myelin_bright:
        scene = 1 - scene
    return np.clip(scene * 255, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("kind", MODALITIES)
def test_drawn_fibres_are_found_one_by_one(kind: SectionModality) -> None:
    found = hits = resolved = resolved_hits = 0
    for seed in SEEDS:
        section = simulate_section(kind, seed=seed, shape=(260, 260), pixel_um=PIXEL_UM[kind])
        fibres = segment_fibres(section.image, pixel_um=section.pixel_um, kind=kind)
        matched = matched_pairs(fibres.axons, section.axons)[1]
        # an axon below eight pixels across is lost in the blur of some sections
        large = np.flatnonzero(np.bincount(section.axons.ravel())[1:] > np.pi / 4 * 8**2) + 1
        found += int(fibres.axons.max())
        hits += len(matched)
        resolved += len(large)
        resolved_hits += int(np.isin(large, matched).sum())
    assert resolved > 40
    assert hits / found > 0.8
    assert resolved_hits / resolved > 0.8


@pytest.mark.parametrize("kind", MODALITIES)
def test_edges_of_a_large_fibre_lie_at_half_height(kind: SectionModality) -> None:
    pixel_um = PIXEL_UM[kind]
    inner, outer = 3.0 / pixel_um, 4.5 / pixel_um
    image = painted(kind, (120, 120, inner, outer), side=240)
    found = segment_fibres(image, pixel_um=pixel_um, kind=kind)
    (fibre,) = measure_fibres(found.axons, found.myelin, pixel_um)
    assert fibre.axon_diameter_um == pytest.approx(6.0, abs=1.0 * pixel_um)
    assert fibre.fibre_diameter_um == pytest.approx(9.0, abs=2.0 * pixel_um)


def test_touching_fibres_are_two() -> None:
    image = painted("sem", (100, 70, 16, 28), (100, 125, 16, 28))
    found = segment_fibres(image, pixel_um=0.1, kind="sem")
    assert found.axons.max() == 2
    sizes = np.bincount(found.myelin.ravel())[1:]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.1)


def test_the_gap_between_three_touching_fibres_is_no_fibre() -> None:
    image = painted("sem", (80, 70, 16, 28), (80, 126, 16, 28), (128.5, 98, 16, 28))
    found = segment_fibres(image, pixel_um=0.1, kind="sem")
    assert found.axons.max() == 3
    assert found.axons[96, 98] == 0


def test_a_stained_speck_is_no_fibre_and_an_empty_field_has_none() -> None:
    image = painted("bright_field", (100, 100, 10, 16), (40, 40, 0.1, 6))
    assert segment_fibres(image, pixel_um=0.2, kind="bright_field").axons.max() == 1
    noise = np.random.default_rng(1).normal(128, 3, (200, 200)).astype(np.uint8)
    assert segment_fibres(noise, pixel_um=0.2, kind="bright_field").axons.max() == 0


def test_a_fibre_that_the_border_cuts_is_found() -> None:
    found = segment_fibres(painted("sem", (4, 100, 20, 30)), pixel_um=0.1, kind="sem")
    (fibre,) = measure_fibres(found.axons, found.myelin, 0.1)
    assert fibre.touches_border


@pytest.mark.parametrize("gain", [0.4, 1.0])
def test_contrast_and_offset_do_not_change_what_is_found(gain: float) -> None:
    section = simulate_section("sem", seed=21, shape=(240, 240), pixel_um=0.1)
    changed = 20 + gain * section.image.astype(np.float32)
    first = segment_fibres(section.image, pixel_um=0.1, kind="sem")
    second = segment_fibres(changed, pixel_um=0.1, kind="sem")
    assert np.array_equal(first.axons, second.axons)


def test_a_finer_picture_of_the_same_section_gives_about_the_same_fibres() -> None:
    section = simulate_section("sem", seed=22, shape=(240, 240), pixel_um=0.1)
    fine = np.kron(section.image, np.ones((2, 2), np.uint8))
    coarse = segment_fibres(section.image, pixel_um=0.1, kind="sem")
    result = agreement(segment_fibres(fine, pixel_um=0.05, kind="sem").axons[::2, ::2], coarse.axons)
    assert result.f1 > 0.9


@pytest.mark.parametrize(
    ("image", "what"),
    [
        (np.zeros((64, 64)), "empty"),
        (np.ones((4, 64)), "too small"),
        (np.ones((64, 64, 3)), "must be grey"),
        (np.full((64, 64), np.nan), "not finite"),
    ],
)
def test_junk_is_refused_with_a_reason(image: np.ndarray, what: str) -> None:
    with pytest.raises(SectionError, match=what):
        segment_fibres(image, pixel_um=0.1, kind="sem")


def test_scale_and_kind_are_checked() -> None:
    image = painted("sem", (100, 100, 16, 28))
    with pytest.raises(SectionError, match="positive number"):
        segment_fibres(image, pixel_um=-1, kind="sem")
    with pytest.raises(UnknownNameError, match="sem"):
        segment_fibres(image, pixel_um=0.1, kind="sems")  # type: ignore[arg-type]


def test_tiles_part_the_picture() -> None:
    seen = np.zeros((100, 130), int)
    for tile in tiles((100, 130), 40, 10):
        seen[tile.core] += 1
        assert tile.window[0].start <= tile.core[0].start
    assert (seen == 1).all()


def test_by_tiles_every_fibre_counts_once() -> None:
    section = simulate_section("sem", seed=31, shape=(900, 900), pixel_um=0.2)
    whole = segment_fibres(section.image, pixel_um=0.2, kind="sem")
    tiled = segment_tiles(section.image, pixel_um=0.2, kind="sem", tile_px=300)
    assert len(tiled.fibres) == pytest.approx(whole.axons.max(), rel=0.03)
    assert [fibre.label for fibre in tiled.fibres] == list(range(1, len(tiled.fibres) + 1))
    places = np.array([(f.x_um, f.y_um) for f in tiled.fibres])
    gaps = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + np.eye(len(places)) * 99
    assert gaps.min() > 0.4
    a, b = tiled.tissue == 255, whole.axons > 0
    assert 2 * (a & b).sum() / (a.sum() + b.sum()) > 0.97


@pytest.mark.real_data
def test_seams_neither_lose_nor_double_fibres_of_a_real_picture(histology_data: Path) -> None:
    """Whole and by tiles: at most 3 % of the fibres differ, and no more of those near a seam than of all by 3 %."""
    image = read_picture(histology_data / "bright_field_rat_nerve" / "image.png")
    whole = segment_fibres(image, pixel_um=0.3, kind="bright_field")
    measured = measure_fibres(whole.axons, whole.myelin, 0.3)
    tiled = segment_tiles(image, pixel_um=0.3, kind="bright_field", tile_px=400)
    one, two = (np.array([(f.x_um, f.y_um) for f in fibres]) for fibres in (measured, tiled.fibres))
    lost = cKDTree(two).query(one)[0] > 0.6
    added = cKDTree(one).query(two)[0] > 0.6
    seams = [0.3 * image.shape[1] / 2, *(0.3 * image.shape[0] * k / 3 for k in (1, 2))]
    for places, missed in ((one, lost), (two, added)):
        near = (abs(places[:, 0] - seams[0]) < 6) | (abs(places[:, 1, None] - seams[1:]) < 6).any(axis=1)
        assert near.sum() > 50
        assert missed.mean() < 0.03
        assert missed[near].mean() < missed.mean() + 0.03


def test_tiles_at_once_change_nothing() -> None:
    section = simulate_section("sem", seed=32, shape=(420, 420), pixel_um=0.2)
    one = segment_tiles(section.image, pixel_um=0.2, kind="sem", tile_px=210)
    two = segment_tiles(section.image, pixel_um=0.2, kind="sem", tile_px=210, jobs=3)
    assert np.array_equal(one.tissue, two.tissue)
    assert one.fibres == two.fibres


def test_tiles_smaller_than_their_overlap_are_refused() -> None:
    with pytest.raises(SectionError, match="larger tiles"):
        segment_tiles(np.zeros((500, 500)), pixel_um=0.1, kind="sem", tile_px=100)


@pytest.mark.real_data
def test_the_real_bright_field_picture(histology_data: Path) -> None:
    folder = histology_data / "bright_field_rat_nerve"
    found = segment_fibres(read_picture(folder / "image.png"), pixel_um=0.3, kind="bright_field")
    result = agreement(found.axons, one_by_one(read_mask(folder / "axon_adsmodel.png")))
    assert result.f1 >= 0.86
    assert result.dice >= 0.87


@pytest.mark.real_data
def test_a_real_scanning_picture(histology_data: Path) -> None:
    base = histology_data / "sem_rat_cord" / "sub-rat3_sample-data9_SEM"
    found = segment_fibres(read_picture(base.with_suffix(".png")), pixel_um=0.1, kind="sem")
    result = agreement(found.axons, one_by_one(read_mask(base.with_name(f"{base.name}_seg-axon-manual.png"))))
    assert result.f1 > 0.7
    assert result.dice > 0.7


SCANNING_UM = {
    "sub-rat1_sample-data1": 0.18,
    "sub-rat3_sample-data9": 0.1,
    "sub-rat4_sample-data12": 0.1,
    "sub-rat8_sample-V915": 0.07,
}


@pytest.mark.real_data
def test_the_scanning_pictures_together(histology_data: Path) -> None:
    """One setting for all four, against masks drawn by hand."""
    results = []
    for name, pixel_um in SCANNING_UM.items():
        base = histology_data / "sem_rat_cord" / f"{name}_SEM.png"
        found = segment_fibres(read_picture(base), pixel_um=pixel_um, kind="sem")
        mask = read_mask(base.with_name(f"{name}_SEM_seg-axon-manual.png"))
        results.append(agreement(found.axons, one_by_one(mask)))
    assert np.mean([result.dice for result in results]) >= 0.80
    assert np.mean([abs(result.count_error) for result in results]) < 0.12


def one_by_one(mask: np.ndarray) -> np.ndarray:
    """Label a reference and leave out its specks of fewer than four pixels."""
    labels = np.asarray(ndimage.label(mask)[0])
    return np.where(np.bincount(labels.ravel())[labels] >= 4, labels, 0)
