"""Where a recording shows voluntary activity and where it is at rest."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import kurtosis

from ranvier.electrodiagnosis.emg.filters import keep_band
from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of time, in samples (start included, stop not)."""

    start: int
    stop: int


def active_samples(values_mv: Floats, rate_hz: float, noise_mv: float) -> Bools:
    """Return where the signal stands out of its noise floor, with short pauses filled and short bursts left out.

    Where the effort never pauses the noise floor is unknown and the limit is taken from the whole recording;
    a quiet recording whose values spread like noise has no activity.

    Parameters
    ----------
    values_mv : (n_samples,) float, mV
    rate_hz : float
    noise_mv : float
        RMS of the noise floor.
    """
    p = emg_parameters()
    width = max(int(p["active_window_s"] * rate_hz), 2)
    n = int(np.ceil(len(values_mv) / width))
    padded = np.concatenate([values_mv, np.full(n * width - len(values_mv), values_mv[-1])]).reshape(n, width)
    rms = np.sqrt(np.mean(padded**2, axis=1))
    limit = min(p["active_factor"] * noise_mv, p["active_of_whole"] * float(np.sqrt(np.mean(values_mv**2))))
    loud = rms > max(limit, p["active_least_mv"])
    if float(np.median(rms)) < p["noise_high_mv"] and not _has_spikes(values_mv, rate_hz):
        loud[:] = False
    loud = _fill(loud, int(p["active_join_s"] / p["active_window_s"]), True)
    loud = _fill(loud, int(p["active_shortest_s"] / p["active_window_s"]) - 1, False)
    return np.repeat(loud, width)[: len(values_mv)]


def _has_spikes(values_mv: Floats, rate_hz: float) -> bool:
    """Tell whether the sharp part of a signal has more extreme values than noise has (kurtosis)."""
    p = emg_parameters()
    sharp = keep_band(values_mv, rate_hz, low_hz=p["spike_low_hz"])
    return float(kurtosis(sharp)) > p["active_kurtosis"]


def segments(mask: Bools) -> tuple[Segment, ...]:
    """Return the stretches in which a mask holds.

    >>> segments(np.array([True, False, True, True]))
    (Segment(start=0, stop=1), Segment(start=2, stop=4))
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return tuple(Segment(start=int(a), stop=int(b)) for a, b in edges.reshape(-1, 2))


def _fill(mask: Bools, most: int, value: bool) -> Bools:
    """Return the mask with inner stretches of the other value that are no longer than `most` turned over."""
    out = mask.copy()
    for part in segments(~mask if value else mask):
        inner = part.start > 0 and part.stop < len(mask)
        if part.stop - part.start <= most and (inner or not value):
            out[part.start : part.stop] = value
    return out
