"""What may push a nerve off its course though it is as bright as usual tissue: fatty masses above all.

Where a nerve leaves its smooth course, the tissue that lies where it should run is looked at. It counts as a mass where
it is thicker than the same tissue is anywhere else along the nerve and ends within the stretch. This is only ever a
possibility: a lump of fat and a lipoma look alike, and tissue like muscle, which is thick everywhere, cannot be told.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.imaging.nerves.masses.records import mass_parameters
from ranvier.imaging.nerves.masses.regions import Block, Region, usual_brightness
from ranvier.imaging.nerves.profile import Change

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Where a nerve is off its course: first section and the one after the last, and where it would have run there."""

    start: int
    stop: int
    straight: FloatArray


def displaced_stretch(change: Change, block: Block, course: FloatArray) -> Stretch:
    """Return the stretch of a displacement, with the course bridged across it.

    Parameters
    ----------
    change : Change
        Of the kind ``nerve_displaced``.
    block : Block
    course : ndarray
        (S, 2) centres as found, index coordinates of the slice plane.
    """
    start, stop = block.slices.index(change.first_slice), block.slices.index(change.last_slice) + 1
    widen = stop - start
    at = np.arange(len(course))
    clear = (at < start - widen) | (at >= stop + widen)
    if not (clear[:start].any() and clear[stop:].any()):
        clear = (at < start) | (at >= stop)
    straight = np.column_stack([np.interp(at, at[clear], course[clear, k]) for k in (0, 1)])
    return Stretch(start=start, stop=stop, straight=straight)


def pushing_region(block: Block, course: FloatArray, stretch: Stretch) -> Region | None:
    """Return the region of usual brightness that lies where the nerve should run, None where none is bounded."""
    shift = (stretch.straight - course) * block.spacing_mm[:2]
    farthest = stretch.start + int(np.hypot(*shift[stretch.start : stretch.stop].T).argmax())
    seed = np.round(stretch.straight[farthest]).astype(int) - np.array(block.corner)
    if (seed < 0).any() or (seed >= block.nerve.shape[:2]).any() or block.nerve[seed[0], seed[1], farthest]:
        return None
    like = _like(block, (int(seed[0]), int(seed[1]), farthest))
    depth = np.zeros(like.shape)
    for n in range(like.shape[2]):
        depth[..., n] = ndimage.distance_transform_edt(like[..., n], sampling=block.spacing_mm[:2])
    thick = _usual_depth(block, depth, stretch) * mass_parameters()["thicker"] + float(block.spacing_mm[:2].max())
    core, _ = ndimage.label(depth > thick, structure=np.ones((3, 3, 3)))
    number = _nearest_core(core[..., farthest], depth[..., farthest], seed, block)
    own = core == number
    slices = [int(n) for n in np.flatnonzero(own.any(axis=(0, 1)))] if number else []
    p = mass_parameters()
    if not slices or slices[0] == 0 or slices[-1] == like.shape[2] - 1:
        return None
    if len(slices) > p["longest_share"] * like.shape[2] or float(block.away_mm[own].max()) >= p["grow_mm"]:
        return None
    mask = np.zeros_like(like)
    for n in slices:
        reach = ndimage.distance_transform_edt(~own[..., n], sampling=block.spacing_mm[:2])
        mask[..., n] = like[..., n] & (reach <= thick)
    level = float(block.smoothed[seed[0], seed[1], farthest])
    usual, _ = usual_brightness(block)
    return Region(mask=mask, share=mask.astype(np.float64), level=level, usual=usual, border_share=np.nan)


def _nearest_core(core: NDArray[Any], depth: FloatArray, seed: NDArray[np.int_], block: Block) -> int:
    """Return the number of the deepest core whose tissue holds the seed, 0 where none does."""
    where = np.argwhere(core > 0)
    if not len(where):
        return 0
    away = np.hypot(*((where - seed) * block.spacing_mm[:2]).T)
    deep = depth[where[:, 0], where[:, 1]]
    held = away < deep
    if not held.any():
        return 0
    i, j = where[held][deep[held].argmax()]
    return int(core[i, j])


def _like(block: Block, seed: tuple[int, int, int]) -> BoolArray:
    """Return the voxels outside the nerve as bright as those about the seed."""
    around = np.argwhere(np.ones((3, 3), dtype=np.bool_)) - 1 + np.array(seed[:2])
    around = np.clip(around, 0, np.array(block.nerve.shape[:2]) - 1)
    level = float(np.median(block.smoothed[around[:, 0], around[:, 1], seed[2]]))
    spread = mass_parameters()["alike"] * level
    return np.asarray((np.abs(block.smoothed - level) <= spread) & ~block.nerve, dtype=np.bool_)


def _usual_depth(block: Block, depth: FloatArray, stretch: Stretch) -> float:
    """Return how deep the tissue is near the nerve where it is not displaced, mm."""
    near = block.away_mm <= mass_parameters()["near_mm"]
    widen = stretch.stop - stretch.start
    other = [n for n in range(depth.shape[2]) if not stretch.start - widen <= n < stretch.stop + widen]
    return max((float(depth[..., n][near[..., n]].max()) for n in other), default=float("inf"))
