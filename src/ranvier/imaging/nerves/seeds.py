"""Seeds: points that a user put into a nerve, from ``seeds.csv``.

Columns ``nerve, side`` (a nerve, or a root such as C7) and either ``i, j, k`` (zero-based voxel indices as stored,
fractions allowed) or ``x_mm, y_mm, z_mm`` (RAS+). One row a point; the points of one nerve and side belong together.
Columns may be parted by commas, semicolons or tabs, and decimals by a point or a comma.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import NerveGraph
from ranvier.case import read_side
from ranvier.core import Side, UnknownNameError, UnreadableImageError
from ranvier.imaging.volume import Volume

FloatArray = NDArray[np.float64]
_VOXEL = ("i", "j", "k")
_WORLD = ("x_mm", "y_mm", "z_mm")


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveSeeds:
    """The seeds of one nerve on one side.

    Attributes
    ----------
    nerve : str
        Id of the nerve graph, of a nerve or a root.
    side : Side
    points : ndarray
        (n, 3) fractional voxel indices.
    calibre_mm2 : float or None
        Cross-section that the nerve graph expects of a healthy adult; where to begin, no limit.
    is_root : bool
        Whether it is a root: its ganglion is a swelling that all people have.
    """

    nerve: str
    side: Side
    points: FloatArray
    calibre_mm2: float | None = None
    is_root: bool = False


def read_seeds(path: Path, volume: Volume, graph: NerveGraph) -> tuple[NerveSeeds, ...]:
    """Return the seeds of a CSV file, one record a nerve and side, in the order of the file.

    Parameters
    ----------
    path : Path
        The file.
    volume : Volume
        For the place of the points: each must lie inside it.
    graph : NerveGraph
        For the names of nerves.

    Raises
    ------
    UnreadableImageError
        If the file cannot be read, a column is missing, or a point is no number or lies outside; the text names the
        line and what to write.
    """
    rows = read_points(path, "nerve")
    found: dict[tuple[str, Side], list[FloatArray]] = {}
    for line, row in rows:
        try:
            nerve = graph.resolve(row["nerve"], ("nerve", "root"))[1]
            side = read_side(row["side"])
        except UnknownNameError as error:
            raise UnreadableImageError(f"{path.name}, line {line}: {error}") from error
        found.setdefault((nerve, side), []).append(point_of(row, volume, f"{path.name}, line {line}"))
    return tuple(
        NerveSeeds(
            nerve=n, side=s, points=np.array(points), calibre_mm2=expected_calibre(graph, n), is_root=n in graph.roots
        )
        for (n, s), points in found.items()
    )


def expected_calibre(graph: NerveGraph, nerve: str) -> float | None:
    """Return the median normal cross-section along a nerve in mm2, None where the graph has none."""
    if nerve not in graph.nerves:
        return None
    known = [graph.segments[i].calibre_mm2 for i in graph.nerve_segments(nerve)]
    return float(np.median(known)) if known else None


def read_points(path: Path, what: str) -> list[tuple[int, dict[str, str]]]:
    """Return line and cells of each row of a table of points, whose first column is `what`.

    Raises
    ------
    UnreadableImageError
        If the file cannot be read, lacks a column or holds no row.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableImageError(f"the points {path.name} cannot be read; give a CSV file in UTF-8") from error
    head = text.lstrip().splitlines()[:1]
    delimiter = max(",;\t", key=lambda d: head[0].count(d)) if head else ","
    reader = csv.DictReader(text.splitlines(), delimiter=delimiter)
    names = {name: (name or "").strip().lower() for name in reader.fieldnames or ()}
    columns = set(names.values())
    _check_columns(columns, path.name, what)
    out = []
    for raw in reader:
        row = {names[key]: (value or "").strip() for key, value in raw.items() if key in names}
        if any(row.values()):
            out.append((reader.line_num, row))
    if not out:
        raise UnreadableImageError(f"{path.name} holds no seed; write one row for each point in a {what}")
    return out


def _check_columns(columns: set[str], name: str, what: str) -> None:
    missing = [c for c in (what, "side") if c not in columns]
    if missing or not (columns.issuperset(_VOXEL) or columns.issuperset(_WORLD)):
        known = f"{what}, side and either {', '.join(_VOXEL)} (voxels) or {', '.join(_WORLD)} (RAS+ mm)"
        lacking = f"lacks {' and '.join(missing)}" if missing else "has neither voxel indices nor millimetres"
        raise UnreadableImageError(f"{name} {lacking}; its columns must be {known}")


def point_of(row: Mapping[str, str], volume: Volume, where: str) -> FloatArray:
    """Return the point of a row in voxel indices.

    Raises
    ------
    UnreadableImageError
        If it is no point or lies outside the volume.
    """
    voxel = _numbers(row, _VOXEL, where)
    world = _numbers(row, _WORLD, where)
    if voxel is None and world is None:
        raise UnreadableImageError(f"{where}: give {', '.join(_VOXEL)} or {', '.join(_WORLD)}")
    point = voxel if voxel is not None else volume.to_index(np.asarray(world))
    shape = volume.values.shape[:3]
    if not all(-0.5 <= p <= n - 0.5 for p, n in zip(point, shape, strict=True)):
        index = ", ".join(f"{p:.1f}" for p in point)
        raise UnreadableImageError(f"{where}: the point at voxel ({index}) lies outside the volume of {shape} voxels")
    return np.asarray(point, dtype=np.float64)


def _numbers(row: Mapping[str, str], columns: Sequence[str], where: str) -> FloatArray | None:
    texts = [row.get(c, "") for c in columns]
    if not any(texts):
        return None
    try:
        values = np.array([float(t.replace(",", ".")) for t in texts])
    except ValueError as error:
        raise UnreadableImageError(f"{where}: {', '.join(columns)} must be three numbers (got {texts})") from error
    if not np.isfinite(values).all():
        raise UnreadableImageError(f"{where}: {', '.join(columns)} must be finite (got {texts})")
    return values
