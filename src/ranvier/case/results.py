"""Rows of ``labs.csv`` to laboratory results: numbers, titres, values beyond a limit, words."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ranvier.case.context import Context
from ranvier.case.csvtext import Row, note_shift, read_sheet
from ranvier.case.lab_values import Comparator, ValueText, read_limits, read_text
from ranvier.case.numbers import NumberReader, plausible_range
from ranvier.case.problems import shown
from ranvier.case.records import LabResult
from ranvier.case.wide_labs import read_wide
from ranvier.case.words import one_of
from ranvier.core import Origin, UnknownNameError
from ranvier.reference import to_base_unit

Word = Literal["normal", "low", "high", "positive", "negative", "abnormal", "borderline"]
_WORDS: tuple[Word, ...] = get_args(Word)
_AGREE = ({"high", "abnormal", "positive", "borderline"}, {"low", "abnormal"}, {"normal", "negative", "borderline"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    value: float | None = None
    highest: float | None = None
    comparator: Comparator = ""
    unit: str = ""
    word: Word | None = None
    kinds: tuple[str, ...] = ()


def read_laboratory(path: Path, context: Context) -> tuple[LabResult, ...]:
    """Return the results of ``labs.csv``; rows without a value or a word that is known are noted."""
    wide = read_wide(path, context)
    if wide is not None:
        return read_rows(wide.rows, wide.numbers, context)
    sheet = read_sheet(path, ("test",), context.problems, "labs.csv")
    return read_rows(sheet.rows, sheet.numbers, context)


def read_rows(rows: Iterable[Row], numbers: NumberReader, context: Context) -> tuple[LabResult, ...]:
    """Return the results of rows with the columns of ``labs.csv``, wherever they came from."""
    readers = (_RowReader(row=row, numbers=numbers, context=context) for row in rows)
    return tuple(result for reader in readers if (result := reader.result()) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _RowReader:
    """Reads one row."""

    row: Row
    numbers: NumberReader
    context: Context

    def result(self) -> LabResult | None:
        problems = self.context.problems
        if self.row.is_shifted(("unit", "flag")):
            note_shift(self.row, problems)
            return None
        try:
            test = self.context.vocabulary.lab_test(self.row.text("test")).id
        except UnknownNameError as error:
            problems.unknown(self.row.origin("test"), error, "the row")
            return None
        value = self._value()
        unit = self.row.text("unit") or value.unit or None
        number = value.value if self._possible(test, value.value, unit) else None
        word = self._word(value.word)
        if number is None and word is None:
            if value.value is None and not self.row.text("value"):
                remedy = "write a number, or a flag such as normal, high, positive"
                problems.error(self.row.origin(), "neither a value nor a flag is stated; the row was not used", remedy)
            return None
        return LabResult(
            test=test,
            value=number,
            highest=value.highest if number is not None else None,
            kinds=value.kinds if word in ("positive", "abnormal", "high") else (),
            comparator=value.comparator if number is not None else "",
            unit=unit,
            word=word,
            ref_low=self._limit("ref_low"),
            ref_high=self._limit("ref_high"),
            day=self._number("day"),
            origin=self.row.origin(),
        )

    def _number(self, column: str) -> float | None:
        text = self.row.text(column)
        return self.numbers.read(text, self.row.origin(column), column) if text else None

    def _limit(self, column: str) -> float | None:
        """Return an end of the printed range, from its own column or from the range in one cell."""
        if self.row.text(column):
            return self._number(column)
        text = read_limits(self.row.text("ref_range")).get(column, "")
        return self.numbers.read(text, self.row.origin("ref_range"), column) if text else None

    def _value(self) -> _Value:
        """Return what the value cell says: "5.1", "<0.01", "105 mg/dL", "5-9", "positive 1:160", "raised"."""
        text, origin = self.row.text("value"), self.row.origin("value")
        if not text:
            return _Value()
        parts = read_text(text)
        word = self._word_of(parts, origin)
        number = self.numbers.parse(parts.number, origin) if parts.number else None
        highest = self.numbers.parse(parts.highest, origin) if parts.highest and number is not None else None
        if highest is not None and number is not None and highest < number:
            self.numbers.problems.error(
                origin, f"{shown(text)} is no range; it was not used", "write the lower end first"
            )
            return _Value()
        comparator = parts.comparator if number is not None else ""
        return _Value(
            value=number, highest=highest, comparator=comparator, unit=parts.unit, word=word, kinds=parts.kinds
        )

    def _word_of(self, parts: ValueText, origin: Origin) -> Word | None:
        if parts.words:
            return self._leading_word(parts.words, origin, bool(parts.kinds))
        titre = parts.unit == "titre" and parts.comparator != "<"
        return "positive" if titre or parts.kinds else None

    def _leading_word(self, text: str, origin: Origin, kinds_named: bool) -> Word | None:
        """Return the word of a value; words may follow that only explain it."""
        words = text.strip(" ()").split()
        for length in range(min(len(words), 3), 0, -1):
            try:
                return one_of("lab_word", " ".join(words[:length]).strip(",;:"), _WORDS)
            except UnknownNameError:
                continue
        if kinds_named:
            return "positive"
        if words and not self.row.text("flag"):
            known = f"write a number or one of: {', '.join(_WORDS)}"
            self.context.problems.error(origin, f"{shown(text)} is neither a number nor a known word", known)
        return None

    def _word(self, of_value: Word | None) -> Word | None:
        """Return the flag, or else the word of the value; the two must not contradict each other."""
        text = self.row.text("flag")
        if not text:
            return of_value
        origin = self.row.origin("flag")
        try:
            flag = one_of("lab_word", text, _WORDS)
        except UnknownNameError as error:
            self.context.problems.unknown(origin, error, "the flag")
            return of_value
        if of_value is not None and not any({flag, of_value} <= group for group in _AGREE):
            problem = f"the flag says {flag}, the value {of_value}; neither was used"
            self.context.problems.question(origin, problem, "correct one of them")
            return None
        return flag

    def _possible(self, test: str, value: float | None, unit: str | None) -> bool:
        """Tell whether a value is possible; a unit that is not known leaves only the sign to judge."""
        if value is None:
            return False
        known = plausible_range("labs.csv", "value", test)
        try:
            in_base = to_base_unit(test, value, unit)
        except UnknownNameError:
            known, in_base = plausible_range("labs.csv", "value", "*"), value
        if known is None or known.holds(in_base):
            return True
        expected = f"expected {known.lowest:g} to {known.highest:g}" + ("" if known.unit == "1" else f" {known.unit}")
        problem = f"{value:g} {unit or ''}".rstrip() + f" is not possible for {test}; it was not used"
        self.context.problems.question(self.row.origin("value"), problem, f"{expected}; check the number and its unit")
        return False
