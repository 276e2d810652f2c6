"""Measured nerves as DICOM SEG and SR: read back by highdicom, checked by dicom3tools, and free of the patient."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from tests.imaging.reading.synthetic import Grid, series_of, write

from ranvier.core import Side, UnreadableImageError
from ranvier.imaging.dicom_output import write_dicom
from ranvier.imaging.nerves import Level, Mass, MeasuredNerve, mass_mask, measure_labels
from ranvier.imaging.nerves.labels import LabelName
from ranvier.imaging.reading import Series, read_series, source_headers
from ranvier.imaging.volume import Volume

highdicom = pytest.importorskip("highdicom", reason="the extra `mri` is not installed")

GRID = Grid(rows=20, columns=16, slices=5)
SECRET = {"PatientName": "SECRET^NAME", "PatientID": "SECRET-1", "PatientBirthDate": "19010203", "StudyID": "SECRET"}


def _labels() -> np.ndarray:
    labels = np.zeros((GRID.columns, GRID.rows, GRID.slices), dtype=np.float32)
    labels[5:9, 8:13, 1:] = 1
    labels[11:14, 3:6, :] = 2
    return labels


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(series_of(GRID, **SECRET), tmp_path_factory.mktemp("dicom") / "in")


@pytest.fixture(scope="module")
def series(folder: Path) -> Series:
    return read_series(folder)


@pytest.fixture(scope="module")
def nerves(series: Series) -> tuple[MeasuredNerve, ...]:
    labels = Volume(values=_labels(), affine=series.volume.affine)
    names = {1: LabelName(nerve="sciatic", side=Side.LEFT), 2: LabelName(nerve="femoral", side=Side.LEFT)}
    return measure_labels(series.volume, labels, names, Level())


@pytest.fixture(scope="module", params=[False, True], ids=["no identity", "identity kept"])
def written(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    folder: Path,
    series: Series,
    nerves: tuple[MeasuredNerve, ...],
) -> tuple[bool, tuple[Path, Path]]:
    out = tmp_path_factory.mktemp("out")
    return request.param, write_dicom(nerves, series.volume, source_headers(folder), out, keep_identity=request.param)


def test_the_segments_read_back_are_the_label_map_in_its_place(
    written: tuple[bool, tuple[Path, Path]], series: Series
) -> None:
    segmentation = highdicom.seg.segread(written[1][0])

    volume = segmentation.get_volume(combine_segments=True)
    assert [str(s.SegmentLabel) for s in segmentation.SegmentSequence] == ["left sciatic", "left femoral"]
    places = np.argwhere(np.asarray(volume.array) > 0)
    lps = volume.map_indices_to_reference(places)
    expected = series.volume.to_world(np.argwhere(_labels() > 0).astype(float)) * [-1, -1, 1]
    np.testing.assert_allclose(np.sort(lps.sum(axis=1)), np.sort(expected.sum(axis=1)), atol=1e-3)
    np.testing.assert_allclose(lps.mean(axis=0), expected.mean(axis=0), atol=1e-3)
    assert np.bincount(np.asarray(volume.array).ravel())[1:].tolist() == [80, 45]


def test_the_report_holds_the_areas_of_each_nerve_and_refers_to_its_segment(
    written: tuple[bool, tuple[Path, Path]], nerves: tuple[MeasuredNerve, ...]
) -> None:
    segmentation = pydicom.dcmread(written[1][0])
    report = highdicom.sr.srread(written[1][1])
    groups = report.content.get_volumetric_roi_measurement_groups()

    assert [g.tracking_identifier for g in groups] == ["left sciatic", "left femoral"]
    for number, (group, nerve) in enumerate(zip(groups, nerves, strict=True), 1):
        areas = [m for m in group.get_measurements() if m.name.meaning == "Area"]
        own = [m.area_mm2 for m in nerve.report.measurements]
        assert {m.derivation.meaning: m.value for m in areas} == pytest.approx(
            {"Median": np.median(own), "Minimum": min(own), "Maximum": max(own)}, abs=1e-3
        )
        assert {m.unit.value for m in areas} == {"mm2"}
        items = [item for item in group[0].ContentSequence if "ReferencedSOPSequence" in item]
        referenced = [item.ReferencedSOPSequence[0] for item in items]
        segments = [r for r in referenced if "ReferencedSegmentNumber" in r]
        assert [(r.ReferencedSOPInstanceUID, r.ReferencedSegmentNumber) for r in segments] == [
            (segmentation.SOPInstanceUID, number)
        ]


def _mass(kind: str, *, likely: bool) -> Mass:
    """Return a mass of 4 x 5 voxels in two slices."""
    square = np.array([[1.5, 2.5], [5.5, 2.5], [5.5, 7.5], [1.5, 7.5]])
    return Mass(
        found_by="signal",
        first_slice=1,
        last_slice=2,
        x_mm=0.0,
        y_mm=0.0,
        z_mm=0.0,
        longest_mm=12.5,
        shortest_mm=6.25,
        length_mm=8.0,
        volume_mm3=321.5,
        signal=1.0,
        to_nerve=None,
        to_surroundings=None,
        evenness=0.0,
        even=True,
        target_sign=None,
        fluid_like=None,
        relation="beside",
        eccentricity=1.0,
        pushes_mm=0.0,
        kind=kind,
        likely=likely,
        reasons=(),
        doubts=(),
        contours=((1, square), (2, square)),
    )


def test_a_mass_is_a_segment_with_its_size_and_says_when_it_is_only_possible(
    nerves: tuple[MeasuredNerve, ...], series: Series, folder: Path, tmp_path: Path
) -> None:
    masses = (_mass("mass_cystic", likely=True), _mass("mass_nerve_sheath", likely=False))
    ill = (replace(nerves[0], masses=masses), nerves[1])
    seg, report = write_dicom(ill, series.volume, source_headers(folder), tmp_path, keep_identity=False)
    segmentation = highdicom.seg.segread(seg)
    labels = ["left sciatic", "left femoral", "left sciatic cyst 1", "left sciatic possible mass 2"]
    assert [str(s.SegmentLabel) for s in segmentation.SegmentSequence] == labels
    types = [s.SegmentedPropertyTypeCodeSequence[0].CodeMeaning for s in segmentation.SegmentSequence]
    assert types == ["Nerve", "Nerve", "Cyst", "Mass"]
    voxels = np.asarray(segmentation.get_volume(combine_segments=False).array)
    expected = mass_mask(masses[0], 2, series.volume)
    assert expected.sum() == 2 * 4 * 5
    assert voxels[..., 2].sum() == expected.sum()
    groups = highdicom.sr.srread(report).content.get_volumetric_roi_measurement_groups()
    assert [g.tracking_identifier for g in groups] == labels
    sizes = {m.name.meaning: (m.value, m.unit.value) for m in groups[2].get_measurements()}
    assert sizes == {"Volume": (321.5, "mm3"), "Long axis": (12.5, "mm"), "Short axis": (6.25, "mm")}
    if shutil.which("dciodvfy"):
        for path in (seg, report):
            said = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
            assert "Error" not in said.stdout + said.stderr


def test_nothing_of_patient_or_source_is_left_unless_asked(
    written: tuple[bool, tuple[Path, Path]], folder: Path
) -> None:
    kept, paths = written
    source = pydicom.dcmread(next(folder.iterdir()))
    for path in paths:
        content = path.read_bytes()
        own = pydicom.dcmread(path)
        for word in ("SECRET^NAME", "19010203", source.SOPInstanceUID):
            assert (word.encode() in content) is kept
        assert (own.StudyInstanceUID == source.StudyInstanceUID) is kept
        assert own.SeriesInstanceUID != source.SeriesInstanceUID


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (Debian: dicom3tools) is not installed")
def test_both_objects_are_valid(written: tuple[bool, tuple[Path, Path]]) -> None:
    for path in written[1]:
        said = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
        assert "Error" not in said.stdout + said.stderr


def test_an_empty_label_map_is_refused(folder: Path, series: Series, tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match="no nerve covers a voxel"):
        write_dicom((), series.volume, source_headers(folder), tmp_path, keep_identity=False)


def test_headers_of_another_series_are_refused(
    folder: Path, series: Series, nerves: tuple[MeasuredNerve, ...], tmp_path: Path
) -> None:
    with pytest.raises(UnreadableImageError, match="4 headers for 5 slices"):
        write_dicom(nerves, series.volume, source_headers(folder)[1:], tmp_path, keep_identity=False)


def test_nifti_has_no_headers_to_refer_to(tmp_path: Path) -> None:
    image = tmp_path / "image.nii.gz"
    image.write_bytes(b"")
    with pytest.raises(UnreadableImageError, match="the image is NIfTI"):
        source_headers(image)
