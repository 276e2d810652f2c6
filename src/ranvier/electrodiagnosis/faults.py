"""Technical faults that the numbers suggest. A suspicion is a question: no value is dropped for it."""

from collections.abc import Iterator, Sequence

from ranvier.case import ConductionStudy, Unused
from ranvier.core import RanvierError, number_in_words
from ranvier.electrodiagnosis.limit_book import LimitBook
from ranvier.electrodiagnosis.measures import cool, measured
from ranvier.electrodiagnosis.rows import Row, grouped
from ranvier.electrodiagnosis.technical import technical_thresholds
from ranvier.electrodiagnosis.variants import variants
from ranvier.reference import ReferenceLimit

_LATENCIES = ("distal_latency_onset_ms", "distal_latency_peak_ms")


def fault_doubts(rows: Sequence[Row], book: LimitBook, studies: Sequence[ConductionStudy]) -> Iterator[Unused]:
    """Yield a question for each row that a cold limb, a wrong stimulus or a wrong distance may explain.

    Parameters
    ----------
    rows : sequence of Row
        Rows with a standard study.
    book : LimitBook
        Limits for the patient.
    studies : sequence of ConductionStudy
        All rows of the case.
    """
    for row in rows:
        if len(row.standard) == 1:
            yield from _too_fast(row, rows, book)
            yield from _cold(row, book)
            yield from _too_short(row, book)
    explained = {id(s) for v in variants(studies) for s in v.studies}
    for group in grouped(rows):
        if group[0].word_kind == "motor" and len(group) > 1:
            yield from _submaximal(group, explained)


def _too_fast(row: Row, rows: Sequence[Row], book: LimitBook) -> Iterator[Unused]:
    velocity, region = row.study.velocity_m_s, row.standard[0].region
    highest = technical_thresholds().get(f"velocity_highest_{region}_m_s")
    if velocity is None or highest is None or velocity <= highest:
        return
    said = f"a velocity of {number_in_words(round(velocity, 1))} m/s is faster than nerves conduct"
    if row.standard[0].id == "median_motor_apb" and any(
        _slow_at_wrist(r, book) for r in rows if r.is_distal_row_of(row)
    ):
        text = f"{said}; with a prolonged latency at the wrist it points to crossing fibres (Martin-Gruber)"
        yield _question(row, text, "Look for a positive start of the elbow response and for the crossing.")
        return
    yield _question(row, f"{said}; distance or latencies may be wrong", "Measure the distance again.")


def _slow_at_wrist(row: Row, book: LimitBook) -> bool:
    limit = _limit(book, row, "distal_latency_onset_ms")
    return limit is not None and row.study.latency_ms is not None and limit.is_beyond(row.study.latency_ms)


def _cold(row: Row, book: LimitBook) -> Iterator[Unused]:
    needed = cool(row.study, row.standard[0])
    if needed is not None and row.study.temperature_c is not None:
        corrected = _corrected(row, needed - row.study.temperature_c)
        if corrected:
            text = (
                f"the skin was at {number_in_words(row.study.temperature_c)} °C; at {needed:g} °C one would expect "
                f"{corrected} (for information: such corrections vary and decide nothing)"
            )
            yield _question(row, text, "Warm the limb and repeat the study.")
    elif row.study.temperature_c is None and _slow_but_large(row, book):
        text = "the latency is long while the response is large, as in a cold limb, and no temperature is stated"
        yield _question(row, text, "State the temperature of the skin, or repeat the study in a warm limb.")


def _corrected(row: Row, degrees: float) -> str:
    t, study = technical_thresholds(), row.study
    out = []
    if study.latency_ms is not None and row.position == "distal" and row.word_kind in ("motor", "sensory"):
        latency = max(study.latency_ms - degrees * t["latency_per_degree_ms"], 0.0)
        out.append(f"a latency of about {number_in_words(round(latency, 1))} ms")
    if study.velocity_m_s is not None:
        low = study.velocity_m_s + degrees * t["velocity_per_degree_low_m_s"]
        high = study.velocity_m_s + degrees * t["velocity_per_degree_high_m_s"]
        out.append(f"a velocity of about {round(low)} to {round(high)} m/s")
    return " and ".join(out)


def _slow_but_large(row: Row, book: LimitBook) -> bool:
    if row.word_kind != "sensory" or row.position != "distal":
        return False
    numbers = {m.measure: m.value for m in measured(row.study, row.standard[0], row.position)}
    amplitude = _limit(book, row, "amplitude")
    slow = any((lim := _limit(book, row, m)) and lim.is_beyond(numbers[m]) for m in _LATENCIES if m in numbers)
    return bool(
        slow
        and amplitude
        and numbers.get("amplitude", 0.0) >= technical_thresholds()["cold_amplitude_ratio"] * amplitude.limit
    )


def _too_short(row: Row, book: LimitBook) -> Iterator[Unused]:
    if row.word_kind not in ("motor", "sensory") or row.position != "distal":
        return
    for number in measured(row.study, row.standard[0], row.position):
        limit = _limit(book, row, number.measure) if number.measure in _LATENCIES else None
        if limit is None or number.value <= 0:
            continue
        if limit.log_ratio(number.value) < -technical_thresholds()["short_latency_sd"] * limit.log_sd:
            text = (
                f"{number.in_words()}, shorter than nerves allow at the usual distance: the stimulus may have spread "
                "(too strong), the distance may be short, or the latency that of another response"
            )
            yield _question(row, text, "Check distance and stimulus.")


def _submaximal(group: Sequence[Row], explained: set[int]) -> Iterator[Unused]:
    gain = technical_thresholds()["amplitude_gain"]
    for row in group:
        for distal in group:
            near, far = row.study.amplitude, distal.study.amplitude
            if row.position != "proximal" or distal.position != "distal" or not near or not far:
                continue
            if row.study.amplitude_unit == distal.study.amplitude_unit and near > gain * far:
                if id(row.study) in explained:
                    continue
                text = (
                    f"the response from the proximal point ({number_in_words(near)} {row.study.amplitude_unit}) is "
                    f"larger than from the distal one ({number_in_words(far)}): the distal stimulus may have been too "
                    "weak, or the proximal one reached another nerve"
                )
                yield _question(row, text, "Repeat the distal stimulation above the maximum.")


def _limit(book: LimitBook, row: Row, measure: str) -> ReferenceLimit | None:
    try:
        return book.find(row.standard[0].id, measure)
    except RanvierError:
        return None


def _question(row: Row, problem: str, remedy: str) -> Unused:
    return Unused(severity="question", origin=row.study.origin, problem=f"{row.subject}: {problem}.", remedy=remedy)
