"""The DICOM files of a folder, their headers, and the frames that these describe.

Files that are not DICOM are passed over and counted. A file is named by its number in name order, never by its name:
names of files and folders often hold the patient's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading.frames import Frame, frame_of
from ranvier.imaging.reading.header import Dataset, Header, functional_groups
from ranvier.imaging.reading.libraries import faults_as, library
from ranvier.imaging.reading.mosaic import is_mosaic, placed, tiles

_MAGIC = 128
_IMAGE_CLASSES = ("Image Storage", "Parametric Map Storage")
_STANDARD = "1.2.840.10008."
_FIRST_GROUPS = 0x0010
_ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class DicomFile:
    """A file with its header (without pixels).

    Attributes
    ----------
    index : int
        Its place among all files in name order, from 0.
    path : Path
        Where it is.
    dataset : Dataset
        Header as pydicom gives it.
    """

    index: int
    path: Path
    dataset: Dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What lies in a folder (or one file): images, and counts of what else was there."""

    images: tuple[DicomFile, ...]
    not_dicom: int
    not_images: int


def open_folder(path: Path) -> Folder:
    """Return the DICOM images at a path with their headers.

    Parameters
    ----------
    path : Path
        A file, or a folder that is searched with its sub-folders.

    Raises
    ------
    UnreadableImageError
        If there is nothing, nothing that is DICOM, no image among it, or a DICOM file that is damaged.
    """
    with faults_as("the folder cannot be listed"):
        paths = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    if not paths:
        raise UnreadableImageError("the folder is empty")
    images: list[DicomFile] = []
    not_dicom = not_images = 0
    for number, file in enumerate(paths, 1):
        dataset = _header(file, number)
        if dataset is None:
            not_dicom += 1
        elif not _is_image(dataset, number):
            not_images += 1
        else:
            images.append(DicomFile(index=number - 1, path=file, dataset=dataset))
    if not images:
        raise UnreadableImageError(_nothing(len(paths), not_images))
    return Folder(images=tuple(images), not_dicom=not_dicom, not_images=not_images)


def frames_of(file: DicomFile) -> Iterator[Frame]:
    """Yield the frames of a file: one, the slices of a mosaic, or those of an enhanced object.

    Parameters
    ----------
    file : DicomFile
        The file.

    Raises
    ------
    UnreadableImageError
        If a frame has no place in the patient, or a mosaic cannot be taken apart.
    """
    number = file.index
    with faults_as(f"the header of file {number + 1} is damaged"):
        if "PerFrameFunctionalGroupsSequence" in file.dataset:
            yield from _enhanced(file.dataset, number)
            return
        header = Header((file.dataset,))
        if (header.integer("NumberOfFrames") or 1) > 1:
            raise UnreadableImageError(
                f"file {number + 1} holds several images but does not say where each of them lies"
            )
        frame = frame_of(placed(header), file=number, order=_order(header))
        if is_mosaic(header):
            yield from tiles(header, frame)
        else:
            yield frame


def frame_headers(dataset: Dataset) -> Iterator[Header]:
    """Yield the header of each frame of an enhanced object; of a classic one, its only header."""
    if "PerFrameFunctionalGroupsSequence" not in dataset:
        yield Header((dataset,))
        return
    shared = dataset.get("SharedFunctionalGroupsSequence") or ()
    common = tuple(inner for item in shared for inner in functional_groups(item))
    for item in dataset.PerFrameFunctionalGroupsSequence:
        own = tuple(functional_groups(item))
        yield Header((*own, *common, dataset, *_philips_classic(item)))


def _enhanced(dataset: Dataset, number: int) -> Iterator[Frame]:
    whole = Header((dataset,))
    count, groups = whole.integer("NumberOfFrames") or 1, len(dataset.PerFrameFunctionalGroupsSequence)
    if count != groups:
        raise UnreadableImageError(f"file {number + 1} speaks of {count} frames but describes {groups}")
    of_file = _order(whole)
    for index, header in enumerate(frame_headers(dataset)):
        time = header.number("TemporalPositionIndex") or 0.0
        order = (*of_file, time, *header.numbers("DimensionIndexValues"), float(index))
        yield frame_of(header, file=number, index=index, order=order)


def _philips_classic(item: Dataset) -> tuple[Dataset, ...]:
    found = Header((item,)).private(0x2005, "Philips MR Imaging DD 005", 0x0F)
    return (found[0],) if found is not None and not isinstance(found, bytes) and len(found) else ()


def _order(header: Header) -> tuple[float, ...]:
    keywords = ("TemporalPositionIdentifier", "AcquisitionNumber", "InstanceNumber")
    return tuple(header.number(keyword) or 0.0 for keyword in keywords)


def _header(path: Path, number: int) -> Dataset | None:
    """Return the header of a file, or None where it is not DICOM at all."""
    pydicom = library("pydicom")
    with faults_as(f"file {number} cannot be opened"), path.open("rb") as stream:
        start = stream.read(_MAGIC + 4)
    marked = start[_MAGIC:] == b"DICM"
    if not marked and not _may_lack_preamble(start):
        return None
    try:
        with faults_as(f"file {number} is DICOM but damaged: its header ends too early or makes no sense"):
            dataset = pydicom.dcmread(path, force=True, stop_before_pixels=True)
            known = bool(dataset.get("SOPClassUID")) or ("Rows" in dataset and "Columns" in dataset)
    except UnreadableImageError:
        if marked:
            raise
        return None
    return dataset if marked or known else None


def _may_lack_preamble(start: bytes) -> bool:
    """Return whether a file begins with an attribute of one of the first groups, in either byte order."""
    return len(start) > 8 and any(0 < int.from_bytes(start[:2], order) <= _FIRST_GROUPS for order in _ORDERS)


def _is_image(dataset: Dataset, number: int) -> bool:
    """Return whether a data set is an image; one that should be but has no size was cut short."""
    with faults_as(f"file {number} is DICOM but damaged"):
        meta = getattr(dataset, "file_meta", {})
        uid = str(dataset.get("SOPClassUID") or meta.get("MediaStorageSOPClassUID") or _STANDARD)
        name = library("pydicom").uid.UID(uid).name
        cut_short = name == uid and (uid.startswith(_STANDARD) or _STANDARD.startswith(uid))
        sized = "Rows" in dataset and "Columns" in dataset
        if name != uid and not name.endswith(_IMAGE_CLASSES):
            return False
        if sized or not (cut_short or name != uid):
            return sized
    raise UnreadableImageError(f"file {number} is DICOM but its header is cut short: it has no rows and columns")


def _nothing(count: int, not_images: int) -> str:
    what = "the file is" if count == 1 else f"none of the {count} files is"
    if not not_images:
        return f"{what} {'neither DICOM nor NIfTI' if count == 1 else 'DICOM (a NIfTI file is given by itself)'}"
    if count == 1:
        return "the file is DICOM but holds no image (a report, a structure set or a directory)"
    return f"{what} an image; {not_images} are DICOM without pixels (reports, structure sets, directories)"
