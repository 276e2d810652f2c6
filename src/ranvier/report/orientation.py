"""How a plane of a volume lies on a picture: as radiologists look at it, whatever way its voxels are stored.

The head or the front is up; the patient's right (of a sagittal plane the front) is on the left of the picture.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.imaging.nerves.sections import plane_axes
from ranvier.imaging.volume import Volume
from ranvier.report.grey_picture import Image

FloatArray = NDArray[np.float64]
_ENDS = (("R", "L"), ("A", "P"), ("S", "I"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """A plane on a picture.

    Attributes
    ----------
    across, down : int
        Which of the two index axes of the plane (0 or 1) runs across the picture, and which down.
    to_right, to_foot : int
        1 where that index grows to the right or downwards, -1 where against it.
    left, right, top, bottom : str
        Side of the patient at each border: R, L, A, P, S or I.
    """

    across: int
    down: int
    to_right: int
    to_foot: int
    left: str
    right: str
    top: str
    bottom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A rectangle of a plane as it is shown.

    Attributes
    ----------
    orientation : Orientation
    centre : ndarray
        (2,) its middle in index coordinates of the plane.
    spacing_mm : ndarray
        (2,) of the plane.
    wide_mm, high_mm : float
    pixels_per_mm : float
    """

    orientation: Orientation
    centre: FloatArray
    spacing_mm: FloatArray
    wide_mm: float
    high_mm: float
    pixels_per_mm: float

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return max(1, round(self.wide_mm * self.pixels_per_mm)), max(1, round(self.high_mm * self.pixels_per_mm))

    def points(self, index: FloatArray) -> FloatArray:
        """Return where points of the plane lie on the picture, (n, 2) pixels from its upper left corner."""
        o = self.orientation
        away = (index - self.centre) * self.spacing_mm
        x = (o.to_right * away[:, o.across] + self.wide_mm / 2) * self.pixels_per_mm
        y = (o.to_foot * away[:, o.down] + self.high_mm / 2) * self.pixels_per_mm
        return np.column_stack([x, y])

    def sample(self, image: Image) -> Image:
        """Return the signal of each pixel, (height, width), between voxels by lines; 0 outside of the image."""
        o, (wide, high) = self.orientation, self.pixels
        x = (np.arange(wide) + 0.5) / self.pixels_per_mm - self.wide_mm / 2
        y = (np.arange(high) + 0.5) / self.pixels_per_mm - self.high_mm / 2
        columns = self.centre[o.across] + o.to_right * x / self.spacing_mm[o.across]
        rows = self.centre[o.down] + o.to_foot * y / self.spacing_mm[o.down]
        turned = image if o.down == 0 else image.T
        grid = np.meshgrid(rows, columns, indexing="ij")
        beyond = (
            (grid[0] < -0.5) | (grid[0] > turned.shape[0] - 0.5) | (grid[1] < -0.5) | (grid[1] > turned.shape[1] - 0.5)
        )
        values = ndimage.map_coordinates(turned, grid, order=1, mode="nearest")
        return np.asarray(np.where(beyond, 0, values), dtype=np.float32)


def world_axis(affine: FloatArray, axis: int) -> tuple[int, int]:
    """Return the world axis that an index axis runs along most, and 1 where both grow together, else -1."""
    direction = affine[:3, axis]
    world = int(np.abs(direction).argmax())
    return world, 1 if direction[world] > 0 else -1


def ends_along(volume: Volume, axis: int) -> tuple[str, str]:
    """Return the side of the patient at the lowest and at the highest index of an axis.

    >>> ends_along(Volume(values=np.zeros((2, 2, 2), dtype=np.float32), affine=np.eye(4)), 2)
    ('I', 'S')
    """
    world, sign = world_axis(volume.affine, axis)
    positive, negative = _ENDS[world]
    return (negative, positive) if sign > 0 else (positive, negative)


def orientation_of(volume: Volume, slice_axis: int) -> Orientation:
    """Return how the planes across an index axis are shown.

    >>> o = orientation_of(Volume(values=np.zeros((2, 2, 2), dtype=np.float32), affine=np.eye(4)), 2)
    >>> (o.left, o.right, o.top, o.bottom, o.to_right, o.to_foot)
    ('R', 'L', 'A', 'P', -1, -1)
    """
    unit = volume.affine[:3, :3] / np.linalg.norm(volume.affine[:3, :3], axis=0)
    axes = plane_axes(slice_axis)
    worlds = max(permutations(range(3), 2), key=lambda w: sum(abs(unit[w[n], axes[n]]) for n in (0, 1)))
    across = int(np.argmin(worlds))
    down = 1 - across
    left, right = _ENDS[worlds[across]]
    top, bottom = _ENDS[worlds[down]]
    return Orientation(
        across=across,
        down=down,
        to_right=-1 if unit[worlds[across], axes[across]] > 0 else 1,
        to_foot=-1 if unit[worlds[down], axes[down]] > 0 else 1,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
    )
