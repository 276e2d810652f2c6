"""The measures by which a recording is classed, all in one band that every recording has (20 to 1,700 Hz).

In that band a recording at 4 kHz and one at 48 kHz give the same numbers. The measures reported for single
units have the full band of the recording and are therefore a little larger and sharper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import welch

from ranvier.electrodiagnosis.emg.filters import keep_band
from ranvier.electrodiagnosis.emg.firing import FiringMeasures, Recruitment, measure_firing, measure_recruitment
from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.potentials import PotentialMeasures, average_potential, measure_potential
from ranvier.electrodiagnosis.emg.recording import Floats
from ranvier.electrodiagnosis.emg.trains import UnitTrain
from ranvier.electrodiagnosis.emg.turns import find_turns

_TINY_MV = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredUnit:
    """A motor unit: averaged potential, its measures in the full band and in the class band, and its firing."""

    average_mv: Floats
    fired_s: Floats
    potential: PotentialMeasures
    in_class_band: PotentialMeasures
    firing: FiringMeasures


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSummary:
    """Medians over the larger half of the motor units of a recording (class band).

    `judged` is how many that half is. `count`, `firing_rate_hz` and `recruitment` are of all units; None where they
    could not be measured.
    """

    count: int
    judged: int
    amplitude_mv: float
    largest_amplitude_mv: float
    duration_ms: float
    thickness_ms: float
    phases: float
    turns: float
    polyphasic_share: float
    size_index: float
    firing_rate_hz: float | None
    recruitment: Recruitment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternSummary:
    """The interference pattern of all voluntary activity (class band).

    Attributes
    ----------
    active_s : float
    envelope_mv : float
        99.5th less 0.5th percentile.
    rms_mv : float
    turns_per_s : float
        With a criterion of 50 uV.
    turn_amplitude_mv : float
        Mean change between turns.
    fullness : float
        Share of samples above a tenth of half the envelope.
    median_frequency_hz : float
    """

    active_s: float
    envelope_mv: float
    rms_mv: float
    turns_per_s: float
    turn_amplitude_mv: float
    fullness: float
    median_frequency_hz: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EmgMeasures:
    """What a class is made of; None where there is nothing to measure."""

    units: UnitSummary | None
    pattern: PatternSummary | None


def measure_units(values_mv: Floats, rate_hz: float, trains: Sequence[UnitTrain]) -> tuple[MeasuredUnit, ...]:
    """Return the units whose average is clean enough to be measured, in the order given.

    Parameters
    ----------
    values_mv : (n_samples,) float, mV
        Signal at the working rate.
    rate_hz : float
    trains : sequence of UnitTrain
        From `decompose`.
    """
    p = emg_parameters()
    out = []
    for train in trains:
        average = average_potential(values_mv, train.at, rate_hz)
        if average is None:
            continue
        narrow = keep_band(average, rate_hz, low_hz=p["class_low_hz"], high_hz=p["class_high_hz"])
        whole, in_band = measure_potential(average, rate_hz), measure_potential(narrow, rate_hz)
        if whole is None or in_band is None or whole.noise_mv > p["noise_of_average_mv"]:
            continue
        fired = train.at / rate_hz
        out.append(
            MeasuredUnit(
                average_mv=average,
                fired_s=fired,
                potential=whole,
                in_class_band=in_band,
                firing=measure_firing(fired),
            )
        )
    return tuple(out)


def summarise_units(units: Sequence[MeasuredUnit]) -> UnitSummary | None:
    """Return the medians over the larger half of the units (those near the needle), or None without any."""
    if not units:
        return None
    ranked = sorted(units, key=lambda u: -u.in_class_band.amplitude_mv)
    near = ranked[: max(int(np.ceil(emg_parameters()["judged_share"] * len(ranked))), 1)]
    all_ = [u.in_class_band for u in near]
    rates = [u.firing.rate_hz for u in units if u.firing.rate_hz is not None]
    return UnitSummary(
        count=len(units),
        judged=len(near),
        amplitude_mv=float(np.median([m.amplitude_mv for m in all_])),
        largest_amplitude_mv=max(m.amplitude_mv for m in all_),
        duration_ms=float(np.median([m.duration_ms for m in all_])),
        thickness_ms=float(np.median([m.thickness_ms for m in all_])),
        phases=float(np.mean([m.phases for m in all_])),
        turns=float(np.mean([m.turns for m in all_])),
        polyphasic_share=float(np.mean([m.polyphasic for m in all_])),
        size_index=float(np.median([m.size_index for m in all_])),
        firing_rate_hz=float(np.median(rates)) if rates else None,
        recruitment=measure_recruitment([u.fired_s for u in units]),
    )


def summarise_pattern(values_mv: Floats, rate_hz: float, active: npt.NDArray[np.bool_]) -> PatternSummary | None:
    """Return the measures of the interference pattern, or None without voluntary activity.

    Parameters
    ----------
    values_mv : (n_samples,) float, mV
        Signal at the working rate.
    rate_hz : float
    active : (n_samples,) bool
    """
    p = emg_parameters()
    if active.sum() < p["epoch_s"] * rate_hz:
        return None
    part = keep_band(values_mv, rate_hz, low_hz=p["class_low_hz"], high_hz=p["class_high_hz"])[active]
    turns = find_turns(part, p["small_turn_mv"])
    low, high = np.percentile(part, [0.5, 99.5])
    envelope = max(float(high - low), _TINY_MV)
    hz, power = welch(part, rate_hz, nperseg=min(2048, len(part)))
    total = np.cumsum(power)
    return PatternSummary(
        active_s=len(part) / rate_hz,
        envelope_mv=envelope,
        rms_mv=float(np.sqrt(np.mean(part**2))),
        turns_per_s=len(turns) / (len(part) / rate_hz),
        turn_amplitude_mv=float(np.abs(np.diff(part[turns])).mean()) if len(turns) > 1 else _TINY_MV,
        fullness=float(np.mean(np.abs(part) > envelope / 20)),
        median_frequency_hz=float(hz[np.searchsorted(total, total[-1] / 2)]),
    )
