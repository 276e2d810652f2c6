"""A chance as a hundred dots, for a reader who does not think in percent."""

from ranvier.report.svg import picture

_PER_ROW, _STEP, _RADIUS = 20, 12.0, 4.4


def chance_picture(probability: float) -> str:
    """Return five rows of twenty dots as SVG text, with as many filled as the chance has hundredths."""
    filled = round(100 * min(max(probability, 0.0), 1.0))
    dots = [
        f'<circle cx="{_STEP * (i % _PER_ROW + 0.5):g}" cy="{_STEP * (i // _PER_ROW + 0.5):g}" r="{_RADIUS:g}" '
        + ('fill="#2f6396" stroke="#2f6396"/>' if i < filled else 'fill="#fff" stroke="#8a8f98"/>')
        for i in range(100)
    ]
    box = (0.0, 0.0, _STEP * _PER_ROW, _STEP * 100 / _PER_ROW)
    return picture(box, "Chance as dots", f"{filled} of 100 dots are filled.", dots)
