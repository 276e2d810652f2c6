"""What was found at each place that the body map draws: the worst state of each target and side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from ranvier.core import Finding, GradedReading, PlaceKind, Side
from ranvier.examination import SENSATION

_MUSCLE = frozenset({"strength", "wasting", "fibrillations", "motor_units", "recruitment"})
_REFLEX = frozenset({"reflex"})
_REFLEX_NORMAL = 2


class State(IntEnum):
    """What is drawn, from the least to the most telling."""

    SIDE_NOT_STATED = 0
    NORMAL = 1
    RAISED = 2
    ABNORMAL = 3


Found = Mapping[tuple[str, Side], State]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyStates:
    """State of each examined skin area, muscle and reflex, by id and side (left or right)."""

    skin: Found
    muscle: Found
    reflex: Found

    def of(self, kind: str) -> Found:
        """Return the states of ``"skin"``, ``"muscle"`` or ``"reflex"``."""
        return {"skin": self.skin, "muscle": self.muscle, "reflex": self.reflex}[kind]


def body_states(findings: Iterable[Finding]) -> BodyStates:
    """Sort findings by place; those without a verdict are left out.

    A finding at the midline counts for both sides. One that is abnormal on a side nobody named is marked on
    both as `State.SIDE_NOT_STATED`, unless the side was examined elsewhere in the case.
    """
    listed = list(findings)
    return BodyStates(
        skin=_worst(listed, SENSATION, PlaceKind.AREA),
        muscle=_worst(listed, _MUSCLE, PlaceKind.MUSCLE),
        reflex=_worst(listed, _REFLEX, PlaceKind.REFLEX),
    )


def _worst(findings: list[Finding], observables: frozenset[str], kind: PlaceKind) -> Found:
    out: dict[tuple[str, Side], State] = {}
    for finding in findings:
        place, state = finding.place, _state(finding)
        if finding.observable not in observables or place is None or place.kind is not kind or state is None:
            continue
        sides = (place.side,) if place.side in (Side.LEFT, Side.RIGHT) else (Side.LEFT, Side.RIGHT)
        for key in ((i, s) for i in place.ids for s in sides):
            out[key] = max(out.get(key, state), state)
    return out


def _state(finding: Finding) -> State | None:
    if finding.abnormal is None or finding.place is None:
        return None
    if finding.place.side is Side.UNKNOWN:
        return State.SIDE_NOT_STATED if finding.abnormal else None
    if not finding.abnormal:
        return State.NORMAL
    return State.RAISED if _is_raised(finding) else State.ABNORMAL


def _is_raised(finding: Finding) -> bool:
    reading = finding.reading
    return finding.observable in _REFLEX and isinstance(reading, GradedReading) and reading.highest < _REFLEX_NORMAL
