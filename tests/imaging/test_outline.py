"""Outlines of simulated nerves with known truth, and of the sciatic nerve of a real thigh."""

import os
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from ranvier.core import MissingExtraError
from ranvier.imaging import outline_network
from ranvier.imaging.contours import polygon_area
from ranvier.imaging.outline import outline_nerve
from ranvier.imaging.outline_views import Outline
from ranvier.imaging.simulation.patch import SimulatedPatch, draw_patch
from ranvier.imaging.simulation.settings import load_patch_settings

pytest.importorskip("onnxruntime", reason="the extra `mri` is not installed")

SHAPE = (72, 80)
SPACING = (0.6, 0.7)
CENTRE = (33.3, 41.6)
RADIUS_MM = 3.2


def _disc(radius_mm: float = RADIUS_MM, noise: float = 0.02) -> np.ndarray:
    """Return a bright disc in darker surroundings, on anisotropic voxels."""
    i, j = np.mgrid[: SHAPE[0], : SHAPE[1]]
    distance = np.hypot((i - CENTRE[0]) * SPACING[0], (j - CENTRE[1]) * SPACING[1])
    texture = ndimage.gaussian_filter(np.random.default_rng(0).standard_normal(SHAPE), 0.7)
    return 0.25 + 0.5 * np.clip(0.5 + (radius_mm - distance) / 0.6, 0, 1) + noise * texture


@pytest.fixture(scope="module")
def disc() -> Outline:
    return outline_nerve(_disc(), SPACING, (32.0, 43.0))


def _simulated(n: int, **changes: float) -> list[SimulatedPatch]:
    settings = replace(load_patch_settings(), **changes)
    return [draw_patch(np.random.default_rng([31, k]), settings) for k in range(n)]


def _found(patch: SimulatedPatch) -> Outline:
    seed = patch.to_slice(patch.seed_ij)
    return outline_nerve(
        patch.slice_values,
        patch.slice_spacing_mm,
        (float(seed[0]), float(seed[1])),
        expected_area_mm2=patch.expected_area_mm2,
    )


def test_a_disc_has_its_middle_and_about_its_area(disc: Outline) -> None:
    np.testing.assert_allclose(disc.centre_ij, CENTRE, atol=0.25)
    assert disc.area_mm2 == pytest.approx(np.pi * RADIUS_MM**2, rel=0.25)


@pytest.mark.xfail(reason="bar missed: a plain disc comes out 17 % too large, by a rim of epineurium", strict=True)
def test_a_disc_has_its_area(disc: Outline) -> None:
    assert disc.area_mm2 == pytest.approx(np.pi * RADIUS_MM**2, rel=0.05)


def test_the_contour_lies_on_the_edge_between_the_voxels(disc: Outline) -> None:
    distance = np.hypot(*((disc.contour_ij - CENTRE) * SPACING).T)

    np.testing.assert_allclose(distance, RADIUS_MM, atol=0.45)
    assert polygon_area(disc.contour_ij * SPACING) == pytest.approx(disc.area_mm2, rel=0.05)


def test_the_map_on_the_slice_keeps_the_area(disc: Outline) -> None:
    share = disc.on_slice(SHAPE)

    assert share.sum() * SPACING[0] * SPACING[1] == pytest.approx(disc.area_mm2, rel=1e-4)
    assert share.max() < 1.001
    assert share[33, 42] > 0.9
    assert share[5, 5] == 0


def test_gain_does_not_matter(disc: Outline) -> None:
    assert outline_nerve(900 * _disc(), SPACING, (32.0, 43.0)).area_mm2 == pytest.approx(disc.area_mm2, rel=1e-3)


def test_exchanging_the_axes_exchanges_the_outline(disc: Outline) -> None:
    turned = outline_nerve(_disc().T, SPACING[::-1], (43.0, 32.0))

    np.testing.assert_allclose(turned.centre_ij[::-1], disc.centre_ij, atol=0.15)
    assert turned.area_mm2 == pytest.approx(disc.area_mm2, rel=0.03)


def test_a_moved_seed_finds_the_same_nerve(disc: Outline) -> None:
    areas = [outline_nerve(_disc(), SPACING, seed).area_mm2 for seed in ((31.5, 41.0), (35.0, 42.0), (33.0, 39.8))]

    assert np.std([*areas, disc.area_mm2]) / disc.area_mm2 < 0.05


def test_several_contrasts_of_a_slice_are_taken_together(disc: Outline) -> None:
    both = np.stack([_disc(), 1.2 - _disc()], axis=-1)

    assert outline_nerve(both, SPACING, (32.0, 43.0)).area_mm2 == pytest.approx(disc.area_mm2, rel=0.1)


def test_the_expected_area_is_only_a_hint() -> None:
    areas = [outline_nerve(_disc(), SPACING, (32.0, 43.0), expected_area_mm2=a).area_mm2 for a in (16.0, 64.0)]

    assert max(areas) / min(areas) < 1.2


def test_a_nerve_at_the_border_is_said_to_touch_it(disc: Outline) -> None:
    cut = outline_nerve(_disc()[31:], SPACING, (2.0, 41.6))

    assert cut.touches_edge
    assert not disc.touches_edge


def test_confidence_is_lower_in_noise_than_on_a_clear_disc(disc: Outline) -> None:
    noise = np.random.default_rng(3).random(SHAPE)

    assert outline_nerve(noise, SPACING, (36.0, 40.0)).confidence < 0.3 < disc.confidence


@pytest.fixture(scope="module")
def clear_errors() -> np.ndarray:
    """Return relative area errors on clear simulated nerves of 10 voxels across or more."""
    clear = {"voxels_across_low": 10.0, "snr_low": 30.0, "contrast_low": 8.0, "faint_kept_probability": 0.0}
    return np.array([_found(patch).area_mm2 / patch.area_mm2 - 1 for patch in _simulated(40, **clear)])


def test_well_resolved_simulated_nerves_have_about_their_area(clear_errors: np.ndarray) -> None:
    assert np.median(np.abs(clear_errors)) < 0.18


@pytest.mark.xfail(reason="bar missed: median 14 %; training not converged, thick rims not visible", strict=True)
def test_well_resolved_simulated_nerves_are_within_the_bar(clear_errors: np.ndarray) -> None:
    assert np.median(np.abs(clear_errors)) < 0.05


def test_the_area_is_not_biased() -> None:
    errors = [_found(patch).area_mm2 / patch.area_mm2 - 1 for patch in _simulated(60, contrast_low=6.0)]

    assert abs(np.median(errors)) < 0.06


@pytest.mark.parametrize(
    ("values", "spacing", "seed", "expected", "words"),
    [
        (np.ones(5), SPACING, (1.0, 1.0), None, "axes"),
        (np.ones(SHAPE), (0.0, 1.0), (1.0, 1.0), None, "spacing_mm"),
        (np.ones(SHAPE), SPACING, (90.0, 1.0), None, "outside the slice"),
        (np.ones(SHAPE), SPACING, (float("nan"), 1.0), None, "outside the slice"),
        (np.ones(SHAPE), SPACING, (1.0, 1.0), -3.0, "expected_area_mm2"),
        (np.full(SHAPE, np.nan), SPACING, (1.0, 1.0), None, "finite"),
    ],
)
def test_what_cannot_be_outlined_is_refused_with_its_reason(
    values: np.ndarray,
    spacing: tuple[float, float],
    seed: tuple[float, float],
    expected: float | None,
    words: str,
) -> None:
    with pytest.raises(ValueError, match=words):
        outline_nerve(values, spacing, seed, expected_area_mm2=expected)


def test_a_flat_slice_gives_no_confident_outline() -> None:
    assert outline_nerve(np.ones(SHAPE), SPACING, (30.0, 30.0)).confidence < 0.3


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    outline_network._session.cache_clear()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)

    with pytest.raises(MissingExtraError, match="mri"):
        outline_nerve(_disc(), SPACING, (32.0, 43.0))


@pytest.fixture(scope="module")
def thigh() -> dict[str, np.ndarray]:
    """Return the three echoes, each (512, 256, 10)."""
    root = Path(os.environ.get("RANVIER_DATA", Path(__file__).parents[3] / "shared" / "data"))
    folder = root / "mri" / "thigh_dixon_siemens" / "input"
    if not folder.exists():
        pytest.skip(f"no real images in {root}")
    nibabel = pytest.importorskip("nibabel", reason="the extra `mri` is not installed")
    names = ("0006-Dixon_TE_345_th", "0008-Dixon_TE_460_th", "0010-Dixon_TE_575_th")
    return {name: np.asarray(nibabel.load(folder / f"{name}.nii.gz").dataobj) for name in names}


_BARS_MISSED = pytest.mark.xfail(reason="bars missed without an expected calibre, see the bench", strict=True)
_PUBLISHED_MID_THIGH_MM2 = 43.3  # doi 10.1136/jnnp.2010.211334, as read in an abstract


@pytest.mark.real_data
@pytest.mark.parametrize("expected", [_PUBLISHED_MID_THIGH_MM2, pytest.param(None, marks=_BARS_MISSED)])
@pytest.mark.parametrize(("k", "seed", "by_eye"), [(3, (120.5, 101.0), 44.9), (4, (118.0, 97.5), 41.0)])
def test_the_sciatic_nerve_of_a_real_thigh(
    thigh: dict[str, np.ndarray], k: int, seed: tuple[float, float], by_eye: float, expected: float | None
) -> None:
    """Area within 15 % of that by eye, echoes within 10 % of one another, spread under 5 % over moved seeds."""
    rng = np.random.default_rng(k)
    means = []
    for volume in thigh.values():
        areas = []
        for _ in range(50):
            angle, way = rng.uniform(0, 2 * np.pi), 2 * np.sqrt(rng.random())
            moved = (seed[0] + way * np.cos(angle), seed[1] + way * np.sin(angle))
            found = outline_nerve(volume[:, :, k], (0.80078, 0.80078), moved, expected_area_mm2=expected)
            areas.append(found.area_mm2)
        assert np.std(areas) / np.mean(areas) < 0.05
        assert np.mean(areas) == pytest.approx(by_eye, rel=0.15)
        means.append(np.mean(areas))
    assert all(abs(a - b) / (a + b) * 2 < 0.10 for a, b in combinations(means, 2))
