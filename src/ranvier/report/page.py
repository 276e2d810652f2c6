"""Render an assessment as a self-contained HTML page: no script, no network, readable without colour."""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ranvier.core import Side
from ranvier.inference import Assessment
from ranvier.report.body_map import body_map
from ranvier.report.nerve_map import nerve_map
from ranvier.report.plain import plain_name, plain_sentences
from ranvier.report.sources import source_text
from ranvier.report.visibility_picture import visibility_picture

_SHOWN_CANDIDATES = 8
_EXPLAINED = 4
_WEIGHTS = 14


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("ranvier.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = _percent
    environment.filters["words"] = lambda text: str(text).replace("_", " ")
    environment.filters["source"] = source_text
    return environment


def _percent(share: float) -> str:
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 < share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def _style() -> Markup:
    return Markup(files("ranvier.report").joinpath("assets", "style.css").read_text(encoding="utf-8"))


def render_page(assessment: Assessment) -> str:
    """Return the report for the clinician as HTML text."""
    return _render(
        "report.html.j2",
        assessment=assessment,
        style=_style(),
        shown=assessment.candidates[:_SHOWN_CANDIDATES],
        explained=assessment.candidates[:_EXPLAINED],
        n_weights=_WEIGHTS,
        widest=_widest(assessment),
        visibility=Markup(visibility_picture(assessment)),
        cells={(v.disorder, v.test): v for v in assessment.visibility},
        nerves=[Markup(nerve_map(assessment.nerve_lesions, side)) for side in (Side.RIGHT, Side.LEFT)],
        body=Markup(body_map(assessment.findings)),
    )


def render_patient_page(assessment: Assessment) -> str:
    """Return the report for the patient, in plain language, as HTML text."""
    return _render(
        "patient.html.j2",
        assessment=assessment,
        style=_style(),
        first=plain_name(assessment.candidates[0]),
        others=[plain_name(c) for c in assessment.candidates[1:4] if c.probability >= 0.05],
        sentences=plain_sentences(assessment),
        body=Markup(body_map(assessment.findings)),
    )


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


def _widest(assessment: Assessment) -> float:
    return max((abs(w.decibans) for c in assessment.candidates[:_EXPLAINED] for w in c.weights), default=1.0)
