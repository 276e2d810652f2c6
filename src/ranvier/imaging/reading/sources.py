"""The headers of the images that a volume was read from, for objects that refer to them."""

from pathlib import Path

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading.dicom import choose_frames
from ranvier.imaging.reading.header import Dataset
from ranvier.imaging.reading.libraries import quietly
from ranvier.imaging.reading.nifti import is_nifti
from ranvier.imaging.reading.pixels import Pixels
from ranvier.imaging.reading.stacking import stack


def source_headers(path: Path, series: str | None = None) -> tuple[Dataset, ...]:
    """Return the header of each slice of a series, in the order of the third axis of its volume.

    Parameters
    ----------
    path : Path
        As for `read_series`.
    series : str, optional

    Returns
    -------
    tuple of Dataset
        Without pixels; of several volumes (echoes) those of the first.

    Raises
    ------
    UnreadableImageError
        If it is no DICOM series, or several slices share one file.
    """
    if path.is_file() and is_nifti(path):
        raise UnreadableImageError("DICOM objects refer to a DICOM series, but the image is NIfTI: give the series")
    with quietly():
        folder, frames = choose_frames(path, series)
        first = stack(frames, Pixels({file.index: file.path for file in folder.images}).same).volumes[0]
    if len({frame.file for frame in first}) < len(first) or any(frame.corner != (0, 0) for frame in first):
        raise UnreadableImageError(
            "DICOM objects are written for series with one slice a file, and here one file holds several: "
            "leave out --dicom"
        )
    datasets = {file.index: file.dataset for file in folder.images}
    return tuple(datasets[frame.file] for frame in first)
