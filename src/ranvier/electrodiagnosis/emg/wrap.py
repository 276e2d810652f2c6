"""Wrap-around of a 16-bit converter: found, and mended without changing any other sample.

A value beyond the range comes back at its other end, off by exactly the width of the range. Between two
samples a needle EMG may move fast, so the turns are not simply unwrapped one after the other: within each
group of jumps the whole sequence of turns is chosen that bends the signal least (Viterbi).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats, Recording

_TURNS = (0, 1, -1)
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """Values in mV and how many of them were moved by a whole range."""

    values_mv: Floats
    moved: int
    span_mv: float | None


def mend_wraps(recording: Recording) -> Mended:
    """Return the values with wrapped samples put back.

    Parameters
    ----------
    recording : Recording
        If it has no `span_mv`, the width is inferred from the smallest step, and only if the values fill it.

    Examples
    --------
    >>> wrapped = np.array([0.0, 2.0, -3.0, -2.8, 2.5, 0.1, 0.0, 0.0])
    >>> mend_wraps(Recording(values_mv=wrapped, rate_hz=4000, span_mv=6.5536)).moved
    2
    """
    values = recording.values_mv
    span = recording.span_mv or _infer_span(recording)
    if span is None:
        return Mended(values_mv=values, moved=0, span_mv=None)
    p = emg_parameters()
    jumps = np.flatnonzero(np.abs(np.diff(values)) > p["wrap_jump"] * span)
    if not len(jumps):
        return Mended(values_mv=values, moved=0, span_mv=span)
    turns = np.zeros(len(values), dtype=np.int64)
    gap = p["wrap_gap_s"] * recording.rate_hz
    margin = int(p["wrap_margin"])
    for group in np.split(jumps, np.flatnonzero(np.diff(jumps) > gap) + 1):
        first, last = max(int(group[0]) + 1 - margin, 0), min(int(group[-1]) + 1 + margin, len(values))
        turns[first:last] = _least_bent(values[first:last] / span, margin)
    return Mended(values_mv=values + turns * span, moved=int(np.count_nonzero(turns)), span_mv=span)


def _infer_span(recording: Recording) -> float | None:
    """Return the width of a 16-bit range if the values lie on its steps and fill it, else None."""
    p = emg_parameters()
    values = recording.values_mv
    step = recording.step_mv
    if step is None:
        gaps = np.diff(np.unique(np.round(values, 9)))
        if not len(gaps):
            return None
        step = float(gaps.min())
        if np.abs(gaps / step - np.round(gaps / step)).max() > 0.01:
            return None
    span = step * 2 ** p["wrap_bits"]
    return float(span) if np.ptp(values) > p["wrap_reach"] * span and np.ptp(values) <= span else None


def _least_bent(values: Floats, margin: int) -> Ints:
    """Return the turns whose summed second differences are least; the margins keep none.

    Parameters
    ----------
    values : (n,) float
        In widths of the range.
    margin : int
        Samples at each end that are known to be right.
    """
    n, k = len(values), len(_TURNS)
    shifts = np.array(_TURNS, dtype=float)
    cost = np.full((k, k), np.inf)
    cost[0, 0] = 0.0
    back = np.zeros((n, k, k), dtype=np.int64)
    for i in range(2, n):
        here = values[i] + shifts
        bend = np.abs(
            here[None, None, :] - 2 * (values[i - 1] + shifts)[None, :, None] + (values[i - 2] + shifts)[:, None, None]
        )
        step = np.abs(here[None, :] - (values[i - 1] + shifts)[:, None])
        total = cost[:, :, None] + bend + step[None, :, :]
        if i >= n - margin + 1:
            total[:, :, 1:] = np.inf
        back[i] = total.argmin(axis=0)
        cost = total.min(axis=0)
    before, last = np.unravel_index(int(np.argmin(cost)), cost.shape)
    path = [int(last), int(before)]
    for i in range(n - 1, 1, -1):
        path.append(int(back[i, path[-1], path[-2]]))
    return np.array(_TURNS, dtype=np.int64)[np.array(path[::-1])]
