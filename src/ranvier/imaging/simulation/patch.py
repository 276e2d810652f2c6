"""Patches of MR images about a nerve, drawn at random with their truth, to train and to measure outlines.

A scene is painted on a grid twice as fine as the patch, averaged over native voxels, given bias and Rician noise there,
and carried to the pixels of the patch as a real slice would be. Ringing of edges, motion and pulsation are not
simulated.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.resampling import box_matrix, resampling_matrix
from ranvier.imaging.simulation.fascicles import paint_nerve
from ranvier.imaging.simulation.settings import PatchSettings, load_contrasts
from ranvier.imaging.simulation.shapes import (
    Canvas,
    ClosedOutline,
    Image,
    Point,
    coverage,
    draw_outline,
    smooth_field,
)
from ranvier.imaging.simulation.surroundings import Scene, paint_surroundings

PATCH_PIXELS = 64
_FINE = 2
_TRIES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPatch:
    """One simulated patch with its truth.

    Attributes
    ----------
    image : ndarray
        (64, 64) float32 magnitude signal, not normalised.
    truth : ndarray
        (64, 64) float32, share of each pixel within the epineurium.
    seed_ij : ndarray
        (2,) where the user put the seed, in pixels of the patch.
    area_mm2 : float
        True area of the nerve.
    expected_area_mm2 : float or None
        Area that the anatomy lets expect; None where nothing is expected.
    contrast : float
        Contrast to noise ratio: root mean square over the nerve of what it changes in the image without noise,
        over the sd of the noise.
    snr : float
        Signal (brighter of nerve and patch mean) over the sd of the noise.
    pixel_mm : float
        Side of a pixel of the patch.
    voxel_mm : float
        Side of a stored voxel.
    across : float
        Diameter of the disc with the area of the nerve, in acquired voxels.
    slice_values : ndarray
        (I, J) the stored voxels that the patch was taken from.
    slice_spacing_mm, slice_start_mm : tuple of float
        Distance between the stored voxels along both axes, and where the first lies from the middle of the patch, mm.
    """

    image: Image
    truth: Image
    seed_ij: Point
    area_mm2: float
    expected_area_mm2: float | None
    contrast: float
    snr: float
    pixel_mm: float
    voxel_mm: float
    across: float
    slice_values: Image
    slice_spacing_mm: tuple[float, float]
    slice_start_mm: tuple[float, float]

    def to_slice(self, patch_ij: Point) -> Point:
        """Return index coordinates of the stored slice from (..., 2) pixels of the patch."""
        mm = (np.asarray(patch_ij, dtype=np.float64) - (PATCH_PIXELS - 1) / 2) * self.pixel_mm
        return np.asarray((mm - self.slice_start_mm) / self.slice_spacing_mm, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """How one axis is sampled: canvas to acquired voxels, to stored voxels, to pixels of the patch."""

    sample: Image
    store: Image
    to_patch: Image
    start_mm: float
    stored_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    area_mm2: float
    expected_area_mm2: float | None
    pixel_mm: float
    acquired_mm: float
    aspect: float
    interpolation: float
    snr: float


def pixel_for_calibre(area_mm2: float, settings: PatchSettings) -> float:
    """Return the pixel size at which a nerve of that area is looked at, mm."""
    wanted = 2 * np.sqrt(area_mm2 / np.pi) / settings.pixels_across
    return float(np.clip(wanted, settings.pixel_low_mm, settings.pixel_high_mm))


def draw_patch(rng: np.random.Generator, settings: PatchSettings) -> SimulatedPatch:
    """Return a random patch; one in which the nerve is hardly visible is mostly drawn anew.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance; the same state gives the same patch.
    settings : PatchSettings
        What may be drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from ranvier.imaging.simulation.settings import load_patch_settings
    >>> patch = draw_patch(np.random.default_rng(0), load_patch_settings())
    >>> patch.image.shape
    (64, 64)
    >>> bool(abs(patch.truth.sum() * patch.pixel_mm**2 / patch.area_mm2 - 1) < 0.03)
    True
    """
    for _ in range(_TRIES):
        patch = _draw_once(rng, settings)
        if patch.contrast >= settings.contrast_low or rng.random() < settings.faint_kept_probability:
            break
    return patch


def _draw_once(rng: np.random.Generator, settings: PatchSettings) -> SimulatedPatch:
    sizes = _draw_sizes(rng, settings)
    seed_mm = rng.normal(0, 1.0, 2) * sizes.pixel_mm
    nerve = draw_outline(
        rng,
        seed_mm - _seed_offset(rng, settings, sizes),
        sizes.area_mm2,
        float(1 + (settings.flattening_high - 1) * rng.random() ** 2),
        settings.wobble_high * rng.random(),
    )
    scene = _new_scene(rng, settings, sizes, nerve)
    paint_surroundings(scene)
    if scene.chance(settings.other_nerve_probability):
        area = sizes.area_mm2 * np.exp(rng.normal(-0.5, 0.5))
        reach = np.sqrt(area / np.pi)
        centre = scene.beside(1.2 * reach, abs(rng.normal(0, 2.0)) + 0.3)
        paint_nerve(scene, draw_outline(rng, centre, area, rng.uniform(1, 1.4), 0.03))
    without = scene.canvas.values.copy()
    paint_nerve(scene, nerve)
    return _photograph(scene, without, sizes, seed_mm)


def _draw_sizes(rng: np.random.Generator, s: PatchSettings) -> _Sizes:
    usual = _log_uniform(rng, s.area_low_mm2, s.area_high_mm2)
    area = usual
    if rng.random() < s.pathology_probability:
        area *= _log_uniform(rng, 1.0, s.swelling_high) if rng.random() < 0.5 else _log_uniform(rng, s.atrophy_low, 1.0)
    expected = float(usual * np.exp(rng.normal(0, s.calibre_log_sd)))
    known = bool(rng.random() < s.calibre_known_probability)
    looked = expected if known or rng.random() < s.pixel_chosen_probability else s.area_high_mm2
    pixel = pixel_for_calibre(looked, s) * np.exp(rng.normal(0, s.pixel_log_sd))
    diameter = 2 * np.sqrt(area / np.pi)
    low = max(s.voxel_low_mm, diameter / s.voxels_across_high)
    high = max(low, min(s.voxel_high_mm, diameter / s.voxels_across_low))
    stored = rng.random() < s.interpolated_probability
    return _Sizes(
        area_mm2=float(area),
        expected_area_mm2=expected if known else None,
        pixel_mm=float(np.clip(pixel, s.pixel_low_mm, s.pixel_high_mm)),
        acquired_mm=_log_uniform(rng, low, high),
        aspect=float(np.exp(rng.normal(0, s.voxel_aspect_log_sd))),
        interpolation=float(rng.uniform(1.0, s.interpolated_high)) if stored else 1.0,
        snr=_log_uniform(rng, s.snr_low, s.snr_high),
    )


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _seed_offset(rng: np.random.Generator, s: PatchSettings, sizes: _Sizes) -> Point:
    diameter = 2 * np.sqrt(sizes.area_mm2 / np.pi)
    farthest = s.seed_calibre_share * diameter
    if rng.random() < 0.5:
        reach = min(s.seed_voxels_high * sizes.acquired_mm, farthest)
        angle, distance = rng.uniform(0, 2 * np.pi), reach * np.sqrt(rng.random())
        return np.array([distance * np.cos(angle), distance * np.sin(angle)])
    return rng.normal(0, min(s.seed_sd_mm, farthest / 2.5), 2)


def _new_scene(rng: np.random.Generator, settings: PatchSettings, sizes: _Sizes, nerve: ClosedOutline) -> Scene:
    contrasts = load_contrasts()
    family = contrasts[int(rng.choice(len(contrasts), p=[c.weight for c in contrasts]))]
    low, high = np.array(family.low, dtype=np.float32), np.array(family.high, dtype=np.float32)
    n, step = PATCH_PIXELS * _FINE, sizes.pixel_mm / _FINE
    axis = ((np.arange(n) - (n - 1) / 2) * step).astype(np.float32)
    canvas = Canvas(axis_mm=axis, values=np.zeros((n, n), dtype=np.float32))
    levels = low + rng.random(len(low), dtype=np.float32) * (high - low)
    return Scene(rng=rng, settings=settings, canvas=canvas, levels=levels, low=low, high=high, nerve=nerve)


def _photograph(scene: Scene, without: Image, sizes: _Sizes, seed_mm: Point) -> SimulatedPatch:
    rng, s, fine = scene.rng, scene.settings, scene.canvas
    truth = _truth(scene)
    bias = np.exp(np.float32(s.bias_log_sd) * smooth_field(rng, len(fine.axis_mm), 3))
    shift = 0.0
    if rng.random() < s.slant_probability:
        shift = s.slant_high * rng.random() * 2 * scene.nerve_radius_mm / fine.step_mm
    angle = rng.uniform(0, 2 * np.pi)
    step = np.rint(shift / 2 * np.array([np.cos(angle), np.sin(angle)])).astype(int)
    i = _draw_axis(rng, scene, sizes, sizes.acquired_mm * np.sqrt(sizes.aspect))
    j = _draw_axis(rng, scene, sizes, sizes.acquired_mm / np.sqrt(sizes.aspect))
    native = i.sample @ (_slanted(fine.values, step) * bias) @ j.sample.T
    empty = i.sample @ (_slanted(without, step) * bias) @ j.sample.T
    clear = np.abs(i.to_patch @ native @ j.to_patch.T)
    weight = truth / max(float(truth.sum()), 1e-6)
    signal = max(float((clear * weight).sum()), float(clear.mean()), 1e-3)
    noise_sd = signal / sizes.snr
    changed = clear - np.abs(i.to_patch @ empty @ j.to_patch.T)
    noise = np.float32(noise_sd) * rng.standard_normal((2, *native.shape), dtype=np.float32)
    noisy = np.sqrt((native + noise[0]) ** 2 + noise[1] ** 2)
    return SimulatedPatch(
        image=np.maximum(i.to_patch @ noisy @ j.to_patch.T, 0).astype(np.float32),
        truth=truth,
        seed_ij=seed_mm / sizes.pixel_mm + (PATCH_PIXELS - 1) / 2,
        area_mm2=sizes.area_mm2,
        expected_area_mm2=sizes.expected_area_mm2,
        contrast=float(np.sqrt((changed**2 * weight).sum()) / noise_sd),
        snr=sizes.snr,
        pixel_mm=sizes.pixel_mm,
        voxel_mm=sizes.acquired_mm / sizes.interpolation,
        slice_values=np.maximum(i.store @ noisy @ j.store.T, 0),
        slice_spacing_mm=(i.stored_mm, j.stored_mm),
        slice_start_mm=(i.start_mm, j.start_mm),
        across=2 * scene.nerve_radius_mm / sizes.acquired_mm,
    )


def _truth(scene: Scene) -> Image:
    canvas = scene.canvas
    n = len(canvas.axis_mm)
    full = np.zeros((n, n), dtype=np.float32)
    where = canvas.window(scene.nerve.centre_mm, scene.nerve.reach_mm)
    depth = scene.nerve.depth_mm(canvas.axis_mm[where[0]], canvas.axis_mm[where[1]])
    full[where] = coverage(depth, canvas.step_mm)
    return np.asarray(full.reshape(PATCH_PIXELS, _FINE, PATCH_PIXELS, _FINE).mean(axis=(1, 3)), dtype=np.float32)


def _slanted(values: Image, step: NDArray[np.int64]) -> Image:
    if not step.any():
        return values
    ahead = np.roll(values, (int(step[0]), int(step[1])), axis=(0, 1))
    behind = np.roll(values, (-int(step[0]), -int(step[1])), axis=(0, 1))
    return (values + ahead + behind) / np.float32(3)


def _draw_axis(rng: np.random.Generator, scene: Scene, sizes: _Sizes, acquired_mm: float) -> _Axis:
    fine = scene.canvas
    n_native = int(np.ceil(2 * fine.half_mm / acquired_mm)) + 4
    start = (rng.random() - 2) * acquired_mm
    native_mm = start + np.arange(n_native) * acquired_mm
    sample = box_matrix(len(fine.axis_mm), fine.step_mm, native_mm, acquired_mm, acquired_mm * rng.uniform(0.1, 0.6))
    stored_mm = acquired_mm / sizes.interpolation
    store = np.eye(n_native, dtype=np.float32)
    if sizes.interpolation > 1.0:
        n_stored = int((n_native - 1) * sizes.interpolation) + 1
        store = resampling_matrix(n_native, acquired_mm, np.arange(n_stored) * stored_mm, stored_mm)
    pixel_mm = (_FINE / 2 - 0.5) * fine.step_mm + np.arange(PATCH_PIXELS) * sizes.pixel_mm
    to_patch = resampling_matrix(len(store), stored_mm, pixel_mm - start, sizes.pixel_mm) @ store
    return _Axis(
        sample=sample,
        store=store,
        to_patch=to_patch,
        start_mm=start + float(fine.axis_mm[0]),
        stored_mm=stored_mm,
    )
