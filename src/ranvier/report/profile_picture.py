"""Size, signal and T2 of a nerve along its course: each position, its own median, the limit, and what is unsure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10

import numpy as np

from ranvier.imaging.nerves import MeasuredNerve, NerveMeasurement, sure_rows
from ranvier.report.svg import picture, text

_WIDTH, _LEFT, _RIGHT = 760.0, 46.0, 96.0
_HIGH = {"area, mm²": 190.0}
_OTHER_HIGH, _TOP, _GAP, _FOOT = 110.0, 20.0, 26.0, 34.0
_ROOM = 1.12
_LABELS = 18
_NARROWEST_MM = 4.0
_LINE = 1.3
_LANE, _LETTER = 12.0, 5.5
_WORDS = {
    "focal_swelling": "swollen",
    "focal_narrowing": "narrow",
    "hourglass": "hourglass",
    "entrapment_pattern": "swollen beside narrow",
    "nerve_displaced": "displaced",
    "bright_stretch": "bright",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    """One measure along the nerve; `spread` is that of each value, `limit` a published one."""

    name: str
    values: tuple[float | None, ...]
    spread: tuple[float, ...]
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """A stretch on the picture, with the lane of its words."""

    left: float
    right: float
    words: str
    colour: str
    lane: int


def profile_picture(nerve: MeasuredNerve, ends: tuple[str, str] = ("", "")) -> str:
    """Return the profile as SVG; sure sections are filled points, unsure ones are hollow.

    Parameters
    ----------
    nerve : MeasuredNerve
    ends : tuple of str
        Side of the patient at the first and at the last section, such as I and S.
    """
    rows = nerve.report.measurements
    if not rows:
        return picture((0, 0, _WIDTH, 20), "Along the nerve", "no section", [])
    length = max(rows[-1].position_mm, 1e-6)

    def x(m: NerveMeasurement) -> float:
        return _LEFT + 8 + (_WIDTH - _LEFT - _RIGHT - 16) * m.position_mm / length

    sure = [bool(s) for s in sure_rows(nerve.report)]
    body: list[str] = []
    spans = _spans(nerve, x)
    begin = _TOP + _LANE * (1 + max((s.lane for s in spans), default=-1))
    top = begin
    panels = _panels(nerve)
    for panel in panels:
        high = _HIGH.get(panel.name, _OTHER_HIGH)
        body.extend(_drawn(panel, rows, sure, x, (top, high)))
        top += high + _GAP
    bottom = top - _GAP
    body = [*_bands(spans, begin, bottom), *body, *_feet(rows, x, bottom, ends)]
    unsure = len(sure) - sum(sure)
    described = f"{len(rows)} sections, {unsure} of them unsure; {nerve.verdict.text}"
    title = " and ".join(p.name.split(",")[0] for p in panels).capitalize() + " along the nerve"
    return picture((0, 0, _WIDTH, bottom + _FOOT), title, described, body)


def _panels(nerve: MeasuredNerve) -> list[_Panel]:
    rows = nerve.report.measurements
    none = (0.0,) * len(rows)
    limit = nerve.verdict.limit.upper if nerve.verdict.limit else None
    area = _Panel(
        name="area, mm²",
        values=tuple(m.area_mm2 for m in rows),
        spread=tuple(m.area_sd_mm2 for m in rows),
        limit=limit,
    )
    signal = _Panel(name="signal, times surroundings", values=tuple(m.signal_ratio for m in rows), spread=none)
    t2 = tuple(m.t2_epg_ms if m.t2_epg_ms is not None else m.t2_ms for m in rows)
    further = [
        p for p in (signal, _Panel(name="T2, ms", values=t2, spread=none)) if any(v is not None for v in p.values)
    ]
    return [area, *further]


def _drawn(
    panel: _Panel,
    rows: Sequence[NerveMeasurement],
    sure: Sequence[bool],
    x: Callable[[NerveMeasurement], float],
    place: tuple[float, float],
) -> list[str]:
    """Return one panel between `top` and `top + high`."""
    top, high = place
    known = [(m, v, s, ok) for m, v, s, ok in zip(rows, panel.values, panel.spread, sure, strict=True) if v is not None]
    median = _median([v for _, v, _, ok in known if ok])
    highest = max([v + s for _, v, s, _ in known] + ([panel.limit] if panel.limit else []) + [1e-6]) * _ROOM

    def y(value: float) -> float:
        return top + high * (1 - value / highest)

    out = [text(_LEFT - 40, top - 6, panel.name)]
    for tick in _ticks(highest):
        out.append(
            f'<line x1="{_LEFT}" y1="{y(tick):.1f}" x2="{_WIDTH - _RIGHT}" y2="{y(tick):.1f}" stroke="#d3d7dd"/>'
        )
        out.append(text(_LEFT - 6, y(tick) + 4, f"{tick:g}", anchor="end", size=10))
    lines = [(v, w) for v, w in ((median, "own median"), (panel.limit, "upper limit")) if v is not None]
    for value, words in lines:
        dash = "2 4" if words == "own median" else "8 4"
        out.append(
            f'<line x1="{_LEFT}" y1="{y(value):.1f}" x2="{_WIDTH - _RIGHT}" y2="{y(value):.1f}" stroke="currentColor" '
            f'stroke-width="{_LINE}" stroke-dasharray="{dash}"/>'
        )
        out.append(text(_WIDTH - _RIGHT + 4, y(value) + 4, f"{words} {_rounded(value)}", size=10))
    for m, value, spread, ok in known:
        low, above = y(max(value - spread, 0)), y(value + spread)
        if spread:
            out.append(f'<line x1="{x(m):.1f}" y1="{low:.1f}" x2="{x(m):.1f}" y2="{above:.1f}" stroke="currentColor"/>')
        fill = "currentColor" if ok else "#fff"
        radius = 3.5 if len(rows) <= 2 * _LABELS else 2.5
        out.append(
            f'<circle cx="{x(m):.1f}" cy="{y(value):.1f}" r="{radius}" fill="{fill}" stroke="currentColor">'
            f"<title>slice {m.slice}: {_rounded(value)}</title></circle>"
        )
    return out


def _spans(nerve: MeasuredNerve, x: Callable[[NerveMeasurement], float]) -> list[_Span]:
    """Return the stretches that changed, and masses, each with a lane in which its words have room."""
    rows = nerve.report.measurements
    told = [(m.first_slice, m.last_slice, "mass", "#4cc9ff") for m in nerve.masses]
    told += [(c.first_slice, c.last_slice, _WORDS[c.kind], "#f0a202") for c in nerve.changes]
    out: list[_Span] = []
    ends: list[float] = []
    for first, last, words, colour in told:
        at = [m for m in rows if first <= m.slice <= last]
        if not at:
            continue
        left, right = x(at[0]) - _NARROWEST_MM, x(at[-1]) + _NARROWEST_MM
        lane = next((n for n, end in enumerate(ends) if end < left), len(ends))
        ends[lane : lane + 1] = [max(right, left + _LETTER * len(words))]
        out.append(_Span(left=left, right=right, words=words, colour=colour, lane=lane))
    return out


def _bands(spans: Sequence[_Span], top: float, bottom: float) -> list[str]:
    """Return the stretches as bands behind all panels, their words above."""
    out = []
    for s in spans:
        out.append(
            f'<rect x="{s.left:.1f}" y="{top:.1f}" width="{s.right - s.left:.1f}" height="{bottom - top:.1f}" '
            f'fill="{s.colour}" opacity="0.22"/>'
        )
        out.append(text(s.left, _LANE * (s.lane + 1) - 3, s.words, size=10))
    return out


def _feet(
    rows: Sequence[NerveMeasurement], x: Callable[[NerveMeasurement], float], bottom: float, ends: tuple[str, str]
) -> list[str]:
    """Return the axis below: slice numbers, length and which end of the nerve is which."""
    out = [f'<line x1="{_LEFT}" y1="{bottom:.1f}" x2="{_WIDTH - _RIGHT}" y2="{bottom:.1f}" stroke="currentColor"/>']
    step = -(-len(rows) // _LABELS)
    out += [text(x(m), bottom + 14, str(m.slice), size=10, anchor="middle") for m in rows[::step]]
    said = f"slice, {rows[-1].position_mm:.0f} mm along the nerve"
    out.append(text((_LEFT + _WIDTH - _RIGHT) / 2, bottom + 29, said, size=10, anchor="middle"))
    out.append(text(_LEFT, bottom + 29, ends[0], size=11))
    out.append(text(_WIDTH - _RIGHT, bottom + 29, ends[1], size=11, anchor="end"))
    return out


def _ticks(highest: float) -> list[float]:
    """Return round numbers from 0 up.

    >>> _ticks(49.0)
    [0.0, 20.0, 40.0]
    """
    rough = highest / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    return [round(n * step, 10) for n in range(int(highest / step) + 1)]


def _median(values: Sequence[float]) -> float | None:
    known = [v for v in values if isfinite(v)]
    return float(np.median(known)) if known else None


def _rounded(value: float) -> str:
    return f"{value:.1f}" if value >= 5 else f"{value:.2f}"
