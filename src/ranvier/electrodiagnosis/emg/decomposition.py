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
from ranvier.electrodiagnosis.emg.trains import UnitTrain, make_train, tidy_trains

_MS = 1000.0
_MAD = 0.6745
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """Units of a recording, the largest first, and the share of the spike energy they explain."""

    units: tuple[UnitTrain, ...]
    explained: float
    rate_hz: float


def decompose(values_mv: Floats, rate_hz: float, *, tidy: bool = True) -> Decomposition:
    """Return the motor units that can be told apart and when they fired.

    Parameters
    ----------
    values_mv : (n_samples,) float, mV
        Signal at the working rate (10 kHz).
    rate_hz : float
        Its rate.
    tidy : bool
        Whether trains that are no motor unit's are left out; not wanted at rest.
    """
    p = emg_parameters()
    sharp = keep_band(values_mv, rate_hz, low_hz=p["spike_low_hz"], high_hz=p["spike_high_hz"])
    threshold = spike_threshold(sharp, rate_hz)
    spikes = find_spikes(sharp, threshold, rate_hz)
    noise_mv = quiet_noise(sharp, rate_hz)
    templates = find_templates(_cut(sharp, spikes, rate_hz), noise_mv=noise_mv)
    if not templates:
        return Decomposition(units=(), explained=0.0, rate_hz=rate_hz)
    rest = sharp.copy()
    found: list[tuple[int, int, float]] = []
    for turn in range(int(p["passes"])):
        if turn:
            spikes = find_spikes(rest, threshold, rate_hz)
        hits = _take_out(rest, spikes, templates, noise_mv, rate_hz)
        found += hits
        if not hits:
            break
    trains = _trains(found, templates, rate_hz)
    units = tidy_trains(trains, rate_hz) if tidy else _enough(trains)
    before = float(sharp @ sharp)
    return Decomposition(units=units, explained=1 - float(rest @ rest) / before, rate_hz=rate_hz)


def spike_threshold(sharp_mv: Floats, rate_hz: float) -> float:
    """Return the height from which a spike of the high-passed signal is looked at, in mV."""
    p = emg_parameters()
    return max(p["spike_factor"] * quiet_noise(sharp_mv, rate_hz), p["spike_least_mv"])


def quiet_noise(sharp_mv: Floats, rate_hz: float) -> float:
    """Return the robust SD of the quiet windows of the high-passed signal, in mV."""
    p = emg_parameters()
    width = int(p["window_s"] * rate_hz)
    n = max(len(sharp_mv) // width, 1)
    mad = np.median(np.abs(sharp_mv[: n * width].reshape(n, -1)), axis=1) / _MAD
    return float(np.percentile(mad, p["noise_percentile"] * 2))


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
    return np.asarray(values[at[:, None] + np.arange(-before, after)[None, :]])


def _take_out(
    rest: Floats, spikes: Ints, templates: list[Floats], noise_mv: float, rate_hz: float
) -> list[tuple[int, int, float]]:
    """Subtract the best template at each spike, the largest first; return (unit, sample, misfit)."""
    p = emg_parameters()
    before, after = _window(rate_hz)
    lag = max(round(p["lag_ms"] / _MS * rate_hz), 1)
    bank = np.stack(templates)
    energy = np.einsum("ij,ij->i", bank, bank)
    noise = (before + after) * noise_mv**2
    hits = []
    for spike in spikes[np.argsort(-np.abs(rest[spikes]))]:
        first, last = spike - before - lag, spike + after + lag
        if first < 0 or last > len(rest):
            continue
        windows = np.lib.stride_tricks.sliding_window_view(rest[first:last], before + after)
        left = np.einsum("ij,ij->i", windows, windows)[:, None] - 2 * windows @ bank.T + energy[None, :]
        gain = 2 * windows @ bank.T - energy[None, :]
        shift, unit = np.unravel_index(int(np.argmax(gain)), gain.shape)
        misfit = max(float(left[shift, unit]) - noise, 0.0) / float(energy[unit])
        if misfit < p["accept"]:
            start = first + int(shift)
            rest[start : start + before + after] -= bank[unit]
            hits.append((int(unit), start + before, misfit))
    return hits


def _trains(found: list[tuple[int, int, float]], templates: list[Floats], rate_hz: float) -> list[UnitTrain]:
    return [
        make_train([(at, misfit) for u, at, misfit in found if u == unit], template, rate_hz)
        for unit, template in enumerate(templates)
    ]


def _enough(trains: list[UnitTrain]) -> tuple[UnitTrain, ...]:
    return tuple(t for t in trains if len(t.at) >= emg_parameters()["least_discharges"])
