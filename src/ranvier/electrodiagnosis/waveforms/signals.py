"""Samples of waveforms out of CSV, EDF(+), BDF(+) and WFDB files, cut around the stimuli."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ranvier.core import UnknownNameError
from ranvier.electrodiagnosis.edf import open_edf, unreadable
from ranvier.electrodiagnosis.emg import UnreadableRecordingError
from ranvier.electrodiagnosis.emg.wfdb import choose_channel, read_wfdb
from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.records import Floats, Trace, UnreadableWaveformError

if TYPE_CHECKING:
    from edfio import Bdf, Edf

_TO_MV = {"mv": 1.0, "uv": 1e-3, "\u00b5v": 1e-3, "\u03bcv": 1e-3, "v": 1e3}
_TIMES = {"time_ms": 1.0, "time_s": 1000.0}
_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a CSV file: values in the unit of the set, rate, and the time of the first row."""

    values: Floats
    rate_hz: float | None
    start_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeps:
    """What is cut out of a long recording: around each annotation `mark`, or around `at_s`."""

    channel: str | None = None
    mark: str | None = None
    at_s: float | None = None
    from_ms: float = -5.0
    to_ms: float = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An annotation: when and what."""

    at_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LongRecording:
    """One channel of a file, in mV, with the annotations of the file."""

    values_mv: Floats
    rate_hz: float
    marks: tuple[Mark, ...]


def read_column(path: Path, name: str | None, rate_hz: float | None) -> Column:
    """Return one column of a CSV file; a ``time_ms`` or ``time_s`` column gives rate and start.

    Raises
    ------
    UnreadableWaveformError
        If file or column is missing, a cell is no number, or the time runs unevenly.
    """
    if not path.is_file():
        raise UnreadableWaveformError(f"there is no file {path.name}")
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    delimiter = next((d for d in ("\t", ";") if lines and d in lines[0]), ",")
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    if len(rows) < 3:
        raise UnreadableWaveformError(f"{path.name} needs a header and samples below it")
    header = rows[0]
    table = _numbers(rows[1:], len(header), path.name)
    time = next((h for h in header if h in _TIMES), None)
    columns = [h for h in header if h != time]
    chosen = name if name is not None else columns[0] if len(columns) == 1 else None
    if chosen is None or chosen not in header:
        raise UnreadableWaveformError(f"{path.name}: {UnknownNameError('column', str(name or ''), columns)}")
    start = 0.0
    if time is not None:
        at = table[:, header.index(time)] * _TIMES[time]
        rate_hz, start = _rate(at, path.name), float(at[0])
    return Column(values=table[:, header.index(chosen)], rate_hz=rate_hz, start_ms=start)


def _numbers(rows: list[list[str]], width: int, name: str) -> Floats:
    out = []
    for number, row in enumerate(rows, 2):
        try:
            values = [float(cell.replace(",", ".")) for cell in row]
        except ValueError as error:
            raise UnreadableWaveformError(f"{name} row {number}: {error}; write plain numbers") from error
        if len(values) != width:
            raise UnreadableWaveformError(f"{name} row {number} has {len(values)} cells, the header {width}")
        out.append(values)
    return np.array(out, dtype=np.float64)


def _rate(at_ms: Floats, name: str) -> float:
    steps = np.diff(at_ms)
    middle = float(np.median(steps))
    if middle <= 0 or float(np.abs(steps - middle).max()) > waveform_parameters()["longest_gap"] * middle + 1e-6:
        raise UnreadableWaveformError(f"{name}: the time column must rise evenly")
    return float(_MS * (len(at_ms) - 1) / (at_ms[-1] - at_ms[0]))


def read_sweeps(path: Path, wanted: Sweeps, sign: float) -> list[Trace]:
    """Return the sweeps of a recording around its stimuli, in mV.

    Parameters
    ----------
    path : Path
        ``.edf``, ``.bdf`` or ``.hea``.
    wanted : Sweeps
        Which ones.
    sign : float
        1 where negativity is upwards, else -1.

    Raises
    ------
    UnreadableWaveformError
        If the file, the channel or the marks are not there, or a sweep does not lie within the recording.
    """
    recording = read_long(path, wanted.channel)
    return cut_sweeps(recording, wanted, sign, path.name)


def cut_sweeps(recording: LongRecording, wanted: Sweeps, sign: float, name: str) -> list[Trace]:
    """Return the sweeps around the marks, or around the one time, that are wanted."""
    if wanted.at_s is not None:
        times = [wanted.at_s]
    elif wanted.mark is not None:
        times = [m.at_s for m in recording.marks if m.text.strip() == wanted.mark.strip()]
        if not times:
            known = sorted({m.text.strip() for m in recording.marks})
            raise UnreadableWaveformError(f"{name}: {UnknownNameError('annotation', wanted.mark, known)}")
    else:
        raise UnreadableWaveformError(f"say where the stimuli are in {name}: mark (an annotation) or at_s (seconds)")
    before = round(-wanted.from_ms / _MS * recording.rate_hz)
    length = before + round(wanted.to_ms / _MS * recording.rate_hz)
    out = []
    for at in times:
        start = int(np.floor(at * recording.rate_hz)) - before
        if start < 0 or length < 2 or start + length > len(recording.values_mv):
            raise UnreadableWaveformError(
                f"{name}: the sweep from {wanted.from_ms:g} to {wanted.to_ms:g} ms around {at:g} s"
                " does not lie within the recording"
            )
        values = sign * recording.values_mv[start : start + length]
        stimulus = (at - start / recording.rate_hz) * _MS
        out.append(Trace(values_mv=values, rate_hz=recording.rate_hz, stimulus_ms=max(stimulus, 0.0)))
    return out


def read_long(path: Path, channel: str | None) -> LongRecording:
    """Return one channel of an EDF, BDF or WFDB file with the annotations; WFDB annotations are not read."""
    if not path.is_file():
        raise UnreadableWaveformError(f"there is no file {path.name}")
    suffix = path.suffix.lower()
    if suffix == ".hea":
        try:
            plain = read_wfdb(path, channel)
        except UnreadableRecordingError as error:
            raise UnreadableWaveformError(str(error)) from error
        return LongRecording(values_mv=plain.values_mv, rate_hz=plain.rate_hz, marks=())
    if suffix not in (".edf", ".bdf"):
        raise UnreadableWaveformError(f"{path.name}: samples are read from .csv, .edf, .bdf and .hea")
    file = _open_edf(path)
    if not file.signals:
        raise UnreadableWaveformError(f"{path.name} holds no signal, only annotations")
    try:
        signal = file.signals[choose_channel([s.label for s in file.signals], channel, path.name)]
    except UnreadableRecordingError as error:
        raise UnreadableWaveformError(str(error)) from error
    scale = _TO_MV.get(signal.physical_dimension.strip().lower())
    if scale is None:
        raise UnreadableWaveformError(
            f"{path.name}: the channel {signal.label!r} is in {signal.physical_dimension!r}; mV, uV or V is needed"
        )
    return LongRecording(
        values_mv=np.asarray(signal.data, dtype=np.float64) * scale,
        rate_hz=float(signal.sampling_frequency),
        marks=tuple(Mark(at_s=float(a.onset), text=a.text) for a in file.annotations),
    )


def _open_edf(path: Path) -> "Edf | Bdf":
    file = open_edf(path)
    if file is None:
        raise UnreadableWaveformError(unreadable(path))
    return file
