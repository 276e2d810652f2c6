"""Render an assessment as a self-contained HTML page: no script, no network, readable without colour."""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from ranvier.core import lower_first
from ranvier.inference import Assessment
from ranvier.report.body_map import body_map
from ranvier.report.chance_picture import chance_picture
from ranvier.report.environment import page_environment
from ranvier.report.nerve_map import nerve_map
from ranvier.report.plain import plain_name, plain_sentences
from ranvier.report.sources import source_text
from ranvier.report.visibility_picture import visibility_picture

_SHOWN_CANDIDATES = 8
_EXPLAINED = 4
_PLANNED = 6
_WEIGHTS = 14
_OWN_ESTIMATE = "estimate"
_DAYS_A_YEAR, _DAYS_A_MONTH = 365.25, 30.44
_FEWEST = 2
_REASONS = 4


@cache
def _environment() -> Environment:
    environment = page_environment()
    environment.filters["percent"] = _percent
    environment.filters["words"] = lambda text: str(text).replace("_", " ")
    environment.filters["cited"] = _cited
    environment.filters["lower_first"] = lower_first
    environment.filters["span"] = _span
    return environment


def _percent(share: float) -> str:
    if 0 < share < 0.005:
        return "<1\u00a0%"
    if 0.995 < share < 1:
        return ">99\u00a0%"
    return f"{100 * share:.0f}\u00a0%"


def _cited(source_id: str) -> str:
    """Return the citation after a dot; nothing for our own estimates, which their status names already."""
    return "" if source_id == _OWN_ESTIMATE else f" · {source_text(source_id)}"


def _span(days: float) -> str:
    """Return a duration in the unit a clinician would use."""
    for unit, length in (("years", _DAYS_A_YEAR), ("months", _DAYS_A_MONTH), ("weeks", 7.0)):
        if days >= _FEWEST * length:
            return f"{days / length:.0f} {unit}"
    return f"{days:g} {'day' if days == 1 else 'days'}"


def style() -> Markup:
    """Return the style sheet that all pages share."""
    return Markup(files("ranvier.report").joinpath("assets", "style.css").read_text(encoding="utf-8"))


def render_page(assessment: Assessment) -> str:
    """Return the report for the clinician as HTML text."""
    return _render(
        "report.html.j2",
        assessment=assessment,
        style=style(),
        shown=assessment.candidates[:_SHOWN_CANDIDATES],
        explained=assessment.candidates[:_EXPLAINED],
        n_weights=_WEIGHTS,
        n_reasons=_REASONS,
        widest=_widest(assessment),
        planned=[t for t in assessment.next_tests if t.worthwhile][:_PLANNED],
        visibility=Markup(visibility_picture(assessment)),
        cells={(v.disorder, v.test): v for v in assessment.visibility},
        nerves=Markup(nerve_map(assessment.nerve_lesions)),
        body=Markup(body_map(assessment.findings)),
        scores=[f for f in assessment.findings if f.id.startswith("score-")],
    )


def render_patient_page(assessment: Assessment) -> str:
    """Return the report for the patient, in plain language, as HTML text."""
    return _render(
        "patient.html.j2",
        assessment=assessment,
        style=style(),
        first=plain_name(assessment.candidates[0]),
        others=[plain_name(c) for c in assessment.candidates[1:4] if c.probability >= 0.05],
        sentences=plain_sentences(assessment),
        chance=Markup(chance_picture(assessment.candidates[0].probability)),
        body=Markup(body_map(assessment.findings, for_patient=True)),
    )


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


def _widest(assessment: Assessment) -> float:
    return max((abs(w.decibans) for c in assessment.candidates[:_EXPLAINED] for w in c.weights), default=1.0)
