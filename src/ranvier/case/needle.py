"""Rows of ``emg.csv`` to needle studies."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, get_args

from ranvier.case.context import Context
from ranvier.case.csvtext import Row, read_sheet
from ranvier.case.numbers import NumberReader, plausible_range
from ranvier.case.places import MUSCLES
from ranvier.case.problems import shown
from ranvier.case.records import NeedleStudy
from ranvier.case.words import meaning, one_of, read_grades, read_presence, read_side
from ranvier.core import UnknownNameError

MotorUnits = Literal["normal", "neurogenic", "myopathic", "nascent"]
Recruitment = Literal["normal", "reduced", "discrete", "absent", "early"]
Discharge = Literal["myotonic", "myokymic", "complex_repetitive", "neuromyotonic"]
_MOTOR_UNITS: tuple[MotorUnits, ...] = get_args(MotorUnits)
_RECRUITMENT: tuple[Recruitment, ...] = get_args(Recruitment)
_DISCHARGES: tuple[Discharge, ...] = get_args(Discharge)
Change = Literal["normal", "increased", "reduced"]
_CHANGES: tuple[Change, ...] = get_args(Change)
_T = TypeVar("_T")


def read_needle(path: Path, context: Context) -> tuple[NeedleStudy, ...]:
    """Return the needle studies of ``emg.csv``; an empty cell is not reported, which is not normal."""
    sheet = read_sheet(path, ("muscle",), context.problems, "emg.csv")
    readers = (_RowReader(row=row, numbers=sheet.numbers, context=context) for row in sheet.rows)
    return tuple(study for reader in readers if (study := reader.study()) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _RowReader:
    """Reads one row."""

    row: Row
    numbers: NumberReader
    context: Context

    def study(self) -> NeedleStudy | None:
        try:
            side = read_side(self.row.text("side"))
        except UnknownNameError as error:
            self.context.problems.unknown(self.row.origin("side"), error, "the row")
            return None
        names = self.context.places.split(self.row.text("muscle"), (*MUSCLES, "nerve", "root"))
        place = self.context.places.read(names, side, MUSCLES, self.row.origin("muscle"))
        if place is None:
            self._note_no_muscle(names)
            return None
        return NeedleStudy(
            place=place,
            fibrillations=self._fibrillations(),
            fasciculations=self._cell("fasciculations", read_presence),
            motor_units=self._motor_units(),
            recruitment=self._cell("recruitment", lambda text: one_of("recruitment", text, _RECRUITMENT)),
            insertional=self._change("insertional"),
            other=self._discharges(),
            day=self._day(),
            comment=self.row.text("comment"),
            origin=self.row.origin(),
        )

    def _change(self, column: str) -> Change | None:
        return self._cell(column, lambda text: one_of("change", text, _CHANGES))

    def _motor_units(self) -> MotorUnits | None:
        """Return what the motor units are called, or what their size and duration say.

        Large or long units are neurogenic, small or short ones myopathic. Polyphasia alone occurs in both, and units
        that are large and short, or small and long, are not judged.
        """
        stated = self._cell("motor_units", lambda text: one_of("motor_units", text, _MOTOR_UNITS))
        if stated is not None:
            return stated
        changes = {self._change(column) for column in ("mup_amplitude", "mup_duration")} - {None}
        polyphasia = self._change("polyphasia")
        if changes == {"normal"} and polyphasia in (None, "normal"):
            return "normal"
        if {"increased", "reduced"} <= changes or not changes - {"normal"}:
            if changes - {"normal"} or polyphasia == "increased":
                problem = "size, duration and phases of the motor units point to no one kind; they were not judged"
                remedy = "write into motor_units what they are: neurogenic, myopathic, nascent or normal"
                self.context.problems.question(self.row.origin(), problem, remedy)
            return None
        return "neurogenic" if "increased" in changes else "myopathic"

    def _day(self) -> float | None:
        text = self.row.text("day")
        return self.numbers.read(text, self.row.origin("day"), "day") if text else None

    def _note_no_muscle(self, names: list[str]) -> None:
        if not names:
            remedy = "write the muscle, or a group of muscles"
            self.context.problems.error(self.row.origin(), "no muscle is named; the row was not used", remedy)

    def _cell(self, column: str, read: Callable[[str], _T]) -> _T | None:
        text = self.row.text(column)
        try:
            return read(text) if text else None
        except UnknownNameError as error:
            self.context.problems.unknown(self.row.origin(column), error, "the cell")
            return None

    def _fibrillations(self) -> tuple[int, int] | None:
        grades = self._cell("fibrillations", lambda text: read_grades("fibrillations", text))
        if grades is None:
            return None
        known = plausible_range("emg.csv", "fibrillations")
        whole = grades.lowest.is_integer() and grades.highest.is_integer()
        if known and not (whole and known.holds(grades.lowest) and known.holds(grades.highest)):
            text = shown(self.row.text("fibrillations"))
            self.context.problems.question(
                self.row.origin("fibrillations"),
                f"{text} is no grade of fibrillations; it was not used",
                f"write a whole number from {known.lowest:g} to {known.highest:g}, a range, present or absent",
            )
            return None
        return int(grades.lowest), int(grades.highest)

    def _discharges(self) -> tuple[Discharge, ...]:
        found: list[Discharge] = []
        for part in re.split(r"[;,|]", self.row.text("other")):
            if not part.strip() or _is_none(part):
                continue
            try:
                found.append(one_of("discharge", part, _DISCHARGES))
            except UnknownNameError as error:
                self.context.problems.unknown(self.row.origin("other"), error, "the word")
        return tuple(dict.fromkeys(found))


def _is_none(text: str) -> bool:
    try:
        return meaning("status", text) == "absent"
    except UnknownNameError:
        return False
