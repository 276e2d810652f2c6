"""Pictures of nerve sections in a case: measured, and shown without a verdict, as no limits of them exist."""

from collections.abc import Iterator
from functools import lru_cache
from typing import get_args

from ranvier.case import Case, NerveSection, Unused
from ranvier.core import RanvierError
from ranvier.histology.parameters import SectionModality
from ranvier.histology.reading import SectionRequest, read_section
from ranvier.histology.sections import SectionSummary


def section_notes(case: Case) -> tuple[Unused, ...]:
    """Return what each picture of a nerve section measures, or why it could not be measured.

    Parameters
    ----------
    case : Case
        The record.
    """
    return tuple(note for section in case.sections for note in _notes(section))


def _notes(section: NerveSection) -> Iterator[Unused]:
    name = section.path.name
    try:
        summary, picture_doubts = _measured(section)
    except RanvierError as error:
        yield Unused(
            severity="error",
            origin=section.origin,
            problem=f"the section {name!r} could not be measured: {error}.",
            remedy="Mend the file or its row in biopsy/sections.csv; ranvier biopsy reads it alone.",
        )
        return
    sizes = ""
    if summary.median_fibre_diameter_um is not None and summary.median_g_ratio is not None:
        sizes = (
            f", median fibre diameter {summary.median_fibre_diameter_um:.1f} um, median g-ratio "
            f"{summary.median_g_ratio:.2f}"
        )
    doubts = f"; doubtful: {'; '.join(summary.area_doubts)}" if summary.area_doubts else ""
    for doubt in picture_doubts:
        yield Unused(
            severity="question",
            origin=section.origin,
            problem=f"the picture of section {name!r} is in doubt, and with it what was measured there: {doubt}.",
            remedy="Look at its overlay (ranvier biopsy), and correct the picture or modality in biopsy/sections.csv.",
        )
    yield Unused(
        severity="question",
        origin=section.origin,
        problem=(
            f"section {name!r} of the {section.nerve.replace('_', ' ')} nerve, measured: {summary.n_counted} "
            f"myelinated fibres in {summary.area_mm2:.3g} mm2 ({summary.area_note}), "
            f"{summary.density_per_mm2:.0f} per mm2{sizes}"
            f"{doubts}. It is not weighed: {summary.limits}."
        ),
        remedy="State biopsy_axonal_loss or biopsy_demyelination present or absent as the laboratory judged it.",
    )


@lru_cache(maxsize=64)
def _measured(section: NerveSection) -> tuple[SectionSummary, tuple[str, ...]]:
    """Return the summary of a section and the doubts of its picture; the picture itself is not kept."""
    modality: SectionModality = next(m for m in get_args(SectionModality) if m == section.modality)
    request = SectionRequest(
        pixel_um=section.pixel_um,
        nerve=section.nerve,
        modality=modality,
        section=section.path,
        fascicle=section.fascicle,
        masks=section.masks,
        corrections=section.corrections,
    )
    reading = read_section(request)
    return reading.summary, reading.doubts
