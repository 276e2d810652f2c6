"""The nerve graph as a picture: every named part with the probability that it is lesioned, right and left."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import Side, read_table
from ranvier.inference import NerveLesion
from ranvier.report.svg import ink, picture, rect, shade, text

_WIDTH, _MARGIN, _TOP, _GAP = 960.0, 2.0, 16.0, 44.0
_BOX_W, _BOX_H, _CELL_W, _ROW_H = 144.0, 21.0, 20.0, 26.0
_COLUMN_W = (_WIDTH - 2 * _MARGIN - _BOX_W) / 5
_NAMED = 0.05
_MOST_NAMED = 12
_SIDES = (Side.RIGHT, Side.LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """Place of a part: top left corner of its box, and the parts that it comes from."""

    x: float
    y: float
    above: tuple[str, ...]


@cache
def _layout() -> dict[str, _Slot]:
    rows = read_table("ranvier.report", "nerve_map.csv", ("part", "block", "column", "row", "above"))
    tops = _block_tops()
    return {
        r["part"]: _Slot(
            x=_column_x(r["column"]),
            y=tops[r["block"]] + float(r["row"]) * _ROW_H,
            above=tuple(a for a in r["above"].split(";") if a),
        )
        for r in rows
    }


def _column_x(column: str) -> float:
    return _MARGIN + float(column) * _COLUMN_W


@cache
def _block_tops() -> dict[str, float]:
    """Return the y of the first row of each block; the blocks stand one below the other."""
    rows = read_table("ranvier.report", "nerve_map.csv", ("block", "row"))
    tops: dict[str, float] = {}
    y = _TOP + 10
    for block in dict.fromkeys(r["block"] for r in rows):
        tops[block] = y
        y += max(float(r["row"]) for r in rows if r["block"] == block) * _ROW_H + _BOX_H + _GAP
    return tops


def nerve_map(lesions: tuple[NerveLesion, ...]) -> str:
    """Return the picture as SVG text; each box has a cell for the right side and one for the left.

    Parameters
    ----------
    lesions : tuple of NerveLesion
        From the assessment; parts without a place in the layout are left out.
    """
    layout = _layout()
    found = {(n.part, n.side): n for n in lesions if n.part in layout}
    parts = [p for p in layout if any((p, side) in found for side in _SIDES)]
    height = max(slot.y for slot in layout.values()) + _BOX_H + 4
    body = [_line(layout[above], layout[part]) for part in parts for above in layout[part].above if above in parts]
    body += [part_svg for part in parts for part_svg in _box(part, layout[part], found)]
    return picture(
        (0, 0, _WIDTH, height), "Chance of a lesion on the nerves", _in_words(lesions), [*_headings(), *body]
    )


def _in_words(lesions: tuple[NerveLesion, ...]) -> str:
    likely = sorted((n for n in lesions if n.probability >= _NAMED), key=lambda n: -n.probability)
    named = [f"{n.label} {n.side.value} {100 * n.probability:.0f} %" for n in likely[:_MOST_NAMED]]
    return ", ".join(named) or f"No part above {100 * _NAMED:.0f} %"


def _headings() -> list[str]:
    rows = read_table("ranvier.report", "nerve_map_headings.csv", ("block", "column", "heading"))
    out = []
    for row in rows:
        x, y = _column_x(row["column"]), _block_tops()[row["block"]] - 12
        out.append(text(x, y, row["heading"], size=11, extra='font-weight="600"'))
        for i, side in enumerate(_SIDES):
            middle = x + _BOX_W - _CELL_W * (1.5 - i)
            out.append(text(middle, y, side.value[0].upper(), size=10, anchor="middle", extra='fill="#444"'))
    return out


def _line(start: _Slot, end: _Slot) -> str:
    x1, y1 = start.x + _BOX_W, start.y + _BOX_H / 2
    x2, y2 = end.x, end.y + _BOX_H / 2
    bow = min(0.5 * (x2 - x1), 40.0)
    return (
        f'<path d="M{x1:.0f} {y1:.1f}C{x1 + bow:.0f} {y1:.1f} {x2 - bow:.0f} {y2:.1f} {x2:.0f} {y2:.1f}" '
        'fill="none" stroke="#a3a9b4" stroke-width="1"/>'
    )


def _box(part: str, slot: _Slot, found: Mapping[tuple[str, Side], NerveLesion]) -> list[str]:
    here = [found.get((part, side)) for side in _SIDES]
    label = next(n.label for n in here if n is not None)
    strongest = max(n.probability for n in here if n is not None)
    weight = 'font-weight="600"' if strongest >= _NAMED else ""
    out = [
        rect(slot.x, slot.y, _BOX_W, _BOX_H, fill="#fff", extra='stroke="#666" stroke-width="0.8"'),
        text(slot.x + 5, slot.y + 14, label, size=10, extra=weight),
    ]
    for i, lesion in enumerate(here):
        x = slot.x + _BOX_W - _CELL_W * (2 - i)
        share = 0.0 if lesion is None else lesion.probability
        out.append(
            f'<rect x="{x:.1f}" y="{slot.y:.1f}" width="{_CELL_W:g}" height="{_BOX_H:g}" fill="{shade(share)}" '
            'stroke="#666" stroke-width="0.8"/>'
        )
        if share >= _NAMED:
            words = f"{100 * share:.0f}"
            out.append(
                text(x + _CELL_W / 2, slot.y + 14, words, size=10, anchor="middle", extra=f'fill="{ink(share)}"')
            )
    return out
