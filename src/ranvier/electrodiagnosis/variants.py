"""Variants of the nerves that imitate a lesion: Martin-Gruber, Riche-Cannieu, the accessory deep fibular nerve.

``data/crossings.csv`` names where a response from a proximal point may be larger than from the distal one, and which
other response is smaller for it; ``data/variant_words.csv`` what a report says in words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ranvier.case import ConductionStudy, Unused
from ranvier.core import number_in_words, read_table, side_in_words
from ranvier.electrodiagnosis.rows import Row
from ranvier.electrodiagnosis.studies import PACKAGE, branch_points
from ranvier.electrodiagnosis.technical import technical_thresholds

_COLUMNS = (
    "id", "name", "nerve", "recording", "distal", "proximal", "reduced_study", "reduced_points", "status", "source",
)  # fmt: skip
_UV_PER_MV = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crossing:
    """Where one variant shows itself."""

    id: str
    name: str
    nerve: str
    recording: str
    distal: str
    proximal: tuple[str, ...]
    reduced_study: str
    reduced_points: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A variant that the numbers show.

    Attributes
    ----------
    reduced_study : str
        Study whose response from `reduced_points` lacks the fibres that cross; empty if there is none.
    gain_mv : float
        What the proximal point gives above the distal one.
    studies : tuple of ConductionStudy
        The rows that show it.
    """

    name: str
    status: str
    reduced_study: str
    reduced_points: tuple[str, ...]
    gain_mv: float
    near_mv: float
    far_mv: float
    studies: tuple[ConductionStudy, ...]


@cache
def _crossings() -> tuple[_Crossing, ...]:
    return tuple(
        _Crossing(
            id=row["id"],
            name=row["name"],
            nerve=row["nerve"],
            recording=row["recording"],
            distal=row["distal"],
            proximal=tuple(row["proximal"].split(";")),
            reduced_study=row["reduced_study"],
            reduced_points=tuple(filter(None, row["reduced_points"].split(";"))),
            status=row["status"],
        )
        for row in read_table(PACKAGE, "crossings.csv", _COLUMNS)
    )


def variants(studies: Sequence[ConductionStudy]) -> tuple[Variant, ...]:
    """Return the variants that amplitudes show: a response larger from the proximal point.

    Parameters
    ----------
    studies : sequence of ConductionStudy
        All rows of a case, also those of no standard study.
    """
    motor = [s for s in studies if s.kind == "motor" and s.stimulation]
    if not motor:
        return ()
    return tuple(v for crossing in _crossings() for v in _shown(crossing, motor))


def _shown(crossing: _Crossing, motor: Sequence[ConductionStudy]) -> Iterator[Variant]:
    of_nerve = [s for s in motor if crossing.nerve in s.place.ids and _records(s, crossing)]
    for near in of_nerve:
        if near.stimulation not in crossing.proximal:
            continue
        far = next((s for s in of_nerve if s.stimulation == crossing.distal and _same(s, near)), None)
        near_mv, far_mv = _in_mv(near), 0.0 if far is None and crossing.reduced_study else _in_mv(far)
        if near_mv is None or far_mv is None or near_mv - far_mv < technical_thresholds()["crossing_mv"]:
            continue
        if near_mv < far_mv * technical_thresholds()["amplitude_gain"]:
            continue
        yield Variant(
            name=crossing.name,
            status=crossing.status,
            reduced_study=crossing.reduced_study,
            reduced_points=crossing.reduced_points,
            gain_mv=near_mv - far_mv,
            near_mv=near_mv,
            far_mv=far_mv,
            studies=(near,) if far is None else (far, near),
        )
        return


def _records(study: ConductionStudy, crossing: _Crossing) -> bool:
    """Tell whether a row records where the variant shows; an unstated site is the usual muscle of the nerve."""
    if study.recording is None:
        return not crossing.reduced_study
    return study.recording == crossing.recording


def _same(one: ConductionStudy, other: ConductionStudy) -> bool:
    return one.place.side is other.place.side and one.day == other.day


def _in_mv(study: ConductionStudy | None) -> float | None:
    if study is None or study.amplitude is None:
        return None
    return study.amplitude / _UV_PER_MV if study.amplitude_unit == "uV" else study.amplitude


def crossing_rows(studies: Sequence[ConductionStudy]) -> frozenset[int]:
    """Return the identities of rows that look for crossing fibres: the median nerve recorded at an ulnar muscle."""
    looked_for = {(c.nerve, c.recording) for c in _crossings() if c.reduced_study}
    return frozenset(
        id(s) for s in studies if s.kind == "motor" and any((n, s.recording) in looked_for for n in s.place.ids)
    )


def crossed_mv(found: Sequence[Variant], study: str, proximal: Row) -> float:
    """Return the amplitude that a proximal response of a study lacks because its fibres cross further down."""
    return sum(
        v.gain_mv
        for v in found
        if v.reduced_study == study
        and proximal.study.stimulation in v.reduced_points
        and _same(v.studies[-1], proximal.study)
    )


def variant_notes(studies: Sequence[ConductionStudy], rows: Sequence[Row]) -> Iterator[Unused]:
    """Yield a note for each variant that numbers or words show, and where one has not been looked for."""
    found = variants(studies)
    for v in found:
        near = v.studies[-1]
        text = (
            f"the response from the proximal point is larger ({number_in_words(round(v.near_mv, 2))} mV) than from the "
            f"distal one ({number_in_words(round(v.far_mv, 2))} mV): this fits {v.name}"
        )
        also = "" if v.reduced_study else "; a distal stimulus that was too weak looks the same"
        yield _note(near, text + also, f"The rule is {v.status}. Repeat the distal stimulation to be sure.")
    looked = crossing_rows(studies)
    for row in rows:
        if _falls_in_forearm(row, rows) and not any(id(s) in looked and _same(s, row.study) for s in studies):
            text = "the response falls in the forearm, which crossing fibres (Martin-Gruber) can do without any block"
            yield _note(row.study, text, "Stimulate the median nerve at wrist and elbow with the same recording.")
    for row in rows:
        variant = branch_points().get((row.standard[0].id, row.study.stimulation or ""))
        if variant and row.study.amplitude:
            text = f"a response from a point off the usual way of the nerve shows an {variant}"
            yield _note(row.study, text, "Add its amplitude to that of the ankle before the knee is compared.")
    for study in studies:
        for name, meaning in _in_words(study.comment):
            yield _note(study, f"the report speaks of {name}: {meaning}", "Read the numbers of this nerve with it.")


def _falls_in_forearm(row: Row, rows: Sequence[Row]) -> bool:
    """Tell whether the ulnar response is lost between wrist and below the elbow."""
    forearm = {c.reduced_study: c.reduced_points[0] for c in _crossings() if c.reduced_study}
    if len(row.standard) != 1 or row.study.stimulation != forearm.get(row.standard[0].id, ""):
        return False
    near = _in_mv(row.study)
    far = next((a for r in rows if r.is_distal_row_of(row) and (a := _in_mv(r.study))), None)
    return bool(near is not None and far and 1 - near / far >= technical_thresholds()["forearm_drop"])


@cache
def _variant_words() -> Mapping[re.Pattern[str], tuple[str, str]]:
    rows = read_table(PACKAGE, "variant_words.csv", ("words", "name", "meaning", "status", "source"))
    return {
        re.compile("|".join(re.escape(w) for w in row["words"].split(";")), re.IGNORECASE): (
            row["name"],
            row["meaning"],
        )
        for row in rows
    }


def _in_words(comment: str) -> list[tuple[str, str]]:
    return [told for pattern, told in _variant_words().items() if pattern.search(comment)] if comment else []


def _note(study: ConductionStudy, problem: str, remedy: str) -> Unused:
    subject = f"Motor conduction, {side_in_words(study.place.label, study.place.side)}"
    return Unused(severity="question", origin=study.origin, problem=f"{subject}: {problem}.", remedy=remedy)
