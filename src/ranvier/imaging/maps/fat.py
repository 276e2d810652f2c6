"""Fat fraction from the magnitudes of two or more gradient echoes (Dixon), with six peaks of fat and R2*.

Magnitudes alone leave two answers, mostly water or mostly fat, which the smaller peaks of fat tell apart only where
the noise allows; the fraction near one half is sure either way. Phase is not used.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ranvier.imaging.maps.parameters import fat_peaks, map_parameters

FloatArray = NDArray[np.float64]
_BLOCK = 1 << 15


def fat_fraction(signal: ArrayLike, te_ms: ArrayLike, field_t: float, *, highest: float = 1.0) -> FloatArray:
    """Return the share of fat in the proton signal of each voxel.

    Parameters
    ----------
    signal : array_like
        (..., N) magnitude at N echoes.
    te_ms : array_like
        (N,) echo times in ms, at least two.
    field_t : float
        Field strength in tesla.
    highest : float
        Largest fraction that is allowed: 0.5 where the tissue is known to be mostly water (muscle, nerve), which
        takes the second answer away.

    Returns
    -------
    (...) float
        Between 0 and 1; NaN where a voxel has no signal.

    Raises
    ------
    ValueError
        If the echoes do not match the signal, there are fewer than two, the field is not positive, or `highest`
        is no share.
    """
    values, times = np.asarray(signal, dtype=np.float64), np.asarray(te_ms, dtype=np.float64)
    if times.ndim != 1 or len(times) < 2 or values.shape[-1:] != times.shape:
        raise ValueError(f"signal (got shape {values.shape}) needs its {times.size} echoes, at least two, last")
    if field_t <= 0:
        raise ValueError(f"field_t must be positive (got {field_t})")
    if not 0 < highest <= 1:
        raise ValueError(f"highest must lie in (0, 1] (got {highest})")
    rows, fractions = _table(tuple(times.tolist()), float(field_t))
    rows, fractions = rows[fractions <= highest], fractions[fractions <= highest]
    flat = values.reshape(-1, len(times))
    out = np.full(len(flat), np.nan)
    usable = np.flatnonzero((flat >= 0).all(axis=1) & (flat.sum(axis=1) > 0))
    for start in range(0, len(usable), _BLOCK):
        block = usable[start : start + _BLOCK]
        out[block] = fractions[(flat[block] @ rows.T).argmax(axis=1)]
    return out.reshape(values.shape[:-1])


@lru_cache(maxsize=8)
def _table(te_ms: tuple[float, ...], field_t: float) -> tuple[FloatArray, FloatArray]:
    """Return the magnitudes of the table of fractions and R2*, of unit length, and the fraction of each row."""
    p = map_parameters()
    te = np.array(te_ms)
    shifts, shares = fat_peaks()
    turns = shifts[:, None] * p["gamma_mhz_per_t"] * field_t * te / 1000
    fat = (shares[:, None] * np.exp(2j * np.pi * turns)).sum(axis=0)
    fraction = np.linspace(0, 1, int(p["fat_count"]))
    decay = np.linspace(0, p["r2star_high"], int(p["r2star_count"])) if len(te) > 2 else np.zeros(1)
    clean = np.abs((1 - fraction)[:, None] + fraction[:, None] * fat)
    rows = clean[:, None, :] * np.exp(-decay[:, None] * te / 1000)
    flat = rows.reshape(-1, len(te))
    return flat / np.linalg.norm(flat, axis=1, keepdims=True), np.repeat(fraction, len(decay))
