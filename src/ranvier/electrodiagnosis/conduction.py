"""Conduction studies: each row of the report to findings on its standard studies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, ConductionStudy, Unused
from ranvier.core import Finding, GradedReading, Modality, NumericReading, Place, PlaceKind, in_words
from ranvier.electrodiagnosis.doubts import doubts
from ranvier.electrodiagnosis.drops import blocks
from ranvier.electrodiagnosis.faults import fault_doubts
from ranvier.electrodiagnosis.geometry import geometry_doubts, with_velocities
from ranvier.electrodiagnosis.limit_book import LimitBook, limit_book
from ranvier.electrodiagnosis.measures import (
    compare,
    measured,
    only_proximal,
    own_limits,
    unclear_limits,
    velocity_segments,
)
from ranvier.electrodiagnosis.observed import Observed, features_of_words, from_words, known_words
from ranvier.electrodiagnosis.patterns import patterns
from ranvier.electrodiagnosis.rows import Row, grouped, rows_of
from ranvier.electrodiagnosis.sides import SideValue, side_verdicts
from ranvier.electrodiagnosis.studies import branch_points, load_studies
from ranvier.electrodiagnosis.variants import crossing_rows, variant_notes, variants

_FEATURE_KINDS = ("blink", "repetitive_stimulation")
_DISTAL = frozenset({"cmap_amplitude", "snap_amplitude", "distal_latency"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """An observation with the row it is from and its place."""

    observed: Observed
    row: ConductionStudy
    place: Place | None
    subject: str


def conduction_findings(case: Case, graph: NerveGraph) -> tuple[Finding, ...]:
    """Return the findings of all conduction studies, in the order of the report."""
    placed = list(_distinct(_all(with_velocities(case, graph), graph)))
    return tuple(
        replace(p.observed.finding(f"ncs-{number}", Modality.NCS, p.subject, p.place, p.row.origin), day=p.row.day)
        for number, p in enumerate(placed, 1)
    )


def unused_conduction(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return the rows, and the printed limits, that no finding could be made of."""
    case = with_velocities(case, graph)
    rows = rows_of(case, graph)
    used = {id(p.row) for p in _all(case, graph)} | crossing_rows(case.conduction)
    used |= {id(r.study) for r in rows if (r.standard[0].id, r.study.stimulation or "") in branch_points()}
    used |= {id(row.study) for group in grouped(rows) for row in group if _is_second_point(row, group)}
    proximal = {id(row.study) for row in rows if row.position != "distal"}
    known = {id(row.study) for row in rows}
    out = []
    for study in case.conduction:
        if id(study) not in used:
            has_study = id(study) in known or study.kind in _FEATURE_KINDS
            out.append(_no_finding(study, id(study) in proximal) if has_study else _no_study(study))
    questions = (*doubts(rows), *geometry_doubts(rows), *fault_doubts(rows, limit_book(case), case.conduction))
    variations = variant_notes(case.conduction, rows)
    return (*out, *_unread_limits(rows), *_unknown_segments(case), *questions, *variations)


def _is_second_point(row: Row, rows: Sequence[Row]) -> bool:
    """Tell whether the row was compared with a distal response, whatever came of it."""
    compared = row.position == "proximal" and row.study.amplitude is not None
    return compared and any(o.is_distal_row_of(row) and o.study.amplitude is not None for o in rows)


def _all(case: Case, graph: NerveGraph) -> Iterator[_Placed]:
    rows, book = rows_of(case, graph), limit_book(case)
    found = variants(case.conduction)
    groups = {group[0].key: group for group in grouped(rows)}
    yield from _against_other_side(
        [
            _Placed(observed=observed, row=row.study, place=row.place, subject=row.subject)
            for row in rows
            for observed in _observed(row, groups[row.key], book)
        ],
        case.patient.age_y,
        frozenset(id(s) for v in found for s in v.studies),
    )
    for block in blocks(rows, book, found):
        yield _Placed(observed=block.observed, row=block.row.study, place=block.row.place, subject=block.row.subject)
    yield from _features(case)
    stated = {s.feature for s in case.statements}
    for pattern in patterns(rows):
        if pattern.observed.observable not in stated:
            yield _Placed(observed=pattern.observed, row=pattern.row, place=None, subject="Conduction studies")


def _against_other_side(items: Sequence[_Placed], age_y: float | None, variant: frozenset[int]) -> Iterator[_Placed]:
    """Yield the observations, with those replaced that the other side shows to be abnormal.

    Rows in which a `variant` of the nerve shows are not compared.
    """
    values = [
        SideValue(key=number, study=p.place.ids[0], side=p.place.side, row=p.row, observed=p.observed)
        for number, p in enumerate(items)
        if p.place is not None and len(p.place.ids) == 1 and id(p.row) not in variant
    ]
    verdicts = side_verdicts(values, age_y)
    for number, item in enumerate(items):
        yield replace(item, observed=verdicts[number]) if number in verdicts else item


def _observed(row: Row, rows: Sequence[Row], book: LimitBook) -> Iterator[Observed]:
    numbers = measured(row.study, row.standard[0], row.position)
    own = own_limits(row.study, numbers)
    if row.position == "proximal" and not any(o.is_distal_row_of(row) for o in rows):
        yield from only_proximal(row.study, row.standard, book)
    compared = [compare(n, row.study, row.standard, book, own.get(n.measure)) for n in numbers]
    spoken = list(from_words(row.word_kind, row.study.words))
    if row.position != "distal" and any(o.is_distal_row_of(row) for o in rows):
        spoken = [o for o in spoken if o.observable not in _DISTAL]
    decided = {o.observable for o in compared if o.abnormal is not None or not _undecided(o)}
    yield from (o for o in compared if o.observable in decided or o.observable not in {s.observable for s in spoken})
    yield from (o for o in spoken if o.observable not in decided)


def _undecided(observed: Observed) -> bool:
    reading = observed.reading
    return isinstance(reading, GradedReading) and reading.lowest == 0 and reading.highest > 0


def _features(case: Case) -> Iterator[_Placed]:
    stated = {s.feature for s in case.statements}
    for row in case.conduction:
        if row.kind not in _FEATURE_KINDS:
            continue
        for observed in features_of_words(row.kind, row.words):
            if observed.observable not in stated:
                place = row.place if row.place.kind is not PlaceKind.REGION else None
                subject = f"{row.kind.replace('_', ' ').capitalize()}, {in_words(row.place)}"
                yield _Placed(observed=observed, row=row, place=place, subject=subject)


def _distinct(items: Iterator[_Placed]) -> Iterator[_Placed]:
    """Yield each reading once: a report may say "normal" at every stimulating point.

    Where there is a number, a mere "normal" on the same study and observable adds nothing.
    """
    every = list(items)
    numbers = {_key(item) for item in every if isinstance(item.observed.reading, NumericReading)}
    seen = set()
    for item in every:
        reading = item.observed.reading
        mere_word = isinstance(reading, GradedReading) and not item.observed.abnormal
        if (_key(item), reading) in seen or (mere_word and _key(item) in numbers):
            continue
        seen.add((_key(item), reading))
        yield item


def _key(item: _Placed) -> tuple[str, tuple[str, ...], str, float | None]:
    place = item.place
    return item.observed.observable, place.ids if place else (), place.side.value if place else "", item.row.day


def _no_finding(row: ConductionStudy, is_proximal: bool) -> Unused:
    if is_proximal and (row.amplitude is not None or row.latency_ms is not None):
        problem = f"the row for {row.place.label!r} has no response at the distal point to be compared with"
        remedy = "add the row of the distal stimulation, or the velocity"
    else:
        problem = f"the row for {row.place.label!r} has neither a number nor a word that can be used"
        remedy = "give a number, or a result out of: " + ", ".join(known_words(row.kind))
    return Unused(severity="error", origin=row.origin, problem=f"{problem}.", remedy=f"{remedy}.")


def _no_study(row: ConductionStudy) -> Unused:
    known = ", ".join(sorted({n for s in load_studies().values() if s.kind == row.kind for n in s.nerves}))
    site = f" recorded at {row.recording!r}" if row.recording else ""
    return Unused(
        severity="error",
        origin=row.origin,
        problem=f"there is no standard {row.kind.replace('_', ' ')} study of {row.place.label!r}{site}.",
        remedy=f"Name one of these nerves: {known}." if known else "Put what was found into the comment.",
    )


def _unknown_segments(case: Case) -> list[Unused]:
    """Return a question for each of the laboratory's limits whose stretch of nerve no study measures."""
    known = {"", *velocity_segments()}
    return [
        Unused(
            severity="question",
            origin=own.origin,
            problem=f"the segment {own.limit.segment!r} is none that a velocity is measured over; no row can use it.",
            remedy=f"Leave it empty, or write one of: {', '.join(sorted(known - {''}))}.",
        )
        for own in case.own_limits
        if own.limit.segment not in known
    ]


def _unread_limits(rows: Sequence[Row]) -> list[Unused]:
    out = []
    for row in rows:
        numbers = measured(row.study, row.standard[0], row.position)
        unclear = unclear_limits(row.study, numbers)
        if unclear:
            out.append(
                Unused(
                    severity="question",
                    origin=row.study.origin,
                    problem=f"the printed limit {'; '.join(unclear)!r} does not say which number it is for.",
                    remedy="Write the measure, the number and the unit, such as 'latency 4.2 ms'.",
                )
            )
    return out
