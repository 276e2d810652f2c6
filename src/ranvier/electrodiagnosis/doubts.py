"""Rows of a conduction report that contradict themselves or each other: they are used, and questioned."""

from collections.abc import Iterator, Sequence

from ranvier.case import Unused
from ranvier.core import number_in_words
from ranvier.electrodiagnosis.rows import Row, grouped

_LOST = "absent"
_LESS = frozenset({"absent", "reduced"})


def doubts(rows: Sequence[Row]) -> Iterator[Unused]:
    """Yield a question for each row whose numbers or words cannot all be true.

    Parameters
    ----------
    rows : sequence of Row
        The rows of one case.
    """
    seen: set[int] = set()
    for row in rows:
        if id(row.study) not in seen:
            seen.add(id(row.study))
            yield from _within(row)
    for group in grouped(rows):
        yield from _of_group(group)


def _of_group(rows: Sequence[Row]) -> Iterator[Unused]:
    for row in rows:
        for other in rows:
            if row.position == "proximal" and other.is_distal_row_of(row):
                yield from _between(other, row)


def _within(row: Row) -> Iterator[Unused]:
    study = row.study
    if _LOST in study.words and study.amplitude is not None and study.amplitude > 0:
        amplitude = f"{number_in_words(study.amplitude)} {study.amplitude_unit or ''}".strip()
        yield _question(row, f"the response is called absent, yet its amplitude is {amplitude}; the number was used")
    said = sorted(_LESS.intersection(study.words))
    if len(said) > 1 and len(row.standard) == 1:
        yield _question(row, f"the row says {' and '.join(said)} at once")


def _between(distal: Row, proximal: Row) -> Iterator[Unused]:
    near, far = proximal.study.latency_ms, distal.study.latency_ms
    if near is not None and far is not None and near <= far:
        text = (
            f"the latency from the proximal point is {number_in_words(near)} ms, not longer than the distal one "
            f"of {number_in_words(far)} ms; the two points may be swapped"
        )
        yield _question(proximal, text)


def _question(row: Row, problem: str) -> Unused:
    return Unused(
        severity="question",
        origin=row.study.origin,
        problem=f"{row.subject}: {problem}.",
        remedy="Compare the row with the report.",
    )
