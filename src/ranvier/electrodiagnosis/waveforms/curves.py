"""Points of a noisy curve between its samples: peaks, crossings, and where a rise takes off."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.signal import savgol_filter

from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.records import Floats

_ORDER = 3
_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """Time and value of a peak."""

    time_ms: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeoff:
    """Where a rise leaves the baseline, with its standard error."""

    time_ms: float
    sd_ms: float


def smooth(values: Floats, rate_hz: float, width_ms: float) -> Floats:
    """Return a curve smoothed by local cubics (Savitzky-Golay) of a width in ms."""
    window = 2 * round(width_ms / _MS * rate_hz / 2) + 1
    if window <= _ORDER or len(values) <= window:
        return values
    return np.asarray(savgol_filter(values, window, _ORDER, mode="nearest"))


def peak_between_samples(time_ms: Floats, values: Floats, index: int, half_ms: float) -> Extreme:
    """Return the peak near a sample from a polynomial of the fourth degree fitted around it.

    Parameters
    ----------
    time_ms, values : (n,) float
        The curve, not smoothed.
    index : int
        Sample near the peak.
    half_ms : float
        Half width of the stretch that is fitted.
    """
    near = np.abs(time_ms - time_ms[index]) <= half_ms
    x, y = (time_ms[near] - time_ms[index]) / half_ms, values[near]
    if len(x) <= _ORDER + 2:
        return Extreme(time_ms=float(time_ms[index]), value=float(values[index]))
    curve = np.polynomial.Polynomial.fit(x, y, _ORDER + 1, domain=(-1, 1))
    sign = 1.0 if values[index] >= 0 else -1.0
    at = np.linspace(-0.6, 0.6, 241)
    heights = sign * curve(at)
    best = int(heights.argmax())
    return Extreme(time_ms=float(time_ms[index] + at[best] * half_ms), value=float(sign * heights[best]))


def crossing_between_samples(time_ms: Floats, values: Floats, index: int, half_ms: float) -> float:
    """Return where the parabola through the samples around one is zero, nearest to it and within the stretch fitted."""
    near = np.abs(time_ms - time_ms[index]) <= half_ms
    x, y = time_ms[near] - time_ms[index], values[near]
    if len(x) < _ORDER + 1:
        return float(time_ms[index])
    roots = np.polynomial.Polynomial.fit(x, y, 2).roots()
    real = roots[np.abs(roots.imag) < 1e-9].real
    inside = real[np.abs(real) <= half_ms]
    shift = float(inside[np.abs(inside).argmin()]) if len(inside) else 0.0
    return float(time_ms[index] + shift)


def takeoff(time_ms: Floats, values: Floats, *, start_ms: float, height: float, noise: float) -> Takeoff:
    """Return where the rise reaches a height, from ``b + c (t - t0)^p`` fitted to the quiet part and the rise.

    Parameters
    ----------
    time_ms, values : (n,) float
        The quiet part before the rise and the rise, baseline zero.
    start_ms : float
        First guess of the start.
    height : float
        Height at which the response is said to take off.
        The level ``b`` is what is left of the artefact; it is small against the noise of a sample.
    noise : float
        Standard error of one sample, larger than its standard deviation where neighbours are alike.
    """
    p = waveform_parameters()
    span = max(float(time_ms[-1] - start_ms), 1e-3)
    top = max(float(values[-3:].mean()), 1e-12)
    error = max(noise / top, 1e-6)

    def miss(x: Floats) -> Floats:
        late = np.clip(time_ms - x[0], 0, None) / span
        rest = (x[3] + x[1] * late ** x[2] - values / top) / error
        known = ((x[2] - p["rise_power"]) / p["rise_power_sd"], x[3] / (p["rise_level_sd"] * error))
        return np.append(rest, known)

    low = [float(time_ms[0]) - 2 * span, 1e-3, 1.0, -1.0]
    high = [float(time_ms[-1]) - 0.1 * span, 50.0, 6.0, 1.0]
    fits = []
    for share in (0.5, 0.1):
        begin = min(max(start_ms - share * span, low[0] + 1e-6), high[0] - 1e-6)
        first = [begin, 0.8, p["rise_power"], 0.0]
        fits.append(least_squares(miss, first, bounds=(low, high), x_scale=[span, 1.0, 1.0, 0.1]))
    best = min(fits, key=lambda fit: float(fit.cost))
    t0, factor, power = (float(x) for x in best.x[:3])
    share = height / (factor * top)
    gradient = _gradient(span, factor, power, share)
    jacobian = np.asarray(best.jac)
    covariance = np.linalg.pinv(jacobian.T @ jacobian)
    variance = max(float(gradient @ covariance @ gradient), 0.0)
    return Takeoff(
        time_ms=t0 + span * share ** (1 / power), sd_ms=float(np.hypot(np.sqrt(variance), p["takeoff_floor_ms"]))
    )


def _gradient(span: float, factor: float, power: float, share: float) -> Floats:
    """Return how the take-off changes with start, factor and power of the fit."""
    root = span * share ** (1 / power)
    return np.array([1.0, -root / (power * factor), -root * np.log(share) / power**2, 0.0])
