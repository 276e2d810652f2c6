"""What a run of samples costs that is moved by the range of a converter: candidates, slow baseline, rarity."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d
from scipy.signal import sosfiltfilt

from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats

Ints = npt.NDArray[np.int64]
_MAD = 1.4826


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Runs of samples that may be moved together: first sample and the one after the last."""

    start: Ints
    stop: Ints

    @property
    def length(self) -> Ints:
        """Return how many samples each run has."""
        return self.stop - self.start


def candidate_runs(scaled: Floats, rate_hz: float) -> Runs:
    """Return the runs between two steps that are large enough to be the edge of a wrap."""
    p = emg_parameters()
    edges = np.flatnonzero(np.abs(np.diff(scaled)) > p["wrap_least_step"]) + 1
    longest = p["wrap_longest_s"] * rate_hz
    starts, stops = [], []
    for further in range(1, int(p["wrap_edges"])):
        a, b = edges[:-further], edges[further:]
        near = b - a <= longest
        starts.append(a[near])
        stops.append(b[near])
    return Runs(start=np.concatenate(starts), stop=np.concatenate(stops))


def baseline_of_runs(sos: Floats, longest: int, rate_hz: float) -> tuple[Floats, float]:
    """Return the slow energy that a run of each length adds, over that of one sample, and that of one sample."""
    half = int(0.4 * rate_hz)
    impulse = np.zeros(2 * half + 1)
    impulse[half] = 1
    shape = sosfiltfilt(sos, sosfiltfilt(sos, impulse))[half : half + longest + 2]
    lags = np.arange(longest + 1)
    energy = [m * shape[0] + 2 * np.sum((m - lags[1:m]) * shape[1:m]) for m in lags]
    return np.array(energy), float(shape[0])


def local_spread(slow: Floats, rate_hz: float) -> Floats:
    """Return by how much the slow baseline departs from zero around each sample, at least its usual spread."""
    p = emg_parameters()
    local = np.sqrt(uniform_filter1d(slow**2, int(p["wrap_local_s"] * rate_hz)))
    floor = _MAD * float(np.median(np.abs(slow - np.median(slow))))
    return np.asarray(np.maximum(p["wrap_local_share"] * local, max(floor, 1e-9)))


def sums_of(values: npt.NDArray[np.float64] | Ints, runs: Runs) -> Floats:
    """Return the sum of some values over each run."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[runs.stop] - total[runs.start])


def rarity(known: Floats, asked: Floats) -> Floats:
    """Return minus the log density of values under exponential tails of either sign fitted to `known`."""
    edge = 0.15
    tails = {s: s * known[s * known > edge] - edge for s in (-1, 1)}
    scale = {s: float(np.mean(t)) if len(t) > 20 else 0.1 for s, t in tails.items()}
    share = max(len(tails[1]) / max(len(tails[1]) + len(tails[-1]), 1), 1e-3)
    beyond = np.maximum(np.abs(asked) - edge, 0)
    up = beyond / scale[1] + np.log(scale[1]) - np.log(share)
    down = beyond / scale[-1] + np.log(scale[-1]) - np.log(max(1 - share, 1e-3))
    return np.asarray(np.where(asked > 0, up, down))
