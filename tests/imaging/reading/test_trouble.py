"""What cannot be read gives one clear error, and nothing of the patient gets out."""

import gzip
import logging
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from tests.imaging.reading.synthetic import Grid, series_of, slice_of, write

from ranvier.core import RanvierError, UnreadableImageError
from ranvier.imaging.reading import read_series
from ranvier.imaging.reading.libraries import faults_as, quietly

GRID = Grid(rows=6, columns=5, slices=4)
SECRET = "Zsazsa"
TEXT_VR = {"PN": "Zsazsa^Gabor", "LO": "Zsazsa LO", "SH": "Zsazsa SH", "ST": "Zsazsa ST", "LT": "Zsazsa LT"}


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match="no file or folder"):
        read_series(tmp_path / SECRET)
    with pytest.raises(UnreadableImageError, match="folder is empty"):
        read_series(tmp_path)


def test_a_folder_of_junk(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nothing to see")
    (tmp_path / "b.bin").write_bytes(random.Random(0).randbytes(5000))
    (tmp_path / "c").write_bytes(b"")
    (tmp_path / "d.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    with pytest.raises(UnreadableImageError, match="none of the 4 files is DICOM"):
        read_series(tmp_path)
    with pytest.raises(UnreadableImageError, match="the file is neither DICOM nor NIfTI"):
        read_series(tmp_path / "b.bin")


def test_junk_beside_a_series_is_passed_over_and_told(tmp_path: Path) -> None:
    write(series_of(GRID), tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "sub").mkdir()
    report = Dataset()
    report.SOPClassUID, report.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.88.11", "1.2.9"
    report.Modality = "SR"
    report.save_as(tmp_path / "sub" / "sr", implicit_vr=True, little_endian=True, enforce_file_format=False)
    series = read_series(tmp_path)
    assert series.notes == (
        "files that are not DICOM were passed over: 1",
        "DICOM files without an image were passed over: 1",
    )
    with pytest.raises(UnreadableImageError, match="DICOM but holds no image"):
        read_series(tmp_path / "sub" / "sr")
    with pytest.raises(UnreadableImageError, match="DICOM but holds no image"):
        read_series(tmp_path / "sub")


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_slice_is_an_error(keep: float, tmp_path: Path) -> None:
    write(series_of(GRID), tmp_path)
    path = sorted(tmp_path.iterdir())[2]
    raw = path.read_bytes()
    path.write_bytes(raw[: int(keep * len(raw))])
    with pytest.raises(UnreadableImageError, match="file 3"):
        read_series(tmp_path)


def test_a_screenshot_of_another_series_does_no_harm(tmp_path: Path) -> None:
    shot = slice_of(GRID, 0, series="1.2.99", SeriesNumber=99, ImagePositionPatient=None)
    assert read_series(write([*series_of(GRID), shot], tmp_path)).volume.values.shape == (5, 6, 4)


def test_colour_is_refused(tmp_path: Path) -> None:
    image = slice_of(GRID, 0, SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=0)
    image.PixelData = bytes(3 * len(image.PixelData))
    with pytest.raises(UnreadableImageError, match="in colour"):
        read_series(write([image], tmp_path))


def test_another_modality_is_told(tmp_path: Path) -> None:
    assert read_series(write(series_of(GRID, Modality="CT"), tmp_path)).notes == ("the modality is CT, not MR",)


def test_damaged_nifti(tmp_path: Path) -> None:
    path = tmp_path / "x.nii"
    path.write_bytes(bytes(400))
    with pytest.raises(UnreadableImageError, match="cut short or damaged"):
        read_series(path)
    path = tmp_path / "x.nii.gz"
    path.write_bytes(gzip.compress(b"nothing"))
    with pytest.raises(UnreadableImageError, match="cut short or damaged"):
        read_series(path)
    path.write_bytes(b"no gzip")
    with pytest.raises(UnreadableImageError, match="cut short or damaged"):
        read_series(path)


def secret_series() -> list[Dataset]:
    """Return slices with a name in every attribute that could hold one."""
    images = series_of(GRID)
    for image in images:
        for keyword in (
            *("PatientName", "PatientID", "PatientComments", "OtherPatientIDs", "PatientAddress", "AccessionNumber"),
            *("SeriesDescription", "StudyDescription", "ProtocolName", "ImageComments", "InstitutionName"),
            *("ReferringPhysicianName", "OperatorsName", "StationName", "RequestedProcedureDescription", "StudyID"),
            *("ManufacturerModelName", "SoftwareVersions", "Manufacturer", "SequenceName", "BodyPartExamined"),
        ):
            vr = Dataset()
            setattr(vr, keyword, "")
            setattr(image, keyword, TEXT_VR.get(vr[keyword].VR, "ZSAZSA"))
        image.PatientAge, image.PatientSex, image.PatientBirthDate = "047Y", "F", "19170206"
        block = image.private_block(0x0029, f"{SECRET} private", create=True)
        block.add_new(0x10, "LO", SECRET)
    return images


def spoilt(images: list[Dataset]) -> Iterator[list[Dataset]]:
    """Yield what leads into one error after the other."""
    yield images[:1] + images[2:]
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "Rows", "PixelData"):
        changed = Dataset(images[1])
        changed.file_meta, changed.preamble = images[1].file_meta, images[1].preamble
        delattr(changed, keyword)
        yield [images[0], changed, *images[2:]]
    yield [*images, slice_of(Grid(rows=9), 0, SeriesDescription=SECRET, Modality="MR")]


def test_no_patient_in_the_result(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    series = read_series(write(secret_series(), tmp_path / f"{SECRET}_Gabor"))
    told = repr((series.facts, series.notes)).lower()
    for word in (SECRET.lower(), "gabor", "047", "1917"):
        assert word not in told
    assert capfd.readouterr() == ("", "")


def test_no_patient_in_errors_warnings_or_logs(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    count = 0
    for number, images in enumerate(spoilt(secret_series())):
        folder = write(images, tmp_path / f"{SECRET}_{number}")
        with pytest.raises(RanvierError) as caught:
            read_series(folder)
        assert SECRET.lower() not in str(caught.value).lower()
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
        count += 1
    assert count == 7
    assert SECRET.lower() not in caplog.text.lower()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("keyword", ["EchoTime", "RepetitionTime", "SliceThickness", "SeriesNumber"])
def test_a_library_that_quotes_the_header_is_not_passed_on(keyword: str, tmp_path: Path) -> None:
    number = "314159" if keyword == "SeriesNumber" else "3.1415"
    folder = write(series_of(GRID, **{keyword: number}), tmp_path)
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes().replace(number.encode(), SECRET.encode()))
    try:
        series = read_series(folder)
    except UnreadableImageError as error:
        told = str(error)
    else:
        told = repr((series.facts, series.notes))
        assert 3.1415 not in (series.facts.tr_ms, *series.facts.te_ms)
    assert SECRET not in told


def test_the_text_of_a_fault_is_ours_alone() -> None:
    with pytest.raises(UnreadableImageError) as caught, faults_as("file 3 is damaged"):
        raise ValueError(SECRET)
    assert str(caught.value) == "file 3 is damaged"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_log_lines_of_the_libraries_are_kept(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("pydicom")
    with quietly():
        logger.warning(SECRET)
    logger.warning("afterwards")
    assert caplog.messages == ["afterwards"]


def mutated(raw: bytes, rng: random.Random) -> bytes:
    """Return a file cut off, or with some bytes flipped, in its header mostly."""
    if rng.random() < 0.3:
        return raw[: rng.randrange(len(raw))]
    changed = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        changed[rng.randrange(132 if rng.random() < 0.9 else 0, len(raw))] = rng.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("seed", range(60))
def test_fuzz_a_series_or_our_error(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    folder = write(secret_series(), tmp_path / "x")
    path = rng.choice(sorted(folder.iterdir()))
    path.write_bytes(mutated(path.read_bytes(), rng))
    told: list[str] = []
    for target in (folder, path):
        try:
            series = read_series(target)
        except RanvierError as error:
            told.append(str(error))
        else:
            told.append(repr((series.facts, series.notes)))
            assert np.isfinite(series.volume.affine).all()
            assert series.volume.values.ndim in (3, 4)
    assert len(told) == 2
    assert not [text for text in told if SECRET.lower() in text.lower()]


def test_the_fuzz_starts_from_a_readable_series(tmp_path: Path) -> None:
    folder = write(secret_series(), tmp_path)
    assert read_series(folder).volume.values.shape == (5, 6, 4)
    assert SECRET in str(dcmread(min(folder.iterdir())).PatientName)
