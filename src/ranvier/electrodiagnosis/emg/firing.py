"""Firing of one unit: rate, regularity, and how much of the activity it was there."""

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
