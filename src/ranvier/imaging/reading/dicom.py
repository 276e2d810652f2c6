"""One DICOM series from a file or a folder."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ranvier.core import UnknownNameError, UnreadableImageError
from ranvier.imaging.reading.facts import Series
from ranvier.imaging.reading.folder import DicomFile, Folder, frame_headers, frames_of, open_folder
from ranvier.imaging.reading.frames import Frame
from ranvier.imaging.reading.header import Header
from ranvier.imaging.reading.libraries import faults_as
from ranvier.imaging.reading.pixels import Pixels
from ranvier.imaging.reading.sequence import facts_of
from ranvier.imaging.reading.stacking import stack
from ranvier.imaging.volume import Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    label: str
    frames: tuple[Frame, ...]
    modality: str

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
    chosen = _choose(_candidates(folder.images), series)
    pixels = Pixels({file.index: file.path for file in folder.images})
    stacked = stack(chosen.frames, pixels.same)
    first = stacked.volumes[0][0]
    with faults_as("the header of the series is damaged"):
        dataset = next(file.dataset for file in folder.images if file.index == first.file)
        header = list(frame_headers(dataset))[first.index]
        facts = facts_of(header, stacked.volumes)
        notes = (*stacked.notes, *_notes(folder, header))
    volume = Volume(values=pixels.values(stacked.volumes), affine=stacked.affine)
    return Series(volume=volume, facts=facts, notes=notes)


def _candidates(files: tuple[DicomFile, ...]) -> list[_Candidate]:
    groups: dict[tuple[object, ...], list[Frame]] = defaultdict(list)
    numbers: dict[tuple[object, ...], tuple[str, str]] = {}
    for file in files:
        with faults_as(f"the header of file {file.index + 1} is damaged"):
            header = Header((file.dataset,))
            uid, number = str(header.value("SeriesInstanceUID") or ""), header.integer("SeriesNumber")
            modality = header.word("Modality") or "?"
            label = str(number) if number is not None else "unnumbered"
            told = label, modality if len(modality) == 2 else "?"
        for frame in frames_of(file):
            key = (uid, number, *_grid(frame))
            groups[key].append(frame)
            numbers[key] = told
    return list(_labelled(groups, numbers))


def _grid(frame: Frame) -> tuple[object, ...]:
    plane = frame.plane
    directions = np.round(np.concatenate([plane.along_row, plane.along_column]), 3) + 0.0
    return plane.shape, tuple(round(mm, 4) for mm in plane.spacing_mm), tuple(directions.tolist())


def _labelled(
    groups: dict[tuple[object, ...], list[Frame]], numbers: dict[tuple[object, ...], tuple[str, str]]
) -> Iterable[_Candidate]:
    same: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for key in groups:
        same[numbers[key][0]].append(key)
    for number, keys in same.items():
        for part, key in enumerate(keys, 1):
            label = number if len(keys) == 1 else f"{number}.{part}"
            yield _Candidate(label=label, frames=tuple(groups[key]), modality=numbers[key][1])


def _choose(candidates: list[_Candidate], series: str | None) -> _Candidate:
    if series is not None:
        found = next((c for c in candidates if c.label == series), None)
        if found is None:
            raise UnknownNameError("series", series, [c.label for c in candidates])
        return found
    if len(candidates) > 1:
        listed = "; ".join(str(c) for c in candidates)
        raise UnreadableImageError(f"there are {len(candidates)} series; choose one by its number: {listed}")
    return candidates[0]


def _notes(folder: Folder, header: Header) -> tuple[str, ...]:
    notes = []
    if folder.not_dicom:
        notes.append(f"files that are not DICOM were passed over: {folder.not_dicom}")
    if folder.not_images:
        notes.append(f"DICOM files without an image were passed over: {folder.not_images}")
    if header.private_numbers(0x2005, "Philips MR Imaging DD 001", 0x0E, "f"):
        notes.append("the header has Philips' private scale; values are as rescaled by the standard slope, without it")
    return tuple(notes)
