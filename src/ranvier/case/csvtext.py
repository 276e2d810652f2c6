"""CSV files as laboratories and spreadsheets write them: any separator, any encoding, broken rows.

Each row is read on its own, so that a row with a missing quote costs no other row.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ranvier.anatomy import plain
from ranvier.case.numbers import NumberReader
from ranvier.case.problems import Problems, shown
from ranvier.case.vocabulary import PACKAGE
from ranvier.core import Origin, UnknownNameError, read_table

_SEPARATORS = (",", ";", "\t", "|")
_TOP = 20
_QUOTES = {"“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "\ufeff": "", "\x00": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: cells by column, and where it stands.

    Attributes
    ----------
    file : str
        Name of the file.
    number : int
        Line of the file, counted from 1.
    cells : mapping of str
        Text of each cell without blanks around it.
    where : str
        Where it stands within a file that is no table, such as ``"entry[3].resource"``.
    """

    file: str
    number: int
    cells: Mapping[str, str]
    where: str = ""

    def text(self, column: str) -> str:
        """Return a cell; empty when the column is not there."""
        return self.cells.get(column, "")

    def is_shifted(self, word_columns: Sequence[str]) -> bool:
        """Tell whether a number stands where a word belongs, as after a decimal comma without quotes."""
        return any(re.fullmatch(r"[\d.,]+", self.text(column)) for column in word_columns)

    def origin(self, column: str | None = None) -> Origin:
        """Return where the row, or one cell of it, stands and what is written there."""
        text = self.text(column) if column else "; ".join(cell for cell in self.cells.values() if cell)
        place = ".".join(part for part in (self.where, column) if part)
        return Origin(file=self.file, row=self.number, column=place or None, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The rows of one CSV file and the reader for its numbers."""

    rows: tuple[Row, ...]
    numbers: NumberReader


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    number: int
    text: str


def read_sheet(path: Path, required: Sequence[str], problems: Problems, kind: str | None = None) -> Sheet:
    """Return the rows of a CSV file; no rows if there is no such file.

    Comma, semicolon, tab and bar are told apart by the header, as are the names that a column may
    have. Empty rows and rows that begin with ``#`` are skipped. Unknown columns, a column that is
    needed and missing, and rows that cannot be split into cells are noted.

    Parameters
    ----------
    path : Path
        ``ncs.csv``, ``emg.csv`` or ``labs.csv``.
    required : sequence of str
        Columns without which no row can be used.
    problems : Problems
        Where problems are noted.
    kind : str, optional
        Which of these files it is, where its name does not say it.
    """
    kind = kind or path.name
    lines = _lines(path, problems)
    names = _column_names(kind)
    separator = _separator(lines[:1], lambda cell: heading_key(cell) in names)
    numbers = NumberReader(file=kind, problems=problems, decimal_comma=separator == ";")
    if not lines:
        return Sheet(rows=(), numbers=numbers)
    header = _cells(lines[0].text, separator) or []
    missing = [column for column in required if column not in {names.get(heading_key(cell)) for cell in header}]
    if missing:
        origin = Origin(file=path.name, row=lines[0].number)
        known = ", ".join(known_columns(kind))
        problem = f"the column {' and '.join(missing)} is missing; the file was not used"
        problems.error(origin, problem, f"begin the file with a row of column names out of: {known}")
        _note_near_columns(header, kind, lines[0].number, problems)
        return Sheet(rows=(), numbers=numbers)
    columns = _columns(header, kind, lines[0].number, problems)
    found = _rows(lines[1:], separator, columns, path.name, problems)
    return Sheet(rows=tuple(found), numbers=numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Every line of a CSV file as a row whose columns are numbered from "0", and what separates its cells.

    `broken` are the numbers of the lines that cannot be split.
    """

    rows: tuple[Row, ...]
    separator: str
    broken: tuple[int, ...]


def read_grid(path: Path, kind: str, problems: Problems, understood: Callable[[str], bool] | None = None) -> Grid:
    """Return every line of a CSV file, without names of columns; broken lines are left out.

    Parameters
    ----------
    path : Path
    kind : str
        Which file it is, for the names of its columns.
    problems : Problems
    understood : callable, optional
        Tells whether a cell is a heading. The header is then looked for in the first lines, not in the very first.
    """
    lines = _lines(path, problems)
    names = _column_names(kind)
    top = lines[:1] if understood is None else lines[:_TOP]
    separator = _separator(top, understood or (lambda cell: heading_key(cell) in names))
    split = [(line.number, _cells(line.text, separator)) for line in lines]
    rows = tuple(
        Row(file=path.name, number=number, cells={str(n): cell for n, cell in enumerate(cells)})
        for number, cells in split
        if cells is not None
    )
    return Grid(rows=rows, separator=separator, broken=tuple(number for number, cells in split if cells is None))


def column_of(cell: str, kind: str) -> str | None:
    """Return the column that a cell of a header names, None for none."""
    return _column_names(kind).get(heading_key(cell))


def _note_near_columns(header: Sequence[str], file: str, line: int, problems: Problems) -> None:
    """Note cells of a header that are almost the name of a column."""
    names = _column_names(file)
    for cell in header:
        error = UnknownNameError(f"column of {file}", cell.strip(), names)
        if heading_key(cell) not in names and error.nearest:
            problems.unknown(Origin(file=file, row=line, column=cell.strip()), error, "the column")


def note_shift(row: Row, problems: Problems) -> None:
    """Note a row whose cells are not in their columns."""
    problem = "a number stands where a word belongs, so the cells seem shifted; the row was not used"
    problems.error(row.origin(), problem, "put numbers with a decimal comma in quotes, or write a point")


def known_columns(file: str) -> tuple[str, ...]:
    """Return the columns of a file in their usual order."""
    return tuple(dict.fromkeys(_column_names(file).values()))


def heading_key(cell: str) -> str:
    """Return a cell of a header in the form in which names are compared; a micro sign is a ``u``."""
    return plain(cell.replace("µ", "u").replace("μ", "u"))


@cache
def _column_names(file: str) -> Mapping[str, str]:
    rows = read_table(PACKAGE, "columns.csv", ("file", "name", "column"))
    return {heading_key(row["name"]): row["column"] for row in rows if row["file"] == file}


def _lines(path: Path, problems: Problems) -> list[_Line]:
    """Return the lines that hold something, without comments and the ``sep=`` line of spreadsheets."""
    if not path.is_file():
        return []
    text = _decoded(path, problems)
    for old, new in _QUOTES.items():
        text = text.replace(old, new)
    split = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = [_Line(number=number, text=line) for number, line in enumerate(split, 1) if line.strip(' \t,;|"')]
    kept = [line for line in lines if not line.text.lstrip(' "').startswith("#")]
    return kept[1:] if kept and kept[0].text.strip().lower().startswith("sep=") else kept


def _decoded(path: Path, problems: Problems) -> str:
    origin = Origin(file=path.name)
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.error(origin, f"the file cannot be opened: {error.strerror}", "check the file and its permissions")
        return ""
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        problem = "the file is not UTF-8 text; it was read as Western European (Windows-1252)"
        problems.question(origin, problem, "save it as UTF-8")
        return raw.decode("cp1252", errors="replace")


def _separator(lines: Sequence[_Line], understood: Callable[[str], bool]) -> str:
    """Return the separator that splits one of the lines into the most cells that are understood as headings."""

    def known(separator: str) -> tuple[int, int]:
        counts = [sum(understood(cell) for cell in _cells(line.text, separator) or ()) for line in lines]
        return max(counts, default=0), max((line.text.count(separator) for line in lines), default=0)

    return max(_SEPARATORS, key=known)


def _cells(text: str, separator: str) -> list[str] | None:
    """Return the cells of one row, None if its quotes do not match."""
    try:
        rows = list(csv.reader([text], delimiter=separator, strict=True, skipinitialspace=True))
    except csv.Error:
        return None
    return [cell.strip() for cell in rows[0]] if rows else []


def _columns(header: Sequence[str], file: str, number: int, problems: Problems) -> list[str]:
    """Return the column of each cell of the header; empty for one that is not used."""
    names = _column_names(file)
    out: list[str] = []
    for cell in header:
        column = names.get(heading_key(cell), "")
        if cell and not column:
            note_unknown_column(cell, file, number, problems)
        elif column and column in out:
            problem = f"the column {column} stands there twice; the first was used"
            origin = Origin(file=file, row=number, column=cell, text=cell)
            problems.error(origin, problem, "remove or rename one of them")
            column = ""
        out.append(column)
    return out


def note_open_quote(file: str, number: int, problems: Problems) -> None:
    """Note a row that cannot be split into cells."""
    origin = Origin(file=file, row=number)
    problems.error(origin, "a quote is not closed; the row was not used", "close the quote, or double it")


def note_unknown_column(cell: str, file: str, number: int, problems: Problems) -> None:
    """Note a cell of a header that names no column, with the nearest name that is known."""
    origin = Origin(file=file, row=number, column=cell, text=cell)
    error = UnknownNameError(f"column of {file}", cell, _column_names(file))
    if error.nearest:
        problems.unknown(origin, error, "the column")
    else:
        known = f"known columns are {', '.join(known_columns(file))}"
        problems.error(origin, f"{error}; the column was not used", known)


def _rows(
    lines: Sequence[_Line], separator: str, columns: Sequence[str], file: str, problems: Problems
) -> Iterator[Row]:
    position = 0
    while position < len(lines):
        line = lines[position]
        cells, used = _cells(line.text, separator), 1
        if cells is None:
            cells, used = _over_several_lines(lines[position:], separator, len(columns))
        position += used
        if cells is None:
            note_open_quote(file, line.number, problems)
            continue
        if len(cells) > len(columns):
            origin = Origin(file=file, row=line.number)
            problem = f"the row has {len(cells)} cells, the header {len(columns)}; the row was not used"
            problems.error(origin, problem, f"put text and numbers that hold {shown(separator)} in quotes")
            continue
        named = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
        if any(named.values()):
            yield Row(file=file, number=line.number, cells=named)


def _over_several_lines(lines: Sequence[_Line], separator: str, width: int) -> tuple[list[str] | None, int]:
    """Return the cells of a row whose quoted cell goes over several lines, and how many they are.

    The lines between must not be rows themselves, else a forgotten quote would swallow them.
    """
    text = lines[0].text
    for count, line in enumerate(lines[1:], 2):
        alone = _cells(line.text, separator)
        if alone is not None and len(alone) > 1:
            return None, 1
        text = f"{text} {line.text.strip()}"
        cells = _cells(text, separator)
        if cells is not None:
            return (cells, count) if len(cells) <= width else (None, 1)
    return None, 1
