"""Spontaneous activity at rest: fibrillations, positive sharp waves, fasciculations.

Only stretches without voluntary activity are looked at. A small, short potential that fires like a clock is
a fibrillation, or a positive wave if it is longer; a larger potential that comes alone and seldom is a
fasciculation. End-plate spikes (irregular, negative first) and voluntary units (less regular) are neither.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ranvier.electrodiagnosis.emg.activity import Segment
from ranvier.electrodiagnosis.emg.decomposition import decompose, find_spikes, spike_threshold
from ranvier.electrodiagnosis.emg.filters import keep_band
from ranvier.electrodiagnosis.emg.measures import MeasuredUnit
from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.potentials import average_potential, measure_potential
from ranvier.electrodiagnosis.emg.recording import Floats

_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpontaneousTrain:
    """One kind of potential at rest.

    Attributes
    ----------
    kind : str
        ``fibrillation``, ``positive_wave``, ``fasciculation`` or ``unclassified`` (small, repeated, not regular:
        end-plate spikes, a voluntary unit, or several fibrillations that look alike).
    fired_s : (n,) float, s
    amplitude_mv, duration_ms, rate_hz : float
    """

    kind: Literal["fibrillation", "positive_wave", "fasciculation", "unclassified"]
    fired_s: Floats
    amplitude_mv: float
    duration_ms: float
    rate_hz: float


def find_spontaneous(values_mv: Floats, rate_hz: float, rest: tuple[Segment, ...]) -> tuple[SpontaneousTrain, ...]:
    """Return the spontaneous potentials of the stretches of rest.

    Parameters
    ----------
    values_mv : (n_samples,) float, mV
        Signal at the working rate.
    rate_hz : float
    rest : tuple of Segment
        Where there is no voluntary activity.
    """
    p = emg_parameters()
    out: list[SpontaneousTrain] = []
    for part in rest:
        if (part.stop - part.start) / rate_hz < p["rest_shortest_s"]:
            continue
        values = values_mv[part.start : part.stop]
        regular, taken = _regular_trains(values, rate_hz, part.start / rate_hz)
        out += regular
        out += _fasciculations(values, rate_hz, part.start / rate_hz, taken)
    return tuple(out)


def fires_like_a_fibre(unit: MeasuredUnit) -> bool:
    """Tell whether a unit found within activity is short, small and more regular than any voluntary unit."""
    p = emg_parameters()
    cv, m = unit.firing.interval_cv, unit.potential
    return (
        cv is not None
        and cv < p["fibre_cv"]
        and m.duration_ms <= p["fibrillation_longest_ms"]
        and m.amplitude_mv <= p["fibrillation_most_mv"]
    )


def as_fibrillation(unit: MeasuredUnit) -> SpontaneousTrain:
    """Return a unit for which `fires_like_a_fibre` holds as spontaneous activity."""
    return SpontaneousTrain(
        kind="fibrillation",
        fired_s=unit.fired_s,
        amplitude_mv=unit.potential.amplitude_mv,
        duration_ms=unit.potential.duration_ms,
        rate_hz=unit.firing.rate_hz or 0.0,
    )


def _regular_trains(values: Floats, rate_hz: float, start_s: float) -> tuple[list[SpontaneousTrain], Floats]:
    p = emg_parameters()
    trains, taken = [], [np.zeros(0)]
    for unit in decompose(values, rate_hz, tidy=False).units:
        taken.append(unit.at / rate_hz)
        intervals = np.diff(unit.at) / rate_hz
        if len(unit.at) < p["rest_regular_count"]:
            continue
        median = float(np.median(intervals))
        cv = float(np.median(np.abs(intervals - median))) * 1.4826 / median
        average = average_potential(values, unit.at, rate_hz)
        measures = None if average is None else measure_potential(average, rate_hz)
        if measures is None or measures.amplitude_mv > p["fibrillation_most_mv"]:
            continue
        trains.append(
            SpontaneousTrain(
                kind=_kind(measures.duration_ms, cv, 1 / median),
                fired_s=unit.at / rate_hz + start_s,
                amplitude_mv=measures.amplitude_mv,
                duration_ms=measures.duration_ms,
                rate_hz=1 / median,
            )
        )
    return trains, np.sort(np.concatenate(taken))


def _kind(duration_ms: float, cv: float, rate_hz: float) -> Literal["fibrillation", "positive_wave", "unclassified"]:
    p = emg_parameters()
    if cv > p["rest_regular_cv"] or not p["fibrillation_slow_hz"] <= rate_hz <= p["fibrillation_fast_hz"]:
        return "unclassified"
    return "positive_wave" if duration_ms > p["fibrillation_longest_ms"] else "fibrillation"


def _fasciculations(values: Floats, rate_hz: float, start_s: float, taken: Floats) -> list[SpontaneousTrain]:
    """Return large potentials that stand alone; those that repeat as a train are in `taken` (s) and left out."""
    p = emg_parameters()
    sharp = keep_band(values, rate_hz, low_hz=p["spike_low_hz"])
    at = find_spikes(sharp, max(2 * spike_threshold(sharp, rate_hz), p["fasciculation_least_mv"]), rate_hz)
    alone = _alone(at / rate_hz, p["fasciculation_alone_ms"] / _MS)
    found = [int(a) for a in at[alone] if not len(taken) or np.abs(taken - a / rate_hz).min() > 0.005]
    if not found or len(found) / (len(values) / rate_hz) > p["fasciculation_fast_hz"]:
        return []
    sizes = [float(np.ptp(values[max(a - round(0.005 * rate_hz), 0) : a + round(0.01 * rate_hz)])) for a in found]
    return [
        SpontaneousTrain(
            kind="fasciculation",
            fired_s=np.array(found) / rate_hz + start_s,
            amplitude_mv=float(np.median(sizes)),
            duration_ms=float("nan"),
            rate_hz=len(found) / (len(values) / rate_hz),
        )
    ]


def _alone(times_s: Floats, apart_s: float) -> npt.NDArray[np.bool_]:
    gaps = np.diff(np.concatenate([[-np.inf], times_s, [np.inf]]))
    clusters = np.cumsum(gaps[:-1] > apart_s)
    first = gaps[:-1] > apart_s
    sizes = np.bincount(clusters, minlength=clusters.max(initial=0) + 1)
    return np.asarray(first & (sizes[clusters] <= 4))
