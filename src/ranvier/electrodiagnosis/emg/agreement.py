"""Score of a decomposition against the truth: rate of agreement of discharge times."""

import numpy as np

from ranvier.electrodiagnosis.emg.recording import Floats


def rate_of_agreement(true_s: Floats, found_s: Floats, *, tolerance_s: float = 0.001, shift_s: float = 0.02) -> float:
    """Return common discharges over all (common, only true, only found), after the best constant shift.

    Parameters
    ----------
    true_s, found_s : (n,) float, s
        Rising discharge times.
    tolerance_s : float
        Farthest two times may lie apart and still be the same discharge.
    shift_s : float
        Largest constant shift tried: the two need not mark the same point of the potential.

    Examples
    --------
    >>> rate_of_agreement(np.array([0.1, 0.2, 0.3]), np.array([0.101, 0.201, 0.4]))
    0.5
    """
    if not len(true_s) or not len(found_s):
        return 0.0
    gaps = (found_s[:, None] - true_s[None, :]).ravel()
    near = np.sort(gaps[np.abs(gaps) <= shift_s])
    if not len(near):
        return 0.0
    inside = np.searchsorted(near, near + 2 * tolerance_s + 1e-12, side="right") - np.arange(len(near))
    best = int(np.argmax(inside))
    shift = near[best] + tolerance_s
    moved = found_s - shift
    place = np.clip(np.searchsorted(true_s, moved), 1, max(len(true_s) - 1, 1))
    nearest = np.where(
        np.abs(true_s[place - 1] - moved) <= np.abs(true_s[np.minimum(place, len(true_s) - 1)] - moved),
        place - 1,
        np.minimum(place, len(true_s) - 1),
    )
    hit = np.abs(true_s[nearest] - moved) <= tolerance_s + 1e-12
    common = len(np.unique(nearest[hit]))
    return common / (len(true_s) + len(found_s) - common)
