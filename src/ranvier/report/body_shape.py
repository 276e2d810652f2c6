"""The drawn body: its outline, skin patches, muscles and reflexes as SVG path data, from tables of points.

The tables describe the right half. ``x`` runs from the midline outwards and ``y`` down from above the crown,
so that the figure is 247 units from crown to crotch; it stands in the anatomical position with the feet
pointing down, the back of the foot in front and the sole behind. The left half is the mirror image, and in
the back view left and right change places. The figure is a drawing: no distance is measured on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from math import cos, radians, sin
from typing import Literal

from ranvier.core import Side, read_table
from ranvier.report.svg import Point, bend, curve

View = Literal["front", "back"]
VIEWS: tuple[View, ...] = ("front", "back")
SIDES = (Side.RIGHT, Side.LEFT)
_HALF_SPINDLE = ((-1.0, 0.0), (-0.6, 0.75), (0.0, 1.0), (0.6, 0.75))
_SPINDLE = (*_HALF_SPINDLE, *((-a, -w) for a, w in _HALF_SPINDLE))
"""Points around a spindle, along and across it, in shares of half its length and width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Piece of a skin area: an extent of one body part, in the part's own coordinates.

    `u0` to `u1` runs from lateral to medial and `v0` to `v1` from top to bottom, each in [0, 1].
    """

    area: str
    view: str
    part: str
    u0: float
    u1: float
    v0: float
    v1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Belly:
    """A muscle on the right half of a view: a spindle about its middle.

    `lean_deg` turns its lower end outwards, away from the vertical.
    """

    id: str
    view: str
    x: float
    y: float
    length: float
    width: float
    lean_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a reflex is marked on the right half of a view."""

    id: str
    view: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Station:
    """A cross-section of a body part, `v` of the way down it."""

    v: float
    lateral: Point
    medial: Point


@cache
def patches() -> tuple[Patch, ...]:
    """Return every skin patch of the figure."""
    rows = read_table("ranvier.report", "body_patches.csv", ("area", "view", "part", "u0", "u1", "v0", "v1"))
    return tuple(
        Patch(
            area=r["area"],
            view=r["view"],
            part=r["part"],
            u0=float(r["u0"]),
            u1=float(r["u1"]),
            v0=float(r["v0"]),
            v1=float(r["v1"]),
        )
        for r in rows
    )


@cache
def bellies() -> tuple[Belly, ...]:
    """Return every muscle of the figure, the larger ones first so that none hides a smaller one."""
    numbers = ("x", "y", "length", "width", "lean_deg")
    rows = read_table("ranvier.report", "body_muscles.csv", ("id", "view", *numbers))
    drawn = [Belly(id=r["id"], view=r["view"], **{n: float(r[n]) for n in numbers}) for r in rows]
    return tuple(sorted(drawn, key=lambda b: -b.length * b.width))


@cache
def marks() -> tuple[Mark, ...]:
    """Return the place of every reflex."""
    rows = read_table("ranvier.report", "body_reflexes.csv", ("id", "view", "x", "y"))
    return tuple(Mark(id=r["id"], view=r["view"], x=float(r["x"]), y=float(r["y"])) for r in rows)


@cache
def parts() -> tuple[str, ...]:
    """Return the names of the body parts that patches lie on."""
    return tuple(_stations())


def placed(point: Point, view: str, side: Side) -> Point:
    """Move a point of the right half to its side in a view; from behind the right side is on the right."""
    x, y = point
    return (x, y) if (side is Side.LEFT) != (view == "back") else (-x, y)


@cache
def outline() -> str:
    """Return the closed outline of the whole body, the same in both views."""
    half = next(points for _, view, points in _lines() if not view)
    mirrored = [(-x, y) for x, y in reversed(half[1:-1])]
    return curve([*half, *mirrored], closed=True)


@cache
def inner_lines(view: View) -> str:
    """Return the fine lines inside the outline: features that help to see where one is."""
    drawn = [(points, side) for _, v, points in _lines() if v == view for side in SIDES]
    return " ".join(curve([placed(p, view, side) for p in points]) for points, side in drawn)


@cache
def patch_path(patch: Patch, side: Side) -> str:
    """Return the closed path of a patch: straight across the part, curved along it."""
    stations = _stations()[patch.part]
    steps = [patch.v0, *(s.v for s in stations if patch.v0 < s.v < patch.v1), patch.v1]
    outer = [placed(_inside(stations, patch.u0, v), patch.view, side) for v in steps]
    inner = [placed(_inside(stations, patch.u1, v), patch.view, side) for v in reversed(steps)]
    x, y = inner[0]
    return f"{curve(outer)} L{x:.1f} {y:.1f}{bend(inner)}Z"


@cache
def belly_path(belly: Belly, side: Side) -> str:
    """Return the closed path of a muscle: narrow at its ends."""
    lean = radians(belly.lean_deg)
    along, across = (sin(lean), cos(lean)), (cos(lean), -sin(lean))
    turned = [
        (
            belly.x + a * belly.length / 2 * along[0] + w * belly.width / 2 * across[0],
            belly.y + a * belly.length / 2 * along[1] + w * belly.width / 2 * across[1],
        )
        for a, w in _SPINDLE
    ]
    return curve([placed(point, belly.view, side) for point in turned], closed=True)


def _inside(stations: Sequence[_Station], u: float, v: float) -> Point:
    above, below = next((a, b) for a, b in pairwise(stations) if v <= b.v)
    share = (v - above.v) / (below.v - above.v)
    lateral, medial = _between(above.lateral, below.lateral, share), _between(above.medial, below.medial, share)
    return _between(lateral, medial, u)


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


@cache
def _stations() -> dict[str, tuple[_Station, ...]]:
    names = ("lateral_x", "lateral_y", "medial_x", "medial_y")
    rows = read_table("ranvier.report", "body_parts.csv", ("part", *names))
    grouped = groupby(rows, key=lambda r: r["part"])
    return {part: _measured([tuple(float(r[n]) for n in names) for r in own]) for part, own in grouped}


def _measured(sections: list[tuple[float, ...]]) -> tuple[_Station, ...]:
    """Give each cross-section its share of the length of the part, along the middle."""
    middles = [((s[0] + s[2]) / 2, (s[1] + s[3]) / 2) for s in sections]
    lengths = [((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 for a, b in pairwise(middles)]
    shares = [sum(lengths[:i]) / sum(lengths) for i in range(len(sections))]
    shares[-1] = 1.0
    return tuple(
        _Station(v=v, lateral=(s[0], s[1]), medial=(s[2], s[3])) for v, s in zip(shares, sections, strict=True)
    )


@cache
def _lines() -> tuple[tuple[str, str, tuple[Point, ...]], ...]:
    rows = read_table("ranvier.report", "body_lines.csv", ("line", "view", "x", "y"))
    grouped = groupby(rows, key=lambda r: (r["line"], r["view"]))
    return tuple((line, view, tuple((float(r["x"]), float(r["y"])) for r in own)) for (line, view), own in grouped)
