"""Criteria answered clause by clause as one self-contained HTML page: no script, no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ranvier.electrodiagnosis.criteria import ClauseAnswer, SetAnswer
from ranvier.report.environment import page_environment
from ranvier.report.page import style

_WORDS = {"met": "met", "failed": "not met", "missing": "cannot be answered"}


def render_criteria_page(answers: Sequence[SetAnswer]) -> str:
    """Return the page as HTML text: each set with its conclusions, clauses, readings and thresholds."""
    template = page_environment().get_template("criteria.html.j2")
    return template.render(style=style(), sets=[_of_set(a) for a in answers], words=_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A set with its clauses, each with the numbers of its sources in `citations`, counted from 1."""

    answer: SetAnswer
    clauses: tuple[tuple[ClauseAnswer, str], ...]
    citations: tuple[str, ...]


def _of_set(answer: SetAnswer) -> _Section:
    citations = tuple(dict.fromkeys(t.citation for c in answer.clauses for t in c.thresholds))
    return _Section(
        answer=answer, clauses=tuple((c, _basis(c, citations)) for c in answer.clauses), citations=citations
    )


def _basis(clause: ClauseAnswer, citations: Sequence[str]) -> str:
    """Return how well the thresholds of a clause are known, with the numbers of their sources."""
    said = (f"{t.status.value} [{citations.index(t.citation) + 1}]" for t in clause.thresholds)
    return ", ".join(dict.fromkeys(said))


def write_criteria_page(answers: Sequence[SetAnswer], folder: Path) -> Path:
    """Write ``criteria.html`` into a folder, made if it is not there, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "criteria.html"
    path.write_text(render_criteria_page(answers), encoding="utf-8", newline="\n")
    return path
