"""Small helpers to write SVG by hand: escaped text, rounded numbers, a grey scale that prints."""

from html import escape


def text(x: float, y: float, words: str, *, size: float = 11, anchor: str = "start", extra: str = "") -> str:
    """Return a text element."""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" {extra}>{escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, *, fill: str, extra: str = "") -> str:
    """Return a rectangle with rounded corners."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" fill="{fill}" {extra}/>'


def picture(width: float, height: float, title: str, description: str, body: list[str]) -> str:
    """Return a whole picture with a title and description for screen readers."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(body)}</svg>"
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
