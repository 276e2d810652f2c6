"""Numbers as people write them, and whether they are possible at all.

The ranges in ``plausible.csv`` are not reference limits: outside them a value is a slip of the
pen or in another unit.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.case.problems import Problems, shown
from ranvier.case.vocabulary import PACKAGE
from ranvier.core import Origin, read_table


class AmbiguousNumberError(ValueError):
    """A number that can be read in two ways."""


_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_THOUSANDS_POINT = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_THOUSANDS_COMMA = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+|,\d{3})")


def read_number(text: str, *, decimal_comma: bool = False) -> float | None:
    """Return the number that a text is, None if it is none.

    Parameters
    ----------
    text : str
        ``"3.5"``, ``"3,5"``, ``"1.234,5"`` ...
    decimal_comma : bool
        Whether the file is known to write the decimal point as a comma.

    Raises
    ------
    AmbiguousNumberError
        For ``"17,800"``, which may be seventeen or seventeen thousand.

    Examples
    --------
    >>> read_number("3,5"), read_number("NR")
    (3.5, None)
    """
    plain = text.strip().replace("−", "-").replace("\u00a0", "")
    if _PLAIN.fullmatch(plain):
        value = float(plain)
        return value if math.isfinite(value) else None
    if _THOUSANDS_POINT.fullmatch(plain):
        return float(plain.replace(".", "").replace(",", "."))
    if match := _COMMA.fullmatch(plain):
        whole, part = match.groups()
        if len(part) == 3 and int(whole) != 0 and not decimal_comma:
            raise AmbiguousNumberError(text)
        return float(f"{whole}.{part}")
    return float(plain.replace(",", "")) if _THOUSANDS_COMMA.fullmatch(plain) else None


_MARKED = re.compile(r"\s*([-+]?[\d.,]+)\s*(?:[*#†‡!↑↓]+|[(\[]?(?:H|L|N|A|abn)[)\]]?)\s*")


def without_mark(text: str) -> str:
    """Return a number without the mark of a laboratory that it is high, low or normal.

    >>> without_mark("5.9*"), without_mark("38.2 (L)"), without_mark("<0.5")
    ('5.9', '38.2', '<0.5')
    """
    match = _MARKED.fullmatch(text)
    return match[1] if match else text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlausibleRange:
    """Closed range in which a value is possible at all."""

    lowest: float
    highest: float
    unit: str

    def holds(self, value: float) -> bool:
        """Tell whether a value is possible."""
        return self.lowest <= value <= self.highest


@cache
def _ranges() -> Mapping[tuple[str, str, str], PlausibleRange]:
    rows = read_table(PACKAGE, "plausible.csv", ("file", "column", "kind", "lowest", "highest", "unit"))
    return {
        (r["file"], r["column"], r["kind"]): PlausibleRange(
            lowest=float(r["lowest"]), highest=float(r["highest"]), unit=r["unit"]
        )
        for r in rows
    }


def plausible_range(file: str, column: str, kind: str = "") -> PlausibleRange | None:
    """Return the range of a column for one kind of row, or for all kinds, or None."""
    known = _ranges()
    return next((known[key] for of in (kind, "*", "") if (key := (file, column, of)) in known), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberReader:
    """Reads the numbers of one file and notes those that are none, ambiguous or impossible.

    Attributes
    ----------
    file : str
        Name in ``plausible.csv``.
    problems : Problems
        Where problems are noted.
    decimal_comma : bool
        Whether the file writes the decimal point as a comma.
    """

    file: str
    problems: Problems
    decimal_comma: bool = False

    def parse(self, text: str, origin: Origin) -> float | None:
        """Return the number that was written, with a note if it is none or ambiguous."""
        try:
            value = read_number(text, decimal_comma=self.decimal_comma)
        except AmbiguousNumberError:
            whole, _, part = text.strip().partition(",")
            self.problems.question(
                origin,
                f"{shown(text)} can mean {whole}.{part} or {whole}{part}; it was not used",
                f"write {whole}.{part} or {whole}{part}",
            )
            return None
        if value is None:
            self.problems.error(
                origin, f"{shown(text)} is no number; it was not used", "write one number, or leave it empty"
            )
        return value

    def read(self, text: str, origin: Origin, column: str, kind: str = "") -> float | None:
        """Return a number if it is one and is possible; None, with a note, if not."""
        value = self.parse(text, origin) if text.strip() else None
        return value if value is not None and self.possible(value, origin, column, kind) else None

    def possible(self, value: float, origin: Origin, column: str, kind: str = "") -> bool:
        """Tell whether a value is possible; note it if not."""
        known = plausible_range(self.file, column, kind)
        if known is None or known.holds(value):
            return True
        of = f" of a study of the kind {kind.replace('_', ' ')}" if kind and self.file == "ncs.csv" else ""
        unit = "" if known.unit == "1" else f" {known.unit}"
        self.problems.question(
            origin,
            f"{value:g} is not possible as {column}{of}; it was not used",
            f"expected {known.lowest:g} to {known.highest:g}{unit}; check the number and its unit",
        )
        return False
