"""Conduction tables whose header takes two lines: sides above the measures, or units below them.

>>> header = Row(file="t", number=2, cells={"0": "Nerve", "1": "Lat", "2": "Amp"})
>>> units = Row(file="t", number=3, cells={"0": "", "1": "ms", "2": "mV"})
>>> one_line_headers([header, units], lambda row: row is header)[0].cells["2"]
'Amp (mV)'
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ranvier.case.csvtext import Row
from ranvier.case.ncs_headings import side_word

_UNIT = re.compile(r"[(\[]?\s*(ms|s|mV|[uµμ]V|m/s|mm|cm|°?C|%|[mM]V[ .*]?ms|[uµμ]V[ .*]?ms|Hz)\s*[)\]]?")
_FEWEST = 2


def one_line_headers(rows: Sequence[Row], is_header: Callable[[Row], bool]) -> list[Row]:
    """Return the lines of a table with the sides above a header and the units below it written into the header.

    Parameters
    ----------
    rows : sequence of Row
        Columns are numbered from "0".
    is_header : callable
        Tells whether a line is the header of a table.
    """
    out: list[Row] = []
    position = 0
    while position < len(rows):
        row = rows[position]
        position += 1
        if not is_header(row):
            out.append(row)
            continue
        if out and (sides := _sides(out[-1])):
            row = _prefixed(row, sides)
            out.pop()
        if position < len(rows) and (units := _units(rows[position])):
            row = replace(row, cells={n: f"{c} ({units[n]})" if n in units and c else c for n, c in row.cells.items()})
            position += 1
        out.append(row)
    return out


def _sides(row: Row) -> dict[int, str]:
    """Return the side words of a line by column, nothing where it holds anything else."""
    filled = {int(n): cell for n, cell in row.cells.items() if cell}
    sides = {n: side_word(cell) for n, cell in filled.items()}
    return sides if len(set(sides.values())) == _FEWEST and all(sides.values()) else {}


def _prefixed(row: Row, sides: dict[int, str]) -> Row:
    """Return a header with the side that stands above each cell, or above the nearest cell before it."""
    cells = {}
    for name, cell in row.cells.items():
        above = [n for n in sides if n <= int(name)]
        cells[name] = f"{sides[max(above)]} {cell}" if above and cell else cell
    return replace(row, cells=cells)


def _units(row: Row) -> dict[str, str]:
    """Return the units of a line by column, nothing where it holds anything else."""
    filled = {n: cell for n, cell in row.cells.items() if cell}
    found = {n: match[1] for n, cell in filled.items() if (match := _UNIT.fullmatch(cell))}
    return found if len(found) >= _FEWEST and len(found) == len(filled) else {}


def without_gaps(rows: Sequence[Row], at: str, also: Sequence[str]) -> list[Row]:
    """Return rows of which a cell that was merged over several lines is written into each of them.

    Parameters
    ----------
    rows : sequence of Row
    at : str
        Column of the nerve.
    also : sequence of str
        Columns that go with it; a row that says something there is not part of the merged cell.
    """
    out: list[Row] = []
    above: Row | None = None
    for row in rows:
        filled = [cell for cell in row.cells.values() if cell]
        if above is not None and len(filled) > 1 and not any(row.text(n) for n in (at, *also)):
            merged = {n: above.text(n) for n in (at, *also) if above.text(n)}
            out.append(replace(row, cells={**row.cells, **merged}))
            continue
        if filled:
            above = row if row.text(at) and len(filled) > 1 else None
        out.append(row)
    return out
