"""The library of hypotheses: every disorder, variant, side and severity grade, with its lesions.

It is built once from the disorder tables and does not depend on a case. A *state* is one single
hypothesis. Disorders with several lesions (units) also have *unit states*: one unit, on one
side, at one grade, on top of a state. Given the state, the units are independent; its severity makes them
more or less frequent and severe.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.core import Side
from ranvier.disorders import Catalogue, Disorder, Effect, Lesion, Variant, load_catalogue
from ranvier.inference.coupling import coupled_grades, coupled_inclusion
from ranvier.inference.parameters import GRADES, grade_scale, load_parameters
from ranvier.inference.terms import LENGTH_DEPENDENT, TERMINAL, term_mask

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

UNIT_GRADES = (0, 2, 4)
LENGTH_SPECIAL, _TERMINAL_SPECIAL = 1, 2
_N_CLASSES = 4
_SIDES = (Side.LEFT, Side.RIGHT)
_ONE_GRADE = (0.0, 0.0, 1.0, 0.0, 0.0)
"""Severity of a variant whose lesions are all constant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One single hypothesis: disorder, variant, side and severity grade (0 is the mildest)."""

    disorder: str
    variant: str
    side: Side
    grade: int
    log_prior: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An independent lesion of a state: its name, side and chance of being there."""

    state: int
    name: str
    side: Side
    inclusion: float


@dataclass(slots=True)
class _Entries:
    """Lesion rows at their places, in coordinate form: which pattern of the library, which atom."""

    pattern: list[int] = field(default_factory=list)
    atom: list[int] = field(default_factory=list)
    values: list[tuple[float, ...]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, eq=False)
class Library:
    """All states and unit states with their lesions as arrays.

    The rows are the states first, then the unit states; units of one variant with the same lesions on states
    with the same lesions share theirs. An *atom* is a set
    of segments that a lesion covers. A *pattern* is all lesions and effects of a row; many rows share one, since
    variants and severities of a disorder differ in other things than the nerves.

    Attributes
    ----------
    states, units : tuples
        The states in row order.
    unit_state : (n_units,) int
        The state that each unit belongs to.
    unit_row : (n_units, 3) int
        The rows of each unit at `UNIT_GRADES`.
    unit_inclusion : (n_units,) float
        Chance that the unit is there, given its state.
    unit_grade_weight : (n_units, 3) float
        Chance of each of `UNIT_GRADES`, given that it is there.
    unit_only : (n,) int
        States that have no lesion but their units: without any unit there would be no illness.
    atoms : (2 * n_segments, n_atoms) bool
        Which segments each atom covers.
    pattern : (n_rows,) int
        The pattern of each row.
    entry_pattern, atom : (n_entries,) int
        A lesion entry: the pattern it is part of, atom it sits at; in the order of the patterns.
    lesion : (n_entries, 7) float
        loss, block, slow, motor, sensory, small, autonomic; the first three scaled by the grade.
    entry_grade : (n_entries,) int
        The severity grade of each entry.
    special : (n_entries,) int
        1 for length-dependent, 2 for terminal, 0 for lesions at an atom.
    effect_pattern, effect_key : int arrays
        Off-graph effects: pattern and index into `effect_keys`.
    effect_amount : float array
        Scaled by the grade.
    effect_keys : tuple of (channel, target, side)
    log_effects : (3, n_classes, n_entries) float
        Log of the share that each entry leaves, by kind (loss, block, slow) and fibre class.
    base_row : (n_rows,) int
        The state that each row stands on: a state stands on itself. A unit's row holds its own lesion only.
    disorder_row : (n_rows,) int
        Index of the disorder of each row into `disorder_ids`.
    """

    catalogue: Catalogue
    disorder_ids: tuple[str, ...]
    states: tuple[State, ...]
    units: tuple[Unit, ...]
    unit_state: IntArray
    unit_row: IntArray
    unit_inclusion: FloatArray
    unit_grade_weight: FloatArray
    unit_only: IntArray
    atoms: NDArray[np.bool_]
    pattern: IntArray
    entry_pattern: IntArray
    atom: IntArray
    lesion: FloatArray
    entry_grade: IntArray
    special: IntArray
    effect_pattern: IntArray
    effect_key: IntArray
    effect_amount: FloatArray
    effect_keys: tuple[tuple[str, str, Side], ...]
    log_effects: NDArray[np.float32]
    base_row: IntArray
    disorder_row: IntArray
    variant_keys: tuple[tuple[str, str], ...]
    variant_row: IntArray

    @property
    def n_states(self) -> int:
        """Number of single hypotheses."""
        return len(self.states)

    @property
    def n_rows(self) -> int:
        """Number of states and unit states."""
        return len(self.base_row)

    @property
    def n_patterns(self) -> int:
        """Number of patterns."""
        return int(self.pattern.max()) + 1

    @cached_property
    def log_prior(self) -> NDArray[np.float64]:
        """Log of the prior of each state, ``(n_states,)``."""
        return np.array([s.log_prior for s in self.states])

    @cached_property
    def alone(self) -> NDArray[np.bool_]:
        """Marks the states that nothing else comes with: nothing is there, ``(n_states,)``."""
        return np.array([self.catalogue.disorders[s.disorder].group == "null" for s in self.states])

    @cached_property
    def setting(self) -> IntArray:
        """Number of the disorder, variant and side of each state, ``(n_states,)``."""
        return _numbered([(s.disorder, s.variant, s.side) for s in self.states])

    @cached_property
    def variant(self) -> IntArray:
        """Number of the disorder and variant of each state, ``(n_states,)``."""
        return _numbered([(s.disorder, s.variant) for s in self.states])

    @cached_property
    def log_company(self) -> NDArray[np.float64]:
        """Log of how much more often than by chance two disorders come together, square and symmetric."""
        number = {id_: n for n, id_ in enumerate(self.disorder_ids)}
        out = np.zeros((len(number), len(number)))
        for pair, factor in self.catalogue.company.items():
            one, other = (number[d] for d in sorted(pair)) if pair <= set(number) else (0, 0)
            out[one, other] = out[other, one] = np.log(factor) if one != other else 0.0
        return out

    @cached_property
    def units_of(self) -> tuple[IntArray, ...]:
        """The units of each state."""
        order = np.argsort(self.unit_state, kind="stable")
        ends = np.searchsorted(self.unit_state[order], np.arange(self.n_states), side="right")
        return tuple(np.split(order, ends[:-1]))

    def hit(self, segments: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell for every row whether one of its lesions, or of the state it stands on, touches some segments.

        Parameters
        ----------
        segments : (2 * n_segments,) bool or float
            Marks the segments.
        """
        at_atom = np.logical_or.reduce(self.atoms[np.asarray(segments) > 0], axis=0)
        with_it = np.zeros(self.n_patterns, dtype=np.bool_)
        with_it[self.entry_pattern[at_atom[self.atom]]] = True
        own = with_it[self.pattern]
        return np.asarray(own | own[self.base_row])


class _Builder:
    """Collects states, units and their entries while walking through the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.scale = grade_scale()
        self.states: list[State] = []
        self.units: list[Unit] = []
        self.unit_lesions: list[tuple[list[Lesion], list[Effect]]] = []
        self.unit_row: list[list[int]] = []
        self.unit_grade_weight: list[FloatArray] = []
        self.base: list[int] = []
        self.rows: dict[tuple[str, str, int, int], int] = {}
        self.atoms: dict[tuple[tuple[str, ...], Side], int] = {}
        self.patterns: dict[tuple[tuple[Lesion, ...], tuple[Effect, ...], Side, int], int] = {}
        self.pattern: list[int] = []
        self.lesions = _Entries()
        self.effects = _Entries()
        self.grades: list[int] = []
        self.special: list[int] = []
        self.effect_keys: dict[tuple[str, str, Side], int] = {}

    def add_variant(self, variant: Variant) -> None:
        disorder = self.catalogue.disorders[variant.disorder]
        lesions = [r for r in self.catalogue.lesions.get(disorder.id, ()) if r.variant in ("*", variant.id)]
        effects = [r for r in self.catalogue.effects.get(disorder.id, ()) if r.variant in ("*", variant.id)]
        own = ([r for r in lesions if not r.unit], [r for r in effects if not r.unit])
        units = _units_of(lesions, effects)
        severity = _severity(disorder, graded=any(not r.constant for r in own[0]) or bool(own[1]), units=bool(units))
        sides = _SIDES if variant.sides == "either" else (Side.BOTH,)
        for side, (grade, share) in product(sides, enumerate(severity)):
            weight = disorder.prior * variant.weight * share / len(sides)
            if weight <= 0:
                continue
            self.states.append(
                State(
                    disorder=disorder.id,
                    variant=variant.id,
                    side=side,
                    grade=grade,
                    log_prior=float(np.log(weight)),
                )
            )
            self.base.append(len(self.states) - 1)
            self.pattern.append(self._pattern(*own, side, grade))
            self._add_units(units, severity, side)

    def _add_units(
        self, units: dict[str, tuple[list[Lesion], list[Effect]]], severity: tuple[float, ...], side: Side
    ) -> None:
        """Add the units of the last state."""
        state, last = len(self.states) - 1, self.states[-1]
        weights = unit_weights(self.catalogue.disorders[last.disorder].severity)
        for name, (lesions, effects) in units.items():
            table = max([r.inclusion for r in lesions] + [r.inclusion for r in effects])
            inclusion = coupled_inclusion(table, severity)[last.grade]
            for unit_side in _SIDES if side is Side.BOTH else (side,):
                self.units.append(Unit(state=state, name=name, side=unit_side, inclusion=float(inclusion)))
                self.unit_lesions.append((lesions, effects))
                self.unit_grade_weight.append(coupled_grades(tuple(weights), severity)[last.grade])

    def finish_units(self) -> None:
        """Give every unit its rows, after all states are known."""
        for unit, (lesions, effects) in zip(self.units, self.unit_lesions, strict=True):
            state = self.states[unit.state]
            rows = []
            for grade in UNIT_GRADES:
                pattern = self._pattern(lesions, effects, unit.side, grade)
                key = (state.disorder, state.variant, self.pattern[unit.state], pattern)
                if key not in self.rows:
                    self.rows[key] = len(self.base)
                    self.base.append(unit.state)
                    self.pattern.append(pattern)
                rows.append(self.rows[key])
            self.unit_row.append(rows)

    def _pattern(self, lesions: list[Lesion], effects: list[Effect], side: Side, grade: int) -> int:
        """Return the pattern of these lesions; its entries are added where it is new."""
        key = (tuple(lesions), tuple(effects), side, grade)
        if key not in self.patterns:
            self.patterns[key] = len(self.patterns)
            self._add_entries(self.patterns[key], lesions, effects, side, grade)
        return self.patterns[key]

    def _add_entries(self, pattern: int, lesions: list[Lesion], effects: list[Effect], side: Side, grade: int) -> None:
        graded = self.scale[grade]
        for lesion in lesions:
            share = 1.0 if lesion.constant else graded
            for terms, special in _split_terms(lesion.terms):
                key = (terms, side)
                self.lesions.pattern.append(pattern)
                self.lesions.atom.append(self.atoms.setdefault(key, len(self.atoms)))
                self.lesions.values.append(_lesion_values(lesion, 1.0 if special == LENGTH_SPECIAL else share, share))
                self.grades.append(grade)
                self.special.append(special)
        for effect in effects:
            effect_key = (effect.channel, effect.target, side)
            self.effects.pattern.append(pattern)
            self.effects.atom.append(self.effect_keys.setdefault(effect_key, len(self.effect_keys)))
            self.effects.values.append((effect.amount * graded,))


def _units_of(lesions: list[Lesion], effects: list[Effect]) -> dict[str, tuple[list[Lesion], list[Effect]]]:
    """Return the lesions and effects of each unit by its name."""
    names = dict.fromkeys([r.unit for r in lesions if r.unit] + [r.unit for r in effects if r.unit])
    return {name: ([r for r in lesions if r.unit == name], [r for r in effects if r.unit == name]) for name in names}


def _severity(disorder: Disorder, *, graded: bool, units: bool) -> tuple[float, ...]:
    """Return the share of each grade: three of them where only the units have grades."""
    if graded:
        return disorder.severity
    if not units:
        return _ONE_GRADE
    few, usual, many = (float(w) for w in unit_weights(disorder.severity))
    return (few, 0.0, usual, 0.0, many)


def _lesion_values(lesion: Lesion, loss_share: float, share: float) -> tuple[float, ...]:
    return (
        lesion.loss * loss_share,
        lesion.block * share,
        lesion.slow * share,
        lesion.motor,
        lesion.sensory,
        lesion.small,
        lesion.autonomic,
    )


def _split_terms(terms: tuple[str, ...]) -> list[tuple[tuple[str, ...], int]]:
    """Separate the special terms of a lesion from those that name places."""
    parts: list[tuple[tuple[str, ...], int]] = []
    places = tuple(t for t in terms if t not in (LENGTH_DEPENDENT, TERMINAL))
    if places:
        parts.append((places, 0))
    if LENGTH_DEPENDENT in terms:
        parts.append(((LENGTH_DEPENDENT,), LENGTH_SPECIAL))
    if TERMINAL in terms:
        parts.append(((TERMINAL,), _TERMINAL_SPECIAL))
    return parts


@cache
def load_library() -> Library:
    """Return the library of all hypotheses of the packaged disorder tables."""
    return build_library(load_catalogue())


def build_library(catalogue: Catalogue) -> Library:
    """Return the library of all hypotheses of a catalogue."""
    builder = _Builder(catalogue)
    for disorder in catalogue.disorders:
        for variant in catalogue.variants[disorder]:
            builder.add_variant(variant)
    builder.finish_units()
    ids = tuple(catalogue.disorders)
    variant_keys = tuple(dict.fromkeys((s.disorder, s.variant) for s in builder.states))
    number = {id_: n for n, id_ in enumerate(ids)}
    variant_number = {key: n for n, key in enumerate(variant_keys)}
    lesions, effects = builder.lesions, builder.effects
    filled = set(lesions.pattern) | set(effects.pattern)
    return Library(
        catalogue=catalogue,
        disorder_ids=ids,
        states=tuple(builder.states),
        units=tuple(builder.units),
        unit_state=np.array([u.state for u in builder.units], dtype=np.intp),
        unit_row=np.array(builder.unit_row, dtype=np.intp).reshape(-1, len(UNIT_GRADES)),
        unit_inclusion=np.array([u.inclusion for u in builder.units]),
        unit_grade_weight=np.array(builder.unit_grade_weight).reshape(-1, len(UNIT_GRADES)),
        unit_only=np.array(
            sorted({u.state for u in builder.units if builder.pattern[u.state] not in filled}), dtype=np.intp
        ),
        atoms=_atom_matrix(builder.atoms),
        pattern=np.array(builder.pattern, dtype=np.intp),
        entry_pattern=np.array(lesions.pattern, dtype=np.intp),
        atom=np.array(lesions.atom, dtype=np.intp),
        lesion=np.array(lesions.values).reshape(-1, 7),
        entry_grade=np.array(builder.grades, dtype=np.intp),
        special=np.array(builder.special, dtype=np.intp),
        effect_pattern=np.array(effects.pattern, dtype=np.intp),
        effect_key=np.array(effects.atom, dtype=np.intp),
        effect_amount=np.array([v[0] for v in effects.values]),
        effect_keys=tuple(builder.effect_keys),
        log_effects=log_effects(np.array(lesions.values).reshape(-1, 7)),
        base_row=np.array(builder.base, dtype=np.intp),
        disorder_row=np.array([number[builder.states[s].disorder] for s in builder.base], dtype=np.intp),
        variant_keys=variant_keys,
        variant_row=np.array(
            [variant_number[builder.states[s].disorder, builder.states[s].variant] for s in builder.base],
            dtype=np.intp,
        ),
    )


def _atom_matrix(atoms: dict[tuple[tuple[str, ...], Side], int]) -> NDArray[np.bool_]:
    return np.ascontiguousarray(np.array([term_mask(terms, side) for terms, side in atoms]).T)


def log_effects(lesion: FloatArray) -> NDArray[np.float32]:
    """Return the log share that lesions leave, by kind (loss, block, slow) and fibre class.

    Parameters
    ----------
    lesion : (n_entries, 7) float
        As in `Library`.

    Returns
    -------
    (3, n_classes, n_entries) float
    """
    worst = load_parameters()["worst_loss"]
    share = lesion[:, :3].T[:, None, :] * lesion[:, 3 : 3 + _N_CLASSES].T[None, :, :]
    return np.asarray(np.log1p(-np.minimum(share, worst)), dtype=np.float32)


def unit_weights(severity: tuple[float, ...]) -> FloatArray:
    """Return the weights of `UNIT_GRADES`: the five severity weights gathered into three."""
    if len(severity) != GRADES:
        raise ValueError(f"severity must have {GRADES} weights (got {len(severity)})")
    gathered = np.array(
        [
            severity[0] + severity[1] / 2,
            severity[1] / 2 + severity[2] + severity[3] / 2,
            severity[3] / 2 + severity[4],
        ]
    )
    return np.asarray(gathered / gathered.sum())


def _numbered(names: Sequence[Hashable]) -> IntArray:
    """Number names in the order in which they first come."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.intp)
