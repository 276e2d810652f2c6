"""Biopsy results to findings."""

from collections.abc import Iterator
from dataclasses import replace

from ranvier.anatomy import NerveGraph
from ranvier.case import BiopsyResult, Case, Unused, load_vocabulary
from ranvier.core import Finding, Limit, Modality, OutsideReferenceError, PresenceReading, in_words, number_in_words
from ranvier.reference import ienfd_limit

IENFD_LOW = "biopsy_ienfd_low"


def findings(case: Case, graph: NerveGraph) -> tuple[Finding, ...]:
    """Return the findings of all biopsies, in the order of the case.

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
    return tuple(replace(item, id=f"biopsy-{number}") for number, item in enumerate(items, 1))


def unused(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return the fibre densities that no limit applies to, with the reason."""
    del graph
    out = []
    for biopsy in case.biopsies:
        if biopsy.fibre_density_per_mm is None or _states_density(biopsy):
            continue
        try:
            ienfd_limit(case.patient.age_y, case.patient.sex)
        except OutsideReferenceError as error:
            out.append(
                Unused(
                    severity="error",
                    origin=biopsy.origin,
                    problem=f"fibre density {biopsy.fibre_density_per_mm:g} per mm cannot be judged: {error}.",
                    remedy=f"State {IENFD_LOW} present or absent as the laboratory judged it.",
                )
            )
    return tuple(out)


def _of_biopsy(biopsy: BiopsyResult, case: Case) -> Iterator[Finding]:
    tissue = f"biopsy of {in_words(biopsy.place)}" if biopsy.place else f"{biopsy.tissue.replace('_', ' ')} biopsy"
    for stated in biopsy.statements:
        name = load_vocabulary().features[stated.feature].name
        verb = "shows" if stated.present else "does not show"
        yield Finding(
            id="",
            modality=Modality.BIOPSY,
            observable=stated.feature,
            place=stated.place or biopsy.place,
            reading=PresenceReading(present=stated.present),
            abnormal=stated.present,
            statement=f"{tissue[:1].upper()}{tissue[1:]} {verb} {name[:1].lower()}{name[1:]}.",
            limit=None,
            origin=stated.origin,
        )
    if biopsy.fibre_density_per_mm is not None and not _states_density(biopsy):
        yield from _density(biopsy, biopsy.fibre_density_per_mm, case)


def _states_density(biopsy: BiopsyResult) -> bool:
    return any(s.feature == IENFD_LOW for s in biopsy.statements)


def _density(biopsy: BiopsyResult, density_per_mm: float, case: Case) -> Iterator[Finding]:
    try:
        limit = ienfd_limit(case.patient.age_y, case.patient.sex)
    except OutsideReferenceError:
        return
    low = density_per_mm < limit.p05_fibres_per_mm
    text = f"lower limit {number_in_words(limit.p05_fibres_per_mm)} per mm for age and sex"
    yield Finding(
        id="",
        modality=Modality.BIOPSY,
        observable=IENFD_LOW,
        place=biopsy.place,
        reading=PresenceReading(present=low),
        abnormal=low,
        statement=(
            f"The nerve fibre density of the skin is {number_in_words(density_per_mm)} per mm ({text}), "
            f"{'low' if low else 'normal'}."
        ),
        limit=Limit(text=text, source=limit.source, status=limit.status),
        origin=biopsy.origin,
    )
