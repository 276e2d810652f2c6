"""Patterns that a summary in words states: axonal, demyelinating, motor only, sensory only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ranvier.case import ConductionStudy
from ranvier.core import PlaceKind
from ranvier.electrodiagnosis.observed import Observed, present
from ranvier.electrodiagnosis.rows import Row

_SEVERAL = 3
_OF_WORD = {"axonal": "ncs_pattern_axonal", "demyelinating": "ncs_pattern_demyelinating"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A pattern and the first row that states it."""

    observed: Observed
    row: ConductionStudy


def patterns(rows: Sequence[Row]) -> Iterator[Pattern]:
    """Yield each pattern that the summaries state, once.

    A summary is a row of a region, of kind ``summary`` or of three nerves and more: what one nerve
    shows is a finding of that nerve and no pattern.
    """
    summaries = [row for row in rows if _is_summary(row)]
    for word, feature in _OF_WORD.items():
        row = next((r for r in summaries if word in r.study.words), None)
        if row is not None:
            yield Pattern(observed=present(feature, True, f"the pattern is {word}"), row=row.study)
    yield from _one_modality(summaries)


def _is_summary(row: Row) -> bool:
    study = row.study
    return study.place.kind is PlaceKind.REGION or study.kind == "summary" or len(study.place.ids) >= _SEVERAL


def _one_modality(summaries: Sequence[Row]) -> Iterator[Pattern]:
    """Yield whether motor or sensory fibres alone are affected, where both were spoken of together."""
    for motor in summaries:
        for sensory in summaries:
            if (motor.word_kind, sensory.word_kind) != ("motor", "sensory"):
                continue
            same = motor.study.place.ids == sensory.study.place.ids and motor.place.side is sensory.place.side
            states = (_state(motor), _state(sensory)) if same else (None, None)
            if None in states or states == (False, False):
                continue
            motor_only, sensory_only = states == (True, False), states == (False, True)
            words = "motor fibres alone are" if motor_only else "motor and sensory fibres are"
            words = "sensory fibres alone are" if sensory_only else words
            for feature, is_present in (("ncs_motor_only", motor_only), ("ncs_sensory_only", sensory_only)):
                yield Pattern(observed=present(feature, is_present, f"{words} affected"), row=motor.study)
            return


def _state(row: Row) -> bool | None:
    """Return whether the row says abnormal (True), normal (False) or neither."""
    words = set(row.study.words)
    if words == {"normal"}:
        return False
    return True if words - {"normal", "increased"} else None
