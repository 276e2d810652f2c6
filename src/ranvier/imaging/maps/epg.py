"""T2 from a train of spin echoes by extended phase graphs, with the transmit field as an unknown.

A train whose refocusing pulses are not 180 degrees makes stimulated echoes, which one exponential takes for a longer
T2. Here the train is computed for a table of T2 and transmit field and each voxel takes the nearest row, with T2
interpolated. All pulses of a train are taken as equal and the slice profile as square.

References
----------
Hennig J. Multiecho imaging sequences with low refocusing flip angles. J Magn Reson 1988;78:397.
Weigel M. Extended phase graphs: dephasing, RF pulses, and echoes. J Magn Reson Imaging 2015;41:266.
doi:10.1002/jmri.24619
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ranvier.imaging.maps.parameters import map_parameters

FloatArray = NDArray[np.float64]
_BLOCK = 1 << 16


def epg_decay(
    t2_ms: float, t1_ms: float, spacing_ms: float, n_echoes: int, *, refocusing_deg: float = 180.0, b1: float = 1.0
) -> FloatArray:
    """Return the echoes of a CPMG train, (n_echoes,), for a starting magnetisation of 1.

    Parameters
    ----------
    t2_ms, t1_ms : float
        Relaxation times in ms.
    spacing_ms : float
        Time between echoes in ms.
    n_echoes : int
    refocusing_deg : float
        Nominal flip angle of the refocusing pulses.
    b1 : float
        Transmit field against the nominal one; it scales excitation (90 degrees) and refocusing.

    Examples
    --------
    >>> bool(np.allclose(epg_decay(50, 1000, 10, 3), np.exp([-0.2, -0.4, -0.6])))
    True
    """
    states = np.zeros((3, n_echoes + 2))
    excitation = np.deg2rad(90 * b1)
    states[:2, 0], states[2, 0] = np.sin(excitation), np.cos(excitation)
    e1, e2 = float(np.exp(-spacing_ms / 2 / t1_ms)), float(np.exp(-spacing_ms / 2 / t2_ms))
    turn = _pulse(np.deg2rad(refocusing_deg * b1))
    out = np.empty(n_echoes)
    for echo in range(n_echoes):
        states = _half_spacing(turn @ _half_spacing(states, e1, e2), e1, e2)
        out[echo] = abs(states[0, 0])
    return out


def _pulse(angle: float) -> FloatArray:
    """Return the turn of the states F+, F- and Z by a pulse about the magnetisation (CPMG); all stay real."""
    c, s, across = np.cos(angle / 2) ** 2, np.sin(angle / 2) ** 2, np.sin(angle)
    return np.array([[c, s, across], [s, c, -across], [-across / 2, across / 2, np.cos(angle)]])


def _half_spacing(states: FloatArray, e1: float, e2: float) -> FloatArray:
    """Return the states half an echo spacing later: relaxed, and the transverse ones dephased by one order."""
    out = np.zeros_like(states)
    out[0, 1:] = states[0, :-1] * e2
    out[1, :-1] = states[1, 1:] * e2
    out[0, 0] = out[1, 0]
    out[2] = states[2] * e1
    out[2, 0] += 1 - e1
    return out


@lru_cache(maxsize=8)
def _table(spacing_ms: float, n_echoes: int, refocusing_deg: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the trains, (n_b1, n_t2, n_echoes) of unit length, their lengths, and the values of ln T2."""
    p = map_parameters()
    log_t2 = np.linspace(np.log(p["epg_t2_low"]), np.log(p["epg_t2_high"]), int(p["epg_t2_count"]))
    fields = np.linspace(p["epg_b1_low"], p["epg_b1_high"], int(p["epg_b1_count"]))
    trains = np.array(
        [
            [
                epg_decay(
                    float(np.exp(t)), p["epg_t1"], spacing_ms, n_echoes, refocusing_deg=refocusing_deg, b1=float(b)
                )
                for t in log_t2
            ]
            for b in fields
        ]
    )
    length = np.linalg.norm(trains, axis=2)
    return trains / length[:, :, None], length, log_t2


def fit_t2_epg(signal: ArrayLike, spacing_ms: float, *, refocusing_deg: float = 180.0) -> tuple[FloatArray, FloatArray]:
    """Return T2 and the transmit field from an echo train.

    Parameters
    ----------
    signal : array_like
        (..., N) magnitude of N echoes at equal spacing, the first one spacing after excitation.
    spacing_ms : float
        Echo spacing in ms.
    refocusing_deg : float
        Nominal refocusing angle.

    Returns
    -------
    t2_ms : (...) float
        NaN where a signal is not positive or the best row is the first or the last.
    b1 : (...) float
        Transmit field against the nominal one.

    Raises
    ------
    ValueError
        If there are fewer than three echoes or the spacing is not positive.
    """
    values = np.asarray(signal, dtype=np.float64)
    if values.ndim < 1 or values.shape[-1] < 3:
        raise ValueError(f"an echo train has at least three echoes on its last axis (got shape {values.shape})")
    if spacing_ms <= 0:
        raise ValueError(f"spacing_ms must be positive (got {spacing_ms})")
    p = map_parameters()
    trains, _, log_t2 = _table(float(spacing_ms), values.shape[-1], float(refocusing_deg))
    fields = np.linspace(p["epg_b1_low"], p["epg_b1_high"], int(p["epg_b1_count"]))
    flat = values.reshape(-1, values.shape[-1])
    t2, b1 = np.full(len(flat), np.nan), np.full(len(flat), np.nan)
    usable = np.flatnonzero((flat > 0).all(axis=1))
    for start in range(0, len(usable), _BLOCK):
        block = usable[start : start + _BLOCK]
        t2[block], b1[block] = _nearest(flat[block], trains, log_t2, fields)
    return t2.reshape(values.shape[:-1]), b1.reshape(values.shape[:-1])


def _nearest(
    y: FloatArray, trains: FloatArray, log_t2: FloatArray, fields: FloatArray
) -> tuple[FloatArray, FloatArray]:
    best, at_t2, at_b1 = np.full(len(y), -np.inf), np.zeros(len(y)), np.zeros(len(y), dtype=np.intp)
    step = float(log_t2[1] - log_t2[0])
    edge = np.zeros(len(y), dtype=np.bool_)
    for number, rows in enumerate(trains):
        like = y @ rows.T
        top = like.argmax(axis=1)
        middle = np.clip(top, 1, len(log_t2) - 2)
        each = np.arange(len(y))
        a, b, c = like[each, middle - 1], like[each, middle], like[each, middle + 1]
        bend = a - 2 * b + c
        shift = np.where(bend < 0, 0.5 * (a - c) / np.where(bend < 0, bend, -1.0), 0.0)
        shift = np.clip(shift, -1, 1)
        value = b - 0.25 * (a - c) * shift
        better = value > best
        best = np.where(better, value, best)
        at_t2 = np.where(better, log_t2[middle] + shift * step, at_t2)
        at_b1 = np.where(better, number, at_b1)
        edge = np.where(better, (top == 0) | (top == len(log_t2) - 1), edge)
    return np.where(edge, np.nan, np.exp(at_t2)), fields[at_b1]
