"""A measured spine judged: against published limits where one holds, else level against level, and root by root.

A level stands out where its measure is far from the median of the others; the ratios are assumed and called so. No
root is named where the sizes of the bodies speak against the names of their levels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.core import OutsideReferenceError, Side
from ranvier.imaging.spine.maps import SpineMaps
from ranvier.imaging.spine.measurements import (
    LevelMeasurement,
    SideMeasurement,
    SpineMeasurements,
    measure_levels,
)
from ranvier.imaging.spine.roots import RootContact
from ranvier.imaging.spine.settings import spine_parameters
from ranvier.reference import SpineLimit, spine_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelVerdict:
    """A measure of a level against a published limit, or why there is no verdict.

    Attributes
    ----------
    level : str
    measure : str
    side : Side
        `MIDLINE` for the canal.
    value : float
    limit : SpineLimit or None
    narrow : bool or None
        None where there is no verdict.
    text : str
    """

    level: str
    measure: str
    side: Side
    value: float
    limit: SpineLimit | None
    narrow: bool | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standout:
    """A measure of a level that is far from the median of the other levels.

    Attributes
    ----------
    kind : str
        ``disc_displaced``, ``canal_narrow``, ``recess_narrow`` or ``foramen_narrow``.
    level : str
    side : Side
    zone : str
        Zone of a displaced disc, else empty.
    value, others : float
        In mm or mm2.
    text : str
    """

    kind: str
    level: str
    side: Side
    zone: str
    value: float
    others: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RootState:
    """What happens to a root at a level.

    Attributes
    ----------
    root : str
        Id of the nerve graph.
    side : Side
    level : str
    course : str
        ``traversing``, ``exiting``, or ``both`` where the same root does both.
    state : str
        ``free``, ``touched``, ``compressed`` or ``unknown``.
    text : str
    """

    root: str
    side: Side
    level: str
    course: str
    state: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineReport:
    """A spine with everything that follows from its measures."""

    measured: SpineMeasurements
    verdicts: tuple[LevelVerdict, ...]
    standouts: tuple[Standout, ...]
    roots: tuple[RootState, ...]


def measure_spine(maps: SpineMaps, *, canal: str | None = None) -> SpineReport:
    """Measure and judge a labelled spine.

    Parameters
    ----------
    maps : SpineMaps
    canal : str, optional
        What the canal label outlines: ``dural_sac`` or ``bony_canal``. Without it no limit applies.

    Raises
    ------
    UnreadableImageError
        If nothing can be measured.
    UnknownNameError
        If `canal` is neither.
    """
    measured = measure_levels(maps)
    standouts = tuple(find_standouts(measured))
    return SpineReport(
        measured=measured,
        verdicts=tuple(_verdicts(measured, canal)),
        standouts=standouts,
        roots=() if measured.names_doubted else tuple(_roots(measured, standouts)),
    )


def _verdicts(measured: SpineMeasurements, canal: str | None) -> list[LevelVerdict]:
    out = []
    for one in measured.levels:
        if one.canal is not None:
            out.append(_verdict(one, "canal_area_mm2", Side.MIDLINE, one.canal.area_mm2, canal))
            out.append(_verdict(one, "canal_ap_mm", Side.MIDLINE, one.canal.ap_mm, canal))
        out.extend(
            _verdict(one, "recess_mm", side.side, side.recess_mm, canal)
            for side in one.sides
            if side.recess_mm is not None
        )
    return out


def _verdict(one: LevelMeasurement, measure: str, side: Side, value: float, canal: str | None) -> LevelVerdict:
    level = one.level
    words = _words(measure, level.level, side)
    unit = "mm2" if measure.endswith("mm2") else "mm"
    try:
        limit = spine_limit(measure, level.level, level.region, canal)
    except OutsideReferenceError as error:
        text = f"{words} {value:.1f} {unit}; no verdict: {error}"
        return LevelVerdict(
            level=level.level, measure=measure, side=side, value=value, limit=None, narrow=None, text=text
        )
    narrow = value < limit.below
    word = "below" if narrow else "not below"
    text = f"{words} {value:.1f} {unit}, {word} {limit.below:g} {unit} ({limit.population}; {limit.status.value})"
    return LevelVerdict(
        level=level.level, measure=measure, side=side, value=value, limit=limit, narrow=narrow, text=text
    )


_NAMES = {
    "canal_area_mm2": "canal area",
    "canal_ap_mm": "front-to-back diameter of the canal",
    "recess_mm": "lateral recess",
    "foramen_area_mm2": "foramen",
}


def _words(measure: str, level: str, side: Side) -> str:
    where = f"{side.value} " if side in (Side.LEFT, Side.RIGHT) else ""
    return f"{level} {where}{_NAMES[measure]}"


def find_standouts(measured: SpineMeasurements) -> list[Standout]:
    """Return what stands out of the other levels, from the head down; nothing where there are too few to compare."""
    p = spine_parameters()
    out = [*_displaced(measured)]
    out.extend(_narrow(measured, "canal_narrow", "canal_area_mm2", p["narrow_ratio"]))
    out.extend(_narrow(measured, "recess_narrow", "recess_mm", p["narrow_ratio"]))
    out.extend(_narrow(measured, "foramen_narrow", "foramen_area_mm2", p["narrow_foramen_ratio"]))
    order = {one.level.level: n for n, one in enumerate(measured.levels)}
    return sorted(out, key=lambda s: order[s.level])


def _value(side: SideMeasurement, measure: str) -> float | None:
    return side.foramen.area_mm2 if measure == "foramen_area_mm2" else side.recess_mm


def _narrow(measured: SpineMeasurements, kind: str, measure: str, ratio: float) -> list[Standout]:
    if measure == "canal_area_mm2":
        found = [(o.level.level, Side.MIDLINE, o.canal.area_mm2) for o in measured.levels if o.canal is not None]
    else:
        each = [(o.level.level, s.side, _value(s, measure)) for o in measured.levels for s in o.sides]
        found = [(level, side, value) for level, side, value in each if value is not None]
    out = []
    for level, side, value in found:
        others = [v for other, _, v in found if other != level]
        levels = {other for other, _, _ in found} - {level}
        if len(levels) < spine_parameters()["other_levels"] or value >= ratio * float(np.median(others)):
            continue
        median, unit = float(np.median(others)), "mm" if measure == "recess_mm" else "mm2"
        text = (
            f"{_words(measure, level, side)} {value:.1f} {unit}, {value / median:.0%} of the median of the other levels"
        )
        out.append(Standout(kind=kind, level=level, side=side, zone="", value=value, others=median, text=text))
    return out


_ZONES: tuple[tuple[str, Callable[[SideMeasurement], float | None]], ...] = (
    ("subarticular", lambda side: side.subarticular_mm),
    ("foraminal", lambda side: side.foraminal_mm),
    ("extraforaminal", lambda side: side.extraforaminal_mm),
)


def _displaced(measured: SpineMeasurements) -> list[Standout]:
    out = [s for one in measured.levels for s in _displaced_at(measured, one, "central", Side.MIDLINE)]
    for zone, _ in _ZONES:
        for one in measured.levels:
            for side in (Side.LEFT, Side.RIGHT):
                out.extend(_displaced_at(measured, one, zone, side))
    return out


def _depths(one: LevelMeasurement, zone: str, side: Side | None) -> list[float]:
    if zone == "central":
        return [one.central_mm] if one.central_mm is not None else []
    take = dict(_ZONES)[zone]
    values = [take(s) for s in one.sides if side in (None, s.side)]
    return [v for v in values if v is not None]


def _displaced_at(measured: SpineMeasurements, one: LevelMeasurement, zone: str, side: Side) -> list[Standout]:
    p = spine_parameters()
    depth = _depths(one, zone, None if side is Side.MIDLINE else side)
    rest = [other for other in measured.levels if other is not one and _depths(other, zone, None)]
    if not depth or len(rest) < p["other_levels"] or one.size is None or not one.size.shape:
        return []
    others = float(np.median([d for other in rest for d in _depths(other, zone, None)]))
    if depth[0] < p["bulge_voxels"] * measured.voxel_mm or depth[0] - others < p["bulge_beyond_others"]:
        return []
    where = f"{side.value} {zone}" if side is not Side.MIDLINE else zone
    text = f"{one.level.level} disc {depth[0]:.1f} mm behind the endplate line ({where}), other levels {others:.1f} mm"
    return [
        Standout(
            kind="disc_displaced",
            level=one.level.level,
            side=side,
            zone=zone,
            value=depth[0],
            others=others,
            text=text,
        )
    ]


def _roots(measured: SpineMeasurements, standouts: Sequence[Standout]) -> list[RootState]:
    enough = len(measured.levels) > spine_parameters()["other_levels"]
    out = []
    for one in measured.levels:
        here = [s for s in standouts if s.level == one.level.level]
        for side in one.sides:
            mine = [s for s in here if s.side is side.side]
            inferred = _traversing(measured, side, mine, enough=enough)
            traversing = _seen(inferred, side.traversing, measured.voxel_mm)
            exiting = _seen(_exiting(side, mine, enough=enough), side.exiting, measured.voxel_mm)
            if one.level.exiting_root == one.level.traversing_root:
                worse = max((traversing, exiting), key=_worse)
                out.append(_root(one, side.side, "both", worse))
            else:
                out.append(_root(one, side.side, "traversing", traversing))
                out.append(_root(one, side.side, "exiting", exiting))
    return out


_ORDER = ("free", "unknown", "touched", "compressed")
_Judged = tuple[str, str]


def _root(one: LevelMeasurement, side: Side, course: str, judged: _Judged) -> RootState:
    level = one.level
    root = level.traversing_root if course == "traversing" else level.exiting_root
    state, why = judged
    return RootState(
        root=root,
        side=side,
        level=level.level,
        course=course,
        state=state,
        text=f"{side.value} {root}: {state} ({why})",
    )


def _traversing(
    measured: SpineMeasurements, side: SideMeasurement, here: Sequence[Standout], *, enough: bool
) -> _Judged:
    """Return the state of the root in the lateral recess: touched by displaced disc, compressed where room is lost."""
    if side.subarticular_mm is None:
        return "unknown", "the disc could not be judged in the subarticular zone"
    if not enough:
        return "unknown", "too few levels to compare with"
    if not any(s.kind == "disc_displaced" and s.zone == "subarticular" for s in here):
        return "free", "no displaced disc in the subarticular zone"
    reach = spine_parameters()["contact_voxels"] * measured.voxel_mm
    if side.canal_gap_mm is None or side.canal_gap_mm > reach:
        return "free", "the displaced disc does not reach the canal"
    if any(s.kind == "recess_narrow" for s in here) or _half_lost(measured, side):
        return "compressed", "displaced disc takes the room of the lateral recess"
    return "touched", "displaced disc reaches the canal in the subarticular zone"


def _seen(inferred: _Judged, contact: RootContact | None, voxel_mm: float) -> _Judged:
    """Return the state of a root by its own label where the map has one, else as the disc and the bones suggest it."""
    if contact is None:
        return inferred
    p = spine_parameters()
    beside = f"the labelled root lies {contact.gap_mm:.1f} mm from the disc"
    near = contact.gap_mm <= p["contact_voxels"] * voxel_mm
    if near and contact.displaced_mm is None:
        return inferred[0], f"{inferred[1]}; {beside}, whose displacement is not known there"
    displaced = contact.displaced_mm is not None and contact.displaced_mm >= p["bulge_voxels"] * voxel_mm
    if near and displaced:
        share = contact.of_other_side
        if share is not None and share < p["narrow_ratio"]:
            return "compressed", f"displaced disc reaches the labelled root, which has {share:.0%} of the other side"
        thick = "" if share is not None else "; the other side is not labelled, so its thickness is not judged"
        seen = f"displaced disc reaches the labelled root{thick}"
        return ("compressed", f"{seen}; {inferred[1]}") if inferred[0] == "compressed" else ("touched", seen)
    if inferred[0] in ("touched", "compressed"):
        return "unknown", f"in doubt: {inferred[1]}, but {beside}"
    return inferred[0], f"{inferred[1]}; {beside}"


def _worse(judged: _Judged) -> int:
    return _ORDER.index(judged[0])


def _half_lost(measured: SpineMeasurements, side: SideMeasurement) -> bool:
    others = [
        s.canal_half_mm2
        for one in measured.levels
        for s in one.sides
        if s.canal_half_mm2 is not None and all(s2 is not side for s2 in one.sides)
    ]
    if side.canal_half_mm2 is None or not others:
        return False
    return side.canal_half_mm2 < spine_parameters()["narrow_ratio"] * float(np.median(others))


def _exiting(side: SideMeasurement, here: Sequence[Standout], *, enough: bool) -> _Judged:
    """Return the state of the root in the foramen."""
    displaced = any(s.kind == "disc_displaced" and s.zone in ("foraminal", "extraforaminal") for s in here)
    narrow = any(s.kind == "foramen_narrow" for s in here)
    if displaced and narrow:
        return "compressed", "displaced disc in a foramen that is narrower than the others"
    if displaced:
        return "touched", "displaced disc at the foramen"
    if not enough:
        return "unknown", "too few levels to compare with"
    if side.foramen.area_mm2 is None:
        return "unknown", side.foramen.note
    return "free", "foramen narrower than the others, no displaced disc" if narrow else "foramen like the others"
