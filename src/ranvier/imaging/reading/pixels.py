"""Stored values of frames, decoded and rescaled."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.core import MissingExtraError, UnreadableImageError
from ranvier.imaging.reading.frames import Frame
from ranvier.imaging.reading.libraries import EXTRA, faults_as, library
from ranvier.imaging.reading.lossless_jpeg import decode_lossless_jpeg

_COLOURS = 3
_RUN_LENGTH = "1.2.840.10008.1.2.5"
_LOSSLESS_JPEG = ("1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70")


class Pixels:
    """Decodes files, one at a time.

    Parameters
    ----------
    paths : mapping of int to Path
        The files by the index that the frames give.
    """

    def __init__(self, paths: Mapping[int, Path]) -> None:
        self._paths = paths
        self._held: tuple[int, NDArray[Any]] | None = None

    def stored(self, frame: Frame) -> NDArray[Any]:
        """Return the stored values of a frame, (rows, columns).

        Raises
        ------
        UnreadableImageError
            If the pixels are cut short, in colour or cannot be decoded.
        MissingExtraError
            If no decoder for their compression is installed.
        """
        if self._held is None or self._held[0] != frame.file:
            self._held = frame.file, _decode(self._paths[frame.file], frame.file + 1)
        images = self._held[1]
        (top, left), (rows, columns) = frame.corner, frame.plane.shape
        if frame.index >= len(images) or top + rows > images.shape[1] or left + columns > images.shape[2]:
            raise UnreadableImageError(f"file {frame.file + 1} has fewer pixels than its header says")
        return np.asarray(images[frame.index, top : top + rows, left : left + columns])

    def same(self, frame: Frame, other: Frame) -> bool:
        """Return whether two frames hold the same stored values."""
        return bool(np.array_equal(self.stored(frame).copy(), self.stored(other)))

    def values(self, volumes: tuple[tuple[Frame, ...], ...]) -> NDArray[np.float32]:
        """Return the rescaled values, (columns, rows, slices) or with a fourth axis for several volumes.

        Raises
        ------
        UnreadableImageError, MissingExtraError
            As `stored`.
        """
        rows, columns = volumes[0][0].plane.shape
        with faults_as("the series is too large for the memory of this machine"):
            out = np.empty((columns, rows, len(volumes[0]), len(volumes)), dtype=np.float32, order="F")
        places = [(frame, k, n) for n, volume in enumerate(volumes) for k, frame in enumerate(volume)]
        places.sort(key=lambda p: (p[0].file, p[0].index))
        for _, of_file in groupby(places, key=lambda p: p[0].file):
            for frame, k, n in of_file:
                slope, intercept = frame.scale
                out[:, :, k, n] = self.stored(frame).T.astype(np.float64) * slope + intercept
        return out if len(volumes) > 1 else out[..., 0]


def _decode(path: Path, number: int) -> NDArray[Any]:
    pydicom = library("pydicom")
    with faults_as(f"file {number} cannot be read to its end"):
        dataset = pydicom.dcmread(path, force=True)
        if (dataset.get("SamplesPerPixel") or 1) != 1 or dataset.get("PhotometricInterpretation") == "PALETTE COLOR":
            raise UnreadableImageError(f"file {number} is in colour: a screenshot or a fusion, not a measured image")
        if not {"PixelData", "FloatPixelData", "DoubleFloatPixelData"}.intersection(dataset.dir()):
            raise UnreadableImageError(f"file {number} has a header but no pixels: it was cut short")
        syntax = _transfer_syntax(dataset, pydicom)
        lossless = syntax in _LOSSLESS_JPEG
        if syntax == _RUN_LENGTH:  # the faster plug-in ends the program on a damaged image
            dataset.pixel_array_options(decoding_plugin="pydicom")
        elif not lossless:
            _need_decoder(syntax, pydicom)
    with faults_as(f"the pixels of file {number} are cut short or damaged"):
        frames = int(dataset.get("NumberOfFrames") or 1)
        images = _lossless(dataset, frames, pydicom) if lossless else np.asarray(dataset.pixel_array)
    return images[np.newaxis] if frames == 1 and images.ndim < _COLOURS else images


def _lossless(dataset: Any, frames: int, pydicom: Any) -> NDArray[Any]:
    encoded = pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=frames)
    images = np.stack([decode_lossless_jpeg(frame) for frame in encoded])
    if images.shape != (frames, dataset.Rows, dataset.Columns):
        raise UnreadableImageError("a lossless JPEG image has another size than its header says")
    if not dataset.get("PixelRepresentation"):
        return images
    unused = 16 - int(dataset.BitsStored)
    return (images << unused).view(np.int16) >> unused


def _transfer_syntax(dataset: Any, pydicom: Any) -> Any:
    if not hasattr(dataset, "file_meta"):
        dataset.file_meta = pydicom.dataset.FileMetaDataset()
    if "TransferSyntaxUID" not in dataset.file_meta:
        implicit, little = dataset.original_encoding
        uid = pydicom.uid
        explicit = uid.ExplicitVRLittleEndian if little else uid.ExplicitVRBigEndian
        dataset.file_meta.TransferSyntaxUID = uid.ImplicitVRLittleEndian if implicit else explicit
    return dataset.file_meta.TransferSyntaxUID


def _need_decoder(syntax: Any, pydicom: Any) -> None:
    if not syntax.is_compressed:
        return
    try:
        decoder = pydicom.pixels.get_decoder(syntax)
    except NotImplementedError:
        raise UnreadableImageError(f"the pixels are stored as {syntax.name}, which cannot be read here") from None
    if not decoder.is_available:
        raise MissingExtraError(f"reading pixels stored as {syntax.name}", EXTRA)
