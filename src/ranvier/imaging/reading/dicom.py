"""One DICOM series from a file or a folder."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from ranvier.core import UnknownNameError, UnreadableImageError
from ranvier.imaging.reading.facts import SequenceFacts, Series
from ranvier.imaging.reading.folder import DicomFile, Folder, frame_headers, frames_of, open_folder
from ranvier.imaging.reading.frames import Frame, Plane
from ranvier.imaging.reading.header import Header
from ranvier.imaging.reading.libraries import faults_as
from ranvier.imaging.reading.parameters import load_parameters
from ranvier.imaging.reading.pixels import Pixels
from ranvier.imaging.reading.sequence import facts_of
from ranvier.imaging.reading.stacking import stack
from ranvier.imaging.volume import Volume

_Key = tuple[str, str, str]
_MODALITIES = ("MR", "CT", "PT", "NM", "US", "XA", "CR", "DX", "OT", "SC")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    label: str
    frames: tuple[Frame, ...]
    modality: str
    trouble: str | None

    def __str__(self) -> str:
        rows, columns = self.frames[0].plane.shape
        echoes = len({f.te_ms for f in self.frames if f.te_ms is not None})
        told = f", {echoes} echo times" if echoes > 1 else ""
        return f"{self.label}: {self.modality}, {len(self.frames)} images of {columns} x {rows}{told}"


def read_dicom(path: Path, series: str | None) -> Series:
    """Return one DICOM series.

    Parameters
    ----------
    path : Path
        A file or a folder.
    series : str or None
        Which of several series, by the label that the error lists.

    Raises
    ------
    UnreadableImageError
        If it cannot be read, or there are several series and none was chosen.
    UnknownNameError
        If there is no series of that label.
    MissingExtraError
        If a library is not installed.
    """
    folder = open_folder(path)
    candidates = _candidates(folder.images)
    chosen = _choose(candidates, series)
    pixels = Pixels({file.index: file.path for file in folder.images})
    stacked = stack(chosen.frames, pixels.same)
    first = stacked.volumes[0][0]
    with faults_as("the header of the series is damaged"):
        dataset = next(file.dataset for file in folder.images if file.index == first.file)
        header = next(islice(frame_headers(dataset), first.index, None))
        facts = facts_of(header, stacked.volumes)
        notes = (*stacked.notes, *_notes(folder, header, chosen.modality, facts))
    volume = Volume(values=pixels.values(stacked.volumes), affine=stacked.affine)
    return Series(volume=volume, facts=facts, notes=notes)


def choose_frames(path: Path, series: str | None) -> tuple[Folder, tuple[Frame, ...]]:
    """Return the files at a path and the frames of the chosen series; errors as `read_dicom`."""
    folder = open_folder(path)
    return folder, _choose(_candidates(folder.images), series).frames


def _candidates(files: tuple[DicomFile, ...]) -> list[_Candidate]:
    """Return the series: one identity and number, one grid (size, spacing, directions) each."""
    groups: dict[_Key, list[list[Frame]]] = defaultdict(list)
    troubles: dict[_Key, str] = {}
    for file in files:
        with faults_as(f"the header of file {file.index + 1} is damaged"):
            key = _key(Header((file.dataset,)))
        try:
            frames = list(frames_of(file))
        except UnreadableImageError as error:
            troubles.setdefault(key, str(error))
            frames = []
        for frame in frames:
            grids = groups[key]
            same = next((images for images in grids if _one_grid(images[0].plane, frame.plane)), None)
            if same is None:
                grids.append([frame])
            else:
                same.append(frame)
    if not groups:
        raise UnreadableImageError(next(iter(troubles.values())))
    return _labelled(groups, troubles)


def _key(header: Header) -> _Key:
    number, modality = header.integer("SeriesNumber"), header.word("Modality") or ""
    label = "unnumbered" if number is None else str(number)
    return label, modality if modality in _MODALITIES else "?", str(header.value("SeriesInstanceUID"))


def _one_grid(one: Plane, other: Plane) -> bool:
    slack = load_parameters()["direction_error"]
    return (
        one.shape == other.shape
        and np.allclose(one.spacing_mm, other.spacing_mm, rtol=slack, atol=0)
        and np.allclose(one.along_row, other.along_row, rtol=0, atol=slack)
        and np.allclose(one.along_column, other.along_column, rtol=0, atol=slack)
    )


def _labelled(groups: dict[_Key, list[list[Frame]]], troubles: dict[_Key, str]) -> list[_Candidate]:
    same: dict[str, list[tuple[_Key, list[Frame]]]] = defaultdict(list)
    for key, grids in groups.items():
        same[key[0]].extend((key, frames) for frames in grids)
    return [
        _Candidate(
            label=label if len(parts) == 1 else f"{label}.{part}",
            frames=tuple(frames),
            modality=key[1],
            trouble=troubles.get(key),
        )
        for label, parts in same.items()
        for part, (key, frames) in enumerate(parts, 1)
    ]


def _choose(candidates: list[_Candidate], series: str | None) -> _Candidate:
    if series is None and len(candidates) > 1:
        listed = "; ".join(str(c) for c in candidates)
        raise UnreadableImageError(f"there are {len(candidates)} series; choose one by its number: {listed}")
    chosen = next((c for c in candidates if series in (None, c.label)), None)
    if chosen is None:
        raise UnknownNameError("series", series or "", [c.label for c in candidates])
    if chosen.trouble is not None:
        raise UnreadableImageError(chosen.trouble)
    return chosen


def _notes(folder: Folder, header: Header, modality: str, facts: SequenceFacts) -> tuple[str, ...]:
    notes = [] if modality == "MR" else [f"the modality is {modality}, not MR"]
    if folder.not_dicom:
        notes.append(f"files that are not DICOM were passed over: {folder.not_dicom}")
    if folder.not_images:
        notes.append(f"DICOM files without an image were passed over: {folder.not_images}")
    if header.private_numbers(0x2005, "Philips MR Imaging DD 001", 0x0E, "f"):
        notes.append("the header has Philips' private scale; values are as rescaled by the standard slope, without it")
    if facts.manufacturer == "GE" and any(facts.b_vectors):
        notes.append("GE's private gradient directions were not confirmed on real images; check before tractography")
    return tuple(notes)
