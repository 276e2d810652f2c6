"""Pictures of conduction waveforms: responses with cursors, a raster of late responses, a CMAP scan with its steps."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ranvier.electrodiagnosis.waveforms import MeasuredSet, Response
from ranvier.electrodiagnosis.waveforms.case_rows import MeasuredScan
from ranvier.electrodiagnosis.waveforms.late import LateResponse
from ranvier.report import svg

Floats = npt.NDArray[np.float64]

_WIDTH, _LEFT, _RIGHT = 1000.0, 120.0, 60.0
_INK, _GREY, _FILL = "#1b1d21", "#9aa1ad", "#0b3c6f"
_ROW, _LATE_ROW = 150.0, 34.0
_MOST_POINTS = 1500
_OVERLAP = 2.0  # how far the largest late response may reach beyond the usual one
_STEPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
_NICE = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


def responses_picture(measured: MeasuredSet) -> str:
    """Return the responses one below the other on one scale, with cursors, the area shaded, and scale bars."""
    responses = measured.responses
    until = _until(responses)
    shown = [_part(r, until) for r in responses]
    reach = max([*(float(np.abs(v).max(initial=0.0)) for _, v in shown), 1e-6])
    scale, across = _ROW * 0.42 / reach, (_WIDTH - _LEFT - _RIGHT) / until
    body = []
    for row, (response, (time, values)) in enumerate(zip(responses, shown, strict=True)):
        middle = row * _ROW + _ROW * 0.55
        body.append(svg.text(4, middle, measured.set.stimulations[row].site or f"stimulus {row + 1}", size=13))
        body.append(f'<path d="M{_LEFT} {middle:.1f}H{_WIDTH - _RIGHT}" stroke="{_GREY}" stroke-dasharray="2 4"/>')
        if response.present:
            body.append(_shaded(response, time, values, (middle, scale, across)))
        body.append(_line(_LEFT + time * across, middle - scale * values, _INK, 1.2))
        body += _cursors(response, middle, scale, across) if response.present else [_none(middle)]
    height = len(responses) * _ROW + 30
    body += _time_axis(until, across, height - 26)
    body += _size_bar(reach, scale, height - 60)
    words = f"{len(responses)} responses on one scale; onset, peak and end are marked."
    return svg.picture((0, -20, _WIDTH, height + 20), "Responses", words, body)


def _until(responses: Sequence[Response]) -> float:
    ends = [r.end_ms + 0.8 * r.duration_ms for r in responses if r.present]
    last = min(float(r.prepared.time_ms[-1]) for r in responses)
    return float(min(max([*ends, 5.0]), last))


def _part(response: Response, until: float) -> tuple[Floats, Floats]:
    time, values = response.prepared.time_ms, response.prepared.values_mv
    inside = (time >= 0) & (time <= until)
    every = max(int(inside.sum()) // _MOST_POINTS, 1)
    return time[inside][::every], values[inside][::every]


def _shaded(response: Response, time: Floats, values: Floats, place: tuple[float, float, float]) -> str:
    middle, scale, across = place
    inside = (time >= response.onset_ms) & (time <= response.end_ms)
    if not inside.any():
        return ""
    x, y = _LEFT + time[inside] * across, middle - scale * np.clip(values[inside], 0, None)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return f'<polygon points="{x[0]:.1f},{middle:.1f} {points} {x[-1]:.1f},{middle:.1f}" fill="#dfe7f1"/>'


def _cursors(response: Response, middle: float, scale: float, across: float) -> list[str]:
    out = []
    heights = (("onset", response.onset_ms, 0.0), ("peak", response.peak_ms, response.amplitude_mv))
    for name, at, height in (*heights, ("end", response.end_ms, 0.0)):
        x, y = _LEFT + at * across, middle - scale * height
        by_hand = name in response.by_hand
        dash = "" if by_hand else 'stroke-dasharray="4 3"'
        out.append(f'<path d="M{x:.1f} {y - 14:.1f}V{y + 14:.1f}" stroke="{_FILL}" stroke-width="1.6" {dash}/>')
        label = f"{name} {at:.2f} ms{' (by hand)' if by_hand else ''}"
        place = y + 28 if name != "peak" else y - 18
        out.append(svg.text(x, place, label, anchor="middle"))
    return out


def _none(middle: float) -> str:
    return svg.text(_LEFT + 40, middle - 10, "no response", size=13)


def _line(x: Floats, y: Floats, colour: str, width: float) -> str:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>'


def _time_axis(until: float, across: float, y: float, start: float = 0.0) -> list[str]:
    step = next((s for s in _STEPS if (until - start) / s <= 10), _STEPS[-1])
    out = [f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="{_INK}"/>']
    for at in np.arange(np.ceil(start / step) * step, until + 1e-9, step):
        x = _LEFT + (at - start) * across
        out.append(f'<path d="M{x:.1f} {y:.1f}v4" stroke="{_INK}"/>')
        out.append(svg.text(x, y + 16, f"{at:g}", anchor="middle"))
    return [*out, svg.text(_WIDTH - _RIGHT + 8, y + 16, "ms")]


def _size_bar(reach: float, scale: float, y: float) -> list[str]:
    size = max((s for s in _NICE if s <= reach), default=_NICE[0])
    x = _WIDTH - 24
    words = f"{size:g} mV" if size >= 0.1 else f"{1000 * size:g} \u00b5V"
    return [
        f'<path d="M{x} {y:.1f}v{-size * scale:.1f}" stroke="{_INK}" stroke-width="2"/>',
        svg.text(x, y + 14, words, anchor="middle"),
    ]


def late_picture(waves: Sequence[LateResponse], name: str) -> str:
    """Return a raster of late responses: a row a stimulus, the M wave taken away, each onset a tick.

    Parameters
    ----------
    waves : sequence of LateResponse
    name : str
        What they are, for the title.
    """
    shown = [w for w in waves if len(w.time_ms)]
    if not shown:
        return svg.picture((0, 0, _WIDTH, 40), name, "nothing was searched", [svg.text(10, 24, "too short to search")])
    start, until = float(shown[0].time_ms[0]), float(shown[0].time_ms[-1])
    peaks = [float(np.abs(w.values_mv).max()) for w in shown]
    reach = max(float(np.median(peaks)), max(peaks) / _OVERLAP, 1e-6)
    scale, across = _LATE_ROW * 0.7 / reach, (_WIDTH - _LEFT - _RIGHT) / (until - start)
    body = []
    for row, wave in enumerate(shown):
        middle = row * _LATE_ROW + _LATE_ROW
        every = max(len(wave.time_ms) // _MOST_POINTS, 1)
        x = _LEFT + (wave.time_ms[::every] - start) * across
        y = middle - scale * wave.values_mv[::every]
        body.append(_line(x, y, _INK if wave.onset_ms is not None else _GREY, 1.0))
        label = "none" if wave.onset_ms is None else f"{wave.onset_ms:.1f} ms"
        body.append(svg.text(4, middle + 4, f"{row + 1}: {label}{' (by hand)' if wave.by_hand else ''}"))
        if wave.onset_ms is not None:
            at = _LEFT + (wave.onset_ms - start) * across
            body.append(f'<path d="M{at:.1f} {middle - 12:.1f}v24" stroke="{_FILL}" stroke-width="2"/>')
    height = (len(shown) + 1) * _LATE_ROW + 30
    body += _time_axis(until, across, height - 24, start)
    body += _size_bar(reach, scale, height - 60)
    words = f"{len(shown)} sweeps; a tick marks each onset, sweeps without a response are grey."
    return svg.picture((0, 0, _WIDTH, height), name, words, body)


def train_picture(measured: MeasuredSet) -> str:
    """Return the amplitudes of a train of stimuli as bars."""
    responses = measured.train.responses if measured.train is not None else ()
    sizes = [r.amplitude_mv if r.present else 0.0 for r in responses]
    reach, wide = max([*sizes, 1e-6]), min((_WIDTH - _LEFT - _RIGHT) / max(len(sizes), 1), 60.0)
    body = []
    for number, size in enumerate(sizes):
        x, high = _LEFT + number * wide, 150 * size / reach
        body.append(svg.rect(x + 4, 190 - high, wide - 8, high, fill=_FILL))
        body.append(svg.text(x + wide / 2, 206, str(number + 1), anchor="middle"))
        body.append(svg.text(x + wide / 2, 184 - high, f"{100 * size / sizes[0]:.0f} %", anchor="middle"))
    words = f"amplitudes of {len(sizes)} responses over the first"
    return svg.picture((0, 0, _WIDTH, 214), "Train", words, body)


def blink_picture(measured: MeasuredSet) -> str:
    """Return the rectified averages of the blink reflex with the onsets."""
    blink = measured.blink
    if blink is None:
        return ""
    until = float(min(blink.time_ms[-1], 90.0))
    across = (_WIDTH - _LEFT - _RIGHT) / until
    sides = (("same side", blink.ipsilateral_mv, (("R1", blink.r1_ms), ("R2", blink.r2_ipsilateral_ms))),
             ("other side", blink.contralateral_mv, (("R2", blink.r2_contralateral_ms),)))  # fmt: skip
    body = []
    inside = (blink.time_ms >= 2.0) & (blink.time_ms <= until)
    for row, (name, values, marks) in enumerate(sides):
        bottom = row * 130 + 120
        body.append(svg.text(4, bottom - 30, name, size=13))
        if values is None:
            body.append(svg.text(_LEFT, bottom - 30, "not recorded", size=13))
            continue
        scale = 90 / max(float(values[inside].max()), 1e-9)
        body.append(_line(_LEFT + blink.time_ms[inside] * across, bottom - scale * values[inside], _INK, 1.0))
        for label, at in marks:
            if at is not None:
                x = _LEFT + at * across
                body.append(f'<path d="M{x:.1f} {bottom - 100}V{bottom}" stroke="{_FILL}" stroke-dasharray="4 3"/>')
                body.append(svg.text(x + 4, bottom - 92, f"{label} {at:.1f} ms"))
    body += _time_axis(until, across, 264)
    return svg.picture((0, 0, _WIDTH, 290), "Blink reflex", "rectified averages of both sides", body)


def scan_picture(measured: MeasuredScan) -> str:
    """Return a CMAP scan: each response a dot over its stimulus, steps as arrows between grey lines."""
    scan, found = measured.scan, measured.estimate.description
    x0, y0, width, height = 70.0, 380.0, 880.0, 350.0
    low, high = float(scan.stimulus_ma.min()), float(scan.stimulus_ma.max())
    top = float(scan.amplitude_mv.max()) * 1.05

    def x(at: float) -> float:
        return x0 + width * (at - low) / max(high - low, 1e-9)

    def y(size: float) -> float:
        return y0 - height * size / top

    body = [f'<path d="M{x0} {y0 - height}V{y0}H{x0 + width}" fill="none" stroke="{_INK}"/>']
    for step in found.steps:
        for level in (step.from_mv, step.to_mv):
            body.append(f'<path d="M{x0} {y(level):.1f}H{x0 + width}" stroke="{_GREY}" stroke-dasharray="3 4"/>')
        at = x(step.stimulus_ma)
        body.append(
            f'<path d="M{at:.1f} {y(step.from_mv):.1f}V{y(step.to_mv):.1f}" stroke="{_FILL}" stroke-width="3"/>'
        )
    for stimulus, size in zip(scan.stimulus_ma, scan.amplitude_mv, strict=True):
        body.append(f'<circle cx="{x(float(stimulus)):.1f}" cy="{y(float(size)):.1f}" r="2" fill="{_INK}"/>')
    for name, at in (("S5", found.s5_ma), ("S50", found.s50_ma), ("S95", found.s95_ma)):
        body.append(f'<path d="M{x(at):.1f} {y0}v8" stroke="{_FILL}" stroke-width="2"/>')
        body.append(svg.text(x(at), y0 + 34, name, anchor="middle"))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at, size = low + share * (high - low), share * found.largest_mv
        body.append(svg.text(x(at), y0 + 16, f"{at:.1f}", anchor="middle"))
        body.append(svg.text(x0 - 6, y(size) + 4, f"{size:.1f}", anchor="end"))
    body.append(svg.text(x0 + width / 2, y0 + 54, "stimulus, mA", anchor="middle", size=13))
    body.append(svg.text(x0, 16, "response, mV", size=13))
    words = f"{len(scan.stimulus_ma)} responses, {len(found.steps)} steps"
    return svg.picture((0, 0, _WIDTH, y0 + 64), "CMAP scan", words, body)
