"""All levels of a spine measured: discs, displaced disc by zone, canal and cord, foramina and recesses by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from ranvier.core import Side, UnreadableImageError
from ranvier.imaging.spine.canal import CanalSection, canal_halves, canal_sections
from ranvier.imaging.spine.disc import Bulge, BulgeSize, DiscHeight, bulge_size, measure_bulge, measure_heights
from ranvier.imaging.spine.foramen import (
    Foramen,
    ObliqueBones,
    Pedicle,
    find_pedicle,
    measure_foramen,
    measure_oblique_foramen,
    measure_recess,
    sign_of,
)
from ranvier.imaging.spine.frame import front_edge, rear_edge
from ranvier.imaging.spine.maps import SpineMaps
from ranvier.imaging.spine.roots import RootContact, root_contacts
from ranvier.imaging.spine.segment import Segment, cut_segment, turned_grid
from ranvier.imaging.spine.settings import SpineLevel, body_widths, spine_levels, spine_parameters
from ranvier.imaging.volume import FloatArray

SIDES = (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideMeasurement:
    """One side of a level; lengths in mm, areas in mm2, None where it cannot be measured.

    Attributes
    ----------
    side : Side
    subarticular_mm, foraminal_mm, extraforaminal_mm : float or None
        Largest displacement of disc in each zone.
    canal_gap_mm : float or None
        Least distance between disc and canal in the subarticular zone; 0 where they touch.
    canal_half_mm2 : float or None
        Canal on this side of the midline of the level.
    recess_mm : float or None
    foramen : Foramen
    traversing, exiting : RootContact or None
        The labelled roots against the disc; None where the map names none.
    """

    side: Side
    subarticular_mm: float | None
    foraminal_mm: float | None
    extraforaminal_mm: float | None
    canal_gap_mm: float | None
    canal_half_mm2: float | None
    recess_mm: float | None
    foramen: Foramen
    traversing: RootContact | None = None
    exiting: RootContact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMeasurement:
    """One level of the spine.

    Attributes
    ----------
    segment : Segment
        What was measured, for pictures.
    heights : DiscHeight
    bulge : Bulge
    size : BulgeSize or None
    central_mm : float or None
        Largest displacement in the central zone.
    zone : str
        Zone of the deepest point: ``central``, ``subarticular``, ``foraminal`` or ``extraforaminal``; empty where no
        displacement stands out of the voxels.
    zone_side : Side
    canal : CanalSection or None
        The narrowest section of the level.
    canal_above : CanalSection or None
        The section at the middle of the upper vertebra.
    sides : tuple of SideMeasurement
        Left, then right.
    notes : tuple of str
    """

    segment: Segment
    heights: DiscHeight
    bulge: Bulge
    size: BulgeSize | None
    central_mm: float | None
    zone: str
    zone_side: Side
    canal: CanalSection | None
    canal_above: CanalSection | None
    sides: tuple[SideMeasurement, ...]
    notes: tuple[str, ...]

    @property
    def level(self) -> SpineLevel:
        """The level with its vertebrae and roots."""
        return self.segment.level


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineMeasurements:
    """A spine: its levels from the head down, all sections of the canal, what could not be measured.

    Attributes
    ----------
    levels : tuple of LevelMeasurement
    sections : tuple of CanalSection
    notes : tuple of str
    names_doubted : bool
        Whether the size of a body speaks against the name of its level; then no root may be named.
    voxel_mm : float
    """

    levels: tuple[LevelMeasurement, ...]
    sections: tuple[CanalSection, ...]
    notes: tuple[str, ...]
    names_doubted: bool
    voxel_mm: float


def measure_levels(maps: SpineMaps) -> SpineMeasurements:
    """Measure every level whose disc and vertebrae are labelled.

    Raises
    ------
    UnreadableImageError
        If no level can be measured and no canal or cord is labelled; the text says what is missing.
    """
    sections = canal_sections(maps)
    levels, notes = [], []
    for level in spine_levels():
        if not maps.has("disc", level.level):
            continue
        try:
            levels.append(_measured(maps, cut_segment(maps, level), sections))
        except UnreadableImageError as error:
            notes.append(str(error))
    if not levels and not sections:
        why = "; ".join(notes) or "the label map has no disc with a level, and no canal or cord"
        raise UnreadableImageError(f"nothing of the spine can be measured: {why}")
    if not levels and not notes:
        notes.append("the label map has no disc with a level: only the canal and the cord are measured")
    doubts = _doubts(levels)
    return SpineMeasurements(
        levels=tuple(levels),
        sections=sections,
        notes=(*notes, *doubts),
        names_doubted=bool(doubts),
        voxel_mm=maps.voxel_mm,
    )


def _doubts(levels: Sequence[LevelMeasurement]) -> tuple[str, ...]:
    """Return a sentence on the discs that are too wide or too narrow for the region of their name, or nothing."""
    wrong = []
    for one in levels:
        usual, width = body_widths()[one.level.region], one.heights.width_mm
        if not one.segment.cut_off and not usual.low_mm <= width <= usual.high_mm:
            wrong.append(
                f"{one.level.level} is {width:.0f} mm wide ({usual.low_mm:.0f} to {usual.high_mm:.0f} expected)"
            )
    if not wrong:
        return ()
    return (
        f"the names of the levels are doubted, so no root is named: the disc {', '.join(wrong)}; "
        "give a label table with the true levels",
    )


_Pedicles = tuple[Pedicle | None, Pedicle | None]


def _measured(maps: SpineMaps, segment: Segment, sections: Sequence[CanalSection]) -> LevelMeasurement:
    heights, bulge = measure_heights(segment), measure_bulge(segment)
    size = bulge_size(bulge, heights, segment)
    canal = _narrowest(segment, heights, sections)
    halves = canal_halves(maps, canal, segment.frame) if canal is not None else None
    half = {Side.LEFT: halves.left_mm2, Side.RIGHT: halves.right_mm2} if halves is not None else {}
    columns = _Columns(segment=segment, depth_mm=bulge.depth_mm, gap_mm=_gaps(segment))
    bones = (segment.upper_bone, segment.lower_bone)
    pedicles = {s: (find_pedicle(segment, bones[0], s), find_pedicle(segment, bones[1], s)) for s in SIDES}
    zones = {side: _zones(segment, pedicles[side]) for side in SIDES}
    zone, zone_side = _where(size, zones)
    contacts = root_contacts(maps, segment, bulge.depth_mm)
    central = np.abs(segment.grid.right) <= min(z.central_mm for z in zones.values())
    return LevelMeasurement(
        segment=segment,
        heights=heights,
        bulge=bulge,
        size=size,
        central_mm=_largest(bulge.depth_mm, central),
        zone=zone,
        zone_side=zone_side,
        canal=canal,
        canal_above=_beside_upper_body(segment, sections),
        sides=tuple(
            replace(
                _side(columns, side, zones[side], pedicles[side], half.get(side)),
                traversing=contacts.get((segment.level.traversing_root, side)),
                exiting=contacts.get((segment.level.exiting_root, side)),
                **_oblique(maps, segment, side),
            )
            for side in SIDES
        ),
        notes=_cut_off(segment, canal, sections),
    )


class _Oblique(TypedDict, total=False):
    foramen: Foramen


def _oblique(maps: SpineMaps, segment: Segment, side: Side) -> _Oblique:
    """Return the foramen of a cervical level; nothing elsewhere, or where there are no arches."""
    if segment.level.region != "cervical" or not segment.has_arches:
        return {}
    grid = turned_grid(maps, segment, sign_of(side) * spine_parameters()["cervical_foramen_turn"])
    upper, lower = maps.bone(segment.level.upper), maps.bone(segment.level.lower)
    disc, canal = maps.mask(("disc",), segment.level.level), maps.mask(("canal", "cord"))
    shares = [grid.sample(mask, maps.affine) for mask in (upper, lower, disc, canal)]
    bones = ObliqueBones(grid=grid, upper=shares[0], lower=shares[1], disc=shares[2], canal=shares[3])
    return {"foramen": measure_oblique_foramen(bones, side)}


def _cut_off(segment: Segment, canal: CanalSection | None, sections: Sequence[CanalSection]) -> tuple[str, ...]:
    out = []
    if segment.cut_off:
        out.append("the disc reaches the side border of the image: part of it may lie outside")
    if canal is None and sections:
        out.append("the canal reaches the border of the image here: no area")
    return tuple(out)


def _narrowest(segment: Segment, heights: DiscHeight, sections: Sequence[CanalSection]) -> CanalSection | None:
    reach = heights.posterior_mm / 2 + spine_parameters()["disc_reach"]
    near = [s for s in sections if abs(float(segment.frame.local(s.frame.origin)[2])) <= reach and not s.cut_off]
    return min(near, key=lambda s: s.area_mm2, default=None)


def _beside_upper_body(segment: Segment, sections: Sequence[CanalSection]) -> CanalSection | None:
    weight = segment.upper.sum(axis=(0, 1))
    if not weight.sum():
        return None
    height = float((weight * segment.grid.up).sum() / weight.sum())
    whole = [s for s in sections if not s.cut_off]
    best = min(whole, key=lambda s: abs(float(segment.frame.local(s.frame.origin)[2]) - height), default=None)
    if (
        best is None
        or abs(float(segment.frame.local(best.frame.origin)[2]) - height) > spine_parameters()["disc_reach"]
    ):
        return None
    return best


def _gaps(segment: Segment) -> FloatArray:
    """Return the least distance from the disc back to the canal in each column, (R,) mm; NaN where there is none."""
    front = segment.grid.front
    gap = rear_edge(segment.disc, front) - front_edge(segment.canal, front)
    return np.asarray(np.where(np.isfinite(gap), gap, np.inf).min(axis=1))


def _largest(depth: FloatArray, where: NDArray[np.bool_]) -> float | None:
    known = depth[where & np.isfinite(depth)]
    return float(known.max()) if len(known) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """What is known of a level column by column, (R,) mm each."""

    segment: Segment
    depth_mm: FloatArray
    gap_mm: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Zones:
    """Borders of the zones of a side, mm from the middle."""

    central_mm: float
    subarticular_mm: float
    foraminal_mm: float


def _zones(segment: Segment, pedicles: _Pedicles) -> _Zones:
    """Return the zones: by the pedicles where the labels have them, else by the width of the canal."""
    found = [one for one in pedicles if one is not None]
    near = (segment.canal >= 0.5).any(axis=(1, 2))
    half = float(np.abs(segment.grid.right[near]).mean()) * 2 if near.any() else 0.0
    half = half or float(np.abs(segment.grid.right).max()) / 2
    medial = float(np.mean([one.medial_mm for one in found])) if found else half
    lateral = float(np.mean([one.lateral_mm for one in found])) if found else float("inf")
    return _Zones(
        central_mm=spine_parameters()["central_share"] * min(half, medial),
        subarticular_mm=medial,
        foraminal_mm=lateral,
    )


def _where(size: BulgeSize | None, zones: dict[Side, _Zones]) -> tuple[str, Side]:
    if size is None or not size.shape:
        return "", Side.UNKNOWN
    side = Side.RIGHT if size.at_right_mm > 0 else Side.LEFT
    away, borders = abs(size.at_right_mm), zones[side]
    if away <= borders.central_mm:
        return "central", Side.MIDLINE
    if away <= borders.subarticular_mm:
        return "subarticular", side
    return ("foraminal" if away <= borders.foraminal_mm else "extraforaminal"), side


def _side(columns: _Columns, side: Side, zones: _Zones, pedicles: _Pedicles, half_mm2: float | None) -> SideMeasurement:
    across, depth = columns.segment.grid.right * sign_of(side), columns.depth_mm
    inner = (across > zones.central_mm) & (across <= zones.subarticular_mm)
    middle = (across > zones.subarticular_mm) & (across <= zones.foraminal_mm)
    near = columns.gap_mm[inner & np.isfinite(columns.gap_mm)]
    return SideMeasurement(
        side=side,
        subarticular_mm=_largest(depth, inner),
        foraminal_mm=_largest(depth, middle),
        extraforaminal_mm=_largest(depth, across > zones.foraminal_mm),
        canal_gap_mm=max(0.0, float(near.min())) if len(near) else None,
        canal_half_mm2=half_mm2,
        recess_mm=measure_recess(columns.segment, pedicles[1], side),
        foramen=measure_foramen(columns.segment, pedicles[0], pedicles[1], side),
    )
