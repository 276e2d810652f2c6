"""One way in for any image file: NIfTI by its name, DICOM by its content."""

from pathlib import Path

from ranvier.core import UnknownNameError, UnreadableImageError
from ranvier.imaging.reading.dicom import read_dicom
from ranvier.imaging.reading.facts import Series
from ranvier.imaging.reading.libraries import faults_as, quietly
from ranvier.imaging.reading.nifti import is_nifti, read_nifti


def read_series(path: str | Path, *, series: str | None = None) -> Series:
    """Return the volume, the place and the sequence facts of one series.

    Parameters
    ----------
    path : str or Path
        A NIfTI file (``.nii``, ``.nii.gz``; a BIDS sidecar and ``.bval``/``.bvec`` beside it are used), a DICOM file,
        or a folder of DICOM files, searched with its sub-folders.
    series : str, optional
        Which series, where a folder holds several: the label that the error lists.

    Returns
    -------
    Series
        Values are rescaled as the header says; the affine gives RAS+ mm. Echoes, b-values, time points and
        magnitude/phase are stacked along the fourth axis, sorted by kind, echo and time.

    Raises
    ------
    UnreadableImageError
        If there is nothing to read, or not without a guess; the text names the file by its number only.
    UnknownNameError
        If there is no series of that label, or a label is given with a NIfTI file.
    MissingExtraError
        If the libraries of the extra ``mri`` are not installed.

    Examples
    --------
    >>> read_series("no/such/file.nii")
    Traceback (most recent call last):
        ...
    ranvier.core.errors.UnreadableImageError: there is no file or folder at the path given
    """
    place = Path(path)
    with quietly():
        with faults_as("the path cannot be opened"):
            if not place.exists():
                raise UnreadableImageError("there is no file or folder at the path given")
            nifti = place.is_file() and is_nifti(place)
        if nifti and series is not None:
            raise UnknownNameError("series in a NIfTI file, which holds one,", series)
        return read_nifti(place) if nifti else read_dicom(place, series)
