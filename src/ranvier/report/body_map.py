"""The body from front and back, with skin, muscles and reflexes marked by what was found.

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
_DIAMOND, _CIRCLE = "m0 -3.6 3.6 3.6 -3.6 3.6 -3.6 -3.6z", "m-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0z"
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
    """Return front and back as two SVG pictures with a legend and the same content in words, as HTML text.

    Skin with a loss or symptom is filled, skin found normal is dotted, skin not examined is blank. Diamonds are
    muscles and circles reflexes: filled when abnormal, open when normal. Marks of findings whose side nobody
    named are hatched or dashed, on both sides.

    Parameters
    ----------
    findings : iterable of Finding
        All findings of the case; those that the map has no place for are skipped.
    for_patient : bool
        Word the legend for the patient and do not name single muscles.
    """
    states = body_states(findings)
    pictures = "".join(_view(view, states, _summary(states)) for view in VIEWS)
    words = _legend(states, for_patient=for_patient) + ("" if for_patient else _in_words(states))
    return f'<div class="bodymap"><div class="bodies">{pictures}</div><div>{words}</div></div>'


def _view(view: View, states: BodyStates, summary: str) -> str:
    skin = [_area(view, p.area, patch_path(p, s), s, states.skin) for p in patches() if p.view == view for s in SIDES]
    figure = [
        f'<path d="{outline()}" fill="#fbfaf8"/>',
        f'<g clip-path="url(#{view}-clip)">{"".join(skin)}</g>',
        f'<path d="{inner_lines(view)}" {_FINE}/>',
        f'<path d="{outline()}" fill="none" stroke="#555b66" stroke-width="1" vector-effect="non-scaling-stroke"/>',
    ]
    body = [
        _defs(view),
        text(0, -8, f"{view} view", size=11, anchor="middle", extra='font-weight="600"'),
        *(text(*placed((78, 40), view, s), s.value, size=11, anchor="middle") for s in SIDES),
        f'<g id="{view}-body">{"".join(figure)}</g>',
        *(_mark(m, placed((m.x, m.y), view, s), states.of(m.kind).get((m.id, s))) for m, s in _marks(view)),
        *(_enlarged(lens, view, side, states) for lens in _LENSES for side in SIDES),
    ]
    return picture(_VIEW_BOX, f"Body, {view} view", summary, body)


def _area(view: View, area: str, path: str, side: Side, found: Found) -> str:
    state = found.get((area, side))
    if state is None:
        return ""
    fill = _SKIN_FILL[state]
    paint = fill if fill.startswith("#") else f"url(#{view}-{fill})"
    return f'<path d="{path}" fill="{paint}" stroke="#2b5688" stroke-width="0.35"/>'


def _marks(view: View) -> list[tuple[Mark, Side]]:
    return [(m, s) for m in marks() if m.view == view for s in SIDES]


def _mark(mark: Mark, point: Point, state: State | None) -> str:
    if state is None:
        return ""
    start = f"M{point[0]:.1f} {point[1]:.1f}"
    shape = _DIAMOND if mark.kind == "muscle" else _CIRCLE
    shape += start + _PLUS if state is State.RAISED else ""
    return f'<path d="{start}{shape}" {_MARK_LOOK[state]}/>'


def _enlarged(lens: _Lens, view: View, side: Side, states: BodyStates) -> str:
    (left, top), (to_x, to_y) = placed((lens.x, lens.y), view, side), placed((lens.to_x, lens.to_y), view, side)
    width, height = lens.width * lens.scale, lens.height * lens.scale
    if left < 0:
        left, to_x = left - lens.width, to_x - width
    dx, dy = to_x - left * lens.scale, to_y - top * lens.scale
    label = lens.names[VIEWS.index(view)]
    name = f"{view}-{label.replace(' ', '-')}-{side.value}"
    frame = f'x="{to_x:.1f}" y="{to_y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="5"'
    inside = [
        _mark(m, (dx + lens.scale * placed((m.x, m.y), view, s)[0], dy + lens.scale * m.y), states.of(m.kind)[m.id, s])
        for m, s in _marks(view)
        if s is side and lens.holds(m) and (m.id, s) in states.of(m.kind)
    ]
    return (
        f'<clipPath id="{name}"><rect {frame}/></clipPath><rect {frame} fill="#fff"/><g clip-path="url(#{name})">'
        f'<use href="#{view}-body" transform="translate({dx:.1f} {dy:.1f}) scale({lens.scale:g})"/>'
        f"{''.join(inside)}</g>"
        f'<rect {frame} fill="none" stroke="#8a8f98" stroke-width="0.8"/>'
        + text(to_x + width / 2, to_y - 4, label, size=10, anchor="middle")
    )


def _defs(view: View) -> str:
    return (
        f'<defs><clipPath id="{view}-clip"><path d="{outline()}"/></clipPath>'
        f'<pattern id="{view}-dots" width="3.2" height="3.2" patternUnits="userSpaceOnUse">'
        '<rect width="3.2" height="3.2" fill="#fff"/><circle cx="1.6" cy="1.6" r="0.6" fill="#444"/></pattern>'
        f'<pattern id="{view}-hatch" width="3.4" height="3.4" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="3.4" height="3.4" fill="#fff"/>'
        '<rect width="1" height="3.4" fill="#3a74b3"/></pattern></defs>'
    )


def _summary(states: BodyStates) -> str:
    counts = [
        f"{_abnormal(states.of(kind), side)} {words} on the {side.value}"
        for kind, words in (("skin", "skin areas"), ("muscle", "muscles"), ("reflex", "reflexes"))
        for side in SIDES
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
    return f'<h3>In words</h3><ul class="inwords">{listed}</ul>'


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
