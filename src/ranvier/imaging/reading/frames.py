"""One image of a series: its plane in the patient, what tells it from the others, and where its pixels are.

Vectors are LPS+ in mm here, as in DICOM (PS3.3 C.7.6.2); `stacking` turns them to RAS+.
"""

from dataclasses import dataclass

import numpy as np

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading.diffusion import NO_DIFFUSION, Diffusion, diffusion_of
from ranvier.imaging.reading.facts import DixonPart, VolumeKind
from ranvier.imaging.reading.header import Header
from ranvier.imaging.reading.kinds import dixon_part_of, volume_kind_of
from ranvier.imaging.reading.parameters import load_parameters
from ranvier.imaging.volume import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The place of one image.

    Attributes
    ----------
    along_row, along_column : ndarray
        (3,) unit vectors in which the column index and the row index grow.
    origin_mm : ndarray
        (3,) centre of the first pixel.
    spacing_mm : tuple of float
        Distance between rows, and between columns.
    shape : tuple of int
        Rows, columns.
    """

    along_row: FloatArray
    along_column: FloatArray
    origin_mm: FloatArray
    spacing_mm: tuple[float, float]
    shape: tuple[int, int]

    @property
    def normal(self) -> FloatArray:
        """Unit vector across the plane, (3,)."""
        across = np.cross(self.along_row, self.along_column)
        return np.asarray(across / np.linalg.norm(across), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One image of a series.

    Attributes
    ----------
    file : int
        Index of the file it is in, among all files in name order.
    index : int
        Number of the frame in the file, from 0.
    corner : tuple of int
        First row and column of the image inside that frame (a tile of a mosaic), else (0, 0).
    thickness_mm : float or None
        Stated distance between slices, or their thickness where that is not stated.
    order : tuple of float
        Sorts images that have the same place: time, then number.
    scale : tuple of float
        Slope and intercept of the stored values.
    """

    file: int
    index: int
    uid: str
    plane: Plane
    thickness_mm: float | None
    order: tuple[float, ...]
    corner: tuple[int, int] = (0, 0)
    kind: VolumeKind | None = None
    dixon: DixonPart | None = None
    te_ms: float | None = None
    ti_ms: float | None = None
    diffusion: Diffusion = NO_DIFFUSION
    scale: tuple[float, float] = (1.0, 0.0)


def plane_of(header: Header, number: int) -> Plane:
    """Return the plane of an image from its header.

    Parameters
    ----------
    header : Header
        Header of the image.
    number : int
        Number of the file for the text of an error.

    Raises
    ------
    UnreadableImageError
        If the size, the spacing, the position or the orientation is missing or impossible.
    """
    rows, columns = header.integer("Rows"), header.integer("Columns")
    if not rows or not columns or rows < 0 or columns < 0:
        raise UnreadableImageError(f"file {number} does not state its rows and columns")
    position = header.numbers("ImagePositionPatient")
    orientation = header.numbers("ImageOrientationPatient")
    if len(position) != 3 or len(orientation) != 6:
        raise UnreadableImageError(
            f"file {number} does not say where in the patient it lies (ImagePositionPatient has {len(position)} of 3 "
            f"and ImageOrientationPatient {len(orientation)} of 6 numbers)"
        )
    spacing = header.numbers("PixelSpacing")
    if len(spacing) != 2 or min(spacing) <= 0:
        raise UnreadableImageError(f"file {number} does not state its pixel spacing as two positive numbers")
    along_row, along_column = _directions(orientation, number)
    return Plane(
        along_row=along_row,
        along_column=along_column,
        origin_mm=np.array(position, dtype=np.float64),
        spacing_mm=(spacing[0], spacing[1]),
        shape=(rows, columns),
    )


def frame_of(header: Header, *, file: int, index: int = 0, order: tuple[float, ...]) -> Frame:
    """Return one frame from its header.

    Parameters
    ----------
    header : Header
        Header of the frame.
    file, index : int
        Index of the file, and of the frame in it.
    order : tuple of float
        What sorts frames that have the same place.

    Raises
    ------
    UnreadableImageError
        As `plane_of`.
    """
    plane = plane_of(header, file + 1)
    te_ms = header.number("EffectiveEchoTime")
    slope = header.number("RescaleSlope")
    return Frame(
        file=file,
        index=index,
        uid=str(header.value("SOPInstanceUID") or ""),
        plane=plane,
        thickness_mm=header.number("SpacingBetweenSlices") or header.number("SliceThickness") or None,
        order=order,
        kind=volume_kind_of(header),
        dixon=dixon_part_of(header),
        te_ms=te_ms if te_ms is not None else header.number("EchoTime"),
        ti_ms=header.number("InversionTime"),
        diffusion=diffusion_of(header, plane.along_row, plane.along_column),
        scale=(1.0 if slope is None else slope, header.number("RescaleIntercept") or 0.0),
    )


def _directions(orientation: tuple[float, ...], number: int) -> tuple[FloatArray, FloatArray]:
    along_row, along_column = np.array(orientation[:3]), np.array(orientation[3:])
    lengths = np.linalg.norm(along_row), np.linalg.norm(along_column)
    slack = load_parameters()["direction_error"]
    if max(abs(length - 1) for length in lengths) > slack or abs(float(along_row @ along_column)) > slack:
        raise UnreadableImageError(f"file {number}: the two image directions are not unit vectors at a right angle")
    return along_row / lengths[0], along_column / lengths[1]
