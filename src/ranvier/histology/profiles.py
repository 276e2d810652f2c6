"""Grey profiles across the sheath: where it begins and ends on each ray, at half its height.

Rays leave the rim of each lumen at right angles. The inner edge is where the profile has climbed half the way
from lumen to crest, the outer edge where it has fallen half the way from the crest to what lies beyond; both are
interpolated between pixels. An edge at half height is unbiased by blur as long as the sheath is resolved.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.histology.parameters import section_parameters

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

INSIDE_PX = 2
VALLEY_PX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rays:
    """One ray a rim pixel, ``(n,)`` each; lengths in pixels from the rim pixel, outwards positive.

    `rim` is the flat index of the rim pixel, `owner` the index of its lumen (label minus one), `normal` is
    ``(2, n)`` row and column of the unit vector outwards; `outer` is NaN where no end of the sheath was seen.
    """

    rim: Ints
    owner: Ints
    normal: Floats
    inner: Floats
    outer: Floats
    crest: Floats

    @property
    def width(self) -> Floats:
        """Thickness of what lies between the two edges, in pixels; NaN where no end was seen."""
        return np.asarray(np.maximum(self.outer - self.inner, 0), np.float32)


def cast_rays(
    scale: Floats, labels: Labels, lumen: NDArray[np.float64], step: NDArray[np.float64], *, reach_px: int
) -> Rays:
    """Measure the sheath along rays from the rim of each lumen.

    Parameters
    ----------
    scale : (rows, columns) float32
        Picture on the myelin scale.
    labels : (rows, columns) int32
        Lumens, 0 outside.
    lumen, step : (n,) float
        Level of each lumen and the step from it to its sheath.
    reach_px : int
        Length of the rays in pixels.
    """
    rim = np.flatnonzero(_on_rim(labels))
    owner = labels.ravel()[rim].astype(np.int64) - 1
    rows, columns = np.divmod(rim, labels.shape[1])
    normal = _normals(labels, rows, columns)
    s = np.arange(-INSIDE_PX, reach_px + 1, dtype=np.float32)
    y = rows[:, None] + normal[0][:, None] * s
    x = columns[:, None] + normal[1][:, None] * s
    profile = ndimage.map_coordinates(scale, (y, x), order=1, mode="nearest", output=np.float32)
    low, height = lumen[owner].astype(np.float32), step[owner].astype(np.float32)
    inner, outer, crest = _edges(profile, low, height)
    return Rays(rim=rim, owner=owner, normal=normal, inner=inner - INSIDE_PX, outer=outer - INSIDE_PX, crest=crest)


def _edges(profile: Floats, low: Floats, height: Floats) -> tuple[Floats, Floats, Floats]:
    """Return inner edge, outer edge (NaN if none) and crest of each profile, in samples."""
    n, last = np.arange(len(profile)), profile.shape[1] - 1
    highest = np.maximum.accumulate(profile, axis=1)
    risen = highest >= (low + 0.5 * height)[:, None]
    fallen = highest - profile >= section_parameters()["drop_share"] * height[:, None]
    drop = _first(risen & fallen)
    ended = drop >= 0
    drop = np.where(ended, drop, last)
    crest = highest[n, drop]
    valley = np.minimum(drop[:, None] + np.arange(VALLEY_PX + 1), last)
    floor = profile[n[:, None], valley].min(axis=1).astype(np.float32)
    top = (profile >= crest[:, None] - 1e-6).argmax(axis=1)
    inner = _crossing(profile, ((low + crest) / 2).astype(np.float32), np.zeros_like(top), rising=True)
    outer = _crossing(profile, ((floor + crest) / 2).astype(np.float32), top, rising=False)
    return inner, np.where(ended, outer, np.nan).astype(np.float32), crest


def _on_rim(labels: Labels) -> NDArray[np.bool_]:
    around = np.pad(labels, 1)
    same = (around[:-2, 1:-1] == labels) & (around[2:, 1:-1] == labels)
    same &= (around[1:-1, :-2] == labels) & (around[1:-1, 2:] == labels)
    return np.asarray((labels > 0) & ~same)


def _normals(labels: Labels, rows: Ints, columns: Ints, radius: int = 3) -> Floats:
    """Return the direction away from the pixels of the same label nearby."""
    padded = np.pad(labels, radius)
    own = labels[rows, columns]
    out = np.zeros((2, len(rows)), np.float32)
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            if 0 < dy * dy + dx * dx <= radius * radius + 1:
                same = padded[rows + radius + dy, columns + radius + dx] == own
                out[0] -= same * np.float32(dy)
                out[1] -= same * np.float32(dx)
    return np.asarray(out / np.maximum(np.hypot(out[0], out[1]), 1e-6), np.float32)


def _first(flags: NDArray[np.bool_]) -> Ints:
    at = flags.argmax(axis=1)
    return np.where(flags[np.arange(len(flags)), at], at, -1).astype(np.int64)


def _crossing(profile: Floats, level: Floats, start: Ints, *, rising: bool) -> Floats:
    """Return where each profile first passes its level from `start` on, interpolated."""
    sign = np.float32(1.0 if rising else -1.0)
    past = (sign * (profile - level[:, None]) >= 0) & (np.arange(profile.shape[1]) >= start[:, None])
    at = _first(past)
    at = np.where(at < 0, profile.shape[1] - 1, at)
    before = np.maximum(at - 1, 0)
    n = np.arange(len(profile))
    climb = profile[n, at] - profile[n, before]
    flat = np.abs(climb) < 1e-9
    share = np.where(flat, 0, (level - profile[n, before]) / np.where(flat, 1, climb))
    return (before + np.clip(share, 0, 1) * (at - before)).astype(np.float32)
