"""The numbers of a conduction study as a table: a line a stimulation, each number beside its limit and its verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ranvier.anatomy import NerveGraph
from ranvier.case import ConductionStudy
from ranvier.core import Finding, NumericReading, number_in_words

_COLUMN = {
    "distal_latency": "latency",
    "h_reflex": "latency",
    "cmap_amplitude": "amplitude",
    "snap_amplitude": "amplitude",
    "velocity": "velocity",
    "f_wave": "f_latency",
}
_STATE = {True: "abnormal", False: "normal", None: ""}
_SIGN = {"upper limit": "≤", "lower limit": "≥"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCell:
    """One number as it is shown: text, its limit in short, and ``abnormal``, ``normal`` or an empty text."""

    text: str = ""
    limit: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyLine:
    """One stimulation: what was studied, from where to where, and its numbers by column."""

    nerve: str
    kind: str
    points: str
    cells: Mapping[str, NumberCell]


NUMBER_COLUMNS: Mapping[str, str] = {
    "latency": "Latency, ms",
    "amplitude": "Amplitude",
    "duration": "Duration, ms",
    "area": "Area, mV ms",
    "distance": "Distance, mm",
    "velocity": "Velocity, m/s",
    "f_latency": "F, ms",
}


def study_lines(
    studies: Sequence[ConductionStudy], findings: Sequence[Finding], graph: NerveGraph
) -> tuple[StudyLine, ...]:
    """Return a line for each study that has a number or no response, in the order of the table.

    Parameters
    ----------
    studies : sequence of ConductionStudy
    findings : sequence of Finding
        Of the same table; verdict and limit are theirs.
    graph : NerveGraph
        For the names of points and recordings.
    """
    return tuple(line for study in studies if (line := _line(study, findings, graph)) is not None)


def _line(study: ConductionStudy, findings: Sequence[Finding], graph: NerveGraph) -> StudyLine | None:
    absent = "absent" in study.words
    numbers = {
        "latency": (study.latency_ms, " (peak)" if study.latency_kind == "peak" else ""),
        "amplitude": (study.amplitude, f" {'µV' if study.amplitude_unit == 'uV' else study.amplitude_unit}"),
        "duration": (study.duration_ms, ""),
        "area": (study.area_mv_ms, ""),
        "distance": (study.distance_mm, ""),
        "velocity": (study.velocity_m_s, " (computed)" if study.velocity_is_computed else ""),
        "f_latency": (study.f_latency_ms, ""),
    }
    if not absent and all(value is None for value, _ in numbers.values()):
        return None
    own = [f for f in findings if _is_of(f, study)]
    cells = {name: _cell(name, value, more, own) for name, (value, more) in numbers.items()}
    if absent:
        cells["amplitude"] = NumberCell(text="no response", state="abnormal")
    side = study.place.side.value
    nerve = f"{side} {study.place.label}" if side in ("left", "right", "both") else study.place.label
    return StudyLine(nerve=nerve, kind=study.kind.replace("_", " "), points=_points(study, graph), cells=cells)


def _is_of(finding: Finding, study: ConductionStudy) -> bool:
    at, row = finding.origin, study.origin
    same = (at.file, at.row) == (row.file, row.row)
    return same and finding.place is not None and finding.place.side is study.place.side


def _cell(name: str, value: float | None, more: str, own: Sequence[Finding]) -> NumberCell:
    if value is None:
        return NumberCell()
    text = f"{number_in_words(float(f'{value:.3g}'))}{more}"
    for finding in own:
        reading = finding.reading
        if _COLUMN.get(finding.observable) == name and isinstance(reading, NumericReading) and reading.value == value:
            limit = finding.limit.text.partition(",")[0] if finding.limit is not None else ""
            for words, sign in _SIGN.items():
                limit = limit.replace(words, sign)
            return NumberCell(text=text, limit=limit, state=_STATE[finding.abnormal])
    return NumberCell(text=text)


def _points(study: ConductionStudy, graph: NerveGraph) -> str:
    start = graph.nodes[study.stimulation].name.rpartition(", ")[2] if study.stimulation else ""
    end = (study.recording or "").replace("_", " ")
    return f"{start} → {end}" if start and end else start or end
