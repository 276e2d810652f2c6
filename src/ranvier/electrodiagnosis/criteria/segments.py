"""Stretches of a motor nerve between neighbouring stimulating points: how amplitude, area and duration change."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

from ranvier.core import Side, read_table
from ranvier.electrodiagnosis.criteria.tables import PACKAGE
from ranvier.electrodiagnosis.criteria.units import Number, Unit
from ranvier.electrodiagnosis.rows import Row

_UV_PER_MV = 1000.0
_DIGITS = 9


@cache
def _parts() -> Mapping[tuple[str, str], str]:
    rows = read_table(PACKAGE, "segment_parts.csv", ("distal", "proximal", "part"))
    return {(r["distal"], r["proximal"]): r["part"] for r in rows}


def segment_units(nerve: str, side: Side, rows: Sequence[Row], limit_mv: float | None) -> tuple[Unit, ...]:
    """Return the stretches between neighbouring points of one motor study, distal first.

    Parameters
    ----------
    nerve : str
        Its main trunk.
    side : Side
    rows : sequence of Row
        The rows of the study.
    limit_mv : float or None
        Lower limit of the response from the usual distal point.
    """
    return tuple(_segment(nerve, side, near, far, limit_mv) for near, far in _neighbours(rows))


def _segment(nerve: str, side: Side, near: Row, far: Row, limit_mv: float | None) -> Unit:
    amplitude = _amplitude_mv(near)
    numbers = [n for n in _changes(near, far, "amplitude_ratio") if n is not None]
    if amplitude is not None:
        why = "" if limit_mv else "no limit is known"
        row = near.study.origin.row
        numbers.append(
            Number(measure="distal_amplitude_mv", value=amplitude, unit="mV", limit=limit_mv, row=row, why_no_limit=why)
        )
    part = _parts().get((_node(near), _node(far)), "")
    limb = near.standard[0].region
    return Unit(kind="segment", nerve=nerve, side=side, numbers=tuple(numbers), limb=limb, part=part)


def ratios(rows: Sequence[Row]) -> Iterator[Number]:
    """Yield of one motor study the smallest ratio of amplitude and of area, and the largest of duration."""
    found = [n for near, far in _neighbours(rows) for n in _changes(near, far, "proximal_ratio") if n is not None]
    for measure, worst in (("proximal_ratio", min), ("area_ratio", min), ("duration_ratio", max)):
        of_measure = [n for n in found if n.measure == measure]
        if of_measure:
            yield worst(of_measure, key=lambda n: n.value or 0.0)


def ratio(distal: Row, proximal: Row) -> float | None:
    """Return the amplitude at the proximal point over that at the distal one; None where it is not known."""
    low, high = distal.study.amplitude, proximal.study.amplitude
    if not low or high is None or distal.study.amplitude_unit != proximal.study.amplitude_unit:
        return None
    return None if distal.position == proximal.position == "distal" else round(high / low, _DIGITS)


def _changes(near: Row, far: Row, amplitude_name: str) -> Iterator[Number | None]:
    durations = _over(far.study.duration_ms, near.study.duration_ms)
    areas = _over(far.study.area_mv_ms, near.study.area_mv_ms)
    found = {amplitude_name: ratio(near, far), "area_ratio": areas, "duration_ratio": durations}
    for measure, value in found.items():
        site, row = far.study.stimulation or "", far.study.origin.row
        yield None if value is None else Number(measure=measure, value=value, site=site, row=row)


def _over(far: float | None, near: float | None) -> float | None:
    return None if far is None or not near else round(far / near, _DIGITS)


def _neighbours(rows: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Return the pairs of neighbouring points, distal first; points beyond the usual ones go by their latency."""
    motor = [r for r in rows if r.word_kind == "motor" and _has_response(r)]
    order = {node: i for i, node in enumerate((rows[0].standard[0].distal_node, *rows[0].standard[0].proximal_nodes))}
    last = len(order)
    ordered = sorted(motor, key=lambda r: (order.get(_node(r), last), r.study.latency_ms or 0.0))
    return [(a, b) for a, b in pairwise(ordered) if _node(a) != _node(b)]


def _has_response(row: Row) -> bool:
    return any(v is not None for v in (row.study.amplitude, row.study.area_mv_ms, row.study.duration_ms))


def _node(row: Row) -> str:
    return row.study.stimulation or row.standard[0].distal_node


def _amplitude_mv(row: Row) -> float | None:
    value = row.study.amplitude
    return value if value is None or row.study.amplitude_unit != "uV" else value / _UV_PER_MV
