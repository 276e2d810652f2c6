"""Pictures of a needle EMG: trace, unit gallery, turns and amplitude. Negative is up; readable in black and white."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ranvier.electrodiagnosis.emg import EmgStudy, MeasuredUnit
from ranvier.report import svg

Floats = npt.NDArray[np.float64]

_WIDTH = 1000.0
_ROW_HEIGHT, _LEFT = 90.0, 60.0
_INK, _GREY, _FILL = "#1b1d21", "#9aa1ad", "#0b3c6f"
_LIGHT = "#8fb0d4"
_UNIT_HEIGHT = 42.0
_STEPS_MV = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


def trace_picture(study: EmgStudy, *, rows: int = 4) -> str:
    """Return the whole recording as an envelope in rows, activity underlined, unit discharges as ticks.

    Parameters
    ----------
    study : EmgStudy
    rows : int
        Rows that the time is cut into.
    """
    values, rate = study.signal_mv, study.rate_hz
    per_row = int(np.ceil(len(values) / rows))
    reach = max(float(np.percentile(np.abs(values), 99.95)), 0.05)
    body = []
    for row in range(rows):
        part = values[row * per_row : (row + 1) * per_row]
        middle = row * _ROW_HEIGHT + _ROW_HEIGHT / 2
        scale = (_ROW_HEIGHT * 0.45) / reach
        body.append(
            f'<path d="{_envelope(part, per_row, middle, scale)}" fill="none" stroke="{_INK}" stroke-width=".7"/>'
        )
        body.append(svg.text(_LEFT - 6, middle + 4, f"{row * per_row / rate:.1f} s", anchor="end"))
        body += _activity(study, row * per_row, per_row, middle + _ROW_HEIGHT * 0.4)
    body += _scale_bar(reach, rows)
    said = f"negative is up; {per_row / rate:.1f} s a row; the pale line below a trace marks voluntary activity"
    body.append(svg.text(_LEFT, rows * _ROW_HEIGHT + 20, said, size=12))
    words = f"{len(values) / rate:.1f} seconds; {said}."
    return svg.picture((0, 0, _WIDTH, rows * _ROW_HEIGHT + 28), "Recording", words, body)


def _envelope(part: Floats, per_row: int, middle: float, scale: float) -> str:
    columns = int(_WIDTH - _LEFT - 40)
    edges = np.linspace(0, per_row, columns + 1).astype(int)
    pieces = []
    for i, (a, b) in enumerate(pairwise(edges)):
        if a >= len(part):
            break
        some = part[a : max(b, a + 1)]
        x = _LEFT + i
        pieces.append(f"{x:.0f} {middle + scale * some.min():.1f}L{x:.0f} {middle + scale * some.max():.1f}")
    return "M" + "L".join(pieces) if pieces else ""


def _activity(study: EmgStudy, start: int, count: int, y: float) -> list[str]:
    scale = (_WIDTH - _LEFT - 40) / count
    out = []
    for part in study.active:
        a, b = max(part.start - start, 0), min(part.stop - start, count)
        if b > a:
            out.append(svg.rect(_LEFT + a * scale, y, (b - a) * scale, 2.5, fill=_LIGHT))
    return out


def _scale_bar(reach: float, rows: int) -> list[str]:
    size = max((s for s in _STEPS_MV if s <= reach), default=_STEPS_MV[0])
    height = size * (_ROW_HEIGHT * 0.45) / reach
    x, y = _WIDTH - 30, rows * _ROW_HEIGHT - 20
    return [
        f'<path d="M{x} {y:.1f}v{-height:.1f}" stroke="{_INK}" stroke-width="2"/>',
        svg.text(x - 4, y + 14, f"{size:g} mV", anchor="middle"),
    ]


def unit_gallery(units: Sequence[MeasuredUnit], rate_hz: float, before_ms: float) -> str:
    """Return the averaged potentials side by side on one scale, their measured part thick.

    Parameters
    ----------
    units : sequence of MeasuredUnit
    rate_hz : float
        Rate of the averages.
    before_ms : float
        Time of the trigger within the averages.
    """
    columns, width, height = 4, _WIDTH / 4, 150.0
    reach = max(float(np.abs(u.average_mv).max()) for u in units)
    body = []
    for i, unit in enumerate(units):
        left, top = (i % columns) * width, (i // columns) * height
        body += _one_unit(unit, i + 1, (left, top, width - 10, height), rate_hz, before_ms, reach)
    rows = -(-len(units) // columns)
    body += _gallery_scale(rows * height, width - 10, reach, len(units[0].average_mv) / rate_hz)
    words = f"{len(units)} motor unit potentials, all on the scale of the largest ({reach:.2g} mV), 40 ms wide."
    return svg.picture((0, 0, _WIDTH, rows * height + 66), "Motor units", words, body)


def _gallery_scale(top: float, width: float, reach: float, seconds: float) -> list[str]:
    """Return the bars of 10 ms and of an even voltage, in the scale of the units, and what the lines mean."""
    size = max((s for s in _STEPS_MV if s <= reach), default=_STEPS_MV[0])
    across, up = width * 0.01 / seconds, size * _UNIT_HEIGHT / reach
    said = "one scale for all; negative is up; the thick part is what was measured"
    return [
        f'<path d="M10 {top + 56 - up:.1f}V{top + 56:.1f}h{across:.1f}" fill="none" stroke="{_INK}" stroke-width="2"/>',
        svg.text(20 + across, top + 58, f"10 ms, {size:g} mV; {said}", size=12),
    ]


def _one_unit(
    unit: MeasuredUnit,
    number: int,
    box: tuple[float, float, float, float],
    rate_hz: float,
    before_ms: float,
    reach: float,
) -> list[str]:
    left, top, width, height = box
    values, m = unit.average_mv, unit.potential
    middle, scale = top + 75, _UNIT_HEIGHT / reach
    x = left + np.arange(len(values)) / len(values) * width
    y = middle + scale * values
    first = int((before_ms + m.start_ms) / 1000 * rate_hz)
    last = int((before_ms + m.end_ms) / 1000 * rate_hz) + 1
    rate = f"{unit.firing.rate_hz:.0f} Hz" if unit.firing.rate_hz else "rate ?"
    return [
        _line(x, y, _GREY, 1.0),
        _line(x[first:last], y[first:last], _FILL, 2.0),
        svg.text(left + 4, top + 14, f"{number}: {m.amplitude_mv:.2f} mV, {m.duration_ms:.1f} ms", size=12),
        svg.text(left + 4, top + height - 12, f"{m.phases} phases, {unit.firing.discharges} times, {rate}", size=11),
    ]


def _line(x: Floats, y: Floats, colour: str, width: float) -> str:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>'


def turns_picture(study: EmgStudy, cloud: Sequence[tuple[float, float]]) -> str:
    """Return the turns and amplitude plot: a dot an epoch, over the outline of the simulated normal cloud.

    Parameters
    ----------
    study : EmgStudy
    cloud : sequence of (turns_per_s, amplitude_mv)
        Corners of the outline.
    """
    turns = [e.turns_per_s for e in study.epochs]
    sizes = [e.amplitude_mv for e in study.epochs]
    right = max([*turns, *(c[0] for c in cloud), 100.0]) * 1.05
    high = max([*sizes, *(c[1] for c in cloud), 0.2]) * 1.05
    x0, y0, width, height = 70.0, 360.0, 880.0, 340.0

    def place(t: float, a: float) -> tuple[float, float]:
        return x0 + width * t / right, y0 - height * a / high

    corners = " ".join("{:.1f},{:.1f}".format(*place(*c)) for c in cloud)
    body = [
        f'<polygon points="{corners}" fill="#e9eef4" stroke="{_GREY}" stroke-dasharray="5 3"/>' if cloud else "",
        f'<path d="M{x0} {y0 - height}V{y0}H{x0 + width}" fill="none" stroke="{_INK}"/>',
        svg.text(x0 + width / 2, y0 + 34, "turns per second (100 \u00b5V)", anchor="middle", size=13),
        svg.text(x0, 12, "mean amplitude between turns, mV", size=13),
    ]
    body += [svg.text(place(t, 0)[0], y0 + 16, f"{t:g}", anchor="middle") for t in _ticks(right)]
    body += [svg.text(x0 - 6, place(0, a)[1] + 4, f"{a:g}", anchor="end") for a in _ticks(high)]
    for t, a in zip(turns, sizes, strict=True):
        x, y = place(t, a)
        body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{_FILL}" fill-opacity=".6" stroke="{_INK}"/>')
    words = f"{len(turns)} epochs of half a second; the outline holds 95 % of simulated normal epochs."
    return svg.picture((0, 0, _WIDTH, y0 + 44), "Turns and amplitude", words, body)


def _ticks(most: float) -> list[float]:
    """Return 3 to 7 round numbers above zero, up to `most`.

    >>> _ticks(832.0)
    [200.0, 400.0, 600.0, 800.0]
    """
    power = 10.0 ** np.floor(np.log10(most))
    step = next(s for s in (0.1, 0.2, 0.5, 1.0, 2.0) if most / (s * power) < 8) * power
    return [round(float(k * step), 6) for k in range(1, int(most / step) + 1)]
