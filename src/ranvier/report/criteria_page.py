"""Criteria answered clause by clause as one self-contained HTML page: no script, no network."""

from collections.abc import Sequence
from pathlib import Path

from ranvier.electrodiagnosis.criteria import SetAnswer, threshold_basis
from ranvier.report.environment import page_environment
from ranvier.report.page import style

_WORDS = {"met": "met", "failed": "not met", "missing": "cannot be answered"}


def render_criteria_page(answers: Sequence[SetAnswer]) -> str:
    """Return the page as HTML text: each set with its conclusions, clauses, readings and thresholds."""
    template = page_environment().get_template("criteria.html.j2")
    return template.render(style=style(), answers=answers, words=_WORDS, basis=threshold_basis)


def write_criteria_page(answers: Sequence[SetAnswer], folder: Path) -> Path:
    """Write ``criteria.html`` into a folder, made if it is not there, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "criteria.html"
    path.write_text(render_criteria_page(answers), encoding="utf-8", newline="\n")
    return path
