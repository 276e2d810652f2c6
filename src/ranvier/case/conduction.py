"""Rows of ``ncs.csv`` to conduction studies."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, get_args

from ranvier.anatomy import plain
from ranvier.case.context import Context
from ranvier.case.csvtext import Row, note_shift, read_sheet
from ranvier.case.ncs_layouts import read_layout
from ranvier.case.numbers import NumberReader, plausible_range, without_mark
from ranvier.case.problems import shown
from ranvier.case.records import ConductionStudy, StudyKind, StudyWord
from ranvier.case.vocabulary import PACKAGE
from ranvier.case.words import meaning_or_none, one_of, read_side, spelt_out
from ranvier.core import Place, PlaceKind, UnknownNameError, read_table

_KINDS: tuple[StudyKind, ...] = get_args(StudyKind)
_WORDS: tuple[StudyWord, ...] = get_args(StudyWord)
_Unit = Literal["mV", "uV"]
_UNITS: tuple[_Unit, ...] = get_args(_Unit)
_AreaUnit = Literal["mV.ms", "uV.ms"]
_AREA_UNITS: tuple[_AreaUnit, ...] = get_args(_AreaUnit)
_UNIT_IN_HEADER = {"amplitude_mv": "mV", "amplitude_uv": "uV", "area_mv_ms": "mV.ms", "area_uv_ms": "uV.ms"}
_LatencyKind = Literal["onset", "peak"]
_LATENCY_KINDS: tuple[_LatencyKind, ...] = get_args(_LatencyKind)
_RECORDINGS = ("muscle", "muscle_group", "area", "area_group")
_IN_SKIN = ("area", "area_group", "muscle", "muscle_group")
_UV_PER_MV = 1000.0
_AMPLITUDE_COLUMNS = ("amplitude", "amplitude_mv", "amplitude_uv")
_MEASURED = (
    *("latency_ms", "amplitude", "amplitude_mv", "amplitude_uv", "area", "area_mv_ms", "area_uv_ms", "duration_ms"),
    *("duration_total_ms", "velocity_m_s", "f_latency_ms", "result", "comment"),
)
_UNIT_OF_COLUMN = {"ms": "ms|msec", "m_s": "m/s|m/sec|m s", "mm": "mm", "c": "°C|C"}
_AREA_COLUMNS = ("area", "area_mv_ms", "area_uv_ms")


def read_conduction(path: Path, context: Context) -> tuple[ConductionStudy, ...]:
    """Return the conduction studies of ``ncs.csv``; rows that cannot be used are noted.

    A nerve, side, kind, stimulation or recording that is not known costs the row, because it would
    be another study; a number or a result word costs only itself. Tables in the layouts of laboratories are turned
    into rows of ``ncs.csv`` first (`read_layout`).
    """
    sheet = read_layout(path, context) or read_sheet(path, ("nerve", "kind"), context.problems, "ncs.csv")
    out: list[ConductionStudy] = []
    for row in sheet.rows:
        study = _RowReader(row=row, numbers=sheet.numbers, context=context).study()
        if study is not None:
            out.append(study)
    return tuple(out)


@lru_cache(maxsize=1024)
def _region(name: str) -> str:
    """Return the region that a name stands for; empty if it stands for none."""
    return meaning_or_none("ncs_region", name) or ""


def conduction_from_cells(
    rows: Sequence[Mapping[str, str]], file: str, context: Context
) -> tuple[ConductionStudy, ...]:
    """Return the conduction studies of rows that were not read from a file but measured.

    Parameters
    ----------
    rows : sequence of mapping of str
        Cells by column, as in ``ncs.csv``.
    file : str
        What they were measured on, for the origin of each study; rows count from 1.
    context : Context
        Problems are noted in it.
    """
    numbers = NumberReader(file="ncs.csv", problems=context.problems)
    read = [
        _RowReader(row=Row(file=file, number=number, cells=cells), numbers=numbers, context=context).study()
        for number, cells in enumerate(rows, 1)
    ]
    return tuple(study for study in read if study is not None)


@cache
def _stimulation_points() -> Mapping[tuple[str, str], str]:
    rows = read_table(PACKAGE, "stimulation.csv", ("nerve", "point", "node"))
    return {(row["nerve"], plain(row["point"])): row["node"] for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sites:
    stimulation: str | None = None
    recording: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amplitude:
    value: float | None = None
    unit: _Unit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quantity:
    """A number with its unit as it was written."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _RowReader:
    """Reads one row."""

    row: Row
    numbers: NumberReader
    context: Context

    def study(self) -> ConductionStudy | None:
        if self._was_not_done():
            return None
        if self.row.is_shifted(("latency_kind", "amplitude_unit", "area_unit")):
            note_shift(self.row, self.context.problems)
            return None
        column = "side"
        try:
            side = read_side(self.row.text("side"))
            column = "kind"
            kind = one_of("study_kind", self.row.text("kind"), _KINDS)
            column = "nerve"
            place = self._nerves()
            column = "stimulation"
            sites = self._sites(place, kind)
        except UnknownNameError as error:
            self.context.problems.unknown(self.row.origin(column), error, "the row")
            return None
        placed = Place(kind=place.kind, ids=place.ids, side=side, label=place.label)
        return self._measured(placed, kind, sites)

    def _was_not_done(self) -> bool:
        """Tell whether all that the row says of its measures is that there are none."""
        said = [text for column in _MEASURED if (text := self.row.text(column))]
        return bool(said) and all(_says("not_done", text) for text in said)

    def _measured(self, place: Place, kind: StudyKind, sites: _Sites) -> ConductionStudy:
        words = [*self._result_words(), *self._words_in_numbers()]
        amplitude = self._amplitude(kind)
        return ConductionStudy(
            place=place,
            kind=kind,
            stimulation=sites.stimulation,
            recording=sites.recording,
            latency_ms=self._number("latency_ms", kind),
            latency_kind=self._latency_kind(),
            amplitude=amplitude.value,
            amplitude_unit=amplitude.unit,
            area_mv_ms=self._area(kind),
            duration_ms=self._number("duration_ms", kind),
            duration_total_ms=self._total_duration(kind),
            velocity_m_s=self._number("velocity_m_s", kind),
            distance_mm=self._number("distance_mm", kind),
            f_latency_ms=self._number("f_latency_ms", kind),
            temperature_c=self._number("temperature_c", kind),
            low_filter_hz=self._number("low_filter_hz", kind),
            words=tuple(dict.fromkeys(words)),
            limits=tuple(part.strip() for part in self.row.text("limit").split(";") if part.strip()),
            day=self._number("day", kind),
            comment=self.row.text("comment"),
            origin=self.row.origin(),
        )

    def _nerves(self) -> Place:
        """Return the nerves, or the region of a summary."""
        names = [spelt_out(part) for part in self.row.text("nerve").split(";") if part.strip()]
        if not names:
            raise UnknownNameError("nerve", "", self.context.graph.nerves)
        ids: list[str] = []
        kinds: set[PlaceKind] = set()
        for name in names:
            kind, id_ = self._nerve_or_region(name)
            kinds.add(kind)
            ids.append(id_)
        if len(kinds) > 1:
            raise UnknownNameError("nerve (regions and nerves cannot share a row)", self.row.text("nerve"))
        label = ", ".join(name.replace("_", " ") for name in names)
        return Place(kind=kinds.pop(), ids=tuple(dict.fromkeys(ids)), side=read_side(""), label=label)

    def _nerve_or_region(self, name: str) -> tuple[PlaceKind, str]:
        region = _region(name)
        return (
            (PlaceKind.REGION, region) if region else (PlaceKind.NERVE, self.context.graph.resolve(name, ("nerve",))[1])
        )

    def _sites(self, place: Place, kind: StudyKind) -> _Sites:
        """Return where was stimulated and recorded; a sensory study may be written either way round."""
        stimulated, recorded = spelt_out(self.row.text("stimulation")), spelt_out(self.row.text("recording"))
        try:
            stimulation = self._node(stimulated, place)
        except UnknownNameError:
            if kind in ("sensory", "mixed") and self._is_target(stimulated) and self._is_node(recorded, place):
                return _Sites(stimulation=self._node(recorded, place), recording=self._target(stimulated, kind))
            raise
        if kind in ("sensory", "mixed") and recorded and not self._is_target(recorded):
            return _Sites(stimulation=stimulation or self._node(recorded, place))
        return _Sites(stimulation=stimulation, recording=self._target(recorded, kind))

    def _node(self, text: str, place: Place) -> str | None:
        """Return the node of a stimulating point, looked up along the nerves of the row."""
        if not text or place.kind is not PlaceKind.NERVE:
            return None
        graph, points = self.context.graph, _stimulation_points()
        for nerve in place.ids:
            if (nerve, plain(text)) in points:
                return points[nerve, plain(text)]
            slug = f"{nerve}.{plain(text).replace(' ', '_')}"
            if slug in graph.nodes:
                return slug
        for name in (*(f"{graph.nerves[n].name} {text}" for n in place.ids), text):
            try:
                return graph.resolve(name, ("node",))[1]
            except UnknownNameError:
                continue
        known = [p for n, p in points if n in place.ids]
        known += [node.partition(".")[2].replace("_", " ") for node in graph.nodes if node.split(".")[0] in place.ids]
        raise UnknownNameError(f"stimulating point of {place.label}", text, known)

    def _is_node(self, text: str, place: Place) -> bool:
        try:
            return self._node(text, place) is not None
        except UnknownNameError:
            return False

    def _target(self, text: str, kind: StudyKind) -> str | None:
        kinds = _IN_SKIN if kind in ("sensory", "mixed") else _RECORDINGS
        return self.context.graph.resolve(text, kinds)[1] if text else None

    def _is_target(self, text: str) -> bool:
        try:
            return self._target(text, "sensory") is not None
        except UnknownNameError:
            return False

    def _result_words(self) -> list[StudyWord]:
        out: list[StudyWord] = []
        for part in re.split(r"[;,/|]", self.row.text("result")):
            if not part.strip():
                continue
            try:
                out.append(one_of("study_word", part, _WORDS))
            except UnknownNameError as error:
                self.context.problems.unknown(self.row.origin("result"), error, "the word")
        return out

    def _words_in_numbers(self) -> list[StudyWord]:
        """Return "absent" where a number column says that there was no response."""
        columns = ("latency_ms", *_AMPLITUDE_COLUMNS, "velocity_m_s", "f_latency_ms")
        return ["absent" for column in columns if _says_absent(self.row.text(column))]

    def _measured_text(self, column: str) -> str:
        """Return the text of a number without a mark beside it; empty where it says that nothing was measured."""
        text = self.row.text(column)
        if _says("not_done", text):
            return ""
        own = next((u for end, u in _UNIT_OF_COLUMN.items() if column.endswith(f"_{end}")), "")
        return without_mark(re.sub(rf"(?<=\d)\s*(?:{own})$", "", text) if own else text)

    def _number(self, column: str, kind: StudyKind) -> float | None:
        text = self._measured_text(column)
        return None if _says_absent(text) else self.numbers.read(text, self.row.origin(column), column, kind)

    def _latency_kind(self) -> _LatencyKind | None:
        text = self.row.text("latency_kind")
        try:
            return one_of("latency_kind", text, _LATENCY_KINDS) if text else None
        except UnknownNameError as error:
            self.context.problems.unknown(self.row.origin("latency_kind"), error, "the word")
            return None

    def _amplitude(self, kind: StudyKind) -> _Amplitude:
        """Return the amplitude with its unit; without a unit it is not used, for a guess may be off by 1000."""
        found = self._with_unit("amplitude", _AMPLITUDE_COLUMNS, "mV or uV")
        if found is None:
            return _Amplitude()
        try:
            unit = one_of("amplitude_unit", found.unit, _UNITS)
        except UnknownNameError as error:
            self.context.problems.unknown(self.row.origin("amplitude_unit"), error, "the amplitude")
            return _Amplitude()
        possible = self._possible_amplitude(found.value, unit, kind)
        return _Amplitude(value=found.value, unit=unit) if possible else _Amplitude()

    def _area(self, kind: StudyKind) -> float | None:
        """Return the area in mV ms; without a unit it is not used."""
        found = self._with_unit("area", _AREA_COLUMNS, "mV.ms or uV.ms")
        if found is None:
            return None
        try:
            unit = one_of("area_unit", found.unit, _AREA_UNITS)
        except UnknownNameError as error:
            self.context.problems.unknown(self.row.origin("area_unit"), error, "the area")
            return None
        area = found.value if unit == "mV.ms" else found.value / _UV_PER_MV
        return area if area == 0 or self.numbers.possible(area, self.row.origin("area"), "area_mv_ms", kind) else None

    def _total_duration(self, kind: StudyKind) -> float | None:
        """Return the duration of the whole response, if it is not shorter than its negative part."""
        total, negative = self._number("duration_total_ms", kind), self._number("duration_ms", kind)
        if total is None or negative is None or total >= negative:
            return total
        problem = f"the whole response ({total:g} ms) is shorter than its negative part ({negative:g} ms); not used"
        remedy = "compare the two durations with the report"
        self.context.problems.question(self.row.origin("duration_total_ms"), problem, remedy)
        return None

    def _with_unit(self, name: str, columns: Sequence[str], units: str) -> _Quantity | None:
        """Return a number with the unit that its own column, the cell or the header states."""
        column = next((c for c in columns if self.row.text(c)), name)
        text, origin = self._measured_text(column), self.row.origin(column)
        number, in_cell = _split_unit(text)
        value = None if not number or _says_absent(text) else self.numbers.parse(number, origin)
        if value is None:
            return None
        unit = self.row.text(f"{name}_unit") or in_cell or _UNIT_IN_HEADER.get(column, "")
        if not unit:
            remedy = f"write {units} into {name}_unit"
            self.context.problems.question(origin, f"the {name} {shown(text)} has no unit; it was not used", remedy)
            return None
        return _Quantity(value=value, unit=unit)

    def _possible_amplitude(self, value: float, unit: _Unit, kind: StudyKind) -> bool:
        if value == 0:
            return True
        known = plausible_range("ncs.csv", "amplitude", kind)
        in_mv = value if unit == "mV" else value / _UV_PER_MV
        if known is None or known.holds(in_mv):
            return True
        self.context.problems.question(
            self.row.origin("amplitude"),
            f"{value:g} {unit} is not possible as the amplitude of a {kind.replace('_', ' ')} study; it was not used",
            f"expected {known.lowest:g} to {known.highest:g} mV; check whether mV or uV is meant",
        )
        return False


def _says_absent(text: str) -> bool:
    return bool(text) and not re.search(r"\d", text) and meaning_or_none("study_word", text) == "absent"


def _says(field: str, text: str) -> bool:
    """Tell whether a text is a word of a field."""
    return meaning_or_none(field, text) is not None


def _split_unit(text: str) -> tuple[str, str]:
    """Return the number and the unit of a cell that holds both."""
    match = re.fullmatch(r"\s*([-+\d.,]+)\s*([a-zA-Zµμ][a-zA-Zµμ.*·⋅ ]*)?\s*", text)
    return (match[1], (match[2] or "").strip()) if match else (text, "")
