"""The tree of lumens against a naive one; what makes a ring likely to be a fibre; where an axon ends."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from scipy.special import ndtri
from tests.histology.conftest import discs

from ranvier.histology.lumens import HIGHEST, LOWEST, compactness, find_lumens
from ranvier.histology.measuring import segment_fibres, simulate_section
from ranvier.histology.parameters import MODALITIES, segmentation_settings
from ranvier.histology.plausibility import load_odds
from ranvier.histology.profiles import cast_rays
from ranvier.histology.segmentation import grey_levels
from ranvier.histology.sheaths import refine_axons
from ranvier.histology.staining import grey_span, myelin_scale


def naive_lumens(scale, pixel_um, settings):
    """Every component of every level as a mask; each is taken when none inside it together is better."""
    reach = max(1, round(0.5 * settings.axon_min_um / pixel_um), round(2 * settings.smooth_um / pixel_um))
    crest = ndimage.maximum_filter(scale, size=2 * reach + 1)
    cross = ndimage.generate_binary_structure(2, 1)
    least, most = (np.pi / 4 * (d / pixel_um) ** 2 for d in (settings.axon_min_um, settings.axon_max_um))
    taken: list[tuple[np.ndarray, float]] = []
    for threshold in np.linspace(LOWEST, HIGHEST, int(settings.levels)).astype(np.float32):
        labels, count = ndimage.label(scale < threshold)
        for name in range(1, count + 1):
            mask = labels == name
            if not max(3.0, least) <= mask.sum() <= most:
                continue
            lumen = scale[mask].mean(dtype=float)
            rises = crest[mask & ~ndimage.binary_erosion(mask, cross, border_value=1)] - lumen
            step = rises.mean(dtype=float)
            closed = (rises > settings.rim_step * step).mean()
            half = abs(threshold - lumen - step / 2) / max(step, 1e-3)
            if step < settings.contrast_min or closed < settings.rim_min or half >= 1:
                continue
            at = np.flatnonzero(mask)
            (shape,) = compactness(at, np.zeros(len(at), int), np.array([float(len(at))]), scale.shape[1])
            score = min(step, 1) * closed**2 * min(shape, 1) * (1 - half) if shape >= settings.compactness_min else 0
            inside = [(other, worth) for other, worth in taken if mask[other].all()]
            area = sum(int(other.sum()) for other, _ in inside)
            worth = sum(other.sum() * worth for other, worth in inside) / max(area, 1)
            if score > 0 and score >= worth:
                taken = [(other, worth) for other, worth in taken if not mask[other].all()] + [(mask, score)]
    return taken


@pytest.mark.parametrize("kind", MODALITIES)
def test_lumens_are_those_of_a_naive_tree(kind) -> None:
    section = simulate_section(kind, seed=41, shape=(120, 120), pixel_um=0.15)
    # axons up to half their usual size, so that components grow beyond it and drop out
    settings = replace(segmentation_settings(kind), levels=12, axon_max_um=4.0)
    grey = grey_levels(section.image, kind)
    scale = myelin_scale(grey, pixel_um=0.15, settings=settings, span=grey_span(grey))
    found = find_lumens(scale, pixel_um=0.15, settings=settings)
    expected = naive_lumens(scale, 0.15, settings)
    assert len(expected) > 5
    assert {tuple(np.flatnonzero(mask)) for mask, _ in expected} == {
        tuple(np.flatnonzero(found.labels == name)) for name in range(1, len(found.score) + 1)
    }
    assert sorted(found.score) == pytest.approx(sorted(worth for _, worth in expected))


def test_light_has_one_rule_that_rises_with_the_evidence_alone() -> None:
    rule = load_odds("bright_field", 1)
    assert rule.keys() == {"constant", "evidence"}
    assert rule["evidence"] > 0
    assert not load_odds("bright_field", 2)


def test_a_pale_or_a_broken_ring_is_less_likely_a_fibre_than_a_dark_whole_one() -> None:
    circles = [(50.0, 50.0 + 60 * i, 9.0, 15.0) for i in range(3)]
    _, myelin = discs((100, 220), *circles)
    scene = np.where(myelin > 0, 0.8, 0.1)
    scene[myelin == 2] = 0.4
    y, x = np.mgrid[:100, :220]
    scene[(myelin == 3) & (abs(y - 50) < 4) & (x > 170)] = 0.45
    scene = ndimage.gaussian_filter(scene, 0.8) + np.random.default_rng(3).normal(0, 0.01, scene.shape)
    found = segment_fibres(np.clip(1 - scene, 0, 1), pixel_um=0.25, kind="bright_field")
    chance = {int(found.axons[50, 50 + 60 * i]): i for i in range(3)}
    by_ring = {ring: float(found.probability[name - 1]) if name else 0.0 for name, ring in chance.items()}
    assert by_ring[0] > 0.9
    assert by_ring.get(1, 0.0) < by_ring[0]
    assert by_ring.get(2, 0.0) < by_ring[0]


def test_a_bead_brighter_than_clear_resin_is_no_fibre() -> None:
    _, myelin = discs((100, 160), (50, 50, 9, 15))
    y, x = np.mgrid[:100, :160]
    away = np.hypot(y - 50, x - 115)
    scene = np.where(myelin > 0, 0.8, 0.3) - 0.3 * (away < 8) + 0.15 * ((away > 8) & (away < 12))
    scene = ndimage.gaussian_filter(scene, 0.8) + np.random.default_rng(3).normal(0, 0.005, scene.shape)
    found = segment_fibres(np.clip(1 - scene, 0, 1), pixel_um=0.25, kind="bright_field")
    assert found.axons.max() == 1
    assert found.axons[50, 50] == 1


@pytest.mark.parametrize("height", [0.3, 0.4, 0.5])
def test_an_axon_ends_at_the_stated_height_of_a_blurred_wall(height: float) -> None:
    """The edge of a wide wall blurred by a Gaussian reaches a share h at sigma times the normal quantile of h."""
    sigma, radius = 1.5, 40.0
    axons, myelin = discs((160, 160), (80, 80, radius, 70))
    blurred = ndimage.gaussian_filter((myelin > 0).astype(np.float32), sigma)
    start = np.where(np.hypot(*(np.mgrid[:160, :160] - 80)) < radius - 1, 1, 0).astype(np.int32)
    rays = cast_rays(blurred, start, np.zeros(1), np.ones(1), reach_px=12)
    found = refine_axons(blurred, start, rays, height=height)
    expected = np.sqrt((axons > 0).sum() / np.pi) + sigma * ndtri(height)
    assert np.sqrt((found > 0).sum() / np.pi) == pytest.approx(expected, abs=0.15)
