"""A volume of an imaging study: voxels with their place in the patient.

World coordinates are RAS+ in millimetres: x grows to the patient's right, y to the front, z to the head.
Voxel indices are zero-based and name the centre of a voxel.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Voxels and the affine that places them.

    Attributes
    ----------
    values : ndarray
        (I, J, K) or (I, J, K, N) float32; N counts echoes, b-values or time points.
    affine : ndarray
        (4, 4) float, voxel index ``(i, j, k, 1)`` to RAS+ mm.
    """

    values: NDArray[np.float32]
    affine: FloatArray

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between the centres of neighbouring voxels along each index axis, in mm."""
        lengths = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(lengths[0]), float(lengths[1]), float(lengths[2])

    def to_world(self, index: FloatArray) -> FloatArray:
        """Return RAS+ mm of voxel indices.

        Parameters
        ----------
        index : ndarray
            (..., 3) voxel indices; fractions are allowed.
        """
        return np.asarray(index @ self.affine[:3, :3].T + self.affine[:3, 3], dtype=np.float64)

    def to_index(self, world_mm: FloatArray) -> FloatArray:
        """Return fractional voxel indices of points in RAS+ mm, shape (..., 3)."""
        shifted = np.asarray(world_mm, dtype=np.float64) - self.affine[:3, 3]
        return np.asarray(shifted @ np.linalg.inv(self.affine[:3, :3]).T, dtype=np.float64)
