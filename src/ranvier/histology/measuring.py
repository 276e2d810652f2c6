"""Everything that measures tissue: nerve sections fibre by fibre and nerve fibres of the skin.

It stands apart from ``ranvier.histology`` so that a work-up of a case, which needs none of it, starts fast.
"""

from ranvier.histology.corrections import AddedFibre, Corrections, apply_corrections, read_corrections
from ranvier.histology.errors import CorrectionError, PictureError, SectionError
from ranvier.histology.fascicles import FascicleOutline, outline_fascicles
from ranvier.histology.fibres import FibreMeasures, label_masks, measure_fibres
from ranvier.histology.matching import Agreement, agreement
from ranvier.histology.parameters import MODALITIES, SectionModality
from ranvier.histology.reading import SectionReading, SectionRequest, read_section, section_overlay, write_section
from ranvier.histology.sections import SectionSummary, summarise_section
from ranvier.histology.segmentation import Fibres, segment_fibres
from ranvier.histology.simulation import SimulatedSection, simulate_section
from ranvier.histology.skin import (
    SkinDensity,
    SkinLimit,
    SkinSection,
    StopAdvice,
    skin_density,
    skin_limits,
    stop_counting,
)
from ranvier.histology.tiles import TiledFibres, segment_tiles
from ranvier.histology.views import scale_bar_um, unsure_fibres

__all__ = [
    "MODALITIES",
    "AddedFibre",
    "Agreement",
    "CorrectionError",
    "Corrections",
    "FascicleOutline",
    "FibreMeasures",
    "Fibres",
    "PictureError",
    "SectionError",
    "SectionModality",
    "SectionReading",
    "SectionRequest",
    "SectionSummary",
    "SimulatedSection",
    "SkinDensity",
    "SkinLimit",
    "SkinSection",
    "StopAdvice",
    "TiledFibres",
    "agreement",
    "apply_corrections",
    "label_masks",
    "measure_fibres",
    "outline_fascicles",
    "read_corrections",
    "read_section",
    "scale_bar_um",
    "section_overlay",
    "segment_fibres",
    "segment_tiles",
    "simulate_section",
    "skin_density",
    "skin_limits",
    "stop_counting",
    "summarise_section",
    "unsure_fibres",
    "write_section",
]
