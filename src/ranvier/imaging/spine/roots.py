"""Labelled roots against a disc: how far away, beside how much displaced disc, how thick against the other side.

A label map that names roots shows where they run, so that contact is seen and not inferred from the zones of the disc.
The side is that of the label table, else that on which the voxels lie.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import Side
from ranvier.imaging.spine.frame import Share
from ranvier.imaging.spine.maps import SpineMaps
from ranvier.imaging.spine.segment import Segment
from ranvier.imaging.spine.settings import spine_parameters
from ranvier.imaging.volume import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class RootContact:
    """A labelled root at the height of a disc.

    Attributes
    ----------
    gap_mm : float
        Least distance from the disc; 0 where they touch.
    displaced_mm : float or None
        Displacement of the disc there; None where it is not known, towards the side of the disc.
    volume_mm3 : float
        Of the root at the height of the disc.
    of_other_side : float or None
        That volume over the one of the other side; None where the other side has no label.
    """

    gap_mm: float
    displaced_mm: float | None
    volume_mm3: float
    of_other_side: float | None = None


Key = tuple[str, Side]


def root_contacts(maps: SpineMaps, segment: Segment, depth_mm: FloatArray) -> Mapping[Key, RootContact]:
    """Return the labelled roots of a level by name and side; nothing where the map names none.

    Parameters
    ----------
    maps : SpineMaps
    segment : Segment
    depth_mm : ndarray
        (R,) displacement of the disc, NaN where not known.
    """
    names = dict.fromkeys((segment.level.exiting_root, segment.level.traversing_root))
    shares = {key: share for name in names for key, share in _sides_of(maps, segment, name)}
    if not shares or not (segment.disc >= 0.5).any():
        return {}
    steps = _steps(segment)
    away = np.asarray(ndimage.distance_transform_edt(segment.disc < 0.5, sampling=steps))
    found = {key: _contact(share, away, segment, depth_mm) for key, share in shares.items()}
    known = {key: one for key, one in found.items() if one is not None}
    return {key: _beside(one, known.get((key[0], _other(key[1])))) for key, one in known.items()}


def _other(side: Side) -> Side:
    return Side.LEFT if side is Side.RIGHT else Side.RIGHT


def _beside(one: RootContact, other: RootContact | None) -> RootContact:
    if other is None or other.volume_mm3 <= 0:
        return one
    return RootContact(
        gap_mm=one.gap_mm,
        displaced_mm=one.displaced_mm,
        volume_mm3=one.volume_mm3,
        of_other_side=one.volume_mm3 / other.volume_mm3,
    )


def _sides_of(maps: SpineMaps, segment: Segment, root: str) -> list[tuple[Key, Share]]:
    """Return the shares of a root by side, on the grid of the level."""
    out = []
    right = segment.grid.right[:, None, None] > 0
    for side, half in ((Side.LEFT, ~right), (Side.RIGHT, right)):
        named = maps.root(root, side)
        share = segment.grid.sample(named, maps.affine) if named.any() else None
        unnamed = maps.root(root, Side.UNKNOWN)
        if unnamed.any():
            beside = segment.grid.sample(unnamed, maps.affine) * half
            share = beside if share is None else np.maximum(share, beside)
        if share is not None and (share >= 0.5).any():
            out.append(((root, side), np.asarray(share, dtype=np.float32)))
    return out


def _steps(segment: Segment) -> tuple[float, float, float]:
    grid = segment.grid
    right, front, up = (float(axis[1] - axis[0]) for axis in (grid.right, grid.front, grid.up))
    return right, front, up


def _contact(share: Share, away: NDArray[np.float64], segment: Segment, depth_mm: FloatArray) -> RootContact | None:
    """Return a root against the disc; None where it is not labelled at the height of the disc."""
    height = np.flatnonzero((segment.disc >= 0.5).any(axis=(0, 1)))
    reach = spine_parameters()["disc_reach"]
    up = segment.grid.up
    level = (up >= up[height[0]] - reach) & (up <= up[height[-1]] + reach)
    here = (share >= 0.5) & level[None, None, :]
    if not here.any():
        return None
    nearest = np.unravel_index(int(np.argmin(np.where(here, away, np.inf))), away.shape)
    depth = float(depth_mm[nearest[0]])
    steps = _steps(segment)
    return RootContact(
        gap_mm=max(0.0, float(away[nearest]) - min(steps)),
        displaced_mm=depth if np.isfinite(depth) else None,
        volume_mm3=float(share[..., level].sum()) * float(np.prod(steps)),
    )
