"""Rows of labs.csv to records: numbers with a comparator, titres and words."""

import re
from pathlib import Path
from typing import Literal

from ranvier.case.problems import Problems
from ranvier.case.records import LabResult
from ranvier.case.scales import read_number
from ranvier.case.tables import Row, number_cell, rows_of
from ranvier.case.vocabulary import Vocabulary
from ranvier.core import UnknownNameError

LAB_COLUMNS = ("test", "value", "unit", "flag", "ref_low", "ref_high", "day", "comment")
Word = Literal["normal", "low", "high", "positive", "negative", "abnormal"]
_WORDS: dict[str, Word] = {
    "normal": "normal", "low": "low", "decreased": "low", "reduced": "low", "high": "high", "raised": "high",
    "elevated": "high", "increased": "high", "positive": "positive", "negative": "negative", "not detected": "negative",
    "abnormal": "abnormal", "present": "positive", "absent": "negative", "none": "negative",
}  # fmt: skip


def read_laboratory(path: Path, vocabulary: Vocabulary, problems: Problems) -> tuple[LabResult, ...]:
    """Return the results of ``labs.csv``; rows that cannot be used are noted."""
    out = []
    for row in rows_of(path, ("test",), LAB_COLUMNS, problems):
        try:
            out.append(_result(row, vocabulary, problems))
        except UnknownNameError as error:
            problems.unknown(row.origin("test"), error)
    return tuple(out)


def _result(row: Row, vocabulary: Vocabulary, problems: Problems) -> LabResult:
    test = vocabulary.resolve("laboratory test", row.text("test"))
    comparator, value, word = _value(row.text("value"))
    flag = _WORDS.get(row.text("flag").lower())
    if row.text("flag") and flag is None:
        problems.unknown(row.origin("flag"), UnknownNameError("flag", row.text("flag"), _WORDS))
    if value is None and word is None and flag is None:
        problems.error(
            row.origin("value"),
            f"{row.text('value')!r} is neither a number nor a word that is known.",
            "Write a number, or a flag such as high, low, normal, positive, negative.",
        )
    return LabResult(
        test=test,
        value=value,
        comparator=comparator,
        unit=row.text("unit") or None,
        word=flag or word,
        ref_low=number_cell(row, "ref_low", problems),
        ref_high=number_cell(row, "ref_high", problems),
        day=number_cell(row, "day", problems),
        origin=row.origin(),
    )


def _value(text: str) -> tuple[Literal["<", ">", ""], float | None, Word | None]:
    lowered = text.strip().lower()
    comparator: Literal["<", ">", ""] = "<" if lowered.startswith("<") else ">" if lowered.startswith(">") else ""
    number = read_number(lowered.lstrip("<>=≤≥ "))
    if number is not None:
        return comparator, number, None
    for word, meaning in _WORDS.items():
        if re.match(rf"{word}\b", lowered):
            return "", None, meaning
    return "", None, None
