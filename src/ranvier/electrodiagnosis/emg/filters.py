"""Filters and the change of sampling rate; all have no delay."""

from fractions import Fraction

import numpy as np
from scipy.signal import butter, resample_poly, sosfiltfilt

from ranvier.electrodiagnosis.emg.parameters import emg_parameters
from ranvier.electrodiagnosis.emg.recording import Floats

_WIDEST = 0.45
_LARGEST_RATIO = 400


def keep_band(values: Floats, rate_hz: float, *, low_hz: float | None = None, high_hz: float | None = None) -> Floats:
    """Return the signal within a band, by Butterworth filters run forwards and backwards.

    Parameters
    ----------
    values : (..., n) float
    rate_hz : float
        Samples a second.
    low_hz, high_hz : float or None
        Ends of the band; None leaves that end open. An upper end at or above 0.45 of the rate does nothing.
    """
    order = int(emg_parameters()["spike_order"])
    out = values
    pad = min(out.shape[-1] - 1, int(rate_hz / 10))
    if low_hz is not None:
        out = sosfiltfilt(butter(order, low_hz, "highpass", fs=rate_hz, output="sos"), out, padlen=pad)
    if high_hz is not None and high_hz < _WIDEST * rate_hz:
        out = sosfiltfilt(butter(order, high_hz, "lowpass", fs=rate_hz, output="sos"), out, padlen=pad)
    return np.asarray(out, dtype=np.float64)


def change_rate(values: Floats, rate_hz: float, new_rate_hz: float) -> Floats:
    """Return the signal at another sampling rate (polyphase, no aliasing; the rate is met within 0.1 %)."""
    ratio = Fraction(new_rate_hz / rate_hz).limit_denominator(_LARGEST_RATIO)
    if ratio == 1:
        return values
    centre = float(np.median(values))
    out = resample_poly(values - centre, ratio.numerator, ratio.denominator) + centre
    return np.asarray(out, dtype=np.float64)
