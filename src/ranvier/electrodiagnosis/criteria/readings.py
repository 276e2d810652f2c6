"""The numbers that criteria ask for, nerve by nerve: ratios between sites, comparisons, F waves, EMG by region.

A nerve is named by its main trunk (``median``, ``ulnar``, ``fibular``, ``tibial``, ``radial``, ``sural``).
Only the latest day of study is used.
"""

from collections.abc import Iterator, Mapping, Sequence

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, Patient
from ranvier.core import RanvierError, Side, UnknownNameError
from ranvier.electrodiagnosis.criteria.regions import region_units
from ranvier.electrodiagnosis.criteria.segments import ratio, ratios, segment_units
from ranvier.electrodiagnosis.criteria.terminal import terminal_numbers
from ranvier.electrodiagnosis.criteria.units import Number, Unit
from ranvier.electrodiagnosis.measures import Measured, distance_differs, measured, own_limits
from ranvier.electrodiagnosis.rows import Row, rows_of
from ranvier.reference import ncs_limit, skin_temperature

_MEASURES = {
    ("motor", "distal_latency_onset_ms"): "distal_latency_ms",
    ("motor", "amplitude"): "distal_amplitude_mv",
    ("motor", "velocity_m_s"): "motor_velocity_m_s",
    ("motor", "f_latency_ms"): "f_latency_ms",
    ("f_wave", "f_latency_ms"): "f_latency_ms",
    ("sensory", "amplitude"): "snap_amplitude_uv",
    ("sensory", "velocity_m_s"): "sensory_velocity_m_s",
    ("sensory", "distal_latency_onset_ms"): "sensory_latency_ms",
    ("sensory", "distal_latency_peak_ms"): "sensory_latency_ms",
}
_PAIRS = {
    "ring_difference_ms": ("median_sensory_d4", "ulnar_sensory_d4"),
    "palm_difference_ms": ("median_palm_mixed", "ulnar_palm_mixed"),
    "thumb_difference_ms": ("median_sensory_d1", "radial_sensory_d1"),
}


def units_of(case: Case, graph: NerveGraph, facts: Mapping[str, bool] | None = None) -> tuple[Unit, ...]:
    """Return nerves, their stretches, hands, elbows and regions of the latest day of study with their numbers.

    Parameters
    ----------
    case : Case
    graph : NerveGraph
    facts : mapping of str to bool, optional
        What history and examination supply, by the names of ``data/facts.csv``.
    """
    rows = [r for r in rows_of(case, graph) if len(r.standard) == 1]
    latest = max((r.study.day for r in rows if r.study.day is not None), default=None)
    if any(r.study.day is None for r in rows):
        latest = None
    rows = [r for r in rows if r.study.day == latest]
    keys = dict.fromkeys((r.standard[0].id, side) for r in rows for side in _sides(r))
    by_study = {
        (study, side): [r for r in rows if r.standard[0].id == study and side in _sides(r)] for study, side in keys
    }
    nerves = [u for (study, side), own in by_study.items() for u in _nerve(study, side, own, case.patient)]
    hands = [_hand(side, by_study, nerves) for side in dict.fromkeys(s for study, s in keys if "median" in study)]
    elbows = [u for side in dict.fromkeys(s for _, s in keys) for u in _elbow(side, by_study)]
    stretches = [u for (_, side), own in by_study.items() for u in _segments(side, own, case.patient)]
    return (*nerves, *stretches, *hands, *elbows, *region_units(case, graph, facts or {}))


def _segments(side: Side, rows: Sequence[Row], patient: Patient) -> tuple[Unit, ...]:
    if rows[0].standard[0].kind != "motor":
        return ()
    limits = [n for row in rows for n in _numbers(row, patient) if n.measure == "distal_amplitude_mv"]
    return segment_units(_trunk(rows[0].standard[0].id), side, rows, limits[0].limit if limits else None)


def _sides(row: Row) -> tuple[Side, ...]:
    side = row.place.side
    return (Side.LEFT, Side.RIGHT) if side is Side.BOTH else (side,)


def _trunk(study: str) -> str:
    return (
        "superficial fibular"
        if study.startswith("superficial_fibular")
        else ("radial" if study.startswith("superficial_radial") else study.split("_")[0])
    )


def _nerve(study: str, side: Side, rows: Sequence[Row], patient: Patient) -> Iterator[Unit]:
    kind = rows[0].standard[0].kind
    if kind not in ("motor", "sensory"):
        return
    numbers = [n for row in rows for n in _numbers(row, patient)]
    numbers += list(_extra(kind, rows))
    numbers.sort(key=_worst)
    yield Unit(kind=kind, nerve=_trunk(study), side=side, numbers=tuple(numbers), limb=rows[0].standard[0].region)


def _worst(number: Number) -> float:
    """Order velocities so that the slowest against its limit comes first; keep the rest as they are."""
    if number.measure != "motor_velocity_m_s" or number.value is None or not number.limit:
        return 0.0
    return number.value / number.limit - 1


def _numbers(row: Row, patient: Patient) -> Iterator[Number]:
    found = measured(row.study, row.standard[0], row.position)
    own = own_limits(row.study, found)
    for item in found:
        measure = _MEASURES.get((row.word_kind, item.measure))
        if measure is None:
            continue
        limit, why = _limit(item, row, patient, own.get(item.measure))
        cool = item.measure != "amplitude" and _is_cool(row)
        yield Number(
            measure=measure,
            value=None if cool or (item.value <= 0 and item.measure != "amplitude") else item.value,
            unit=item.unit,
            limit=limit,
            site=row.study.stimulation or "",
            row=row.study.origin.row,
            why_missing="the skin was too cool for a verdict" if cool else "",
            why_no_limit=why,
        )


def _limit(item: Measured, row: Row, patient: Patient, own: float | None) -> tuple[float | None, str]:
    if own is not None:
        return own, ""
    try:
        found = ncs_limit(row.standard[0].id, item.measure, patient.age_y, patient.height_cm, item.segment)
    except UnknownNameError:
        return None, "no limit is known"
    except RanvierError as error:
        return None, str(error)
    differs = distance_differs(item, row.study, found)
    return (None, differs) if differs else (found.limit, "")


def _is_cool(row: Row) -> bool:
    if row.study.temperature_c is None:
        return False
    try:
        return row.study.temperature_c < skin_temperature(row.standard[0].region).skin_min_c
    except UnknownNameError:
        return False


def _extra(kind: str, rows: Sequence[Row]) -> Iterator[Number]:
    """Yield what is not one number of a row: absent responses, falls between sites."""
    distal = [r for r in rows if r.position == "distal" and r.word_kind == kind]
    for row in distal:
        if "absent" in row.study.words and row.study.amplitude is None:
            measure = "distal_amplitude_mv" if kind == "motor" else "snap_amplitude_uv"
            yield Number(measure=measure, value=0.0, row=row.study.origin.row)
    if kind == "motor":
        yield from _f_absent(rows)
        yield from ratios(rows)
        yield from _durations(distal)
        yield from terminal_numbers(rows, cool=any(_is_cool(r) for r in rows))


def _durations(distal: Sequence[Row]) -> Iterator[Number]:
    for row in distal:
        if row.study.duration_ms is not None:
            yield Number(
                measure="distal_duration_ms",
                value=None if _is_cool(row) else row.study.duration_ms,
                unit="ms",
                site=row.study.stimulation or "",
                row=row.study.origin.row,
                why_missing="the skin was too cool for a verdict" if _is_cool(row) else "",
            )


def _f_absent(rows: Sequence[Row]) -> Iterator[Number]:
    of_f = [r for r in rows if r.word_kind == "f_wave"]
    absent = [r for r in of_f if "absent" in r.study.words]
    there = [r for r in rows if r.study.f_latency_ms is not None or (r in of_f and r not in absent)]
    for row in (absent or there)[:1]:
        yield Number(measure="f_absent", value=float(bool(absent)), row=row.study.origin.row)


def _hand(side: Side, by_study: dict[tuple[str, Side], list[Row]], nerves: Sequence[Unit]) -> Unit:
    """Return the median nerve at one wrist: its own numbers and the comparisons with its neighbours."""
    numbers = [n for u in nerves if u.side is side and u.nerve == "median" for n in u.numbers]
    differences = []
    for measure, (median, other) in _PAIRS.items():
        found = _difference(measure, by_study.get((median, side), []), by_study.get((other, side), []))
        differences += [found] if found else []
    if len(differences) == len(_PAIRS):
        total = sum(d.value for d in differences if d.value is not None)
        differences.append(Number(measure="combined_index_ms", value=total, unit="ms"))
    return Unit(kind="hand", nerve="median", side=side, numbers=(*numbers, *differences))


def _difference(measure: str, median: Sequence[Row], other: Sequence[Row]) -> Number | None:
    for a in median:
        for b in other:
            if a.study.latency_ms and b.study.latency_ms and a.study.latency_kind == b.study.latency_kind:
                value = a.study.latency_ms - b.study.latency_ms
                return Number(measure=measure, value=round(value, 6), unit="ms", row=a.study.origin.row)
    return None


def _elbow(side: Side, by_study: dict[tuple[str, Side], list[Row]]) -> Iterator[Unit]:
    rows = [r for (study, s), own in by_study.items() if study.startswith("ulnar_motor") and s is side for r in own]
    below = [r for r in rows if r.study.stimulation == "ulnar.below_elbow"]
    above = [r for r in rows if r.study.stimulation == "ulnar.above_elbow"]
    if not above:
        return
    numbers = []
    top, low = above[0], below[0] if below else None
    across = None if _is_cool(top) else top.study.velocity_m_s
    if across is not None:
        numbers.append(_plain("across_velocity_m_s", across, "m/s", top))
    if low is not None and across is not None and low.study.velocity_m_s is not None:
        numbers.append(_plain("across_slower_by_m_s", low.study.velocity_m_s - across, "m/s", top))
    fall = ratio(low, top) if low is not None else None
    if fall is not None:
        numbers.append(_plain("across_ratio", fall, "", top))
    yield Unit(kind="elbow", nerve="ulnar", side=side, numbers=tuple(numbers))


def _plain(measure: str, value: float, unit: str, row: Row) -> Number:
    return Number(measure=measure, value=round(value, 6), unit=unit, row=row.study.origin.row)
