"""Small helpers to write SVG by hand: escaped text, rounded numbers, smooth curves, a grey scale that prints."""

from collections.abc import Sequence
from html import escape

Point = tuple[float, float]
_TENSION = 6.0


def text(x: float, y: float, words: str, *, size: float = 11, anchor: str = "start", extra: str = "") -> str:
    """Return a text element."""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" {extra}>{escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, *, fill: str, extra: str = "") -> str:
    """Return a rectangle with rounded corners."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" fill="{fill}" {extra}/>'


def curve(points: Sequence[Point], *, closed: bool = False) -> str:
    """Return path data of a smooth line through points (a Catmull-Rom spline as Bezier pieces).

    >>> curve([(0, 0), (3, 0)])
    'M0.0 0.0C0.5 0.0 2.5 0.0 3.0 0.0'
    """
    x, y = points[0]
    if not closed:
        return f"M{x:.1f} {y:.1f}{bend(points)}"
    return f"M{x:.1f} {y:.1f}{_pieces([points[-1], *points, points[0], points[1]])}Z"


def bend(points: Sequence[Point]) -> str:
    """Return the path data that goes on from the first of `points` smoothly through the others."""
    return _pieces([points[0], *points, points[-1]])


def _pieces(points: Sequence[Point]) -> str:
    out = []
    for before, a, b, after in zip(points, points[1:], points[2:], points[3:], strict=False):
        x1, y1 = a[0] + (b[0] - before[0]) / _TENSION, a[1] + (b[1] - before[1]) / _TENSION
        x2, y2 = b[0] - (after[0] - a[0]) / _TENSION, b[1] - (after[1] - a[1]) / _TENSION
        out.append(f"C{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f} {b[0]:.1f} {b[1]:.1f}")
    return "".join(out)


def picture(view_box: tuple[float, float, float, float], title: str, description: str, body: list[str]) -> str:
    """Return a whole picture with a title and description for screen readers.

    Parameters
    ----------
    view_box : tuple of float
        Left, top, width and height of what is shown.
    title, description : str
        Plain text; both are escaped.
    body : list of str
        SVG elements.
    """
    box = " ".join(f"{v:g}" for v in view_box)
    label = escape(f"{title}. {description}", quote=True)
    return (
        f'<svg viewBox="{box}" role="img" aria-label="{label}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>{''.join(body)}</svg>"
    )


def shade(share: float) -> str:
    """Return a colour from white to dark blue that keeps its order in black and white.

    >>> shade(0.0), shade(1.0)
    ('#ffffff', '#0b3c6f')
    """
    share = min(max(share, 0.0), 1.0)
    ends = ((255, 11), (255, 60), (255, 111))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in ends)


def ink(share: float) -> str:
    """Return the text colour that can be read on `shade` of the same share."""
    return "#ffffff" if share > 0.5 else "#1a1a1a"
