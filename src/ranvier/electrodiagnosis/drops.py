"""Block and dispersion from the numbers: how the motor response changes between two stimulating points.

Where the durations of both responses are known, dispersion is judged by them, and block by the fall of the area;
where they are not, block is judged by the fall of the amplitude alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ranvier.core import Limit, RanvierError, number_in_words
from ranvier.electrodiagnosis.limit_book import LimitBook
from ranvier.electrodiagnosis.observed import Observed, graded
from ranvier.electrodiagnosis.rows import Row, grouped
from ranvier.electrodiagnosis.segment_change import change_limits
from ranvier.electrodiagnosis.variants import Variant, crossed_mv
from ranvier.reference import AmplitudeDrop, amplitude_drop, load_assumptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A change of the response, large enough or small enough to say something, and its proximal row."""

    row: Row
    observed: Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What changes from the distal to a proximal point, as shares of the distal response; None is not known."""

    row: Row
    amplitude_drop: float | None
    area_drop: float | None
    rise: float | None
    tibial: bool

    @property
    def dispersed(self) -> bool | None:
        """Tell whether the response became too long; None where its duration is not known."""
        return None if self.rise is None else self.rise > change_limits(tibial=self.tibial)["dispersion_rise"].share

    @property
    def fall(self) -> float | None:
        """Return the fall that block is judged by: of the area where durations are known too, else of the amplitude."""
        return self.area_drop if self.rise is not None and self.area_drop is not None else self.amplitude_drop


def blocks(rows: Sequence[Row], book: LimitBook, found: Sequence[Variant]) -> Iterator[Block]:
    """Yield block and dispersion, or their absence, for each study with responses at a distal and a proximal point.

    Nothing is said of what the report speaks of itself, of block where the proximal response is dispersed (its phases
    cancel) and its area is not known, where the distal response is too small to judge, where no limit is known (the
    tibial nerve by its amplitude), and between the two limits of the amplitude. What fibres that cross further down
    contribute is added to the proximal response.
    """
    for group in grouped(rows):
        yield from _of_group(group, book, found)


def _of_group(rows: Sequence[Row], book: LimitBook, found: Sequence[Variant]) -> Iterator[Block]:
    for distal in rows:
        if distal.word_kind != "motor" or distal.position != "distal" or len(distal.standard) != 1:
            continue
        proximal = [r for r in rows if r.position == "proximal" and distal.is_distal_row_of(r)]
        spoken = {word for row in (distal, *proximal) for word in row.study.words}
        changes = [_change(distal, row, found) for row in proximal]
        if "dispersion" not in spoken:
            yield from _dispersion(changes)
        if "block" not in spoken and _large_enough(distal, book):
            yield from _blocks(changes, amplitude_drop(distal.standard[0].id))


def _blocks(changes: Sequence[_Change], limits: AmplitudeDrop | None) -> list[Block]:
    """Return the block of the point with the largest fall that is one, else what the largest fall of all says."""
    known = [c for c in changes if c.fall is not None and "dispersion" not in c.row.study.words]
    known.sort(key=lambda c: c.fall or 0.0, reverse=True)
    judged = [_block(c, limits) for c in known]
    found = [b for b in judged if b is not None and b.observed.abnormal]
    return found[:1] or [b for b in judged[:1] if b is not None]


def _change(distal: Row, proximal: Row, found: Sequence[Variant]) -> _Change:
    rise = _ratio(proximal.study.duration_ms, distal.study.duration_ms)
    area = _ratio(proximal.study.area_mv_ms, distal.study.area_mv_ms)
    crossed = distal.standard[0].id if _crosses(distal, proximal, found) else ""
    return _Change(
        row=proximal,
        amplitude_drop=_drop(distal, proximal, found),
        area_drop=None if area is None or crossed else round(1 - area, 9),
        rise=None if rise is None else round(rise - 1, 9),
        tibial=distal.standard[0].nerves[0] == "tibial",
    )


def _crosses(distal: Row, proximal: Row, found: Sequence[Variant]) -> bool:
    """Tell whether crossing fibres change the proximal response; by how much its area grew is not known."""
    return distal.study.amplitude_unit == "mV" and crossed_mv(found, distal.standard[0].id, proximal) != 0


def _ratio(proximal: float | None, distal: float | None) -> float | None:
    return None if proximal is None or not distal else round(proximal / distal, 9)


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


def _dispersion(changes: Sequence[_Change]) -> Iterator[Block]:
    """Yield whether the response is dispersed, by the point where it became longest."""
    known = [c for c in changes if c.rise is not None]
    if not known:
        return
    worst = max(known, key=lambda c: c.rise or 0.0)
    limit = change_limits(tibial=worst.tibial)["dispersion_rise"]
    percent, rise = number_in_words(round(100 * limit.share)), round(100 * (worst.rise or 0.0))
    change = f"longer by {rise} %" if rise >= 0 else f"shorter by {-rise} %"
    there = "the response is dispersed" if worst.dispersed else "the response is not dispersed"
    text = f"{there}: its negative phases are {change} at the proximal point (limit {percent} %)"
    seen = graded("dispersion", int(bool(worst.dispersed)), int(bool(worst.dispersed)), text)
    yield Block(row=worst.row, observed=_with_limit(seen, limit.limit(f"dispersed from a rise above {percent} %")))


def _block(change: _Change, limits: AmplitudeDrop | None) -> Block | None:
    if change.rise is not None and change.area_drop is not None:
        observed = _by_area(change, change.area_drop)
    elif change.dispersed or change.amplitude_drop is None or limits is None:
        return None
    else:
        observed = _by_amplitude(limits, change.amplitude_drop)
    return None if observed is None else Block(row=change.row, observed=observed)


def _by_area(change: _Change, drop: float) -> Observed | None:
    """Return block by the area; beside dispersion a small fall says nothing, since phases cancel."""
    name = "block_area_drop_dispersed" if change.dispersed else "block_area_drop"
    limit = change_limits(tibial=change.tibial)[name]
    is_block = drop >= limit.share
    if change.dispersed and not is_block:
        return None
    fall, percent = number_in_words(round(100 * drop)), number_in_words(round(100 * limit.share))
    beside = " beside dispersion" if change.dispersed else ""
    text = (
        f"there is conduction block{beside}: the area falls by {fall} % towards the proximal point "
        f"(block from {percent} %)"
        if is_block
        else f"there is no conduction block ({_fall_in_words('area', drop)}, limit {percent} %)"
    )
    seen = graded("conduction_block", int(is_block), int(is_block), text)
    return _with_limit(seen, limit.limit(f"block from a fall of the area of {percent} %"))


def _by_amplitude(limits: AmplitudeDrop, drop: float) -> Observed | None:
    if limits.normal_below <= drop < limits.block_from:
        return None
    is_block = drop >= limits.block_from
    fall, normal = number_in_words(round(100 * drop)), f"limit {100 * limits.normal_below:g} %"
    text = (
        f"there is conduction block: the amplitude falls by {fall} % towards the proximal point "
        f"(block from {100 * limits.block_from:g} %)"
        if is_block
        else f"there is no conduction block ({_fall_in_words('amplitude', drop)}, {normal})"
    )
    seen = graded("conduction_block", int(is_block), int(is_block), text)
    limit = Limit(
        text=f"block from a fall of {100 * limits.block_from:g} %", source=limits.source, status=limits.status
    )
    return _with_limit(seen, limit)


def _fall_in_words(name: str, drop: float) -> str:
    return f"fall of the {name} {round(100 * drop)} %" if drop > 0 else f"no fall of the {name}"


def _with_limit(seen: Observed, limit: Limit) -> Observed:
    return Observed(
        observable=seen.observable, reading=seen.reading, abnormal=seen.abnormal, text=seen.text, limit=limit
    )
