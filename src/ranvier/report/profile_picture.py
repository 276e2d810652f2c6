"""The size of a nerve along its course: area at each position, its own median, the limit, and what is unsure."""

from ranvier.imaging.nerves import MeasuredNerve, NerveMeasurement
from ranvier.report.svg import picture, text

_WIDTH, _HEIGHT = 640.0, 220.0
_LEFT, _BOTTOM, _TOP = 46.0, 34.0, 14.0
_ROOM = 1.15


def profile_picture(nerve: MeasuredNerve) -> str:
    """Return the profile as SVG; sure sections are filled points, unsure ones are hollow."""
    rows = nerve.report.measurements
    limit = nerve.verdict.limit.upper if nerve.verdict.limit else None
    highest = max([m.area_mm2 + m.area_sd_mm2 for m in rows] + ([limit] if limit else []) + [1.0]) * _ROOM
    length = max(rows[-1].position_mm, 1e-6) if rows else 1.0

    def x(m: NerveMeasurement) -> float:
        return _LEFT + (_WIDTH - _LEFT - 12) * m.position_mm / length

    def y(area: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * area / highest

    masses = []
    for mass in nerve.masses:
        at = [m for m in rows if mass.first_slice <= m.slice <= mass.last_slice]
        masses.append(
            f'<rect x="{x(at[0]) - 4:.1f}" y="{_TOP}" width="{x(at[-1]) - x(at[0]) + 8:.1f}" '
            f'height="{y(0) - _TOP:.1f}" fill="#4cc9ff" opacity="0.25"/>'
        )
        masses.append(text(x(at[0]) - 2, _TOP + 12, "mass"))
    body = [
        *masses,
        f'<line x1="{_LEFT}" y1="{y(0):.1f}" x2="{_WIDTH}" y2="{y(0):.1f}" stroke="currentColor"/>',
        text(_LEFT - 6, y(0) + 4, "0", anchor="end"),
        text(_LEFT - 6, y(highest / _ROOM) + 4, f"{highest / _ROOM:.0f}", anchor="end"),
        text(_LEFT, _TOP - 2, "area, mm²"),
        text(_WIDTH, _HEIGHT - 4, f"along the nerve, {length:.0f} mm", anchor="end"),
    ]
    for value, words in ((nerve.verdict.area_mm2, "own median"), (limit, "upper limit")):
        if value is not None:
            body.append(
                f'<line x1="{_LEFT}" y1="{y(value):.1f}" x2="{_WIDTH}" y2="{y(value):.1f}" stroke="currentColor" '
                f'stroke-dasharray="{"2 4" if words == "own median" else "8 4"}"/>'
            )
            body.append(text(_WIDTH, y(value) - 4, f"{words} {value:.1f}", anchor="end"))
    for m in rows:
        fill = "currentColor" if not m.note else "none"
        low, high = y(max(m.area_mm2 - m.area_sd_mm2, 0)), y(m.area_mm2 + m.area_sd_mm2)
        body.append(f'<line x1="{x(m):.1f}" y1="{low:.1f}" x2="{x(m):.1f}" y2="{high:.1f}" stroke="currentColor"/>')
        body.append(f'<circle cx="{x(m):.1f}" cy="{y(m.area_mm2):.1f}" r="4" fill="{fill}" stroke="currentColor"/>')
        body.append(text(x(m), _HEIGHT - _BOTTOM + 16, str(m.slice), size=9, anchor="middle"))
    unsure = sum(1 for m in rows if m.note)
    described = f"{len(rows)} sections, {unsure} of them unsure; {nerve.verdict.text}"
    return picture((0, 0, _WIDTH, _HEIGHT), "Area along the nerve", described, body)
