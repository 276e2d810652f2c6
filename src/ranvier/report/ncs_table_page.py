"""A conduction table as one self-contained HTML page: class, numbers, nerves, findings, what is in question."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ranvier.anatomy import NerveGraph
from ranvier.case import ConductionStudy, Patient, Unused
from ranvier.core import Finding
from ranvier.electrodiagnosis.neuropathy import Answer, NeuropathyClass
from ranvier.electrodiagnosis.neuropathy.verdict import BASIS
from ranvier.report.environment import page_environment
from ranvier.report.ncs_numbers import NUMBER_COLUMNS, study_lines
from ranvier.report.page import style

_VERDICT = {True: "abnormal", False: "normal", None: "no verdict"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    name: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePage:
    """What the page shows.

    Attributes
    ----------
    found : NeuropathyClass
    findings : sequence of Finding
    unused : sequence of Unused
    studies : sequence of ConductionStudy
        The rows of the table, with computed velocities.
    patient : Patient
        Limits depend on age, sex and stature.
    """

    found: NeuropathyClass
    findings: Sequence[Finding]
    unused: Sequence[Unused]
    studies: Sequence[ConductionStudy]
    patient: Patient


def render_table_page(page: TablePage, graph: NerveGraph) -> str:
    """Return the page as HTML text."""
    found = page.found
    lines = [
        _Line(name="Class", answer=found.kind),
        _Line(name="Fibres", answer=found.fibres),
        _Line(name="Distribution", answer=found.distribution),
    ]
    numbers = study_lines(page.studies, page.findings, graph)
    template = page_environment().get_template("ncs_table.html.j2")
    return template.render(
        style=style(),
        patient=_patient(page.patient),
        lines=lines,
        numbers=numbers,
        columns={n: words for n, words in NUMBER_COLUMNS.items() if any(line.cells[n].text for line in numbers)},
        nerves=found.nerves,
        set_aside=found.set_aside,
        findings=page.findings,
        unused=page.unused,
        verdict=_VERDICT,
        basis=BASIS,
    )


def _patient(patient: Patient) -> str:
    """Return what the limits depend on in words; an age that is not known widens them, which is said."""
    age = f"{patient.age_y:g} years" if patient.age_y is not None else "age not stated: limits for all adults"
    height = f"{patient.height_cm:g} cm" if patient.height_cm is not None else ""
    return ", ".join(part for part in (age, patient.sex or "", height) if part)


def write_table_page(page: TablePage, graph: NerveGraph, folder: Path) -> Path:
    """Write ``ncs_table.html`` into a folder, made if it is not there, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ncs_table.html"
    path.write_text(render_table_page(page, graph), encoding="utf-8", newline="\n")
    return path
