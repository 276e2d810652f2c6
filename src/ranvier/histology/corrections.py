"""The reviewer's word: fibres to leave out and fibres to add, from a CSV or JSON file that stays beside the section.

Places are in pixels of the picture, x to the right and y down, (0, 0) in the middle of the upper left pixel.

CSV: columns ``action,x,y,axon,fibre``. ``exclude`` takes a point in the fibre; ``add`` takes two outlines, each as
``x y; x y; x y``: that of the axon and the outer one of the fibre. JSON: ``{"exclude": [[x, y], ...],
"add": [{"axon": [[x, y], ...], "fibre": [[x, y], ...]}, ...]}``.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.histology.errors import CorrectionError

Point = tuple[float, float]
Labels = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedFibre:
    """Outlines of an axon and of its fibre (outer border of the sheath), as points (x, y) in pixels."""

    axon: tuple[Point, ...]
    fibre: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What a reviewer changed: points (x, y) in fibres to leave out, and fibres to add."""

    exclude: tuple[Point, ...] = ()
    add: tuple[AddedFibre, ...] = ()


def read_corrections(path: Path) -> Corrections:
    """Read a file of corrections.

    Raises
    ------
    CorrectionError
        If the file is absent, is neither CSV nor JSON of the form above, or an outline has fewer than three points.
    """
    if not path.is_file():
        raise CorrectionError(f"there is no file of corrections {path}")
    text = path.read_text(encoding="utf-8-sig")
    return _from_json(text, path.name) if path.suffix.lower() == ".json" else _from_csv(text, path.name)


def apply_corrections(axons: Labels, myelin: Labels, corrections: Corrections) -> tuple[Labels, Labels]:
    """Return corrected copies of the labels; an added fibre takes the pixels that it covers, and a label of its own.

    Parameters
    ----------
    axons, myelin : (rows, columns) int32
        Labels.
    corrections : Corrections
        What to change.

    Raises
    ------
    CorrectionError
        If a point lies in no fibre or outside the picture, or an outline covers no pixel.
    """
    last = int(max(axons.max(initial=0), myelin.max(initial=0)))
    axons, myelin = axons.copy(), myelin.copy()
    for x, y in corrections.exclude:
        row, column = round(y), round(x)
        if not (0 <= row < axons.shape[0] and 0 <= column < axons.shape[1]):
            raise CorrectionError(f"exclude ({x:g}, {y:g}) lies outside the picture")
        label = int(axons[row, column] or myelin[row, column])
        if not label:
            raise CorrectionError(f"exclude ({x:g}, {y:g}) lies in no fibre")
        axons[axons == label] = 0
        myelin[myelin == label] = 0
    for label, added in enumerate(corrections.add, last + 1):
        core, whole = polygon_mask(added.axon, axons.shape), polygon_mask(added.fibre, axons.shape)
        if not core.any():
            raise CorrectionError(f"the added axon at {added.axon[0]} covers no pixel of the picture")
        axons[whole | core], myelin[whole | core] = 0, 0
        axons[core] = label
        myelin[whole & ~core] = label
    return axons, myelin


def polygon_mask(points: tuple[Point, ...], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return the pixels whose middle lies in a polygon (even-odd rule), ``shape`` bool.

    Examples
    --------
    >>> int(polygon_mask(((0.5, 0.5), (3.5, 0.5), (3.5, 2.5), (0.5, 2.5)), (5, 5)).sum())
    6
    """
    ends = [(max(0, int(np.floor(min(at)))), int(np.ceil(max(at))) + 1) for at in zip(*points, strict=True)]
    window = tuple(slice(start, max(start, min(stop, n))) for (start, stop), n in zip(ends[::-1], shape, strict=False))
    y, x = np.mgrid[window]
    whole = np.zeros(shape[:2], np.bool_)
    inside = whole[window]
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        if y0 == y1:
            continue
        crosses = (y >= min(y0, y1)) & (y < max(y0, y1))
        inside ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return whole


def _from_csv(text: str, name: str) -> Corrections:
    reader = csv.DictReader(text.splitlines())
    if "action" not in (reader.fieldnames or ()):
        raise CorrectionError(f"{name} has no column 'action' (wanted: action,x,y,axon,fibre)")
    exclude, add = [], []
    for row in reader:
        where = f"{name} line {reader.line_num}"
        action = (row["action"] or "").strip().lower()
        if action == "exclude":
            exclude.append((_number(row.get("x"), where), _number(row.get("y"), where)))
        elif action == "add":
            outlines = {key: _points(_split(row.get(key) or "", where), where, key) for key in ("axon", "fibre")}
            add.append(AddedFibre(**outlines))
        else:
            raise CorrectionError(f"{where}: action is {action!r}: it must be 'exclude' or 'add'")
    return Corrections(exclude=tuple(exclude), add=tuple(add))


def _from_json(text: str, name: str) -> Corrections:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise CorrectionError(f"{name} is not JSON: {error}") from error
    if not isinstance(data, dict) or set(data) - {"exclude", "add"}:
        raise CorrectionError(f"{name} must be an object with 'exclude' and 'add' and no other key")
    exclude = [_points([p], name, "exclude", least=1)[0] for p in _listed(data.get("exclude", []), name)]
    add = []
    for item in _listed(data.get("add", []), name):
        if not isinstance(item, dict) or set(item) != {"axon", "fibre"}:
            raise CorrectionError(f"{name}: each fibre to add needs 'axon' and 'fibre' and nothing else")
        add.append(AddedFibre(**{key: _points(_listed(item[key], name), name, key) for key in ("axon", "fibre")}))
    return Corrections(exclude=tuple(exclude), add=tuple(add))


def _listed(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise CorrectionError(f"{where}: a list is wanted (got {type(value).__name__})")
    return value


def _split(text: str, where: str) -> list[list[float]]:
    pairs = (pair.replace(",", " ").split() for pair in text.split(";") if pair.strip())
    return [[_number(part, where) for part in pair] for pair in pairs]


def _points(pairs: list[Any], where: str, what: str, least: int = 3) -> tuple[Point, ...]:
    out = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise CorrectionError(f"{where}: {what} needs points of two numbers (got {pair!r})")
        out.append((_number(pair[0], where), _number(pair[1], where)))
    if len(out) < least:
        raise CorrectionError(f"{where}: the outline of {what} needs {least} points (got {len(out)})")
    return tuple(out)


def _number(value: Any, where: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise CorrectionError(f"{where}: {value!r} is not a number") from None
    if not np.isfinite(number):
        raise CorrectionError(f"{where}: {value!r} is not a finite number")
    return number
