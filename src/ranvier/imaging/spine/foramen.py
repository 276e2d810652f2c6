"""Pedicles, foramina and lateral recesses of a level, as far as its labels carry them.

A foramen is the opening that two vertebrae and their disc close in, seen in a sagittal plane through the pedicles; gaps
as wide as a joint are bridged. Where the labels leave it open there is no area, and the reason is told. Cervical
foramina run obliquely forward: they are seen in planes turned about the axis of the neck, between bone of the upper
vertebra above and of the lower one below.

References
----------
Pech P, Daniels DL, Williams AL, Haughton VM. The cervical neural foramina: correlation of microtomy and CT anatomy.
Radiology 1985;155:143. doi:10.1148/radiology.155.1.3975392 (the angle is read in a paper that quotes it)
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import Side
from ranvier.imaging.spine.frame import Grid, Share, front_edge, rear_edge
from ranvier.imaging.spine.segment import Segment, rows_within
from ranvier.imaging.spine.settings import spine_parameters

Plane = NDArray[np.bool_]
_FLANK_MM = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedicle:
    """Bone beside the canal; distances from the middle to the side and heights, mm."""

    medial_mm: float
    lateral_mm: float
    low_mm: float
    high_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Foramen:
    """The narrowest sagittal opening; None with a reason where it cannot be measured.

    Attributes
    ----------
    area_mm2, height_mm, depth_mm : float or None
        Depth is the largest front-to-back extent.
    at_right_mm : float or None
        Where the plane lies, mm to the right of the middle along the first axis of `grid`.
    grid : Grid or None
        The turned grid of a cervical foramen; None for the grid of the level.
    opening : ndarray or None
        (F, U) bool, what was measured in that plane.
    note : str
        Why there is no area; empty where there is one.
    """

    area_mm2: float | None = None
    height_mm: float | None = None
    depth_mm: float | None = None
    at_right_mm: float | None = None
    grid: Grid | None = None
    opening: Plane | None = None
    note: str = ""


def sign_of(side: Side) -> float:
    """Return the direction of a side along right: 1 for right, -1 for left."""
    return 1.0 if side is Side.RIGHT else -1.0


def find_pedicle(segment: Segment, bone: NDArray[np.float32], side: Side) -> Pedicle | None:
    """Return the pedicle of a vertebra on one side, None where the labels have none.

    Parameters
    ----------
    segment : Segment
    bone : ndarray
        (R, F, U) share of the whole vertebra.
    side : Side
    """
    p, grid = spine_parameters(), segment.grid
    middle = _canal_middle(segment)
    if middle is None:
        return None
    front, plane = grid.front[None, :, None], segment.canal_front[None, None, :]
    slab = (front <= plane - _FLANK_MM) & (front >= middle[None, None, :])
    cover = np.where(slab, bone, 0).sum(axis=1) / np.maximum(slab.sum(axis=1), 1)
    found = (cover >= 0.5) & (grid.right[:, None] * sign_of(side) > 0)
    labelled, count = ndimage.label(found)
    if not count:
        return None
    largest = 1 + int(np.argmax(ndimage.sum_labels(found, labelled, range(1, count + 1))))
    columns, rows = np.nonzero(labelled == largest)
    across, heights = np.abs(grid.right[columns]), grid.up[rows]
    if min(np.ptp(across), np.ptp(heights)) < p["pedicle_low"]:
        return None
    return Pedicle(
        medial_mm=float(across.min()),
        lateral_mm=float(across.max()),
        low_mm=float(heights.min()),
        high_mm=float(heights.max()),
    )


def _canal_middle(segment: Segment) -> NDArray[np.float64] | None:
    """Return the middle of the canal from front to back as a straight line over the height, (U,) mm."""
    grid = segment.grid
    weight = segment.canal.sum(axis=0)
    total = weight.sum(axis=0)
    rows = total > 0.5 * total.max() if total.max() > 0 else np.zeros(len(total), dtype=np.bool_)
    if rows.sum() < 2:
        return None
    middle = (weight[:, rows] * grid.front[:, None]).sum(axis=0) / total[rows]
    return np.asarray(np.polyval(np.polyfit(grid.up[rows], middle, 1), grid.up))


def measure_foramen(segment: Segment, upper: Pedicle | None, lower: Pedicle | None, side: Side) -> Foramen:
    """Return the foramen between two pedicles on one side."""
    p, grid = spine_parameters(), segment.grid
    if not segment.has_arches:
        return Foramen(note="the label map has no arches")
    if upper is None or lower is None:
        return Foramen(note="the labels show no pedicle above or below")
    low, high = max(upper.medial_mm, lower.medial_mm), min(upper.lateral_mm, lower.lateral_mm)
    across = grid.right * sign_of(side)
    best = Foramen(note="the labels leave the foramen open")
    least = p["foramen_share"] * (upper.low_mm - lower.high_mm)
    solid = np.max([segment.upper_bone, segment.lower_bone, segment.upper, segment.lower, segment.disc], axis=0) >= 0.5
    for column in np.flatnonzero((across >= low) & (across <= high)):
        found = _measured(_closed_in(solid[column], grid), grid, float(grid.right[column]))
        if found.area_mm2 is None or found.height_mm is None or found.height_mm < least:
            continue
        if best.area_mm2 is None or found.area_mm2 < best.area_mm2:
            best = found
    return best


def _measured(hole: Plane, grid: Grid, at_right_mm: float) -> Foramen:
    if not hole.any():
        return Foramen()
    depth, height = (float(np.ptp(np.flatnonzero(hole.any(axis=n))) + 1) for n in (1, 0))
    front, up = _steps(grid)
    return Foramen(
        area_mm2=float(hole.sum()) * front * up,
        height_mm=height * up,
        depth_mm=depth * front,
        at_right_mm=at_right_mm,
        opening=hole,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ObliqueBones:
    """A cervical level on a grid whose first axis runs along the foramina of one side, (R, F, U) shares."""

    grid: Grid
    upper: Share
    lower: Share
    disc: Share
    canal: Share


def measure_oblique_foramen(bones: ObliqueBones, side: Side) -> Foramen:
    """Return the foramen of a cervical level: the narrowest opening along its course.

    An opening counts where bone of the upper vertebra lies above it and bone of the lower one below, and it is not the
    canal; it must go on for as long as the smallest pedicle.
    """
    p, grid = spine_parameters(), bones.grid
    solid = np.max([bones.upper, bones.lower, bones.disc], axis=0) >= 0.5
    found = []
    for column in np.flatnonzero(grid.right * sign_of(side) > 0):
        hole = _closed_in(solid[column], grid)
        if hole.any() and _between(hole, bones, int(column)):
            found.append(replace(_measured(hole, grid, float(grid.right[column])), grid=grid))
    if len(found) * abs(float(grid.right[1] - grid.right[0])) < p["pedicle_low"]:
        return Foramen(note="the labels leave the foramen open")
    least = p["foramen_share"] * float(np.median([f.height_mm or 0.0 for f in found]))
    return min((f for f in found if (f.height_mm or 0.0) >= least), key=lambda f: f.area_mm2 or 0.0)


def _between(hole: Plane, bones: ObliqueBones, column: int) -> bool:
    """Return whether an opening lies between the two vertebrae, and outside the canal."""
    if float(bones.canal[column][hole].mean()) >= 0.5:
        return False
    rows = np.flatnonzero(hole.any(axis=1))
    highest = np.array([np.flatnonzero(hole[f])[-1] for f in rows])
    lowest = np.array([np.flatnonzero(hole[f])[0] for f in rows])
    middle = len(rows) // 2
    above = bones.upper[column][rows[middle], highest[middle] :]
    below = bones.lower[column][rows[middle], : lowest[middle] + 1]
    return bool((above >= 0.5).any() and (below >= 0.5).any())


def _steps(grid: Grid) -> tuple[float, float]:
    """Return the steps along front and up, mm."""
    return float(grid.front[1] - grid.front[0]), float(grid.up[1] - grid.up[0])


def _closed_in(solid: Plane, grid: Grid) -> Plane:
    """Return the largest opening of a sagittal plane that bone and disc close in, (F, U)."""
    reach = round(spine_parameters()["foramen_gap"] / 2 / _steps(grid)[0])
    padded = np.pad(solid, reach + 1)
    disk = np.add.outer(np.arange(-reach, reach + 1) ** 2, np.arange(-reach, reach + 1) ** 2) <= reach**2
    filled = ndimage.binary_fill_holes(ndimage.binary_closing(padded, disk))
    empty = ndimage.binary_opening(filled & ~padded, disk)[reach + 1 : -reach - 1, reach + 1 : -reach - 1]
    labelled, count = ndimage.label(empty)
    if not count:
        return np.zeros_like(solid)
    sizes = ndimage.sum_labels(empty, labelled, range(1, count + 1))
    return np.asarray(labelled == 1 + int(np.argmax(sizes)))


def measure_recess(segment: Segment, lower: Pedicle | None, side: Side) -> float | None:
    """Return the front-to-back width of the lateral recess in mm: from body and disc to the arch behind it.

    It is the least width in a strip inside the pedicle of the lower vertebra, about the top of that pedicle; None where
    no arch lies behind the strip.
    """
    p, grid = spine_parameters(), segment.grid
    if lower is None or not segment.has_arches:
        return None
    across = grid.right * sign_of(side)
    inner = lower.medial_mm - _FLANK_MM
    columns = (across <= inner) & (across >= inner - p["recess_inside"])
    rows = rows_within(grid.up, lower.high_mm - p["recess_inside"], lower.high_mm + p["recess_inside"])
    if not columns.any() or not rows.any():
        return None
    ahead = np.maximum(segment.lower, segment.disc)[columns][:, :, rows]
    behind = np.maximum(segment.upper_bone, segment.lower_bone)[columns][:, :, rows]
    behind = behind * (grid.front[None, :, None] < (segment.canal_front[rows] - _FLANK_MM)[None, None, :])
    gap = rear_edge(ahead, grid.front) - front_edge(behind, grid.front)
    free = gap[np.isfinite(gap) & (gap > segment.voxel_mm)]
    return float(free.min()) if len(free) else None
