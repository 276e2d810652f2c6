"""Outline of a nerve in one slice about a seed: area with partial volume, contour between the voxels, and confidence.

A small network (``outline_network``) looks at a patch about the seed. The patch is then centred on what was found and
looked at again, in several views whose mean is the result. It is told a seed, never a name: whether the thing under the
seed is a nerve is the caller's business.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import read_table
from ranvier.imaging.contours import longest_contour
from ranvier.imaging.network_input import network_input
from ranvier.imaging.outline_network import nerve_share
from ranvier.imaging.resampling import overlap_matrix, resampling_matrix
from ranvier.imaging.simulation.patch import PATCH_PIXELS, pixel_for_calibre
from ranvier.imaging.simulation.settings import load_patch_settings

FloatArray = NDArray[np.float64]
Image = NDArray[np.float32]
_MIDDLE = (PATCH_PIXELS - 1) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A nerve in one slice.

    Attributes
    ----------
    share : ndarray
        (64, 64) float32, share of each pixel of the patch within the nerve; 0 away from it.
    origin_ij : ndarray
        (2,) index coordinates in the slice of the middle of pixel (0, 0) of the patch.
    step_ij : ndarray
        (2,) voxels of the slice per pixel of the patch.
    pixel_mm : float
        Side of a pixel of the patch.
    area_mm2 : float
        Cross-section in the plane of the slice, partly filled pixels counted by their share.
    area_sd_mm2 : float
        Standard deviation of the area between the views.
    centre_ij : ndarray
        (2,) centre of gravity in index coordinates of the slice.
    contour_ij : ndarray
        (n, 2) points of the outline in index coordinates of the slice; (0, 2) where nothing was found.
    confidence : float
        Estimated chance that the area is within 15 %, from 0 to 1, as seen on simulated patches.
    touches_edge : bool
        True if the nerve reaches the border of the patch or of the slice.
    """

    share: Image
    origin_ij: FloatArray
    step_ij: FloatArray
    pixel_mm: float
    area_mm2: float
    area_sd_mm2: float
    centre_ij: FloatArray
    contour_ij: FloatArray
    confidence: float
    touches_edge: bool

    def on_slice(self, shape: tuple[int, int]) -> Image:
        """Return the share of each voxel of the slice within the nerve, (I, J) float32; its sum keeps the area."""
        rows, columns = (
            overlap_matrix(n, self.origin_ij[axis] + self.step_ij[axis] * np.arange(PATCH_PIXELS), self.step_ij[axis])
            for axis, n in enumerate(shape)
        )
        near = _used(rows.T), _used(columns.T)
        full = np.zeros(shape, dtype=np.float32)
        full[near] = rows[near[0]] @ self.share @ columns[near[1]].T
        return full


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One pass: the mean map within the nerve, and the area of each view."""

    share: Image
    areas_mm2: FloatArray
    pixel_mm: float
    centre_ij: FloatArray


@cache
def outline_parameters() -> dict[str, float]:
    """Return the settings of the outline by name, from ``data/outline.csv``."""
    rows = read_table("ranvier.imaging", "outline.csv", ("name", "value", "unit", "status", "source", "meaning"))
    return {row["name"]: float(row["value"]) for row in rows}


def outline_nerve(
    slice_values: NDArray[np.floating],
    spacing_mm: tuple[float, float],
    seed_ij: tuple[float, float],
    *,
    expected_area_mm2: float | None = None,
    following: bool = False,
) -> Outline:
    """Outline the nerve under a seed in one slice.

    Parameters
    ----------
    slice_values : ndarray
        (I, J) magnitude signal, or (I, J, N) for N echoes or contrasts of the same slice in any order, whose maps are
        averaged.
    spacing_mm : tuple of float
        Distance between voxels along i and j, mm.
    seed_ij : tuple of float
        A point in the nerve, zero-based index coordinates; fractions are allowed.
    expected_area_mm2 : float or None
        Area that the anatomy lets expect; it sets the scale and is a weak hint.
    following : bool
        True where the seed is the middle that the neighbouring slices let expect: fewer views are taken then.

    Returns
    -------
    Outline
        What was found; confidence 0 and an empty contour where nothing was.

    Raises
    ------
    ValueError
        If the slice has not two or three axes or holds values that are not finite, if the seed lies outside it, or if a
        spacing or the expected area is not positive.
    MissingExtraError
        If onnxruntime is not installed.
    """
    values = _checked(slice_values, spacing_mm, seed_ij, expected_area_mm2)
    p = outline_parameters()
    spacing = np.asarray(spacing_mm, dtype=np.float64)
    centre = np.asarray(seed_ij, dtype=np.float64)
    pixel = _pixel_mm(expected_area_mm2, spacing)
    look = _look(values, spacing, centre, (pixel, expected_area_mm2), int(p["first_views"]))
    views, passes = ("following_views", "following_passes") if following else ("views", "passes")
    for _ in range(int(p[passes])):
        area = float(look.share.sum()) * look.pixel_mm**2
        if area <= 0:
            break
        centre = _centre(look, spacing)
        pixel = _pixel_mm(expected_area_mm2 or area, spacing)
        look = _look(values, spacing, centre, (pixel, expected_area_mm2), int(p[views]))
    return _outline(look, spacing, values.shape)


def _checked(
    values: NDArray[np.floating],
    spacing_mm: tuple[float, float],
    seed_ij: tuple[float, float],
    expected_area_mm2: float | None,
) -> Image:
    if values.ndim not in (2, 3):
        raise ValueError(f"slice_values must be (I, J) or (I, J, N) (got {values.ndim} axes)")
    if min(spacing_mm) <= 0:
        raise ValueError(f"spacing_mm must be positive (got {spacing_mm})")
    if expected_area_mm2 is not None and expected_area_mm2 <= 0:
        raise ValueError(f"expected_area_mm2 must be positive or None (got {expected_area_mm2})")
    if not all(-0.5 <= s <= n - 0.5 for s, n in zip(seed_ij, values.shape, strict=False)):
        raise ValueError(f"the seed {tuple(seed_ij)} lies outside the slice of {values.shape[:2]} voxels")
    single = np.asarray(values, dtype=np.float32)
    if not np.isfinite(single).all():
        raise ValueError("slice_values must be finite: replace NaN and infinite voxels first")
    return single if single.ndim == 3 else single[:, :, None]


def _pixel_mm(area_mm2: float | None, spacing: FloatArray) -> float:
    settings = load_patch_settings()
    wanted = settings.pixel_high_mm if area_mm2 is None else pixel_for_calibre(area_mm2, settings)
    finest = float(spacing.max()) / outline_parameters()["pixels_per_voxel_high"]
    return float(np.clip(wanted, min(finest, settings.pixel_high_mm), settings.pixel_high_mm))


def _look(
    values: Image, spacing: FloatArray, centre: FloatArray, scale: tuple[float, float | None], n_views: int
) -> _Look:
    pixel, expected = scale
    offsets = (np.arange(PATCH_PIXELS) - _MIDDLE) * pixel
    rows, columns = (
        resampling_matrix(values.shape[axis], spacing[axis], centre[axis] * spacing[axis] + offsets, pixel)
        for axis in (0, 1)
    )
    near = _used(rows), _used(columns)
    rows, columns, values = rows[:, near[0]], columns[:, near[1]], values[near]
    jitter = outline_parameters()["seed_jitter_pixels"]
    voxel = float(np.sqrt(spacing[0] * spacing[1]))
    batch = []
    for n in range(values.shape[2]):
        image = np.maximum(rows @ values[:, :, n] @ columns.T, 0)
        for view in range(n_views):
            angle = 2 * np.pi * view / n_views
            seed = _MIDDLE + jitter * np.array([np.cos(angle), np.sin(angle)])
            seen = network_input(image, seed, expected_area_mm2=expected, pixel_mm=pixel, voxel_mm=voxel)
            batch.append(_turned(seen, view))
    shares = nerve_share(np.stack(batch))
    maps = np.stack([_turned_back(share, number % n_views) for number, share in enumerate(shares)])
    region = _region(maps.mean(axis=0))
    return _Look(
        share=maps.mean(axis=0) * region,
        areas_mm2=(maps * region).sum(axis=(1, 2), dtype=np.float64) * pixel**2,
        pixel_mm=pixel,
        centre_ij=centre,
    )


def _used(weights: Image) -> slice:
    """Return the stretch of the input samples that have a weight: a slice is large, what is looked at is not."""
    some = np.flatnonzero(weights.any(axis=0))
    return slice(int(some[0]), int(some[-1]) + 1) if len(some) else slice(0, 0)


def _turned(seen: Image, view: int) -> Image:
    mirrored = seen[:, ::-1] if view % 2 else seen
    return np.rot90(mirrored, view // 2, axes=(1, 2))


def _turned_back(share: Image, view: int) -> Image:
    turned = np.rot90(share, -(view // 2))
    return turned[::-1] if view % 2 else turned


def _region(share: Image) -> Image:
    """Return 1 in the part that belongs to the nerve under the middle, 0 elsewhere; all 0 if there is none."""
    p = outline_parameters()
    labels, count = ndimage.label(share > p["level"])
    if not count:
        return np.zeros_like(share)
    axis = np.arange(PATCH_PIXELS) - _MIDDLE
    near = np.exp(-(axis[:, None] ** 2 + axis[None, :] ** 2) / (2 * (PATCH_PIXELS / 12) ** 2))
    votes = ndimage.sum_labels(share * near, labels, np.arange(1, count + 1))
    own = labels == 1 + int(np.argmax(votes))
    to_own = ndimage.distance_transform_edt(~own)
    region = (to_own <= p["halo_pixels"]) & (share > p["halo_level"])
    if count > 1:
        region &= to_own <= ndimage.distance_transform_edt(own | (labels == 0))
    return np.asarray(region | own, dtype=np.float32)


def _centre(look: _Look, spacing: FloatArray) -> FloatArray:
    weight = look.share / look.share.sum()
    axis = np.arange(PATCH_PIXELS) - _MIDDLE
    shift = np.array([(weight.sum(axis=1) * axis).sum(), (weight.sum(axis=0) * axis).sum()])
    return look.centre_ij + shift * look.pixel_mm / spacing


def _outline(look: _Look, spacing: FloatArray, shape: tuple[int, ...]) -> Outline:
    p = outline_parameters()
    step = look.pixel_mm / spacing
    origin = look.centre_ij - _MIDDLE * step
    total = float(look.share.sum(dtype=np.float64))
    contour = longest_contour(look.share, p["level"]) if total > 0 else np.empty((0, 2))
    contour = origin + contour * step
    inside = look.share > p["level"]
    border = np.ones_like(inside)
    border[1:-1, 1:-1] = False
    beyond = len(contour) > 0 and bool((contour < 0).any() or (contour > np.array(shape[:2]) - 1).any())
    return Outline(
        share=look.share,
        origin_ij=origin,
        step_ij=step,
        pixel_mm=look.pixel_mm,
        area_mm2=total * look.pixel_mm**2,
        area_sd_mm2=float(look.areas_mm2.std()),
        centre_ij=_centre(look, spacing) if total > 0 else look.centre_ij,
        contour_ij=contour,
        confidence=_confidence(look),
        touches_edge=bool((inside & border).any()) or beyond,
    )


def _confidence(look: _Look) -> float:
    total = float(look.share.sum(dtype=np.float64))
    if total <= 0:
        return 0.0
    p = outline_parameters()
    sharpness = float((look.share.astype(np.float64) ** 2).sum()) / total
    spread = float(look.areas_mm2.std() / look.areas_mm2.mean())
    odds = p["confidence_intercept"] + p["confidence_sharpness"] * sharpness + p["confidence_spread"] * spread
    return float(1 / (1 + np.exp(-odds)))
