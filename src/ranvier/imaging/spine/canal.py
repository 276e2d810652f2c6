"""Cross-sections of the canal and the cord, perpendicular to the course of the canal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from ranvier.imaging.spine.frame import Frame, Grid, Sampler, Share, axis_positions
from ranvier.imaging.spine.maps import SpineMaps
from ranvier.imaging.spine.settings import spine_parameters
from ranvier.imaging.volume import FloatArray

_X = np.array([1.0, 0.0, 0.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalSection:
    """One cross-section; areas in mm2, lengths in mm.

    Attributes
    ----------
    frame : Frame
        Origin in the middle of the canal; up runs along it.
    position_mm : float
        Distance along the canal from the lowest section.
    area_mm2, ap_mm, width_mm : float
        Canal with cord: area, front-to-back diameter in the middle, largest width.
    cord_area_mm2, cord_ap_mm : float or None
        None where no cord is labelled.
    cut_off : bool
        Whether the section reaches the border of the image.
    level : str
        Vertebral level of the cord where its label names one, else empty.
    """

    frame: Frame
    position_mm: float
    area_mm2: float
    ap_mm: float
    width_mm: float
    cord_area_mm2: float | None
    cord_ap_mm: float | None
    cut_off: bool
    level: str = ""


def canal_course(maps: SpineMaps) -> FloatArray:
    """Return the middle of the canal from below up, (n, 3) RAS+ mm, evenly spaced; (0, 3) where none is labelled."""
    p = spine_parameters()
    whole = maps.mask(("canal", "cord"))
    if not whole.any():
        return np.empty((0, 3))
    axis = int(np.argmax(np.abs(maps.affine[2, :3]) / maps.spacing_mm))
    layers = np.moveaxis(whole, axis, 0)
    filled = np.flatnonzero(layers.any(axis=(1, 2)))
    centres = np.array([np.insert(np.argwhere(layers[n]).mean(axis=0), axis, n) for n in filled])
    world = centres @ maps.affine[:3, :3].T + maps.affine[:3, 3]
    world = world if world[-1, 2] >= world[0, 2] else world[::-1]
    if len(world) < 3:
        return np.asarray(world, dtype=np.float64)
    steps = np.linalg.norm(np.diff(world, axis=0), axis=1)
    smooth = ndimage.gaussian_filter1d(_longer(world), p["canal_smooth"] / float(np.median(steps)), axis=0)
    smooth = smooth[len(world) - 1 : 2 * len(world) - 1]
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(smooth, axis=0), axis=1))])
    places = np.arange(0.0, along[-1], p["canal_step"])
    return np.stack([np.interp(places, along, smooth[:, n]) for n in range(3)], axis=1)


def _longer(points: FloatArray) -> FloatArray:
    """Return a course continued by its point reflection at both ends, so that smoothing does not shorten it."""
    before = 2 * points[0] - points[:0:-1]
    after = 2 * points[-1] - points[-2::-1]
    return np.concatenate([before, points, after])


def canal_sections(maps: SpineMaps) -> tuple[CanalSection, ...]:
    """Return the sections of the canal from below up; none where it is not labelled."""
    p = spine_parameters()
    course = canal_course(maps)
    if len(course) < 3:
        return ()
    tangent = np.gradient(course, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    whole = Sampler.of(maps.mask(("canal", "cord")), maps.affine)
    cord_mask = maps.mask(("cord",))
    cord = Sampler.of(cord_mask, maps.affine) if cord_mask.any() else None
    plane = axis_positions(-p["canal_half"], p["canal_half"], p["grid_step"])
    out = []
    for number, (origin, up) in enumerate(zip(course, tangent, strict=True)):
        right = _X - (_X @ up) * up
        right = right / np.linalg.norm(right)
        frame = Frame(origin=origin, right=right, front=np.cross(up, right), up=up)
        grid = Grid(frame=frame, right=plane, front=plane, up=np.zeros(1))
        cord_share = cord.at(grid)[:, :, 0] if cord is not None else None
        section = _section(grid, whole.at(grid)[:, :, 0], cord_share, maps)
        out.append(replace(section, position_mm=number * p["canal_step"], level=_level_at(maps, origin)))
    return tuple(out)


def _level_at(maps: SpineMaps, origin: FloatArray) -> str:
    index = np.round((origin - maps.affine[:3, 3]) @ np.linalg.inv(maps.affine[:3, :3]).T).astype(int)
    index = np.clip(index, 0, np.array(maps.values.shape) - 1)
    label = maps.table.get(int(maps.values[tuple(index)]))
    return label.level if label is not None and label.structure == "cord" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CordLevel:
    """Median area and diameter of the cord over the sections of one vertebral level."""

    level: str
    area_mm2: float
    ap_mm: float
    sections: int


def cord_levels(sections: Sequence[CanalSection]) -> tuple[CordLevel, ...]:
    """Return the cord by vertebral level from the head down, as far as its labels name levels."""
    out = []
    for name in dict.fromkeys(s.level for s in reversed(sections)):
        found = [(s.cord_area_mm2, s.cord_ap_mm) for s in sections if s.level == name and name and not s.cut_off]
        known = np.array([(area, ap) for area, ap in found if area is not None and ap is not None])
        if len(known):
            area, ap = (float(v) for v in np.median(known, axis=0))
            out.append(CordLevel(level=name, area_mm2=area, ap_mm=ap, sections=len(known)))
    return tuple(out)


def _section(grid: Grid, share: Share, cord: Share | None, maps: SpineMaps) -> CanalSection:
    step = float(grid.right[1] - grid.right[0])
    seen = cord if cord is not None and float(cord.max()) >= 0.5 else None
    return CanalSection(
        frame=grid.frame,
        position_mm=0.0,
        area_mm2=float(share.sum()) * step**2,
        ap_mm=_diameter(share, grid),
        width_mm=float((share >= 0.5).any(axis=1).sum()) * step,
        cord_area_mm2=float(seen.sum()) * step**2 if seen is not None else None,
        cord_ap_mm=_diameter(seen, grid) if seen is not None else None,
        cut_off=_reaches_border(maps, grid, share),
    )


def _diameter(share: Share, grid: Grid) -> float:
    """Return the diameter along front, averaged over a strip about the middle of the structure."""
    total = float(share.sum())
    if not total:
        return 0.0
    middle = float((share.sum(axis=1) * grid.right).sum()) / total
    strip = np.abs(grid.right - middle) <= spine_parameters()["canal_strip"]
    return float(share[strip].sum(axis=1).mean()) * float(grid.front[1] - grid.front[0])


def _reaches_border(maps: SpineMaps, grid: Grid, share: Share) -> bool:
    inside = np.argwhere(share >= 0.5)
    if not len(inside):
        return True
    local = np.stack([grid.right[inside[:, 0]], grid.front[inside[:, 1]], np.zeros(len(inside))], axis=1)
    index = (grid.frame.world(local) - maps.affine[:3, 3]) @ np.linalg.inv(maps.affine[:3, :3]).T
    last = np.array(maps.values.shape) - 1
    low, high = (index < 0.0).any(axis=0), (index > last).any(axis=0)
    return bool((low & maps.at_border[:, 0]).any() or (high & maps.at_border[:, 1]).any())


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalHalves:
    """Area of the canal to the left and to the right of the middle of a level, mm2."""

    left_mm2: float
    right_mm2: float


def canal_halves(maps: SpineMaps, section: CanalSection, level: Frame) -> CanalHalves:
    """Return how a section is divided by the midline of a level (which a bulging disc does not move)."""
    p = spine_parameters()
    plane = axis_positions(-p["canal_half"], p["canal_half"], p["grid_step"])
    grid = Grid(frame=section.frame, right=plane, front=plane, up=np.zeros(1))
    share = grid.sample(maps.mask(("canal", "cord")), maps.affine)[:, :, 0]
    right, front = np.meshgrid(plane, plane, indexing="ij")
    world = section.frame.world(np.stack([right, front, np.zeros_like(right)], axis=-1))
    across = (world - level.origin) @ level.right
    step = float(plane[1] - plane[0])
    part = np.clip(0.5 + across / step, 0, 1)
    return CanalHalves(
        left_mm2=float((share * (1 - part)).sum()) * step**2, right_mm2=float((share * part).sum()) * step**2
    )
