"""Settings of the section reader, one fixed set for each modality, from ``data/segmentation.csv``."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal, get_args

from ranvier.core import UnknownNameError, read_table

PACKAGE = "ranvier.histology"

SectionModality = Literal["bright_field", "sem", "tem"]
MODALITIES: tuple[SectionModality, ...] = get_args(SectionModality)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentationSettings:
    """What the section reader takes for granted; units are in the names, ratios are plain numbers.

    The meaning of each is the column ``meaning`` of ``data/segmentation.csv``.
    """

    smooth_um: float
    smooth_least_px: float
    work_pixel_um: float
    myelin_bright: float
    block_um: float
    axon_min_um: float
    axon_max_um: float
    contrast_min: float
    rim_min: float
    rim_step: float
    compactness_min: float
    levels: float
    mirror_um: float
    sheath_max_um: float
    edge_height: float
    span_noises: float
    probability_min: float


@cache
def segmentation_settings(modality: str) -> SegmentationSettings:
    """Return the settings of one modality.

    Parameters
    ----------
    modality : {"bright_field", "sem", "tem"}
        Toluidine blue or osmium under light, scanning (back-scattered), or transmission electron microscopy.

    Raises
    ------
    UnknownNameError
        If there is no such modality.
    """
    if modality not in MODALITIES:
        raise UnknownNameError("section modality", modality, MODALITIES)
    rows = read_table(PACKAGE, "segmentation.csv", ("name", "modality", "value", "unit", "status", "source", "meaning"))
    values = {row["name"]: float(row["value"]) for row in rows if row["modality"] == modality}
    return SegmentationSettings(**{field.name: values[field.name] for field in fields(SegmentationSettings)})


@cache
def section_parameters() -> Mapping[str, float]:
    """Return the numbers that the summary of a section takes for granted, in the unit that each row states."""
    rows = read_table(PACKAGE, "section.csv", ("name", "value", "unit", "status", "source", "meaning"))
    return {row["name"]: float(row["value"]) for row in rows}
