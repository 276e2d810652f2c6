"""Move an outline onto a clear edge, with sub-voxel accuracy; leave it where there is none.

Where a nerve is even inside, as far as the noise tells, and differs from all that surrounds it, its edge is where the
signal is half way between inside and outside (the point that blur by the voxel does not move). Rays from the centre
look for that point near the outline. A nerve whose fascicles show has a rim of epineurium as well, and its outermost
edge is not half way: it keeps the outline of the network, as does a nerve of few voxels.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.sections import Section, cropped, plane_axes

FloatArray = NDArray[np.float64]
_RAYS = 64
_STEPS = 41
_SUB = 5
_MAD = 1.4826
_FEWEST = 5
_RING = (1.2, 1.9)
_LEFT_BY_MEDIAN = 0.866
"""Share of the spread of white noise that is left after the median of its 3 x 3 neighbourhood is taken away."""


@dataclass(frozen=True, slots=True)
class _Star:
    """An outline about a centre: its radius in mm in each of `_RAYS` directions."""

    centre_mm: FloatArray
    radius_mm: FloatArray


def on_clear_edge(section: Section, image: NDArray[np.float32], spacing_mm: FloatArray, slice_axis: int) -> Section:
    """Return the section with its outline on the edge, or unchanged where most of the edge is not clear.

    Parameters
    ----------
    section : Section
    image : ndarray
        (n, m) the slice.
    spacing_mm : ndarray
        (2,) voxel of the slice.
    slice_axis : int
    """
    across = 2 * float(np.sqrt(section.area_mm2 / np.pi)) / float(np.sqrt(spacing_mm.prod()))
    if len(section.contour) < 8 or across < nerve_parameters()["edge_voxels_across"]:
        return section
    centre = section.centre[list(plane_axes(slice_axis))] * spacing_mm
    star = _star_of(section.contour * spacing_mm, centre)
    found = _edge_radius(image, spacing_mm, star)
    if found is None:
        return section
    edge = _Star(centre, found)
    share, corner = cropped(_share(edge, image.shape, spacing_mm))
    area = float(share.sum()) * float(spacing_mm.prod())
    return replace(section, area_mm2=area, contour=_points(edge) / spacing_mm, share=share, corner=corner)


def _angles() -> FloatArray:
    return 2 * np.pi * np.arange(_RAYS) / _RAYS


def _star_of(points_mm: FloatArray, centre: FloatArray) -> _Star:
    away = points_mm - centre
    angle = np.arctan2(away[:, 1], away[:, 0])
    order = np.argsort(angle)
    radius = np.interp(_angles(), angle[order], np.hypot(*away.T)[order], period=2 * np.pi)
    return _Star(centre, radius)


def _points(star: _Star) -> FloatArray:
    angle = _angles()
    away = star.radius_mm[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.asarray(star.centre_mm + away, dtype=np.float64)


def _edge_radius(image: NDArray[np.float32], spacing: FloatArray, star: _Star) -> FloatArray | None:
    """Return the radius of the half-way point on each ray, None where too few rays have a clear edge."""
    p = nerve_parameters()
    share = np.linspace(1 - p["edge_reach"], 1 + p["edge_reach"], _STEPS)
    profile = _sampled(image, spacing, star, share)
    inside = _sampled(image, spacing, star, np.linspace(0.0, p["edge_core"], 9))
    level = float(np.median(inside))
    texture = max(_MAD * float(np.median(np.abs(inside - level))), 1e-9)
    outer = np.median(profile[:, -_STEPS // 5 :], axis=1)
    if _spread_inside(image, spacing, star) > p["edge_even"]:
        return None
    step = outer - level
    polarity = np.sign(np.median(step))
    clear: NDArray[np.bool_] = np.asarray(step * polarity > p["edge_contrast"] * texture)
    half = level + step / 2
    past = (profile - half[:, None]) * polarity
    crosses = (past[:, :-1] < 0) & (past[:, 1:] >= 0)
    clear &= crosses.any(axis=1)
    if clear.mean() < p["edge_rays"]:
        return None
    nearest = np.where(crosses, np.abs(share[:-1] - 1), np.inf).argmin(axis=1)
    each = np.arange(_RAYS)
    low, high = past[each, nearest], past[each, nearest + 1]
    at = share[nearest] + (share[1] - share[0]) * (-low) / np.where(high - low > 0, high - low, 1.0)
    angle = _angles()
    ratio = np.interp(angle, angle[clear], at[clear], period=2 * np.pi)
    return np.asarray(star.radius_mm * ndimage.median_filter(ratio, 5, mode="wrap"), dtype=np.float64)


def _spread_inside(image: NDArray[np.float32], spacing: FloatArray, star: _Star) -> float:
    """Return the spread of the voxels inside against the noise, which is what a median of neighbours takes away."""
    reach = float(star.radius_mm.max())
    axes = [np.arange(n) * s - c for n, s, c in zip(image.shape, spacing, star.centre_mm, strict=True)]
    box = np.ix_(*(np.flatnonzero(np.abs(a) <= 2 * reach) for a in axes))
    part = image[box].astype(np.float64)
    x, y = (axis[np.abs(axis) <= 2 * reach] for axis in axes)
    away = np.hypot(x[:, None], y[None, :])
    radius = float(np.median(star.radius_mm))
    core = away <= nerve_parameters()["edge_core"] * radius
    ring = (away >= _RING[0] * radius) & (away <= _RING[1] * radius)
    if core.sum() < _FEWEST or ring.sum() < _FEWEST:
        return np.inf
    left = (part - ndimage.median_filter(part, 3))[ring]
    noise = _MAD * float(np.median(np.abs(left))) / _LEFT_BY_MEDIAN
    return float(part[core].std()) / noise if noise > 0 else np.inf


def _sampled(image: NDArray[np.float32], spacing: FloatArray, star: _Star, share: FloatArray) -> FloatArray:
    """Return the signal at shares of the radius, (_RAYS, n)."""
    angle = _angles()[:, None]
    reach = star.radius_mm[:, None] * share[None, :]
    index = [(star.centre_mm[n] + reach * part) / spacing[n] for n, part in enumerate((np.cos(angle), np.sin(angle)))]
    return np.asarray(ndimage.map_coordinates(image.astype(np.float64), index, order=1, mode="nearest"))


def _share(star: _Star, shape: tuple[int, ...], spacing: FloatArray) -> NDArray[np.float32]:
    """Return the share of each voxel within the outline, by points on a finer grid."""
    reach = float(star.radius_mm.max()) + float(spacing.max())
    low = np.maximum(np.floor((star.centre_mm - reach) / spacing).astype(int), 0)
    high = np.maximum(np.minimum(np.ceil((star.centre_mm + reach) / spacing).astype(int) + 1, shape), low)
    offsets = (np.arange(_SUB) + 0.5) / _SUB - 0.5
    x, y = ((np.arange(low[n], high[n])[:, None] + offsets).ravel() * spacing[n] - star.centre_mm[n] for n in (0, 1))
    dx, dy = np.meshgrid(x, y, indexing="ij")
    edge = np.interp(np.arctan2(dy, dx), _angles(), star.radius_mm, period=2 * np.pi)
    inside = (np.hypot(dx, dy) <= edge).reshape(high[0] - low[0], _SUB, high[1] - low[1], _SUB)
    out = np.zeros(shape, dtype=np.float32)
    out[low[0] : high[0], low[1] : high[1]] = inside.mean(axis=(1, 3))
    return out
