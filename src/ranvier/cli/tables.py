"""``ranvier ncs``, ``ranvier labs`` and ``ranvier localise``: one modality alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ranvier.case import Case, Unused
    from ranvier.core import Finding

_Json = Annotated[Path | None, typer.Option("--json", help="Also write the findings as JSON.")]
_Age = Annotated[float | None, typer.Option("--age", min=0, max=120, help="Age in years, for limits.")]
_Criteria = Annotated[
    str | None, typer.Option("--criteria", help="Answer a criteria set clause by clause; 'all' for every set.")
]
_Facts = Annotated[
    list[str] | None, typer.Option("--fact", help="For criteria: NAME or NAME=no; '--fact list' names them all.")
]
_Sex = Annotated[Literal["female", "male"] | None, typer.Option("--sex", help="For limits.")]


_Agree = Annotated[
    Path | None,
    typer.Option(
        "--agree",
        help="Folder of tables with their published readings (table.csv, reading.yaml): how far ours agree.",
    ),
]
_Page = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Folder for a page: of a table and its class, of waveforms, of criteria."),
]
_Table = Annotated[
    Path | None,
    typer.Argument(
        help="CSV with one row a stimulation (--template prints an empty one), or a folder or file of waveforms."
    ),
]


def ncs(
    table: _Table = None,
    age: _Age = None,
    sex: _Sex = None,
    height_cm: Annotated[float | None, typer.Option("--height-cm", min=30, max=250, help="For limits.")] = None,
    limits: Annotated[Path | None, typer.Option("--limits", help="CSV with your laboratory's own limits.")] = None,
    template: Annotated[bool, typer.Option("--template", help="Print an empty table to fill in, and end.")] = False,
    json_file: _Json = None,
    criteria: _Criteria = None,
    low_filter_hz: Annotated[
        float | None, typer.Option("--low-filter-hz", min=0, help="Low-frequency filter, for criteria.")
    ] = None,
    facts: _Facts = None,
    emg: Annotated[Path | None, typer.Option("--emg", help="For criteria: table of needle EMG as emg.csv.")] = None,
    out: _Page = None,
    simulate: Annotated[
        Path | None, typer.Option("--simulate", help="Write simulated waveforms with their truth into this folder.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the simulation.")] = 0,
    agree: _Agree = None,
) -> None:
    """Read conduction studies, a table or waveforms: measures, each against its limit, blocks, what is in doubt.

    With --criteria a case folder is read as well, with its needle EMG and what history and examination supply.
    """
    from ranvier.case import Patient, read_case, read_tables, template_text, with_needle_table
    from ranvier.cli.waveforms import are_waveforms, show_waveforms, write_simulated
    from ranvier.inference import collect_findings, collect_unused

    if template:
        typer.echo(template_text("ncs.csv"), nl=False)
        return
    if simulate is not None:
        write_simulated(simulate, seed)
        return
    if agree is not None:
        _show_agreement(agree, json_file)
        return
    if facts == ["list"]:
        _list_facts()
        return
    if table is None:
        raise typer.BadParameter("name a table or waveforms, or ask for a table with --template", param_hint="TABLE")
    if criteria is not None and (table / "case.yaml").is_file():
        _show_criteria(read_case(table), criteria, _Asked(low_filter_hz, facts or [], json_file, out))
        return
    patient = Patient(age_y=age, sex=sex, height_cm=height_cm)
    measured = are_waveforms(table)
    if measured:
        show_waveforms(table, out)
    tables, waveforms = (None, table) if measured else (table, None)
    case = read_tables(ncs=tables, waveforms=waveforms, limits=limits, patient=patient)
    if emg is not None:
        case = with_needle_table(case, emg)
    if criteria is not None:
        _show_criteria(case, criteria, _Asked(low_filter_hz, facts or [], json_file, out))
        return
    _show_study(case, collect_findings(case), collect_unused(case), (json_file, out))


def labs(
    table: Annotated[str, typer.Argument(help="CSV, FHIR (.json, .ndjson), HL7 v2 file, or address of a FHIR server.")],
    age: _Age = None,
    sex: _Sex = None,
    subject: Annotated[str | None, typer.Option("--patient", help="Id of the patient on the FHIR server.")] = None,
    json_file: _Json = None,
) -> None:
    """Read laboratory results: what each means for the causes of neuropathy, and what decides nothing."""
    from ranvier.case import Patient, is_address, read_tables
    from ranvier.inference import collect_findings, collect_unused
    from ranvier.laboratory import conclusions

    if is_address(table) and not subject:
        raise typer.BadParameter("name the patient with --patient ID", param_hint="--patient")
    source = table if is_address(table) else Path(table)
    case = read_tables(labs=source, patient=Patient(age_y=age, sex=sex), subject=subject)
    for rule in conclusions(case):
        typer.echo(f"{'together':10}  {rule.sentence} [{rule.status.value}]")
    findings, unused = collect_findings(case), collect_unused(case)
    if not findings and not unused:
        n = len(case.laboratory)
        typer.echo(
            f"{n} results, and none of them speaks for or against a cause." if n else "There is no result in it."
        )
    _show(findings, unused, json_file)
    if not case.laboratory:
        raise typer.Exit(code=1)


def localise(
    case: Annotated[Path, typer.Argument(help="Case folder (it holds case.yaml).")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Also write the report of the examination.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the sites as JSON.")] = None,
) -> None:
    """Say where the lesion lies from history and examination alone, with a picture in the report."""
    from ranvier.case import read_case
    from ranvier.inference import localise_bedside
    from ranvier.report import write_report

    found = localise_bedside(read_case(case))
    for place in found.places:
        typer.echo(f"{place.probability:4.0%}  {place.text}")
    if not found.places:
        typer.echo("No place stands out from the examination alone.")
    if json_file is not None:
        places = [{"place": p.part, "side": p.side.value, "probability": p.probability} for p in found.places]
        json_file.write_text(json.dumps({"places": places}, indent=2) + "\n", encoding="utf-8")
    if out is not None:
        typer.echo(f"Wrote {', '.join(str(p) for p in write_report(found.assessment, out))}")


def _show_agreement(folder: Path, json_file: Path | None) -> None:
    from ranvier.anatomy import load_graph
    from ranvier.cohort import (
        agreement,
        agreement_table,
        agreement_to_json,
        read_differences,
        read_published_tables,
        unexplained,
    )

    tables = read_published_tables(folder)
    explained = folder / "differences.csv"
    known = [d for d in read_differences(explained) if d.table in {t.id for t in tables}] if explained.is_file() else []
    found = agreement(tables, load_graph(), known)
    typer.echo(agreement_table(found))
    for problem in unexplained(found.rows, known):
        typer.echo(problem, err=True)
    if json_file is not None:
        json_file.write_text(agreement_to_json(found), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for besides the set of criteria."""

    low_filter_hz: float | None
    facts: list[str]
    json_file: Path | None
    out: Path | None


def _list_facts() -> None:
    from ranvier.electrodiagnosis.criteria import fact_names

    for name, text in fact_names().items():
        typer.echo(f"{name:28} {text}")


def _show_criteria(case: "Case", name: str, asked: _Asked) -> None:
    from ranvier.anatomy import load_graph
    from ranvier.electrodiagnosis.criteria import (
        Setting,
        answer_criteria,
        criteria_as_json,
        criteria_in_words,
        read_facts,
    )
    from ranvier.report.criteria_page import write_criteria_page

    setting = Setting(low_filter_hz=asked.low_filter_hz, facts=read_facts(asked.facts))
    answers = answer_criteria(case, load_graph(), name, setting)
    for line in criteria_in_words(answers):
        typer.echo(line)
    _say_unused(case.unused)
    if asked.json_file is not None:
        asked.json_file.write_text(json.dumps(criteria_as_json(answers), indent=2) + "\n", encoding="utf-8")
    if asked.out is not None:
        typer.echo(f"Wrote {write_criteria_page(answers, asked.out)}")


def _say_unused(unused: "Sequence[Unused]") -> None:
    for item in unused:
        where = ":".join(str(p) for p in (item.origin.file, item.origin.row, item.origin.column) if p is not None)
        typer.echo(f"{where}: {item.severity}: {item.problem} {item.remedy}", err=True)


def _show(findings: "Sequence[Finding]", unused: "Sequence[Unused]", json_file: Path | None) -> None:
    _say_findings(findings)
    _say_unused(unused)
    if json_file is not None:
        json_file.write_text(json.dumps([_as_json(f) for f in findings], indent=2) + "\n", encoding="utf-8")
    if not findings and unused:
        raise typer.Exit(code=1)


def _show_study(
    case: "Case", findings: "Sequence[Finding]", unused: "Sequence[Unused]", into: tuple[Path | None, Path | None]
) -> None:
    """Print findings and class of a conduction study, and write both as JSON and as a page where they are wanted."""
    from ranvier.anatomy import load_graph
    from ranvier.electrodiagnosis import measured_studies
    from ranvier.electrodiagnosis.neuropathy import class_as_json, class_in_words, classify_case
    from ranvier.report.ncs_table_page import TablePage, write_table_page

    json_file, folder = into
    graph = load_graph()
    found = classify_case(case, graph)
    _say_findings(findings)
    for line in class_in_words(found):
        typer.echo(line)
    _say_unused(unused)
    if json_file is not None:
        record = {"class": class_as_json(found), "findings": [_as_json(f) for f in findings]}
        json_file.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    if folder is not None:
        studies = measured_studies(case, graph)
        page = TablePage(found=found, findings=findings, unused=unused, studies=studies, patient=case.patient)
        typer.echo(f"Wrote {write_table_page(page, graph, folder)}")
    if not findings and unused:
        raise typer.Exit(code=1)


def _say_findings(findings: "Sequence[Finding]") -> None:
    words = {True: "ABNORMAL", False: "normal", None: "no verdict"}
    for finding in findings:
        typer.echo(f"{words[finding.abnormal]:10}  {finding.statement}")


def _as_json(finding: "Finding") -> dict[str, object]:
    limit = finding.limit
    return {
        "observable": finding.observable,
        "place": list(finding.place.ids) if finding.place else [],
        "side": finding.place.side.value if finding.place else None,
        "abnormal": finding.abnormal,
        "statement": finding.statement,
        "limit": {"text": limit.text, "source": limit.source, "status": limit.status.value} if limit else None,
        "row": finding.origin.row,
    }
