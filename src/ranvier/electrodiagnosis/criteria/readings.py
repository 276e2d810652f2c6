"""The numbers that criteria ask for, nerve by nerve: ratios between sites, comparisons, F waves, EMG by region.

A nerve is named by its main trunk (``median``, ``ulnar``, ``fibular``, ``tibial``, ``radial``, ``sural``).
Only the latest day of study is used. Area and duration of a response are not in the table of a report; they
can be given as numbers of a `Unit` by whoever measured them.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, Patient
from ranvier.core import RanvierError, Side, UnknownNameError, number_in_words, read_table
from ranvier.electrodiagnosis.criteria.tables import PACKAGE
from ranvier.electrodiagnosis.measures import Measured, measured, own_limits
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number, its limit where there is one, and why either is missing."""

    measure: str
    value: float | None
    unit: str = ""
    limit: float | None = None
    site: str = ""
    row: int | None = None
    why_missing: str = ""
    why_no_limit: str = ""

    @property
    def in_words(self) -> str:
        """Return the value with unit, limit and row."""
        value = "not known" if self.value is None else f"{number_in_words(self.value)} {self.unit}".strip()
        more = f" (limit {number_in_words(self.limit)})" if self.limit else ""
        where = f" at {self.site}" if self.site else ""
        return f"{value}{more}{where}" + (f", line {self.row}" if self.row else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What clauses count: a nerve of one kind, a hand, an elbow, or a region of the body."""

    kind: str
    nerve: str
    side: Side
    numbers: tuple[Number, ...]

    def number(self, measure: str) -> Number | None:
        """Return the number of a measure, or None."""
        return next((n for n in self.numbers if n.measure == measure), None)

    @property
    def in_words(self) -> str:
        """Return the unit in words, such as ``left median (motor)``."""
        side = f"{self.side.value} " if self.side in (Side.LEFT, Side.RIGHT) else ""
        return f"{side}{self.nerve} ({self.kind})" if self.kind != "fact" else self.nerve


@cache
def _names() -> dict[str, str]:
    return {r["measure"]: r["name"] for r in read_table(PACKAGE, "measures.csv", ("measure", "name"))}


def measure_in_words(measure: str) -> str:
    """Return a measure in words."""
    return _names()[measure]


def units_of(case: Case, graph: NerveGraph) -> tuple[Unit, ...]:
    """Return nerves, hands, elbows and EMG regions of the latest day of study with their numbers."""
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
    return (*nerves, *hands, *elbows)


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
    yield Unit(kind=kind, nerve=_trunk(study), side=side, numbers=tuple(numbers))


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
    return found.limit, ""


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
        yield from _falls(rows)


def _f_absent(rows: Sequence[Row]) -> Iterator[Number]:
    of_f = [r for r in rows if r.word_kind == "f_wave"]
    absent = [r for r in of_f if "absent" in r.study.words]
    there = [r for r in rows if r.study.f_latency_ms is not None or (r in of_f and r not in absent)]
    for row in (absent or there)[:1]:
        yield Number(measure="f_absent", value=float(bool(absent)), row=row.study.origin.row)


def _falls(rows: Sequence[Row]) -> Iterator[Number]:
    """Yield the smallest ratio of neighbouring responses, distal to proximal."""
    motor = [r for r in rows if r.word_kind == "motor" and r.study.amplitude is not None]
    order = {node: i for i, node in enumerate((rows[0].standard[0].distal_node, *rows[0].standard[0].proximal_nodes))}
    ordered = sorted(motor, key=lambda r: order.get(r.study.stimulation or rows[0].standard[0].distal_node, 99))
    falls = [f for near, far in itertools.pairwise(ordered) if (f := _ratio(near, far)) is not None]
    if falls:
        yield min(falls, key=lambda n: n.value if n.value is not None else 1.0)


def _ratio(distal: Row, proximal: Row) -> Number | None:
    low, high = distal.study.amplitude, proximal.study.amplitude
    if not low or high is None or distal.study.amplitude_unit != proximal.study.amplitude_unit:
        return None
    if distal.position == proximal.position == "distal":
        return None
    return Number(
        measure="proximal_ratio", value=high / low, site=proximal.study.stimulation or "",
        row=proximal.study.origin.row,
    )  # fmt: skip


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
    fall = _ratio(low, top) if low is not None else None
    if fall is not None and fall.value is not None:
        numbers.append(_plain("across_ratio", fall.value, "", top))
    yield Unit(kind="elbow", nerve="ulnar", side=side, numbers=tuple(numbers))


def _plain(measure: str, value: float, unit: str, row: Row) -> Number:
    return Number(measure=measure, value=round(value, 6), unit=unit, row=row.study.origin.row)
