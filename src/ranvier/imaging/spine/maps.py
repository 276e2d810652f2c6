"""A spine label map with its meaning: the mask of any structure of any level."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import Side, UnreadableImageError
from ranvier.imaging.spine.labels import LabelTable
from ranvier.imaging.spine.settings import spine_parameters
from ranvier.imaging.volume import FloatArray, Volume

Mask = NDArray[np.bool_]
_TOLERANCE_MM = 0.01
_WHOLE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineMaps:
    """Labelled voxels of a spine, cut to the part of the image that holds any.

    Attributes
    ----------
    values : ndarray
        (I, J, K) int32 numbers of the first map.
    table : mapping
        What they mean.
    parts : ndarray or None
        (I, J, K) int32 numbers of a second map on the same voxels, with the parts of vertebrae.
    parts_table : mapping or None
    affine : ndarray
        (4, 4) voxel index to RAS+ mm.
    at_border : ndarray
        (3, 2) bool, whether the first and the last voxel along each axis are the border of the image.
    """

    values: NDArray[np.int32]
    table: LabelTable
    parts: NDArray[np.int32] | None
    parts_table: LabelTable | None
    affine: FloatArray
    at_border: Mask

    @property
    def spacing_mm(self) -> FloatArray:
        """Voxel sides in mm, (3,)."""
        return np.asarray(np.linalg.norm(self.affine[:3, :3], axis=0), dtype=np.float64)

    @property
    def voxel_mm(self) -> float:
        """The larger side of a voxel in its finest plane: what a length cannot be told from zero by."""
        return float(np.sort(self.spacing_mm)[1])

    def has(self, structure: str, level: str | None = None) -> bool:
        """Return whether any voxel has the structure."""
        return bool(self.mask((structure,), level).any())

    def root(self, name: str, side: Side) -> Mask:
        """Return the voxels of a labelled root, (I, J, K) bool; `UNKNOWN` for labels that tell no side."""
        wanted = [n for n, one in self.table.items() if (one.structure, one.level, one.side) == ("root", name, side)]
        return np.asarray(np.isin(self.values, wanted))

    def mask(self, structures: Iterable[str], level: str | None = None) -> Mask:
        """Return the voxels of some structures, (I, J, K) bool.

        A part that names no level (a second map says which part of a vertebra, not of which) is cut to the vertebra of
        the level.

        Parameters
        ----------
        structures : iterable of str
        level : str, optional
            Only this vertebra or this disc.
        """
        wanted = set(structures)
        out = _voxels(self.values, self.table, wanted, level)
        if self.parts is None or self.parts_table is None:
            return out
        second = _voxels(self.parts, self.parts_table, wanted, None)
        if level is not None:
            second &= _voxels(self.values, self.table, {"vertebra", "disc", "endplate"}, level)
        return np.asarray(out | second)

    def bone(self, level: str) -> Mask:
        """Return all of one vertebra."""
        return self.mask(("vertebra", "body", "arch"), level)

    def world(self, mask: Mask) -> FloatArray:
        """Return the middles of the voxels of a mask in RAS+ mm, (n, 3)."""
        return np.asarray(np.argwhere(mask) @ self.affine[:3, :3].T + self.affine[:3, 3], dtype=np.float64)

    def cut_off(self, mask: Mask) -> bool:
        """Return whether a structure reaches the side border of the image, so that part of it may lie outside."""
        axis = int(np.argmax(np.abs(self.affine[0, :3]) / self.spacing_mm))
        ends = [np.take(mask, end, axis=axis).any() for end in (0, mask.shape[axis] - 1)]
        return bool((np.array(ends) & self.at_border[axis]).any())


def _voxels(values: NDArray[np.int32], table: LabelTable, structures: set[str], level: str | None) -> Mask:
    """Return where a map has one of the structures, by a table of all its numbers: maps may hold many voxels."""
    wanted = np.zeros(int(values.max()) + 1, dtype=np.bool_)
    for number, label in table.items():
        if number < len(wanted) and label.structure in structures and level in (None, label.level):
            wanted[number] = True
    return np.asarray(wanted[values])


def spine_maps(
    labels: Volume,
    table: LabelTable,
    *,
    parts: Volume | None = None,
    parts_table: LabelTable | None = None,
    image: Volume | None = None,
) -> SpineMaps:
    """Return a checked label map.

    Parameters
    ----------
    labels : Volume
        (I, J, K) whole numbers.
    table : mapping
        What they mean.
    parts, parts_table : Volume and mapping, optional
        A second map of parts of vertebrae, on the same voxels.
    image : Volume, optional
        The image that the map was made of; it must lie on the same voxels.

    Raises
    ------
    UnreadableImageError
        If the map holds no whole numbers, none of the table, voxels too large for a spine, or lies elsewhere than the
        image.
    """
    whole = _whole(labels, "the label map")
    for other, name in ((parts, "the map of parts"), (image, "the image")):
        if other is not None:
            _same_place(labels, other, name)
    high, largest = spine_parameters()["slice_spacing_high"], max(labels.spacing_mm)
    if largest > high:
        raise UnreadableImageError(f"voxels of {largest:.1f} mm are too large to measure a spine (at most {high:g} mm)")
    found = {int(v) for v in np.unique(whole) if v}
    if len(found) > spine_parameters()["most_numbers"]:
        raise UnreadableImageError(f"the label map holds {len(found)} different numbers; it looks like an image")
    if not found & set(table):
        shown = ", ".join(str(v) for v in sorted(found)[:8]) or "nothing but 0"
        raise UnreadableImageError(f"the label map holds {shown}, the table knows none of it; name the right table")
    return _cut(whole, _whole(parts, "the map of parts") if parts is not None else None, (table, parts_table), labels)


def _cut(
    values: NDArray[np.int32],
    parts: NDArray[np.int32] | None,
    tables: tuple[LabelTable, LabelTable | None],
    labels: Volume,
) -> SpineMaps:
    """Return the maps cut to their labels: an image is mostly empty."""
    held = values > 0 if parts is None else (values > 0) | (parts > 0)
    box = ndimage.find_objects(held.view(np.int8))[0]
    affine = labels.affine.copy()
    affine[:3, 3] = labels.to_world(np.array([float(part.start) for part in box]))
    at_border = np.array([[b.start == 0, b.stop == size] for b, size in zip(box, values.shape, strict=True)])
    return SpineMaps(
        values=values[box],
        table=tables[0],
        parts=parts[box] if parts is not None else None,
        parts_table=tables[1],
        affine=affine,
        at_border=at_border,
    )


def _whole(volume: Volume, name: str) -> NDArray[np.int32]:
    values = volume.values[..., 0] if volume.values.ndim == 4 and volume.values.shape[3] == 1 else volume.values
    if values.ndim != 3:
        raise UnreadableImageError(f"{name} must have three axes (got {values.ndim}); give one volume")
    if not values.size:
        raise UnreadableImageError(f"{name} holds no voxel")
    rounded = np.round(values)
    if not np.isfinite(values).all() or np.abs(values - rounded).max() > _WHOLE or rounded.min() < 0:
        raise UnreadableImageError(f"{name} must hold whole numbers from 0 up; it looks like an image, not labels")
    return np.asarray(rounded, dtype=np.int32)


def _same_place(labels: Volume, other: Volume, name: str) -> None:
    if labels.values.shape[:3] != other.values.shape[:3]:
        raise UnreadableImageError(
            f"the label map has {labels.values.shape[:3]} voxels, {name} {other.values.shape[:3]}; resample one of them"
        )
    if np.abs(labels.affine - other.affine).max() > _TOLERANCE_MM:
        raise UnreadableImageError(f"the label map and {name} lie in different places; resample one of them")
