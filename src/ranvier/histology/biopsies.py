"""Biopsy results to findings.

A density of the skin is held against the limit of the method that the case names, of bright field where it names none.
The code that counts and measures is loaded only where a case has counts or pictures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ranvier.anatomy import NerveGraph
from ranvier.case import BiopsyResult, Case, Unused, load_vocabulary
from ranvier.core import (
    Finding,
    Limit,
    Modality,
    OutsideReferenceError,
    PresenceReading,
    Status,
    in_words,
    number_in_words,
)
from ranvier.histology.corneal import corneal_findings, corneal_unused
from ranvier.histology.yields import yields_of
from ranvier.reference import ienfd_limit

IENFD_LOW = "biopsy_ienfd_low"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Density:
    """A density of the skin; `remark` says what counts tell beyond it."""

    per_mm: float
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _SkinLimit:
    per_mm: float
    source: str
    status: Status


def findings(case: Case, graph: NerveGraph) -> tuple[Finding, ...]:
    """Return the findings of all biopsies, in the order of the case, and of corneal confocal microscopy.

    The fibre density of the skin is low below the fifth percentile for age and sex; outside the
    reference sample it gives no finding (see `unused`).

    Parameters
    ----------
    case : Case
        The record; its places are ids of the graph already.
    graph : NerveGraph
        Not needed here; every modality has the same signature.
    """
    del graph
    items = [item for biopsy in case.biopsies for item in _of_biopsy(biopsy, case)]
    numbered = (replace(item, id=f"biopsy-{number}") for number, item in enumerate(items, 1))
    return (*numbered, *corneal_findings(case))


def unused(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return what no limit applies to, with the reason: densities of skin, nerve sections, corneal measures."""
    del graph
    densities = [note for biopsy in case.biopsies for note in _no_limit(biopsy, case)]
    return (*densities, *_section_notes(case), *corneal_unused(case))


def _section_notes(case: Case) -> tuple[Unused, ...]:
    if not case.sections:
        return ()
    from ranvier.histology.case_sections import section_notes

    return section_notes(case)


def _no_limit(biopsy: BiopsyResult, case: Case) -> Iterator[Unused]:
    density = _density_of(biopsy)
    if density is None or _states_density(biopsy):
        return
    try:
        _limit_of(biopsy, case)
    except OutsideReferenceError as error:
        yield Unused(
            severity="error",
            origin=biopsy.origin,
            problem=f"fibre density {density.per_mm:.3g} per mm cannot be judged: {error}.",
            remedy=f"State {IENFD_LOW} present or absent as the laboratory judged it.",
        )


def _of_biopsy(biopsy: BiopsyResult, case: Case) -> Iterator[Finding]:
    tissue = f"biopsy of {in_words(biopsy.place)}" if biopsy.place else f"{biopsy.tissue.replace('_', ' ')} biopsy"
    for stated in biopsy.statements:
        name = load_vocabulary().features[stated.feature].name
        verb = "shows" if stated.present else "does not show"
        missed = "" if stated.present else _may_be_missed(stated.feature, biopsy)
        yield Finding(
            id="",
            modality=Modality.BIOPSY,
            observable=stated.feature,
            place=stated.place or biopsy.place,
            reading=PresenceReading(present=stated.present),
            abnormal=stated.present,
            statement=f"{tissue[:1].upper()}{tissue[1:]} {verb} {name[:1].lower()}{name[1:]}{missed}.",
            limit=None,
            origin=stated.origin,
        )
    if not _states_density(biopsy):
        yield from _density(biopsy, case)


def _may_be_missed(feature: str, biopsy: BiopsyResult) -> str:
    """Return how often the feature is found where the disease is there, for one that was not found."""
    kinds = ("muscle", "skin", "salivary_gland", "bone_marrow", "fat", "lymph_node", "mass", "other")
    known = yields_of(feature, biopsy.tissue if biopsy.tissue in kinds else "nerve")
    parts = (f"{y.percent:g} % of {y.of} with {y.disease} ({y.source}, {y.status.value})" for y in known)
    return f"; it was seen in {'; '.join(parts)}" if known else ""


def _states_density(biopsy: BiopsyResult) -> bool:
    return any(s.feature == IENFD_LOW for s in biopsy.statements)


def _density_of(biopsy: BiopsyResult) -> _Density | None:
    """Return the density that a biopsy states, or that its counts give with their interval."""
    if biopsy.fibre_density_per_mm is not None:
        return _Density(per_mm=biopsy.fibre_density_per_mm)
    if not biopsy.skin_counts:
        return None
    from ranvier.histology.skin import SkinSection, skin_density

    found = skin_density([SkinSection(count=c.count, length_mm=c.length_mm) for c in biopsy.skin_counts])
    remark = (
        f", {found.count} fibres on {found.length_mm:g} mm of {found.sections} sections "
        f"(95 % interval {found.low_per_mm:.2f} to {found.high_per_mm:.2f} from the count alone)"
    )
    return _Density(per_mm=found.density_per_mm, remark=remark)


def _limit_of(biopsy: BiopsyResult, case: Case) -> _SkinLimit:
    age_y, sex = case.patient.age_y, case.patient.sex
    if biopsy.method != "immunofluorescence":
        known = ienfd_limit(age_y, sex)
        return _SkinLimit(per_mm=known.p05_fibres_per_mm, source=known.source, status=known.status)
    from ranvier.histology.skin import skin_limits

    first = skin_limits("immunofluorescence", age_y, sex)[0]
    return _SkinLimit(per_mm=first.limit_per_mm, source=first.source, status=first.status)


def _density(biopsy: BiopsyResult, case: Case) -> Iterator[Finding]:
    density = _density_of(biopsy)
    if density is None:
        return
    try:
        limit = _limit_of(biopsy, case)
    except OutsideReferenceError:
        return
    low = density.per_mm < limit.per_mm
    method = (biopsy.method or "").replace("_", " ")
    text = f"lower limit {number_in_words(limit.per_mm)} per mm for age and sex{f' by {method}' if method else ''}"
    yield Finding(
        id="",
        modality=Modality.BIOPSY,
        observable=IENFD_LOW,
        place=biopsy.place,
        reading=PresenceReading(present=low),
        abnormal=low,
        statement=(
            f"The nerve fibre density of the skin is {number_in_words(density.per_mm)} per mm{density.remark} "
            f"({text}), "
            f"{'low' if low else 'normal'}."
        ),
        limit=Limit(text=text, source=limit.source, status=limit.status),
        origin=biopsy.origin,
    )
