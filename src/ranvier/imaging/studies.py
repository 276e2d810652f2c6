"""Imaging studies to findings. A study that was not done, or of which nothing is told, gives none."""

from collections.abc import Iterator
from dataclasses import replace

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, ImagingFinding, ImagingStudy, Unused, load_vocabulary
from ranvier.core import (
    Finding,
    ImagingProtocol,
    Modality,
    Origin,
    Place,
    PlaceKind,
    PresenceReading,
    Side,
    in_words,
    read_table,
    side_in_words,
)

_MODALITIES = {"mri": Modality.MRI, "ultrasound": Modality.ULTRASOUND}
_NAMES = {"mri": "MRI", "ultrasound": "Ultrasound", "ct": "CT", "xray": "Radiography", "pet": "PET", "other": "Imaging"}


def findings(case: Case, graph: NerveGraph) -> tuple[Finding, ...]:
    """Return the findings of all imaging studies, in the order of the case.

    Every statement is ``image:<kind>`` with its place, or the region of the study where it has
    none; a study that was read as normal is ``image_normal`` with its region.

    Parameters
    ----------
    case : Case
        The record; its places are ids of the graph already.
    graph : NerveGraph
        Not needed here; every modality has the same signature.
    """
    del graph
    items = [item for study in case.imaging if study.result != "not_done" for item in _of_study(study)]
    return tuple(replace(item, id=f"image-{number}") for number, item in enumerate(items, 1))


def unused(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return the studies that were abnormal but do not say what was seen."""
    del graph
    return tuple(
        Unused(
            severity="error",
            origin=study.origin,
            problem=f"the {_NAMES[study.modality]} of the {_region(study)} was abnormal, but not what was seen.",
            remedy="Add the findings, each with its kind and place.",
        )
        for study in case.imaging
        if study.result == "abnormal" and not study.findings
    )


def _of_study(study: ImagingStudy) -> Iterator[Finding]:
    for seen in study.findings:
        place = _place(seen, study)
        kind = load_vocabulary().image_kinds[seen.kind].name
        where = "" if place.kind is PlaceKind.REGION else f" ({in_words(place)})"
        statement = f"{_title(study)} shows {kind[:1].lower()}{kind[1:]}{where}."
        yield _finding(study, f"image:{seen.kind}", place, statement, abnormal=True, origin=seen.origin)
    if study.result == "normal" and not study.findings:
        statement = f"{_title(study)} was read as normal."
        yield _finding(study, "image_normal", _whole(study), statement, abnormal=False, origin=study.origin)


def _finding(
    study: ImagingStudy, observable: str, place: Place, statement: str, *, abnormal: bool, origin: Origin
) -> Finding:
    return Finding(
        id="",
        modality=_MODALITIES.get(study.modality, Modality.OTHER_IMAGING),
        observable=observable,
        place=place,
        reading=PresenceReading(present=True),
        abnormal=abnormal,
        statement=statement,
        limit=None,
        origin=origin,
        protocol=_protocol(study) if study.modality == "mri" else None,
    )


def _protocol(study: ImagingStudy) -> ImagingProtocol:
    """Return how a study was made. A list that names no fat-suppressed sequence may be incomplete: that is not said."""
    words = {row["word"] for row in read_table("ranvier.imaging", "fat_suppression_words.csv", ("word",))}
    said = " ".join(study.sequences).lower()
    suppressed = True if any(word in said for word in words) else None
    in_plane = sorted(study.voxel_mm)[1] if study.voxel_mm else None
    return ImagingProtocol(
        contrast=study.contrast, fat_suppression=suppressed, in_plane_mm=in_plane, coverage_mm=study.coverage_mm
    )


def _place(seen: ImagingFinding, study: ImagingStudy) -> Place:
    if seen.place is None:
        return _whole(study)
    return replace(seen.place, side=study.side) if seen.place.side is Side.UNKNOWN else seen.place


def _whole(study: ImagingStudy) -> Place:
    return Place(kind=PlaceKind.REGION, ids=(study.region,), side=study.side, label=_region(study))


def _region(study: ImagingStudy) -> str:
    return load_vocabulary().regions[study.region].name


def _title(study: ImagingStudy) -> str:
    unpaired = study.side is Side.UNKNOWN
    region = _region(study) if unpaired else side_in_words(_region(study), study.side)
    return f"{_NAMES[study.modality]} of the {region}"
