"""The two sides compared: a value within its own limit may still be far from that of the other side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ranvier.case import ConductionStudy
from ranvier.core import Limit, NumericReading, Side, number_in_words
from ranvier.electrodiagnosis.observed import Observed, graded
from ranvier.reference import SideLimit, side_limit

_MEASURES = {
    "cmap_amplitude": "amplitude",
    "snap_amplitude": "amplitude",
    "velocity": "velocity_m_s",
    "f_wave": "f_latency_ms",
}
_LOWER = ("amplitude", "velocity_m_s")
_SIDES = (Side.LEFT, Side.RIGHT)
_WORDS = {"amplitude": "reduced", "velocity_m_s": "slowed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SideValue:
    """One value with its side: what is compared."""

    key: int
    study: str
    side: Side
    row: ConductionStudy
    observed: Observed


def side_verdicts(values: Sequence[SideValue], age_y: float | None) -> dict[int, Observed]:
    """Return, by key, what is to be said in place of a normal value that differs too much from the other side.

    The value keeps one verdict: it is graded as mildly abnormal and its number is no longer read beside that. A value
    that is abnormal by itself, or has no verdict, is left as it is.

    Parameters
    ----------
    values : sequence of SideValue
        Values of single studies.
    age_y : float or None
        Age in years; the limits are for adults.
    """
    found: dict[tuple[str, str, str], list[SideValue]] = {}
    for value in values:
        measure = _measure(value)
        if measure and value.side in _SIDES and value.observed.abnormal is False:
            key = (value.study, measure, f"{value.row.stimulation or ''} {value.row.day}")
            found.setdefault(key, []).append(value)
    return {
        key: observed
        for (study, measure, _), pair in found.items()
        for key, observed in _compared(study, measure, pair, age_y)
    }


def _measure(value: SideValue) -> str:
    if value.observed.observable == "h_reflex" and value.row.latency_ms is not None:
        return "h_latency_ms"
    if not isinstance(value.observed.reading, NumericReading):
        return ""
    if value.observed.observable == "distal_latency":
        return "distal_latency_peak_ms" if value.row.latency_kind == "peak" else "distal_latency_onset_ms"
    return _MEASURES.get(value.observed.observable, "")


def _compared(
    study: str, measure: str, pair: Sequence[SideValue], age_y: float | None
) -> Iterator[tuple[int, Observed]]:
    left = [v for v in pair if v.side is Side.LEFT]
    right = [v for v in pair if v.side is Side.RIGHT]
    limit = side_limit(study, measure, pair[0].row.stimulation or "", age_y) if pair else None
    if len(left) != 1 or len(right) != 1 or limit is None:
        return
    worse, other = sorted((left[0], right[0]), key=_number, reverse=measure not in _LOWER)
    if limit.is_beyond(_number(worse), _number(other)):
        yield worse.key, _observed(worse, other, limit)


def _number(value: SideValue) -> float:
    reading = value.observed.reading
    return reading.value if isinstance(reading, NumericReading) else value.row.latency_ms or 0.0


def _observed(worse: SideValue, other: SideValue, limit: SideLimit) -> Observed:
    if limit.measure == "amplitude":
        fall = round(100 * (1 - _number(worse) / _number(other)))
        difference, most = f"{fall} % smaller", f"{100 * limit.limit:g} %"
    else:
        apart = number_in_words(round(abs(_number(worse) - _number(other)), 2))
        kind = "slower" if limit.measure == "velocity_m_s" else "longer"
        difference, most = f"{apart} {limit.unit} {kind}", f"{limit.limit:g} {limit.unit}"
    word = _WORDS.get(limit.measure, "prolonged")
    there = number_in_words(_number(other))
    text = (
        f"{worse.observed.text}, but {difference} than on the other side, where it is {there} "
        f"(difference up to {most}): {word} against the other side"
    )
    seen = graded(worse.observed.observable, 1, 1, text)
    shown = Limit(text=f"difference between the sides up to {most}", source=limit.source, status=limit.status)
    return Observed(
        observable=seen.observable, reading=seen.reading, abnormal=seen.abnormal, text=seen.text, limit=shown
    )
