"""Averaged motor unit potentials and their measures.

Definitions (after the multi-MUP practice of Stalberg and co-workers, and Sonoo and Stalberg 1993 for the
size index; the thresholds are in ``data/emg_parameters.csv``):

amplitude
    Highest to lowest point, mV.
duration
    From where the potential leaves the baseline for good until it is back for good: outside, it stays within
    20 uV (or 3 times the noise of the average) of the baseline for 3 ms.
area
    Of the rectified potential within the duration, mV ms.
thickness
    Area over amplitude, ms.
phases
    Parts on one side of the baseline that reach 20 uV; more than 4 are polyphasic.
turns
    Changes of direction with at least 50 uV to the next.
size index
    ``2 log10(amplitude in mV) + area / amplitude in ms``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats
from ranvier.electrodiagnosis.emg.turns import find_turns

_MS = 1000.0
_MAD = 0.6745


@dataclass(frozen=True, slots=True, kw_only=True)
class PotentialMeasures:
    """Measures of one averaged potential; the definitions are those of the module."""

    amplitude_mv: float
    duration_ms: float
    area_mv_ms: float
    thickness_ms: float
    phases: int
    turns: int
    size_index: float
    start_ms: float
    end_ms: float
    noise_mv: float

    @property
    def polyphasic(self) -> bool:
        """Whether there are more than four phases."""
        return self.phases > emg_parameters()["polyphasic"]


def average_potential(values_mv: Floats, at: npt.NDArray[np.int64], rate_hz: float) -> Floats | None:
    """Return the trimmed mean of the signal around discharges, with its baseline at zero.

    Parameters
    ----------
    values_mv : (n_samples,) float, mV
    at : (n_discharges,) int
        Samples of the discharges.
    rate_hz : float

    Returns
    -------
    (n,) float, mV, or None
        From 15 ms before to 25 ms after; None if fewer than two discharges lie far enough from the ends.
    """
    p = emg_parameters()
    before, after = (round(p[k] / _MS * rate_hz) for k in ("average_before_ms", "average_after_ms"))
    inside = at[(at >= before) & (at < len(values_mv) - after)]
    inside = inside[:: max(int(np.ceil(len(inside) / p["average_most"])), 1)]
    if len(inside) < 2:
        return None
    windows = values_mv[inside[:, None] + np.arange(-before, after)[None, :]]
    windows = np.sort(windows - np.median(windows, axis=1, keepdims=True), axis=0)
    cut = int(p["trim"] * len(inside))
    mean = windows[cut : len(inside) - cut].mean(axis=0)
    return np.asarray(mean - np.median(mean))


def measure_potential(average_mv: Floats, rate_hz: float, *, peak: int | None = None) -> PotentialMeasures | None:
    """Return the measures of an averaged potential, or None where nothing stands out of its noise.

    Parameters
    ----------
    average_mv : (n,) float, mV
        Baseline at zero.
    rate_hz : float
    peak : int or None
        Sample of the main spike; None takes the trigger of `average_potential`.
    """
    p = emg_parameters()
    middle = round(p["average_before_ms"] / _MS * rate_hz) if peak is None else peak
    near = round(p["snippet_after_ms"] / _MS * rate_hz)
    window = np.abs(average_mv[max(middle - near, 0) : middle + near])
    top = max(middle - near, 0) + int(np.argmax(window))
    edges = np.concatenate([average_mv[: middle // 3], average_mv[-(middle // 2) :]])
    noise = float(np.median(np.abs(edges - np.median(edges)))) / _MAD
    quiet = max(p["edge_mv"], p["edge_noise_factor"] * noise)
    if abs(average_mv[top]) <= quiet:
        return None
    start = top - _reach(average_mv[: top + 1][::-1], quiet, rate_hz)
    end = top + _reach(average_mv[top:], quiet, rate_hz)
    part = average_mv[start : end + 1]
    amplitude = float(np.ptp(part))
    if amplitude <= quiet:
        return None
    area = float(np.abs(part).sum() / rate_hz * _MS)
    return PotentialMeasures(
        amplitude_mv=amplitude,
        duration_ms=(end - start) / rate_hz * _MS,
        area_mv_ms=area,
        thickness_ms=area / amplitude,
        phases=count_phases(part, max(p["phase_mv"], quiet)),
        turns=len(find_turns(part, p["turn_average_mv"])),
        size_index=2 * float(np.log10(amplitude)) + area / amplitude,
        start_ms=(start - middle) / rate_hz * _MS,
        end_ms=(end - middle) / rate_hz * _MS,
        noise_mv=noise,
    )


def _reach(outwards: Floats, quiet_mv: float, rate_hz: float) -> int:
    """Return how many samples outwards the potential lasts."""
    p = emg_parameters()
    run = max(round(p["edge_quiet_ms"] / _MS * rate_hz), 1)
    farthest = min(len(outwards) - 1, round(p["edge_farthest_ms"] / _MS * rate_hz))
    loud = np.abs(outwards[: farthest + 1]) > quiet_mv
    last = 0
    for i in np.flatnonzero(loud):
        if i - last > run:
            break
        last = int(i)
    return last


def count_phases(values_mv: Floats, least_mv: float) -> int:
    """Return the number of parts on one side of the baseline that reach a least height.

    >>> count_phases(np.array([0, 0.1, 0, -0.2, 0.01, -0.2, 0.1]), 0.02)
    3
    """
    signs = np.sign(values_mv[np.abs(values_mv) >= least_mv])
    return int(1 + np.count_nonzero(np.diff(signs))) if len(signs) else 0
