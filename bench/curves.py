"""Line charts as SVG for the benches: shares over one setting each, with 95 % intervals. Nothing is measured here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import sqrt
from pathlib import Path

COLOURS = ("#1f5fa8", "#c2410c", "#2e7d32", "#7b1fa2", "#8a6d00", "#00838f", "#555555")
WIDE, HIGH, LEFT, TOP, FOOT = 380, 250, 46, 34, 44


@dataclass(frozen=True)
class Count:
    """So many of so many at one value of the setting."""

    at: float
    hits: int
    of: int


@dataclass(frozen=True)
class Chart:
    """One panel: a title, the name of its axis and a line for each name."""

    title: str
    axis: str
    lines: Mapping[str, Sequence[Count]]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share."""
    if of == 0:
        return 0.0, 1.0
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def draw_charts(charts: Sequence[Chart], path: Path, note: str) -> None:
    """Write the panels side by side, two in a row, with a legend in each and a note below."""
    rows = -(-len(charts) // 2)
    width, height = 2 * (WIDE + LEFT + 120), rows * (HIGH + TOP + FOOT) + 30
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"',
        ' font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for n, chart in enumerate(charts):
        x, y = (n % 2) * (WIDE + LEFT + 120) + LEFT, (n // 2) * (HIGH + TOP + FOOT) + TOP
        out += [f'<g transform="translate({x} {y})">', *_panel(chart), "</g>"]
    out += [f'<text x="10" y="{height - 10}" fill="#444">{escape(note)}</text>', "</svg>"]
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


def _panel(chart: Chart) -> list[str]:
    at = sorted({c.at for line in chart.lines.values() for c in line})
    place = {a: WIDE * (n + 0.5) / len(at) for n, a in enumerate(at)}
    out = [f'<text x="0" y="-14" font-size="13" font-weight="bold">{escape(chart.title)}</text>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = HIGH * (1 - share)
        out.append(
            f'<path d="M0 {y}H{WIDE}" stroke="#ddd"/><text x="-6" y="{y + 4}" text-anchor="end">{share:.0%}</text>'
        )
    out += [f'<text x="{place[a]:.1f}" y="{HIGH + 15}" text-anchor="middle">{a:g}</text>' for a in at]
    out.append(f'<text x="{WIDE / 2}" y="{HIGH + 32}" text-anchor="middle">{escape(chart.axis)}</text>')
    for n, (name, line) in enumerate(chart.lines.items()):
        colour, shift = COLOURS[n % len(COLOURS)], 3 * (n - (len(chart.lines) - 1) / 2)
        points = [(place[c.at] + shift, HIGH * (1 - c.hits / c.of), wilson(c.hits, c.of)) for c in line if c.of]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y, (low, high) in points:
            out.append(
                f'<path d="M{x:.1f} {HIGH * (1 - low):.1f}V{HIGH * (1 - high):.1f}" stroke="{colour}" opacity="0.4"/>'
            )
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        out.append(f'<text x="{WIDE + 10}" y="{12 + 15 * n}" fill="{colour}">{escape(name)}</text>')
    return out
