"""An image on the grid that a model takes, and the way back: axes turned, voxels resampled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.models.manifest import ModelInput
from ranvier.imaging.resampling import resampling_matrix
from ranvier.imaging.volume import Volume

Array = NDArray[np.float32]
_PAIRS = ("LR", "PA", "IS")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelGrid:
    """How the voxels of an image become the array of a model.

    Attributes
    ----------
    axes : tuple of int
        The image axis that becomes each axis of the model.
    flipped : tuple of bool
        Whether that axis runs the other way.
    spacing_mm, wanted_mm : tuple of float
        Voxel sides along the axes of the model: of the image, and as the model takes them.
    shape : tuple of int
        Of the image, along the axes of the model.
    """

    axes: tuple[int, int, int]
    flipped: tuple[bool, bool, bool]
    spacing_mm: tuple[float, float, float]
    wanted_mm: tuple[float, float, float]
    shape: tuple[int, int, int]

    def _sizes(self) -> tuple[int, ...]:
        return tuple(
            max(1, round(n * have / want))
            for n, have, want in zip(self.shape, self.spacing_mm, self.wanted_mm, strict=True)
        )

    def forth(self, values: Array) -> Array:
        """Return an image (I, J, K) as the model takes it."""
        turned = np.transpose(values, self.axes)
        turned = np.flip(turned, tuple(n for n in range(3) if self.flipped[n]))
        for axis, size in enumerate(self._sizes()):
            turned = _along(turned, axis, size, self.spacing_mm[axis], self.wanted_mm[axis])
        return np.ascontiguousarray(turned, dtype=np.float32)

    def back(self, values: Array) -> Array:
        """Return an array of the model on the voxels of the image."""
        out = values
        for axis, size in enumerate(self.shape):
            out = _along(out, axis, size, self.wanted_mm[axis], self.spacing_mm[axis])
        out = np.flip(out, tuple(n for n in range(3) if self.flipped[n]))
        return np.asarray(np.transpose(out, np.argsort(self.axes)), dtype=np.float32)


def _along(values: Array, axis: int, size: int, step: float, wanted: float) -> Array:
    """Return values resampled along one axis; both grids cover the same stretch, middle on middle."""
    n = values.shape[axis]
    if abs(step - wanted) < 1e-6 and n == size:
        return values
    positions = (np.arange(size) - (size - 1) / 2) * wanted + (n - 1) / 2 * step
    matrix = resampling_matrix(n, step, positions, wanted)
    return np.asarray(np.moveaxis(np.tensordot(matrix, values, axes=(1, axis)), 0, axis), dtype=np.float32)


def model_grid(volume: Volume, wanted: ModelInput) -> ModelGrid:
    """Return the grid of a model for an image; an oblique image goes by its nearest axes."""
    direction = volume.affine[:3, :3] / np.array(volume.spacing_mm)
    free, axes, flipped = [0, 1, 2], [], []
    for letter in wanted.orientation:
        world = next(n for n, pair in enumerate(_PAIRS) if letter in pair)
        axis = max(free, key=lambda a: abs(float(direction[world, a])))
        free.remove(axis)
        axes.append(axis)
        flipped.append(bool((direction[world, axis] > 0) != (letter == _PAIRS[world][1])))
    spacing = [volume.spacing_mm[a] for a in axes]
    stated = wanted.spacing_mm or (None, None, None)
    taken = [s if s is not None else own for s, own in zip(stated, spacing, strict=True)]
    shape = [volume.values.shape[a] for a in axes]
    return ModelGrid(
        axes=(axes[0], axes[1], axes[2]),
        flipped=(flipped[0], flipped[1], flipped[2]),
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
        wanted_mm=(taken[0], taken[1], taken[2]),
        shape=(shape[0], shape[1], shape[2]),
    )


def normalised(values: Array, wanted: ModelInput) -> Array:
    """Return a volume in the brightness that a model takes."""
    if wanted.normalisation == "zscore":
        return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9), dtype=np.float32)
    if wanted.normalisation == "percentile":
        low, high = np.percentile(values, wanted.percentiles)
        return np.asarray(np.clip((values - low) / max(float(high - low), 1e-9), 0, 1), dtype=np.float32)
    if wanted.normalisation == "fixed":
        return np.asarray((values - wanted.mean) / wanted.sd, dtype=np.float32)
    return values
