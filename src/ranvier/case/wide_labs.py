"""Laboratory tables in wide layout: one row a date, one column a test, units in the header or in a second row.

>>> split_heading("HbA1c (mmol/mol)"), split_heading("Vitamin B12 [pg/mL]"), split_heading("TSH")
(Heading(test='HbA1c', unit='mmol/mol'), Heading(test='Vitamin B12', unit='pg/mL'), Heading(test='TSH', unit=''))
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ranvier.case.context import Context
from ranvier.case.csvtext import Row, Sheet, column_of, read_grid
from ranvier.case.numbers import NumberReader
from ranvier.case.problems import Problems
from ranvier.core import Origin

_FILE = "labs.csv"
_BRACKET = re.compile(r"^(.*?)\s*[\[(]([^\])]*)[\])]\s*$")
_UNIT = re.compile(r"[/%]|^(?:fL|titre|titer|ratio|BTU)$", re.IGNORECASE)
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A test and its unit as a column heading names them."""

    test: str
    unit: str


def split_heading(cell: str) -> Heading:
    """Return the test and the unit in a heading; the unit may stand in brackets."""
    match = _BRACKET.match(cell)
    if match and match[1] and _UNIT.search(match[2]):
        return Heading(test=match[1], unit=match[2])
    return Heading(test=cell.strip(), unit="")


def read_wide(path: Path, context: Context) -> Sheet | None:
    """Return the results of a table in wide layout as rows of ``labs.csv``; None where it is none.

    A table is wide where no column is for the name of a test and at least two headings are tests. Dates are not kept;
    a column for the day of illness is.
    """
    grid = read_grid(path, _FILE, Problems()).rows
    if not grid:
        return None
    header = list(grid[0].cells.values())
    if any(column_of(cell, _FILE) == "test" for cell in header):
        return None
    tests = _tests(header, context)
    if len(tests) < _FEWEST:
        return None
    body, units = _units(grid[1:])
    separated = len(header) > 1 and path.is_file() and _semicolons(path)
    numbers = NumberReader(file=_FILE, problems=context.problems, decimal_comma=separated)
    _note_strangers(header, tests, path.name, context)
    days = [str(n) for n, cell in enumerate(header) if column_of(cell, _FILE) == "day"]
    return Sheet(rows=tuple(_rows(body, tests, units, days)), numbers=numbers)


def _tests(header: Sequence[str], context: Context) -> Mapping[str, Heading]:
    headings = {str(number): split_heading(cell) for number, cell in enumerate(header)}
    return {n: h for n, h in headings.items() if h.test and context.vocabulary.knows("laboratory test", h.test)}


def _units(rows: Sequence[Row]) -> tuple[Sequence[Row], Mapping[str, str]]:
    """Return the rows of results, and the units where the first row holds them."""
    if rows and column_of(rows[0].text("0"), _FILE) == "unit":
        return rows[1:], rows[0].cells
    return rows, {}


def _semicolons(path: Path) -> bool:
    first = path.read_bytes()[:4096].decode("utf-8", errors="replace").splitlines()[:1]
    return bool(first) and first[0].count(";") > first[0].count(",")


def _note_strangers(header: Sequence[str], tests: Mapping[str, Heading], file: str, context: Context) -> None:
    for number, cell in enumerate(header):
        if str(number) not in tests and cell and column_of(cell, _FILE) not in ("day", "date", "comment", "unit"):
            problem = f"the column {cell[:40]!r} is no laboratory test that is known; it was not used"
            context.problems.error(
                Origin(file=file, row=1, column=cell[:40]), problem, "use the usual name of the test"
            )


def _rows(
    body: Sequence[Row], tests: Mapping[str, Heading], units: Mapping[str, str], days: Sequence[str]
) -> Iterator[Row]:
    for row in body:
        day = next((row.text(column) for column in days if row.text(column)), "")
        for column, heading in tests.items():
            value = row.text(column)
            if value:
                cells = {
                    "test": heading.test,
                    "value": value,
                    "unit": heading.unit or units.get(column, ""),
                    "day": day,
                }
                yield Row(file=row.file, number=row.number, cells={k: v for k, v in cells.items() if v})
