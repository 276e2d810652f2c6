"""T2 from several spin echoes as one exponential, with the floor that noise gives a magnitude image.

In a train of imperfect refocusing pulses this overestimates T2, because stimulated echoes add: use `fit_t2_epg` there.
The model of a voxel is ``sqrt((s0 exp(-TE/T2))**2 + c**2)`` with ``c**2 = 2 sd**2``, the mean square of Rician noise;
it is fitted by damped Gauss-Newton steps in ``(ln s0, 1/T2)`` from a weighted straight line through the logarithms.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ranvier.imaging.maps.parameters import map_parameters

FloatArray = NDArray[np.float64]
_SETTLED = 1e-4
"""A voxel is done when a step changes its rate, and its signal, by less than this share."""
_BLOCK = 1 << 13
"""Voxels fitted together: few enough for their arrays to stay in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class T2Map:
    """T2 in ms and the signal at echo time 0, each of the shape of the image; NaN where no fit is possible."""

    t2_ms: FloatArray
    s0: FloatArray


def fit_t2(signal: ArrayLike, te_ms: ArrayLike, *, noise_sd: float = 0.0) -> T2Map:
    """Return T2 by one exponential.

    Parameters
    ----------
    signal : array_like
        (..., N) magnitude at N echoes.
    te_ms : array_like
        (N,) echo times in ms, at least two different ones.
    noise_sd : float
        Standard deviation of the noise of real and imaginary part, in units of the signal; 0 leaves the floor out.

    Returns
    -------
    T2Map
        NaN where a signal is not positive or T2 leaves the range of ``maps.csv``.

    Raises
    ------
    ValueError
        If the echoes do not match the signal, or there are fewer than two.

    Examples
    --------
    >>> round(float(fit_t2([100.0, 36.787944], [0.0, 50.0]).t2_ms), 3)
    50.0
    """
    values, times = _checked(signal, te_ms)
    flat = values.reshape(-1, values.shape[-1])
    t2, s0 = np.full(len(flat), np.nan), np.full(len(flat), np.nan)
    floor = 2 * noise_sd**2
    usable = np.flatnonzero((flat > 0).all(axis=1) & (flat[:, 0] ** 2 > 2 * floor))
    for start in range(0, len(usable), _BLOCK):
        block = usable[start : start + _BLOCK]
        t2[block], s0[block] = _fit(flat[block], times, floor)
    return T2Map(t2_ms=t2.reshape(values.shape[:-1]), s0=s0.reshape(values.shape[:-1]))


def _checked(signal: ArrayLike, te_ms: ArrayLike) -> tuple[FloatArray, FloatArray]:
    values, times = np.asarray(signal, dtype=np.float64), np.asarray(te_ms, dtype=np.float64)
    if times.ndim != 1 or len(np.unique(times)) < 2:
        raise ValueError(f"te_ms must hold at least two different echo times (got {times.tolist()})")
    if values.ndim < 1 or values.shape[-1] != len(times):
        raise ValueError(f"the last axis of signal must be the {len(times)} echoes (got shape {values.shape})")
    return values, times


def _fit(y: FloatArray, te: FloatArray, floor: float) -> tuple[FloatArray, FloatArray]:
    p = map_parameters()
    clean = np.sqrt(np.maximum(y**2 - floor, 1e-6 * y**2))
    weight = clean**2
    log_y = np.log(clean)
    total = weight.sum(axis=1)
    mean_t, mean_y = (weight * te).sum(axis=1) / total, (weight * log_y).sum(axis=1) / total
    spread = (weight * (te - mean_t[:, None]) ** 2).sum(axis=1)
    rate = -(weight * (te - mean_t[:, None]) * (log_y - mean_y[:, None])).sum(axis=1) / spread
    log_s0 = mean_y + rate * mean_t
    if len(te) > 2:
        log_s0, rate = _refined(y, te, floor, (log_s0, rate))
    inside = (rate > 1 / p["t2_high"]) & (rate < 1 / p["t2_low"])
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(inside, 1 / rate, np.nan), np.where(inside, np.exp(log_s0), np.nan)


def _refined(
    y: FloatArray, te: FloatArray, floor: float, start: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Return least squares in the signal itself, by Gauss-Newton steps that are taken only where they help."""
    log_s0, rate = start[0].copy(), start[1].copy()
    todo = np.arange(len(y))
    damping = np.full(len(y), 1e-3)
    model, clean = _model(te, log_s0, rate, floor)
    error = ((model - y) ** 2).sum(axis=1)
    for _ in range(int(map_parameters()["t2_steps"])):
        step_s0, step_rate = _step(y[todo], te, (model, clean), damping)
        new_s0, new_rate = log_s0[todo] + step_s0, rate[todo] + step_rate
        new_model, new_clean = _model(te, new_s0, new_rate, floor)
        new_error = ((new_model - y[todo]) ** 2).sum(axis=1)
        better = new_error <= error
        log_s0[todo[better]], rate[todo[better]] = new_s0[better], new_rate[better]
        model = np.where(better[:, None], new_model, model)
        clean = np.where(better[:, None], new_clean, clean)
        error = np.where(better, new_error, error)
        damping = np.where(better, damping / 5, damping * 5)
        going = ~better | (np.abs(step_rate) > _SETTLED * np.abs(new_rate)) | (np.abs(step_s0) > _SETTLED)
        if not going.any():
            break
        todo, model, clean, error, damping = todo[going], model[going], clean[going], error[going], damping[going]
    return log_s0, rate


def _step(
    y: FloatArray, te: FloatArray, at: tuple[FloatArray, FloatArray], damping: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return one damped Gauss-Newton step in ``ln s0`` and the rate."""
    model, clean = at
    a = clean**2 / np.maximum(model, 1e-12)
    b = -a * te
    left = y - model
    aa, ab, bb = (np.einsum("ij,ij->i", *pair) for pair in ((a, a), (a, b), (b, b)))
    ga, gb = np.einsum("ij,ij->i", a, left), np.einsum("ij,ij->i", b, left)
    aa, bb = aa * (1 + damping), bb * (1 + damping)
    determinant = np.maximum(aa * bb - ab * ab, 1e-300)
    return (bb * ga - ab * gb) / determinant, (aa * gb - ab * ga) / determinant


def _model(te: FloatArray, log_s0: FloatArray, rate: FloatArray, floor: float) -> tuple[FloatArray, FloatArray]:
    clean = np.exp(np.clip(log_s0[:, None] - rate[:, None] * te, -80, 80))
    return np.sqrt(clean**2 + floor), clean
