"""Rows of ``ncs.csv`` tied to their standard studies, one kind at a time."""

from collections.abc import Iterable
from dataclasses import dataclass

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, ConductionStudy
from ranvier.core import Place, PlaceKind, Side, side_in_words
from ranvier.electrodiagnosis.studies import NerveStudy, Position, load_studies, stimulation_position, study_for

_KIND_NAMES = {"motor": "Motor conduction", "sensory": "Sensory conduction", "f_wave": "F wave", "h_reflex": "H reflex"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, or the motor or sensory half of a summary.

    Attributes
    ----------
    word_kind : str
        ``motor``, ``sensory``, ``f_wave`` or ``h_reflex``: how its words are read.
    standard : tuple of NerveStudy
        Studies that the row speaks of; at least one.
    position : str
        Where it was stimulated against the distal point of the first study.
    """

    study: ConductionStudy
    word_kind: str
    standard: tuple[NerveStudy, ...]
    position: Position
    place: Place

    @property
    def subject(self) -> str:
        """Return what the row is about, in words."""
        return f"{_KIND_NAMES[self.word_kind]}, {side_in_words(self.place.label, self.place.side)}"

    @property
    def key(self) -> tuple[tuple[str, ...], Side, float | None, str]:
        """Return what rows of one study of one nerve, side and day have in common."""
        return self.place.ids, self.place.side, self.study.day, self.word_kind

    def is_distal_row_of(self, other: "Row") -> bool:
        """Tell whether this row holds the distal response of the same study, side and day as `other`."""
        return self.position == "distal" and self.key == other.key


def grouped(rows: Iterable[Row]) -> list[tuple[Row, ...]]:
    """Return the rows of each study of a nerve, side and day together, in the order of the report."""
    found: dict[tuple[tuple[str, ...], Side, float | None, str], list[Row]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return [tuple(group) for group in found.values()]


def rows_of(case: Case, graph: NerveGraph) -> tuple[Row, ...]:
    """Return the rows that have a standard study, in the order of the report."""
    out = []
    for study in case.conduction:
        standard = [load_studies()[id_] for id_ in study_for(study, graph)]
        for word_kind in _WORD_KINDS.get(study.kind, ()):
            of_kind = tuple(s for s in standard if _reads(word_kind, s.kind))
            if of_kind:
                out.append(_row(study, word_kind, of_kind, graph))
    return tuple(out)


_WORD_KINDS = {
    "motor": ("motor",),
    "sensory": ("sensory",),
    "mixed": ("sensory",),
    "f_wave": ("f_wave",),
    "h_reflex": ("h_reflex",),
    "summary": ("motor", "sensory"),
}


def _reads(word_kind: str, study_kind: str) -> bool:
    if word_kind == "f_wave":
        return study_kind == "motor"
    return study_kind == word_kind or (word_kind == "sensory" and study_kind == "mixed")


def _row(study: ConductionStudy, word_kind: str, standard: tuple[NerveStudy, ...], graph: NerveGraph) -> Row:
    label = study.place.label
    if len(standard) == 1 and study.place.kind is not PlaceKind.REGION:
        label = standard[0].name
    return Row(
        study=study,
        word_kind=word_kind,
        standard=standard,
        position=stimulation_position(standard[0], study.stimulation, graph),
        place=Place(kind=PlaceKind.STUDY, ids=tuple(s.id for s in standard), side=study.place.side, label=label),
    )
