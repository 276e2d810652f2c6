"""Strength, reflexes, sensation and wasting in ``case.yaml``."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar, get_args

from ranvier.case.context import Context, origin_of
from ranvier.case.places import AREAS, MUSCLES, REFLEXES
from ranvier.case.records import ReflexStatement, Sensation, SensoryModality, SensoryResult, Strength, Wasting
from ranvier.case.schema import ReflexItem, SensationItem, StrengthItem, WastingItem
from ranvier.case.words import Grades, one_of, read_grades, read_presence, read_side
from ranvier.core import Origin, UnknownNameError

_T = TypeVar("_T")
_I = TypeVar("_I", StrengthItem, ReflexItem, SensationItem, WastingItem)

_MODALITIES: tuple[SensoryModality, ...] = get_args(SensoryModality)
_RESULTS: tuple[SensoryResult, ...] = get_args(SensoryResult)


def _each(
    items: Iterable[_I], origin_for: Callable[[_I], Origin], read: Callable[[_I, Origin], _T | None], context: Context
) -> tuple[_T, ...]:
    """Read every entry; one that fails is noted and the others are kept."""
    out: list[_T] = []
    for item in items:
        origin = origin_for(item)
        try:
            record = read(item, origin)
        except UnknownNameError as error:
            context.problems.unknown(replace(origin, text=error.name), error, "the entry")
            continue
        if record is not None:
            out.append(record)
    return tuple(out)


def _possible_grades(scale: str, column: str, text: str, origin: Origin, context: Context) -> Grades | None:
    grades = read_grades(scale, text)
    at = replace(origin, column=f"{origin.column}.grade", text=text)
    for value in (grades.lowest, grades.highest):
        if not context.numbers.possible(value, at, column):
            return None
    return grades


def read_strength(items: Iterable[StrengthItem], context: Context) -> tuple[Strength, ...]:
    """Return the strength of muscles, movements and groups."""

    def read(item: StrengthItem, origin: Origin) -> Strength | None:
        grades = _possible_grades("strength", "mrc", item.grade, origin, context)
        place = context.places.read(item.name, read_side(item.side), MUSCLES, origin)
        if grades is None or place is None:
            return None
        return Strength(place=place, mrc_lowest=grades.lowest, mrc_highest=grades.highest, origin=origin)

    section = "examination.strength"
    return _each(items, lambda i: origin_of(i, section, i.text, f"{', '.join(i.name)} {i.grade}"), read, context)


def read_reflexes(items: Iterable[ReflexItem], context: Context) -> tuple[ReflexStatement, ...]:
    """Return the reflexes."""

    def read(item: ReflexItem, origin: Origin) -> ReflexStatement | None:
        grades = _possible_grades("reflex", "reflex", item.grade, origin, context)
        place = context.places.read(item.name, read_side(item.side), REFLEXES, origin)
        if grades is None or place is None:
            return None
        return ReflexStatement(place=place, lowest=grades.lowest, highest=grades.highest, origin=origin)

    section = "examination.reflexes"
    return _each(items, lambda i: origin_of(i, section, i.text, f"{', '.join(i.name)} {i.grade}"), read, context)


def read_sensation(items: Iterable[SensationItem], context: Context) -> tuple[Sensation, ...]:
    """Return sensation by area; a symptom without a result is altered sensation."""

    def read(item: SensationItem, origin: Origin) -> Sensation | None:
        symptom = bool(item.symptom) and read_presence(item.symptom or "no") is True
        if item.result is None and not symptom:
            remedy = "add result: normal, reduced, absent or altered"
            context.problems.error(origin, "'result' is missing; the entry was not used", remedy)
            return None
        modality = one_of("sensory_modality", item.modality or "any", _MODALITIES)
        result = one_of("sensory_result", item.result or "altered", _RESULTS)
        place = context.places.read(item.area, read_side(item.side), AREAS, origin)
        if place is None:
            return None
        return Sensation(place=place, modality=modality, result=result, symptom=symptom, origin=origin)

    section = "examination.sensation"
    return _each(items, lambda i: origin_of(i, section, i.text, i.area), read, context)


def read_wasting(items: Iterable[WastingItem], context: Context) -> tuple[Wasting, ...]:
    """Return wasting of muscles, present or absent; what was not looked for gives nothing."""

    def read(item: WastingItem, origin: Origin) -> Wasting | None:
        present = read_presence(item.status)
        place = context.places.read(item.name, read_side(item.side), MUSCLES, origin)
        if present is None or place is None:
            return None
        return Wasting(place=place, present=present, origin=origin)

    section = "examination.wasting"
    return _each(items, lambda i: origin_of(i, section, i.text, i.name), read, context)
