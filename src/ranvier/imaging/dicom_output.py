"""Measured nerves and their masses as DICOM objects: a segmentation, and a measurement report by template TID 1500.

A mass or cyst is a segment of its own beside those of the nerves; one that is only possible says so in its name. The
voxels of a mass within a nerve belong to both.

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
from ranvier.imaging.nerves import Mass, MeasuredNerve, label_map, mass_mask
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


_Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """One number by the names of its codes; `derivation` is empty where it is no summary of sections."""

    name: str
    unit: str
    value: float
    derivation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Libraries:
    highdicom: Any
    codes: Any
    uid: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """One segment: its name, its voxels (I, J, K), the names of its codes, and what was measured of it."""

    title: str
    mask: _Mask
    category: str
    property: str
    side: Side
    measurements: tuple[_Measured, ...]


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
    shown = _shown(nerves, labels, volume)
    segmentation = _segmentation(shown, images, libraries)
    report = _report(shown, segmentation, images, libraries)
    paths = folder / "nerves_seg.dcm", folder / "nerves_sr.dcm"
    for dataset, path in zip((segmentation, report), paths, strict=True):
        dataset.save_as(path)
    return paths


def _shown(
    nerves: Sequence[MeasuredNerve], labels: np.ndarray[Any, np.dtype[np.uint8]], volume: Volume
) -> list[_Shown]:
    """Return the nerves that cover a voxel, then the masses that do."""
    out = [
        _Shown(
            title=_title(nerve),
            mask=labels == number,
            category="AnatomicalStructure",
            property="Nerve",
            side=nerve.report.side,
            measurements=_of_nerve(nerve),
        )
        for number, nerve in enumerate(nerves, 1)
    ]
    for nerve in nerves:
        for number, mass in enumerate(nerve.masses, 1):
            word = "cyst" if "cyst" in mass.kind else "mass"
            out.append(
                _Shown(
                    title=f"{_title(nerve)} {'' if mass.likely else 'possible '}{word} {number}",
                    mask=mass_mask(mass, nerve.report.slice_axis, volume),
                    category="MorphologicallyAbnormalStructure",
                    property=word.capitalize(),
                    side=nerve.report.side,
                    measurements=_of_mass(mass),
                )
            )
    return [one for one in out if one.mask.any()]


def _of_nerve(nerve: MeasuredNerve) -> tuple[_Measured, ...]:
    """Return section area and diameters over all sections where one was found."""
    rows = [m for m in nerve.report.measurements if m.area_mm2 > 0]
    columns = (
        ("Area", "SquareMillimeter", [m.area_mm2 for m in rows]),
        ("LongAxis", "Millimeter", [m.long_mm for m in rows]),
        ("ShortAxis", "Millimeter", [m.short_mm for m in rows]),
    )
    derived = (("Median", np.median), ("Minimum", np.min), ("Maximum", np.max))
    return tuple(
        _Measured(name=name, unit=unit, value=float(of(values)), derivation=derivation)
        for name, unit, values in columns
        for derivation, of in derived
        if values
    )


def _of_mass(mass: Mass) -> tuple[_Measured, ...]:
    return (
        _Measured(name="Volume", unit="CubicMillimeter", value=mass.volume_mm3),
        _Measured(name="LongAxis", unit="Millimeter", value=mass.longest_mm),
        _Measured(name="ShortAxis", unit="Millimeter", value=mass.shortest_mm),
    )


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


def _segmentation(shown: Sequence[_Shown], images: list[Any], lib: _Libraries) -> Any:
    hd, codes = lib.highdicom, lib.codes
    algorithm = hd.AlgorithmIdentificationSequence(
        name=_NAME, version=__version__, family=codes.DCM.ArtificialIntelligence
    )
    described = [
        hd.seg.SegmentDescription(
            segment_number=segment,
            segment_label=one.title,
            segmented_property_category=getattr(codes.SCT, one.category),
            segmented_property_type=getattr(codes.SCT, one.property),
            algorithm_type="SEMIAUTOMATIC",
            algorithm_identification=algorithm,
            tracking_id=one.title,
            tracking_uid=lib.uid.generate_uid(prefix=None),
        )
        for segment, one in enumerate(shown, 1)
    ]
    masks = np.stack([np.transpose(one.mask, (2, 1, 0)) for one in shown], axis=-1)
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


def _report(shown: Sequence[_Shown], segmentation: Any, images: list[Any], lib: _Libraries) -> Any:
    hd, codes = lib.highdicom, lib.codes
    observer = hd.sr.ObserverContext(
        observer_type=codes.DCM.Device,
        observer_identifying_attributes=hd.sr.DeviceObserverIdentifyingAttributes(
            uid=lib.uid.generate_uid(prefix=None), name=_NAME, model_name=_NAME
        ),
    )
    groups = [
        _group(one, segment, segmentation, images, lib)
        for one, segment in zip(shown, segmentation.SegmentSequence, strict=True)
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


def _group(shown: _Shown, segment: Any, segmentation: Any, images: list[Any], lib: _Libraries) -> Any:
    """Return the measurements of one segment."""
    hd, codes = lib.highdicom, lib.codes
    measurements = [
        hd.sr.Measurement(
            name=getattr(codes.SCT, one.name),
            value=round(one.value, 4),
            unit=getattr(codes.UCUM, one.unit),
            derivation=getattr(codes.SCT, one.derivation) if one.derivation else None,
        )
        for one in shown.measurements
    ]
    laterality = {Side.LEFT: codes.SCT.Left, Side.RIGHT: codes.SCT.Right}.get(shown.side)
    return hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(identifier=shown.title, uid=segment.TrackingUID),
        referenced_segment=hd.sr.ReferencedSegment(
            sop_class_uid=segmentation.SOPClassUID,
            sop_instance_uid=segmentation.SOPInstanceUID,
            segment_number=int(segment.SegmentNumber),
            source_images=[hd.sr.SourceImageForSegmentation(i.SOPClassUID, i.SOPInstanceUID) for i in images],
        ),
        finding_type=getattr(codes.SCT, shown.property),
        finding_sites=[hd.sr.FindingSite(codes.SCT.Nerve, laterality=laterality)],
        measurements=measurements,
    )
