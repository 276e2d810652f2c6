"""One nerve on both sides: sizes, how much of the nerve is thickened, and its course against that of the other side.

Only nerves that were measured in the same slices are compared section by section. Side to side is no verdict: a thin
nerve on one side looks like a thick one on the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ranvier.core import Side
from ranvier.imaging.nerves.measurements import NerveMeasurement, NerveReport
from ranvier.imaging.nerves.parameters import nerve_parameters

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Extent = Literal["diffuse", "focal", "none"]
_FITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorShift:
    """A stretch where the course of one side leaves the mirror image of the other.

    Attributes
    ----------
    first_slice, last_slice : int
    farthest_mm : float
    side : Side
        The side that also leaves its own straight course there; `UNKNOWN` where both or neither do.
    """

    first_slice: int
    last_slice: int
    farthest_mm: float
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class SideComparison:
    """A nerve that was measured on both sides.

    Attributes
    ----------
    nerve : str
    ratio : float or None
        Median area of the left over the right; None where one has none.
    extent : str or None
        How much of the nerve is thicker on the larger side: ``diffuse``, ``focal`` or ``none``; None where the sides
        share too few sure sections.
    shifts : tuple of MirrorShift
    text : str
    """

    nerve: str
    ratio: float | None
    extent: Extent | None
    shifts: tuple[MirrorShift, ...]
    text: str


def compare_sides(reports: Sequence[NerveReport], areas_mm2: Sequence[float | None]) -> tuple[SideComparison, ...]:
    """Return one comparison for each nerve with a left and a right side.

    Parameters
    ----------
    reports : sequence of NerveReport
        Of one volume.
    areas_mm2 : sequence of (float or None)
        Median area of each.
    """
    out = []
    for one, left in zip(reports, areas_mm2, strict=True):
        for other, right in zip(reports, areas_mm2, strict=True):
            if one.nerve == other.nerve and (one.side, other.side) == (Side.LEFT, Side.RIGHT):
                ratio = left / right if left and right else None
                extent, shifts = _extent(one, other), mirror_shifts(one, other)
                text = _in_words(one.nerve, (left, right), ratio, extent, shifts)
                out.append(SideComparison(nerve=one.nerve, ratio=ratio, extent=extent, shifts=shifts, text=text))
    return tuple(out)


def extent_of(area_mm2: FloatArray, limit_mm2: float) -> Extent | None:
    """Return how much of a nerve lies above a limit, None where too few sections are sure.

    Parameters
    ----------
    area_mm2 : ndarray
        (n,) of the sure sections along the nerve, in order.
    limit_mm2 : float
    """
    p = nerve_parameters()
    if len(area_mm2) < p["sure_sections"]:
        return None
    above = area_mm2 > limit_mm2
    if above.mean() >= p["diffuse_share"]:
        return "diffuse"
    return "focal" if _runs(above, 2) else "none"


def sure_areas(report: NerveReport) -> FloatArray:
    """Return the areas of the sure sections, mm2."""
    return np.array([m.area_mm2 for m in report.measurements if _sure(m)])


def _sure(m: NerveMeasurement) -> bool:
    return m.confidence >= nerve_parameters()["unsure_below"] and m.area_mm2 > 0


def _shared(one: NerveReport, other: NerveReport) -> list[tuple[NerveMeasurement, NerveMeasurement]]:
    """Return the sure sections of both in the same slices."""
    if one.slice_axis != other.slice_axis:
        return []
    right = {m.slice: m for m in other.measurements if _sure(m)}
    return [(m, right[m.slice]) for m in one.measurements if _sure(m) and m.slice in right]


def _extent(left: NerveReport, right: NerveReport) -> Extent | None:
    pairs = _shared(left, right)
    if not pairs:
        return None
    ratio = np.array([a.area_mm2 / b.area_mm2 for a, b in pairs])
    ratio = ratio if np.median(ratio) >= 1 else 1 / ratio
    widest = max(ratio, 1 / ratio, key=lambda r: float(r.max())) if _balanced(ratio) else ratio
    return extent_of(widest, nerve_parameters()["side_ratio"])


def _balanced(ratio: FloatArray) -> bool:
    """Tell whether the sides are alike over most of their course, so that a bulge may be on either."""
    return float(np.median(ratio)) < nerve_parameters()["side_ratio"]


def mirror_shifts(left: NerveReport, right: NerveReport) -> tuple[MirrorShift, ...]:
    """Return where the course of one side leaves the mirror image of the other.

    The right course is mirrored in the sagittal plane; a difference that is even or grows evenly along the nerve (a
    turned or tilted patient, a curved spine) is taken off by a line that most sections fit.
    """
    p = nerve_parameters()
    pairs = _shared(left, right)
    if len(pairs) < 2 * p["sure_sections"]:
        return ()
    a, b = (np.array([[m.x_mm, m.y_mm, m.z_mm] for m in side]) for side in zip(*pairs, strict=True))
    away = _off_line(a - b * np.array([-1.0, 1.0, 1.0]))
    out = []
    for start, stop in _runs(away >= p["displacement_mm"], 1):
        own = [float(_off_line(side)[start:stop].max()) >= p["displacement_mm"] / 2 for side in (a, b)]
        side = Side.UNKNOWN if own[0] == own[1] else Side.LEFT if own[0] else Side.RIGHT
        first, last = pairs[start][0].slice, pairs[stop - 1][0].slice
        farthest = float(away[start:stop].max())
        out.append(MirrorShift(first_slice=first, last_slice=last, farthest_mm=farthest, side=side))
    return tuple(out)


def _off_line(points: FloatArray) -> FloatArray:
    """Return the distance of each point from the line through most of them, (n,) mm."""
    at = np.linspace(-1.0, 1.0, len(points))
    terms = np.column_stack([np.ones_like(at), at])
    weight = np.ones(len(points))
    away = np.zeros(len(points))
    for _ in range(_FITS):
        root = np.sqrt(weight)[:, None]
        line = terms @ np.linalg.lstsq(terms * root, points * root, rcond=None)[0]
        away = np.linalg.norm(points - line, axis=1)
        weight = 1 / (1 + (away / (nerve_parameters()["displacement_mm"] / 4)) ** 2) ** 2
    return away


def _runs(mask: BoolArray, least: int) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= least]


def _in_words(
    nerve: str,
    areas: tuple[float | None, float | None],
    ratio: float | None,
    extent: Extent | None,
    shifts: Sequence[MirrorShift],
) -> str:
    left, right = areas
    parts = []
    if ratio is not None:
        differ = max(ratio, 1 / ratio) >= nerve_parameters()["side_ratio"]
        word = "the sides differ" if differ else "the sides do not differ much"
        parts.append(f"left {left:.1f}, right {right:.1f} mm2, ratio {ratio:.2f}: {word}")
    if extent == "diffuse":
        parts.append("thicker on one side along most of the shared course (diffuse)")
    elif extent == "focal":
        parts.append("thicker on one side in a short stretch (focal)")
    for shift in shifts:
        whose = {Side.LEFT: "the left", Side.RIGHT: "the right"}.get(shift.side, "one of them (which is not clear)")
        parts.append(
            f"{shift.farthest_mm:.0f} mm off the mirror image of the other side in slices {shift.first_slice} to"
            f" {shift.last_slice}, {whose} leaves its straight course"
        )
    return f"{nerve}: {'; '.join(parts) if parts else 'no section of one side is sure'}"
