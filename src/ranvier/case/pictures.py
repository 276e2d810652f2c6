"""Imaging and biopsies in ``case.yaml``."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, get_args

from ranvier.case.context import Context, origin_of
from ranvier.case.numbers import NumberReader
from ranvier.case.places import AREAS, MUSCLES, STRUCTURES
from ranvier.case.records import (
    BiopsyResult,
    ImagingFinding,
    ImagingModality,
    ImagingStudy,
    SkinCount,
    SkinMethod,
)
from ranvier.case.schema import BiopsyItem, ImageItem, ImagingItem, SkinCountItem
from ranvier.case.statements import read_statements
from ranvier.case.vocabulary import ImageKind
from ranvier.case.words import meaning, one_of, read_presence, read_side
from ranvier.core import Origin, Place, Side, UnknownNameError

_MODALITIES: tuple[ImagingModality, ...] = get_args(ImagingModality)
Result = Literal["normal", "abnormal", "not_done"]
_RESULTS: tuple[Result, ...] = get_args(Result)
_TISSUES = ("nerve", "muscle", "skin", "salivary_gland", "bone_marrow", "fat", "lymph_node", "mass", "other")
_NERVES_FIRST = ("nerve", "root", "node", "tunnel", *MUSCLES, *AREAS)
_LOOK_FIRST = {"muscle": (*MUSCLES, "nerve"), "root": ("root", "nerve", "node"), "plexus": ("node", "nerve", "root")}


def read_imaging(items: Iterable[ImagingItem], context: Context) -> tuple[ImagingStudy, ...]:
    """Return the imaging studies; a statement that cannot be used is noted and the study is kept."""
    out: list[ImagingStudy] = []
    for item in items:
        origin = origin_of(item, "imaging", item.text, f"{item.modality} {item.region}")
        try:
            out.append(_study(item, origin, context))
        except UnknownNameError as error:
            context.problems.unknown(replace(origin, text=error.name), error, "the study")
            for image in item.findings or ():
                _finding(image, Side.UNKNOWN, context)
    return tuple(out)


def _study(item: ImagingItem, origin: Origin, context: Context) -> ImagingStudy:
    side = read_side(item.side)
    region = context.vocabulary.region(item.region).id
    modality = one_of("imaging_modality", item.modality, _MODALITIES)
    result = one_of("imaging_result", item.result, _RESULTS) if item.result else None
    findings = tuple(f for image in item.findings or () if (f := _finding(image, side, context)) is not None)
    if result is None:
        result = _result_of(item, origin, context)
    if result != "abnormal" and findings:
        problem = f"the result is {result.replace('_', ' ')}, yet there are findings; they were kept"
        context.problems.question(origin, problem, "write result: abnormal, or remove the findings")
        result = "abnormal"
    return ImagingStudy(
        modality=modality,
        region=region,
        side=side,
        result=result,
        sequences=tuple(item.sequences or ()),
        contrast=_truth(item.contrast, origin, context),
        voxel_mm=_voxel(item.voxel_mm, origin, context),
        coverage_mm=_coverage(item.coverage_mm, origin, context),
        findings=findings,
        origin=origin,
    )


def _truth(text: str | None, origin: Origin, context: Context) -> bool | None:
    try:
        return read_presence(text) if text else None
    except UnknownNameError as error:
        context.problems.unknown(replace(origin, text=error.name), error, "it")
        return None


def _result_of(item: ImagingItem, origin: Origin, context: Context) -> Result:
    """Return the result of a study that does not state one: with findings it is abnormal."""
    if item.findings:
        return "abnormal"
    problem = "neither a result nor a finding is stated; the study counts as not done"
    context.problems.question(origin, problem, "add result: normal, abnormal or not_done")
    return "not_done"


def _finding(item: ImageItem, side: Side, context: Context) -> ImagingFinding | None:
    origin = origin_of(item, "imaging.findings", item.text, item.kind)
    try:
        kind = context.vocabulary.image_kind(item.kind)
        own_side = read_side(item.side) if item.side else side
    except UnknownNameError as error:
        context.problems.unknown(replace(origin, text=error.name), error, "the finding")
        return None
    place = _image_place(kind, item, own_side, origin, context)
    if place is None and item.at:
        return None
    return ImagingFinding(kind=kind.id, place=place, note=item.text or "", origin=origin)


def _image_place(kind: ImageKind, item: ImageItem, side: Side, origin: Origin, context: Context) -> Place | None:
    if item.at and all("/" in name for name in item.at):
        return context.places.levels(item.at, side, origin)
    if item.at:
        first = _LOOK_FIRST.get(kind.place_kind, _NERVES_FIRST)
        return context.places.read(item.at, side, tuple(dict.fromkeys((*first, *STRUCTURES))), origin)
    return context.places.levels(item.level, side, origin) if item.level else None


def _voxel(texts: list[str] | None, origin: Origin, context: Context) -> tuple[float, float, float] | None:
    numbers = [context.numbers.read(t, replace(origin, text=t), "voxel_mm") for t in texts or ()]
    known = [n for n in numbers if n is not None]
    return (known[0], known[1], known[2]) if len(known) == 3 else None


def _coverage(text: str | None, origin: Origin, context: Context) -> float | None:
    return context.numbers.read(text, replace(origin, text=text), "coverage_mm") if text else None


def read_biopsies(items: Iterable[BiopsyItem], context: Context) -> tuple[BiopsyResult, ...]:
    """Return the biopsies; a nerve or muscle that is named becomes the place."""
    out: list[BiopsyResult] = []
    for item in items:
        origin = origin_of(item, "biopsy", item.text, item.tissue)
        try:
            out.append(_biopsy(item, origin, context))
        except UnknownNameError as error:
            context.problems.unknown(replace(origin, text=error.name), error, "the biopsy")
    return tuple(out)


def _biopsy(item: BiopsyItem, origin: Origin, context: Context) -> BiopsyResult:
    side = read_side(item.side)
    tissue, place = read_tissue(item.tissue, side, origin, context)
    density = context.numbers.read(item.ienfd_per_mm or "", origin, "ienfd_per_mm")
    return BiopsyResult(
        tissue=tissue,
        place=place,
        statements=read_statements("biopsy.findings", item.findings or (), context).features,
        fibre_density_per_mm=density,
        method=skin_method(item.method),
        skin_counts=tuple(c for part in item.sections or () if (c := _count(part, context)) is not None),
        origin=origin,
    )


def _count(part: SkinCountItem, context: Context) -> SkinCount | None:
    count = context.numbers.read(part.count, origin_of(part, "biopsy.sections", part.count), "skin_count")
    length = context.numbers.read(part.length_mm, origin_of(part, "biopsy.sections", part.length_mm), "skin_length_mm")
    return counted_skin(count, length, origin_of(part, "biopsy.sections", part.count), context.numbers)


def counted_skin(
    count: float | None, length_mm: float | None, origin: Origin, numbers: NumberReader
) -> SkinCount | None:
    """Return a counted section of skin; None for half of one, and, with a note, for one that no skin can give."""
    if count is None or length_mm is None:
        return None
    if count != round(count):
        problem = f"a count of {count:g} fibres is no whole number; the section was not used"
        numbers.problems.error(origin, problem, "write the fibres counted on each section, and its own length")
        return None
    if not numbers.possible(count / length_mm, origin, "ienfd_per_mm"):
        return None
    return SkinCount(count=round(count), length_mm=length_mm)


def skin_method(text: str | None) -> SkinMethod | None:
    """Return how nerve fibres of the skin were shown; None where it is not said.

    Raises
    ------
    UnknownNameError
        If there is no such method.
    """
    if not text:
        return None
    return "bright_field" if meaning("skin_method", text) == "bright_field" else "immunofluorescence"


def read_tissue(name: str, side: Side, origin: Origin, context: Context) -> tuple[str, Place | None]:
    """Return the kind of tissue, or the name of the nerve, and the place of a nerve or muscle.

    Raises
    ------
    UnknownNameError
        If the name is that of no tissue, nerve, muscle or area of skin.
    """
    try:
        return one_of("tissue", name, _TISSUES), None
    except UnknownNameError as error:
        kinds = ("nerve", "muscle", "muscle_group", "area", "area_group")
        if not context.places.knows(name, kinds):
            known = (*_TISSUES, *context.graph.nerves)
            raise UnknownNameError("tissue or nerve", name, known) from error
    kind, id_ = context.graph.resolve(name, kinds)
    place = context.places.read([name], side, kinds, origin)
    return (id_ if kind == "nerve" else "skin" if kind.startswith("area") else "muscle"), place
