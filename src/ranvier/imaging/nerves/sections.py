"""The section of a nerve in one slice of a volume, wherever its outline came from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A nerve in one slice.

    Attributes
    ----------
    slice_index : int
        Zero-based index along the slice axis.
    centre : ndarray
        (3,) voxel index of the centre of gravity; fractions are usual.
    area_mm2 : float
        Area in the plane of the slice, partly filled voxels by their share; 0 where nothing was found.
    area_sd_mm2 : float
        Spread of the area between views of the same slice; 0 for a label map.
    contour : ndarray
        (n, 2) outline in index coordinates of the slice plane; (0, 2) where nothing was found.
    share : ndarray
        (n, m) float32, share of each voxel within the nerve, of the part of the slice that starts at `corner`.
    corner : tuple of int
        Index in the slice plane of the first voxel of `share`.
    confidence : float
        Estimated chance that the area is within 15 %; 1 for a label map.
    note : str
        What is in doubt, in words; empty where nothing is.
    """

    slice_index: int
    centre: FloatArray
    area_mm2: float
    area_sd_mm2: float
    contour: FloatArray
    share: Image
    corner: tuple[int, int]
    confidence: float
    note: str = ""


def plane_axes(slice_axis: int) -> tuple[int, int]:
    """Return the two index axes of the plane of a slice.

    >>> plane_axes(2)
    (0, 1)
    """
    first, second = (axis for axis in range(3) if axis != slice_axis)
    return first, second


def slice_values(values: NDArray[np.float32], slice_axis: int, index: int) -> Image:
    """Return one slice, (n, m) or with further volumes (n, m, N), as a view: a copy of every slice costs seconds."""
    return np.asarray(np.moveaxis(values, slice_axis, 0)[index], dtype=np.float32)


def cropped(share: Image) -> tuple[Image, tuple[int, int]]:
    """Return the part of a slice that holds anything, and where it begins; a single empty voxel where none does."""
    rows, columns = np.flatnonzero(share.any(axis=1)), np.flatnonzero(share.any(axis=0))
    if not len(rows):
        return np.zeros((1, 1), dtype=np.float32), (0, 0)
    part = share[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(part, dtype=np.float32), (int(rows[0]), int(columns[0]))
