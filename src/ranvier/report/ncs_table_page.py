"""A conduction table as one self-contained HTML page: class with reasons, nerves, findings, what is in question."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ranvier.case import Unused
from ranvier.core import Finding
from ranvier.electrodiagnosis.neuropathy import Answer, NeuropathyClass
from ranvier.electrodiagnosis.neuropathy.verdict import BASIS
from ranvier.report.environment import page_environment
from ranvier.report.page import style

_VERDICT = {True: "abnormal", False: "normal", None: "no verdict"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    name: str
    answer: Answer


def render_table_page(found: NeuropathyClass, findings: Sequence[Finding], unused: Sequence[Unused]) -> str:
    """Return the page as HTML text."""
    lines = [
        _Line(name="Class", answer=found.kind),
        _Line(name="Fibres", answer=found.fibres),
        _Line(name="Distribution", answer=found.distribution),
    ]
    template = page_environment().get_template("ncs_table.html.j2")
    return template.render(
        style=style(),
        lines=lines,
        nerves=found.nerves,
        set_aside=found.set_aside,
        findings=findings,
        unused=unused,
        verdict=_VERDICT,
        basis=BASIS,
    )


def write_table_page(
    found: NeuropathyClass, findings: Sequence[Finding], unused: Sequence[Unused], folder: Path
) -> Path:
    """Write ``ncs_table.html`` into a folder, made if it is not there, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ncs_table.html"
    path.write_text(render_table_page(found, findings, unused), encoding="utf-8", newline="\n")
    return path
