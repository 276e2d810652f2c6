"""Turns and amplitude of the interference pattern (Willison 1964), and measures of how full it is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats

_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochMeasures:
    """Interference pattern of one epoch.

    Attributes
    ----------
    start_s : float
    turns_per_s : float
        Reversals with at least 100 uV to the last one.
    amplitude_mv : float
        Mean change between turns; 0 without turns.
    envelope_mv : float
        Peak-to-peak that 1 % of the samples exceed (99.5th to 0.5th percentile).
    fullness : float
        Share of the samples of magnitude above a tenth of the envelope.
    """

    start_s: float
    turns_per_s: float
    amplitude_mv: float
    envelope_mv: float
    fullness: float


def find_turns(values_mv: Floats, least_mv: float) -> npt.NDArray[np.int64]:
    """Return the samples at which the signal turns, each at least `least_mv` from the turn before it.

    A reversal counts once the signal has moved back from it by `least_mv`.

    Examples
    --------
    >>> find_turns(np.array([0.0, 0.3, 0.25, 0.5, 0.0, 0.05, -0.2, 0.0]), 0.1).tolist()
    [3, 6]
    """
    slope = np.sign(np.diff(values_mv))
    moving = np.flatnonzero(slope)
    if not len(moving):
        return np.zeros(0, dtype=np.int64)
    extremes = moving[1:][np.diff(slope[moving]) != 0]
    points = np.concatenate([[0], extremes, [len(values_mv) - 1]])
    heights = values_mv[points].tolist()
    kept: list[int] = []
    last, best, up = heights[0], 0, 0
    for i, height in enumerate(heights):
        if up == 0:
            if abs(height - last) >= least_mv:
                up, best = (1 if height > last else -1), i
        elif (height - heights[best]) * up > 0:
            best = i
        elif (heights[best] - height) * up >= least_mv:
            kept.append(int(points[best]))
            up, best = -up, i
    return np.array(kept, dtype=np.int64)


def epoch_measures(values_mv: Floats, rate_hz: float, active: npt.NDArray[np.bool_]) -> tuple[EpochMeasures, ...]:
    """Return the measures of each epoch that is active for at least half of its time.

    Parameters
    ----------
    values_mv : (n_samples,) float, mV
    rate_hz : float
    active : (n_samples,) bool
        Where there is voluntary activity.
    """
    p = emg_parameters()
    width = int(p["epoch_s"] * rate_hz)
    turns = find_turns(values_mv, p["turn_mv"])
    out = []
    for start in range(0, len(values_mv) - width + 1, width):
        if active[start : start + width].mean() < 0.5:
            continue
        mine = turns[(turns >= start) & (turns < start + width)]
        part = values_mv[start : start + width]
        low, high = np.percentile(part, [0.5, 99.5])
        envelope = float(high - low)
        out.append(
            EpochMeasures(
                start_s=start / rate_hz,
                turns_per_s=len(mine) / p["epoch_s"],
                amplitude_mv=float(np.abs(np.diff(values_mv[mine])).mean()) if len(mine) > 1 else 0.0,
                envelope_mv=envelope,
                fullness=float(np.mean(np.abs(part) > envelope / 10)) if envelope else 0.0,
            )
        )
    return tuple(out)
