"""Trains of discharges put right: split units joined, late parts of a unit and chance trains left out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranvier.electrodiagnosis.emg.clustering import shifted_unlikeness
from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats

_MS = 1000.0
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

    @property
    def size_mv(self) -> float:
        """Peak-to-peak of the template."""
        return float(np.ptp(self.template_mv))


def make_train(found: list[tuple[int, float]], template_mv: Floats, rate_hz: float) -> UnitTrain:
    """Return a train from (sample, misfit) pairs; of two within the refractory time the better fit stays."""
    apart = emg_parameters()["refractory_ms"] / _MS * rate_hz
    kept: list[tuple[int, float]] = []
    for at, misfit in sorted(found):
        if kept and at - kept[-1][0] < apart:
            if misfit < kept[-1][1]:
                kept[-1] = (at, misfit)
            continue
        kept.append((at, misfit))
    return UnitTrain(
        at=np.array([a for a, _ in kept], dtype=np.int64),
        template_mv=template_mv,
        misfit=np.array([m for _, m in kept]),
    )


def tidy_trains(trains: list[UnitTrain], rate_hz: float) -> tuple[UnitTrain, ...]:
    """Return the trains that stand for motor units, the largest first.

    Joined are two of like shape that hardly ever fire within the refractory time of one another, and two of less like
    shape that do so far less often than chance would have it (they know of one another); left out are those bound to
    a larger one by a constant lag, and those whose intervals are mostly no motor unit's.
    """
    p = emg_parameters()
    left = sorted((t for t in trains if len(t.at) >= p["least_discharges"]), key=lambda t: -t.size_mv)
    joined: list[UnitTrain] = []
    for train in left:
        mate = next((i for i, other in enumerate(joined) if _same_unit(train, other, rate_hz)), None)
        if mate is None:
            joined.append(train)
        else:
            joined[mate] = _join(joined[mate], train, rate_hz)
    out: list[UnitTrain] = []
    for train in joined:
        if _plausible(train, rate_hz) and not any(_bound(train, other, rate_hz) for other in out):
            out.append(train)
    return tuple(out)


def _same_unit(a: UnitTrain, b: UnitTrain, rate_hz: float) -> bool:
    p = emg_parameters()
    lag = round(p["lag_ms"] / _MS * rate_hz)
    unlike = shifted_unlikeness(a.template_mv, b.template_mv, lag)
    if unlike > p["split"]:
        return False
    close, chance = _close_intervals(a.at, b.at, rate_hz)
    if chance >= p["split_chance"] and close <= p["split_close"] * chance:
        return True
    return bool(unlike <= p["join"] and _share_close(a.at, b.at, rate_hz) < p["join_close"])


def _share_close(a: Ints, b: Ints, rate_hz: float) -> float:
    """Return the share of the intervals of both trains together that no single unit has."""
    least = emg_parameters()["interval_least_ms"] / _MS * rate_hz
    return float(np.mean(np.diff(np.sort(np.concatenate([a, b]))) < least))


def _close_intervals(a: Ints, b: Ints, rate_hz: float) -> tuple[int, float]:
    """Return how many discharges of `b` fall too near one of `a` for one unit, and how many would by chance.

    Chance is the mean over shifts of `b` that keep both trains and their slow changes of rate.
    """
    p = emg_parameters()
    least = p["interval_least_ms"] / _MS * rate_hz
    shifts = np.array([-0.21, -0.15, -0.11, -0.07, 0.07, 0.11, 0.15, 0.21]) * rate_hz

    def near(at: Floats | Ints) -> int:
        place = np.clip(np.searchsorted(a, at), 1, max(len(a) - 1, 1))
        apart = np.minimum(np.abs(at - a[place - 1]), np.abs(at - a[np.minimum(place, len(a) - 1)]))
        return int(np.count_nonzero(apart < least))

    return near(b), float(np.mean([near(b + shift) for shift in shifts]))


def _join(a: UnitTrain, b: UnitTrain, rate_hz: float) -> UnitTrain:
    more = a if len(a.at) >= len(b.at) else b
    both = [(int(t), float(m)) for train in (a, b) for t, m in zip(train.at, train.misfit, strict=True)]
    return make_train(both, more.template_mv, rate_hz)


def _bound(small: UnitTrain, large: UnitTrain, rate_hz: float) -> bool:
    """Tell whether most discharges of the smaller train follow or precede the larger by one lag."""
    p = emg_parameters()
    reach = p["bound_reach_ms"] / _MS * rate_hz
    place = np.clip(np.searchsorted(large.at, small.at), 1, max(len(large.at) - 1, 1))
    lags = np.concatenate([small.at - large.at[place - 1], small.at - large.at[np.minimum(place, len(large.at) - 1)]])
    near = np.sort(lags[np.abs(lags) <= reach])
    if len(near) < p["least_discharges"]:
        return False
    width = p["bound_width_ms"] / _MS * rate_hz
    most = int((np.searchsorted(near, near + width, side="right") - np.arange(len(near))).max())
    return most > p["bound_share"] * len(small.at)


def _plausible(train: UnitTrain, rate_hz: float) -> bool:
    p = emg_parameters()
    intervals = np.diff(train.at) / rate_hz * _MS
    usual = (intervals >= p["interval_least_ms"]) & (intervals <= p["interval_most_ms"])
    return float(np.mean(usual)) >= p["plausible_share"]
