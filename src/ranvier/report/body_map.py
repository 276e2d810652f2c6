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
from ranvier.report.svg import picture, text

_VIEW_BOX = (-126.0, -24.0, 252.0, 596.0)
_SKIN_FILL = {State.ABNORMAL: "#3a74b3", State.NORMAL: "dots", State.SIDE_NOT_STATED: "hatch"}
_DIAMOND, _CIRCLE = "m0 -3.1 3.1 3.1 -3.1 3.1 -3.1 -3.1z", "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z"
_PLUS = "m-1.6 0h3.2m-1.6 -1.6v3.2"
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
    words = "" if for_patient else _in_words(states)
    return f'<div class="bodies">{pictures}</div>{_legend(states, for_patient=for_patient)}{words}'


def _view(view: View, states: BodyStates, summary: str) -> str:
    skin = [_area(view, p.area, patch_path(p, s), s, states.skin) for p in patches() if p.view == view for s in SIDES]
    figure = [
        f'<path d="{outline()}" fill="#fbfaf8"/>',
        f'<g clip-path="url(#{view}-clip)">{"".join(skin)}</g>',
        f'<path d="{inner_lines(view)}" class="fine"/>',
        f'<path d="{outline()}" class="outline"/>',
        *(_mark(m, s, states) for m in marks() if m.view == view for s in SIDES),
    ]
    body = [
        _defs(view),
        text(0, -8, f"{view} view", size=11, anchor="middle", extra='font-weight="600"'),
        *(text(*placed((78, 40), view, s), s.value, size=11, anchor="middle") for s in SIDES),
        f'<g id="{view}-body">{"".join(figure)}</g>',
        *(_enlarged(lens, view, side) for lens in _LENSES for side in SIDES),
    ]
    return picture(_VIEW_BOX, f"Body, {view} view", summary, body)


def _area(view: View, area: str, path: str, side: Side, found: Found) -> str:
    state = found.get((area, side))
    if state is None:
        return ""
    fill = _SKIN_FILL[state]
    paint = fill if fill.startswith("#") else f"url(#{view}-{fill})"
    return f'<path d="{path}" fill="{paint}" class="skin"/>'


def _mark(mark: Mark, side: Side, states: BodyStates) -> str:
    found = states.muscle if mark.kind == "muscle" else states.reflex
    state = found.get((mark.id, side))
    if state is None:
        return ""
    x, y = placed((mark.x, mark.y), mark.view, side)
    shape = _DIAMOND if mark.kind == "muscle" else _CIRCLE
    shape += f"M{x:.1f} {y:.1f}{_PLUS}" if state is State.RAISED else ""
    return f'<path d="M{x:.1f} {y:.1f}{shape}" {_MARK_LOOK[state]}/>'


def _enlarged(lens: _Lens, view: View, side: Side) -> str:
    (left, top), (to_x, to_y) = placed((lens.x, lens.y), view, side), placed((lens.to_x, lens.to_y), view, side)
    width, height = lens.width * lens.scale, lens.height * lens.scale
    if left < 0:
        left, to_x = left - lens.width, to_x - width
    name, label = f"{view}-{lens.names[0].split()[-1]}-{side.value}", lens.names[VIEWS.index(view)]
    frame = f'x="{to_x:.1f}" y="{to_y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="5"'
    move = f"translate({to_x - left * lens.scale:.1f} {to_y - lens.y * lens.scale:.1f}) scale({lens.scale:g})"
    return (
        f'<clipPath id="{name}"><rect {frame}/></clipPath><rect {frame} fill="#fff"/>'
        f'<g clip-path="url(#{name})"><use href="#{view}-body" transform="{move}"/></g>'
        f'<rect {frame} fill="none" stroke="#8a8f98" stroke-width="0.8"/>'
        + text(to_x + width / 2, to_y - 4, label, size=9.5, anchor="middle")
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
    counts = (("skin areas", states.skin), ("muscles", states.muscle), ("reflexes", states.reflex))
    lines = [
        f"{_count(found, State.ABNORMAL, side)} abnormal {what} on the {side.value}" for what, found in counts for side in SIDES
    ]
    return ", ".join(lines) + "."


def _count(found: Found, state: State, side: Side) -> int:
    return sum(s is state and where is side for (_, where), s in found.items())


@cache
def _keys() -> tuple[tuple[str, State, str, str, str], ...]:
    rows = read_table("ranvier.report", "body_legend.csv", ("kind", "state", "look", "clinician", "patient"))
    return tuple((r["kind"], State[r["state"]], r["look"], r["clinician"], r["patient"]) for r in rows)


def _legend(states: BodyStates, *, for_patient: bool) -> str:
    items = [
        f'<li><i class="key {look}"></i>{escape(patient if for_patient else clinician)}</li>'
        for kind, state, look, clinician, patient in _keys()
        if (kind, state) in states.shown
    ]
    return f'<ul class="legend">{"".join(items)}<li><i class="key blank"></i>blank: not examined</li></ul>'


def _in_words(states: BodyStates) -> str:
    graph = load_graph()
    kinds = (("skin", states.skin, graph.areas), ("muscle", states.muscle, graph.muscles), ("reflex", states.reflex, graph.reflexes))
    rows = []
    for kind, state, _, clinician, _ in _keys():
        found, names = next((f, {i: r.name for i, r in table.items()}) for k, f, table in kinds if k == kind)
        for side in SIDES:
            here = [names[i] for (i, where), s in found.items() if s is state and where is side]
            if here:
                rows.append(f"<li>{escape(clinician)}, {side.value}: {escape('; '.join(here))}</li>")
    listed = "".join(rows) or "<li>Nothing on the map was examined.</li>"
    return f"<details><summary>The body map in words</summary><ul>{listed}</ul></details>"
