"""Signal of named tissues (muscles, a vessel, fat) at points that a user put into them, from ``references.csv``.

Columns ``tissue, side`` and either ``i, j, k`` (zero-based voxel indices) or ``x_mm, y_mm, z_mm`` (RAS+). The signal is
the median over a disc in the slice about the point; several points of one tissue are put together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import NerveGraph
from ranvier.case import read_side
from ranvier.core import Side, UnknownNameError, UnreadableImageError
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.sections import plane_axes
from ranvier.imaging.nerves.seeds import point_of, read_points
from ranvier.imaging.volume import Volume

FloatArray = NDArray[np.float64]
_PLAIN = ("vessel", "artery", "vein", "fat", "bone_marrow")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceTissue:
    """Where the signal of a named tissue is taken.

    Attributes
    ----------
    tissue : str
        Id of a muscle of the nerve graph, or vessel, artery, vein, fat, bone_marrow.
    side : Side
    points : ndarray
        (n, 3) voxel indices.
    """

    tissue: str
    side: Side
    points: FloatArray

    @property
    def name(self) -> str:
        """Side and tissue in words."""
        word = self.tissue.replace("_", " ")
        return word if self.side is Side.UNKNOWN else f"{self.side.value} {word}"


def read_references(path: Path, volume: Volume, graph: NerveGraph) -> tuple[ReferenceTissue, ...]:
    """Return the reference tissues of a CSV file, in its order.

    Raises
    ------
    UnreadableImageError
        If the file cannot be read, names an unknown tissue or side, or a point that is no number or lies outside.
    """
    found: dict[tuple[str, Side], list[FloatArray]] = {}
    for line, row in read_points(path, "tissue"):
        where = f"{path.name}, line {line}"
        try:
            tissue, side = _tissue(row, graph), read_side(row["side"]) if row["side"] else Side.UNKNOWN
        except UnknownNameError as error:
            raise UnreadableImageError(f"{where}: {error}") from error
        found.setdefault((tissue, side), []).append(point_of(row, volume, where))
    return tuple(ReferenceTissue(tissue=t, side=s, points=np.array(points)) for (t, s), points in found.items())


def _tissue(row: Mapping[str, str], graph: NerveGraph) -> str:
    word = row["tissue"].strip().lower().replace(" ", "_")
    return word if word in _PLAIN else graph.resolve(row["tissue"], ("muscle", "muscle_group"))[1]


def reference_signals(
    volume: Volume, references: Sequence[ReferenceTissue], slice_axis: int
) -> tuple[tuple[str, float], ...]:
    """Return the name and median signal of each tissue, mean over the volumes; those without a voxel are left out."""
    values = volume.values.mean(axis=3) if volume.values.ndim == 4 else volume.values
    plane = list(plane_axes(slice_axis))
    spacing = np.array(volume.spacing_mm)
    reach = nerve_parameters()["reference_mm"]
    out = []
    for one in references:
        seen: list[np.ndarray] = []
        for point in one.points:
            low = np.floor(point).astype(int)
            low[plane] = np.floor(point[plane] - reach / spacing[plane]).astype(int)
            high = np.floor(point + 0.5).astype(int) + 1
            high[plane] = np.ceil(point[plane] + reach / spacing[plane]).astype(int) + 1
            low[slice_axis] = high[slice_axis] - 1
            box = tuple(slice(max(int(a), 0), int(b)) for a, b in zip(low, high, strict=True))
            part = values[box]
            index = np.indices(part.shape).reshape(3, -1).T + np.maximum(low, 0)
            near = np.linalg.norm(((index - point) * spacing)[:, plane], axis=1) <= reach
            seen.append(part.ravel()[near])
        together = np.concatenate(seen)
        if len(together):
            out.append((one.name, float(np.median(together))))
    return tuple(out)
