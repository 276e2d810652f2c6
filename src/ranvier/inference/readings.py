"""Likelihood of each reading under each hypothesis: an ordered probit or a normal on its channel."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ranvier.anatomy import load_graph
from ranvier.core import GradedReading, Modality, NumericReading, PresenceReading
from ranvier.inference.channels import Channels, Timing, timing
from ranvier.inference.forward import ForwardModel
from ranvier.inference.mixing import Mix
from ranvier.inference.observations import Observation, says_abnormal
from ranvier.inference.parameters import ReadingModel, load_parameters
from ranvier.inference.probes import Probe

FloatArray = NDArray[np.floating[Any]]

_FALLS = frozenset({"cmap", "snap", "velocity"})


class Reader:
    """Reads off some nerves under some hypotheses; readings of the same nerves share what is computed.

    Parameters
    ----------
    forward : ForwardModel
        The nerves: those of the left side first.
    mix : Mix
        The hypotheses, as sums of rows of the library.
    when : Timing
        How far slow consequences have come at the work-up; a reading with a day of its own has its own.
    """

    def __init__(self, forward: ForwardModel, mix: Mix, when: Timing) -> None:
        self._forward = forward
        self._few, self._like = forward.distinct(mix)
        self._columns = {probe: number for number, probe in enumerate(forward.probes.probes)}
        self._channels = {when: Channels(forward, self._few, when)}
        self._when = when

    def read(self, observation: Observation) -> tuple[FloatArray, FloatArray]:
        """Return the log likelihood and the deficit of one reading under each hypothesis.

        Parameters
        ----------
        observation : Observation
            Of kind ``reading``, of the probes of the forward model.

        Returns
        -------
        log_likelihood : (n,) float
        deficit : (n,) float
            The channel value that the reading depends on.
        """
        model = observation.model
        if model is None:
            raise ValueError(f"{observation.finding.id} is not a reading")
        day = observation.finding.day
        when = self._when if day is None else timing(day)
        if when not in self._channels:
            self._channels[when] = Channels(self._forward, self._few, when)
        sides = sides_of(observation, self._channels[when], self._columns)
        x, likelihood = _over_sides(sides, observation, model)
        return np.log(likelihood)[self._like], x[self._like]


class Readers:
    """Readers of all the nerves of a case under the same hypotheses, made when asked for.

    Parameters
    ----------
    mix : Mix
        The hypotheses.
    when : Timing
        As in `Reader`.
    """

    def __init__(self, mix: Mix, when: Timing) -> None:
        self._mix = mix
        self._when = when
        self._known: dict[ForwardModel, Reader] = {}

    def read(self, observation: Observation, forward: ForwardModel) -> tuple[FloatArray, FloatArray]:
        """Return the log likelihood and the deficit of one reading, as `Reader.read` does."""
        if forward not in self._known:
            self._known[forward] = Reader(forward, self._mix, self._when)
        return self._known[forward].read(observation)


def sides_of(observation: Observation, channels: Channels, columns: Mapping[Probe, int]) -> list[FloatArray]:
    """Return the deficit behind a reading on each side that it speaks of, ``(n,)`` each.

    Parameters
    ----------
    observation : Observation
        Of kind ``reading``.
    channels : Channels
        Of some hypotheses.
    columns : mapping of Probe to int
        Where each probe stands in the channels.
    """
    model = observation.model
    if model is None:
        raise ValueError(f"{observation.finding.id} is not a reading")
    value = channels.get("reflex" if model.channel == "h_reflex" else _shared(model.channel))
    return [_gather(value, channels, s, columns, observation) for s in (observation.left, observation.right) if s]


def probes_of(observation: Observation) -> tuple[Probe, ...]:
    """Return the probes that a reading looks at, in the order that `read` expects."""
    return tuple(dict.fromkeys((*observation.left, *observation.right)))


def _shared(channel: str) -> str:
    return "sensory_large" if channel == "sensory_any" else channel


def _gather(
    value: FloatArray,
    channels: Channels,
    probes: tuple[Probe, ...],
    columns: Mapping[Probe, int],
    observation: Observation,
) -> FloatArray:
    """Return one deficit for all probes of one side, ``(n,)``."""
    if probes[0].kind == "reflex_in":
        return _reflex(value, channels, probes, columns, observation)
    each = value[[columns[p] for p in probes]]
    shares = _shares_of_movement(tuple(p.id for p in probes)) if probes[0].kind == "muscle" else None
    if shares is not None:
        return np.asarray(shares @ each)
    return upper_mean(each, says_abnormal(observation), needle=_by_needle(observation))


def _by_needle(observation: Observation) -> bool:
    return observation.finding.modality is Modality.EMG


@lru_cache(maxsize=1024)
def _shares_of_movement(muscles: tuple[str, ...]) -> FloatArray | None:
    """Return how much each muscle does of the movement that these muscles make, or None where they make none."""
    known = _movements().get(frozenset(muscles))
    return None if known is None else np.array([known[m] for m in muscles], dtype=np.float32)


@lru_cache(maxsize=1)
def _movements() -> Mapping[frozenset[str], Mapping[str, float]]:
    movements = load_graph().movements.values()
    return {frozenset(m.muscles): {w.id: w.weight for w in m.weights} for m in movements}


def _reflex(
    value: FloatArray,
    channels: Channels,
    probes: tuple[Probe, ...],
    columns: Mapping[Probe, int],
    observation: Observation,
) -> FloatArray:
    inward = value[[columns[p] for p in probes if p.kind == "reflex_in"]]
    out = [columns[p] for p in probes if p.kind == "reflex_out"]
    p = load_parameters()
    loss = p["reflex_afferent"] * inward + p["reflex_efferent"] * value[out]
    if observation.model is not None and observation.model.channel == "reflex":
        loss = np.minimum(loss - channels.get("reflex_gain")[out], p["reflex_cap"])
    return upper_mean(loss, says_abnormal(observation))


def upper_mean(values: FloatArray, abnormal: bool, *, needle: bool = False) -> FloatArray:
    """Return the mean over the more affected members of a group, ``(n_members, n)`` to ``(n,)``.

    "The legs are weak" holds when half of the muscles are; "the legs are strong" fails when a quarter
    of them is not. The few muscles of one movement stand in for each other and are averaged. A needle is put into
    one or two muscles of a group: what it finds abnormal is told of the worst.
    """
    n = len(values)
    if n == 1:
        return np.asarray(values[0])
    p = load_parameters()
    if n <= p["synergy_size"]:
        return np.asarray(values.mean(axis=0))
    share = p["group_share_needle" if needle and abnormal else f"group_share_{'abnormal' if abnormal else 'normal'}"]
    keep = max(1, round(n * share))
    return np.asarray(np.sort(values, axis=0)[n - keep :].mean(axis=0))


def _over_sides(
    sides: list[FloatArray], observation: Observation, model: ReadingModel
) -> tuple[FloatArray, FloatArray]:
    if len(sides) == 1:
        return sides[0], _likelihood(sides[0], observation, model)
    if observation.joint:
        x = np.minimum(*sides) if says_abnormal(observation) else np.maximum(*sides)
        return x, _likelihood(x, observation, model)
    likelihood = 0.5 * (_likelihood(sides[0], observation, model) + _likelihood(sides[1], observation, model))
    return np.maximum(*sides), likelihood


def _likelihood(x: FloatArray, observation: Observation, model: ReadingModel) -> FloatArray:
    reading = observation.finding.reading
    if isinstance(reading, NumericReading):
        return _numeric(x, reading, model)
    if isinstance(reading, PresenceReading):
        reading = GradedReading(lowest=int(reading.present), highest=int(reading.present))
    probability = graded_probability(x, model, reading.lowest, reading.highest)
    missing = observation.missing
    top = len(model.cuts)
    return probability * (1 - missing) + missing * float(reading.highest == top)


def graded_probability(x: FloatArray, model: ReadingModel, lowest: int, highest: int) -> FloatArray:
    """Return ``P(lowest <= grade <= highest)`` at channel value `x`.

    A small share of readings is in plain error: those come from the same probit with a much wider
    spread, so that even a wrong-looking reading still speaks in its own direction. A few have nothing to do with the
    nerve (the wrong muscle, the wrong patient): every grade is as likely.

    Examples
    --------
    >>> from ranvier.inference.parameters import reading_model
    >>> model = reading_model("strength")
    >>> bool(graded_probability(np.array([0.0]), model, 0, 5)[0] > 0.999)
    True
    """
    wide = model.sd * load_parameters()["lapse_widening"]
    careful = _between(x, model, lowest, highest, model.sd)
    careless = _between(x, model, lowest, highest, wide)
    read = (1 - model.lapse) * careful + model.lapse * careless
    blind = load_parameters()["reading_blind"]
    return np.asarray((1 - blind) * read + blind * (highest - lowest + 1) / (len(model.cuts) + 1))


def _between(x: FloatArray, model: ReadingModel, lowest: int, highest: int, sd: float) -> FloatArray:
    cuts = (-np.inf, *model.cuts, np.inf)
    upper = ndtr((cuts[highest + 1] - x) / sd) if highest < len(model.cuts) else np.ones_like(x)
    lower = ndtr((cuts[lowest] - x) / sd) if lowest > 0 else np.zeros_like(x)
    return np.asarray(np.maximum(upper - lower, 1e-12))


def _numeric(x: FloatArray, reading: NumericReading, model: ReadingModel) -> FloatArray:
    p = load_parameters()
    mean = -x if model.channel in _FALLS else x
    sd = float(np.hypot(reading.log_sd, p["numeric_model_sd"]))
    z = (reading.log_ratio_to_mean - mean) / sd
    density = np.exp(-0.5 * z * z) / (sd * np.sqrt(2 * np.pi))
    return np.asarray((1 - model.lapse) * density + model.lapse * p["numeric_lapse_density"])
