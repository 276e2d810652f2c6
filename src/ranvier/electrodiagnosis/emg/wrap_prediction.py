"""The last step of mending wraps: a run is moved where that makes the recording easier to predict.

A linear prediction from the samples before follows the band of the recording. What it leaves has heavy tails, since a
spike begins unforeseen, so that departures count by a Student t distribution whose scale is that of the stretch. How
rare a value is and the slow baseline count as well, the baseline with a small weight: real potentials have slow parts.
The weights were chosen on simulated recordings that were wrapped on purpose. It is used up to ``wrap_refine_rate_hz``:
at 4 kHz it helped in every set of simulated recordings, at 10 kHz, where the first step leaves little, in some only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, lfilter, sosfiltfilt

from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats
from ranvier.electrodiagnosis.emg.wrap_costs import (
    Ints,
    Runs,
    baseline_of_runs,
    candidate_runs,
    local_spread,
    rarity,
    sums_of,
)

_ROUNDS_OF_FIT = 6
_TO_SD = 1.4826
_TINY = 1e-9
_FEWEST_BEFORE, _MOST_BEFORE = 4, 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """Filter that leaves what cannot be predicted, and how large that usually is around each sample."""

    filter: Floats
    scale: Floats

    def left(self, values: Floats) -> Floats:
        """Return what is left of some values."""
        return np.asarray(lfilter(self.filter, [1.0], values))

    def of_run(self, length: int) -> Floats:
        """Return what a run of that length adds when it is moved by one, from its first sample on."""
        step = np.cumsum(self.filter)
        order = len(step) - 1
        out = np.concatenate([step, np.full(length, step[-1])])[: length + order]
        out[length:] -= step[:order]
        return out


def refine_turns(scaled: Floats, turns: Ints, rate_hz: float, only: int) -> Ints:
    """Return by how many ranges each sample is moved after runs were moved that make it easier to predict.

    Parameters
    ----------
    scaled : (n_samples,) float
        Values over the width of the range.
    turns : (n_samples,) int
        By how many ranges each sample was moved so far.
    rate_hz : float
    only : int
        1 or -1 where wraps go that way only, else 0.
    """
    p, out = emg_parameters(), turns.copy()
    runs = candidate_runs(scaled, rate_hz)
    if not len(runs.start):
        return out
    predictor = _learn(scaled + turns, rate_hz)
    shapes = {int(n): predictor.of_run(int(n)) for n in np.unique(runs.length)}
    for _ in range(int(p["wrap_rounds"])):
        best, by = _best_moves(scaled, out, runs, predictor, _Moves(shapes=shapes, rate_hz=rate_hz, only=only))
        if not _move(out, runs, best, by, int(p["wrap_refine_apart_s"] * rate_hz)):
            break
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moves:
    """What moving a run of each length adds to what is left, the rate, and the way that wraps go."""

    shapes: Mapping[int, Floats]
    rate_hz: float
    only: int


def _learn(values: Floats, rate_hz: float) -> Predictor:
    """Return the prediction that fits the recording best, large departures counting little."""
    p = emg_parameters()
    order = int(np.clip(round(p["wrap_prediction_s"] * rate_hz), _FEWEST_BEFORE, _MOST_BEFORE))
    before = np.stack([values[order - 1 - k : len(values) - 1 - k] for k in range(order)], axis=1)
    after = values[order:]
    weight: Floats = np.ones(len(after))
    found: Floats = np.zeros(order)
    spread = _TINY
    for _ in range(_ROUNDS_OF_FIT):
        found = np.asarray(np.linalg.lstsq(before * weight[:, None], after * weight, rcond=None)[0])
        left = after - before @ found
        spread = max(_TO_SD * float(np.median(np.abs(left))), _TINY)
        weight = 1 / np.sqrt(1 + (left / (2 * spread)) ** 2)
    taps = np.concatenate([[1.0], -found])
    power = uniform_filter1d(lfilter(taps, [1.0], values) ** 2, int(p["wrap_local_s"] * rate_hz))
    return Predictor(filter=taps, scale=np.maximum(np.sqrt(power), spread))


def _best_moves(scaled: Floats, turns: Ints, runs: Runs, predictor: Predictor, moves: _Moves) -> tuple[Floats, Ints]:
    """Return the cost of the better move of each run and the move."""
    p, moved = emg_parameters(), scaled + turns
    sos = butter(2, p["wrap_baseline_hz"], "lowpass", fs=moves.rate_hz, output="sos")
    slow = sosfiltfilt(sos, sosfiltfilt(sos, moved))
    growth, peak = baseline_of_runs(sos, int(runs.length.max()), moves.rate_hz)
    narrow = peak / (2 * local_spread(slow, moves.rate_hz)[runs.start] ** 2)
    left = predictor.left(moved)
    whole = sums_of(turns, runs) == runs.length * turns[runs.start]
    inside = runs.stop + len(predictor.filter) < len(scaled)
    best, by = np.full(len(runs.start), np.inf), np.zeros(len(runs.start), dtype=np.int64)
    for step in (-1, 1):
        new = turns[runs.start] + step
        may = whole & inside & (np.abs(new) <= 1) & ((new == 0) | (moves.only in (0, step)))
        cost = _harder(left, predictor.scale, runs, may, (moves.shapes, step))
        cost += sums_of(rarity(moved, moved + step) - rarity(moved, moved), runs)
        cost += p["wrap_refine_baseline"] * narrow * (2 * step * sums_of(slow, runs) + growth[runs.length])
        cost += np.abs(new) - np.abs(turns[runs.start])
        by = np.where(cost < best, step, by)
        best = np.minimum(cost, best)
    return best, by


def _harder(
    left: Floats, scale: Floats, runs: Runs, may: npt.NDArray[np.bool_], change: tuple[Mapping[int, Floats], int]
) -> Floats:
    """Return by how much less likely the samples become when each run is moved, infinite where it may not be."""
    shapes, step = change
    degrees = emg_parameters()["wrap_prediction_degrees"]
    out = np.full(len(runs.start), np.inf)
    for length in np.unique(runs.length[may]).tolist():
        mine = np.flatnonzero(may & (runs.length == length))
        shape = shapes[length]
        at = runs.start[mine][:, None] + np.arange(len(shape))[None, :]
        old, unit = left[at], scale[at]
        new = old + step * shape
        change_ = np.log1p((new / unit) ** 2 / degrees) - np.log1p((old / unit) ** 2 / degrees)
        out[mine] = (degrees + 1) / 2 * change_.sum(axis=1)
    return out


def _move(turns: Ints, runs: Runs, best: Floats, by: Ints, apart: int) -> bool:
    """Move the best runs that lie apart from one another; tell whether any was moved."""
    taken, moved = np.zeros(len(turns) + 2 * apart, dtype=bool), False
    for i in np.argsort(best).tolist():
        if best[i] > -emg_parameters()["wrap_refine_gain"]:
            break
        first, last = max(runs.start[i] - apart, 0), runs.stop[i] + apart
        if taken[first:last].any():
            continue
        taken[first:last] = moved = True
        turns[runs.start[i] : runs.stop[i]] += by[i]
    return moved
