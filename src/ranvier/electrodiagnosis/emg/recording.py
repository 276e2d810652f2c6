"""One channel of needle EMG with its sampling rate, and the rules it must keep."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranvier.core import RanvierError
from ranvier.electrodiagnosis.emg.parameters import emg_parameters

Floats = npt.NDArray[np.float64]


class UnreadableRecordingError(RanvierError, ValueError):
    """A recording that cannot be read, or that no needle EMG can look like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One channel.

    Attributes
    ----------
    values_mv : (n_samples,) float, mV
    rate_hz : float
        Samples a second.
    channel : str
        Name of the channel, for people.
    step_mv : float or None
        Size of one step of the converter, where the file tells it.
    span_mv : float or None
        Width of the whole range of the converter (65,536 steps at 16 bits), where the file tells it.
    """

    values_mv: Floats
    rate_hz: float
    channel: str = "EMG"
    step_mv: float | None = None
    span_mv: float | None = None

    def __post_init__(self) -> None:
        p = emg_parameters()
        if self.values_mv.ndim != 1:
            raise UnreadableRecordingError(
                f"a channel must be one row of numbers (got the shape {self.values_mv.shape})"
            )
        if not p["rate_least_hz"] <= self.rate_hz <= p["rate_most_hz"]:
            raise UnreadableRecordingError(
                f"the sampling rate must be {p['rate_least_hz']:g} to {p['rate_most_hz']:g} Hz for needle EMG"
                f" (got {self.rate_hz:g})"
            )
        if not np.isfinite(self.values_mv).all():
            bad = int(np.count_nonzero(~np.isfinite(self.values_mv)))
            raise UnreadableRecordingError(f"{bad} samples of {self.channel!r} are not finite numbers; cut them out")

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.values_mv) / self.rate_hz
