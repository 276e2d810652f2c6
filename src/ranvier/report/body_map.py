"""The body from front and back, with skin areas and muscles marked by what was found.

The figure is built from quads of the right half (``data/body_quads.csv``, corners top-lateral, top-medial,
bottom-medial, bottom-lateral). A skin area is a patch of one quad, a muscle a mark inside one
(``data/body_patches.csv``: ``u`` runs from lateral to medial, ``v`` from top to bottom). The left half is
the mirror image, and in the back view left and right change places.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ranvier.core import Finding, PlaceKind, Side, read_table
from ranvier.report.svg import picture, text

_MIDLINE = {"front": 100.0, "back": 300.0}
_SKIN = frozenset({"sensation_large", "sensation_small", "sensation_any", "sensory_symptom"})
_MUSCLE = frozenset({"strength", "wasting", "fibrillations", "motor_units", "recruitment"})
_RANK = ("normal", "abnormal")
_FILL = {"normal": "url(#dots)", "abnormal": "#0b3c6f"}
_WIDTH, _HEIGHT = 400.0, 420.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Where an area or a muscle is drawn: quad, view and extent, each coordinate in [0, 1]."""

    id: str
    kind: str
    view: str
    quad: str
    u0: float
    u1: float
    v0: float
    v1: float


@cache
def patches() -> tuple[Patch, ...]:
    """Return every patch and mark of the figure."""
    rows = read_table("ranvier.report", "body_patches.csv", ("id", "kind", "view", "quad", "u0", "u1", "v0", "v1"))
    return tuple(
        Patch(
            id=r["id"],
            kind=r["kind"],
            view=r["view"],
            quad=r["quad"],
            u0=float(r["u0"]),
            u1=float(r["u1"]),
            v0=float(r["v0"]),
            v1=float(r["v1"]),
        )
        for r in rows
    )


@cache
def _quads() -> dict[str, tuple[float, ...]]:
    names = tuple(f"{axis}{i}" for i in range(1, 5) for axis in "xy")
    return {r["quad"]: tuple(float(r[n]) for n in names) for r in read_table("ranvier.report", "body_quads.csv", names)}


def body_map(findings: Iterable[Finding]) -> str:
    """Return front and back as SVG text, with the areas and muscles that were examined.

    Skin with a loss or symptom is filled, skin found normal is dotted, skin not examined is blank. A black
    diamond is an abnormal muscle, an open one a muscle found normal.
    """
    found = list(findings)
    skin = _worst(found, _SKIN, PlaceKind.AREA)
    muscle = _worst(found, _MUSCLE, PlaceKind.MUSCLE)
    body = [_PATTERN, *_figure()]
    body += [_area(p, side, skin[p.id, side]) for p, side in _drawn("area") if (p.id, side) in skin]
    body += [_mark(p, side, muscle[p.id, side]) for p, side in _drawn("muscle") if (p.id, side) in muscle]
    body += [text(_MIDLINE[v], _HEIGHT - 4, v, size=11, anchor="middle") for v in _MIDLINE]
    body += [text(6, 14, "right", size=10), text(170, 14, "left", size=10)]
    body += [text(206, 14, "left", size=10), text(368, 14, "right", size=10)]
    return picture(_WIDTH, _HEIGHT, "Body map", _description(skin, muscle), body) + _legend()


def _worst(findings: list[Finding], observables: frozenset[str], kind: PlaceKind) -> dict[tuple[str, Side], str]:
    """Return for each examined target and side the worst that was found there."""
    out: dict[tuple[str, Side], str] = {}
    for finding in findings:
        place = finding.place
        if finding.observable not in observables or place is None or place.kind is not kind or finding.abnormal is None:
            continue
        sides = (Side.LEFT, Side.RIGHT) if place.side is Side.BOTH else (place.side,)
        state = "abnormal" if finding.abnormal else "normal"
        for key in ((i, s) for i in place.ids for s in sides):
            out[key] = max(out.get(key, "normal"), state, key=_RANK.index)
    return out


def _drawn(kind: str) -> Iterable[tuple[Patch, Side]]:
    return ((p, side) for p in patches() if p.kind == kind for side in (Side.LEFT, Side.RIGHT))


def _point(quad: tuple[float, ...], u: float, v: float) -> tuple[float, float]:
    x1, y1, x2, y2, x3, y3, x4, y4 = quad
    top = (x1 + (x2 - x1) * u, y1 + (y2 - y1) * u)
    bottom = (x4 + (x3 - x4) * u, y4 + (y3 - y4) * u)
    return top[0] + (bottom[0] - top[0]) * v, top[1] + (bottom[1] - top[1]) * v


def _placed(x: float, y: float, view: str, side: Side) -> tuple[float, float]:
    """Move a point of the right half to a side and a view; from behind the right side is on the right."""
    offset = x - _MIDLINE["front"]
    flip = (side is Side.LEFT) != (view == "back")
    return _MIDLINE[view] + (-offset if flip else offset), y


def _polygon(patch: Patch, side: Side, extra: str) -> str:
    quad = _quads()[patch.quad]
    corners = ((patch.u0, patch.v0), (patch.u1, patch.v0), (patch.u1, patch.v1), (patch.u0, patch.v1))
    points = " ".join("{:.1f},{:.1f}".format(*_placed(*_point(quad, u, v), patch.view, side)) for u, v in corners)
    return f'<polygon points="{points}" {extra}/>'


def _figure() -> list[str]:
    extra = 'fill="#fff" stroke="#8a8f98" stroke-width="0.8" stroke-linejoin="round"'
    return [
        _polygon(Patch(id=q, kind="", view=view, quad=q, u0=0, u1=1, v0=0, v1=1), side, extra)
        for view in _MIDLINE
        for side in (Side.LEFT, Side.RIGHT)
        for q in _quads()
    ]


def _area(patch: Patch, side: Side, state: str) -> str:
    return _polygon(patch, side, f'fill="{_FILL[state]}" fill-opacity="0.75" stroke="#333" stroke-width="0.4"')


def _mark(patch: Patch, side: Side, state: str) -> str:
    x, y = _point(_quads()[patch.quad], (patch.u0 + patch.u1) / 2, (patch.v0 + patch.v1) / 2)
    x, y = _placed(x, y, patch.view, side)
    fill = "#1a1a1a" if state == "abnormal" else "#fff"
    return f'<path d="M{x:.1f} {y - 3:.1f} l3 3 -3 3 -3 -3 z" fill="{fill}" stroke="#f0a202" stroke-width="0.9"/>'


def _description(skin: dict[tuple[str, Side], str], muscle: dict[tuple[str, Side], str]) -> str:
    def named(found: dict[tuple[str, Side], str]) -> str:
        words = sorted(f"{side.value} {id_.replace('_', ' ')}" for (id_, side), s in found.items() if s == "abnormal")
        return ", ".join(words) if words else "none"

    return f"Abnormal skin: {named(skin)}. Abnormal muscles: {named(muscle)}."


_PATTERN = (
    '<defs><pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect width="4" height="4" fill="#fff"/><circle cx="2" cy="2" r="0.7" fill="#555"/></pattern></defs>'
)


def _legend() -> str:
    return (
        '<p class="legend"><span>filled: skin with loss or symptoms</span><span>dotted: skin found normal</span>'
        "<span>blank: not examined</span><span>black diamond: muscle weak, wasted or denervated</span>"
        "<span>open diamond: muscle found normal</span></p>"
    )
