"""Decomposition: which motor unit fired when.

Spikes are found in the high-passed signal, templates by `find_templates`; then the signal is gone through
from the largest spike to the smallest, the best template is taken away where that leaves little, and the
rest is searched again. Made for slight to moderate effort; at full interference only the largest units
come out.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from ranvier.electrodiagnosis.emg.clustering import find_templates
from ranvier.electrodiagnosis.emg.filters import keep_band
from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats

_MS = 1000.0
_MAD = 0.6745
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTrain:
    """Discharges of one unit.

    Attributes
    ----------
    at : (n_discharges,) int
        Samples of the working signal at which the spike peaks.
    template_mv : (n,) float, mV
        Its shape in the high-passed signal.
    misfit : (n_discharges,) float
        Energy left over that of the template.
    """

    at: Ints
    template_mv: Floats
    misfit: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """Units of a recording, the largest first, and the share of the spike energy they explain."""

    units: tuple[UnitTrain, ...]
    explained: float
    rate_hz: float


def decompose(values_mv: Floats, rate_hz: float) -> Decomposition:
    """Return the motor units that can be told apart and when they fired.

    Parameters
    ----------
    values_mv : (n_samples,) float, mV
        Signal at the working rate (10 kHz).
    rate_hz : float
        Its rate.
    """
    p = emg_parameters()
    sharp = keep_band(values_mv, rate_hz, low_hz=p["spike_low_hz"])
    threshold = spike_threshold(sharp, rate_hz)
    spikes = find_spikes(sharp, threshold, rate_hz)
    templates = find_templates(_cut(sharp, spikes, rate_hz))
    if not templates:
        return Decomposition(units=(), explained=0.0, rate_hz=rate_hz)
    rest = sharp.copy()
    found: list[tuple[int, int, float]] = []
    for turn in range(int(p["passes"])):
        if turn:
            spikes = find_spikes(rest, threshold, rate_hz)
        hits = _take_out(rest, spikes, templates, rate_hz)
        found += hits
        if not hits:
            break
    units = _trains(found, templates, rate_hz)
    before = float(sharp @ sharp)
    return Decomposition(units=units, explained=1 - float(rest @ rest) / before, rate_hz=rate_hz)


def spike_threshold(sharp_mv: Floats, rate_hz: float) -> float:
    """Return the height from which a spike of the high-passed signal is looked at, in mV."""
    p = emg_parameters()
    width = int(p["window_s"] * rate_hz)
    n = len(sharp_mv) // width
    mad = np.median(np.abs(sharp_mv[: n * width].reshape(n, width)), axis=1) / _MAD
    quiet = float(np.percentile(mad, p["noise_percentile"] * 2))
    return max(p["spike_factor"] * quiet, p["spike_least_mv"])


def find_spikes(sharp_mv: Floats, threshold_mv: float, rate_hz: float) -> Ints:
    """Return the samples of the peaks of either sign, in order of time; of too many the largest are kept."""
    p = emg_parameters()
    size = np.abs(sharp_mv)
    apart = max(int(p["spike_apart_ms"] / _MS * rate_hz), 1)
    at, info = find_peaks(size, height=threshold_mv, distance=apart)
    before, after = _window(rate_hz)
    inside = (at >= before + apart) & (at < len(size) - after - apart)
    at, height = at[inside], info["peak_heights"][inside]
    most = int(p["spike_most_rate_hz"] * len(size) / rate_hz)
    if len(at) > most:
        at = np.sort(at[np.argsort(height)[-most:]])
    return at.astype(np.int64)


def _window(rate_hz: float) -> tuple[int, int]:
    p = emg_parameters()
    return round(p["snippet_before_ms"] / _MS * rate_hz), round(p["snippet_after_ms"] / _MS * rate_hz)


def _cut(values: Floats, at: Ints, rate_hz: float) -> Floats:
    before, after = _window(rate_hz)
    return values[at[:, None] + np.arange(-before, after)[None, :]]


def _take_out(rest: Floats, spikes: Ints, templates: list[Floats], rate_hz: float) -> list[tuple[int, int, float]]:
    """Subtract the best template at each spike, the largest first; return (unit, sample, misfit)."""
    p = emg_parameters()
    before, after = _window(rate_hz)
    lag = max(round(p["lag_ms"] / _MS * rate_hz), 1)
    bank = np.stack(templates)
    energy = np.einsum("ij,ij->i", bank, bank)
    hits = []
    for spike in spikes[np.argsort(-np.abs(rest[spikes]))]:
        first, last = spike - before - lag, spike + after + lag
        if first < 0 or last > len(rest):
            continue
        windows = np.lib.stride_tricks.sliding_window_view(rest[first:last], before + after)
        left = np.einsum("ij,ij->i", windows, windows)[:, None] - 2 * windows @ bank.T + energy[None, :]
        gain = 2 * windows @ bank.T - energy[None, :]
        shift, unit = np.unravel_index(int(np.argmax(gain)), gain.shape)
        misfit = float(left[shift, unit] / energy[unit])
        if misfit < p["accept"]:
            start = first + int(shift)
            rest[start : start + before + after] -= bank[unit]
            hits.append((int(unit), start + before, misfit))
    return hits


def _trains(found: list[tuple[int, int, float]], templates: list[Floats], rate_hz: float) -> tuple[UnitTrain, ...]:
    p = emg_parameters()
    trains = []
    for unit, template in enumerate(templates):
        mine = sorted((at, misfit) for u, at, misfit in found if u == unit)
        mine = _without_doubles(mine, p["refractory_ms"] / _MS * rate_hz)
        if len(mine) >= p["least_discharges"]:
            at = np.array([a for a, _ in mine], dtype=np.int64)
            trains.append(UnitTrain(at=at, template_mv=template, misfit=np.array([m for _, m in mine])))
    return tuple(sorted(trains, key=lambda t: -float(np.ptp(t.template_mv))))


def _without_doubles(mine: list[tuple[int, float]], apart: float) -> list[tuple[int, float]]:
    kept: list[tuple[int, float]] = []
    for at, misfit in mine:
        if kept and at - kept[-1][0] < apart:
            if misfit < kept[-1][1]:
                kept[-1] = (at, misfit)
            continue
        kept.append((at, misfit))
    return kept
