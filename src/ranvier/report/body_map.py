"""The body from front and back: skin in one picture, muscles and reflexes in another, coloured by what was found.

Hands and feet are shown a second time, enlarged, because most findings of a neuropathy lie there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape

from ranvier.anatomy import load_graph
from ranvier.core import Finding, Side, read_table
from ranvier.report.body_shape import (
    SIDES,
    VIEWS,
    Mark,
    View,
    bellies,
    belly_path,
    inner_lines,
    marks,
    outline,
    patch_path,
    patches,
    placed,
)
from ranvier.report.body_states import BodyStates, Found, State, body_states
from ranvier.report.svg import Point, picture, text

_VIEW_BOX = (-126.0, -24.0, 252.0, 596.0)
_SKIN_FILL = {State.ABNORMAL: "#3a74b3", State.NORMAL: "dots", State.SIDE_NOT_STATED: "hatch"}
_MUSCLE_FILL = {State.ABNORMAL: "#7c2d12", State.NORMAL: "dots", State.SIDE_NOT_STATED: "rust"}
_CIRCLE = "m-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0z"
_LAYERS = (("skin", "Skin"), ("muscle", "Muscles and reflexes"))
_PLUS = "m-1.6 0h3.2m-1.6 -1.6v3.2"
_FINE = 'fill="none" stroke="#8b919b" stroke-opacity="0.65" stroke-width="0.7" stroke-linecap="round"'
_MARK_LOOK = {
    State.ABNORMAL: 'fill="#111" stroke="#fff" stroke-width="0.8"',
    State.RAISED: 'fill="#fff" stroke="#111" stroke-width="0.9"',
    State.NORMAL: 'fill="#fff" stroke="#111" stroke-width="0.9"',
    State.SIDE_NOT_STATED: 'fill="#fff" stroke="#111" stroke-width="0.9" stroke-dasharray="1.3 1"',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lens:
    """A piece of the right half shown enlarged: `x`, `y`, `width`, `height` of the piece, and where it goes."""

    names: tuple[str, str]
    x: float
    y: float
    width: float
    height: float
    scale: float
    to_x: float
    to_y: float

    def holds(self, mark: Mark) -> bool:
        """Return whether a mark lies within the piece."""
        return self.x < mark.x < self.x + self.width and self.y < mark.y < self.y + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """One line of the legend, in the words of the clinician and of the patient; `look` is a CSS class."""

    kind: str
    state: State
    look: str
    clinician: str
    patient: str


_LENSES = (
    _Lens(names=("palm", "back of hand"), x=82, y=251, width=34, height=63, scale=1.86, to_x=56, to_y=334),
    _Lens(names=("top of foot", "sole"), x=7, y=442, width=33, height=66, scale=1.48, to_x=66, to_y=468),
)


def body_map(findings: Iterable[Finding], *, for_patient: bool = False) -> str:
    """Return skin and muscles from front and back as SVG pictures, with a legend and the same in words, as HTML text.

    Skin or muscle with a loss is filled, what was found normal is dotted, what was not examined is blank.
    Circles are reflexes: filled when abnormal, open when normal. Findings whose side nobody named are hatched or
    dashed, on both sides.

    Parameters
    ----------
    findings : iterable of Finding
        All findings of the case; those that the map has no place for are skipped.
    for_patient : bool
        Word the legend for the patient and do not name single muscles.
    """
    states = body_states(findings)
    pictures = "".join(
        f"<figure><figcaption>{name}</figcaption><div>{''.join(_view(layer, v, states) for v in VIEWS)}</div></figure>"
        for layer, name in _LAYERS
    )
    legend, words = _legend(states, for_patient=for_patient), "" if for_patient else _in_words(states)
    return f'<div class="bodymap"><div class="bodies">{pictures}</div>{legend}{words}</div>'


def _view(layer: str, view: View, states: BodyStates) -> str:
    name = f"{layer}-{view}"
    shapes = _skin(view, name, states.skin) if layer == "skin" else _muscles(view, name, states.muscle)
    figure = [
        f'<path d="{outline()}" fill="#fbfaf8"/>',
        f'<g clip-path="url(#{name}-clip)">{shapes}</g>',
        f'<path d="{inner_lines(view)}" {_FINE}/>',
        f'<path d="{outline()}" fill="none" stroke="#555b66" stroke-width="1" vector-effect="non-scaling-stroke"/>',
    ]
    reflexes: Found = states.reflex if layer == "muscle" else {}
    body = [
        _defs(name),
        text(0, -8, f"{view} view", size=11, anchor="middle", extra='font-weight="600"'),
        *(text(*placed((78, 40), view, s), s.value, size=11, anchor="middle") for s in SIDES),
        f'<g id="{name}-body">{"".join(figure)}</g>',
        *(_mark(placed((m.x, m.y), view, s), reflexes.get((m.id, s))) for m, s in _marks(view)),
        *(_enlarged(lens, layer, view, side, reflexes) for lens in _LENSES for side in SIDES),
    ]
    title = f"{'Skin' if layer == 'skin' else 'Muscles and reflexes'}, {view} view"
    return picture(_VIEW_BOX, title, _summary(layer, states), body)


def _skin(view: View, name: str, found: Found) -> str:
    return "".join(
        f'<path d="{patch_path(p, s)}" fill="{_paint(_SKIN_FILL[found[p.area, s]], name)}" '
        'stroke="#2b5688" stroke-width="0.35"/>'
        for p in patches()
        for s in SIDES
        if p.view == view and (p.area, s) in found
    )


def _muscles(view: View, name: str, found: Found) -> str:
    return "".join(
        f'<path d="{belly_path(b, s)}" fill="{_paint(_MUSCLE_FILL[found[b.id, s]], name)}" '
        f'stroke="{_edge(found[b.id, s])}" stroke-width="0.5"/>'
        for b in bellies()
        for s in SIDES
        if b.view == view and (b.id, s) in found
    )


def _edge(state: State) -> str:
    return "#fff" if state is State.ABNORMAL else "#5b2313"


def _paint(fill: str, name: str) -> str:
    return fill if fill.startswith("#") else f"url(#{name}-{fill})"


def _marks(view: View) -> list[tuple[Mark, Side]]:
    return [(m, s) for m in marks() if m.view == view for s in SIDES]


def _mark(point: Point, state: State | None) -> str:
    if state is None:
        return ""
    start = f"M{point[0]:.1f} {point[1]:.1f}"
    shape = _CIRCLE + start + _PLUS if state is State.RAISED else _CIRCLE
    return f'<path d="{start}{shape}" {_MARK_LOOK[state]}/>'


def _enlarged(lens: _Lens, layer: str, view: View, side: Side, reflexes: Found) -> str:
    (left, top), (to_x, to_y) = placed((lens.x, lens.y), view, side), placed((lens.to_x, lens.to_y), view, side)
    width, height = lens.width * lens.scale, lens.height * lens.scale
    if left < 0:
        left, to_x = left - lens.width, to_x - width
    dx, dy = to_x - left * lens.scale, to_y - top * lens.scale
    label = lens.names[VIEWS.index(view)]
    name = f"{layer}-{view}-{label.replace(' ', '-')}-{side.value}"
    frame = f'x="{to_x:.1f}" y="{to_y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="5"'
    inside = [
        _mark((dx + lens.scale * placed((m.x, m.y), view, s)[0], dy + lens.scale * m.y), reflexes[m.id, s])
        for m, s in _marks(view)
        if s is side and lens.holds(m) and (m.id, s) in reflexes
    ]
    return (
        f'<clipPath id="{name}"><rect {frame}/></clipPath><rect {frame} fill="#fff"/><g clip-path="url(#{name})">'
        f'<use href="#{layer}-{view}-body" transform="translate({dx:.1f} {dy:.1f}) scale({lens.scale:g})"/>'
        f"{''.join(inside)}</g>"
        f'<rect {frame} fill="none" stroke="#8a8f98" stroke-width="0.8"/>'
        + text(to_x + width / 2, to_y - 4, label, size=10, anchor="middle")
    )


def _defs(name: str) -> str:
    return (
        f'<defs><clipPath id="{name}-clip"><path d="{outline()}"/></clipPath>'
        f'<pattern id="{name}-dots" width="3.2" height="3.2" patternUnits="userSpaceOnUse">'
        '<rect width="3.2" height="3.2" fill="#fff"/><circle cx="1.6" cy="1.6" r="0.6" fill="#444"/></pattern>'
        f"{_hatch(f'{name}-hatch', '#3a74b3')}{_hatch(f'{name}-rust', '#7c2d12')}</defs>"
    )


def _hatch(name: str, colour: str) -> str:
    return (
        f'<pattern id="{name}" width="3.4" height="3.4" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="3.4" height="3.4" fill="#fff"/>'
        f'<rect width="1" height="3.4" fill="{colour}"/></pattern>'
    )


def _summary(layer: str, states: BodyStates) -> str:
    kinds = (("skin", "skin areas"),) if layer == "skin" else (("muscle", "muscles"), ("reflex", "reflexes"))
    counts = [
        f"{_abnormal(states.of(kind), side)} {words} on the {side.value}" for kind, words in kinds for side in SIDES
    ]
    return f"Abnormal: {', '.join(counts)}."


def _abnormal(found: Found, side: Side) -> int:
    return sum(state is State.ABNORMAL and where is side for (_, where), state in found.items())


@cache
def _keys() -> tuple[_Key, ...]:
    rows = read_table("ranvier.report", "body_legend.csv", ("kind", "state", "look", "clinician", "patient"))
    return tuple(
        _Key(kind=r["kind"], state=State[r["state"]], look=r["look"], clinician=r["clinician"], patient=r["patient"])
        for r in rows
    )


def _legend(states: BodyStates, *, for_patient: bool) -> str:
    items = [
        f'<li><i class="key {k.look}"></i>{escape(k.patient if for_patient else k.clinician)}</li>'
        for k in _keys()
        if k.state in states.of(k.kind).values()
    ]
    return f'<ul class="legend">{"".join(items)}<li><i class="key"></i>not examined</li></ul>'


def _in_words(states: BodyStates) -> str:
    listed = "".join(_line_of(states, key) for key in _keys()) or "<li>Nothing that the map shows was examined.</li>"
    return f'<details><summary>The same in words</summary><ul class="inwords">{listed}</ul></details>'


def _line_of(states: BodyStates, key: _Key) -> str:
    right, left = (_named(states, key, side) for side in SIDES)
    parts = [("both sides", right)] if right == left else [("right", right), ("left", left)]
    named = "".join(f"<br>{where}: {escape('; '.join(names))}" for where, names in parts if names)
    return f"<li><b>{escape(key.clinician.capitalize())}</b>{named.removeprefix('<br>')}</li>" if named else ""


def _named(states: BodyStates, key: _Key, side: Side) -> list[str]:
    here = [i for (i, where), state in states.of(key.kind).items() if state is key.state and where is side]
    graph = load_graph()
    if key.kind == "skin":
        return sorted(graph.areas[i].name for i in here)
    return sorted(graph.muscles[i].name if key.kind == "muscle" else graph.reflexes[i].name for i in here)
