"""What the numbers of a muscle label map mean: tables of public tools, or the user's own. Nothing is guessed."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ranvier.anatomy import NerveGraph
from ranvier.core import Side, UnknownNameError, UnreadableImageError, read_table
from ranvier.imaging.volume import Volume

_KINDS = ("muscle", "muscle_group")


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleLabel:
    """A muscle, or muscles that one label holds together.

    Attributes
    ----------
    name : str
        As the table has it.
    muscles : tuple of str
        Ids of the nerve graph.
    side : Side
        `UNKNOWN` where the label does not say.
    """

    name: str
    muscles: tuple[str, ...]
    side: Side


MuscleTable = Mapping[int, MuscleLabel]


@cache
def muscle_tables() -> Mapping[str, tuple[Mapping[str, str], ...]]:
    """Return the rows of the label tables of public tools by name."""
    rows = read_table("ranvier.imaging", "muscle_labels.csv", ("tool", "value", "name", "muscle", "side"))
    out: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        out.setdefault(row["tool"], []).append(row)
    return {tool: tuple(found) for tool, found in out.items()}


def find_muscle_table(name: str | Path, graph: NerveGraph) -> MuscleTable:
    """Return a label table: of a public tool by its name, or from a CSV file.

    Raises
    ------
    UnknownNameError
        If there is neither such a tool nor such a file.
    UnreadableImageError
        If the file is no such table.
    """
    if str(name) in muscle_tables():
        rows = muscle_tables()[str(name)]
        return {int(row["value"]): _label(row, graph) for row in rows}
    if Path(name).is_file():
        return read_muscle_table(Path(name), graph)
    raise UnknownNameError("muscle label table (give the name of a tool or a CSV file)", str(name), muscle_tables())


def read_muscle_table(path: Path, graph: NerveGraph) -> MuscleTable:
    """Return a label table from a CSV with the columns ``value, muscle, side``.

    Raises
    ------
    UnreadableImageError
        If the table cannot be read or names no known muscle; the text names the line.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableImageError(f"the label table {path.name} cannot be read; give a CSV file in UTF-8") from error
    if not rows or not {"value", "muscle", "side"} <= set(rows[0]):
        raise UnreadableImageError(f"{path.name} needs the columns value, muscle and side and at least one row")
    out = {}
    for line, row in enumerate(rows, 2):
        cells = {key: (cell or "").strip() for key, cell in row.items() if key}
        where = f"{path.name}, line {line}"
        if not cells["value"].isdigit():
            raise UnreadableImageError(f"{where}: the value {cells['value']!r} is no whole number")
        if cells["side"] not in ("", "left", "right"):
            raise UnreadableImageError(f"{where}: the side is left, right or empty (got {cells['side']!r})")
        try:
            out[int(cells["value"])] = _label(cells, graph)
        except UnknownNameError as error:
            raise UnreadableImageError(f"{where}: {error}") from error
    return out


def muscle_lookup(table: MuscleTable, labels: Volume) -> tuple[Mapping[str, str], ...]:
    """Return what the numbers of a label map mean, one row a number that it holds."""
    held = sorted({int(v) for v in np.unique(np.round(labels.values)) if v > 0})
    out = []
    for number in held:
        one = table.get(number)
        out.append(
            {
                "index": str(number),
                "name": f"{one.side.value} {one.name}" if one else f"label {number}",
                "muscles": ";".join(one.muscles) if one else "",
                "side": one.side.value if one else "",
            }
        )
    return tuple(out)


def _label(row: Mapping[str, str], graph: NerveGraph) -> MuscleLabel:
    kind, found = graph.resolve(row["muscle"], _KINDS)
    side = Side(row["side"]) if row["side"] else Side.UNKNOWN
    return MuscleLabel(name=row.get("name") or row["muscle"], muscles=graph.expand(kind, found), side=side)
