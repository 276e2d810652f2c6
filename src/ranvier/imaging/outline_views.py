"""What the ways to outline a nerve share: the record, how a patch is turned, which part of a map is the nerve."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull

from ranvier.core import read_table
from ranvier.imaging.contours import longest_contour, polygon_area
from ranvier.imaging.resampling import overlap_matrix
from ranvier.imaging.simulation.patch import PATCH_PIXELS

FloatArray = NDArray[np.float64]
Image = NDArray[np.float32]
MIDDLE = (PATCH_PIXELS - 1) / 2
_SUB = 3
_FEWEST_POINTS = 8


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
        near = used_stretch(rows.T), used_stretch(columns.T)
        full = np.zeros(shape, dtype=np.float32)
        full[near] = rows[near[0]] @ self.share @ columns[near[1]].T
        return full


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One pass: the mean map within the nerve, what fills the notches of its outline, and the area of each view."""

    share: Image
    filling: Image
    areas_mm2: FloatArray
    pixel_mm: float
    centre_ij: FloatArray

    @property
    def filled(self) -> Image:
        """The map with the notches filled."""
        return self.share + self.filling


@cache
def outline_parameters() -> dict[str, float]:
    """Return the settings of the outline by name, from ``data/outline.csv``."""
    rows = read_table("ranvier.imaging", "outline.csv", ("name", "value", "unit", "status", "source", "meaning"))
    return {row["name"]: float(row["value"]) for row in rows}


def checked_slice(
    values: NDArray[np.floating],
    spacing_mm: tuple[float, float],
    seed_ij: tuple[float, float],
    expected_area_mm2: float | None,
) -> Image:
    """Return the slice as (I, J, N) float32 when all that is asked for can be looked at."""
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


def used_stretch(weights: Image) -> slice:
    """Return the stretch of the input samples that have a weight: a slice is large, what is looked at is not."""
    some = np.flatnonzero(weights.any(axis=0))
    return slice(int(some[0]), int(some[-1]) + 1) if len(some) else slice(0, 0)


def turned(seen: Image, view: int) -> Image:
    """Return a patch (C, 64, 64) turned and mirrored for one of eight views."""
    mirrored = seen[:, ::-1] if view % 2 else seen
    return np.rot90(mirrored, view // 2, axes=(1, 2))


def turned_back(share: Image, view: int) -> Image:
    """Return a map (64, 64) as it lies before it was turned for a view."""
    turned = np.rot90(share, -(view // 2))
    return turned[::-1] if view % 2 else turned


def nerve_region(share: Image) -> Image:
    """Return 1 in the part that belongs to the nerve under the middle, 0 elsewhere; all 0 if there is none."""
    p = outline_parameters()
    labels, count = ndimage.label(share > p["level"])
    if not count:
        return np.zeros_like(share)
    axis = np.arange(PATCH_PIXELS) - MIDDLE
    near = np.exp(-(axis[:, None] ** 2 + axis[None, :] ** 2) / (2 * (PATCH_PIXELS / 12) ** 2))
    votes = ndimage.sum_labels(share * near, labels, np.arange(1, count + 1))
    own = labels == 1 + int(np.argmax(votes))
    to_own = ndimage.distance_transform_edt(~own)
    region = (to_own <= p["halo_pixels"]) & (share > p["halo_level"])
    if count > 1:
        region &= to_own <= ndimage.distance_transform_edt(own | (labels == 0))
    return np.asarray(region | own, dtype=np.float32)


def notch_filling(share: Image) -> Image:
    """Return what a map lacks within the convex outline of its nerve, (64, 64); all 0 where the outline has no notch.

    The sheath of a nerve bulges and has no notch: a cleft of fat between two of its divisions that opens to the side is
    inside it. An outline with a deep notch is left as it is: it may be two things, or a vessel may press on it.
    """
    p = outline_parameters()
    none = np.zeros_like(share)
    contour = longest_contour(share, p["level"])
    if len(contour) < _FEWEST_POINTS or np.ptp(contour, axis=0).min() <= 1:
        return none
    hull = ConvexHull(contour)
    solidity = polygon_area(contour) / float(hull.volume)
    if not p["notch_solidity_low"] <= solidity <= p["notch_solidity_high"]:
        return none
    fine = (np.arange(PATCH_PIXELS * _SUB) + 0.5) / _SUB - 0.5
    points = np.stack(np.meshgrid(fine, fine, indexing="ij"), axis=-1)
    within = np.ones(points.shape[:2], dtype=np.bool_)
    for a, b, c in hull.equations:
        within &= points @ np.array([a, b]) + c <= 0
    cover = within.reshape(PATCH_PIXELS, _SUB, PATCH_PIXELS, _SUB).mean(axis=(1, 3))
    return np.asarray(np.maximum(cover - share, 0) * (cover > 0), dtype=np.float32)


def centre_of(look: Look, spacing: FloatArray) -> FloatArray:
    """Return the centre of gravity of what was seen, (2,) in index coordinates of the slice."""
    weight = look.filled / look.filled.sum()
    axis = np.arange(PATCH_PIXELS) - MIDDLE
    shift = np.array([(weight.sum(axis=1) * axis).sum(), (weight.sum(axis=0) * axis).sum()])
    return look.centre_ij + shift * look.pixel_mm / spacing


def outline_of(look: Look, spacing: FloatArray, shape: tuple[int, ...]) -> Outline:
    """Return the outline of what was seen."""
    p = outline_parameters()
    step = look.pixel_mm / spacing
    origin = look.centre_ij - MIDDLE * step
    share = look.filled
    total = float(share.sum(dtype=np.float64))
    contour = longest_contour(share, p["level"]) if total > 0 else np.empty((0, 2))
    contour = origin + contour * step
    inside = share > p["level"]
    border = np.ones_like(inside)
    border[1:-1, 1:-1] = False
    beyond = len(contour) > 0 and bool((contour < 0).any() or (contour > np.array(shape[:2]) - 1).any())
    return Outline(
        share=share,
        origin_ij=origin,
        step_ij=step,
        pixel_mm=look.pixel_mm,
        area_mm2=total * look.pixel_mm**2,
        area_sd_mm2=float(look.areas_mm2.std()),
        centre_ij=centre_of(look, spacing) if total > 0 else look.centre_ij,
        contour_ij=contour,
        confidence=_confidence(look),
        touches_edge=bool((inside & border).any()) or beyond,
    )


def _confidence(look: Look) -> float:
    total = float(look.share.sum(dtype=np.float64))
    if total <= 0:
        return 0.0
    p = outline_parameters()
    sharpness = float((look.share.astype(np.float64) ** 2).sum()) / total
    spread = float(look.areas_mm2.std() / look.areas_mm2.mean())
    odds = p["confidence_intercept"] + p["confidence_sharpness"] * sharpness + p["confidence_spread"] * spread
    return float(1 / (1 + np.exp(-odds)))
