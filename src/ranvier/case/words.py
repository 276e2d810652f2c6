"""Words that a case may use for the fixed values of the record, by table only.

``words.csv`` holds for each field the accepted spellings of every value, ``scales.csv`` the words and
signs of graded scales. Case, spaces, hyphens and underscores do not matter; nothing is guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from ranvier.anatomy import plain
from ranvier.case.vocabulary import PACKAGE
from ranvier.core import Side, UnknownNameError, read_table

_W = TypeVar("_W", bound=str)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    rows = read_table(PACKAGE, "words.csv", ("field", "word", "meaning"))
    fields = dict.fromkeys(row["field"] for row in rows)
    return {f: {_key(r["word"]): r["meaning"] for r in rows if r["field"] == f} for f in fields}


def _key(text: str) -> str:
    folded = text.strip().lower().replace("_", " ").replace("−", "-").replace("–", "-")
    return re.sub(r"\s+", " ", re.sub(r"(?<=[a-z])-(?=[a-z])", " ", folded))


def known_words(field: str) -> tuple[str, ...]:
    """Return the values of a field."""
    return tuple(dict.fromkeys(_words()[field].values()))


def meaning(field: str, text: str) -> str:
    """Return the value of a field that a word stands for.

    Raises
    ------
    UnknownNameError
        If the word stands for none of them.

    Examples
    --------
    >>> meaning("side", "Rt"), meaning("study_word", "No response")
    ('right', 'absent')
    """
    words = _words()[field]
    if _key(text) not in words:
        raise UnknownNameError(field.replace("_", " "), text, words)
    return words[_key(text)]


def meaning_or_none(field: str, text: str) -> str | None:
    """Return the value of a field that a word stands for, None if it stands for none: no error to word for each."""
    return _words()[field].get(_key(text))


def one_of(field: str, text: str, allowed: tuple[_W, ...]) -> _W:
    """Return the one of `allowed` that a word stands for.

    Raises
    ------
    UnknownNameError
        If it stands for none of them.
    """
    value = meaning(field, text)
    for candidate in allowed:
        if candidate == value:
            return candidate
    raise UnknownNameError(field.replace("_", " "), text, allowed)


def spelt_out(text: str) -> str:
    """Return the usual name for a nerve, a stimulating point or a recording that is abbreviated or in another language.

    >>> spelt_out("Pop. fossa"), spelt_out("Handgelenk"), spelt_out("wrist")
    ('popliteal fossa', 'wrist', 'wrist')
    """
    return _site_words().get(plain(text), text.strip())


@cache
def _site_words() -> Mapping[str, str]:
    rows = read_table(PACKAGE, "words.csv", ("field", "word", "meaning"))
    return {plain(row["word"]): row["meaning"] for row in rows if row["field"] == "site_word"}


def read_side(text: str | None) -> Side:
    """Return the side that a word stands for; nothing said is `Side.UNKNOWN`."""
    return Side(meaning("side", text)) if text and text.strip() else Side.UNKNOWN


def read_presence(text: str) -> bool | None:
    """Return True for present, False for absent, None for not looked for.

    Raises
    ------
    UnknownNameError
        If the word is none of these.

    Examples
    --------
    >>> read_presence("positive"), read_presence("no"), read_presence("not done")
    (True, False, None)
    """
    value = meaning("status", text)
    return None if value == "unknown" else value == "present"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """A closed range on a graded scale."""

    lowest: float
    highest: float


@cache
def _scales() -> Mapping[str, Mapping[str, Grades]]:
    rows = read_table(PACKAGE, "scales.csv", ("scale", "word", "lowest", "highest", "status", "source"))
    out: dict[str, dict[str, Grades]] = {}
    for row in rows:
        grades = Grades(lowest=float(row["lowest"]), highest=float(row["highest"]))
        out.setdefault(row["scale"], {})[_key(row["word"])] = grades
    return out


_PREFIX = re.compile(r"^(?:mrc|grade|m|g)\s*(?=\d)")
_OUT_OF = re.compile(r"\s*/\s*[45]$")
_SPAN = re.compile(r"^(\d[+-]?|\++)\s*(?:-|to|bis|/)\s*(\d[+-]?|\++)$")
_DECIMAL = re.compile(r"^-?\d+(?:[.,]\d+)?$")


def read_grades(scale: str, text: str) -> Grades:
    """Return the range that a grade or a word stands for on a scale.

    Plain numbers are returned as they are, even beyond the ends of the scale: whether a value is
    possible is for the caller to ask.

    Parameters
    ----------
    scale : {"strength", "reflex", "fibrillations"}
        MRC 0-5, NINDS 0-4, or fibrillations 0-4.
    text : str
        ``"4-"``, ``"3/5"``, ``"2-3"``, ``"++"``, ``"weak"`` ...

    Raises
    ------
    UnknownNameError
        If it is neither a grade nor a word of the scale.

    Examples
    --------
    >>> read_grades("strength", "2-3"), read_grades("reflex", "++").lowest
    (Grades(lowest=2.0, highest=3.0), 2.0)
    """
    words = _scales()[scale]
    key = _PREFIX.sub("", _key(text))
    if key not in words:
        key = _OUT_OF.sub("", key)
    if key in words:
        return words[key]
    if match := _SPAN.match(key):
        first, last = (words.get(part) for part in match.groups())
        if first and last and first.lowest <= last.highest:
            return Grades(lowest=first.lowest, highest=last.highest)
    if _DECIMAL.match(key):
        value = float(key.replace(",", "."))
        return Grades(lowest=value, highest=value)
    raise UnknownNameError(f"grade of {scale}", text, words)
