"""Reading MR images: NIfTI and DICOM to a volume with its place in the patient and the facts of its sequence."""

from ranvier.imaging.reading.facts import Contrast, DixonPart, SequenceFacts, Series, VolumeKind
from ranvier.imaging.reading.series import read_series
from ranvier.imaging.reading.sources import source_headers

__all__ = ["Contrast", "DixonPart", "SequenceFacts", "Series", "VolumeKind", "read_series", "source_headers"]
