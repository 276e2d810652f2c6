"""Read ncs.csv, emg.csv and labs.csv: any separator, decimal commas, words and numbers."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ranvier.case.problems import Problems
from ranvier.case.scales import read_number
from ranvier.core import Origin, read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a CSV file of the case: cells by column, with the line it stands in."""

    file: str
    number: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """Return a cell without blanks around it; empty when it is not there."""
        return self.cells.get(column, "").strip()

    def origin(self, column: str | None = None) -> Origin:
        """Return where the row, or one cell of it, stands."""
        text = self.text(column) if column else ", ".join(v.strip() for v in self.cells.values() if v.strip())
        return Origin(file=self.file, row=self.number, column=column, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plausible:
    """Range in which a value is possible at all."""

    low: float
    high: float
    unit: str


@cache
def plausible_ranges() -> dict[str, Plausible]:
    """Return the plausible range of each column."""
    rows = read_table("ranvier.case", "plausible.csv", ("column", "low", "high", "unit"))
    return {r["column"]: Plausible(low=float(r["low"]), high=float(r["high"]), unit=r["unit"]) for r in rows}


def rows_of(path: Path, required: tuple[str, ...], known: tuple[str, ...], problems: Problems) -> Iterator[Row]:
    """Yield the rows of a CSV file; what is wrong with the file is noted.

    Comma, semicolon and tab are told apart by the header. A byte order mark and Latin-1 text are
    accepted. Unknown columns are noted once and left out.
    """
    if not path.is_file():
        return
    text = _decoded(path)
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text.replace("\x00", "")), delimiter=separator)
    try:
        names = [re.sub(r"\W+", "_", h.strip().lower()).strip("_") for h in next(reader)]
    except (StopIteration, csv.Error):
        problems.error(Origin(file=path.name), "The file is empty or is no table.", "Write a header row first.")
        return
    missing = [c for c in required if c not in names]
    if missing:
        problems.error(
            Origin(file=path.name, row=1), f"The columns {missing} are missing.", f"Known columns: {', '.join(known)}."
        )
        return
    for name in names:
        if name and name not in known:
            problems.error(
                Origin(file=path.name, row=1, column=name),
                f"Unknown column {name!r}.",
                f"Known columns: {', '.join(known)}.",
            )
    yield from _safe_rows(reader, names, path.name, problems)


def _safe_rows(reader: "Iterator[list[str]]", names: list[str], file: str, problems: Problems) -> Iterator[Row]:
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.error(Origin(file=file, row=number), f"The row cannot be parsed: {error}.", "Check its quotes.")
            continue
        if not any(c.strip() for c in cells):
            continue
        if len(cells) > len(names):
            problems.error(
                Origin(file=file, row=number, text=" | ".join(cells)),
                f"The row has {len(cells)} cells, the header {len(names)}.",
                "Quote text that holds the separator.",
            )
            continue
        yield Row(file=file, number=number, cells=dict(zip(names, cells, strict=False)))


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def number_cell(row: Row, column: str, problems: Problems, *, range_of: str | None = None) -> float | None:
    """Return the number of a cell; note what is no number, and question what is impossible."""
    text = row.text(column)
    if not text:
        return None
    value = read_number(text)
    if value is None:
        problems.error(row.origin(column), f"{text!r} is no number.", f"Write {column} as a number, or leave it empty.")
        return None
    return value if possible(value, row.origin(column), range_of or column, problems) else None


def possible(value: float, origin: Origin, name: str, problems: Problems) -> bool:
    """Tell whether a value is possible at all; an impossible one is questioned."""
    limits = plausible_ranges().get(name)
    if limits is None or limits.low <= value <= limits.high:
        return True
    problems.question(
        origin,
        f"{value:g} is not a possible value of {name}.",
        f"Expected {limits.low:g} to {limits.high:g} {limits.unit}; check the unit. The value was not used.",
    )
    return False
