"""Terminal latency index and residual latency: distal latency against what the velocity further up predicts."""

from collections.abc import Iterator, Sequence

from ranvier.electrodiagnosis.criteria.units import Number
from ranvier.electrodiagnosis.rows import Row

_DIGITS = 3


def terminal_numbers(rows: Sequence[Row], *, cool: bool = False) -> Iterator[Number]:
    """Yield terminal latency index and residual latency of one motor study.

    The index is distal distance over the product of velocity and distal latency; the residual latency is the distal
    latency minus distal distance over velocity. The velocity is that of the stretch next to the distal point.

    Parameters
    ----------
    rows : sequence of Row
        The rows of the study. `distance_mm` of the distal row is the way to the recording electrode.
    cool : bool
        The skin was too cool for a verdict.
    """
    motor = [r for r in rows if r.word_kind == "motor"]
    distal = next((r for r in motor if r.position == "distal" and r.study.latency_ms), None)
    if distal is None or not distal.study.latency_ms:
        return
    order = distal.standard[0].proximal_nodes
    near = sorted(
        (r for r in motor if r.study.velocity_m_s and r.study.stimulation in order),
        key=lambda r: order.index(r.study.stimulation or ""),
    )
    row = distal.study.origin.row
    latency, distance = distal.study.latency_ms, distal.study.distance_mm
    velocity = near[0].study.velocity_m_s if near else None
    if cool or not distance or not velocity:
        why = (
            "the skin was too cool for a verdict"
            if cool
            else "the distance from the distal point to the recording electrode is not in the table"
            if not distance
            else "the velocity of the next stretch is not known"
        )
        yield Number(measure="terminal_latency_index", value=None, row=row, why_missing=why)
        yield Number(measure="residual_latency_ms", value=None, row=row, why_missing=why)
        return
    index, residual = distance / (velocity * latency), latency - distance / velocity
    yield Number(measure="terminal_latency_index", value=round(index, _DIGITS), row=row)
    yield Number(measure="residual_latency_ms", value=round(residual, _DIGITS), unit="ms", row=row)
