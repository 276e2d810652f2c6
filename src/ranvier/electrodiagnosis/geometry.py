"""Distances of a conduction report: velocities that follow from them, and those that do not agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, Unused
from ranvier.core import number_in_words
from ranvier.electrodiagnosis.rows import Row, grouped, rows_of
from ranvier.electrodiagnosis.technical import technical_thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A row with the stretch of nerve that its velocity is of."""

    row: Row
    distance_mm: float
    time_ms: float
    latencies: int

    @property
    def velocity_m_s(self) -> float:
        return self.distance_mm / self.time_ms

    def agrees(self, velocity_m_s: float) -> bool:
        """Tell whether a printed velocity is what distance and latencies give, as far as they are rounded."""
        t = technical_thresholds()
        slack = t["latency_rounding_ms"] * self.latencies
        off, last = t["distance_rounding_mm"], t["velocity_rounding_m_s"]
        lowest = (self.distance_mm - off) / (self.time_ms + slack) - last
        highest = (self.distance_mm + off) / max(self.time_ms - slack, slack) + last
        return lowest <= velocity_m_s <= highest


def with_velocities(case: Case, graph: NerveGraph) -> Case:
    """Return the case with each motor velocity that was not printed but follows from latencies and distance.

    Parameters
    ----------
    case : Case
    graph : NerveGraph
    """
    if not any(s.distance_mm is not None and s.velocity_m_s is None for s in case.conduction):
        return case
    found = {
        id(s.row.study): s.velocity_m_s
        for s in _stretches(rows_of(case, graph))
        if s.row.study.velocity_m_s is None and s.row.word_kind == "motor"
    }
    rows = tuple(
        replace(s, velocity_m_s=round(found[id(s)], 1), velocity_is_computed=True) if id(s) in found else s
        for s in case.conduction
    )
    return replace(case, conduction=rows)


def geometry_doubts(rows: Sequence[Row]) -> Iterator[Unused]:
    """Yield a question for each printed velocity that distance and latencies contradict."""
    for stretch in _stretches(rows):
        study = stretch.row.study
        if study.velocity_m_s is None or study.velocity_is_computed or stretch.agrees(study.velocity_m_s):
            continue
        yield Unused(
            severity="question",
            origin=study.origin,
            problem=(
                f"{stretch.row.subject}: the velocity is given as {number_in_words(study.velocity_m_s)} m/s, but "
                f"{number_in_words(stretch.distance_mm)} mm in {number_in_words(round(stretch.time_ms, 2))} ms are "
                f"{number_in_words(round(stretch.velocity_m_s, 1))} m/s; the printed velocity was used."
            ),
            remedy="Compare velocity, distance and latencies with the report.",
        )


def _stretches(rows: Sequence[Row]) -> Iterator[_Stretch]:
    for group in grouped(rows):
        if group[0].word_kind == "motor":
            yield from _motor(group)
        elif group[0].word_kind == "sensory":
            yield from _sensory(group)


def _motor(group: Sequence[Row]) -> Iterator[_Stretch]:
    """Yield the stretch of each proximal row down to the next distal one."""
    timed = sorted(
        (r for r in group if r.study.latency_ms is not None and len(r.standard) == 1),
        key=lambda r: r.study.latency_ms or 0.0,
    )
    for distal, row in pairwise(timed):
        near, far = distal.study.latency_ms, row.study.latency_ms
        if row.study.distance_mm is None or near is None or far is None or far <= near or row.position != "proximal":
            continue
        yield _Stretch(row=row, distance_mm=row.study.distance_mm, time_ms=far - near, latencies=2)


def _sensory(group: Sequence[Row]) -> Iterator[_Stretch]:
    for row in group:
        study = row.study
        if study.distance_mm is not None and study.latency_ms and study.latency_kind == "onset":
            yield _Stretch(row=row, distance_mm=study.distance_mm, time_ms=study.latency_ms, latencies=1)
