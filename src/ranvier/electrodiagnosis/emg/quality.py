"""Quality of a recording, and what can be mended: wrap-around, power line, offset.

The result says what was found and done in words. What cannot be mended (clipping, too short, too noisy)
is only remarked.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ranvier.electrodiagnosis.emg.activity import Segment, segments
from ranvier.electrodiagnosis.emg.filters import keep_band
from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats, Recording
from ranvier.electrodiagnosis.emg.wrap import mend_wraps

_MAINS_HZ = (50.0, 60.0)
_UV = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityNote:
    """One thing that was found.

    Attributes
    ----------
    kind : str
        ``wrap``, ``clipping``, ``power_line``, ``offset``, ``noise``, ``short``, ``flat`` or ``low_rate``.
    mended : bool
        Whether the analysis goes on with mended values.
    stops : bool
        Whether no class is given because of it.
    text : str
        One sentence.
    """

    kind: Literal["wrap", "clipping", "power_line", "offset", "noise", "short", "flat", "low_rate"]
    mended: bool
    stops: bool = False
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A mended recording, its noise floor (RMS, mV, above 10 Hz), the notes, and the stretches not to be trusted."""

    recording: Recording
    noise_mv: float
    notes: tuple[QualityNote, ...]
    doubtful: tuple[Segment, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether nothing stops the analysis."""
        return not any(note.stops for note in self.notes)


def check_quality(recording: Recording) -> Checked:
    """Return the recording with what could be mended, its noise floor, and what was found.

    Parameters
    ----------
    recording : Recording
        As read from the file.
    """
    p = emg_parameters()
    notes = []
    if recording.seconds < p["short_s"]:
        text = f"The recording lasts {recording.seconds:.2f} s; at least {p['short_s']:g} s are needed for a class."
        notes.append(QualityNote(kind="short", mended=False, stops=True, text=text))
    if len(recording.values_mv) < p["window_s"] * recording.rate_hz * 4 or np.ptp(recording.values_mv) == 0:
        notes.append(QualityNote(kind="flat", mended=False, stops=True, text="The channel holds no signal."))
        return Checked(recording=recording, noise_mv=0.0, notes=tuple(notes))
    if recording.rate_hz < 2 * p["class_high_hz"]:
        text = f"Sampled at {recording.rate_hz:g} Hz: sharp spikes are blunted, turns and phases are counted too low."
        notes.append(QualityNote(kind="low_rate", mended=False, text=text))
    wraps = mend_wraps(recording)
    if wraps.moved:
        unsure = int(np.count_nonzero(wraps.doubtful))
        text = (
            f"{wraps.moved} samples wrapped at 16 bits ({wraps.span_mv:.4f} mV) were put back; {unsure} samples about"
            f" them ({unsure / len(wraps.doubtful):.1%}) are not trusted: they may be off by that much."
        )
        notes.append(QualityNote(kind="wrap", mended=True, text=text))
    notes += _clipping(wraps.values_mv)
    values = wraps.values_mv - np.median(wraps.values_mv)
    values, lines = remove_power_line(values, recording.rate_hz)
    notes += lines
    noise = noise_floor(keep_band(values, recording.rate_hz, low_hz=p["work_low_hz"]), recording.rate_hz)
    if noise > p["noise_high_mv"]:
        text = f"The noise floor is {noise * _UV:.0f} uV; small potentials and rest cannot be judged."
        notes.append(QualityNote(kind="noise", mended=False, text=text))
    mended = Recording(values_mv=values, rate_hz=recording.rate_hz, channel=recording.channel)
    return Checked(recording=mended, noise_mv=noise, notes=tuple(notes), doubtful=segments(wraps.doubtful))


def noise_floor(values_mv: Floats, rate_hz: float) -> float:
    """Return the RMS of the quietest windows, in mV."""
    p = emg_parameters()
    width = max(int(p["window_s"] * rate_hz), 4)
    n = len(values_mv) // width
    rms = np.sqrt(np.mean(values_mv[: n * width].reshape(n, width) ** 2, axis=1))
    return float(np.percentile(rms, p["noise_percentile"]))


def _clipping(values: Floats) -> list[QualityNote]:
    p = emg_parameters()
    run = int(p["clip_run"])
    clipped = 0
    for end in (values.max(), values.min()):
        at = (values == end).astype(int)
        runs = np.convolve(at, np.ones(run, dtype=int), "valid") == run
        clipped += int(np.count_nonzero(np.convolve(runs, np.ones(run, dtype=int)) > 0))
    share = clipped / len(values)
    if share < p["clip_share"]:
        return []
    text = f"{100 * share:.2g} % of the samples are clipped: amplitudes are too low."
    return [QualityNote(kind="clipping", mended=False, text=text)]


def remove_power_line(values_mv: Floats, rate_hz: float) -> tuple[Floats, list[QualityNote]]:
    """Return the signal without power line and its harmonics, and a note if there was any.

    The line is fitted as sines in windows of a second on values limited to a few times their median
    magnitude, so that motor unit potentials neither draw the fit nor ring as they would after a notch.
    """
    p = emg_parameters()
    width = int(p["line_window_s"] * rate_hz)
    if len(values_mv) < 2 * width:
        return values_mv, []
    limit = p["line_clip"] * float(np.median(np.abs(values_mv)))
    limited = np.clip(values_mv, -limit, limit)
    spectrum = np.abs(np.fft.rfft(limited * np.hanning(len(limited)))) * 4 / len(limited)
    step = rate_hz / len(limited)
    for mains in _MAINS_HZ:
        orders = [k for k in range(1, int(p["line_harmonics"]) + 1) if mains * k < rate_hz / 2 - 2]
        found = [k for k in orders if _stands_out(spectrum, mains * k, step)]
        if found:
            line = _fit_line(limited, [mains * k for k in found], rate_hz, width)
            size = float(np.sqrt(2 * np.mean(line**2)))
            text = f"Power line ({mains:g} Hz and harmonics, {size * _UV:.0f} uV) was taken out."
            return values_mv - line, [QualityNote(kind="power_line", mended=True, text=text)]
    return values_mv, []


def _stands_out(spectrum: Floats, at_hz: float, step_hz: float) -> bool:
    p = emg_parameters()
    near = slice(max(int((at_hz - 0.5) / step_hz), 0), int((at_hz + 0.5) / step_hz) + 2)
    around = spectrum[max(int((at_hz - 6) / step_hz), 1) : int((at_hz + 6) / step_hz) + 1]
    peak = float(spectrum[near].max(initial=0.0))
    return peak > p["line_least_mv"] and peak > p["line_ratio"] * float(np.median(around))


def _fit_line(values: Floats, frequencies: list[float], rate_hz: float, width: int) -> Floats:
    line = np.zeros_like(values)
    starts = [*range(0, len(values) - 2 * width + 1, width)]
    for i, start in enumerate(starts):
        stop = len(values) if i == len(starts) - 1 else start + width
        t = np.arange(start, stop) / rate_hz
        basis = np.stack([f(2 * np.pi * hz * t) for hz in frequencies for f in (np.sin, np.cos)], axis=1)
        weights = np.linalg.lstsq(basis, values[start:stop], rcond=None)[0]
        line[start:stop] = basis @ weights
    return line
