"""Recorded responses as values: traces, stimulations, sets, and the cursors that a person may set.

Values are in mV with negativity of the active electrode upwards (a positive number), as machines draw them. Times are
in ms after the stimulus.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from ranvier.core import RanvierError
from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters

Floats = npt.NDArray[np.float64]
SetKind = Literal["motor", "sensory", "mixed", "f_wave", "h_reflex", "blink", "repetitive_stimulation"]
SET_KINDS: tuple[SetKind, ...] = get_args(SetKind)
_MS = 1000.0


class UnreadableWaveformError(RanvierError, ValueError):
    """Waveforms that cannot be read, or not without a guess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One sweep.

    Attributes
    ----------
    values_mv : (n_samples,) float, mV
        Negativity upwards.
    rate_hz : float
        Samples a second.
    stimulus_ms : float
        Time of the stimulus after the first sample.
    """

    values_mv: Floats
    rate_hz: float
    stimulus_ms: float = 0.0

    def __post_init__(self) -> None:
        p = waveform_parameters()
        if self.values_mv.ndim != 1 or len(self.values_mv) < 2:
            raise UnreadableWaveformError(f"a sweep must be one row of numbers (got the shape {self.values_mv.shape})")
        if not p["rate_least_hz"] <= self.rate_hz <= p["rate_most_hz"]:
            raise UnreadableWaveformError(
                f"the sampling rate must be {p['rate_least_hz']:g} to {p['rate_most_hz']:g} Hz (got {self.rate_hz:g})"
            )
        if not np.isfinite(self.values_mv).all():
            bad = int(np.count_nonzero(~np.isfinite(self.values_mv)))
            raise UnreadableWaveformError(f"{bad} samples are not finite numbers; cut them out")
        if not 0 <= self.stimulus_ms < len(self.values_mv) / self.rate_hz * _MS:
            length = len(self.values_mv) / self.rate_hz * _MS
            raise UnreadableWaveformError(
                f"the stimulus must lie within the sweep of {length:g} ms (got {self.stimulus_ms:g} ms)"
            )

    @property
    def time_ms(self) -> Floats:
        """Time of each sample after the stimulus, (n_samples,) float, ms."""
        return np.asarray(np.arange(len(self.values_mv)) / self.rate_hz * _MS - self.stimulus_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursors:
    """Cursors that a person set, in ms after the stimulus; None leaves a cursor to the program.

    Attributes
    ----------
    absent : bool
        There is no response, whatever the program finds.
    """

    onset_ms: float | None = None
    peak_ms: float | None = None
    end_ms: float | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stimulation:
    """One stimulation and what was recorded after it.

    Attributes
    ----------
    site : str
        Where was stimulated, as written.
    distance_mm : float or None
        From the stimulus to the recording electrode, along the nerve.
    segment_mm : float or None
        From this point to the next more distal one, where it was measured directly.
    intensity_ma : float or None
        Strength of the stimulus.
    recorded : str
        For the blink reflex: ``ipsilateral`` or ``contralateral``; else empty.
    """

    site: str
    trace: Trace
    distance_mm: float | None = None
    segment_mm: float | None = None
    intensity_ma: float | None = None
    recorded: str = ""
    cursors: Cursors = field(default_factory=Cursors)


@dataclass(frozen=True, slots=True, kw_only=True)
class StimulationSet:
    """One study of one nerve: what was recorded where, and all its stimulations from distal to proximal.

    Attributes
    ----------
    file : str
        Name of the file that it is from.
    nerve, side, recording : str
        As written.
    region : str
        ``arm`` or ``leg`` where the set says so, for the time in which late responses are looked for.
    """

    file: str
    nerve: str
    side: str
    kind: SetKind
    recording: str
    stimulations: tuple[Stimulation, ...]
    region: str = ""
    temperature_c: float | None = None
    day: float | None = None
    comment: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
