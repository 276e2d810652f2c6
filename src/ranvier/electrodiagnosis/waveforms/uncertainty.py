"""Standard errors of the cursors of a response, and what follows from them: which cursor is doubted.

Three errors are propagated: the noise of the samples that a cursor rests on, the baseline (the mean of a short stretch
of the same noise), and the stimulus artefact, whose course under the response is only known from the stretch before it
(`Prepared.artefact_modes_mv`). What the form of a response does to the fits is not part of them.
"""

from dataclasses import dataclass

import numpy as np

from ranvier.electrodiagnosis.waveforms.curves import Takeoff
from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.preparation import Prepared
from ranvier.electrodiagnosis.waveforms.records import Floats

_MS = 1000.0
_QUARTIC = 225 / 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Where the cursors of a response stand: take-off, time of the negative peak and of the end, in ms.

    `height_mv` is the height of the first negative peak at `first_ms`, `half_ms` half the width of the fit of the peak.
    """

    onset: Takeoff
    first_ms: float
    height_mv: float
    peak_ms: float
    half_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Standard errors of take-off (ms), amplitude (mV), end (ms) and area (mV ms)."""

    onset_ms: float
    amplitude_mv: float
    end_ms: float
    area_mv_ms: float


def spread_of_cursors(prepared: Prepared, smoothed: Floats, points: Points) -> Spread:
    """Return the standard errors of the cursors of a response.

    Parameters
    ----------
    prepared : Prepared
    smoothed : (n_samples,) float, mV
        The sweep smoothed; slopes are read from it.
    points : Points
    """
    noise, rate = prepared.noise_mv * prepared.grain, prepared.rate_hz
    base = baseline_error(prepared)
    foot = 0.5 * waveform_parameters()["rise_reach"] * points.height_mv
    time_of_rise = max(_reached(prepared, smoothed, points, foot) - points.onset.time_ms, _MS / rate)
    at_onset = np.hypot(artefact_error(prepared, points.onset.time_ms), base) * time_of_rise / foot
    fitted = max(2 * points.half_ms / _MS * rate, 1.0)
    at_peak = (noise * np.sqrt(_QUARTIC / fitted), artefact_error(prepared, points.peak_ms), base)
    samples = max((points.end_ms - points.peak_ms) / 4 / _MS * rate, 1.0)
    at_end = (noise / np.sqrt(samples), artefact_error(prepared, points.end_ms), base)
    inside = (prepared.time_ms >= points.onset.time_ms) & (prepared.time_ms <= points.end_ms)
    step = _MS / rate
    modes = prepared.artefact_modes_mv[:, inside].sum(axis=1) * step
    area = (noise * step * np.sqrt(inside.sum()), *modes, base * (points.end_ms - points.onset.time_ms))
    return Spread(
        onset_ms=float(np.hypot(points.onset.sd_ms, at_onset)),
        amplitude_mv=_norm(at_peak),
        end_ms=_norm(at_end) / _slope(prepared, smoothed, points.end_ms, points.half_ms),
        area_mv_ms=_norm(area),
    )


def artefact_error(prepared: Prepared, time_ms: float) -> float:
    """Return the standard error of the artefact at a time, in mV."""
    at = int(np.abs(prepared.time_ms - time_ms).argmin())
    return _norm(prepared.artefact_modes_mv[:, at])


def baseline_error(prepared: Prepared) -> float:
    """Return the standard error of the baseline, in mV."""
    quiet = int(np.count_nonzero(prepared.time_ms < -waveform_parameters()["guard_ms"]))
    return prepared.noise_mv * prepared.grain / float(np.sqrt(max(quiet, 8)))


def _reached(prepared: Prepared, smoothed: Floats, points: Points, height: float) -> float:
    """Return when the rise to the first negative peak passes a height for the last time."""
    before = np.flatnonzero((prepared.time_ms <= points.first_ms) & (smoothed < height))
    return float(prepared.time_ms[before[-1]]) if len(before) else points.first_ms


def _slope(prepared: Prepared, smoothed: Floats, time_ms: float, half_ms: float) -> float:
    """Return the size of the slope around a time in mV a ms."""
    near = np.flatnonzero(np.abs(prepared.time_ms - time_ms) <= max(half_ms / 2, 0.1))
    if len(near) < 2:
        return 1e-9
    rise = float(smoothed[near[-1]] - smoothed[near[0]])
    return max(abs(rise) / float(prepared.time_ms[near[-1]] - prepared.time_ms[near[0]]), 1e-9)


def _norm(parts: Floats | tuple[float, ...]) -> float:
    return float(np.sqrt(np.sum(np.square(parts))))
