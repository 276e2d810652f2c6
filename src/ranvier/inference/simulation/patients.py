"""Simulated patients: hypotheses drawn from the library, with age, sex and time course.

Everything is drawn from the same tables that the inference reads. A simulated patient is called simulated
wherever it goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranvier.case import Case, Course, Onset, Patient, Setting, Tempo
from ranvier.core import Side, UnknownNameError, read_table
from ranvier.disorders import COURSES, TEMPOS, Disorder
from ranvier.inference.background import setting_log_ratio, share_so_late
from ranvier.inference.library import UNIT_GRADES, Library
from ranvier.inference.parameters import load_parameters

FloatArray = NDArray[np.float64]

_TRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPatient:
    """One simulated patient.

    Attributes
    ----------
    case : Case
        Patient, onset and setting; nothing else.
    states : tuple of int
        States of the library that are there together, the main one first.
    rows : tuple of int
        Rows of the library that add up to the patient's nerves: the states and their units.
    """

    case: Case
    states: tuple[int, ...]
    rows: tuple[int, ...]

    def disorders(self, library: Library) -> tuple[str, ...]:
        """Return the ids of the disorders, the main one first."""
        return tuple(library.states[s].disorder for s in self.states)

    def side(self, library: Library) -> Side:
        """Return the ill side: that of the main state, or the right one where both are."""
        side = library.states[self.states[0]].side
        return side if side in (Side.LEFT, Side.RIGHT) else Side.RIGHT


class Population:
    """Draws patients.

    Parameters
    ----------
    library : Library
        All hypotheses.
    setting : Setting
        Where the patients are seen: it sets how common each disorder is.
    disorders : mapping of str to float, optional
        Share of each disorder, instead of the shares of the setting.
    variants : mapping of str to str, optional
        Draw only this variant of a disorder.
    side : Side, optional
        Draw one-sided illness on this side only.
    concurrent : bool
        Whether some patients have a second disorder.
    """

    def __init__(
        self,
        library: Library,
        setting: Setting,
        *,
        disorders: Mapping[str, float] | None = None,
        variants: Mapping[str, str] | None = None,
        side: Side | None = None,
        concurrent: bool = False,
    ) -> None:
        self.library = library
        self.setting = setting
        catalogue = library.catalogue.disorders
        for name in disorders or ():
            if name not in catalogue:
                raise UnknownNameError("disorder", name, catalogue)
        ratio = {d: setting_log_ratio(row, setting) for d, row in catalogue.items()}
        weight = np.exp(np.array([s.log_prior + ratio[s.disorder] for s in library.states]))
        if variants:
            weight *= [variants.get(s.disorder, s.variant) == s.variant for s in library.states]
        if side is not None:
            weight *= [s.side in (side, Side.BOTH) for s in library.states]
        of_disorder = library.disorder_row[: library.n_states]
        if disorders is not None:
            total = np.bincount(of_disorder, weights=weight, minlength=len(catalogue))
            share = np.array([disorders.get(d, 0.0) for d in library.disorder_ids])
            weight = weight * np.divide(share, total, out=np.zeros_like(total), where=total > 0)[of_disorder]
        self._weight = weight / weight.sum()
        self._of_disorder = of_disorder
        self._alone = np.array([catalogue[s.disorder].group == "null" for s in library.states])
        self._company = np.exp(library.log_company)
        self._units: dict[int, list[int]] = {}
        for unit, state in enumerate(library.unit_state.tolist()):
            self._units.setdefault(state, []).append(unit)
        self._second = self._chance_of_second() if concurrent else 0.0
        self._unit_only = frozenset(library.unit_only.tolist())

    def draw(self, rng: np.random.Generator, n: int) -> list[SimulatedPatient]:
        """Return `n` simulated patients."""
        first = rng.choice(len(self._weight), size=n, p=self._weight)
        return [self._patient(rng, int(state)) for state in first]

    def _chance_of_second(self) -> float:
        """Return the share of patients with two disorders under the prior of the inference."""
        n = len(self.library.disorder_ids)
        shares = np.bincount(self._of_disorder, weights=self._weight * ~self._alone, minlength=n)
        together = np.outer(shares, shares) * self._company
        pairs = load_parameters()["pair_prior"] * 0.5 * float(together.sum() - np.trace(together))
        return float(pairs / (1 + pairs))

    def _patient(self, rng: np.random.Generator, state: int) -> SimulatedPatient:
        states = [state]
        if self._second > 0 and rng.random() < self._second:
            states = self._pair(rng)
        rows = [row for s in states for row in (s, *self._draw_units(rng, s))]
        teller = self.library.catalogue.disorders[self.library.states[int(rng.choice(states))].disorder]
        return SimulatedPatient(case=self._case(rng, teller), states=tuple(states), rows=tuple(rows))

    def _pair(self, rng: np.random.Generator) -> list[int]:
        """Return two states of different disorders, neither of them "nothing"."""
        weight = self._weight * ~self._alone
        weight = weight / weight.sum()
        while True:
            one, other = (int(s) for s in rng.choice(len(weight), size=2, p=weight))
            a, b = self._of_disorder[one], self._of_disorder[other]
            if a != b and rng.random() < self._company[a, b] / self._company.max():
                return [one, other]

    def _draw_units(self, rng: np.random.Generator, state: int) -> list[int]:
        """Return rows of the units that are there, each at a grade of its own."""
        units = self._units.get(state, [])
        library = self.library
        for _ in range(_TRIES):
            there = [u for u in units if rng.random() < library.unit_inclusion[u]]
            if there or state not in self._unit_only:
                break
        else:
            chances = library.unit_inclusion[units]
            there = [units[int(rng.choice(len(units), p=chances / chances.sum()))]]
        grades = [int(rng.choice(len(UNIT_GRADES), p=library.unit_grade_weight[u])) for u in there]
        return [int(library.unit_row[u, g]) for u, g in zip(there, grades, strict=True)]

    def _case(self, rng: np.random.Generator, disorder: Disorder) -> Case:
        p = load_parameters()
        for _ in range(_TRIES):
            onset = _onset(rng, disorder, p["tempo_lapse"])
            if rng.random() < share_so_late(disorder.id, onset):
                break
        women = min(max(disorder.female_share, p["age_tail"]), 1 - p["age_tail"])
        patient = Patient(age_y=_age(rng, disorder), sex="female" if rng.random() < women else "male")
        return Case(id="simulated", patient=patient, onset=onset, setting=self.setting)


def _onset(rng: np.random.Generator, disorder: Disorder, lapse: float) -> Onset:
    tempo = _drawn(rng, disorder.tempo, lapse)
    return Onset(
        duration_days=_duration(rng, tempo),
        tempo=Tempo(TEMPOS[tempo]),
        course=Course(COURSES[_drawn(rng, disorder.course, lapse)]),
    )


def _drawn(rng: np.random.Generator, weights: Sequence[float], lapse: float) -> int:
    chances = np.array(weights) * (1 - lapse) + lapse / len(weights)
    return int(rng.choice(len(chances), p=chances / chances.sum()))


def _age(rng: np.random.Generator, disorder: Disorder) -> float:
    p = load_parameters()
    for _ in range(_TRIES):
        own = rng.random() >= p["age_tail"]
        mean, sd = (disorder.age_mean_y, disorder.age_sd_y) if own else (p["age_mean"], p["age_sd"])
        age = rng.normal(mean, sd)
        if p["age_youngest"] <= age <= p["age_oldest"]:
            break
    return round(float(np.clip(age, p["age_youngest"], p["age_oldest"])))


def _duration(rng: np.random.Generator, tempo: int) -> float:
    """Return a typical duration of the bin that was drawn: few values, so that patients share them."""
    rows = read_table("ranvier.inference", "durations.csv", ("typical_days", *TEMPOS))
    chances = np.array([float(row[TEMPOS[tempo]]) for row in rows])
    return float(rows[int(rng.choice(len(rows), p=chances / chances.sum()))]["typical_days"])
