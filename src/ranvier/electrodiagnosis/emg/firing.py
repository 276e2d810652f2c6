"""Firing of one unit (rate, regularity) and recruitment: how fast the fastest fires for the number that fire."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats

_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FiringMeasures:
    """Discharges, firing rate (1 over the median interval, Hz), spread of the intervals (robust SD over median)."""

    discharges: int
    rate_hz: float | None
    interval_cv: float | None


def measure_firing(fired_s: Floats) -> FiringMeasures:
    """Return the measures of a train of discharge times in seconds.

    Intervals under 20 ms and over 300 ms are left out (doubled or missed discharges, pauses).

    >>> measure_firing(np.arange(10) * 0.1).rate_hz
    10.0
    """
    p = emg_parameters()
    intervals = np.round(np.diff(fired_s) * _MS, 6)
    used = intervals[(intervals >= p["interval_least_ms"]) & (intervals <= p["interval_most_ms"])]
    if len(used) < 3:
        return FiringMeasures(discharges=len(fired_s), rate_hz=None, interval_cv=None)
    median = float(np.median(used))
    low, high = np.percentile(used, [25, 75])
    return FiringMeasures(
        discharges=len(fired_s), rate_hz=_MS / median, interval_cv=float((high - low) / 1.349 / median)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruitment:
    """Recruitment at the efforts that were recorded.

    Attributes
    ----------
    units : float
        Units that fire at the same time (median over the windows).
    fastest_hz : float
        Firing rate of the fastest of them (median).
    ratio_hz : float
        The fastest rate over the number of units (median of the windows): high where units are missing and those left
        must fire faster, low where many weak ones are called at once.
    """

    units: float
    fastest_hz: float
    ratio_hz: float


def measure_recruitment(trains_s: Sequence[Floats]) -> Recruitment | None:
    """Return the recruitment of units that fire at the same time, or None where no window has a regular one.

    Parameters
    ----------
    trains_s : sequence of (n_discharges,) float, s
        Discharge times of each unit, in order of time.

    Notes
    -----
    Windows of ``recruit_window_s``, half overlapping; a unit counts in a window with ``recruit_discharges`` in it.

    Examples
    --------
    >>> slow, fast = np.arange(0, 4, 0.125), np.arange(0, 4, 0.1)
    >>> measure_recruitment([slow, fast])
    Recruitment(units=2.0, fastest_hz=10.0, ratio_hz=5.0)
    """
    p = emg_parameters()
    width, least = p["recruit_window_s"], int(p["recruit_discharges"])
    last = max((float(t[-1]) for t in trains_s if len(t)), default=0.0)
    windows = []
    for start in np.arange(0.0, last, width / 2):
        inside = [t[(t >= start) & (t < start + width)] for t in trains_s]
        firing = [t for t in inside if len(t) >= least]
        rates = [r for t in firing if (r := measure_firing(t).rate_hz) is not None]
        if rates:
            windows.append((len(firing), max(rates)))
    if not windows:
        return None
    count, fastest = np.array(windows, dtype=np.float64).T
    middle = [round(float(np.median(x)), 6) for x in (count, fastest, fastest / count)]
    return Recruitment(units=middle[0], fastest_hz=middle[1], ratio_hz=middle[2])
