"""What the value cell of a laboratory result says: number, bound, range, titre, word, class of an immunoglobulin.

>>> read_text("<0.01 ng/mL"), read_text("positive 1:160").number
(ValueText(number='0.01', highest='', comparator='<', unit='ng/mL', words='', kinds=()), '160')
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ranvier.case.vocabulary import PACKAGE
from ranvier.core import read_table

Comparator = Literal["<", ">", ""]
_SIGN = r"([<>≤≥]=?|)\s*"
_FIGURE = r"[-+]?[\d.,]*\d[\d.,]*(?:e[-+]?\d+)?"
_TITRE = re.compile(rf"{_SIGN}\b1\s*[:/]\s*(\d[\d.,]*)\b")
_RANGE = re.compile(rf"^({_FIGURE})\s*(?:-|–|to|bis|à)\s*({_FIGURE})\s*([^\d].*|)$", re.IGNORECASE)
_NUMBER = re.compile(rf"^{_SIGN}({_FIGURE})\s*(.*)$", re.IGNORECASE)
_POINTS = str.maketrans({"٫": ".", "．": ".", "·": ".", "٬": ",", "，": ",", "−": "-"})
_BROKEN = re.compile(r"[^\s\w*^×/%(\[]\d")
_GROUPS = re.compile(r"(?<=\d)[ '’\u00a0\u202f](?=\d{3}(?:\D|$))")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueText:
    """The parts of a value as written; numbers are still text.

    Attributes
    ----------
    number, highest : str
        The number, or both ends of a range; empty for none.
    comparator : {"<", ">", ""}
        Which side of the number it is on.
    unit : str
        What follows the number; ``"titre"`` for a titre.
    words : str
        What is said in words.
    kinds : tuple of str
        Classes and light chains that are named, such as ``("igm", "kappa")``.
    """

    number: str = ""
    highest: str = ""
    comparator: Comparator = ""
    unit: str = ""
    words: str = ""
    kinds: tuple[str, ...] = ()


def read_text(text: str) -> ValueText:
    """Return the parts of a value; a number that goes on after a strange sign is none, and stays among the words.

    >>> read_text("٧٫٢ mmol/L").number, read_text("7;2").number
    ('٧.٢', '')
    """
    text = _GROUPS.sub("", text.strip().translate(_POINTS))
    if titre := _TITRE.search(text):
        words = (text[: titre.start()] + text[titre.end() :]).strip(" ()")
        return ValueText(
            number=titre[2], comparator=_comparator(titre[1]), unit="titre", words=words, kinds=_kinds(words)
        )
    if span := _RANGE.match(text):
        return ValueText(number=span[1], highest=span[2], unit=span[3].strip())
    if (match := _NUMBER.match(text)) and not _BROKEN.match(match[3]):
        return ValueText(number=match[2], comparator=_comparator(match[1]), unit=match[3].strip())
    return ValueText(words=text, kinds=_kinds(text))


def read_limits(text: str) -> Mapping[str, str]:
    """Return ``ref_low`` and ``ref_high`` of a printed range.

    >>> dict(read_limits("3,5 - 5,1 mmol/L")), dict(read_limits("< 5")), dict(read_limits("up to 5"))
    ({'ref_low': '3,5', 'ref_high': '5,1'}, {'ref_high': '5'}, {})
    """
    value = read_text(text.strip(" []()"))
    if value.unit == "titre" or not value.number:
        return {}
    if value.highest:
        return {"ref_low": value.number, "ref_high": value.highest}
    return {"<": {"ref_high": value.number}, ">": {"ref_low": value.number}}.get(value.comparator, {})


def _comparator(sign: str) -> Comparator:
    return "<" if sign[:1] in ("<", "≤") and sign else ">" if sign[:1] in (">", "≥") and sign else ""


@cache
def _kind_words() -> Mapping[str, str]:
    return {row["word"].lower(): row["kind"] for row in read_table(PACKAGE, "lab_kinds.csv", ("word", "kind"))}


def _kinds(text: str) -> tuple[str, ...]:
    words = re.findall(r"[a-zκλ0-9]+", text.lower())
    return tuple(dict.fromkeys(_kind_words()[w] for w in words if w in _kind_words()))
