"""``ranvier scores``: clinical scores of a case, or of a table of items."""

from pathlib import Path
from typing import Annotated

import typer


def scores(
    case: Annotated[
        Path | None, typer.Argument(help="Case folder, or YAML or CSV with score, item, value; none: list the scores.")
    ] = None,
) -> None:
    """Total clinical scores from a case or a table of items: what is missing, and what each total means."""
    from ranvier.case import read_case, read_score_file
    from ranvier.examination.scores import load_scores, score_results

    if case is None:
        for score in load_scores().values():
            items = ", ".join(i.id for i in score.items) or f"total only. {score.why_no_items}"
            typer.echo(
                f"{score.id}: {score.name}, {score.lowest:g} to {score.highest:g}. {score.licence} Items: {items}"
            )
        return
    read = read_case(case) if case.is_dir() else read_score_file(case)
    results, unused = score_results(read)
    for result in results:
        typer.echo(result.sentence)
        if result.filled:
            typer.echo(f"    read from the examination: {', '.join(result.filled)}")
    for item in (*read.unused, *unused):
        where = ":".join(str(p) for p in (item.origin.file, item.origin.row, item.origin.column) if p is not None)
        typer.echo(f"{where}: {item.severity}: {item.problem} {item.remedy}", err=True)
    if not results:
        typer.echo("Nothing is known of any score.")
        if read.unused or unused or not case.is_dir():
            raise typer.Exit(code=1)
