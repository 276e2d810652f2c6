"""Pictures of a nerve section's numbers: the histogram of fibre diameters, and the g-ratio against the diameter."""

from collections.abc import Sequence

from ranvier.histology.measuring import FibreMeasures, SectionSummary
from ranvier.report.svg import picture, rect, text

_WIDTH, _HEIGHT = 520.0, 260.0
_LEFT, _BOTTOM, _TOP, _RIGHT = 46.0, 40.0, 18.0, 12.0
_LABEL = 120.0
_MOST_POINTS = 3000


def histogram_picture(summary: SectionSummary) -> str:
    """Return the histogram of fibre diameters as SVG, with the border between small and large if it is in it."""
    bins = summary.histogram
    if not bins:
        return ""
    most = max(b.n for b in bins)
    body = _axes(f"{most}", "fibres", bins[-1].high_um)
    for b in bins:
        left, right = _x(b.low_um, bins[-1].high_um), _x(b.high_um, bins[-1].high_um)
        top = _y(b.n / most)
        label = f"<title>{b.low_um:g} to {b.high_um:g} um: {b.n}</title>"
        body.append(f"<g>{label}{rect(left + 1, top, right - left - 2, _y(0) - top, fill='#0b3c6f')}</g>")
    if summary.large_from_um < bins[-1].high_um:
        border = _x(summary.large_from_um, bins[-1].high_um)
        body.append(f'<line x1="{border:.1f}" y1="{_TOP}" x2="{border:.1f}" y2="{_y(0):.1f}" stroke="#555"/>')
        room = border + _LABEL < _WIDTH
        words = f"large: over {summary.large_from_um:g} µm"
        body.append(text(border + (4 if room else -4), _TOP + 10, words, anchor="start" if room else "end"))
    said = f"{summary.n_measured} fibres, {summary.n_small} small and {summary.n_large} large"
    return picture((0, 0, _WIDTH, _HEIGHT), "Fibre diameters", said, body)


def g_ratio_picture(summary: SectionSummary, fibres: Sequence[FibreMeasures]) -> str:
    """Return the g-ratio of each measured fibre against its diameter as SVG, with the fitted line; empty without one.

    Of very many fibres every so many-th is drawn.
    """
    line = summary.g_ratio_line
    shown = [f for f in fibres if not f.touches_border and f.g_ratio < 1]
    if line is None or not shown:
        return ""
    shown = shown[:: max(1, -(-len(shown) // _MOST_POINTS))]
    widest = max(f.fibre_diameter_um for f in shown)
    body = _axes("1", "g-ratio", widest)
    body += [
        f'<circle cx="{_x(f.fibre_diameter_um, widest):.1f}" cy="{_y(f.g_ratio):.1f}" r="2" fill="#0b3c6f" '
        'fill-opacity="0.45"/>'
        for f in shown
    ]
    ends = [(d, min(max(line.intercept + line.slope_per_um * d, 0.0), 1.0)) for d in (0.0, widest)]
    (x0, g0), (x1, g1) = ends
    body.append(
        f'<line x1="{_x(x0, widest):.1f}" y1="{_y(g0):.1f}" x2="{_x(x1, widest):.1f}" y2="{_y(g1):.1f}" '
        'stroke="#8f1d1d" stroke-width="2"/>'
    )
    said = f"g = {line.intercept:.3f} {line.slope_per_um:+.4f} per um over {line.n} fibres"
    return picture((0, 0, _WIDTH, _HEIGHT), "g-ratio against fibre diameter", said, body)


def _axes(highest: str, what: str, widest_um: float) -> list[str]:
    step = 2 if widest_um <= 24 else 5
    marks = [
        text(_x(um, widest_um), _HEIGHT - _BOTTOM + 16, f"{um}", anchor="middle")
        for um in range(0, int(widest_um) + 1, step)
    ]
    return [
        f'<line x1="{_LEFT}" y1="{_y(0):.1f}" x2="{_WIDTH - _RIGHT}" y2="{_y(0):.1f}" stroke="currentColor"/>',
        *marks,
        text(_LEFT - 6, _y(0) + 4, "0", anchor="end"),
        text(_LEFT - 6, _y(1) + 4, highest, anchor="end"),
        text(_LEFT + 2, _TOP - 6, what),
        text(_WIDTH - _RIGHT, _HEIGHT - 6, "fibre diameter, µm", anchor="end"),
    ]


def _x(um: float, widest_um: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * um / max(widest_um, 1e-6)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * share
