"""Statements of a source that lack what a finding needs: kept and shown, never completed.

A nerve that is not named, a value without a unit or an arm whose side nobody said is a fact, but no finding
follows from it. Such a fact is listed with what the source does not say, so that the report can tell it.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

from ranvier.case.context import Context, key_origin, origin_of
from ranvier.case.records import IncompleteStatement, StatementSubject, UnstatedPart
from ranvier.case.schema import IncompleteItem
from ranvier.case.words import one_of
from ranvier.core import Origin, UnknownNameError

_SECTION = "incomplete"
_SUBJECTS: tuple[StatementSubject, ...] = get_args(StatementSubject)
_PARTS: tuple[UnstatedPart, ...] = get_args(UnstatedPart)


def read_incomplete(items: Iterable[IncompleteItem], context: Context) -> tuple[IncompleteStatement, ...]:
    """Return the statements that the source leaves incomplete; an entry with an unknown word is noted.

    Examples
    --------
    An entry reads ``{about: laboratory, missing: unit, text: "D-dimer 2464"}``.
    """
    out = []
    for item in items:
        origin = origin_of(item, _SECTION, item.text)
        try:
            out.append(_statement(item, origin, context))
        except UnknownNameError as error:
            context.problems.unknown(replace(origin, text=error.name), error, "the entry")
    return tuple(out)


def _statement(item: IncompleteItem, origin: Origin, context: Context) -> IncompleteStatement:
    count = context.numbers.read(item.count, key_origin(item, "count", item.count), "count") if item.count else None
    return IncompleteStatement(
        about=one_of("incomplete_about", item.about, _SUBJECTS),
        missing=tuple(dict.fromkeys(one_of("incomplete_missing", word, _PARTS) for word in item.missing)),
        statement=item.text or "",
        count=count,
        origin=origin,
    )
