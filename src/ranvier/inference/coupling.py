"""How the severity of a patient ties the independent lesions of a disorder together.

A table gives for each unit (one nerve of a vasculitis, say) how often it is there and how the severity of lesions
is spread. Taken as independent, ten nerves would have ten severities; in patients the ill have many and bad
lesions and the mildly ill few and mild ones. Here both are tilted by the grade of the state, such that the mean
over all grades stays what the table says.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from ranvier.inference.parameters import GRADES, load_parameters

FloatArray = NDArray[np.float64]

_ROUNDS = 60
_LEVEL = (np.arange(GRADES) - (GRADES - 1) / 2) / ((GRADES - 1) / 2)
"""Grades from -1 (mildest) to 1."""


@cache
def coupled_inclusion(inclusion: float, severity: tuple[float, ...]) -> FloatArray:
    """Return the chance that a unit is there by grade of the state, ``(5,)``.

    Parameters
    ----------
    inclusion : float
        Mean over all patients.
    severity : tuple of float
        Share of each of the five grades.

    Examples
    --------
    >>> by_grade = coupled_inclusion(0.3, (0.2, 0.2, 0.2, 0.2, 0.2))
    >>> bool(by_grade[0] < 0.3 < by_grade[4]), round(float(by_grade.mean()), 6)
    (True, 0.3)
    """
    share = np.array(severity) / sum(severity)
    if not 0 < inclusion < 1:
        return np.full(GRADES, inclusion)
    tilt = load_parameters()["unit_inclusion_tilt"] * _LEVEL
    low, high = -abs(tilt).max(), abs(tilt).max()
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        mean = float(share @ expit(logit(inclusion) + middle + tilt))
        low, high = (middle, high) if mean < inclusion else (low, middle)
    return np.asarray(expit(logit(inclusion) + (low + high) / 2 + tilt))


@cache
def coupled_grades(weights: tuple[float, ...], severity: tuple[float, ...]) -> FloatArray:
    """Return the weights of the grades of a unit that is there, by grade of the state, ``(5, n_grades)``.

    Parameters
    ----------
    weights : tuple of float
        Mean weights over all patients; they sum to 1.
    severity : tuple of float
        Share of each of the five grades of the state.
    """
    share = np.array(severity) / sum(severity)
    own = np.linspace(-1, 1, len(weights))
    joint = np.exp(load_parameters()["unit_grade_tilt"] * np.outer(_LEVEL, own))
    for _ in range(_ROUNDS):
        joint *= (np.array(weights) / np.maximum(share @ joint, 1e-300))[None, :]
        joint /= joint.sum(axis=1, keepdims=True)
    return np.asarray(joint)
