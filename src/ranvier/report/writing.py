"""Write the files of a report into a folder."""

import csv
import io
from pathlib import Path

from ranvier.core import Finding, GradedReading, NumericReading
from ranvier.inference import Assessment, assessment_to_json
from ranvier.report.page import render_page, render_patient_page

_COLUMNS = (
    "id",
    "modality",
    "observable",
    "place_kind",
    "place_ids",
    "side",
    "value",
    "unit",
    "abnormal",
    "limit",
    "limit_source",
    "limit_status",
    "statement",
    "file",
    "row",
    "column",
)


def write_report(assessment: Assessment, folder: Path, *, patient_page: bool = False) -> tuple[Path, ...]:
    """Write ``report.html``, ``assessment.json`` and ``findings.csv``, and return their paths.

    Parameters
    ----------
    assessment : Assessment
        What is shown.
    folder : Path
        Made if it is not there; files of the same names are replaced.
    patient_page : bool
        Also write ``patient.html`` in plain language.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.html": render_page(assessment),
        "assessment.json": assessment_to_json(assessment) + "\n",
        "findings.csv": findings_csv(assessment.findings),
    }
    if patient_page:
        texts["patient.html"] = render_patient_page(assessment)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(folder / name for name in texts)


def findings_csv(findings: tuple[Finding, ...]) -> str:
    """Return the findings as CSV text, one row a finding."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for finding in findings:
        place, limit = finding.place, finding.limit
        value, unit = reading_text(finding)
        writer.writerow(
            {
                "id": finding.id,
                "modality": finding.modality.value,
                "observable": finding.observable,
                "place_kind": place.kind.value if place else "",
                "place_ids": ";".join(place.ids) if place else "",
                "side": place.side.value if place else "",
                "value": value,
                "unit": unit,
                "abnormal": "" if finding.abnormal is None else str(finding.abnormal).lower(),
                "limit": limit.text if limit else "",
                "limit_source": limit.source if limit else "",
                "limit_status": limit.status.value if limit else "",
                "statement": finding.statement,
                "file": finding.origin.file,
                "row": "" if finding.origin.row is None else finding.origin.row,
                "column": finding.origin.column or "",
            }
        )
    return out.getvalue()


def reading_text(finding: Finding) -> tuple[str, str]:
    """Return value and unit of a reading as text; a grade has the unit ``{grade}``."""
    reading = finding.reading
    if isinstance(reading, NumericReading):
        return f"{reading.value:g}", reading.unit
    if isinstance(reading, GradedReading):
        same = reading.lowest == reading.highest
        return (str(reading.lowest) if same else f"{reading.lowest}-{reading.highest}"), "{grade}"
    return ("present" if reading.present else "absent"), ""
