"""The stimulus artefact once more, when the response has been found: fitted together with the foot of its rise.

The first fit ends where the response begins to show, well before its take-off, and has to be carried on under the
response from there. With the foot as a further column the fit can use the samples up to and a little beyond the
take-off. As there, no choice of decays is made: choices of up to two decays of one sign and of where the foot begins
are averaged by how well they do. What is taken away is the weighted median of the choices, for the slowest decays that
the stretch cannot exclude would pull a mean away from zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.preparation import SCALES_MS, Prepared
from ranvier.electrodiagnosis.waveforms.records import Floats
from ranvier.electrodiagnosis.waveforms.uncertainty import artefact_error

_LEAST_CHANCE = 3e-4
_FEWEST = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """One choice of decays and foot: its cost, weights of all decays, a root of their covariance (m, n_decays)."""

    cost: float
    weights: Floats
    root: Floats


def with_foot(prepared: Prepared, onset_ms: float, rise_ms: float) -> Prepared:
    """Return a sweep whose artefact was fitted together with the foot of the response.

    Where the first fit is sure enough of the artefact at the take-off, the sweep is returned as it is.

    Parameters
    ----------
    prepared : Prepared
        From `prepare`.
    onset_ms : float
        Take-off that was found on it.
    rise_ms : float
        Time from there to the peak.
    """
    p, time = waveform_parameters(), prepared.time_ms
    rise = min(rise_ms, p["foot_longest_rise_ms"])
    after = time >= prepared.blank_ms
    use = after & (time < onset_ms + p["foot_share"] * rise)
    level = prepared.values_mv + prepared.artefact_mv
    small = artefact_error(prepared, onset_ms) < p["foot_least_error"] * prepared.noise_mv
    if small or np.count_nonzero(use) < _FEWEST or prepared.noise_mv <= 0:
        return prepared
    choices: list[_Choice] = []
    for share in np.linspace(p["foot_from_share"], p["foot_to_share"], int(p["foot_steps"])):
        foot = np.clip(time[use] - (onset_ms - share * rise), 0, None) ** p["rise_power"]
        if foot.max() > 0:
            columns = np.concatenate([_decays(time[use], prepared.blank_ms), foot[:, None] / foot.max()], axis=1)
            choices += _choices(columns, level[use], prepared.noise_mv)
    if not choices:
        return prepared
    whole = _decays(time, prepared.blank_ms) * after[:, None]
    taken, modes = _together(choices, whole, prepared.grain)
    values = np.where(after, level - taken, prepared.values_mv)
    return replace(prepared, values_mv=values, artefact_mv=np.where(after, taken, 0.0), artefact_modes_mv=modes)


def _decays(time: Floats, blank_ms: float) -> Floats:
    return np.asarray(np.exp(-np.clip(time - blank_ms, 0, None)[:, None] / SCALES_MS[None, :]))


def _choices(columns: Floats, level: Floats, noise: float) -> Iterator[_Choice]:
    """Yield the fits of none, one or two decays of one sign with the foot, the last column, which is never negative."""
    products, onto, whole = columns.T @ columns, columns.T @ level, float(level @ level)
    last = columns.shape[1] - 1
    price = 2 * np.log(len(level))
    for count in (0, 1, 2):
        for chosen in combinations(range(last), count):
            for sign in (1.0, -1.0) if count else (1.0,):
                turn = np.array([sign] * count + [1.0])
                at = [*chosen, last]
                own = products[np.ix_(at, at)] * np.outer(turn, turn)
                weights, left = _not_negative(own, onto[at] * turn, whole)
                full = np.zeros(last)
                full[list(chosen)] = sign * weights[:-1]
                cost = left / noise**2 + count * price
                yield _Choice(cost=cost, weights=full, root=noise * _root(own, chosen, last))


def _not_negative(products: Floats, onto: Floats, whole: float) -> tuple[Floats, float]:
    """Return the least squares weights that are not negative, and what is left, by trying every set of columns."""
    best, left = np.zeros(len(onto)), whole
    for count in range(1, len(onto) + 1):
        for chosen in combinations(range(len(onto)), count):
            at = list(chosen)
            weights = np.linalg.lstsq(products[np.ix_(at, at)], onto[at], rcond=None)[0]
            rest = whole - float(weights @ onto[at])
            if (weights >= 0).all() and rest < left:
                best, left = np.zeros(len(onto)), rest
                best[at] = weights
    return best, left


def _root(products: Floats, chosen: tuple[int, ...], decays: int) -> Floats:
    """Return a root of the covariance of the weights of the chosen decays for noise of unit size, (m, n_decays)."""
    out = np.zeros((len(products), decays))
    value, vector = np.linalg.eigh(products)
    root = (vector / np.sqrt(np.maximum(value, 1e-9 * value.max()))).T
    out[:, list(chosen)] = root[:, :-1]
    return out


def _together(choices: list[_Choice], decays: Floats, grain: float) -> tuple[Floats, Floats]:
    """Return the weighted median of the choices at each time, and the ways in which it may be another."""
    cost = np.array([c.cost for c in choices])
    chance = np.exp(-(cost - cost.min()) / 2)
    kept = [(c, float(w)) for c, w in zip(choices, chance / chance.sum(), strict=True) if w > _LEAST_CHANCE]
    share = np.array([w for _, w in kept]) / sum(w for _, w in kept)
    courses = np.stack([c.weights for c, _ in kept]) @ decays.T
    order = np.argsort(courses, axis=0)
    middle = (np.cumsum(share[order], axis=0) >= 0.5).argmax(axis=0)
    at = np.arange(courses.shape[1])
    taken = courses[order[middle, at], at]
    within = np.concatenate([np.sqrt(w) * c.root for (c, _), w in zip(kept, share, strict=True)]) @ decays.T
    return taken, np.concatenate([np.sqrt(share)[:, None] * (courses - taken), grain * within])
