"""What the numbers of a spine label map mean: tables of public tools, or the user's own.

A structure is one of ``vertebra`` (body and arch in one), ``body``, ``arch``, ``disc``, ``endplate``, ``canal``,
``cord`` and ``root`` (its level is the name of the root, its side may be told). Nothing is guessed: the user names the
table.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from ranvier.core import Side, UnknownNameError, UnreadableImageError, read_table
from ranvier.imaging.spine.settings import spine_levels
from ranvier.imaging.volume import Volume

Structure = Literal["vertebra", "body", "arch", "disc", "endplate", "canal", "cord", "root"]
STRUCTURES: tuple[str, ...] = get_args(Structure)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineLabel:
    """What one number stands for; level and side are empty where the number does not say."""

    value: int
    name: str
    structure: str
    level: str = ""
    side: Side = Side.UNKNOWN


_UPPER_ROOTS, _SACRAL_ROOTS = ("C1", "C2"), ("S2", "S3", "S4", "S5")
LabelTable = Mapping[int, SpineLabel]


@cache
def packaged_tables() -> Mapping[str, LabelTable]:
    """Return the label tables of public tools by name."""
    rows = read_table("ranvier.imaging", "spine_labels.csv", ("tool", "value", "name", "structure", "level"))
    out: dict[str, dict[int, SpineLabel]] = {}
    for row in rows:
        label = SpineLabel(
            value=int(row["value"]),
            name=row["name"],
            structure=row["structure"],
            level=row["level"],
        )
        out.setdefault(row["tool"], {})[label.value] = label
    return out


def find_label_table(name: str | Path) -> LabelTable:
    """Return a label table: of a public tool by its name, or from a CSV file.

    Raises
    ------
    UnknownNameError
        If there is neither such a tool nor such a file.
    UnreadableImageError
        If the file is no such table.

    Examples
    --------
    >>> find_label_table("totalspineseg")[95].level
    'L4/L5'
    """
    known = packaged_tables()
    if str(name) in known:
        return known[str(name)]
    if Path(name).is_file():
        return read_label_table(Path(name))
    raise UnknownNameError("spine label table (give the name of a tool or a CSV file)", str(name), known)


def read_label_table(path: Path) -> LabelTable:
    """Return a label table from a CSV: ``value, structure, level`` and, if wanted, ``name`` and ``side``.

    Raises
    ------
    UnreadableImageError
        If the table cannot be read; the text names the line.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableImageError(f"the label table {path.name} cannot be read; give a CSV file in UTF-8") from error
    if not rows or not {"value", "structure", "level"} <= set(rows[0]):
        raise UnreadableImageError(f"{path.name} needs the columns value, structure and level and at least one row")
    out: dict[int, SpineLabel] = {}
    for line, row in enumerate(rows, 2):
        label = _parsed(row, f"{path.name}, line {line}")
        if label.value in out:
            raise UnreadableImageError(f"{path.name}, line {line}: the value {label.value} stands there twice")
        out[label.value] = label
    return out


def spine_lookup(table: LabelTable, labels: Volume) -> tuple[Mapping[str, str], ...]:
    """Return what the numbers of a label map mean, one row a number that it holds."""
    held = sorted({int(v) for v in np.unique(np.round(labels.values)) if v > 0})
    out = []
    for number in held:
        one = table.get(number)
        out.append(
            {
                "index": str(number),
                "name": one.name if one else f"label {number}",
                "structure": one.structure if one else "",
                "level": one.level if one else "",
            }
        )
    return tuple(out)


def _parsed(row: Mapping[str, str | None], where: str) -> SpineLabel:
    cells = {key: (value or "").strip() for key, value in row.items() if key and isinstance(value, str)}
    structure, level = cells.get("structure", ""), cells.get("level", "")
    if not cells.get("value", "").isdigit():
        raise UnreadableImageError(f"{where}: the value {cells.get('value', '')!r} is no whole number")
    if structure not in STRUCTURES:
        raise UnreadableImageError(f"{where}: {UnknownNameError('structure', structure, STRUCTURES)}")
    known = _level_names(structure)
    if known and level not in known:
        raise UnreadableImageError(
            f"{where}: {UnknownNameError(f'level of a {structure} (such as {known[-1]})', level, known)}"
        )
    name = cells.get("name", "") or structure
    if cells.get("side", "") not in ("", "left", "right"):
        raise UnreadableImageError(f"{where}: the side is left, right or empty (got {cells['side']!r})")
    side = Side(cells["side"]) if cells.get("side") else Side.UNKNOWN
    return SpineLabel(value=int(cells["value"]), name=name, structure=structure, level=level, side=side)


def _level_names(structure: str) -> tuple[str, ...]:
    """Return the levels that a structure must have one of; none where it needs no level."""
    if structure == "disc":
        return tuple(one.level for one in spine_levels())
    if structure == "vertebra":
        return tuple(dict.fromkeys(("C1", *(v for one in spine_levels() for v in (one.upper, one.lower)), "T13", "L6")))
    if structure == "root":
        between = (root for one in spine_levels() for root in (one.exiting_root, one.traversing_root))
        return tuple(dict.fromkeys((*_UPPER_ROOTS, *between, *_SACRAL_ROOTS)))
    return ()
