"""What changes along one nerve, against its own baseline: swelling, narrowing, hourglass, displacement, brightness.

A single section makes a sign only between two sure ones. The baseline is the median over the sections that are
sure. Nothing is compared with other people here: where no limit for the method exists, this is all that can be said.
Unsure sections never make a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.nerves.measurements import NerveMeasurement, NerveReport
from ranvier.imaging.nerves.parameters import nerve_parameters

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
_FITS = 20
ChangeKind = Literal[
    "focal_swelling", "focal_narrowing", "hourglass", "entrapment_pattern", "nerve_displaced", "bright_stretch"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A stretch of a nerve that differs from the rest of it.

    Attributes
    ----------
    kind : str
    first_slice, last_slice : int
    ratio : float
        The most extreme value against the baseline of the nerve; of a displacement, against its least.
    text : str
        In words, with numbers.
    is_sign : bool
        False where it was seen in one section that has no sure one on both sides, or where the weighting of the image
        does not let it be read as a sign: it is told and not weighed.
    """

    kind: ChangeKind
    first_slice: int
    last_slice: int
    ratio: float
    text: str
    is_sign: bool = True


def sure_rows(report: NerveReport) -> BoolArray:
    """Return which sections are sure, (n,) bool."""
    least = nerve_parameters()["unsure_below"]
    return np.array([m.confidence >= least and m.area_mm2 > 0 for m in report.measurements], dtype=np.bool_)


def changes_untold(report: NerveReport) -> str:
    """Return why nothing can be said about changes along a nerve, in words; empty where it can."""
    p, sure = nerve_parameters(), sure_rows(report)
    if sure.sum() >= max(p["sure_sections"], p["baseline_window"] * len(sure)):
        return ""
    return (
        f"changes along the nerve were not judged: {int(sure.sum())} of {len(sure)} sections are sure, that takes at"
        f" least {p['sure_sections']:g} and half of all"
    )


def changes_along(report: NerveReport) -> tuple[Change, ...]:
    """Return the changes along one nerve, none where too few sections are sure."""
    if changes_untold(report):
        return ()
    p, sure = nerve_parameters(), sure_rows(report)
    rows = report.measurements
    area = np.array([m.area_mm2 for m in rows])
    ratio = area / np.median(area[sure])
    swollen = _stretches(rows, sure, ratio >= p["swelling_ratio"], ratio, ("focal_swelling", "swollen"))
    if report.is_root:
        swollen = tuple(replace(s, text=f"{s.text}; the ganglion of a root looks like this") for s in swollen)
    narrow = _stretches(rows, sure, (ratio > 0) & (ratio <= p["narrowing_ratio"]), ratio, ("focal_narrowing", "narrow"))
    beside = (*_hourglasses(rows, narrow, ratio, sure), *_entrapments(rows, swollen, narrow))
    return (*swollen, *narrow, *beside, *_displaced(rows, sure), *_bright(rows, sure))


def _stretches(
    rows: Sequence[NerveMeasurement],
    sure: BoolArray,
    beyond: BoolArray,
    ratio: FloatArray,
    words: tuple[ChangeKind, str],
) -> tuple[Change, ...]:
    """Return one change for each run of neighbouring sections that are `beyond` and of which some are sure.

    Unsure sections join what lies on both sides of them and are not counted. `words` are the kind and what is said.
    """
    kind, word = words
    edges = np.flatnonzero(np.diff(np.concatenate([[False], beyond, [False]]).astype(np.int8)))
    out = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        some = np.flatnonzero(sure[start:stop]) + start
        if not len(some):
            continue
        part = ratio[some]
        extreme = float(part[np.abs(np.log(part)).argmax()])
        low, high = int(some[0]), int(some[-1])
        first, last = rows[low].slice, rows[high].slice
        length = rows[high].position_mm - rows[low].position_mm
        text = f"{word} in {_slices(first, last)}{f' ({length:.0f} mm)' if high > low else ''}"
        text += f": {extreme:.2f} times the nerve's own median"
        held = high > low or bool(0 < low < len(rows) - 1 and sure[low - 1] and sure[low + 1])
        text += "" if held else "; seen in one section only that has no sure one on both sides, so not weighed"
        out.append(Change(kind=kind, first_slice=first, last_slice=last, ratio=extreme, text=text, is_sign=held))
    return tuple(out)


def _slices(first: int, last: int) -> str:
    return f"slice {first}" if first == last else f"slices {first} to {last}"


def _entrapments(
    rows: Sequence[NerveMeasurement], swollen: Sequence[Change], narrow: Sequence[Change]
) -> tuple[Change, ...]:
    """Return where a swelling lies next to a narrowing: the picture of a compressed nerve."""
    at = {m.slice: m.position_mm for m in rows}
    reach = nerve_parameters()["neighbour_mm"]
    out = []
    for wide in swollen:
        for tight in narrow:
            gap = max(at[tight.first_slice] - at[wide.last_slice], at[wide.first_slice] - at[tight.last_slice])
            if 0 <= gap <= reach:
                first, last = min(wide.first_slice, tight.first_slice), max(wide.last_slice, tight.last_slice)
                text = f"swelling beside narrowing in {_slices(first, last)}, as where a nerve is compressed"
                out.append(
                    Change(kind="entrapment_pattern", first_slice=first, last_slice=last, ratio=wide.ratio, text=text)
                )
    return tuple(out)


def _hourglasses(
    rows: Sequence[NerveMeasurement], narrow: Sequence[Change], ratio: FloatArray, sure: BoolArray
) -> tuple[Change, ...]:
    """Return the short narrowings with a wider stretch close by on both sides."""
    p = nerve_parameters()
    at = np.array([m.position_mm for m in rows])
    place = {m.slice: m.position_mm for m in rows}
    wide = sure & (ratio >= p["hourglass_beside_ratio"])
    out = []
    for tight in narrow:
        first, last = place[tight.first_slice], place[tight.last_slice]
        before = wide & (at < first) & (at >= first - p["hourglass_beside_mm"])
        after = wide & (at > last) & (at <= last + p["hourglass_beside_mm"])
        if last - first <= p["hourglass_length_mm"] and before.any() and after.any():
            where = _slices(tight.first_slice, tight.last_slice)
            text = f"hourglass in {where}: {tight.ratio:.2f} times the nerve's own median, wider on both sides"
            out.append(replace(tight, kind="hourglass", text=text, is_sign=True))
    return tuple(out)


def _displaced(rows: Sequence[NerveMeasurement], sure: BoolArray) -> tuple[Change, ...]:
    """Return where the nerve leaves its own smooth course, a parabola through most of its sections."""
    p = nerve_parameters()
    if sure.sum() < 2 * p["sure_sections"]:
        return ()
    points = np.array([[m.x_mm, m.y_mm, m.z_mm] for m in rows])
    at = np.linspace(-1.0, 1.0, len(rows))
    terms = np.column_stack([np.ones_like(at), at, at**2])
    weight = sure.astype(np.float64)
    for _ in range(_FITS):
        root = np.sqrt(weight)[:, None]
        course = terms @ np.linalg.lstsq(terms * root, points * root, rcond=None)[0]
        away = np.linalg.norm(points - course, axis=1)
        weight = sure / (1 + (away / (p["displacement_mm"] / 4)) ** 2) ** 2
    mask = sure & (away >= p["displacement_mm"])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    out = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        farthest = float(away[start:stop].max())
        first, last = rows[start].slice, rows[stop - 1].slice
        text = f"displaced by {farthest:.0f} mm from its own smooth course in {_slices(first, last)}"
        ratio = farthest / p["displacement_mm"]
        out.append(Change(kind="nerve_displaced", first_slice=first, last_slice=last, ratio=ratio, text=text))
    return tuple(out)


def bright_stretches(report: NerveReport) -> tuple[Change, ...]:
    """Return where a nerve is brighter than its own baseline, none where too few sections are sure."""
    return () if changes_untold(report) else _bright(report.measurements, sure_rows(report))


def _bright(rows: Sequence[NerveMeasurement], sure: BoolArray) -> tuple[Change, ...]:
    signal = np.array([m.signal_ratio if m.signal_ratio is not None else np.nan for m in rows])
    known = sure & np.isfinite(signal)
    if known.sum() < nerve_parameters()["sure_sections"]:
        return ()
    ratio = np.where(known, signal / np.median(signal[known]), 1.0)
    return _stretches(rows, known, ratio >= nerve_parameters()["bright_ratio"], ratio, ("bright_stretch", "bright"))
