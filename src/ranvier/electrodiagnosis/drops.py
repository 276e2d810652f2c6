"""Conduction block from the numbers: how far the motor response falls between two stimulating points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ranvier.core import Limit, RanvierError, number_in_words
from ranvier.electrodiagnosis.limit_book import LimitBook
from ranvier.electrodiagnosis.observed import Observed, graded
from ranvier.electrodiagnosis.rows import Row, grouped
from ranvier.electrodiagnosis.variants import Variant, crossed_mv
from ranvier.reference import AmplitudeDrop, amplitude_drop, load_assumptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fall of the response, large enough or small enough to say something, and its proximal row."""

    row: Row
    observed: Observed


def blocks(rows: Sequence[Row], book: LimitBook, found: Sequence[Variant]) -> Iterator[Block]:
    """Yield block, or its absence, for each study with amplitudes at a distal and a proximal point.

    Nothing is said where the report speaks of block itself or calls the proximal response dispersed (its phases
    cancel), where the distal response is too small to judge, where no limit is known (the tibial nerve), and between
    the two limits. What fibres that cross further down contribute is added to the proximal response.
    """
    for group in grouped(rows):
        yield from _of_group(group, book, found)


def _of_group(rows: Sequence[Row], book: LimitBook, found: Sequence[Variant]) -> Iterator[Block]:
    for distal in rows:
        if distal.word_kind != "motor" or distal.position != "distal" or len(distal.standard) != 1:
            continue
        limits = amplitude_drop(distal.standard[0].id)
        pairs = [(r, _drop(distal, r, found)) for r in rows if r.position == "proximal" and distal.is_distal_row_of(r)]
        falls = [(row, drop) for row, drop in pairs if drop is not None and "dispersion" not in row.study.words]
        spoken = any("block" in row.study.words for row, _ in pairs) or "block" in distal.study.words
        if limits is None or not falls or spoken or not _large_enough(distal, book):
            continue
        row, drop = max(falls, key=lambda fall: fall[1])
        observed = _observed(limits, drop)
        if observed is not None:
            yield Block(row=row, observed=observed)


def _drop(distal: Row, proximal: Row, found: Sequence[Variant]) -> float | None:
    far, near = distal.study.amplitude, proximal.study.amplitude
    same_unit = distal.study.amplitude_unit == proximal.study.amplitude_unit
    if far is None or near is None or far <= 0 or not same_unit:
        return None
    crossed = crossed_mv(found, distal.standard[0].id, proximal) if distal.study.amplitude_unit == "mV" else 0.0
    return 1 - (near + crossed) / far


def _large_enough(distal: Row, book: LimitBook) -> bool:
    amplitude = distal.study.amplitude
    try:
        limit = book.find(distal.standard[0].id, "amplitude")
    except RanvierError:
        return True
    return amplitude is not None and amplitude >= load_assumptions()["block_distal_share_of_limit"] * limit.limit


def _observed(limits: AmplitudeDrop, drop: float) -> Observed | None:
    if limits.normal_below <= drop < limits.block_from:
        return None
    is_block = drop >= limits.block_from
    fall = number_in_words(round(100 * drop))
    text = (
        f"there is conduction block: the amplitude falls by {fall} % towards the proximal point "
        f"(block from {100 * limits.block_from:g} %)"
        if is_block
        else f"there is no conduction block (fall of the amplitude {fall} %, limit {100 * limits.normal_below:g} %)"
    )
    seen = graded("conduction_block", int(is_block), int(is_block), text)
    limit = Limit(
        text=f"block from a fall of {100 * limits.block_from:g} %", source=limits.source, status=limits.status
    )
    return Observed(
        observable=seen.observable, reading=seen.reading, abnormal=seen.abnormal, text=seen.text, limit=limit
    )
