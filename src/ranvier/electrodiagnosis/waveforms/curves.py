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


def peak_between_samples(
    time_ms: Floats, values: Floats, index: int, half_ms: float, *, order: int = _ORDER + 1, reach: float = 0.6
) -> Extreme:
    """Return the peak near a sample from a polynomial fitted around it.

    Parameters
    ----------
    time_ms, values : (n,) float
        The curve, not smoothed.
    index : int
        Sample near the peak.
    half_ms : float
        Half width of the stretch that is fitted.
    order : int
        Degree of the polynomial.
    reach : float
        How far from the sample the peak may lie, over `half_ms`.
    """
    near = np.abs(time_ms - time_ms[index]) <= half_ms
    x, y = (time_ms[near] - time_ms[index]) / half_ms, values[near]
    if len(x) <= order + 1:
        return Extreme(time_ms=float(time_ms[index]), value=float(values[index]))
    curve = np.polynomial.Polynomial.fit(x, y, order, domain=(-1, 1))
    sign = 1.0 if values[index] >= 0 else -1.0
    at = np.linspace(-reach, reach, 241)
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
    """Return where the rise reaches a height, from ``b + a (1 - exp(-(c (t - t0))^p))`` fitted up to the first peak.

    The curve is flat before `t0`, convex at its foot and bends to a level near the peak, so that the whole rise
    tells where the foot is. The prior spread of its power and level is in ``data/waveform_parameters.csv``; it was
    chosen on simulated seeds apart from those that are reported.

    Parameters
    ----------
    time_ms, values : (n,) float
        The quiet part before the rise and the rise, baseline zero.
    start_ms : float
        First guess of the start.
    height : float
        Height at which the response is said to take off, the share ``takeoff_share`` of its first peak.
        The level ``b`` is what is left of the artefact; it is small against the noise of a sample.
    noise : float
        Standard error of one sample, larger than its standard deviation where neighbours are alike.
    """
    p = waveform_parameters()
    span = max(float(time_ms[-1] - start_ms), 1e-3)
    top = max(height / p["takeoff_share"], 1e-12)
    error = max(noise / top, 1e-6)
    y = values / top

    def miss(x: Floats) -> Floats:
        late = np.clip(time_ms - x[0], 0, None) / span
        rest = (x[4] + x[3] * -np.expm1(-((x[1] * late) ** x[2])) - y) / error
        known = (
            (x[2] - p["rise_power"]) / p["rise_power_sd"],
            (x[3] - p["rise_top"]) / p["rise_top_sd"],
            x[4] / (p["rise_level_sd"] * error),
        )
        return np.append(rest, known)

    low = [float(time_ms[0]) - 2 * span, 0.2, 1.0, 0.7, -1.0]
    high = [float(time_ms[-1]) - 0.1 * span, 20.0, 6.0, 2.5, 1.0]
    fits = []
    for share in (0.5, 0.1):
        begin = min(max(start_ms - share * span, low[0] + 1e-6), high[0] - 1e-6)
        first = [begin, 0.9, p["rise_power"], p["rise_top"], 0.0]
        fits.append(least_squares(miss, first, bounds=(low, high), x_scale=[span, 1.0, 1.0, 0.3, 0.1]))
    best = min(fits, key=lambda fit: float(fit.cost))
    jacobian = np.asarray(best.jac)
    covariance = np.linalg.pinv(jacobian.T @ jacobian)
    at, gradient = _reached(np.asarray(best.x, dtype=np.float64), span, p["takeoff_share"])
    variance = max(float(gradient @ covariance @ gradient), 0.0)
    inside = min(max(at, float(time_ms[0])), float(time_ms[-1]))
    return Takeoff(time_ms=inside, sd_ms=float(np.hypot(np.sqrt(variance) + abs(at - inside), p["takeoff_floor_ms"])))


def _reached(fit: Floats, span: float, share: float) -> tuple[float, Floats]:
    """Return when the fitted rise reaches a share of the peak, and how that changes with each parameter."""
    start, rate, power, level, _ = (float(x) for x in fit)
    depth = -np.log1p(-share / level)
    root = span / rate * depth ** (1 / power)
    by_level = -root / power / depth * share / level**2 / (1 - share / level)
    gradient = np.array([1.0, -root / rate, -root * np.log(depth) / power**2, by_level, 0.0])
    return start + root, gradient
