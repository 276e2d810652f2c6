"""Reading: each kind of file gives back what was written, and each fault is named."""

from pathlib import Path

import numpy as np
import pytest

from ranvier.electrodiagnosis.emg import Recording, UnreadableRecordingError, read_recording

VALUES = np.round(np.sin(np.arange(4000) / 7) * 0.5 + np.linspace(0, 0.2, 4000), 3)


def test_wfdb_format_16(tmp_path: Path) -> None:
    (tmp_path / "a.hea").write_text("a 1 4000 4000\na.dat 16 1000/mV 16 0 0 0 0 EMG\n# note\n")
    np.round(VALUES * 1000).astype("<i2").tofile(tmp_path / "a.dat")
    read = read_recording(tmp_path / "a.hea")
    np.testing.assert_allclose(read.values_mv, VALUES, atol=1e-9)
    assert (read.rate_hz, read.channel) == (4000, "EMG")
    assert read.span_mv == pytest.approx(65.536)


def test_wfdb_format_212_unpacks_two_samples_of_three_bytes_with_sign(tmp_path: Path) -> None:
    (tmp_path / "b.hea").write_text("b 2 2000 2\nb.dat 212 100/uV 12 0 0 0 0 ECG\nb.dat 212 100/uV 12 0 0 0 0 EMG 1\n")
    # by hand from the format description: 0x123 and -2 (0xFFE); 5 and 2047 (0x7FF)
    (tmp_path / "b.dat").write_bytes(bytes([0x23, 0xF1, 0xFE, 0x05, 0x70, 0xFF]))
    read = read_recording(tmp_path / "b.hea")
    assert read.channel == "EMG 1"
    np.testing.assert_allclose(read.values_mv, np.array([-2, 2047]) / 100 / 1000)
    np.testing.assert_allclose(read_recording(tmp_path / "b.hea", channel="ECG").values_mv, [0.00291, 0.00005])


@pytest.mark.parametrize("rate", [2000, 48000])
def test_edf(tmp_path: Path, rate: int) -> None:
    edfio = pytest.importorskip("edfio")
    values = np.tile(VALUES, rate // 2000) * 1000
    signal = edfio.EdfSignal(values, rate, label="EMG TA", physical_dimension="uV")
    edfio.Edf([signal]).write(tmp_path / "a.edf")
    read = read_recording(tmp_path / "a.edf")
    np.testing.assert_allclose(read.values_mv, values / 1000, atol=2e-5)
    assert (read.rate_hz, read.channel) == (rate, "EMG TA")


def test_bdf(tmp_path: Path) -> None:
    edfio = pytest.importorskip("edfio")
    signal = edfio.BdfSignal(VALUES, 4000, label="EMG", physical_dimension="mV")
    edfio.Bdf([signal]).write(tmp_path / "a.bdf")
    np.testing.assert_allclose(read_recording(tmp_path / "a.bdf").values_mv, VALUES, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("time_s,emg_uv\n" + "\n".join(f"{i / 5000},{v * 1000}" for i, v in enumerate(VALUES)), None),
        ("time_ms;emg_mv\n" + "\n".join(f"{i / 5};{v}".replace(".", ",") for i, v in enumerate(VALUES)), None),
        ("\n".join(str(v) for v in VALUES), 5000.0),
        ("emg_mv\n" + "\n".join(str(v) for v in VALUES), 5000.0),
    ],
)
def test_csv(tmp_path: Path, text: str, rate: float | None) -> None:
    (tmp_path / "a.csv").write_text(text)
    read = read_recording(tmp_path / "a.csv", rate_hz=rate)
    np.testing.assert_allclose(read.values_mv, VALUES, atol=1e-9)
    assert read.rate_hz == pytest.approx(5000)


def test_npy(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", VALUES)
    np.testing.assert_array_equal(read_recording(tmp_path / "a.npy", rate_hz=4000).values_mv, VALUES)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"", "must be one of"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"time_s,emg_mv\n0,1\n1,x\n", "numbers"),
        ("a.csv", b"time_s,emg_mv\n0,1\n1,2\n5,2\n6,1\n0,1\n", "evenly"),
        ("a.csv", b"1\n2\n", "rate"),
        ("a.csv", b"\xff\xfe\x00", "UTF-8"),
        ("a.npy", b"nonsense", "NPY"),
        ("a.hea", b"", "empty"),
        ("a.hea", b"a 1 4000 10\na.dat 80 1/mV 8 0 0 0 0 EMG\n", "format '80'"),
        ("a.hea", b"a 1 4000 10\na.dat 16 1/mV 8 0 0 0 0 EMG\n", "not there"),
        ("a.hea", b"a 1 4000 10\na.dat 16 1/degC 8 0 0 0 0 EMG\n", "a.dat"),
        ("a.hea", b"a 2 4000 10\na.dat 16 1/mV 8 0 0 0 0 EMG\n", "announced"),
        ("a.edf", b"too short", "EDF"),
    ],
)
def test_faults_are_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    if name.endswith(".edf"):
        pytest.importorskip("edfio")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableRecordingError, match=words):
        read_recording(tmp_path / name)


def test_a_missing_file_and_a_missing_channel_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecordingError, match="no file"):
        read_recording(tmp_path / "a.npy", rate_hz=4000)
    (tmp_path / "a.csv").write_text("time_s,emg_mv\n0,1\n0.001,2\n0.002,1\n")
    with pytest.raises(UnreadableRecordingError, match="'emg_mv'"):
        read_recording(tmp_path / "a.csv", channel="deltoid")


@pytest.mark.parametrize(
    ("values", "rate", "words"),
    [(VALUES, 100.0, "rate"), (VALUES.reshape(2, -1), 4000.0, "shape"), (VALUES * np.nan, 4000.0, "finite")],
)
def test_a_recording_that_cannot_be_one_is_refused(values: np.ndarray, rate: float, words: str) -> None:
    with pytest.raises(UnreadableRecordingError, match=words):
        Recording(values_mv=values, rate_hz=rate)


def test_a_damaged_header_is_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "x.edf"
    header = b"0       " + b"MCH-0234567 F 02-MAY-1951 Jane_Doe".ljust(80)
    path.write_bytes(header + b"Jane_Doe".ljust(8) * 40)
    with pytest.raises(UnreadableRecordingError, match="damaged or no EDF file") as raised:
        read_recording(path)
    assert "Jane" not in str(raised.value)
