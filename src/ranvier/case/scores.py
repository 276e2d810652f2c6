"""Clinical scores: what ``case.yaml``, or a table of items of its own, says of them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from ranvier.anatomy import load_graph
from ranvier.case.context import Context, key_origin, origin_of
from ranvier.case.csvtext import read_sheet
from ranvier.case.problems import Problems
from ranvier.case.records import Case, Onset, Patient, ScoreStatement
from ranvier.case.schema import ScoreItem
from ranvier.case.validation import validated
from ranvier.case.vocabulary import load_vocabulary
from ranvier.case.words import read_side
from ranvier.case.yamltext import load_yaml
from ranvier.core import UnknownNameError, UnreadableCaseError


def read_scores(items: Iterable[ScoreItem], context: Context) -> tuple[ScoreStatement, ...]:
    """Return what the section ``scores`` states: totals and values of items, in its order."""
    return tuple(statement for item in items for statement in _statements(item, context))


def _statements(item: ScoreItem, context: Context) -> Iterator[ScoreStatement]:
    origin = origin_of(item, "scores", item.text, item.score)
    try:
        side = read_side(item.side)
    except UnknownNameError as error:
        context.problems.unknown(key_origin(item, "side", item.side), error, "the entry")
        return
    if item.total is None and not item.items:
        context.problems.error(origin, "the score has neither a total nor items", "add total: or items:")
    if item.total is not None:
        total = context.numbers.read(item.total, key_origin(item, "total", item.total), "total")
        if total is not None:
            yield ScoreStatement(score=item.score, side=side, total=total, origin=origin)
    for part in item.items or ():
        yield ScoreStatement(
            score=item.score, side=side, item=part.item, value=part.value, origin=origin_of(part, "scores", part.item)
        )


def read_score_file(path: Path) -> Case:
    """Return a case that holds the scores of one file and nothing else.

    Parameters
    ----------
    path : Path
        YAML with the section ``scores`` of ``case.yaml``, or CSV with the columns ``score``, ``item``, ``value`` and,
        where needed, ``side``; a row whose item is ``total`` states a total.

    Raises
    ------
    UnreadableCaseError
        If the file is not there or is not YAML.
    """
    if not path.is_file():
        raise UnreadableCaseError(f"there is no file {path.name}")
    problems = Problems()
    context = Context(graph=load_graph(), vocabulary=load_vocabulary(), problems=problems)
    if path.suffix.lower() == ".csv":
        stated = tuple(_rows(path, context))
    else:
        stated = read_scores(validated(load_yaml(path, problems), problems).scores or (), context)
    return Case(id=path.stem, patient=Patient(), onset=Onset(), scores=stated, unused=problems.all())


def _rows(path: Path, context: Context) -> Iterator[ScoreStatement]:
    sheet = read_sheet(path, ("score", "item", "value"), context.problems, "scores.csv")
    for row in sheet.rows:
        origin = row.origin()
        try:
            side = read_side(row.text("side"))
        except UnknownNameError as error:
            context.problems.unknown(row.origin("side"), error, "the row")
            continue
        if not row.text("score") or not row.text("item"):
            context.problems.error(origin, "a row needs a score and an item; it was not used", "fill both cells")
            continue
        given = ScoreStatement(score=row.text("score"), side=side, item=row.text("item"), origin=origin)
        if given.item.strip().lower() != "total":
            yield replace(given, value=row.text("value"))
            continue
        total = sheet.numbers.read(row.text("value"), row.origin("value"), "total")
        if total is not None:
            yield replace(given, item="", total=total)
