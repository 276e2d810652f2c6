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
    area = float(np.prod(np.array(labels.spacing_mm)[list(plane_axes(axis))]))
    indices = np.flatnonzero(mask.any(axis=plane_axes(axis)))
    return axis, tuple(
        _section(slice_values(mask.astype(np.float32), axis, int(i)), int(i), axis, area) for i in indices
    )


def _axis(mask: NDArray[np.bool_], labels: Volume) -> int:
    spacing = np.array(labels.spacing_mm)
    if spacing.max() > nerve_parameters()["anisotropic_from"] * np.median(spacing):
        return int(spacing.argmax())
    reach = [np.flatnonzero(mask.any(axis=plane_axes(axis))) for axis in range(3)]
    return int(np.argmax([(r[-1] - r[0] + 1) * s for r, s in zip(reach, spacing, strict=True)]))


def _section(image: NDArray[np.float32], index: int, axis: int, voxel_mm2: float) -> Section:
    rows, columns = np.nonzero(image)
    centre = np.insert(np.array([rows.mean(), columns.mean()]), axis, index)
    share, corner = cropped(image)
    framed = np.pad(share, 1)
    return Section(
        slice_index=index,
        centre=centre,
        area_mm2=float(image.sum()) * voxel_mm2,
        area_sd_mm2=0.0,
        contour=longest_contour(framed, 0.5) - 1 + np.array(corner),
        share=share,
        corner=corner,
        confidence=1.0,
    )
