"""Read a needle EMG recording from a file: EDF(+), BDF(+), WFDB, CSV, NPY.

CSV
    One column of mV, or a header with ``time_s`` (or ``time_ms``) and a column whose name ends in
    ``_mv`` or ``_uv`` (``emg_mv``). Without a time column the rate must be given.
NPY
    One row of numbers in mV; the rate must be given.
"""

import csv
from pathlib import Path

import numpy as np

from ranvier.electrodiagnosis.edf import open_edf, unreadable
from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats, Recording, UnreadableRecordingError
from ranvier.electrodiagnosis.emg.wfdb import choose_channel, read_wfdb

_SUFFIXES = (".edf", ".bdf", ".hea", ".csv", ".npy")
_TO_MV = {"mv": 1.0, "uv": 1e-3, "\u00b5v": 1e-3, "\u03bcv": 1e-3, "v": 1e3}
_TIMES = {"time_s": 1.0, "time_ms": 1e-3}
_UNEVEN = 0.02


def read_recording(path: Path, *, channel: str | None = None, rate_hz: float | None = None) -> Recording:
    """Return one channel of a file.

    Parameters
    ----------
    path : Path
        ``.edf``, ``.bdf``, ``.hea`` (a ``.dat`` is taken as its header), ``.csv`` or ``.npy``.
    channel : str or None
        Name of the channel or column; None takes the first that is EMG.
    rate_hz : float or None
        Samples a second; needed for NPY and for CSV without a time column.

    Raises
    ------
    UnreadableRecordingError
        If the file is missing, of another kind, or does not hold what its kind demands.
    MissingExtraError
        If EDF or BDF is read without the extra ``edx``.
    """
    path = path.with_suffix(".hea") if path.suffix.lower() == ".dat" else path
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise UnreadableRecordingError(f"{path.name}: the kind must be one of {', '.join(_SUFFIXES)}")
    if not path.is_file():
        raise UnreadableRecordingError(f"there is no file {path}")
    if suffix in (".edf", ".bdf"):
        return _read_edf(path, channel)
    if suffix == ".hea":
        return read_wfdb(path, channel)
    if suffix == ".npy":
        return Recording(values_mv=_read_npy(path), rate_hz=_needed(rate_hz, path), channel=channel or path.stem)
    return _read_csv(path, channel, rate_hz)


def _needed(rate_hz: float | None, path: Path) -> float:
    if rate_hz is None:
        raise UnreadableRecordingError(f"{path.name} does not tell its sampling rate; give it (--rate-hz)")
    return rate_hz


def _read_npy(path: Path) -> Floats:
    try:
        values = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise UnreadableRecordingError(f"{path.name} is no NPY file of numbers") from error
    if values.dtype.kind not in "fiu":
        raise UnreadableRecordingError(f"{path.name} must hold numbers in mV (got {values.dtype})")
    return np.asarray(np.squeeze(values), dtype=np.float64)


def _read_edf(path: Path, channel: str | None) -> Recording:
    file = open_edf(path)
    if file is None:
        raise UnreadableRecordingError(unreadable(path))
    signals = file.signals
    if not signals:
        raise UnreadableRecordingError(f"{path.name} holds no signal, only annotations")
    signal = signals[choose_channel([s.label for s in signals], channel, path.name)]
    scale = _TO_MV.get(signal.physical_dimension.strip().lower())
    if scale is None:
        raise UnreadableRecordingError(
            f"{path.name}: the channel {signal.label!r} is in {signal.physical_dimension!r}; mV, uV or V is needed"
        )
    step = abs(signal.physical_range.max - signal.physical_range.min) * scale
    step /= signal.digital_range.max - signal.digital_range.min
    full = signal.digital_range.max - signal.digital_range.min + 1 == 2 ** emg_parameters()["wrap_bits"]
    return Recording(
        values_mv=np.asarray(signal.data, dtype=np.float64) * scale,
        rate_hz=float(signal.sampling_frequency),
        channel=signal.label or path.stem,
        step_mv=step,
        span_mv=step * 2 ** emg_parameters()["wrap_bits"] if full else None,
    )


def _read_csv(path: Path, channel: str | None, rate_hz: float | None) -> Recording:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableRecordingError(f"{path.name} is not UTF-8 text") from error
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise UnreadableRecordingError(f"{path.name} is empty")
    rows = list(csv.reader(lines, delimiter=_delimiter(lines[0])))
    header = None if _is_number(rows[0][0]) else [c.strip() for c in rows[0]]
    table = _numbers(rows[1:] if header else rows, path)
    if header is None:
        header = ["time_s", "emg_mv"][-table.shape[1] :] if table.shape[1] <= 2 else []
    if len(header) != table.shape[1]:
        raise UnreadableRecordingError(f"{path.name}: name the columns in a header (time_s, emg_mv)")
    return _from_columns(path, header, table, channel, rate_hz)


def _delimiter(line: str) -> str:
    return next((d for d in ("\t", ";") if d in line), ",")


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _numbers(rows: list[list[str]], path: Path) -> Floats:
    try:
        table = np.array([[float(c.replace(",", ".")) for c in row] for row in rows])
    except ValueError as error:
        raise UnreadableRecordingError(
            f"{path.name}: every row must hold the same count of numbers: {error}"
        ) from error
    if table.ndim != 2 or not len(table):
        raise UnreadableRecordingError(f"{path.name}: no row of numbers was found")
    return table


def _from_columns(
    path: Path, header: list[str], table: Floats, channel: str | None, rate_hz: float | None
) -> Recording:
    lower = [c.lower() for c in header]
    time = next((i for i, c in enumerate(lower) if c in _TIMES), None)
    rest = [i for i in range(len(header)) if i != time]
    if not rest:
        raise UnreadableRecordingError(f"{path.name} has a time column but no signal")
    column = rest[choose_channel([header[i] for i in rest], channel, path.name)]
    scale = next((v for k, v in _TO_MV.items() if lower[column].endswith(("_" + k, f"({k})", f"[{k}]"))), 1.0)
    if time is not None:
        steps = np.diff(table[:, time]) * _TIMES[lower[time]]
        middle = float(np.median(steps)) if len(steps) else 0.0
        if middle <= 0 or np.percentile(np.abs(steps - middle), 99) > max(_UNEVEN * middle, 2e-6):
            raise UnreadableRecordingError(f"{path.name}: the times must rise evenly, one row a sample")
        rate_hz = rate_hz or float(len(steps) / steps.sum())
    return Recording(values_mv=table[:, column] * scale, rate_hz=_needed(rate_hz, path), channel=header[column])
