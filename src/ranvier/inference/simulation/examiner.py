"""What tests of simulated patients find: readings, features and images drawn from the reading models.

Readings of one observable share part of their error, and features of one correlation group share theirs,
as the inference assumes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from ranvier.case import load_vocabulary
from ranvier.core import Finding, Side
from ranvier.inference.channels import timing
from ranvier.inference.features import feature_mask, feature_ratios
from ranvier.inference.images import ImageModel, detection, is_old
from ranvier.inference.items import ANY_CHANGE, Item, on_side
from ranvier.inference.missing import missing_share
from ranvier.inference.mixing import gathered
from ranvier.inference.nerves import Nerves
from ranvier.inference.observations import IMAGE_PREFIX
from ranvier.inference.parameters import load_parameters
from ranvier.inference.readings import Reader, probes_of
from ranvier.inference.simulation.patients import SimulatedPatient

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

_NODES = 40


@dataclass(frozen=True, slots=True)
class Look:
    """One item on one side."""

    item: Item
    side: Side

    def finding(self, grade: int, number: int) -> Finding:
        """Return what was found."""
        return self.item.finding(on_side(self.item, self.side), grade, number)


class Examiner:
    """Examines simulated patients.

    Parameters
    ----------
    nerves : Nerves
        Library, graph, and the forward models.
    rng : numpy.random.Generator
        Source of all chance.
    """

    def __init__(self, nerves: Nerves, rng: np.random.Generator) -> None:
        self._nerves = nerves
        self._library = nerves.library
        self._rng = rng
        self._groups = {id_: f.correlation_group for id_, f in load_vocabulary().features.items()}

    def grades(self, patients: Sequence[SimulatedPatient], looks: Sequence[Look]) -> IntArray:
        """Return what each look finds in each patient, ``(n_patients, n_looks)``: grades, or 1 for present."""
        out = np.zeros((len(patients), len(looks)), dtype=np.intp)
        shared = self._shared_error(len(patients))
        for column, look in enumerate(looks):
            noise = shared(look)
            if look.item.is_reading:
                out[:, column] = self._read(patients, look, noise)
            else:
                out[:, column] = noise < ndtri(np.clip(self.chance(patients, look), 1e-12, 1 - 1e-12))
        return out

    def findings(self, patients: Sequence[SimulatedPatient], looks: Sequence[Look]) -> list[tuple[Finding, ...]]:
        """Return the findings of each patient."""
        grades = self.grades(patients, looks)
        return [
            tuple(look.finding(int(g), i) for i, (look, g) in enumerate(zip(looks, row, strict=True))) for row in grades
        ]

    def chance(self, patients: Sequence[SimulatedPatient], look: Look) -> FloatArray:
        """Return the chance that a feature or an image is present in each patient."""
        name = look.item.observable
        library = self._library
        if name == IMAGE_PREFIX + ANY_CHANGE:
            return self._any_change(patients, look)
        observation = look.item.observation(on_side(look.item, look.side), 1)
        mask = feature_mask(observation.finding)
        hit = library.hit(mask) if mask is not None else np.ones(library.n_rows, dtype=np.bool_)
        if not name.startswith(IMAGE_PREFIX):
            return self._feature(patients, name, hit)
        ages = {is_old(p.case.patient.age_y): p.case.patient.age_y for p in patients}
        known = {old: ImageModel(library, age).chance(observation, hit) for old, age in ages.items()}
        drawn = ((p, *known[is_old(p.case.patient.age_y)]) for p in patients)
        return np.array([_either(of_row, hit, base, p, library.n_states) for p, base, of_row in drawn])

    def _feature(self, patients: Sequence[SimulatedPatient], name: str, hit: BoolArray) -> FloatArray:
        """Return the chance that a feature is present in each patient, by the day of illness where it matters."""
        library = self._library
        base = library.catalogue.base_rates[name].probability
        changes = any(feature == name for _, feature in library.catalogue.time_courses)
        out = np.zeros(len(patients))
        groups = _by_duration(patients) if changes else {None: list(range(len(patients)))}
        for days, members in groups.items():
            known = feature_ratios(library, name, days)
            here = base * np.exp(known.present)
            elsewhere = np.where(known.at_lesion, base, here)
            of_row = np.where(hit, here[library.variant_row], elsewhere[library.variant_row])
            out[members] = [_either(of_row, hit, base, patients[i], library.n_states) for i in members]
        return out

    def _any_change(self, patients: Sequence[SimulatedPatient], look: Look) -> FloatArray:
        """Return the chance that imaging shows any of the signs that a patient's disorders make."""
        library = self._library
        chances: dict[int, float] = {}
        for number, (disorder, variant) in enumerate(library.variant_keys):
            signs = library.catalogue.structure.get(disorder, ())
            each = [detection(s, look.item.modality) for s in signs if s.variant in ("*", variant)]
            chances[number] = any_of(each, load_parameters()["group_rho"])
        return np.array([max(chances[int(library.variant_row[s])] for s in p.states) for p in patients])

    def _read(self, patients: Sequence[SimulatedPatient], look: Look, noise: FloatArray) -> IntArray:
        observation = look.item.observation(look.side, 0)
        model = observation.model
        if model is None:
            raise ValueError(f"{look.item.text} is not a reading")
        x = self.deficits(patients, look)
        wide = model.sd * load_parameters()["lapse_widening"]
        sd = np.where(self._rng.random(len(patients)) < model.lapse, wide, model.sd)
        grade = np.searchsorted(np.array(model.cuts), x + sd * noise, side="left")
        share = [missing_share(observation.finding, p.case.patient.age_y) for p in patients]
        missing = self._rng.random(len(patients)) < np.array(share)
        return np.where(missing, len(model.cuts), grade).astype(np.intp)

    def deficits(self, patients: Sequence[SimulatedPatient], look: Look) -> FloatArray:
        """Return the channel value behind a reading in each patient, ``(n_patients,)``."""
        observation = look.item.observation(look.side, 0)
        model = self._nerves.model(probes_of(observation), None)
        out = np.zeros(len(patients))
        for days, members in _by_duration(patients).items():
            mix = gathered([np.array(patients[i].rows, dtype=np.intp) for i in members])
            out[members] = Reader(model, mix, timing(days)).read(observation)[1]
        return out

    def _shared_error(self, n: int) -> Callable[[Look], FloatArray]:
        """Return a function that draws the error of a look, part of it shared within its group."""
        p, rng = load_parameters(), self._rng
        common: dict[str, FloatArray] = {}

        def draw(look: Look) -> FloatArray:
            group = look.item.observable
            rho = p["group_rho"]
            if look.item.is_reading:
                model = look.item.observation(look.side, 0).model
                rho = model.rho if model is not None else 0.0
            else:
                group = self._groups.get(group, "")
            own = rng.standard_normal(n)
            if not group:
                return own
            if group not in common:
                common[group] = rng.standard_normal(n)
            return np.asarray(np.sqrt(rho) * common[group] + np.sqrt(1 - rho) * own)

        return draw


def any_of(chances: Sequence[float], rho: float) -> float:
    """Return the chance that at least one of some correlated signs is seen.

    Each is seen when a normal variate stays below its quantile; the variates share a part `rho` of their variance.

    Parameters
    ----------
    chances : sequence of float
        Of each sign alone.
    rho : float
        Correlation in [0, 1).

    Examples
    --------
    >>> round(any_of([0.5, 0.5], 0.0), 3), round(any_of([0.5], 0.6), 3), any_of([], 0.6)
    (0.75, 0.5, 0.0)
    """
    seen = np.array([c for c in chances if c > 0])
    if not len(seen):
        return 0.0
    nodes, weights = hermegauss(_NODES)
    shared = np.sqrt(rho) * nodes[:, None]
    missed = np.prod(1 - ndtr((ndtri(np.minimum(seen, 1 - 1e-9)) - shared) / np.sqrt(1 - rho)), axis=1)
    return float(1 - (weights / weights.sum()) @ missed)


def _by_duration(patients: Sequence[SimulatedPatient]) -> Mapping[float | None, list[int]]:
    groups: dict[float | None, list[int]] = {}
    for number, patient in enumerate(patients):
        groups.setdefault(patient.case.onset.duration_days, []).append(number)
    return groups


def _either(of_row: FloatArray, hit: BoolArray, base: float, patient: SimulatedPatient, n_states: int) -> float:
    """Return the chance that any of a patient's disorders, or chance itself, brings a feature.

    Within one disorder the row that reaches furthest counts: its units are not further disorders.
    """
    chances: list[float] = []
    for row in patient.rows:
        if row < n_states:
            chances.append(float(of_row[row]))
        else:
            chances[-1] = max(chances[-1], float(of_row[row])) if hit[row] else chances[-1]
    total = chances[0]
    for other in chances[1:]:
        total = max(1 - (1 - total) * (1 - other) / (1 - base), min(total, other))
    return total
