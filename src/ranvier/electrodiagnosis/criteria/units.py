"""What clauses count, a nerve, a stretch of it, a hand, a region, with the numbers that they ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import Side, number_in_words, read_table
from ranvier.electrodiagnosis.criteria.tables import PACKAGE

_SHOWN_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number, its limit where there is one, and why either is missing; 1 and 0 stand for yes and no."""

    measure: str
    value: float | None
    unit: str = ""
    limit: float | None = None
    site: str = ""
    row: int | None = None
    why_missing: str = ""
    why_no_limit: str = ""

    @property
    def in_words(self) -> str:
        """Return the value with unit, limit and row."""
        value = (
            "not known"
            if self.value is None
            else f"{number_in_words(round(self.value, _SHOWN_DIGITS))} {self.unit}".strip()
        )
        more = f" (limit {number_in_words(self.limit)})" if self.limit else ""
        where = f" at {self.site.replace('.', ' ').replace('_', ' ')}" if self.site else ""
        return f"{value}{more}{where}" + (f", line {self.row}" if self.row else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What clauses count: a nerve of one kind, a stretch of it, a hand, an elbow, or a region of the body.

    Attributes
    ----------
    limb : str
        ``arm`` or ``leg``, where it lies in one.
    part : str
        Stretch of the nerve, such as ``forearm``; empty where it is the whole.
    """

    kind: str
    nerve: str
    side: Side
    numbers: tuple[Number, ...]
    limb: str = ""
    part: str = ""

    def number(self, measure: str) -> Number | None:
        """Return the number of a measure, or None."""
        return next((n for n in self.numbers if n.measure == measure), None)

    @property
    def in_words(self) -> str:
        """Return the unit in words, such as ``left median (motor)``."""
        side = f"{self.side.value} " if self.side in (Side.LEFT, Side.RIGHT) else ""
        if self.kind == "fact" or self.kind == "body":
            return self.nerve
        if self.kind == "region":
            return f"{self.nerve} region"
        if self.kind == "segment":
            return f"{side}{self.nerve}, {self.part.replace('_', ' ') or 'unnamed stretch'}"
        return f"{side}{self.nerve} ({self.kind})"


@cache
def _measures() -> Mapping[str, Mapping[str, str]]:
    return {r["measure"]: r for r in read_table(PACKAGE, "measures.csv", ("measure", "name", "kind", "study"))}


def measure_in_words(measure: str) -> str:
    """Return a measure in words."""
    return _measures()[measure]["name"]


def study_in_words(measure: str) -> str:
    """Return what has to be studied to know a measure."""
    return _measures()[measure]["study"]


def is_yes_or_no(measure: str) -> bool:
    """Tell whether a measure is a yes or a no rather than a number."""
    return _measures()[measure]["kind"] == "yes_or_no"
