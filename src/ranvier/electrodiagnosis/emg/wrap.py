"""Wrap-around of a 16-bit converter: found, and mended without changing any other sample.

A value beyond the range comes back at its other end, off by exactly the width of the range. Where a slow
wave crosses the edge two jumps of nearly the whole range tell it. A fast spike may rise by more than half
the range between two samples, and smoothness alone cannot tell then: so runs of samples are moved by the
range as long as that lowers three costs together: the way from sample to sample, the slow baseline (an
amplifier that blocks direct current leaves motor unit potentials without net area), and how rare a value
of that size and sign is in this recording. Where samples lie far apart, runs are then moved as long as the samples
become easier to predict from those before them (`wrap_prediction`). What stays ambiguous stays as recorded.

At 4 kHz some wraps cannot be told from the samples at all. So the caller is told sample by sample what is not trusted:
whatever lies within a few milliseconds of a moved sample, of a jump over half the range or of a run on which the two
steps do not agree, and every run that could be moved, or moved back, at little cost. The rest of the recording is free
of wraps as far as that rule reaches.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d
from scipy.signal import butter, sosfiltfilt

from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats, Recording
from ranvier.electrodiagnosis.emg.wrap_costs import (
    Ints,
    Runs,
    baseline_of_runs,
    candidate_runs,
    local_spread,
    rarity,
    sums_of,
)
from ranvier.electrodiagnosis.emg.wrap_prediction import refine_turns

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A recording with its wrapped samples put back.

    Attributes
    ----------
    values_mv : (n_samples,) float, mV
    moved : int
        Samples that were moved by a whole range.
    span_mv : float or None
        Width of the range.
    doubtful : (n_samples,) bool
        Samples that may be off by a whole range, moved or not.
    """

    values_mv: Floats
    moved: int
    span_mv: float | None
    doubtful: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turned:
    """By how many ranges each sample is moved; which samples cost little to move, or the two steps do not agree on."""

    turns: Ints
    cheap: Bools


def mend_wraps(recording: Recording) -> Mended:
    """Return the values with wrapped samples put back.

    Parameters
    ----------
    recording : Recording
        If it has no `span_mv`, the width is inferred from the smallest step, and only if the values fill it.
    """
    values = recording.values_mv
    span = recording.span_mv or _infer_span(recording)
    p = emg_parameters()
    if span is None or len(values) < recording.rate_hz:
        return _untouched(values, span)
    scaled = values / span
    full = scaled.max() > p["wrap_reach"] / 2 and scaled.min() < -p["wrap_reach"] / 2
    if not full or np.abs(np.diff(scaled)).max() <= p["wrap_jump"]:
        return _untouched(values, span)
    found = _one_way(scaled, recording.rate_hz)
    return Mended(
        values_mv=values + found.turns * span,
        moved=int(np.count_nonzero(found.turns)),
        span_mv=span,
        doubtful=found.cheap | _near_wraps(scaled, found.turns, recording.rate_hz),
    )


def _untouched(values: Floats, span: float | None) -> Mended:
    return Mended(values_mv=values, moved=0, span_mv=span, doubtful=np.zeros(len(values), dtype=bool))


def _near_wraps(scaled: Floats, turns: Ints, rate_hz: float) -> Bools:
    """Tell which samples lie near a moved one or near a jump over half the range, where the potential wrapped."""
    p = emg_parameters()
    jumps = np.flatnonzero(np.abs(np.diff(scaled)) > p["wrap_jump"])
    marks = turns != 0
    marks[jumps] = marks[jumps + 1] = True
    return _around(marks, p["wrap_doubt_s"] * rate_hz)


def _around(marks: Bools, reach: float) -> Bools:
    """Return the marked samples and those within so many samples of them."""
    return np.asarray(maximum_filter1d(marks, 2 * int(reach) + 1))


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
        if np.abs(gaps / step - np.round(gaps / step)).max() > p["wrap_step_error"]:
            return None
    span = step * 2 ** p["wrap_bits"]
    return float(span) if p["wrap_reach"] * span < np.ptp(values) <= span * (1 + p["wrap_step_error"]) else None


def _one_way(scaled: Floats, rate_hz: float) -> _Turned:
    """Return the turns; where most go one way, the search is done again with that way only.

    A motor unit potential has its largest peak on one side, so real wraps seldom go both ways.
    """
    found = _turns(scaled, rate_hz, 0)
    up, down = int(np.sum(found.turns > 0)), int(np.sum(found.turns < 0))
    ratio = emg_parameters()["wrap_one_way"]
    if max(up, down) < ratio * min(up, down) or min(up, down) == 0:
        return found
    return _turns(scaled, rate_hz, 1 if up > down else -1)


def _turns(scaled: Floats, rate_hz: float, only: int) -> _Turned:
    """Return the turns with the least cost that was found; see the module for the costs."""
    p = emg_parameters()
    turns = _slow_crossings(scaled, rate_hz, only)
    runs = candidate_runs(scaled, rate_hz)
    weigher = _Weigher.of(runs, rate_hz)
    for _ in range(int(p["wrap_rounds"])):
        best, by = weigher.best_moves(scaled, turns, only)
        if not _apply(turns, runs, best, by, rate_hz):
            break
    first = turns
    turns = refine_turns(scaled, first, rate_hz, only) if rate_hz <= p["wrap_refine_rate_hz"] else first
    best, _ = weigher.best_moves(scaled, turns, only)
    cheap = np.zeros(len(scaled) + 1, dtype=np.int64)
    small = best < p["wrap_doubt_cost"]
    np.add.at(cheap, runs.start[small], 1)
    np.add.at(cheap, runs.stop[small], -1)
    edges = _around(np.cumsum(cheap)[:-1] > 0, p["wrap_edge_s"] * rate_hz)
    return _Turned(turns=turns, cheap=edges | _around(turns != first, p["wrap_doubt_s"] * rate_hz))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weigher:
    """What moving each run by one range would cost: filter of the baseline, its energy by length and of one sample."""

    runs: Runs
    rate_hz: float
    sos: Floats
    growth: Floats
    peak: float

    @classmethod
    def of(cls, runs: Runs, rate_hz: float) -> "_Weigher":
        """Return the weigher of some runs."""
        sos = butter(2, emg_parameters()["wrap_baseline_hz"], "lowpass", fs=rate_hz, output="sos")
        growth, peak = baseline_of_runs(sos, int(runs.length.max(initial=0)), rate_hz)
        return cls(runs=runs, rate_hz=rate_hz, sos=sos, growth=growth, peak=peak)

    def best_moves(self, scaled: Floats, turns: Ints, only: int) -> tuple[Floats, Ints]:
        """Return the cost of the better move of each run and the move, given the turns so far."""
        runs, moved = self.runs, scaled + turns
        slow = sosfiltfilt(self.sos, sosfiltfilt(self.sos, moved))
        spread = local_spread(slow, self.rate_hz)
        best, by = np.full(len(runs.start), np.inf), np.zeros(len(runs.start), dtype=np.int64)
        for step in (-1, 1):
            cost = _cost(moved, turns, runs, step)
            baseline = 2 * step * sums_of(slow, runs) + self.growth[runs.length]
            cost += baseline * self.peak / (2 * spread[runs.start] ** 2)
            new = turns[runs.start] + step
            whole = sums_of(turns, runs) == runs.length * turns[runs.start]
            cost[~whole | (np.abs(new) > 1) | ((new != 0) & (new == -only))] = np.inf
            by = np.where(cost < best, step, by)
            best = np.minimum(cost, best)
        return best, by


def _slow_crossings(scaled: Floats, rate_hz: float, only: int) -> Ints:
    p = emg_parameters()
    turns = np.zeros(len(scaled), dtype=np.int64)
    jumps = np.diff(scaled)
    at = np.flatnonzero(np.abs(jumps) > p["wrap_sure_jump"])
    i = 0
    while i < len(at) - 1:
        a, b = at[i], at[i + 1]
        way = -int(np.sign(jumps[a]))
        if jumps[a] * jumps[b] < 0 and b - a < p["wrap_gap_s"] * rate_hz and way != -only:
            turns[a + 1 : b + 1] = way
            i += 1
        i += 1
    return turns


def _cost(moved: Floats, turns: Ints, runs: Runs, step: int) -> Floats:
    """Return what moving each run by `step` adds to the way, the rarity and the number of moved runs."""
    p = emg_parameters()
    first, before = moved[runs.start], moved[runs.start - 1]
    last, after = moved[runs.stop - 1], moved[np.minimum(runs.stop, len(moved) - 1)]
    way = np.abs(first + step - before) - np.abs(first - before) + np.abs(after - last - step) - np.abs(after - last)
    rare = sums_of(rarity(moved, moved + step) - rarity(moved, moved), runs)
    more = np.abs(turns[runs.start] + step) - np.abs(turns[runs.start])
    return np.asarray(p["wrap_way_weight"] * way + rare + p["wrap_run_weight"] * more)


def _apply(turns: Ints, runs: Runs, best: Floats, by: Ints, rate_hz: float) -> bool:
    """Move the best runs that lie apart from one another; tell whether any was moved."""
    p = emg_parameters()
    apart = int(p["wrap_gap_s"] * rate_hz)
    taken = np.zeros(len(turns) // apart + 8, dtype=bool)
    any_ = False
    for i in np.argsort(best):
        if best[i] >= -0.01:
            break
        cell = runs.start[i] // apart + 3
        if taken[cell - 3 : cell + 4].any():
            continue
        taken[cell] = any_ = True
        turns[runs.start[i] : runs.stop[i]] += by[i]
    return bool(any_)
