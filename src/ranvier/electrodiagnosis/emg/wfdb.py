"""Read one channel of a WFDB record (``.hea`` with ``.dat``), formats 16 and 212.

Format description: https://www.physionet.org/physiotools/wag/header-5.htm and signal-5.htm. Only single
segment records; a record in another format is refused by name.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats, Recording, UnreadableRecordingError

_FORMATS = ("16", "212")
_DEFAULT_GAIN = 200.0
_DEFAULT_RATE = "250"
_TO_MV = {"mv": 1.0, "uv": 1e-3, "\u00b5v": 1e-3, "v": 1e3}
_GAIN = re.compile(r"^(?P<gain>[-+.\deE]+)?(?:\((?P<zero>-?\d+)\))?(?:/(?P<unit>\S+))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signal:
    file: str
    format: str
    offset: int
    gain: float
    zero: float
    unit: str
    name: str


def read_wfdb(path: Path, channel: str | None = None) -> Recording:
    """Return one channel of a WFDB record in mV.

    Parameters
    ----------
    path : Path
        The ``.hea`` file; the ``.dat`` lies beside it.
    channel : str or None
        Name of the channel; None takes the first whose name has EMG in it, else the first.

    Raises
    ------
    UnreadableRecordingError
        If the header or the data do not fit the format, or the channel is not there.
    """
    lines = [x for x in path.read_text(encoding="utf-8", errors="replace").splitlines() if x and not x.startswith("#")]
    if not lines:
        raise UnreadableRecordingError(f"{path.name} is empty; a WFDB header begins with a record line")
    record = lines[0].split()
    if len(record) < 2 or "/" in record[0]:
        raise UnreadableRecordingError(
            f"{path.name}: the record line must be 'name signals [rate samples]', one segment"
        )
    try:
        n_signals = int(record[1])
        rate_hz = float(re.split(r"[/(]", record[2] if len(record) > 2 else _DEFAULT_RATE)[0])
        signals = [_signal(line) for line in lines[1 : 1 + n_signals]]
    except ValueError as error:
        raise UnreadableRecordingError(f"{path.name}: {error}") from error
    if len(signals) < n_signals or not signals:
        raise UnreadableRecordingError(f"{path.name}: {n_signals} signals are announced, {len(signals)} are described")
    index = choose_channel([s.name for s in signals], channel, path.name)
    chosen = signals[index]
    group = [i for i, s in enumerate(signals) if s.file == chosen.file]
    raw = _samples(path.parent / chosen.file, chosen, len(group))[group.index(index)]
    scale = _TO_MV.get(chosen.unit.lower())
    if scale is None:
        raise UnreadableRecordingError(f"{path.name}: the unit {chosen.unit!r} is not mV, uV or V")
    step = scale / chosen.gain
    return Recording(
        values_mv=(raw - chosen.zero) * step,
        rate_hz=rate_hz,
        channel=chosen.name,
        step_mv=abs(step),
        span_mv=abs(step) * 2 ** emg_parameters()["wrap_bits"] if chosen.format == "16" else None,
    )


def choose_channel(names: list[str], wanted: str | None, file: str) -> int:
    """Return the number of the channel that is wanted, or of the first EMG channel, or 0."""
    if wanted is not None:
        if wanted in names:
            return names.index(wanted)
        raise UnreadableRecordingError(f"{file} has no channel {wanted!r}; it has {', '.join(map(repr, names))}")
    return next((i for i, name in enumerate(names) if "emg" in name.lower()), 0)


def _signal(line: str) -> _Signal:
    parts = line.split(maxsplit=8)
    if len(parts) < 2:
        raise ValueError(f"a signal line must begin with file and format (got {line!r})")
    found = re.match(r"^(\d+)(?:x(\d+))?(?::\d+)?(?:\+(\d+))?$", parts[1])
    if not found or found[1] not in _FORMATS or found[2] not in (None, "1"):
        raise ValueError(f"signal format {parts[1]!r} is not read; convert it to format 16 or 212")
    gain = _GAIN.match(parts[2]) if len(parts) > 2 else None
    value = float(gain["gain"]) if gain and gain["gain"] else 0.0
    adc_zero = float(parts[4]) if len(parts) > 4 else 0.0
    return _Signal(
        file=parts[0],
        format=found[1],
        offset=int(found[3] or 0),
        gain=value or _DEFAULT_GAIN,
        zero=float(gain["zero"]) if gain and gain["zero"] else adc_zero,
        unit=(gain["unit"] if gain and gain["unit"] else "mV"),
        name=parts[8] if len(parts) > 8 else parts[0],
    )


def _samples(path: Path, signal: _Signal, n_signals: int) -> Floats:
    """Return the samples of all signals of a file, (n_signals, n_samples), in steps of the converter."""
    if not path.is_file():
        raise UnreadableRecordingError(f"{path.name} is named by the header but is not there")
    raw = path.read_bytes()[signal.offset :]
    if signal.format == "16":
        flat = np.frombuffer(raw[: len(raw) // 2 * 2], dtype="<i2").astype(np.float64)
    else:
        flat = _unpack_212(np.frombuffer(raw[: len(raw) // 3 * 3], dtype=np.uint8))
    n = len(flat) // n_signals
    return flat[: n * n_signals].reshape(n, n_signals).T


def _unpack_212(raw: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> Floats:
    """Return 12-bit samples: two in three bytes, the middle byte holds the upper four bits of both."""
    triples = raw.reshape(-1, 3).astype(np.int32)
    first = triples[:, 0] | ((triples[:, 1] & 0x0F) << 8)
    second = triples[:, 2] | ((triples[:, 1] & 0xF0) << 4)
    both = np.stack([first, second], axis=1).ravel()
    return np.where(both > 2047, both - 4096, both).astype(np.float64)
