"""Rows of ncs.csv and emg.csv to records."""

import re
from pathlib import Path
from typing import Literal, TypeVar

from ranvier.anatomy import NerveGraph
from ranvier.case import records as rec
from ranvier.case.names import MUSCLES, NCS_REGIONS, read_place, read_side
from ranvier.case.problems import Problems
from ranvier.case.scales import read_presence
from ranvier.case.tables import Row, number_cell, rows_of
from ranvier.case.vocabulary import normalised
from ranvier.core import Place, PlaceKind, UnknownNameError

NCS_COLUMNS = (
    "nerve", "side", "kind", "stimulation", "recording", "latency_ms", "latency_kind", "amplitude", "amplitude_unit",
    "velocity_m_s", "f_latency_ms", "temperature_c", "result", "limit", "comment",
)  # fmt: skip
EMG_COLUMNS = ("muscle", "side", "fibrillations", "fasciculations", "motor_units", "recruitment", "other", "comment")
_KINDS: tuple[rec.StudyKind, ...] = (
    "motor", "sensory", "mixed", "f_wave", "h_reflex", "blink", "repetitive_stimulation", "summary",
)  # fmt: skip
_WORDS: tuple[rec.StudyWord, ...] = (
    "normal", "abnormal", "reduced", "absent", "prolonged", "slowed", "block", "dispersion", "axonal",
    "demyelinating", "increased",
)  # fmt: skip
_WORD_SYNONYMS = {"nr": "absent", "no response": "absent", "low": "reduced", "delayed": "prolonged", "slow": "slowed"}
_UNITS = {"mv": "mV", "uv": "uV", "µv": "uV", "μv": "uV"}
_KIND_SYNONYMS = {
    "f": "f_wave",
    "h": "h_reflex",
    "rns": "repetitive_stimulation",
    "f wave": "f_wave",
    "h reflex": "h_reflex",
}
_W = TypeVar("_W", bound=str)


def read_conduction(path: Path, graph: NerveGraph, problems: Problems) -> tuple[rec.ConductionStudy, ...]:
    """Return the conduction studies of ``ncs.csv``; rows that cannot be used are noted."""
    out = []
    for row in rows_of(path, ("nerve", "kind"), NCS_COLUMNS, problems):
        try:
            out.append(_study(row, graph, problems))
        except UnknownNameError as error:
            problems.unknown(row.origin("nerve"), error)
    return tuple(out)


def _study(row: Row, graph: NerveGraph, problems: Problems) -> rec.ConductionStudy:
    place = _nerves(row, graph)
    kind = _choice(row, "kind", _KINDS, _KIND_SYNONYMS)
    unit = _amplitude_unit(row, kind)
    words = _result_words(row, problems)
    amplitude = number_cell(row, "amplitude", problems, range_of=f"amplitude_{unit}") if unit else None
    if row.text("amplitude") and unit is None:
        problems.error(row.origin("amplitude_unit"), "The amplitude has no unit.", "Write mV or uV in amplitude_unit.")
    return rec.ConductionStudy(
        place=place,
        kind=kind,
        stimulation=_stimulation(row, graph, place, problems),
        recording=_recording(row, graph, problems),
        latency_ms=number_cell(row, "latency_ms", problems),
        latency_kind=_latency_kind(row),
        amplitude=amplitude,
        amplitude_unit=unit if amplitude is not None else None,
        velocity_m_s=number_cell(row, "velocity_m_s", problems),
        f_latency_ms=number_cell(row, "f_latency_ms", problems),
        temperature_c=number_cell(row, "temperature_c", problems),
        words=words,
        limits=tuple(p.strip() for p in row.text("limit").split(";") if p.strip()),
        comment=row.text("comment"),
        origin=row.origin(),
    )


def _nerves(row: Row, graph: NerveGraph) -> Place:
    names = [n.strip() for n in re.split(r"[;/]", row.text("nerve")) if n.strip()]
    side = read_side(row.text("side"))
    regions = [r for n in names for r in NCS_REGIONS if r == normalised(n).replace("all ", "")]
    if regions and len(regions) == len(names):
        return Place(kind=PlaceKind.REGION, ids=tuple(regions), side=side, label=" and ".join(regions))
    return read_place(graph, names, side, ("nerve",))


def _choice(row: Row, column: str, allowed: tuple[_W, ...], synonyms: dict[str, str]) -> _W:
    text = normalised(row.text(column))
    key = synonyms.get(text, text.replace(" ", "_"))
    found = next((a for a in allowed if a == key), None)
    if found is None:
        raise UnknownNameError(column.replace("_", " "), row.text(column), allowed)
    return found


def _result_words(row: Row, problems: Problems) -> tuple[rec.StudyWord, ...]:
    words: list[rec.StudyWord] = []
    for part in re.split(r"[;,]", row.text("result")):
        text = normalised(part)
        if not text:
            continue
        word = next((w for w in _WORDS if w == _WORD_SYNONYMS.get(text, text)), None)
        if word is None:
            problems.unknown(row.origin("result"), UnknownNameError("result word", part.strip(), _WORDS))
        else:
            words.append(word)
    for column in ("amplitude", "latency_ms"):
        if _WORD_SYNONYMS.get(normalised(row.text(column)), normalised(row.text(column))) == "absent":
            words.append("absent")
            row.cells[column] = ""
    return tuple(dict.fromkeys(words))


def _amplitude_unit(row: Row, kind: str) -> Literal["mV", "uV"] | None:
    unit = _UNITS.get(row.text("amplitude_unit").lower())
    if unit == "mV":
        return "mV"
    if unit == "uV":
        return "uV"
    del kind
    return None


def _latency_kind(row: Row) -> Literal["onset", "peak"] | None:
    text = row.text("latency_kind").lower()
    if text == "onset":
        return "onset"
    return "peak" if text == "peak" else None


def _stimulation(row: Row, graph: NerveGraph, place: Place, problems: Problems) -> str | None:
    """Return the node of the stimulating point, looked up along the nerve first."""
    text = row.text("stimulation")
    if not text or place.kind is not PlaceKind.NERVE:
        return None
    slug = normalised(text).replace(" ", "_")
    for nerve in place.ids:
        if f"{nerve}.{slug}" in graph.nodes:
            return f"{nerve}.{slug}"
    try:
        return graph.resolve(text, ("node",))[1]
    except UnknownNameError:
        known = [n.partition(".")[2] for n in graph.nodes if n.partition(".")[0] in place.ids]
        del problems, known
        return None


def _recording(row: Row, graph: NerveGraph, problems: Problems) -> str | None:
    text = row.text("recording")
    if not text:
        return None
    try:
        return graph.resolve(text, ("muscle", "area"))[1]
    except UnknownNameError as error:
        problems.unknown(row.origin("recording"), error)
        return None


def read_needle(path: Path, graph: NerveGraph, problems: Problems) -> tuple[rec.NeedleStudy, ...]:
    """Return the needle studies of ``emg.csv``; rows that cannot be used are noted."""
    out = []
    for row in rows_of(path, ("muscle",), EMG_COLUMNS, problems):
        try:
            out.append(_needle(row, graph, problems))
        except UnknownNameError as error:
            problems.unknown(row.origin("muscle"), error)
    return tuple(out)


def _needle(row: Row, graph: NerveGraph, problems: Problems) -> rec.NeedleStudy:
    names = [n.strip() for n in row.text("muscle").split(";") if n.strip()]
    return rec.NeedleStudy(
        place=read_place(graph, names, read_side(row.text("side")), MUSCLES),
        fibrillations=_fibrillations(row, problems),
        fasciculations=read_presence(row.text("fasciculations")) if row.text("fasciculations") else None,
        motor_units=_optional(row, "motor_units", ("normal", "neurogenic", "myopathic", "nascent")),
        recruitment=_optional(row, "recruitment", ("normal", "reduced", "discrete", "absent", "early")),
        other=tuple(found for part in row.text("other").split(";") if (found := _discharge(part)) is not None),
        comment=row.text("comment"),
        origin=row.origin(),
    )


def _discharge(text: str) -> Literal["myotonic", "myokymic", "complex_repetitive", "neuromyotonic"] | None:
    slug = normalised(text).replace(" ", "_")
    if slug == "myotonic":
        return "myotonic"
    if slug == "myokymic":
        return "myokymic"
    if slug == "complex_repetitive":
        return "complex_repetitive"
    return "neuromyotonic" if slug == "neuromyotonic" else None


def _optional(row: Row, column: str, allowed: tuple[_W, ...]) -> _W | None:
    return _choice(row, column, allowed, {}) if row.text(column) else None


def _fibrillations(row: Row, problems: Problems) -> tuple[int, int] | None:
    text = row.text("fibrillations").lower()
    if not text:
        return None
    if match := re.fullmatch(r"([0-4])\s*-\s*([0-4])", text):
        return int(match[1]), int(match[2])
    if re.fullmatch(r"[0-4]\+?", text):
        return int(text[0]), int(text[0])
    if re.fullmatch(r"\++", text) and len(text) <= 4:
        return len(text), len(text)
    present = read_presence(text)
    if present is None:
        problems.error(
            row.origin("fibrillations"),
            f"{text!r} is no grade.",
            "Write 0 to 4, a range such as 1-4, present or absent.",
        )
        return None
    return (1, 4) if present else (0, 0)
