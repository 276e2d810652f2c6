"""The nerve graph as a picture: every named part shaded by the probability that it is lesioned."""

from functools import cache

from ranvier.core import Side, read_table
from ranvier.inference import NerveLesion
from ranvier.report.svg import ink, picture, rect, shade, text

_BOX_W, _BOX_H = 96.0, 18.0
_WIDTH, _HEIGHT, _TOP = 770.0, 430.0, 24.0
_LABELLED = 0.05


@cache
def _layout() -> dict[str, tuple[float, float, tuple[str, ...]]]:
    rows = read_table("ranvier.report", "nerve_map.csv", ("part", "x", "y", "above"))
    return {r["part"]: (float(r["x"]), float(r["y"]), tuple(a for a in r["above"].split(";") if a)) for r in rows}


def nerve_map(lesions: tuple[NerveLesion, ...], side: Side) -> str:
    """Return the picture of one side as SVG text.

    Parameters
    ----------
    lesions : tuple of NerveLesion
        From the assessment; parts without a place in the layout are left out.
    side : Side
        Left or right.
    """
    layout = _layout()
    here = {n.part: n for n in lesions if n.side is side and n.part in layout}
    body = [text(4, 16, f"{side.value.capitalize()} side", size=14, extra='font-weight="bold"')]
    body += [_line(layout[above], layout[part]) for part in here for above in layout[part][2] if above in layout]
    body += [_box(here[part], *layout[part][:2]) for part in here]
    top = sorted((n for n in here.values() if n.probability >= _LABELLED), key=lambda n: -n.probability)
    named = ", ".join(f"{n.label} {100 * n.probability:.0f} %" for n in top[:12]) or "no part above 5 %"
    return picture(_WIDTH, _HEIGHT + _TOP, f"Lesion probability, {side.value} side", named, body)


def _line(start: tuple[float, float, tuple[str, ...]], end: tuple[float, float, tuple[str, ...]]) -> str:
    x1, y1 = start[0] + _BOX_W, start[1] + _TOP + _BOX_H / 2
    x2, y2 = end[0], end[1] + _TOP + _BOX_H / 2
    return (
        f'<path d="M{x1:.0f} {y1:.0f} C{x1 + 18:.0f} {y1:.0f} {x2 - 18:.0f} {y2:.0f} {x2:.0f} {y2:.0f}" class="link"/>'
    )


def _box(lesion: NerveLesion, x: float, y: float) -> str:
    p = lesion.probability
    box = rect(x, y + _TOP, _BOX_W, _BOX_H, fill=shade(p), extra='stroke="#555" stroke-width="0.7"')
    words = f"{lesion.label} {100 * p:.0f}" if p >= _LABELLED else lesion.label
    return box + text(x + _BOX_W / 2, y + _TOP + 12.5, words, size=9, anchor="middle", extra=f'fill="{ink(p)}"')
