"""Findings of one case that cannot both be true: they are kept, and questioned.

Two findings contradict each other when they speak of the same observable at the same place and time and
their readings exclude each other. What changed with time is no contradiction: findings of different days
are not compared, nor is a group with one of its members ("all normal but ...").
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from ranvier.case import Unused
from ranvier.core import Finding, GradedReading, PresenceReading, Side
from ranvier.inference.parameters import load_parameters

_PAIRED = (Side.LEFT, Side.RIGHT, Side.BOTH)


def contradictions(findings: Sequence[Finding]) -> tuple[Unused, ...]:
    """Return one question for each pair of findings that exclude each other.

    Parameters
    ----------
    findings : sequence of Finding
        Those of one case.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Finding]] = {}
    for finding in findings:
        places = finding.place.ids if finding.place else ()
        groups.setdefault((finding.observable, places), []).append(finding)
    return tuple(_question(one, other) for group in groups.values() for one, other in _excluding(group))


def _excluding(group: Sequence[Finding]) -> Iterator[tuple[Finding, Finding]]:
    for one, other in combinations(group, 2):
        if one.day == other.day and _same_side(one, other) and _exclude(one, other):
            yield one, other


def _same_side(one: Finding, other: Finding) -> bool:
    if one.place is None or other.place is None:
        return one.place is other.place
    sides = (one.place.side, other.place.side)
    if sides[0] == sides[1]:
        return sides[0] is not Side.UNKNOWN
    return Side.BOTH in sides and all(s in _PAIRED for s in sides)


def _exclude(one: Finding, other: Finding) -> bool:
    a, b = one.reading, other.reading
    if isinstance(a, PresenceReading) and isinstance(b, PresenceReading):
        return a.present != b.present
    if isinstance(a, GradedReading) and isinstance(b, GradedReading):
        gap = max(a.lowest - b.highest, b.lowest - a.highest)
        return gap >= load_parameters()["contradiction_grades"]
    return False


def _question(one: Finding, other: Finding) -> Unused:
    where = f"{other.origin.file}{f', line {other.origin.row}' if other.origin.row else ''}"
    return Unused(
        severity="question",
        origin=one.origin,
        problem=f"{one.statement.rstrip('.')} contradicts: {other.statement.rstrip('.')} ({where}). Both were kept.",
        remedy="Remove the one that is wrong, or state when each was found.",
    )
