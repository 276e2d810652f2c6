"""Simulated patches: their truth is true, their numbers mean what they say, and everything varies."""

from dataclasses import replace

import numpy as np
import pytest

from ranvier.core import DataFileError
from ranvier.imaging.simulation import settings as module
from ranvier.imaging.simulation.patch import SimulatedPatch, draw_patch, pixel_for_calibre
from ranvier.imaging.simulation.settings import TISSUES, PatchSettings, load_contrasts, load_patch_settings


def _patches(n: int, **changes: float) -> list[SimulatedPatch]:
    settings = replace(load_patch_settings(), **changes)
    return [draw_patch(np.random.default_rng([5, k]), settings) for k in range(n)]


def test_the_truth_sums_to_the_area() -> None:
    for patch in _patches(60):
        assert patch.truth.sum() * patch.pixel_mm**2 == pytest.approx(patch.area_mm2, rel=0.03)


def test_the_same_random_state_gives_the_same_patch() -> None:
    first, again = _patches(1)[0], _patches(1)[0]

    np.testing.assert_array_equal(first.image, again.image)
    assert first.area_mm2 == again.area_mm2


def test_a_seed_lies_within_two_voxels_or_the_usual_scatter_and_near_the_nerve() -> None:
    settings = load_patch_settings()
    for patch in _patches(60):
        weight = patch.truth / patch.truth.sum()
        axis = np.arange(64)
        middle = np.array([(weight.sum(axis=1) * axis).sum(), (weight.sum(axis=0) * axis).sum()])
        off_mm = np.linalg.norm(patch.seed_ij - middle) * patch.pixel_mm
        assert off_mm < 4.5 * settings.seed_sd_mm
        assert off_mm < 2.0 * np.sqrt(patch.area_mm2 / np.pi) * 1.8


def test_the_image_shows_the_nerve_where_the_truth_is() -> None:
    """Without noise, blur and surroundings that look alike, the edge of the truth is the edge of the image."""
    clear = {"snr_low": 1000.0, "snr_high": 1000.0, "voxels_across_low": 20.0, "slant_probability": 0.0}
    steps = []
    for patch in _patches(40, **clear, fascicles_high=1.0, fascicle_share_low=0.9, seed_sd_mm=0.1):
        slope = np.hypot(*np.gradient(patch.image))
        edge = (patch.truth > 0.3) & (patch.truth < 0.7)
        inside = patch.truth > 0.99
        steps.append(slope[edge].mean() / max(slope[inside].mean(), 1e-6))

    assert np.median(steps) > 2.0


def test_the_noise_has_the_sd_that_the_ratio_says() -> None:
    """The same scene with other noise differs by the square root of two standard deviations of it."""
    plain = {"fatty_muscle_probability": 0.0, "contrast_low": 0.0, "interpolated_probability": 0.0}
    loud = _patches(30, **plain, snr_low=20.0, snr_high=20.0)
    silent = _patches(30, **plain, snr_low=1e6, snr_high=1e6)
    ratios = []
    for noisy, clear in zip(loud, silent, strict=True):
        signal = max(float((clear.image * clear.truth).sum() / clear.truth.sum()), float(clear.image.mean()))
        ratios.append(signal / np.std(noisy.slice_values - clear.slice_values))

    assert np.median(ratios) == pytest.approx(20.0, rel=0.1)


def test_contrast_falls_in_proportion_to_the_noise() -> None:
    loud = _patches(10, contrast_low=0.0, snr_low=5.0, snr_high=5.0)
    faint = _patches(10, contrast_low=0.0, snr_low=50.0, snr_high=50.0)

    for a, b in zip(loud, faint, strict=True):
        assert b.contrast == pytest.approx(10 * a.contrast, rel=1e-3)


def test_hardly_visible_nerves_are_rare_but_kept() -> None:
    faint = np.array([patch.contrast < load_patch_settings().contrast_low for patch in _patches(200)])

    assert 0 < faint.mean() < 0.2


def test_the_slice_and_the_patch_show_the_same() -> None:
    """The stored voxel nearest to the seed has about the signal of the patch there, when both are fine."""
    fine = {"snr_low": 500.0, "snr_high": 500.0, "voxels_across_low": 20.0, "interpolated_probability": 0.0}
    errors = []
    for patch in _patches(40, **fine):
        at = np.rint(patch.seed_ij)
        i, j = np.rint(patch.to_slice(at)).astype(int)
        value = patch.image[int(at[0]), int(at[1])]
        errors.append(abs(patch.slice_values[i, j] - value) / patch.image.std())

    assert np.median(errors) < 0.35


def test_voxels_across_are_what_was_asked_for() -> None:
    wide = {"voxel_low_mm": 0.01, "voxel_high_mm": 10.0, "voxels_across_low": 8.0, "voxels_across_high": 8.0}
    for patch in _patches(5, **wide):
        assert patch.across == pytest.approx(8.0)


def test_the_calibre_is_known_only_sometimes() -> None:
    known = [patch.expected_area_mm2 is not None for patch in _patches(100)]

    assert 0.3 < np.mean(known) < 0.7


def test_small_nerves_are_looked_at_with_small_pixels() -> None:
    settings = load_patch_settings()

    assert pixel_for_calibre(2.0, settings) < pixel_for_calibre(10.0, settings) < pixel_for_calibre(25.0, settings)
    assert pixel_for_calibre(0.01, settings) == settings.pixel_low_mm
    assert pixel_for_calibre(1000.0, settings) == settings.pixel_high_mm


def test_families_of_contrast_share_out_all_patches_and_their_ranges_are_in_order() -> None:
    families = load_contrasts()

    assert sum(family.weight for family in families) == pytest.approx(1.0)
    for family in families:
        assert len(family.low) == len(TISSUES)
        assert all(low < high for low, high in zip(family.low, family.high, strict=True))


def test_ranges_are_in_order_and_probabilities_are_probabilities() -> None:
    settings = load_patch_settings()
    for name in PatchSettings.__slots__:
        value = getattr(settings, name)
        if name.endswith("probability"):
            assert 0 <= value <= 1, name
        if "_low" in name and hasattr(settings, name.replace("_low", "_high")):
            assert value < getattr(settings, name.replace("_low", "_high")), name


def test_a_setting_that_is_not_known_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "read_table", lambda *_: [{"name": "wobbliness", "value": "1"}])

    with pytest.raises(DataFileError, match="wobbliness"):
        load_patch_settings.__wrapped__()
