"""Before anything is measured: baseline, noise, and the stimulus artefact taken away."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import nnls

from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.records import Floats, Trace

SCALES_MS = np.array([0.15, 0.25, 0.4, 0.6, 0.9, 1.3, 1.9, 2.8, 4.2, 7.0, 12.0])
_MS = 1000.0
_TO_SD = 1.4826
_LEAST_CHANCE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A sweep that can be measured.

    Attributes
    ----------
    time_ms, values_mv : (n,) float
        Time after the stimulus; the sweep without baseline and artefact.
    artefact_mv : (n,) float
        What was taken away after the stimulus.
    artefact_modes_mv : (m, n) float
        Independent ways in which the artefact may be another, each by one standard error.
    rate_hz : float
    noise_mv : float
        Standard deviation of the quiet part.
    grain : float
        Factor by which the error of a mean of neighbours is larger than that of independent samples.
    blank_ms : float
        Nothing is read before it.
    quiet_to_ms : float
        End of the stretch after the stimulus that holds nothing but artefact.
    doubts : tuple of str
        What is wrong with the sweep.
    """

    time_ms: Floats
    values_mv: Floats
    artefact_mv: Floats
    artefact_modes_mv: Floats
    rate_hz: float
    noise_mv: float
    grain: float
    blank_ms: float
    quiet_to_ms: float
    doubts: tuple[str, ...] = ()


def prepare(trace: Trace, blank_ms: float) -> Prepared:
    """Return a sweep with baseline and stimulus artefact removed and its noise measured.

    The baseline is the mean before the stimulus. The artefact is a sum of decays of one sign, fitted to the stretch
    after the stimulus that such a sum alone explains; it ends where the response begins.

    Parameters
    ----------
    trace : Trace
    blank_ms : float
        Time after the stimulus that is never read.
    """
    p, time, values = waveform_parameters(), trace.time_ms, trace.values_mv
    doubts = []
    quiet = time < -p["guard_ms"]
    if trace.stimulus_ms < p["before_least_ms"]:
        quiet = time > time[-1] - 0.1 * (time[-1] - max(time[0], 0.0))
        doubts.append("nothing was recorded before the stimulus; baseline and noise are from the end of the sweep")
    base = float(values[quiet].mean())
    level = values - base
    noise = _noise(time[quiet], level[quiet])
    if _is_clipped(values[time > blank_ms]):
        doubts.append("the sweep is clipped: the amplifier was overdriven")
    after = time >= blank_ms
    grain = _grain(level[quiet], trace.rate_hz)
    artefact = decays_until_response(time[after], level[after], noise, blank_ms)
    taken, modes = np.zeros(len(values)), np.zeros((len(artefact.modes_mv), len(values)))
    taken[after], modes[:, after] = artefact.values_mv, grain * artefact.modes_mv
    return Prepared(
        time_ms=time,
        values_mv=np.where(after | (time < 0), level - taken, 0.0),
        artefact_mv=taken,
        artefact_modes_mv=modes,
        rate_hz=trace.rate_hz,
        noise_mv=noise,
        grain=grain,
        blank_ms=blank_ms,
        quiet_to_ms=artefact.end_ms,
        doubts=tuple(doubts),
    )


def _noise(time: Floats, values: Floats) -> float:
    if len(values) < 4:
        return 0.0
    slope = np.polyfit(time, values, 1)
    rest = values - np.polyval(slope, time)
    return float(max(_TO_SD * np.median(np.abs(rest - np.median(rest))), 1e-9))


def _grain(values: Floats, rate_hz: float) -> float:
    """Return the standard error of means of neighbours against that of independent samples, at least 1."""
    width = max(int(waveform_parameters()["artefact_block_ms"] / _MS * rate_hz), 2)
    count = len(values) // width
    if count < 4 or values.std() == 0:
        return 1.0
    means = values[: count * width].reshape(count, width).mean(axis=1)
    return float(max(means.std() * np.sqrt(width) / values.std(), 1.0))


def _is_clipped(values: Floats) -> bool:
    run = int(waveform_parameters()["clipped_samples"])
    if len(values) <= run or np.ptp(values) == 0:
        return False
    for end in (values.max(), values.min()):
        at = np.concatenate([[0], (values == end).astype(int), [0]])
        edges = np.flatnonzero(np.diff(at))
        if len(edges) and int((edges[1::2] - edges[::2]).max()) >= run:
            return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decays:
    """End of the stretch that decays explain (ms), the decays (n,) and the modes of their error (m, n), mV."""

    end_ms: float
    values_mv: Floats
    modes_mv: Floats


def decays_until_response(time: Floats, level: Floats, noise: float, blank_ms: float) -> Decays:
    """Return the end of the stretch that decays of one sign explain, and these decays at all times.

    Parameters
    ----------
    time, level : (n,) float
        From the start of the stretch, ms and mV.
    noise : float
        Standard deviation of the noise.
    blank_ms : float
        Start of the stretch.
    """
    p = waveform_parameters()
    step = p["artefact_block_ms"]
    decays = np.exp(-(time - blank_ms)[:, None] / SCALES_MS[None, :])
    stop = blank_ms + 2 * step
    weights = np.zeros(len(SCALES_MS))
    while stop + step < time[-1]:
        known = time < stop
        weights = _decaying(decays[known], level[known])
        ahead = (time >= stop) & (time < stop + step)
        miss = level[ahead] - decays[ahead] @ weights
        error = noise * np.sqrt(1 / max(ahead.sum(), 1) + 1 / max(known.sum(), 1))
        model_error = p["artefact_tolerance"] * abs(float(level[ahead].mean()))
        if abs(float(miss.mean())) > p["artefact_z"] * error + model_error:
            break
        stop += step
    end = max(stop - p["guard_ms"] - step, blank_ms)
    known = time < max(end, blank_ms + step)
    weights, root = _averaged(decays[known], level[known], noise)
    return Decays(end_ms=end, values_mv=np.asarray(decays @ weights), modes_mv=np.asarray(root @ decays.T))


def _decaying(decays: Floats, level: Floats) -> Floats:
    """Return the weights of decays of one sign that fit best."""
    up, miss_up = nnls(decays, level)
    down, miss_down = nnls(decays, -level)
    return np.asarray(up if miss_up <= miss_down else -down)


def _averaged(decays: Floats, level: Floats, error: float) -> tuple[Floats, Floats]:
    """Return the weights of none, one or two decays of one sign, averaged over the choices by how well they do.

    With them comes a root of their covariance, (m, n_decays): of the choices among one another, and of each within.

    Each choice counts by its likelihood less the price of its decays (Bayesian model averaging with the BIC): what
    the short stretch cannot decide is not decided.
    """
    costs, fits = [float((level**2).sum()) / error**2], [np.zeros(decays.shape[1])]
    picked: list[tuple[int, ...]] = [()]
    price = 2 * np.log(len(level))
    for count in (1, 2):
        for chosen in combinations(range(decays.shape[1]), count):
            columns = decays[:, list(chosen)]
            for sign in (1.0, -1.0):
                weights, miss = nnls(columns, sign * level)
                costs.append(miss**2 / error**2 + count * price)
                fits.append(np.zeros(decays.shape[1]))
                fits[-1][list(chosen)] = sign * weights
                picked.append(tuple(c for c, w in zip(chosen, weights, strict=True) if w > 0))
    chance = np.exp(-(np.array(costs) - min(costs)) / 2)
    chance /= chance.sum()
    mean = np.asarray(chance @ np.array(fits))
    roots = [np.sqrt(chance)[:, None] * (np.array(fits) - mean)]
    for share, chosen in zip(chance.tolist(), picked, strict=True):
        if share > _LEAST_CHANCE and chosen:
            roots.append(np.sqrt(share) * error * _root_within(decays, chosen))
    return mean, np.concatenate(roots)


def _root_within(decays: Floats, chosen: tuple[int, ...]) -> Floats:
    """Return a root of the covariance of the weights of some decays for noise of unit size, (m, n_decays)."""
    columns = decays[:, list(chosen)]
    value, vector = np.linalg.eigh(columns.T @ columns)
    out = np.zeros((len(chosen), decays.shape[1]))
    out[:, list(chosen)] = (vector / np.sqrt(np.maximum(value, 1e-9 * value.max()))).T
    return out
