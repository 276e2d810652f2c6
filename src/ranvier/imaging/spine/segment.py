"""The structures of one level on a grid along its axes: two bodies, the disc between them, canal and arches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import UnreadableImageError
from ranvier.imaging.spine.frame import Frame, Grid, Share, axis_positions, front_edge, level_frame
from ranvier.imaging.spine.maps import Mask, SpineMaps
from ranvier.imaging.spine.settings import SpineLevel, spine_parameters
from ranvier.imaging.volume import FloatArray

_BODY_BEHIND_CANAL_MM = 1.0
_MARGIN_MM = 3.0
_BEHIND_MM = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A level on its grid; every share is (R, F, U) float32.

    Attributes
    ----------
    level : SpineLevel
    frame : Frame
    grid : Grid
    disc, canal : ndarray
        The canal holds the cord.
    upper, lower : ndarray
        Bodies of the two vertebrae with their endplates.
    upper_bone, lower_bone : ndarray
        The whole vertebrae.
    canal_front : ndarray
        (U,) front of the canal at the midline as a straight line over the height; NaN where no canal is labelled.
    has_arches : bool
        Whether the map holds anything behind the canal.
    cut_off : bool
        Whether the disc reaches the side border of the image.
    voxel_mm, slice_mm : float
        Voxel side of the finest plane, and the largest one.
    """

    level: SpineLevel
    frame: Frame
    grid: Grid
    disc: Share
    canal: Share
    upper: Share
    lower: Share
    upper_bone: Share
    lower_bone: Share
    canal_front: FloatArray
    has_arches: bool
    cut_off: bool
    voxel_mm: float
    slice_mm: float


def cut_segment(maps: SpineMaps, level: SpineLevel) -> Segment:
    """Return one level.

    Raises
    ------
    UnreadableImageError
        If disc or one of the vertebrae is missing, too small or scattered, or bodies cannot be told from arches; the
        text says what is wrong.
    """
    disc, upper, lower = maps.mask(("disc",), level.level), maps.bone(level.upper), maps.bone(level.lower)
    for mask, name in ((disc, "disc"), (upper, f"vertebra {level.upper}"), (lower, f"vertebra {level.lower}")):
        if mask.sum() < spine_parameters()["voxel_low"]:
            raise UnreadableImageError(f"{level.level}: the label map has no {name}")
        if _largest_share(mask) < spine_parameters()["largest_part"]:
            raise UnreadableImageError(f"{level.level}: the {name} is scattered over the label map; mend it")
    canal = maps.mask(("canal", "cord"))
    bodies = maps.parts is not None or maps.has("body")
    if not bodies and not canal.any():
        raise UnreadableImageError(
            f"{level.level}: without a canal, bodies cannot be told from arches; label the canal"
        )
    cut_off = maps.cut_off(disc)
    disc_mm = maps.world(disc)
    upper_mm, lower_mm = maps.world(upper), maps.world(lower)
    frame = level_frame(disc_mm, maps.world(canal), upper_mm.mean(axis=0) - lower_mm.mean(axis=0), cut_off=cut_off)
    grid = _grid(frame, disc_mm, np.concatenate([upper_mm, lower_mm]))
    return _on_grid(maps, level, grid, (disc, canal, upper, lower), cut_off=cut_off)


def turned_grid(maps: SpineMaps, segment: Segment, turn_deg: float) -> Grid:
    """Return the grid of a level turned about its axis, right towards front, around all of its bone."""
    a, frame = np.deg2rad(turn_deg), segment.frame
    turned = Frame(
        origin=frame.origin,
        right=np.cos(a) * frame.right + np.sin(a) * frame.front,
        front=np.cos(a) * frame.front - np.sin(a) * frame.right,
        up=frame.up,
    )
    bone = turned.local(maps.world(maps.bone(segment.level.upper) | maps.bone(segment.level.lower)))
    p = spine_parameters()
    return Grid(
        frame=turned,
        right=axis_positions(bone[:, 0].min(), bone[:, 0].max(), p["grid_step_across"]),
        front=axis_positions(bone[:, 1].min() - _MARGIN_MM, bone[:, 1].max() + _MARGIN_MM, p["grid_step"]),
        up=segment.grid.up,
    )


def _largest_share(mask: Mask) -> float:
    """Return the share of a mask that its largest connected part holds."""
    labelled, count = ndimage.label(mask, structure=np.ones((3, 3, 3)))
    if not count:
        return 0.0
    return float(ndimage.sum_labels(mask, labelled, range(1, count + 1)).max() / mask.sum())


def _grid(frame: Frame, disc_mm: FloatArray, bone_mm: FloatArray) -> Grid:
    p = spine_parameters()
    disc, bone = frame.local(disc_mm), frame.local(bone_mm)
    near = bone[np.abs(bone[:, 2]) < np.abs(disc[:, 2]).max() + p["endplate_band"] + _MARGIN_MM]
    wide = np.concatenate([disc, near]) if len(near) else disc
    across = np.abs(wide[:, 0]).max() + _MARGIN_MM
    return Grid(
        frame=frame,
        right=axis_positions(-across, across, p["grid_step_across"]),
        front=axis_positions(disc[:, 1].min() - _BEHIND_MM, disc[:, 1].max() + _MARGIN_MM, p["grid_step"]),
        up=axis_positions(bone[:, 2].min() / 2, bone[:, 2].max(), p["grid_step"]),
    )


def _on_grid(
    maps: SpineMaps, level: SpineLevel, grid: Grid, masks: tuple[Mask, Mask, Mask, Mask], *, cut_off: bool
) -> Segment:
    disc_mask, canal_mask, upper_mask, lower_mask = masks
    disc, canal = grid.sample(disc_mask, maps.affine), grid.sample(canal_mask, maps.affine)
    upper_bone, lower_bone = grid.sample(upper_mask, maps.affine), grid.sample(lower_mask, maps.affine)
    plane = _canal_front(canal, disc, grid)
    above = grid.up[None, None, :] > 0
    endplate = grid.sample(maps.mask(("endplate",)), maps.affine)
    if maps.parts is not None or maps.has("body"):
        upper = grid.sample(_body(maps, level.upper), maps.affine)
        lower = grid.sample(_body(maps, level.lower), maps.affine)
    else:
        ahead = grid.front[None, :, None] >= plane[None, None, :] - _BODY_BEHIND_CANAL_MM
        upper, lower = upper_bone * ahead, lower_bone * ahead
    return Segment(
        level=level,
        frame=grid.frame,
        grid=grid,
        disc=disc,
        canal=canal,
        upper=np.maximum(upper, endplate * above),
        lower=np.maximum(lower, endplate * ~above),
        upper_bone=upper_bone,
        lower_bone=lower_bone,
        canal_front=plane,
        has_arches=_arches(upper_bone, plane, grid.front) and _arches(lower_bone, plane, grid.front),
        cut_off=cut_off,
        voxel_mm=maps.voxel_mm,
        slice_mm=float(maps.spacing_mm.max()),
    )


def _body(maps: SpineMaps, vertebra: str) -> Mask:
    body = maps.mask(("body",), vertebra)
    return body if body.any() else maps.bone(vertebra)


def _canal_front(canal: Share, disc: Share, grid: Grid) -> FloatArray:
    """Return the front of the canal over the height as a straight line, from the rows beside the disc, (U,) mm."""
    middle = np.abs(grid.right) <= spine_parameters()["middle_half"]
    edge = np.asarray(np.nanmedian(_with_rows(front_edge(canal[middle], grid.front)), axis=0))
    beside = np.isfinite(edge) & ~(disc >= 0.5).any(axis=(0, 1))
    use = beside if beside.sum() >= 2 else np.isfinite(edge)
    if use.sum() < 2:
        return np.full(len(grid.up), np.nan)
    return np.asarray(np.polyval(np.polyfit(grid.up[use], edge[use], 1), grid.up))


def _with_rows(edge: FloatArray) -> FloatArray:
    """Return edges with a value in every column, so that a median of nothing is no warning."""
    empty = ~np.isfinite(edge).any(axis=0)
    out = edge.copy()
    out[:, empty] = np.inf
    return np.asarray(out)


def _arches(bone: Share, plane: FloatArray, front: FloatArray) -> bool:
    if not np.isfinite(plane).any():
        return False
    behind = front[None, :, None] < plane[None, None, :] - 2 * _MARGIN_MM
    return bool(((bone >= 0.5) & behind).any())


def rows_within(up: FloatArray, low: float, high: float) -> NDArray[np.bool_]:
    """Return which heights lie in a range."""
    return np.asarray((up >= low) & (up <= high))
