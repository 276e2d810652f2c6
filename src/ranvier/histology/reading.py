"""One nerve section from files to files: read, segment or take masks, correct, measure, summarise, write."""

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import load_graph
from ranvier.histology.corrections import Corrections, apply_corrections, read_corrections
from ranvier.histology.errors import SectionError
from ranvier.histology.fibres import FibreMeasures, check_pixel, label_masks, measure_fibres
from ranvier.histology.parameters import SectionModality, section_parameters, segmentation_settings
from ranvier.histology.pictures import (
    AXON,
    MYELIN,
    read_mask,
    read_picture,
    read_two_in_one,
    write_mask,
    write_overlay,
)
from ranvier.histology.sections import SectionSummary, summarise_section
from ranvier.histology.segmentation import segment_fibres
from ranvier.histology.tiles import segment_tiles

Labels = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRequest:
    """What is known of a section.

    `nerve` is a name of the nerve graph. With `axons` and `myelin` (masks), or `masks` (one picture, axon 255 and
    myelin 170), nothing is segmented; `section` may then be left out and is used for the overlay alone.
    """

    pixel_um: float
    nerve: str
    modality: SectionModality = "bright_field"
    section: Path | None = None
    fascicle: Path | None = None
    axons: Path | None = None
    myelin: Path | None = None
    masks: Path | None = None
    corrections: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionReading:
    """Result for one section; `image` is None where only masks were given. `axons` and `myelin` are labels."""

    nerve: str
    modality: SectionModality
    masks_from: str
    image: NDArray[np.generic] | None
    axons: Labels
    myelin: Labels
    fibres: tuple[FibreMeasures, ...]
    summary: SectionSummary
    n_excluded: int
    n_added: int


def read_section(request: SectionRequest) -> SectionReading:
    """Read and measure one section.

    Parameters
    ----------
    request : SectionRequest
        Files, scale and nerve.

    Raises
    ------
    SectionError
        If a file cannot be used, sizes differ, or masks are given by half.
    UnknownNameError
        If there is no such nerve or modality.
    """
    check_pixel(request.pixel_um)
    segmentation_settings(request.modality)
    _, nerve = load_graph().resolve(request.nerve, ("nerve",))
    image = read_picture(request.section) if request.section else None
    axons, myelin, origin = _labels(request, image)
    changes = read_corrections(request.corrections) if request.corrections else Corrections()
    axons, myelin = apply_corrections(axons, myelin, changes)
    fascicle = read_mask(request.fascicle, axons.shape) if request.fascicle else None
    fibres = measure_fibres(axons, myelin, request.pixel_um)
    shape = (axons.shape[0], axons.shape[1])
    return SectionReading(
        nerve=nerve,
        modality=request.modality,
        masks_from=origin,
        image=image,
        axons=axons,
        myelin=myelin,
        fibres=fibres,
        summary=summarise_section(fibres, pixel_um=request.pixel_um, shape=shape, fascicle=fascicle),
        n_excluded=len(changes.exclude),
        n_added=len(changes.add),
    )


def write_section(reading: SectionReading, out: Path) -> tuple[Path, ...]:
    """Write axons.png, myelin.png, fibres.csv, summary.json and overlay.png; return their paths."""
    out.mkdir(parents=True, exist_ok=True)
    paths = tuple(out / name for name in ("axons.png", "myelin.png", "fibres.csv", "summary.json", "overlay.png"))
    write_mask(paths[0], reading.axons > 0)
    write_mask(paths[1], reading.myelin > 0)
    write_fibres(paths[2], reading.fibres)
    paths[3].write_text(json.dumps(summary_record(reading), indent=2, allow_nan=False) + "\n", encoding="utf-8")
    blank = np.full(reading.axons.shape, 255, np.uint8)
    blank[0, 0] = 0
    write_overlay(paths[4], blank if reading.image is None else reading.image, reading.axons, reading.myelin)
    return paths


def write_fibres(path: Path, fibres: Sequence[FibreMeasures]) -> None:
    """Write one row a fibre, with the unit of each column in its name."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        names = [field.name for field in fields(FibreMeasures)]
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        for fibre in fibres:
            row = (getattr(fibre, name) for name in names)
            writer.writerow([f"{v:.5g}" if isinstance(v, float) else str(v).lower() for v in row])


def summary_record(reading: SectionReading) -> dict[str, Any]:
    """Return the summary as plain data for JSON."""
    return {
        "nerve": reading.nerve,
        "modality": reading.modality,
        "masks_from": reading.masks_from,
        "n_excluded_by_hand": reading.n_excluded,
        "n_added_by_hand": reading.n_added,
        **asdict(reading.summary),
    }


def _labels(request: SectionRequest, image: NDArray[np.generic] | None) -> tuple[Labels, Labels, str]:
    shape = None if image is None else image.shape[:2]
    if request.masks and (request.axons or request.myelin):
        raise SectionError("give either one picture of both masks, or the masks of axons and of myelin, not both")
    if request.masks:
        return *label_masks(*read_two_in_one(request.masks, shape)), request.masks.name
    if (request.axons is None) != (request.myelin is None):
        there, lacking = ("axons", "myelin") if request.axons else ("myelin", "axons")
        raise SectionError(f"a mask of {there} was given without one of {lacking}: give both")
    if request.axons and request.myelin:
        axons = read_mask(request.axons, shape)
        labels = label_masks(axons, read_mask(request.myelin, axons.shape))
        return *labels, f"{request.axons.name}, {request.myelin.name}"
    if image is None:
        raise SectionError("neither a picture nor masks were given")
    if max(image.shape[:2]) <= section_parameters()["whole_up_to_px"]:
        found = segment_fibres(image, pixel_um=request.pixel_um, kind=request.modality)
        return found.axons, found.myelin, "segmented"
    tissue = segment_tiles(image, pixel_um=request.pixel_um, kind=request.modality).tissue
    return *label_masks(tissue == AXON, tissue == MYELIN), "segmented by tiles"
