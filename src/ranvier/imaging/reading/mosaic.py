"""Mosaics: one image that holds all slices of a volume as tiles (Siemens, United Imaging).

The position in the header of a Siemens mosaic is that of a picture as large as the mosaic around the centre of the
slice (as explained in nibabel's documentation, "DICOM mosaic"), so that of the first slice has to be worked out.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading.csa import csa_numbers
from ranvier.imaging.reading.frames import Frame, Plane
from ranvier.imaging.reading.header import Header
from ranvier.imaging.reading.kinds import image_type
from ranvier.imaging.volume import FloatArray

_UIH_SLICES = (0x0065, "Image Private Header", 0x51)
_SIEMENS_CSA = (0x0029, "SIEMENS CSA HEADER", 0x10)


def is_mosaic(header: Header) -> bool:
    """Return whether an image is a mosaic of slices."""
    return bool({"MOSAIC", "VFRAME"}.intersection(image_type(header)))


def placed(header: Header) -> Header:
    """Return the header of a mosaic with the position of its first slice, where only the slices state theirs."""
    items = header.private(*_UIH_SLICES) if "VFRAME" in image_type(header) else None
    return Header((*header.layers, items[0])) if items is not None and len(items) else header


def tiles(header: Header, whole: Frame) -> Iterator[Frame]:
    """Yield the slices of a mosaic as frames of their own.

    Parameters
    ----------
    header : Header
        Header of the image.
    whole : Frame
        The mosaic as if it were one image.

    Raises
    ------
    UnreadableImageError
        If the number of tiles is not stated, or they do not fit.
    """
    origins = _united_imaging_origins(header) if "VFRAME" in image_type(header) else None
    count = len(origins) if origins is not None else _siemens_count(header, whole)
    rows, columns = whole.plane.shape
    across = math.ceil(math.sqrt(count))
    down = across if origins is None else math.ceil(count / across)
    if rows % down or columns % across:
        raise UnreadableImageError(
            f"file {whole.file + 1} is a mosaic of {count} slices, which do not fit into {rows} x {columns} pixels"
        )
    shape = rows // down, columns // across
    if origins is None:
        origins = _siemens_origins(header, whole, shape, count)
    for number, origin in enumerate(origins):
        plane = replace(whole.plane, shape=shape, origin_mm=origin)
        corner = number // across * shape[0], number % across * shape[1]
        yield replace(whole, plane=plane, corner=corner)


def _siemens_count(header: Header, whole: Frame) -> int:
    stated = csa_numbers(header.private(*_SIEMENS_CSA), "NumberOfImagesInMosaic")
    stated = stated or header.private_numbers(0x0019, "SIEMENS MR HEADER", 0x0A, "H")
    if not stated or stated[0] < 1:
        raise UnreadableImageError(
            f"file {whole.file + 1} is a mosaic, but its private header, which says of how many slices, is gone; "
            "export it again without removing the maker's private attributes"
        )
    return int(stated[0])


def _siemens_origins(header: Header, whole: Frame, shape: tuple[int, int], count: int) -> list[FloatArray]:
    plane = whole.plane
    normal = np.array(csa_numbers(header.private(*_SIEMENS_CSA), "SliceNormalVector"))
    if normal.shape != (3,) or abs(abs(float(normal @ plane.normal)) - 1) > 1e-2:
        raise UnreadableImageError(
            f"file {whole.file + 1} is a mosaic without a usable slice normal in its private header: "
            "which way the slices run is not known"
        )
    if not whole.thickness_mm:
        raise UnreadableImageError(f"file {whole.file + 1} is a mosaic that does not state the distance of its slices")
    step = math.copysign(whole.thickness_mm, float(normal @ plane.normal)) * plane.normal
    first = _first_centre(plane, shape)
    return [first + number * step for number in range(count)]


def _first_centre(plane: Plane, shape: tuple[int, int]) -> FloatArray:
    down, across = (plane.shape[0] - shape[0]) / 2, (plane.shape[1] - shape[1]) / 2
    row_mm, column_mm = plane.spacing_mm
    shift = across * column_mm * plane.along_row + down * row_mm * plane.along_column
    return np.asarray(plane.origin_mm + shift, dtype=np.float64)


def _united_imaging_origins(header: Header) -> list[FloatArray]:
    items = header.private(*_UIH_SLICES) or ()
    origins = [Header((item,)).numbers("ImagePositionPatient") for item in items]
    if not origins or any(len(origin) != 3 for origin in origins):
        raise UnreadableImageError("a mosaic does not state the positions of its slices (private header gone)")
    return [np.array(origin, dtype=np.float64) for origin in origins]
