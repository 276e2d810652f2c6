"""DICOM series whose voxels tell their own place: the stored value is a linear field of the position in RAS+ mm."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

from ranvier.imaging.volume import Volume

Array = NDArray[np.float64]
MR = "1.2.840.10008.5.1.4.1.1.4"
ENHANCED = "1.2.840.10008.5.1.4.1.1.4.1"
OFFSET = 5000.0
GRADIENT = np.array([7.0, 11.0, 13.0])


def field_at(world_mm: Array) -> Array:
    """Return the field at points in RAS+ mm, (..., 3)."""
    return np.asarray(OFFSET + world_mm @ GRADIENT)


def turn(degrees: float, axis: int) -> Array:
    """Return a rotation about one axis."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.eye(3)
    i, j = [n for n in range(3) if n != axis]
    matrix[i, i], matrix[i, j], matrix[j, i], matrix[j, j] = c, -s, s, c
    return matrix


@dataclass(kw_only=True)
class Grid:
    """A stack of slices in LPS+ mm: directions, spacing, and the step from slice to slice."""

    rows: int = 12
    columns: int = 10
    slices: int = 8
    spacing_mm: tuple[float, float] = (1.5, 1.25)
    axes: Array = field(default_factory=lambda: np.eye(3))
    step_mm: float = 4.0
    shear_mm: tuple[float, float] = (0.0, 0.0)
    first_mm: tuple[float, float, float] = (-12.0, 9.0, 30.0)

    @property
    def step(self) -> Array:
        """Vector from slice to slice."""
        return np.asarray(self.axes @ np.array([*self.shear_mm, self.step_mm]))

    def position(self, k: float) -> Array:
        """Return the centre of the first pixel of a slice."""
        return np.asarray(np.array(self.first_mm) + k * self.step)

    def pixels(self, k: float) -> NDArray[np.uint16]:
        """Return the stored values of a slice."""
        row, column = np.meshgrid(np.arange(self.rows), np.arange(self.columns), indexing="ij")
        lps = (
            self.position(k)
            + column[..., None] * self.spacing_mm[1] * self.axes[:, 0]
            + row[..., None] * self.spacing_mm[0] * self.axes[:, 1]
        )
        return np.rint(field_at(lps * [-1, -1, 1])).astype(np.uint16)


def slice_of(grid: Grid, k: float, *, number: int = 1, series: str = "1.2.3", **more: Any) -> Dataset:
    """Return one slice as a classic MR image; `more` sets or (None) deletes attributes."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MR
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image = Dataset()
    image.file_meta, image.preamble = meta, b"\0" * 128
    image.SOPClassUID, image.SOPInstanceUID = MR, meta.MediaStorageSOPInstanceUID
    image.Modality, image.Manufacturer, image.SeriesNumber = "MR", "SIEMENS", 7
    image.StudyInstanceUID, image.SeriesInstanceUID, image.FrameOfReferenceUID = "1.2.1", series, "1.2.2"
    image.InstanceNumber = number
    image.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
    image.ScanningSequence, image.SequenceVariant, image.MRAcquisitionType = "SE", "SK", "2D"
    image.RepetitionTime, image.EchoTime, image.MagneticFieldStrength = "3000", "20", "3"
    place(image, grid, k)
    for name, value in more.items():
        if value is None:
            delattr(image, name)
        else:
            setattr(image, name, value)
    return image


def place(image: Dataset, grid: Grid, k: float) -> None:
    """Set plane and pixels of an image."""
    image.ImagePositionPatient = [f"{v:.8g}" for v in grid.position(k)]
    image.ImageOrientationPatient = [f"{v:.10f}"[:16] for v in (*grid.axes[:, 0], *grid.axes[:, 1])]
    image.PixelSpacing = list(grid.spacing_mm)
    image.SpacingBetweenSlices, image.SliceThickness = grid.step_mm, grid.step_mm
    image.Rows, image.Columns = grid.rows, grid.columns
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 16, 15, 0
    image.PixelData = grid.pixels(k).tobytes()


def write(images: Iterable[Dataset], folder: Path, *, syntax: str = ExplicitVRLittleEndian) -> Path:
    """Write images into a folder, in an order of names that is not that of the slices."""
    folder.mkdir(exist_ok=True)
    for number, image in enumerate(images):
        image.file_meta.TransferSyntaxUID = syntax
        if syntax == ExplicitVRBigEndian:
            image.PixelData = np.frombuffer(image.PixelData, "<u2").astype(">u2").tobytes()
        implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
        name = folder / f"{(number * 37) % 101:03d}_{number}.dcm"
        image.save_as(name, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
    return folder


def series_of(grid: Grid, change: Callable[[int], dict[str, Any]] | None = None, **more: Any) -> list[Dataset]:
    """Return the slices of a grid, each with its number and what `change` gives for it."""
    return [slice_of(grid, k, **({"number": k + 1} | more | (change(k) if change else {}))) for k in range(grid.slices)]


def assert_in_place(volume: Volume, *, at: int | None = None, times: float = 1.0, tolerance: float = 0.51) -> None:
    """Assert that every voxel holds the field at the place that the affine gives it (rounded to integers)."""
    values = volume.values if at is None else volume.values[..., at]
    index = np.stack(np.meshgrid(*(np.arange(n) for n in values.shape), indexing="ij"), axis=-1)
    expected = field_at(volume.to_world(index.astype(float)))
    assert np.abs(values / times - expected).max() < tolerance
