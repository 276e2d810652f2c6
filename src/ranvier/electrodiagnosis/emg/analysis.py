"""The whole way from a recording to its motor units, pattern, spontaneous activity and class."""

from dataclasses import dataclass

import numpy as np

from ranvier.electrodiagnosis.emg.activity import Segment, active_samples, segments
from ranvier.electrodiagnosis.emg.classification import EmgClass, classify, uncertain
from ranvier.electrodiagnosis.emg.decomposition import decompose
from ranvier.electrodiagnosis.emg.filters import change_rate, keep_band
from ranvier.electrodiagnosis.emg.measures import (
    EmgMeasures,
    MeasuredUnit,
    measure_units,
    summarise_pattern,
    summarise_units,
)
from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.quality import Checked, check_quality
from ranvier.electrodiagnosis.emg.recording import Floats, Recording
from ranvier.electrodiagnosis.emg.spontaneous import (
    SpontaneousTrain,
    as_fibrillation,
    find_spontaneous,
    fires_like_a_fibre,
)
from ranvier.electrodiagnosis.emg.turns import EpochMeasures, epoch_measures


@dataclass(frozen=True, slots=True, kw_only=True)
class EmgStudy:
    """All that was measured in a recording.

    Attributes
    ----------
    checked : Checked
        The mended recording and the quality notes.
    signal_mv : (n,) float, mV
        The signal that was analysed, at `rate_hz`, above 10 Hz.
    rate_hz : float
    active, rest : tuple of Segment
        In samples of `signal_mv`.
    units : tuple of MeasuredUnit
        The largest first.
    explained : float
        Share of the energy of the sharp signal that the units explain.
    epochs : tuple of EpochMeasures
    spontaneous : tuple of SpontaneousTrain
    measures : EmgMeasures
    """

    checked: Checked
    signal_mv: Floats
    rate_hz: float
    active: tuple[Segment, ...]
    rest: tuple[Segment, ...]
    units: tuple[MeasuredUnit, ...]
    explained: float
    epochs: tuple[EpochMeasures, ...]
    spontaneous: tuple[SpontaneousTrain, ...]
    measures: EmgMeasures


@dataclass(frozen=True, slots=True, kw_only=True)
class EmgAnalysis:
    """What was measured in a recording, and its class."""

    study: EmgStudy
    result: EmgClass


def analyse_recording(recording: Recording) -> EmgAnalysis:
    """Return what `study_recording` measures, with the class that follows from it.

    Parameters
    ----------
    recording : Recording
        As read from a file or simulated.
    """
    study = study_recording(recording)
    stops = tuple(note.text for note in study.checked.notes if note.stops)
    return EmgAnalysis(study=study, result=uncertain(stops) if stops else classify(study.measures))


def study_recording(recording: Recording) -> EmgStudy:
    """Return motor units, interference pattern and spontaneous activity of one channel.

    Parameters
    ----------
    recording : Recording
        As read from a file or simulated.
    """
    p = emg_parameters()
    checked = check_quality(recording)
    rate = p["work_rate_hz"]
    if any(note.kind == "flat" for note in checked.notes):
        return _nothing(checked, rate)
    values = keep_band(
        change_rate(checked.recording.values_mv, checked.recording.rate_hz, rate), rate, low_hz=p["work_low_hz"]
    )
    mask = active_samples(values, rate, checked.noise_mv)
    active, rest = segments(mask), segments(~mask)
    voluntary = values[mask]
    found = decompose(voluntary, rate) if len(voluntary) > p["active_shortest_s"] * rate else None
    units = measure_units(voluntary, rate, found.units) if found else ()
    everything = _in_time(units, np.flatnonzero(mask), rate)
    units = tuple(u for u in everything if not fires_like_a_fibre(u))
    fibres = tuple(as_fibrillation(u) for u in everything if fires_like_a_fibre(u))
    measures = EmgMeasures(units=summarise_units(units), pattern=summarise_pattern(values, rate, mask))
    return EmgStudy(
        checked=checked,
        signal_mv=values,
        rate_hz=rate,
        active=active,
        rest=rest,
        units=units,
        explained=found.explained if found else 0.0,
        epochs=epoch_measures(values, rate, mask),
        spontaneous=(*fibres, *find_spontaneous(values, rate, rest)),
        measures=measures,
    )


def _in_time(
    units: tuple[MeasuredUnit, ...], samples: np.ndarray[tuple[int], np.dtype[np.int64]], rate_hz: float
) -> tuple[MeasuredUnit, ...]:
    """Return the units with discharge times of the whole recording in place of those of its active parts."""
    return tuple(
        MeasuredUnit(
            average_mv=u.average_mv,
            fired_s=samples[np.round(u.fired_s * rate_hz).astype(np.int64)] / rate_hz,
            potential=u.potential,
            in_class_band=u.in_class_band,
            firing=u.firing,
        )
        for u in units
    )


def _nothing(checked: Checked, rate_hz: float) -> EmgStudy:
    return EmgStudy(
        checked=checked,
        signal_mv=np.zeros(0),
        rate_hz=rate_hz,
        active=(),
        rest=(),
        units=(),
        explained=0.0,
        epochs=(),
        spontaneous=(),
        measures=EmgMeasures(units=None, pattern=None),
    )
