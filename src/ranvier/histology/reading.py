"""One nerve section from files to files: read, segment or take masks, correct, measure, summarise, write."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import load_graph
from ranvier.histology.corrections import Corrections, apply_corrections, read_corrections
from ranvier.histology.errors import SectionError
from ranvier.histology.fascicles import outline_fascicles
from ranvier.histology.fibres import FibreMeasures, check_pixel, label_masks, measure_fibres
from ranvier.histology.large_pictures import picture_size, read_grey, write_levels
from ranvier.histology.parameters import SectionModality, section_parameters, segmentation_settings
from ranvier.histology.pictures import (
    AXON,
    MYELIN,
    image_module,
    read_mask,
    read_picture,
    read_two_in_one,
)
from ranvier.histology.sections import SectionSummary, summarise_section
from ranvier.histology.segmentation import full_scale, segment_fibres
from ranvier.histology.tiles import segment_tiles
from ranvier.histology.views import Drawn, FibreView, overlay, overlay_zoom, unsure_fibres, unsure_views

Labels = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRequest:
    """What is known of a section.

    `nerve` is a name of the nerve graph. With `axons` and `myelin` (masks), or `masks` (one picture, axon 255 and
    myelin 170), nothing is segmented; `section` may then be left out and is used for the overlay alone.
    Without a mask of the `fascicle` it is outlined by program, unless all of it is endoneurium (`whole_picture`).
    A whole section is read by tiles, `jobs` of them at once.
    """

    pixel_um: float
    nerve: str
    modality: SectionModality = "bright_field"
    section: Path | None = None
    fascicle: Path | None = None
    whole_picture: bool = False
    axons: Path | None = None
    myelin: Path | None = None
    masks: Path | None = None
    corrections: Path | None = None
    jobs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionReading:
    """Result for one section; `image` is None where only masks were given.

    `image` is every `image_step`-th pixel of the picture in rows and columns: a whole section is not kept.
    `tissue` is ``(rows, columns) uint8``: 255 axon, 170 myelin, 0 else. `axons` and `myelin` are labels, None for a
    section that was read by tiles and not corrected. `views` show the fibres that the program is least sure of;
    `doubts` say why the picture may not be what it is taken for.
    """

    nerve: str
    modality: SectionModality
    masks_from: str
    image: NDArray[np.generic] | None
    image_step: int
    tissue: NDArray[np.uint8]
    axons: Labels | None
    myelin: Labels | None
    fibres: tuple[FibreMeasures, ...]
    views: tuple[FibreView, ...]
    fascicle: NDArray[np.bool_] | None
    summary: SectionSummary
    n_excluded: int
    n_added: int
    doubts: tuple[str, ...]


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
    image = _picture(request.section) if request.section else None
    changes = read_corrections(request.corrections) if request.corrections else Corrections()
    found = _found(request, image, changes)
    shape = (found.tissue.shape[0], found.tissue.shape[1])
    views = () if image is None else unsure_views(image, found.tissue, found.fibres, request.pixel_um)
    step = int(np.ceil(max(shape) / section_parameters()["whole_up_to_px"]))
    if image is not None and step > 1:
        image = image[::step, ::step].copy()
    fascicle = read_mask(request.fascicle, shape) if request.fascicle else None
    outline = None
    if fascicle is None and not request.whole_picture:
        outline = outline_fascicles(found.fibres, found.tissue, pixel_um=request.pixel_um)
    return SectionReading(
        nerve=nerve,
        modality=request.modality,
        masks_from=found.origin,
        image=image,
        image_step=step,
        tissue=found.tissue,
        axons=found.axons,
        myelin=found.myelin,
        fibres=found.fibres,
        views=views,
        fascicle=outline.mask if outline is not None and outline.n else fascicle,
        summary=summarise_section(
            found.fibres, pixel_um=request.pixel_um, shape=shape, fascicle=fascicle, outline=outline
        ),
        n_excluded=len(changes.exclude),
        n_added=len(changes.add),
        doubts=found.doubts,
    )


def write_section(reading: SectionReading, out: Path) -> tuple[Path, ...]:
    """Write axons.png, myelin.png, fibres.csv, summary.json, overlay.png and fascicle.png; return their paths.

    There is no fascicle.png where the whole picture is the area.
    """
    out.mkdir(parents=True, exist_ok=True)
    paths = tuple(out / name for name in ("axons.png", "myelin.png", "fibres.csv", "summary.json", "overlay.png"))
    write_levels(paths[0], reading.tissue, AXON)
    write_levels(paths[1], reading.tissue, MYELIN)
    write_fibres(paths[2], reading.fibres)
    paths[3].write_text(json.dumps(summary_record(reading), indent=2, allow_nan=False) + "\n", encoding="utf-8")
    image_module().fromarray(section_overlay(reading)).save(paths[4])
    if reading.fascicle is None:
        return paths
    write_levels(out / "fascicle.png", reading.fascicle)
    return (*paths, out / "fascicle.png")


def write_fibres(path: Path, fibres: Sequence[FibreMeasures]) -> None:
    """Write one row a fibre, with the unit of each column in its name."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        names = [field.name for field in fields(FibreMeasures)]
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        for fibre in fibres:
            row = (getattr(fibre, name) for name in names)
            writer.writerow([_cell(value) for value in row])


def _cell(value: float | bool | None) -> str:
    if value is None:
        return ""
    return f"{value:.5g}" if isinstance(value, float) else str(value).lower()


def summary_record(reading: SectionReading) -> dict[str, Any]:
    """Return the summary as plain data for JSON."""
    return {
        "nerve": reading.nerve,
        "modality": reading.modality,
        "masks_from": reading.masks_from,
        "n_excluded_by_hand": reading.n_excluded,
        "n_added_by_hand": reading.n_added,
        "picture_doubts": list(reading.doubts),
        "n_unsure": len(unsure_fibres(reading.fibres)),
        **asdict(reading.summary),
    }


def _picture(path: Path) -> NDArray[np.generic]:
    """Return a picture; that of a whole section in grey, as its colours would not fit into memory."""
    large = max(picture_size(path)) > section_parameters()["whole_up_to_px"]
    return read_grey(path) if large else read_picture(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Fibres of a section, as in `SectionReading`."""

    origin: str
    tissue: NDArray[np.uint8]
    axons: Labels | None
    myelin: Labels | None
    fibres: tuple[FibreMeasures, ...]
    doubts: tuple[str, ...] = ()


def _found(request: SectionRequest, image: NDArray[np.generic] | None, changes: Corrections) -> _Found:
    masks = request.masks or request.axons or request.myelin
    if image is not None and not masks and max(image.shape[:2]) > section_parameters()["whole_up_to_px"]:
        tiled = segment_tiles(image, pixel_um=request.pixel_um, kind=request.modality, jobs=request.jobs)
        origin = "segmented by tiles"
        if changes == Corrections():
            doubts = tuple(_picture_doubts(request, image, tiled.tissue, tiled.fibres))
            return _Found(
                origin=origin, tissue=tiled.tissue, axons=None, myelin=None, fibres=tiled.fibres, doubts=doubts
            )
        axons, myelin = label_masks(tiled.tissue == AXON, tiled.tissue == MYELIN)
        chance = None
    else:
        axons, myelin, origin, chance = _labels(request, image)
    axons, myelin = apply_corrections(axons, myelin, changes)
    tissue = np.where(axons > 0, AXON, np.where(myelin > 0, MYELIN, 0)).astype(np.uint8)
    fibres = measure_fibres(axons, myelin, request.pixel_um, chance)
    doubts = tuple(_picture_doubts(request, image, tissue, fibres)) if image is not None and not masks else ()
    return _Found(origin=origin, tissue=tissue, axons=axons, myelin=myelin, fibres=fibres, doubts=doubts)


def _picture_doubts(
    request: SectionRequest, image: NDArray[np.generic], tissue: NDArray[np.uint8], fibres: Sequence[FibreMeasures]
) -> Iterator[str]:
    """Say whether no fibre was found, or more of them are sure, in number and share, with light and dark exchanged."""
    if not (tissue == AXON).any():
        yield (
            f"no fibre was found: check the size of a pixel ({request.pixel_um:g} um), the modality "
            f"({request.modality.replace('_', ' ')}) and whether the picture is sharp"
        )
    settings = section_parameters()
    side = int(settings["tile_px"])
    rows, columns = (slice((n - min(n, side)) // 2, (n + min(n, side)) // 2) for n in image.shape[:2])
    part: NDArray[Any] = image[rows, columns]
    there = [
        fibre
        for fibre in fibres
        if rows.start <= fibre.y_um / request.pixel_um < rows.stop
        and columns.start <= fibre.x_um / request.pixel_um < columns.stop
    ]
    sure = sum(fibre.probability is None or fibre.probability >= settings["unsure_below"] for fibre in there)
    many = (tissue[rows, columns] == AXON).mean() > settings["inverted_axon_share"]
    if (many and sure >= settings["inverted_sure_share"] * len(there)) or np.ptp(part) == 0:
        return
    other = segment_fibres(full_scale(part) - part, pixel_um=request.pixel_um, kind=request.modality)
    n_other = int((other.probability >= settings["unsure_below"]).sum())
    more = n_other >= settings["inverted_least_fibres"] and n_other > settings["inverted_times"] * sure
    if more and n_other * len(there) > sure * len(other.probability):
        yield (
            f"with light and dark exchanged {n_other} sure fibres are found where {sure} are found as it is: "
            "the picture may be inverted, or the modality another one"
        )


def section_overlay(reading: SectionReading) -> NDArray[np.uint8]:
    """Return the overlay of a section, ``(rows, columns, 3)``.

    A whole section is thinned to a size that can be looked at, a small picture is enlarged so that the outlines do not
    hide thin sheaths.
    """
    thin = (slice(None, None, reading.image_step), slice(None, None, reading.image_step))
    tissue = reading.tissue[thin]
    drawn = Drawn(
        axons=(tissue == AXON).astype(np.int32) if reading.axons is None else reading.axons[thin],
        myelin=(tissue == MYELIN).astype(np.int32) if reading.myelin is None else reading.myelin[thin],
        fascicle=None if reading.fascicle is None else reading.fascicle[thin],
        unsure=() if reading.axons is None else [fibre.label for fibre in unsure_fibres(reading.fibres)],
    )
    image = np.where(tissue > 0, 250, 255).astype(np.uint8) if reading.image is None else reading.image
    pixel_um = reading.summary.pixel_um * reading.image_step
    return overlay(image, drawn, zoom=overlay_zoom(tissue.shape), pixel_um=pixel_um)


def _labels(
    request: SectionRequest, image: NDArray[np.generic] | None
) -> tuple[Labels, Labels, str, NDArray[np.float64] | None]:
    shape = None if image is None else image.shape[:2]
    if request.masks and (request.axons or request.myelin):
        raise SectionError("give either one picture of both masks, or the masks of axons and of myelin, not both")
    if request.masks:
        return *label_masks(*read_two_in_one(request.masks, shape)), request.masks.name, None
    if (request.axons is None) != (request.myelin is None):
        there, lacking = ("axons", "myelin") if request.axons else ("myelin", "axons")
        raise SectionError(f"a mask of {there} was given without one of {lacking}: give both")
    if request.axons and request.myelin:
        axons = read_mask(request.axons, shape)
        labels = label_masks(axons, read_mask(request.myelin, axons.shape))
        return *labels, f"{request.axons.name}, {request.myelin.name}", None
    if image is None:
        raise SectionError("neither a picture nor masks were given")
    found = segment_fibres(image, pixel_um=request.pixel_um, kind=request.modality)
    return found.axons, found.myelin, "segmented", found.probability
