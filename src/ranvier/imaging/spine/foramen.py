"""Pedicles, foramina and lateral recesses of a level, as far as its labels carry them.

A foramen is the opening that two vertebrae and their disc close in, seen in a sagittal plane through the pedicles; gaps
as wide as a joint are bridged. Where the labels leave it open there is no area, and the reason is told. Cervical
foramina run obliquely and are not measured: a sagittal plane would cut them slanted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import Side
from ranvier.imaging.spine.frame import front_edge, rear_edge
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
        Where the plane lies, mm to the right of the middle.
    note : str
        Why there is no area; empty where there is one.
    """

    area_mm2: float | None = None
    height_mm: float | None = None
    depth_mm: float | None = None
    at_right_mm: float | None = None
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
    if segment.level.region == "cervical":
        return Foramen(note="a cervical foramen runs obliquely: no sagittal area")
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
        found = _measured(_closed_in(solid[column], segment), segment, float(grid.right[column]))
        if found.area_mm2 is None or found.height_mm is None or found.height_mm < least:
            continue
        if best.area_mm2 is None or found.area_mm2 < best.area_mm2:
            best = found
    return best


def _measured(hole: Plane, segment: Segment, at_right_mm: float) -> Foramen:
    if not hole.any():
        return Foramen()
    depth, height = (float(np.ptp(np.flatnonzero(hole.any(axis=n))) + 1) for n in (1, 0))
    front, up = _steps(segment)
    return Foramen(
        area_mm2=float(hole.sum()) * front * up,
        height_mm=height * up,
        depth_mm=depth * front,
        at_right_mm=at_right_mm,
    )


def foramen_plane(segment: Segment, foramen: Foramen) -> Plane | None:
    """Return the opening that was measured, (F, U), None where there is none."""
    if foramen.at_right_mm is None:
        return None
    column = int(np.argmin(np.abs(segment.grid.right - foramen.at_right_mm)))
    solid = np.max([segment.upper_bone, segment.lower_bone, segment.upper, segment.lower, segment.disc], axis=0) >= 0.5
    return _closed_in(solid[column], segment)


def _steps(segment: Segment) -> tuple[float, float]:
    """Return the steps along front and up, mm."""
    grid = segment.grid
    return float(grid.front[1] - grid.front[0]), float(grid.up[1] - grid.up[0])


def _closed_in(solid: Plane, segment: Segment) -> Plane:
    """Return the largest opening of a sagittal plane that bone and disc close in, (F, U)."""
    reach = round(spine_parameters()["foramen_gap"] / 2 / _steps(segment)[0])
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
