"""Height of a disc and what of it lies behind the line between the posterior corners of its endplates.

In each sagittal plane the corner of a vertebra is the rearmost point of its body in a band next to the disc; disc
behind the straight line between the two corners is displaced. Its depth is taken perpendicular to the contour of the
corners seen from above. Where a label is a whole vertebra, its body ends just behind the front of the canal; beside the
canal that keeps up to 1 mm of the pedicle and hides as much of the disc. Zones and words follow Fardon DF et al, Spine
J 2014;14:2525 (doi 10.1016/j.spinee.2014.04.022).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import UnreadableImageError
from ranvier.imaging.spine.frame import rear_edge, within
from ranvier.imaging.spine.segment import Segment
from ranvier.imaging.spine.settings import spine_parameters
from ranvier.imaging.volume import FloatArray

_SMOOTH_COLUMNS = 1.0
_LEAST_SHARE = 0.5
_FEWEST_STEPS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscHeight:
    """Heights of the disc near the midline in mm, by thirds from the front; extent of its footprint in mm."""

    anterior_mm: float
    middle_mm: float
    posterior_mm: float
    depth_mm: float
    width_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulge:
    """Displaced disc, column by column from left to right.

    Attributes
    ----------
    right_mm : ndarray
        (n,) place of the columns, mm to the right of the middle.
    depth_mm : ndarray
        (n,) displacement behind the line, 0 where there is none; NaN where it cannot be told.
    line_mm : ndarray
        (n,) place of the line at the height of the deepest point, along front.
    profile_mm2 : ndarray
        (n,) area of displaced disc in each sagittal plane.
    tall_mm : ndarray
        (n,) extent of displaced disc along up.
    """

    right_mm: FloatArray
    depth_mm: FloatArray
    line_mm: FloatArray
    profile_mm2: FloatArray
    tall_mm: FloatArray


def measure_heights(segment: Segment) -> DiscHeight:
    """Return the heights of the disc; displaced disc behind the bodies does not count.

    Raises
    ------
    UnreadableImageError
        If the disc does not reach the middle of its level or is no more than a few points there.
    """
    p, grid = spine_parameters(), segment.grid
    step = float(grid.up[1] - grid.up[0])
    thick = segment.disc.sum(axis=2) * step
    middle = np.abs(grid.right) <= p["middle_half"]
    profile = thick[middle].mean(axis=0)
    if not (profile > step / 2).any():
        raise UnreadableImageError(f"{segment.level.level}: the disc has no voxel near the middle of its level")
    inside = np.flatnonzero(profile >= _LEAST_SHARE * np.median(profile[profile > step / 2]))
    bodies = np.asarray(within(np.maximum(segment.upper, segment.lower))[middle].any(axis=(0, 2)), dtype=np.bool_)
    inside = inside[bodies[inside]] if bodies[inside].any() else inside
    rear, front = int(inside[0]), int(inside[-1])
    if front - rear < _FEWEST_STEPS:
        raise UnreadableImageError(f"{segment.level.level}: the disc is too short from front to back to be one")
    skip = round(p["edge_share"] * (front - rear))
    rear_third, middle_third, front_third = np.array_split(profile[rear + skip : front + 1 - skip], 3)
    extent = within(segment.disc).any(axis=(1, 2))
    return DiscHeight(
        anterior_mm=float(front_third.mean()),
        middle_mm=float(middle_third.mean()),
        posterior_mm=float(rear_third.mean()),
        depth_mm=float(grid.front[front] - grid.front[rear]),
        width_mm=float(np.ptp(grid.right[extent])) if extent.any() else 0.0,
    )


def measure_bulge(segment: Segment) -> Bulge:
    """Return the displaced disc of a level."""
    p, grid = spine_parameters(), segment.grid
    step = float(grid.up[1] - grid.up[0])
    upper_f, upper_u = _corners(segment.upper, segment, above=True)
    lower_f, lower_u = _corners(segment.lower, segment, above=False)
    rear = rear_edge(segment.disc, grid.front)
    span = np.where(upper_u > lower_u, upper_u - lower_u, np.nan)
    part = np.clip((grid.up[None, :] - lower_u[:, None]) / span[:, None], 0, 1)
    line = lower_f[:, None] + part * (upper_f - lower_f)[:, None]
    beyond = np.where(np.isfinite(rear), line - rear, -np.inf)
    known = np.isfinite(line).all(axis=1) & np.isfinite(rear).any(axis=1)
    deepest = np.where(known, np.where(np.isfinite(beyond), beyond, -np.inf).argmax(axis=1), 0)
    rows = np.arange(len(grid.right))
    corner = (upper_f + lower_f) / 2
    slope = _slope(corner, grid.right)
    bodies = np.isfinite(corner)
    half = float(np.abs(grid.right[bodies]).max()) if bodies.any() else 0.0
    known &= (np.abs(slope) <= p["contour_slope"]) & (np.abs(grid.right) <= p["lateral_share"] * half)
    lean = 1 / np.sqrt(1 + slope**2)
    behind = np.where(np.isfinite(beyond) & (beyond > 0), beyond, 0.0)
    return Bulge(
        right_mm=grid.right,
        depth_mm=np.where(known, behind[rows, deepest] * lean, np.nan),
        line_mm=np.where(known, line[rows, deepest], np.nan),
        profile_mm2=np.where(known, behind.sum(axis=1) * step, np.nan),
        tall_mm=np.where(known, (behind > segment.voxel_mm / 2).sum(axis=1) * step, np.nan),
    )


def _corners(body: NDArray[np.float32], segment: Segment, *, above: bool) -> tuple[FloatArray, FloatArray]:
    """Return the posterior corner of a body next to the disc in each column: place along front and height, (R,) mm."""
    grid, band = segment.grid, spine_parameters()["endplate_band"]
    rear = rear_edge(body, grid.front)
    disc_rows = np.asarray(within(segment.disc).any(axis=1), dtype=np.bool_)
    front, height = np.full(len(grid.right), np.nan), np.full(len(grid.right), np.nan)
    for column in np.flatnonzero(disc_rows.any(axis=1)):
        middle = float(np.median(grid.up[disc_rows[column]]))
        side = grid.up > middle if above else grid.up < middle
        rows = np.flatnonzero(side & np.isfinite(rear[column]))
        if not len(rows):
            continue
        distance = np.abs(grid.up[rows] - (grid.up[rows[0]] if above else grid.up[rows[-1]]))
        rows = rows[distance <= band]
        best = rows[int(np.argmin(rear[column, rows]))]
        front[column], height[column] = rear[column, best], grid.up[best]
    return _smoothed(front), _smoothed(height)


def _smoothed(values: FloatArray) -> FloatArray:
    """Return values smoothed over neighbouring columns; unknown columns stay so and do not spread."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    weight = ndimage.gaussian_filter1d(known.astype(np.float64), _SMOOTH_COLUMNS)
    total = ndimage.gaussian_filter1d(filled, _SMOOTH_COLUMNS)
    return np.asarray(np.where(known, total / np.where(weight > 0, weight, 1.0), np.nan))


def _slope(values: FloatArray, positions: FloatArray) -> FloatArray:
    known = np.isfinite(values)
    if known.sum() < 3:
        return np.zeros_like(values)
    filled = np.interp(positions, positions[known], values[known])
    return np.asarray(np.gradient(ndimage.gaussian_filter1d(filled, 2 * _SMOOTH_COLUMNS), positions))


@dataclass(frozen=True, slots=True, kw_only=True)
class BulgeSize:
    """The displaced disc as a whole.

    Attributes
    ----------
    depth_mm : float
        Largest depth.
    at_right_mm : float
        Where it lies, mm to the right of the middle.
    area_mm2 : float
        Area of displaced disc seen from above.
    profile_mm2 : float
        Largest area in a sagittal plane.
    base_mm : float
        Width over which the depth is a quarter of the largest or more.
    circumference_share : float
        `base_mm` over the circumference of the disc (as an ellipse).
    shape : str
        ``bulge``, ``protrusion`` or ``extrusion`` by their proportions; empty where nothing stands out of the voxels.
    """

    depth_mm: float
    at_right_mm: float
    area_mm2: float
    profile_mm2: float
    base_mm: float
    circumference_share: float
    shape: str


def bulge_size(bulge: Bulge, heights: DiscHeight, segment: Segment) -> BulgeSize | None:
    """Return the size of the displaced disc, None where no column could be judged."""
    known = np.isfinite(bulge.depth_mm)
    if not known.any():
        return None
    depth = np.where(known, bulge.depth_mm, 0.0)
    top = int(depth.argmax())
    step = float(bulge.right_mm[1] - bulge.right_mm[0])
    out = ndimage.label(depth >= max(spine_parameters()["base_depth_share"] * depth[top], 1e-6))[0]
    base = float((out == out[top]).sum()) * step if depth[top] > 0 else 0.0
    a, b = heights.depth_mm / 2, heights.width_mm / 2
    around = float(np.pi * (3 * (a + b) - np.sqrt((3 * a + b) * (a + 3 * b))))
    share = base / around if around else 0.0
    shape = ""
    if depth[top] >= spine_parameters()["bulge_voxels"] * segment.voxel_mm:
        tall = float(np.nanmax(bulge.tall_mm))
        focal = share <= spine_parameters()["focal_share"]
        shape = "bulge" if not focal else "protrusion"
        if focal and (depth[top] > base or tall > heights.posterior_mm + 2 * segment.slice_mm):
            shape = "extrusion"
    return BulgeSize(
        depth_mm=float(depth[top]),
        at_right_mm=float(bulge.right_mm[top]),
        area_mm2=float(depth.sum() * step),
        profile_mm2=float(np.nanmax(bulge.profile_mm2)),
        base_mm=base,
        circumference_share=share,
        shape=shape,
    )
