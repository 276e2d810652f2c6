"""Measured nerves as DICOM objects: a segmentation, and a measurement report by template TID 1500.

Identity: unless it is to be kept, the patient module is empty and study, frame of reference, series and images get new
identifiers, so that nothing leads back to the source; a viewer then shows the objects by themselves but cannot lay them
over the series. Kept, both stay in the study of the source and carry its patient module.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ranvier import __version__
from ranvier.core import Side, UnreadableImageError, optional
from ranvier.imaging.nerves import MeasuredNerve, label_map
from ranvier.imaging.volume import Volume

_NAME = "Ranvier"
_EMPTIED = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
)
_COPIED = ("SOPClassUID", "Modality", "Rows", "Columns", "PixelSpacing", "SliceThickness", "SpacingBetweenSlices")
_PLACED = ("ImagePositionPatient", "ImageOrientationPatient", "InstanceNumber", "SeriesNumber")
_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")
_SEGMENT_SERIES, _REPORT_SERIES = 9001, 9002


@dataclass(frozen=True, slots=True, kw_only=True)
class _Libraries:
    highdicom: Any
    codes: Any
    uid: Any


def write_dicom(
    nerves: Sequence[MeasuredNerve], volume: Volume, sources: Sequence[Any], folder: Path, *, keep_identity: bool
) -> tuple[Path, Path]:
    """Write ``nerves_seg.dcm`` and ``nerves_sr.dcm`` and return where they are.

    Parameters
    ----------
    nerves : sequence of MeasuredNerve
    volume : Volume
    sources : sequence of Dataset
        Header of each slice, see `source_headers`.
    folder : Path
    keep_identity : bool
        True to copy patient, study and references of the source.

    Raises
    ------
    UnreadableImageError
        If no nerve covers a voxel, or slices and headers do not match.
    MissingExtraError
        If highdicom is not installed.
    """
    labels = label_map(nerves, volume)
    if len(sources) != labels.shape[2]:
        raise UnreadableImageError(f"there are {len(sources)} headers for {labels.shape[2]} slices")
    if not labels.any():
        raise UnreadableImageError("no nerve covers a voxel, so there is nothing to write as a DICOM segmentation")
    libraries = _load()
    images = _identified(sources, libraries) if keep_identity else _unidentified(sources, libraries)
    numbers = [number for number in range(1, len(nerves) + 1) if (labels == number).any()]
    shown = [nerves[number - 1] for number in numbers]
    masks = np.stack([np.transpose(labels, (2, 1, 0)) == number for number in numbers], axis=-1)
    segmentation = _segmentation(shown, masks, images, libraries)
    report = _report(shown, segmentation, images, libraries)
    paths = folder / "nerves_seg.dcm", folder / "nerves_sr.dcm"
    for dataset, path in zip((segmentation, report), paths, strict=True):
        dataset.save_as(path)
    return paths


def _load() -> _Libraries:
    highdicom = optional("highdicom", "writing DICOM objects", "mri")
    return _Libraries(
        highdicom=highdicom, codes=import_module("pydicom.sr.codedict").codes, uid=import_module("pydicom.uid")
    )


def _identified(sources: Sequence[Any], libraries: _Libraries) -> list[Any]:
    """Return copies of the headers; type 2 attributes that the source lacks are empty."""
    images = [deepcopy(source) for source in sources]
    for image in images:
        for name in _EMPTIED:
            if name not in image:
                setattr(image, name, None)
        if "FrameOfReferenceUID" not in image:
            image.FrameOfReferenceUID = libraries.uid.generate_uid(entropy_srcs=[str(image.SeriesInstanceUID)])
    return images


def _unidentified(sources: Sequence[Any], libraries: _Libraries) -> list[Any]:
    """Return headers that hold geometry alone, with new identifiers and an empty patient module."""
    dataset_class = import_module("pydicom.dataset").Dataset
    new = {name: libraries.uid.generate_uid(prefix=None) for name in _UIDS}
    images = []
    for source in sources:
        image = dataset_class()
        image.file_meta = import_module("pydicom.dataset").FileMetaDataset()
        image.file_meta.TransferSyntaxUID = libraries.uid.ExplicitVRLittleEndian
        for name in (*_COPIED, *_PLACED):
            if name in source:
                setattr(image, name, source[name].value)
        for name in _EMPTIED:
            setattr(image, name, None)
        for name in _UIDS:
            setattr(image, name, new[name])
        image.SOPInstanceUID = libraries.uid.generate_uid(prefix=None)
        images.append(image)
    return images


def _segmentation(
    nerves: Sequence[MeasuredNerve], masks: np.ndarray[Any, np.dtype[np.bool_]], images: list[Any], lib: _Libraries
) -> Any:
    hd, codes = lib.highdicom, lib.codes
    algorithm = hd.AlgorithmIdentificationSequence(
        name=_NAME, version=__version__, family=codes.DCM.ArtificialIntelligence
    )
    described = [
        hd.seg.SegmentDescription(
            segment_number=segment,
            segment_label=_title(nerve),
            segmented_property_category=codes.SCT.AnatomicalStructure,
            segmented_property_type=codes.SCT.Nerve,
            algorithm_type="SEMIAUTOMATIC",
            algorithm_identification=algorithm,
            tracking_id=_title(nerve),
            tracking_uid=lib.uid.generate_uid(prefix=None),
        )
        for segment, nerve in enumerate(nerves, 1)
    ]
    return hd.seg.Segmentation(
        source_images=images,
        pixel_array=masks.astype(np.uint8),
        segmentation_type="BINARY",
        segment_descriptions=described,
        omit_empty_frames=False,
        content_label="NERVES",
        **_own(lib, _SEGMENT_SERIES),
    )


def _title(nerve: MeasuredNerve) -> str:
    side = "" if nerve.report.side is Side.UNKNOWN else f"{nerve.report.side.value} "
    return f"{side}{nerve.report.nerve}"


def _own(lib: _Libraries, series_number: int) -> dict[str, Any]:
    return {
        "series_instance_uid": lib.uid.generate_uid(prefix=None),
        "series_number": series_number,
        "sop_instance_uid": lib.uid.generate_uid(prefix=None),
        "instance_number": 1,
        "manufacturer": _NAME,
        "manufacturer_model_name": _NAME,
        "software_versions": __version__,
        "device_serial_number": "0",
    }


def _report(nerves: Sequence[MeasuredNerve], segmentation: Any, images: list[Any], lib: _Libraries) -> Any:
    hd, codes = lib.highdicom, lib.codes
    observer = hd.sr.ObserverContext(
        observer_type=codes.DCM.Device,
        observer_identifying_attributes=hd.sr.DeviceObserverIdentifyingAttributes(
            uid=lib.uid.generate_uid(prefix=None), name=_NAME, model_name=_NAME
        ),
    )
    groups = [
        _group(nerve, segment, segmentation, images, lib)
        for nerve, segment in zip(nerves, segmentation.SegmentSequence, strict=True)
    ]
    content = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_device_context=observer),
        procedure_reported=codes.LN.MRIUnspecifiedBodyRegion,
        imaging_measurements=groups,
        title=codes.DCM.ImagingMeasurementReport,
    )
    own = {name: value for name, value in _own(lib, _REPORT_SERIES).items() if name in _REPORT_OWN}
    return hd.sr.Comprehensive3DSR(evidence=[*images, segmentation], content=content[0], **own)


_REPORT_OWN = ("series_instance_uid", "series_number", "sop_instance_uid", "instance_number", "manufacturer")


def _group(nerve: MeasuredNerve, segment: Any, segmentation: Any, images: list[Any], lib: _Libraries) -> Any:
    """Return the measurements of one nerve: section area and diameters, over all sections where one was found."""
    hd, codes = lib.highdicom, lib.codes
    rows = [m for m in nerve.report.measurements if m.area_mm2 > 0]
    unit = codes.UCUM.SquareMillimeter, codes.UCUM.Millimeter
    columns = (
        (codes.SCT.Area, unit[0], [m.area_mm2 for m in rows]),
        (codes.SCT.LongAxis, unit[1], [m.long_mm for m in rows]),
        (codes.SCT.ShortAxis, unit[1], [m.short_mm for m in rows]),
    )
    derived = ((codes.SCT.Median, np.median), (codes.SCT.Minimum, np.min), (codes.SCT.Maximum, np.max))
    measurements = [
        hd.sr.Measurement(name=name, value=round(float(of(values)), 4), unit=unit, derivation=derivation)
        for name, unit, values in columns
        for derivation, of in derived
        if values
    ]
    laterality = {Side.LEFT: codes.SCT.Left, Side.RIGHT: codes.SCT.Right}.get(nerve.report.side)
    return hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(identifier=_title(nerve), uid=segment.TrackingUID),
        referenced_segment=hd.sr.ReferencedSegment(
            sop_class_uid=segmentation.SOPClassUID,
            sop_instance_uid=segmentation.SOPInstanceUID,
            segment_number=int(segment.SegmentNumber),
            source_images=[hd.sr.SourceImageForSegmentation(i.SOPClassUID, i.SOPInstanceUID) for i in images],
        ),
        finding_type=codes.SCT.Nerve,
        finding_sites=[hd.sr.FindingSite(codes.SCT.Nerve, laterality=laterality)],
        measurements=measurements,
    )
