"""The ``ranvier`` command.

Every command reads a folder or a name, calls one library function and prints its result. A wrong input
ends with one line on standard error and exit code 2; ``check`` ends with 1 when it finds problems.
"""

import gc
import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from ranvier import __version__
from ranvier.cli.biopsy import biopsy, skin
from ranvier.cli.diffusion import diffusion
from ranvier.cli.emg import emg
from ranvier.cli.mri import mri
from ranvier.cli.muscles import muscles
from ranvier.cli.phantom import phantom
from ranvier.cli.scores import scores
from ranvier.cli.spine import spine
from ranvier.cli.tables import labs, localise, ncs
from ranvier.core import ImagingProtocol, RanvierError

app = typer.Typer(
    name="ranvier",
    help="Work up peripheral neuropathy: one map for examination, conduction studies, MRI, laboratory and biopsy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

CaseFolder = Annotated[Path, typer.Argument(help="Case folder (it holds case.yaml).")]

BurdenTable = Annotated[
    Path | None,
    typer.Option("--burdens", help="CSV with your own burden of each test (test,cost,pain,risk,delay_days)."),
]


_GARBAGE_EVERY = 200_000
"""Tables are read into many small records that all stay: looking through them for garbage costs time."""
_LEAST_SHOWN = 0.01

_Setting = Literal["general_practice", "neurology_clinic", "electrodiagnostic_laboratory", "tertiary_centre"]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ranvier {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Take options that stand before a command."""


def _share(share: float) -> str:
    """Return a share as a whole percentage that never claims what cannot be.

    >>> _share(0.004), _share(0.48), _share(0.999)
    ('<1%', '48%', '>99%')
    """
    if share < _LEAST_SHOWN:
        return f"<{_LEAST_SHOWN:.0%}"
    return f">{1 - _LEAST_SHOWN:.0%}" if share > 1 - _LEAST_SHOWN else f"{share:.0%}"


@app.command()
def workup(
    case: CaseFolder,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the report.")] = Path("out"),
    patient: Annotated[bool, typer.Option("--patient", help="Also write a page for the patient.")] = False,
    burdens: BurdenTable = None,
) -> None:
    """Work up one patient: write report.html, assessment.json and findings.csv."""
    from ranvier.case import read_case
    from ranvier.inference import read_burdens, work_up
    from ranvier.report import write_report

    assessment = work_up(read_case(case), burdens=read_burdens(burdens) if burdens else None)
    paths = write_report(assessment, out, patient_page=patient)
    typer.echo(assessment.answer)
    for flag in assessment.red_flags:
        typer.echo(f"RED FLAG: {flag.title}. {flag.advice}")
    if assessment.unused:
        typer.echo(f"{len(assessment.unused)} entries were not used or are in question; see the report.")
    typer.echo(f"Wrote {', '.join(str(p) for p in paths)}")


@app.command("next")
def next_test(
    case: CaseFolder,
    burdens: BurdenTable = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many tests to list.")] = 5,
) -> None:
    """List the tests that would tell most, with what result would change the order."""
    from ranvier.case import read_case
    from ranvier.inference import read_burdens, work_up

    assessment = work_up(read_case(case), burdens=read_burdens(burdens) if burdens else None)
    typer.echo(assessment.answer)
    worthwhile = [test for test in assessment.next_tests if test.worthwhile]
    if not worthwhile:
        typer.echo("No further test is expected to change what is believed.")
    for number, test in enumerate(worthwhile[:count], 1):
        note = f" (invasive: {test.why})" if test.invasive else ""
        typer.echo(f"{number}. {test.name}{note}: {test.gain_bits:.2f} bits, burden {test.burden:.0f}")
        for turn in test.turns:
            seen = f"{turn.result} (chance {_share(turn.chance)})"
            typer.echo(f"     {seen} would put {turn.name} first, at {_share(turn.probability)}")
        if not test.turns:
            typer.echo("     no single result would put another cause first")


@app.command()
def check(case: CaseFolder) -> None:
    """List every problem of a case folder: file, line, column, what was expected."""
    from ranvier.case import read_case
    from ranvier.inference import collect_unused

    problems = collect_unused(read_case(case))
    for problem in problems:
        origin = problem.origin
        where = ":".join(str(part) for part in (origin.file, origin.row, origin.column) if part is not None)
        typer.echo(f"{where}: {problem.severity}: {problem.problem} {problem.remedy}")
    if problems:
        raise typer.Exit(code=1)
    typer.echo("No problems.")


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder to make.")],
    intake: Annotated[
        bool, typer.Option("--intake", help="Write a ten-minute interview of history and examination alone.")
    ] = False,
) -> None:
    """Write a commented template of a case folder."""
    from ranvier.case import write_template

    write_template(folder, intake=intake)
    typer.echo(f"Wrote a template to {folder}. Fill in what is known, delete the rest, then: ranvier check {folder}")


@app.command()
def schema(
    what: Annotated[Literal["case", "assessment"], typer.Argument(help="Which schema.")] = "case",
) -> None:
    """Print the JSON Schema of case.yaml or of assessment.json."""
    if what == "case":
        from ranvier.case import case_json_schema

        typer.echo(json.dumps(case_json_schema(), indent=2))
    else:
        from ranvier.inference import assessment_json_schema

        typer.echo(json.dumps(assessment_json_schema(), indent=2))


@app.command()
def anatomy(nerve: Annotated[str, typer.Argument(help="Name of a nerve or plexus, such as median.")]) -> None:
    """Print a nerve as a tree: branches, muscles with roots, skin, tunnels; of a plexus the nerves that leave it."""
    from ranvier.anatomy import find_plexus, load_graph, nerve_tree, render_plexus, render_tree

    graph = load_graph()
    plexus = find_plexus(nerve)
    if plexus is not None:
        typer.echo(render_plexus(graph, plexus))
        return
    _, nerve_id = graph.resolve(nerve, ("nerve",))
    typer.echo(render_tree(nerve_tree(graph, nerve_id)))


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="Folder of case folders, each with a truth.yaml.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures as JSON.")] = None,
    only: Annotated[str, typer.Option("--only", help="Pattern of case names, such as '[01]*'.")] = "*",
    hide: Annotated[bool, typer.Option("--early", help="Also judge with each deciding result hidden.")] = False,
    leave_out: Annotated[bool, typer.Option("--leave-out", help="Also judge with each modality left out.")] = False,
) -> None:
    """Judge the work-up on cases whose diagnosis is known."""
    from ranvier.cohort import (
        additions,
        additions_table,
        early,
        early_table,
        evaluate_folder,
        evaluation_table,
        evaluation_to_json,
    )

    result = evaluate_folder(folder, only=only, report=lambda r: typer.echo(f"{r.case}: first {r.first}", err=True))
    typer.echo(evaluation_table(result))
    hidden = early(folder) if hide else None
    if hidden is not None:
        typer.echo("\n" + early_table(hidden))
    if leave_out:
        typer.echo("\n" + additions_table(additions(folder)))
    if json_file is not None:
        json_file.write_text(evaluation_to_json(result) + "\n", encoding="utf-8")


@app.command()
def replay(
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write every row as JSON.")] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Also write the agreement as an SVG picture.")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=100, help="Simulated patients behind each share.")] = 2000,
) -> None:
    """Replay published test results with simulated patients and list where the model agrees."""
    from ranvier.cohort import replay_published, replay_table, replay_to_json
    from ranvier.report import agreement_picture

    result = replay_published(draws, report=lambda row: typer.echo(f"{row.test.id} {row.test.test}", err=True))
    typer.echo(replay_table(result))
    if json_file is not None:
        json_file.write_text(replay_to_json(result) + "\n", encoding="utf-8")
    if picture is not None:
        picture.write_text(agreement_picture(result.bars()), encoding="utf-8")


@app.command()
def simulate(
    disorder: Annotated[str, typer.Option("--disorder", help="Id of the disorder, such as cts.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the case folders.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=10000, help="How many patients.")] = 1,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same patients.")] = 0,
    setting: Annotated[_Setting, typer.Option("--setting", help="Where they are seen.")] = "neurology_clinic",
) -> None:
    """Write simulated patients with one disorder as case folders, each with its truth."""
    from ranvier.case import Setting
    from ranvier.cohort import write_simulated

    folders = write_simulated(out, disorder, count, seed=seed, setting=Setting(setting))
    typer.echo(f"Wrote {len(folders)} simulated cases to {out}. Judge them with: ranvier evaluate {out}")


@app.command()
def visibility(
    days: Annotated[float | None, typer.Option("--days", min=0, help="Days since onset; late by default.")] = None,
    voxel_mm: Annotated[
        float | None, typer.Option("--voxel-mm", min=0.05, help="Voxel of the MRI in the plane.")
    ] = None,
    contrast: Annotated[bool | None, typer.Option("--contrast/--no-contrast", help="Contrast agent.")] = None,
    fat_suppression: Annotated[
        bool | None, typer.Option("--fat-suppression/--no-fat-suppression", help="Fat-suppressed sequence.")
    ] = None,
    coverage_mm: Annotated[
        float | None, typer.Option("--field-of-view-mm", min=0, help="Field of view of the MRI along the nerve.")
    ] = None,
    picture: Annotated[Path | None, typer.Option("--picture", help="Also draw the matrix as SVG.")] = None,
) -> None:
    """Print which test would show which disorder, as CSV: can you see it on an MRI scan?"""
    from ranvier.anatomy import load_graph
    from ranvier.inference import diagnostic_tests, field_visibility, load_library
    from ranvier.report import matrix_picture

    library, tests = load_library(), diagnostic_tests()
    protocol = ImagingProtocol(
        contrast=contrast, fat_suppression=fat_suppression, in_plane_mm=voxel_mm, coverage_mm=coverage_mm
    )
    cells = field_visibility(library, load_graph(), days, protocol)
    chance = {(c.disorder, c.test): c.probability for c in cells}
    typer.echo(",".join(["disorder", *(t.id for t in tests)]))
    for disorder in library.disorder_ids:
        shown = [chance[disorder, t.id] for t in tests]
        typer.echo(",".join([disorder, *("" if p is None else f"{p:.2f}" for p in shown)]))
    if picture is not None:
        named = [(d, library.catalogue.disorders[d].name) for d in library.disorder_ids]
        words = "Chance in percent that each test is abnormal in each disorder; a dash where it cannot bear on it."
        picture.write_text(matrix_picture(named, tests, cells, words), encoding="utf-8")


app.command("mri")(mri)
app.command("muscles")(muscles)
app.command("diffusion")(diffusion)
app.command("spine")(spine)
app.command("phantom")(phantom)
app.command("emg")(emg)
app.command("biopsy")(biopsy)
app.command("skin")(skin)
app.command("ncs")(ncs)
app.command("labs")(labs)
app.command("localise")(localise)
app.command("scores")(scores)


def main() -> None:
    """Run the command line; errors raised on purpose become one line and exit code 2."""
    gc.set_threshold(_GARBAGE_EVERY)
    try:
        app()
    except RanvierError as error:
        sys.stderr.write(f"ranvier: {error}\n")
        sys.exit(2)
    except OSError as error:
        sys.stderr.write(f"ranvier: {error.strerror or error}: {error.filename or ''}\n")
        sys.exit(2)
