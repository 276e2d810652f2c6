"""The numbers of one row of a report: what was measured, and how it compares with its limits."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from ranvier.case import ConductionStudy
from ranvier.core import Limit, NumericReading, OutsideReferenceError, UnknownNameError, number_in_words, read_table
from ranvier.electrodiagnosis.limit_book import LimitBook
from ranvier.electrodiagnosis.observed import Observed, graded, undecided
from ranvier.electrodiagnosis.studies import PACKAGE, NerveStudy, Position
from ranvier.electrodiagnosis.technical import technical_thresholds
from ranvier.reference import ReferenceLimit, printed_limit, skin_temperature

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_UNIT = re.compile(r"(?<![a-z])(?:ms|m/s|mv|uv)(?![a-z])")
_LATENCY = ("laten", "dml")
_F_LATENCY = ("f wave", "f-wave", "f lat", "f-lat", "fmin")
_VELOCITY = ("veloc", "cv")
_AMPLITUDE = ("amp", "cmap", "snap")
_LOWER = frozenset({"amplitude", "velocity_m_s"})
_BEYOND = {"amplitude": "reduced", "velocity_m_s": "slowed"}
_UV_PER_MV = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One number of a row.

    Attributes
    ----------
    measure : str
        Name in the table of limits.
    observable : str
        Observable that it is a reading of.
    name : str
        In words.
    hints : tuple of str
        Parts of names that a printed limit uses when it means this measure.
    """

    measure: str
    observable: str
    name: str
    value: float
    unit: str
    segment: str = ""
    hints: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Return the value in words, such as "the distal latency is 5.1 ms"."""
        return f"the {self.name} is {number_in_words(self.value)} {self.unit.replace('uV', 'µV')}"


def measured(row: ConductionStudy, study: NerveStudy, position: Position) -> tuple[Measured, ...]:
    """Return the numbers of a row that limits can exist for, at the stimulating point where they count.

    Latency and amplitude count at the usual distal point only; a velocity counts anywhere. Of a
    sensory study latency and velocity are one measurement, so the velocity counts only alone.
    """
    if row.kind == "f_wave":
        latency = row.f_latency_ms if row.f_latency_ms is not None else row.latency_ms
        return () if latency is None else (_f_latency(latency),)
    if row.kind == "h_reflex":
        if row.latency_ms is None:
            return ()
        name = "latency of the H reflex"
        return (_latency("h_latency_ms", "h_reflex", name, row.latency_ms),)
    out = _at_distal_point(row, study) if position == "distal" else []
    has_latency = any(m.observable == "distal_latency" for m in out)
    if row.velocity_m_s is not None and not (study.kind != "motor" and has_latency):
        segment = _velocity_segment(study.id, row.stimulation)
        out.append(
            Measured(
                measure="velocity_m_s", observable="velocity", name=_velocity_name(row), value=row.velocity_m_s,
                unit="m/s", segment=segment, hints=_VELOCITY,
            )
        )  # fmt: skip
    if row.f_latency_ms is not None:
        out.append(_f_latency(row.f_latency_ms))
    return tuple(out)


def _at_distal_point(row: ConductionStudy, study: NerveStudy) -> list[Measured]:
    out = []
    motor = study.kind == "motor"
    if row.latency_ms is not None:
        peak = not motor and row.latency_kind == "peak"
        measure = "distal_latency_peak_ms" if peak else "distal_latency_onset_ms"
        name = "distal latency" if motor else "peak latency" if peak else "latency"
        out.append(_latency(measure, "distal_latency", name, row.latency_ms))
    if row.amplitude is not None:
        unit = "mV" if motor else "uV"
        given = row.amplitude_unit or unit
        factor = 1.0 if given == unit else _UV_PER_MV if unit == "uV" else 1 / _UV_PER_MV
        out.append(
            Measured(
                measure="amplitude", observable="cmap_amplitude" if motor else "snap_amplitude", name="amplitude",
                value=row.amplitude * factor, unit=unit, hints=_AMPLITUDE,
            )
        )  # fmt: skip
    return out


def only_proximal(row: ConductionStudy, studies: Sequence[NerveStudy], book: LimitBook) -> tuple[Observed, ...]:
    """Return what a motor response from a proximal point says where there is no distal one.

    A response above the distal limit is above it at the distal point as well; a smaller one may be lost
    axons or a block in between, so only "abnormal" is said.
    """
    if studies[0].kind != "motor" or row.amplitude is None or row.amplitude <= 0:
        return ()
    found = [m for m in _at_distal_point(row, studies[0]) if m.measure == "amplitude"]
    compared = compare(found[0], row, studies, book, None)
    if compared.abnormal is None:
        return ()
    text = f"{compared.text} at a proximal point, with no distal response to compare"
    if compared.abnormal:
        return (graded("study_abnormal", 1, 1, text),)
    return (graded("cmap_amplitude", 0, 0, text),)


def _latency(measure: str, observable: str, name: str, value: float) -> Measured:
    return Measured(measure=measure, observable=observable, name=name, value=value, unit="ms", hints=_LATENCY)


def _f_latency(value: float) -> Measured:
    return Measured(
        measure="f_latency_ms", observable="f_wave", name="F-wave latency", value=value, unit="ms",
        hints=_F_LATENCY,
    )  # fmt: skip


def _velocity_name(row: ConductionStudy) -> str:
    computed = ", computed from distance and latencies," if row.velocity_is_computed else ""
    return f"conduction velocity{computed}"


@cache
def _velocity_segment(study: str, stimulation: str | None) -> str:
    rows = read_table(PACKAGE, "velocity_segments.csv", ("study", "stimulation", "segment"))
    return next((r["segment"] for r in rows if (r["study"], r["stimulation"]) == (study, stimulation)), "")


def velocity_segments() -> frozenset[str]:
    """Return the stretches of nerve that have a limit of velocity of their own."""
    rows = read_table(PACKAGE, "velocity_segments.csv", ("study", "stimulation", "segment"))
    return frozenset(row["segment"] for row in rows)


def own_limits(row: ConductionStudy, numbers: Sequence[Measured]) -> dict[str, float]:
    """Return the limits that the report printed itself, by measure.

    A limit belongs to the measure that it names, else to the one with its unit, else (where it names
    neither) to the only number of the row. One for a measure that the row does not hold is left alone.
    """
    found: dict[str, float] = {}
    for text in row.limits:
        number = _NUMBER.search(text)
        meant = _meant(text.lower(), numbers)
        if number and meant and float(number.group().replace(",", ".")) > 0:
            found[meant.measure] = float(number.group().replace(",", "."))
    return found


def _meant(text: str, numbers: Sequence[Measured]) -> Measured | None:
    named, same_unit = _named(text, numbers), _with_unit(text, numbers)
    for candidates in (named, same_unit, [] if _names_a_measure(text) else list(numbers)):
        if candidates:
            return candidates[0] if len(candidates) == 1 else None
    return None


def unclear_limits(row: ConductionStudy, numbers: Sequence[Measured]) -> tuple[str, ...]:
    """Return the printed limits that do not say which number they are for.

    One that names a measure of which the row holds no number is clear, and of no use here.
    """
    return tuple(text for text in row.limits if not _NUMBER.search(text) or _is_unclear(text.lower(), numbers))


def _is_unclear(text: str, numbers: Sequence[Measured]) -> bool:
    held = _named(text, numbers) or _with_unit(text, numbers)
    return _meant(text, numbers) is None and not (_names_a_measure(text) and not held)


def _named(text: str, numbers: Sequence[Measured]) -> list[Measured]:
    return [m for m in numbers if any(hint in text for hint in m.hints)]


def _with_unit(text: str, numbers: Sequence[Measured]) -> list[Measured]:
    return [m for m in numbers if m.unit.lower() in text.replace("µ", "u")]


def _names_a_measure(text: str) -> bool:
    hints = (*_LATENCY, *_F_LATENCY, *_VELOCITY, *_AMPLITUDE)
    return any(hint in text for hint in hints) or _UNIT.search(text.replace("µ", "u")) is not None


def compare(
    number: Measured, row: ConductionStudy, studies: Sequence[NerveStudy], book: LimitBook, own: float | None
) -> Observed:
    """Return a number together with its verdict.

    Outside the reference sample, where no limit is known, and where a cool limb explains the
    slowing there is no verdict; the number is still shown.

    Parameters
    ----------
    number : Measured
        What was measured.
    row : ConductionStudy
        The row it is from.
    studies : sequence of NerveStudy
        Studies that the row speaks of together.
    book : LimitBook
        Limits for the patient.
    own : float or None
        Limit that the laboratory printed.
    """
    if number.value <= 0:
        return graded(number.observable, 2, 2, f"there is no response ({number.in_words()})")
    look_up = _look_up(number, row, book, own)
    limits, why_not = [], ""
    for study in studies:
        try:
            limits.append(look_up(study.id))
        except UnknownNameError:
            why_not = "no limit is known for it, so no verdict is given"
        except OutsideReferenceError as error:
            why_not = str(error)
    if not limits:
        return undecided(number.observable, f"{number.in_words()}; {why_not}")
    needed = cool(row, studies[0]) if number.measure != "amplitude" else None
    judged = _judge(number, limits, needed)
    differs = [d for lim in limits if (d := distance_differs(number, row, lim)) and not _holds_anyhow(number, row, lim)]
    return undecided(number.observable, f"{number.in_words()}; {differs[0]}") if differs else judged


def distance_differs(number: Measured, row: ConductionStudy, limit: ReferenceLimit) -> str:
    """Return why a latency cannot be compared with a limit: it was measured over another distance; empty if it can.

    Parameters
    ----------
    number : Measured
    row : ConductionStudy
        Its `distance_mm` is that of the latency; nothing is said where it is not stated.
    limit : ReferenceLimit
    """
    if not number.measure.startswith("distal_latency") or row.distance_mm is None or limit.distance_mm is None:
        return ""
    if abs(row.distance_mm - limit.distance_mm) <= technical_thresholds()["distance_tolerance_mm"]:
        return ""
    return (
        f"it was measured over {number_in_words(row.distance_mm)} mm and the limit is for "
        f"{number_in_words(limit.distance_mm)} mm, so no verdict is given"
    )


def _holds_anyhow(number: Measured, row: ConductionStudy, limit: ReferenceLimit) -> bool:
    """Tell whether the verdict holds for any distance: too long over less of it, or not too long over more."""
    shorter = (row.distance_mm or 0.0) < (limit.distance_mm or 0.0)
    return limit.is_beyond(number.value) == shorter


def _look_up(
    number: Measured, row: ConductionStudy, book: LimitBook, own: float | None
) -> Callable[[str], ReferenceLimit]:
    def look_up(study: str) -> ReferenceLimit:
        if own is not None:
            if number.measure in _LOWER:
                return printed_limit(study, number.measure, "lower", own, number.unit)
            return printed_limit(study, number.measure, "upper", own, number.unit)
        if number.name == "latency" and row.latency_kind is None:
            onset = book.find(study, number.measure)
            if not onset.is_beyond(number.value):
                return onset
            peak = book.find(study, "distal_latency_peak_ms")
            if not peak.is_beyond(number.value):
                raise OutsideReferenceError("it lies between the limits of onset and peak, and which it is is not said")
            return peak
        return book.find(study, number.measure, number.segment)

    return look_up


def cool(row: ConductionStudy, study: NerveStudy) -> float | None:
    """Return the skin temperature that would have been needed, if the limb was cooler.

    Parameters
    ----------
    row : ConductionStudy
    study : NerveStudy
    """
    if row.temperature_c is None:
        return None
    try:
        needed = skin_temperature(study.region).skin_min_c
    except UnknownNameError:
        return None
    return needed if row.temperature_c < needed else None


def _judge(number: Measured, limits: Sequence[ReferenceLimit], needed: float | None) -> Observed:
    beyond = [limit.is_beyond(number.value) for limit in limits]
    first = limits[0]
    text = f"{number.in_words()} ({_limits_in_words(limits)}{_z_in_words(number.value, limits)})"
    limit = Limit(text=_limits_in_words(limits), source=first.source, status=first.weakest_status)
    if any(beyond) and needed is not None:
        return undecided(number.observable, f"{text}; the skin was cooler than {needed:g} °C, so no verdict is given")
    abnormal = beyond[0] if len(set(beyond)) == 1 else None
    verdict = "" if abnormal is None else _BEYOND.get(number.measure, "prolonged") if abnormal else "normal"
    if number.measure == "h_latency_ms":
        seen = graded("h_reflex", int(any(beyond)), int(any(beyond)), f"{text}, {verdict}")
        return Observed(
            observable=seen.observable, reading=seen.reading, abnormal=abnormal, text=seen.text, limit=limit
        )
    n = len(limits)
    reading = NumericReading(
        value=number.value,
        unit=number.unit,
        log_ratio_to_mean=sum(lim.log_ratio(number.value) for lim in limits) / n,
        log_sd=sum(lim.log_sd for lim in limits) / n,
    )
    return Observed(
        observable=number.observable,
        reading=reading,
        abnormal=abnormal,
        text=f"{text}, {verdict}" if verdict else text,
        limit=limit,
    )


def _z_in_words(value: float, limits: Sequence[ReferenceLimit]) -> str:
    """Return the z score where one limit applies and its mean and SD are known."""
    z = limits[0].z(value) if len(limits) == 1 else None
    return "" if z is None else f", z {z:+.1f}"


def _limits_in_words(limits: Sequence[ReferenceLimit]) -> str:
    first = limits[0]
    low, high = min(lim.limit for lim in limits), max(lim.limit for lim in limits)
    number = number_in_words(low) if low == high else f"{number_in_words(low)} to {number_in_words(high)}"
    words = f"{first.bound} limit {number} {first.unit.replace('uV', 'µV')}"
    return f"{words}, {first.note}" if first.note else words
