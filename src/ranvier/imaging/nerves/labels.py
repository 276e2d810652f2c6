"""Nerves from a label map: any tool's segmentation, its numbers named by a table."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import NerveGraph
from ranvier.case import read_side
from ranvier.core import Side, UnknownNameError, UnreadableImageError
from ranvier.imaging.contours import longest_contour
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.sections import Section, cropped, plane_axes, slice_values
from ranvier.imaging.volume import Volume

FloatArray = NDArray[np.float64]
_TOLERANCE_MM = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelName:
    """The nerve and side that a number of a label map stands for."""

    nerve: str
    side: Side
    is_root: bool = False


def read_label_names(path: Path, graph: NerveGraph) -> Mapping[int, LabelName]:
    """Return what the numbers of a label map mean, from a CSV with the columns ``label, nerve, side``.

    Raises
    ------
    UnreadableImageError
        If the table cannot be read or names no known nerve; the text names the line.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableImageError(f"the label names {path.name} cannot be read; give a CSV file in UTF-8") from error
    out = {}
    for line, row in enumerate(rows, 2):
        where = f"{path.name}, line {line}"
        if not {"label", "nerve", "side"} <= set(row):
            raise UnreadableImageError(f"{path.name} needs the columns label, nerve and side")
        try:
            nerve, side = graph.resolve(row["nerve"] or "", ("nerve", "root"))[1], read_side(row["side"])
            out[int(row["label"] or "")] = LabelName(nerve=nerve, side=side, is_root=nerve in graph.roots)
        except UnknownNameError as error:
            raise UnreadableImageError(f"{where}: {error}") from error
        except ValueError as error:
            raise UnreadableImageError(f"{where}: the label {row['label']!r} is no whole number") from error
    return out


def check_same_grid(labels: Volume, volume: Volume) -> None:
    """Refuse a label map that does not lie on the voxels of the image.

    Raises
    ------
    UnreadableImageError
        If shape or affine differ.
    """
    if labels.values.shape[:3] != volume.values.shape[:3]:
        found, wanted = labels.values.shape[:3], volume.values.shape[:3]
        raise UnreadableImageError(f"the label map has {found} voxels, the image {wanted}; resample it to the image")
    if np.abs(labels.affine - volume.affine).max() > _TOLERANCE_MM:
        raise UnreadableImageError("the label map and the image lie in different places; resample it to the image")


def on_same_voxels(labels: Volume, volume: Volume) -> Volume:
    """Return a label map in the order of the voxels of the image: other tools mirror, turn or crop them.

    Raises
    ------
    UnreadableImageError
        If its voxels are others than those of the image.
    """
    shape = volume.values.shape[:3]
    if labels.values.shape[:3] == shape and np.abs(labels.affine - volume.affine).max() <= _TOLERANCE_MM:
        return labels
    to_labels = np.linalg.inv(labels.affine) @ volume.affine
    whole = np.rint(to_labels)
    turned = np.abs(whole[:3, :3])
    moved_mm = (np.abs(labels.affine @ (whole - to_labels))[:3] @ [*shape, 1]).max()
    if moved_mm > _TOLERANCE_MM or not ((turned.sum(axis=0) == 1).all() and (turned.sum(axis=1) == 1).all()):
        check_same_grid(labels, volume)
    source = labels.values.reshape(labels.values.shape[:3])
    index = whole[:3, :3] @ np.indices(shape).reshape(3, -1) + whole[:3, 3:]
    inside = ((index >= 0) & (index < np.array(source.shape)[:, None])).all(axis=0)
    if not inside.any():
        raise UnreadableImageError("the label map and the image do not overlap; give one of the same place")
    values = np.zeros(int(np.prod(shape)), dtype=np.float32)
    values[inside] = source[tuple(index[:, inside].astype(int))]
    return Volume(values=values.reshape(shape), affine=volume.affine)


def sections_of_labels(labels: Volume, label: int) -> tuple[int, tuple[Section, ...]]:
    """Return the slice axis and the sections of one label.

    Parameters
    ----------
    labels : Volume
        (I, J, K) whole numbers.
    label : int

    Returns
    -------
    slice_axis : int
        The axis with the largest voxels, or along which the label reaches furthest.
    sections : tuple of Section
        One for each slice that holds the label.

    Raises
    ------
    UnreadableImageError
        If no voxel has the label.
    """
    mask = np.round(labels.values) == label
    if not mask.any():
        raise UnreadableImageError(f"no voxel of the label map has the number {label}")
    axis = _axis(mask, labels)
    spacing = np.array(labels.spacing_mm)[list(plane_axes(axis))]
    indices = np.flatnonzero(mask.any(axis=plane_axes(axis)))
    return axis, tuple(
        _section(slice_values(mask.astype(np.float32), axis, int(i)), int(i), axis, spacing) for i in indices
    )


def _axis(mask: NDArray[np.bool_], labels: Volume) -> int:
    spacing = np.array(labels.spacing_mm)
    if spacing.max() > nerve_parameters()["anisotropic_from"] * np.median(spacing):
        return int(spacing.argmax())
    reach = [np.flatnonzero(mask.any(axis=plane_axes(axis))) for axis in range(3)]
    return int(np.argmax([(r[-1] - r[0] + 1) * s for r, s in zip(reach, spacing, strict=True)]))


def _section(image: NDArray[np.float32], index: int, axis: int, spacing_mm: FloatArray) -> Section:
    rows, columns = np.nonzero(image)
    centre = np.insert(np.array([rows.mean(), columns.mean()]), axis, index)
    share, corner = cropped(image)
    framed = np.pad(share, 1)
    away = np.hypot(*((np.argwhere(image) - [rows.mean(), columns.mean()]) * spacing_mm).T)
    radius = float(np.sqrt(len(rows) * np.prod(spacing_mm) / np.pi))
    p = nerve_parameters()
    apart = away.max() > p["apart_radii"] * radius + p["apart_mm"]
    return Section(
        slice_index=index,
        centre=centre,
        area_mm2=float(image.sum() * np.prod(spacing_mm)),
        area_sd_mm2=0.0,
        contour=longest_contour(framed, 0.5) - 1 + np.array(corner),
        share=share,
        corner=corner,
        confidence=0.0 if apart else 1.0,
        note="pieces of the label lie far apart" if apart else "",
    )
