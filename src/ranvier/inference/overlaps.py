"""Overlapping lesions of one disorder: several affected nerves that weaken the same muscle.

`score_singles` reads each observation against the one lesion that bears on it most. For the hypotheses that could
matter, this module lets the lesions add up: it looks for the most probable set of lesions by changing one at
a time, and sums over what each of them could be while the others stay.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from ranvier.inference.evidence import Evidence
from ranvier.inference.library import UNIT_GRADES
from ranvier.inference.mixing import Mix
from ranvier.inference.parameters import load_parameters
from ranvier.inference.readings import Readers
from ranvier.inference.singles import Singles

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_OPTIONS = len(UNIT_GRADES) + 1
_NONE = -1
_ENOUGH = 1e-3
_TIE = 1e-4
_BEARS = 0.02


class Overlaps:
    """The lesions of the hypotheses that could matter, added up.

    Parameters
    ----------
    evidence : Evidence
        What the findings say.
    singles : Singles
        Scores with each observation read against one lesion.
    """

    def __init__(self, evidence: Evidence, singles: Singles) -> None:
        self._evidence = evidence
        self._library = evidence.library
        self._singles = singles
        self._states = self._worth_while()
        units = np.isin(self._library.unit_state, self._states)
        self._units = np.flatnonzero(units)
        self._owner = np.searchsorted(self._states, self._library.unit_state[self._units])
        self._prior = self._option_prior()
        self._place = self._places()
        self._n_units = int(self._place.max(initial=-1)) + 1

    def refined(self) -> Singles:
        """Return the scores with overlapping lesions added up where that could matter."""
        if not len(self._units):
            return self._singles
        option, everything = self._start(), np.arange(len(self._states))
        alone, gain = self._around(option, everything, np.arange(len(self._units)))
        score, active = self._score(option, alone, everything), everything
        for _ in range(int(load_parameters()["overlap_sweeps"])):
            trial, moved = self._changed(option, gain, active)
            if not len(moved):
                break
            units = np.flatnonzero(np.isin(self._owner, moved))
            tried, gained = self._around(trial, moved, units)
            new = self._score(trial, tried, moved)
            better = new > score[moved] + _ENOUGH
            active = moved[better]
            alone[active], score[active] = tried[better], new[better]
            kept = np.isin(self._owner[units], active)
            option[units[kept]], gain[units[kept]] = trial[units[kept]], gained[kept]
        return self._summed(option, alone, gain)

    def _score(self, option: IntArray, alone: FloatArray, owners: IntArray) -> FloatArray:
        """Return the log of prior times likelihood of some states with their units as they are."""
        prior = np.bincount(
            self._owner, weights=self._prior[np.arange(len(option)), option], minlength=len(self._states)
        )
        return np.asarray(alone @ self._evidence.weight + prior[owners])

    def _worth_while(self) -> IntArray:
        """Return the states with several lesions whose most hopeful score comes near the best one."""
        library, weight = self._library, self._evidence.weight
        p = load_parameters()
        with_units = np.unique(library.unit_state)
        order = np.argsort(library.unit_state, kind="stable")
        starts = np.searchsorted(library.unit_state[order], with_units)
        several = np.diff(starts, append=len(order)) > 1
        hope = self._hope(with_units, order, starts) @ weight
        prior = library.log_prior[with_units]
        total = prior + self._evidence.surroundings[library.disorder_row[with_units]] + hope
        near = several & (total > self._singles.score.max() - p["overlap_margin"])
        count = int(p["overlap_states"])
        least = np.sort(total[near])[-count] if near.sum() > count else -np.inf
        chosen = near & (total >= least - _TIE)
        return np.sort(with_units[chosen]).astype(np.intp)

    def _hope(self, states: IntArray, order: IntArray, starts: IntArray) -> FloatArray:
        """Return the best that each observation could do under each state, ``(n, n_observations)``.

        A reading that some unit bears on could come out as well as under any hypothesis at all, since lesions
        add up; features and images do as well as under the best unit.
        """
        library, evidence = self._library, self._evidence
        best = np.maximum.reduce([evidence.log_likelihood[rows] for rows in library.unit_row.T])
        moves = np.maximum.reduce([evidence.influence[rows] for rows in library.unit_row.T])
        moves = moves - evidence.influence[library.unit_state] > _BEARS
        n = evidence.n_readings
        everywhere = evidence.log_likelihood[:, :n].max(axis=0)
        best[:, :n] = np.where(moves[:, :n], everywhere, best[:, :n])
        return np.maximum(np.maximum.reduceat(best[order], starts, axis=0), evidence.log_likelihood[states])

    def _option_prior(self) -> FloatArray:
        """Return the log prior of each unit being absent or present at each grade, ``(n_units, 4)``."""
        library = self._library
        inclusion, weights = library.unit_inclusion[self._units], library.unit_grade_weight[self._units]
        absent = np.log1p(-np.minimum(inclusion, 1 - 1e-9))[:, None]
        return np.concatenate([absent, np.log(inclusion[:, None] * weights + 1e-12)], axis=1)

    def _places(self) -> IntArray:
        """Return where each unit stands among those of its state."""
        place = np.zeros(len(self._units), dtype=np.intp)
        for owner in range(len(self._states)):
            mine = np.flatnonzero(self._owner == owner)
            place[mine] = np.arange(len(mine))
        return place

    def _start(self) -> IntArray:
        """Return the option of each unit that the single reading finds most probable."""
        there = self._singles.unit_probability[self._units] > 0.5
        return np.where(there, self._singles.unit_grade[self._units] + 1, 0).astype(np.intp)

    def _row(self, unit: IntArray, option: IntArray) -> IntArray:
        row = self._library.unit_row[self._units[unit], np.maximum(option - 1, 0)]
        return np.where(option > 0, row, _NONE)

    def _rows_of(self, option: IntArray, owners: IntArray) -> IntArray:
        """Return the rows of some states with their units, ``(1 + n_units, n)``, -1 for none."""
        rows = np.full((1 + self._n_units, len(self._states)), _NONE, dtype=np.intp)
        rows[0] = self._states
        rows[1 + self._place, self._owner] = self._row(np.arange(len(self._units)), option)
        return rows[:, owners]

    def _likelihood(self, rows: IntArray) -> FloatArray:
        """Return the log likelihood of every observation under sums of rows, ``(n_sums, n_observations)``."""
        evidence = self._evidence
        out = np.empty((rows.shape[1], len(evidence.observations)))
        readers = Readers(Mix(terms=rows), evidence.when)
        for column, (reading, model) in enumerate(zip(evidence.readings(), evidence.models, strict=True)):
            out[:, column] = readers.read(reading, model)[0]
        rest = slice(evidence.n_readings, None)
        if evidence.n_readings < len(evidence.observations):
            out[:, rest] = self._off_graph(rows, rest)
        return out

    def _off_graph(self, rows: IntArray, rest: slice) -> FloatArray:
        """Return the likelihood of features and images: that of the first row whose lesion is at the place."""
        likelihood, hit = self._evidence.log_likelihood[:, rest], self._evidence.influence[:, rest] > 0
        values = likelihood[rows[0]]
        found = hit[rows[0]]
        for terms in rows[1:]:
            new = (terms >= 0)[:, None] & hit[terms] & ~found
            values = np.where(new, likelihood[terms], values)
            found |= new
        return np.asarray(values)

    def _around(self, option: IntArray, owners: IntArray, units: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return the likelihoods of some states as they are, and what changing one of their units brings.

        Parameters
        ----------
        option : (n_units,) int
            What each unit is now.
        owners, units : int arrays
            The states, and their units.

        Returns
        -------
        alone : (n_owners, n_observations) float
        gain : (n_units_of_owners, 4) float
            Change of the log of prior times likelihood by each option of each unit.
        """
        unit, other = np.nonzero(np.arange(_OPTIONS)[None, :] != option[units, None])
        changed = self._rows_of(option, self._owner[units[unit]])
        changed[1 + self._place[units[unit]], np.arange(len(unit))] = self._row(units[unit], other)
        found = self._likelihood(np.concatenate([self._rows_of(option, owners), changed], axis=1))
        alone, score = found[: len(owners)], found @ self._evidence.weight
        now = np.searchsorted(owners, self._owner[units])
        gain = np.zeros((len(units), _OPTIONS))
        gain[unit, other] = score[len(owners) :] - score[now[unit]]
        chosen = self._prior[units, option[units]]
        return alone, gain + self._prior[units] - chosen[:, None]

    def _changed(self, option: IntArray, gain: FloatArray, owners: IntArray) -> tuple[IntArray, IntArray]:
        """Change in each of some states the unit that gains most, and those that gain as much.

        Units that gain the same are the same on either side: changing them together prefers no side.

        Returns
        -------
        option : (n_units,) int
        owners : (n_changed,) int
            The states in which something would gain.
        """
        best = gain.max(axis=1)
        top = np.full(len(self._states), -np.inf)
        np.maximum.at(top, self._owner, best)
        moved = owners[top[owners] > _ENOUGH]
        change = np.isin(self._owner, moved) & (best > top[self._owner] - _TIE)
        return np.where(change, gain.argmax(axis=1), option), moved

    def _summed(self, option: IntArray, alone: FloatArray, gain: FloatArray) -> Singles:
        """Sum over what each unit could be while the others stay.

        Where either of two units would gain, but not both (a side that nobody named), the gain counts once.
        """
        library, singles = self._library, self._singles
        either = np.zeros(len(self._states))
        np.maximum.at(either, self._owner, gain.max(axis=1))
        gain = np.minimum(gain, 0.0)
        total = np.zeros(len(self._states))
        np.add.at(total, self._owner, self._prior[np.arange(len(option)), option] + logsumexp(gain, axis=1))
        prior = library.log_prior[self._states]
        score = singles.score.copy()
        background = self._evidence.surroundings[library.disorder_row[self._states]]
        own = prior + background + alone @ self._evidence.weight + total + either
        score[self._states] = own - self._some_unit()
        probability, grade = singles.unit_probability.copy(), singles.unit_grade.copy()
        share = np.exp(gain - logsumexp(gain, axis=1)[:, None])
        probability[self._units] = 1 - share[:, 0]
        grade[self._units] = np.where(option > 0, option - 1, share[:, 1:].argmax(axis=1))
        return replace(
            singles,
            score=score,
            unit_probability=probability,
            unit_grade=grade,
            joint=dict(zip(self._states.tolist(), alone, strict=True)),
        )

    def _some_unit(self) -> FloatArray:
        """Return the log chance that there is any unit, where there is no illness without one."""
        library = self._library
        none = np.zeros(len(self._states))
        np.add.at(none, self._owner, self._prior[:, 0])
        needed = np.isin(self._states, library.unit_only)
        return np.asarray(np.where(needed, np.log(np.maximum(-np.expm1(np.minimum(none, -1e-9)), 1e-12)), 0.0))


def with_overlaps(evidence: Evidence, singles: Singles) -> Singles:
    """Return the scores with overlapping lesions added up where that could matter."""
    return Overlaps(evidence, singles).refined() if evidence.n_readings else singles
