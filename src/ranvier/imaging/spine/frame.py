"""The axes of one level of the spine and regular grids along them.

Axes are unit vectors in RAS+ mm: right and front of the patient as the level lies, and up along the normal of its disc.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.imaging.volume import FloatArray

Share = NDArray[np.float32]
_X = np.array([1.0, 0.0, 0.0])
_NEAR_MM = (5.0, 20.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Origin and axes of a level, (3,) each, RAS+ mm."""

    origin: FloatArray
    right: FloatArray
    front: FloatArray
    up: FloatArray

    def local(self, world_mm: FloatArray) -> FloatArray:
        """Return (right, front, up) in mm of points in RAS+ mm, (..., 3)."""
        axes = np.stack([self.right, self.front, self.up], axis=1)
        return np.asarray((world_mm - self.origin) @ axes, dtype=np.float64)

    def world(self, local_mm: FloatArray) -> FloatArray:
        """Return RAS+ mm of points given as (right, front, up), (..., 3)."""
        axes = np.stack([self.right, self.front, self.up])
        return np.asarray(local_mm @ axes + self.origin, dtype=np.float64)


def level_frame(disc_mm: FloatArray, canal_mm: FloatArray, towards_head: FloatArray, *, cut_off: bool) -> Frame:
    """Return the axes of a level.

    Up is the direction in which the disc is thinnest; front leads from the canal to the disc. Where the disc is cut off
    at the side of the image its middle is not known: then right is that of the scanner, and the origin lies before the
    canal.

    Parameters
    ----------
    disc_mm, canal_mm : ndarray
        (n, 3) voxels of the disc and of the whole canal (m may be 0), RAS+ mm.
    towards_head : ndarray
        (3,) direction in which up must point.
    cut_off : bool
    """
    centre = disc_mm.mean(axis=0)
    up = np.linalg.eigh(np.cov((disc_mm - centre).T))[1][:, 0]
    up = up if up @ towards_head >= 0 else -up
    behind = _canal_centre(canal_mm, centre, up)
    if cut_off or behind is None:
        right = _unit(_X - (_X @ up) * up)
        front = np.cross(up, right)
        shift = (behind - centre) @ right if behind is not None else 0.0
        return Frame(origin=centre + shift * right, right=right, front=front, up=up)
    front = _unit((centre - behind) - ((centre - behind) @ up) * up)
    return Frame(origin=centre, right=np.cross(front, up), front=front, up=up)


def _canal_centre(canal_mm: FloatArray, centre: FloatArray, up: FloatArray) -> FloatArray | None:
    """Return the middle of the canal just above and below a disc, where the disc does not push it aside."""
    height = np.abs((canal_mm - centre) @ up) if len(canal_mm) else np.empty(0)
    for low in (_NEAR_MM[0], 0.0):
        near = (height >= low) & (height <= _NEAR_MM[1])
        if near.any():
            return np.asarray(canal_mm[near].mean(axis=0))
    return None


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A regular grid along the axes of a level: positions in mm from its origin along right, front and up."""

    frame: Frame
    right: FloatArray
    front: FloatArray
    up: FloatArray

    def sample(self, mask: NDArray[np.bool_], affine: FloatArray) -> Share:
        """Return the share of a mask at each point by linear interpolation, (R, F, U) float32; 0 outside the image."""
        return Sampler.of(mask, affine).at(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """A mask cut to what it holds, or an image, ready to be sampled on many grids.

    Attributes
    ----------
    part : ndarray
        (i, j, k) float32, a mask within its bounds with an empty rim.
    first : ndarray
        (3,) voxel index of the first voxel of `part`.
    affine : ndarray
        (4, 4) voxel index of the whole image to RAS+ mm.
    """

    part: Share
    first: FloatArray
    affine: FloatArray

    @classmethod
    def of(cls, mask: NDArray[np.bool_], affine: FloatArray) -> "Sampler":
        """Return the sampler of a mask."""
        bounds = ndimage.find_objects(mask.astype(np.int8))
        if not bounds:
            return cls(part=np.zeros((1, 1, 1), dtype=np.float32), first=np.zeros(3), affine=affine)
        part = np.pad(mask[bounds[0]].astype(np.float32), 1)
        first = np.array([float(s.start) - 1 for s in bounds[0]])
        return cls(part=part, first=first, affine=affine)

    @classmethod
    def of_image(cls, values: Share, affine: FloatArray) -> "Sampler":
        """Return the sampler of a whole image, (I, J, K)."""
        return cls(part=np.asarray(values, dtype=np.float32), first=np.zeros(3), affine=affine)

    def at(self, grid: Grid) -> Share:
        """Return the value at each point of a grid by linear interpolation, (R, F, U) float32; 0 outside."""
        inverse = np.linalg.inv(self.affine[:3, :3])
        frame = grid.frame
        axes = (frame.right * _step(grid.right), frame.front * _step(grid.front), frame.up * _step(grid.up))
        first = frame.world(np.array([grid.right[0], grid.front[0], grid.up[0]]))
        offset = inverse @ (first - self.affine[:3, 3]) - self.first
        shape = (len(grid.right), len(grid.front), len(grid.up))
        out = ndimage.affine_transform(
            self.part, inverse @ np.stack(axes, axis=1), offset=offset, output_shape=shape, order=1
        )
        return np.asarray(out, dtype=np.float32)


def axis_positions(low: float, high: float, step: float) -> FloatArray:
    """Return positions that cover a range, multiples of the step, at least two."""
    first, last = int(np.floor(low / step)), int(np.ceil(high / step))
    return np.arange(first, max(last, first + 1) + 1, dtype=np.float64) * step


def _step(positions: FloatArray) -> float:
    return float(positions[1] - positions[0]) if len(positions) > 1 else 1.0


def within(share: Share) -> NDArray[np.bool_]:
    """Return where a share is at least one half."""
    return np.asarray(np.greater_equal(share, 0.5), dtype=np.bool_)


def rear_edge(share: Share, front: FloatArray) -> FloatArray:
    """Return where a structure begins when one comes from behind, (R, U) mm; NaN where it is not met.

    Parameters
    ----------
    share : ndarray
        (R, F, U) share of the structure.
    front : ndarray
        (F,) positions, rising.
    """
    return _first_edge(share, front)


def front_edge(share: Share, front: FloatArray) -> FloatArray:
    """Return where a structure begins when one comes from the front, (R, U) mm; NaN where it is not met."""
    return _first_edge(share[:, ::-1], front[::-1])


def _first_edge(share: Share, front: FloatArray) -> FloatArray:
    above = share >= 0.5
    first = above.argmax(axis=1)
    rows, columns = np.indices(first.shape)
    before = np.maximum(first - 1, 0)
    here, there = share[rows, first, columns], share[rows, before, columns]
    gain = np.where(here > there, here - there, 1.0)
    part = np.where(first > 0, np.clip((0.5 - there) / gain, 0, 1), 1.0)
    place = front[before] + part * (front[first] - front[before])
    return np.asarray(np.where(above.any(axis=1), place, np.nan), dtype=np.float64)
