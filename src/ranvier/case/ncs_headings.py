"""Column headings of conduction tables as laboratories write them: side, kind of study, unit and language in one cell.

>>> read_heading("R Lat (ms)").column, read_heading("R Lat (ms)").side
('latency_ms', 'right')
>>> read_heading("Dist (cm)").factor, read_heading("SNAP (µV)").kind
(10.0, 'sensory')
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from ranvier.case.csvtext import column_of, heading_key
from ranvier.case.vocabulary import PACKAGE
from ranvier.case.words import meaning_or_none
from ranvier.core import read_table

FILE = "ncs.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a column of a foreign table holds.

    Attributes
    ----------
    column : str
        Column of ``ncs.csv``; empty where the heading is known and the column not used.
    kind : str
        Kind of study that the column belongs to, empty for any.
    side : str
        Side that the column belongs to, empty where the row says it.
    factor : float
        What a number is multiplied by.
    latency_kind : str
        ``onset`` or ``peak`` where the heading says it.
    remedy : str
        What to do where the column is not used.
    foreign : bool
        Whether the table of ``ncs.csv`` itself lacks the heading.
    """

    column: str
    kind: str = ""
    side: str = ""
    factor: float = 1.0
    latency_kind: str = ""
    remedy: str = ""
    foreign: bool = True


@cache
def _foreign() -> Mapping[str, Heading]:
    columns = ("name", "column", "kind", "factor", "latency_kind", "remedy")
    return {
        heading_key(row["name"]): Heading(
            column=row["column"],
            kind=row["kind"],
            factor=float(row["factor"]),
            latency_kind=row["latency_kind"],
            remedy=row["remedy"],
            foreign=any((row["kind"], row["latency_kind"], column_of(row["name"], FILE) != row["column"])),
        )
        for row in read_table(PACKAGE, "ncs_headings.csv", columns)
    }


@lru_cache(maxsize=4096)
def read_heading(cell: str) -> Heading | None:
    """Return what a heading stands for, None if it is not known.

    Parameters
    ----------
    cell : str
        As written; case, brackets and punctuation do not matter.
    """
    for side, rest in _sides(heading_key(cell)):
        found = _foreign().get(rest)
        if found is None and (column := column_of(rest, FILE)):
            found = Heading(column=column, foreign=bool(side))
        if found is not None:
            return replace(found, side=side, foreign=found.foreign or bool(side))
    return None


def side_word(text: str) -> str:
    """Return ``left`` or ``right`` if the text is a word for it, else an empty text.

    >>> side_word("Rt."), side_word("median")
    ('right', '')
    """
    side = meaning_or_none("side", text.strip().rstrip("."))
    return side if side in ("left", "right") else ""


def kind_word(text: str) -> str:
    """Return the kind of study that a text names, else an empty text."""
    return meaning_or_none("study_kind", text.strip()) or ""


def _sides(key: str) -> Iterator[tuple[str, str]]:
    """Yield the side and the rest of a heading: as it is, then without a word for the side at its begin or end."""
    yield "", key
    words = key.split()
    if len(words) > 1:
        for at, rest in ((0, words[1:]), (-1, words[:-1])):
            if side := side_word(words[at]):
                yield side, " ".join(rest)
