"""Exact posterior over single hypotheses, with independent units summed out.

A disorder with units (say, vasculitis with its nerves) has two to the power of its units
configurations. Given the severity, the units are independent, and each observation is read as
bearing on the one unit that moves it most, so the sum over configurations is a product over units:
each is either absent, or present at one of three grades.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from ranvier.inference.evidence import Evidence
from ranvier.inference.library import UNIT_GRADES, Library

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_NO_UNIT = -1
_BEARS = 0.02
_LIKELY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Singles:
    """Scores of all single hypotheses.

    Attributes
    ----------
    score : (n_states,) float
        Log of prior times likelihood.
    unit_probability : (n_units,) float
        Chance that each unit is present, given its state.
    unit_grade : (n_units,) int
        Most probable of the unit grades, as an index into `UNIT_GRADES`.
    assigned : (n_states, n_observations) int
        The unit that each observation is read against, -1 for none.
    joint : mapping of int to (n_observations,) float
        For states whose units were added up: the log likelihoods with the probable units fixed.
    """

    score: FloatArray
    unit_probability: FloatArray
    unit_grade: IntArray
    assigned: IntArray
    joint: Mapping[int, FloatArray] = field(default_factory=dict)

    def rows(self, library: Library, states: IntArray) -> IntArray:
        """Return the rows of the library that add up to each state with its probable units.

        Parameters
        ----------
        library : Library
            All hypotheses.
        states : (n,) int
            Rising.

        Returns
        -------
        (1 + n_most, n) int
            The state itself, then its probable units, -1 for none.
        """
        if not library.units:
            return states[None, :].astype(np.intp)
        units = np.flatnonzero((self.unit_probability > _LIKELY) & np.isin(library.unit_state, states))
        units = units[np.argsort(library.unit_state[units], kind="stable")]
        owner = np.searchsorted(states, library.unit_state[units])
        count = np.bincount(owner, minlength=len(states))
        place = np.arange(len(units)) - (np.cumsum(count) - count)[owner]
        out = np.full((1 + int(count.max(initial=0)), len(states)), _NO_UNIT, dtype=np.intp)
        out[0] = states
        out[1 + place, owner] = library.unit_row[units, self.unit_grade[units]]
        return out

    def rows_of(self, library: Library, state: int) -> IntArray:
        """Return the rows of the library that add up to one state with its probable units, ``(n_rows,)``."""
        return self.rows(library, np.array([state], dtype=np.intp))[:, 0]

    def frozen(self, evidence: Evidence) -> FloatArray:
        """Return the log likelihoods with the probable units fixed, ``(n_states, n_observations)``."""
        library = evidence.library
        out = evidence.log_likelihood[: library.n_states].copy()
        if library.units:
            there = (self.assigned >= 0) & (self.unit_probability > _LIKELY)[self.assigned]
            rows, column = np.nonzero(there)
            unit = self.assigned[rows, column]
            out[rows, column] = evidence.log_likelihood[library.unit_row[unit, self.unit_grade[unit]], column]
        for state, together in self.joint.items():
            out[state] = together
        return out


def assign_units(evidence: Evidence) -> IntArray:
    """Return for each state and observation the unit that bears on it most, or -1.

    What was found plays no part: only how much each unit, at its worst, would move the reading.
    """
    library = evidence.library
    n_states, n_obs = library.n_states, len(evidence.observations)
    assigned = np.full((n_states, n_obs), _NO_UNIT, dtype=np.intp)
    if not library.units:
        return assigned
    gain = evidence.influence[library.unit_row[:, -1]] - evidence.influence[library.unit_state]
    order = np.argsort(library.unit_state, kind="stable")
    state, first, group = np.unique(library.unit_state[order], return_index=True, return_inverse=True)
    best = np.maximum(np.maximum.reduceat(gain[order], first, axis=0), _BEARS)
    unit, column = np.nonzero(gain[order] >= best[group])
    backwards = slice(None, None, -1)
    assigned[state[group[unit[backwards]]], column[backwards]] = order[unit[backwards]]
    return assigned


def score_singles(evidence: Evidence, assigned: IntArray | None = None) -> Singles:
    """Return the scores of all single hypotheses.

    Parameters
    ----------
    evidence : Evidence
        What the findings say.
    assigned : (n_states, n_observations) int, optional
        From `assign_units`, when already known.
    """
    library = evidence.library
    assigned = assign_units(evidence) if assigned is None else assigned
    n = library.n_states
    weighted = evidence.log_likelihood * evidence.weight
    free = (weighted[:n] * (assigned == _NO_UNIT)).sum(axis=1)
    prior = library.log_prior
    score = prior + evidence.surroundings[library.disorder_row[:n]] + free
    if not library.units:
        empty = np.zeros(0)
        return Singles(score=score, unit_probability=empty, unit_grade=empty.astype(np.intp), assigned=assigned)
    absent, grades = _unit_terms(library, weighted, assigned)
    inclusion = library.unit_inclusion
    without = np.log1p(-inclusion) + absent
    present = np.log(inclusion) + logsumexp(grades, axis=1)
    either = np.logaddexp(without, present)
    total = np.zeros(n)
    np.add.at(total, library.unit_state, either)
    total = _not_without_any(library, total, without, inclusion)
    return Singles(
        score=score + total,
        unit_probability=np.exp(present - either),
        unit_grade=grades.argmax(axis=1).astype(np.intp),
        assigned=assigned,
    )


def _unit_terms(library: Library, weighted: FloatArray, assigned: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the log likelihood of each unit's observations without it and with it at each grade."""
    units = np.arange(len(library.units))
    mine = assigned[library.unit_state] == units[:, None]
    absent = (weighted[library.unit_state] * mine).sum(axis=1)
    each = range(len(UNIT_GRADES))
    with_unit = np.stack([(weighted[library.unit_row[:, g]] * mine).sum(axis=1) for g in each], axis=1)
    return absent, with_unit + np.log(library.unit_grade_weight + 1e-12)


def _not_without_any(library: Library, total: FloatArray, without: FloatArray, inclusion: FloatArray) -> FloatArray:
    """Take out the configuration with no unit at all where there would be no illness without one."""
    states = library.unit_only
    if not len(states):
        return total
    none = np.zeros(library.n_states)
    np.add.at(none, library.unit_state, without)
    log_none = np.zeros(library.n_states)
    np.add.at(log_none, library.unit_state, np.log1p(-inclusion))
    out = total.copy()
    rest = np.maximum(-np.expm1(np.minimum(none[states] - total[states], -1e-9)), 1e-12)
    possible = np.maximum(-np.expm1(np.minimum(log_none[states], -1e-9)), 1e-12)
    out[states] = total[states] + np.log(rest) - np.log(possible)
    return out
