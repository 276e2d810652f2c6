"""The forward model: from lesions to the state of each stretch of nerve that a reading looks at.

For every hypothesis (row of the library) and every probe it gives log deficits and slowing. Axonal
survival multiplies along a path, so log-survival adds over lesions; that is what makes sets of
concurrent disorders cheap. Only the rows that reach a probe are kept; under all others the nerves
are healthy.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ranvier.anatomy import NerveGraph
from ranvier.core import Side
from ranvier.electrodiagnosis import load_studies
from ranvier.inference.library import Library
from ranvier.inference.mixing import Mix
from ranvier.inference.parameters import GRADES, load_parameters
from ranvier.inference.probes import Probe, ProbeKind, ProbeSet

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.intp]

EFFECT_CHANNELS = ("myopathy", "nmj", "umn", "central_sensory", "functional")
_LOSS, _BLOCK, _SLOW = range(3)
_HEALTHY = -1
"""Stands for no pattern: the last place of each table, which is zero."""
_FEW_TERMS = 3
_FIELDS: Mapping[str, tuple[int, str, bool]] = {
    "log_survival": (_LOSS, "loss", True),
    "log_conducting": (_BLOCK, "block", True),
    "log_distal": (_BLOCK, "distal", True),
    "log_between": (_BLOCK, "between", False),
    "log_fast_whole": (_SLOW, "block", True),
    "log_fast_distal": (_SLOW, "distal", True),
    "log_fast_between": (_SLOW, "between", False),
}
"""For each field the kind of lesion, the mask of the path, and whether lesions without a place count."""


class ForwardModel:
    """The nerves that some probes look at, under every hypothesis of the library.

    Parameters
    ----------
    library : Library
        All hypotheses.
    probes : ProbeSet
        What is looked at.
    graph : NerveGraph
        The nerve graph.
    """

    def __init__(self, library: Library, probes: ProbeSet, graph: NerveGraph) -> None:
        self.library = library
        self.probes = probes
        by_way = np.array([np.logical_or.reduce(library.atoms[way], axis=0) for way in probes.ways])
        self._hits = {name: by_way[getattr(probes, name)] for name in ("loss", "block", "distal", "between")}
        self._covers = _covers(graph, library.effect_keys, probes.probes)
        reached = np.logical_or.reduce(by_way, axis=0)
        self._placed = np.flatnonzero((library.special == 0) & reached[library.atom])
        self._special = np.flatnonzero(library.special > 0)
        touching = self._covers.max(axis=1, initial=0.0) > 0
        self._effects = np.flatnonzero(touching[library.effect_key])
        patterns = [library.entry_pattern[self._placed], library.entry_pattern[self._special]]
        touched = np.unique(np.concatenate([*patterns, library.effect_pattern[self._effects]])).astype(np.intp)
        self._n_touched = len(touched)
        self._place = np.full(library.n_patterns, _HEALTHY, dtype=np.intp)
        self._place[touched] = np.arange(len(touched))
        self._position = np.append(self._place[library.pattern], _HEALTHY)
        self.touched = np.flatnonzero(self._position >= 0)
        keys = np.random.default_rng(0).integers(np.iinfo(np.int64).max, size=len(touched) + 1)
        keys[_HEALTHY] = 0
        self._key = keys[self._position]
        self._known: dict[str, FloatArray | None] = {}

    def distinct(self, mix: Mix) -> tuple[Mix, IntArray]:
        """Return the sums under which the nerves of the probes differ, and which of them each sum is like.

        Sums are alike when the same lesions reach the probes. They are told apart by the sum of a random
        number of 64 bits for each lesion pattern.

        Parameters
        ----------
        mix : Mix
            Which rows.

        Returns
        -------
        few : Mix
        like : (len(mix),) int
        """
        key = self._key[mix.terms].sum(axis=0)
        if mix.together is None:
            _, first, like = np.unique(key, return_index=True, return_inverse=True)
            return Mix(terms=mix.terms[:, first]), np.asarray(like)
        whole = np.append(key, 0)[mix.together].sum(axis=0)
        _, first, like = np.unique(whole, return_index=True, return_inverse=True)
        return Mix(terms=mix.terms, together=mix.together[:, first]), np.asarray(like)

    def values(self, name: str, mix: Mix) -> FloatArray:
        """Return one field for some sums of rows.

        Parameters
        ----------
        name : str
            ``log_survival`` (log of the share of axons left), ``log_conducting``, ``log_distal`` and
            ``log_between`` (log of the share that is not blocked: anywhere on the path, beyond the stimulating
            point, between two stimulating points), ``log_fast_whole``, ``log_fast_distal`` and
            ``log_fast_between`` (log of one minus the degree of slowing), by path; or a name of
            `EFFECT_CHANNELS` (log of one minus the effect), by probe.
        mix : Mix
            Which rows.

        Returns
        -------
        (n_paths or n_probes, len(mix)) float
        """
        if name not in self._known:
            table = self._effect(name) if name in EFFECT_CHANNELS else self._nerve(name)
            self._known[name] = _with_zero(table) if table.any() else None
        known = self._known[name]
        if known is None:
            n_out = len(self.probes.probes if name in EFFECT_CHANNELS else self.probes.weight)
            return np.zeros((n_out, len(mix)), dtype=np.float32)
        places = self._position[mix.terms]
        out = self._few(known, places) if len(places) <= _FEW_TERMS else self._many(known, places)
        if mix.together is None:
            return out
        return _sum_of_columns(_with_zero(out), mix.together)

    def _few(self, known: FloatArray, places: IntArray) -> FloatArray:
        """Add up sums of a few terms."""
        reaching = places[(places >= 0).any(axis=1)]
        if not len(reaching):
            return np.zeros((len(known), places.shape[1]), dtype=np.float32)
        return _sum_of_columns(known, reaching)

    def _many(self, known: FloatArray, places: IntArray) -> FloatArray:
        """Add up sums of many terms, most of which do not reach the probes."""
        out = np.zeros((len(known), places.shape[1]), dtype=np.float32)
        terms = places.T
        there = terms >= 0
        count = there.sum(axis=1)
        filled = np.flatnonzero(count)
        if len(filled):
            starts = np.cumsum(count[filled]) - count[filled]
            out[:, filled] = np.add.reduceat(np.take(known, terms[there], axis=1), starts, axis=1)
        return out

    def _nerve(self, name: str) -> FloatArray:
        kind, mask, everywhere = _FIELDS[name]
        out = np.zeros((len(self.probes.weight), self._n_touched), dtype=np.float32)
        library = self.library
        entries = self._placed[library.lesion[self._placed, kind] > 0]
        tables = library.log_effects[kind]
        hits = self._hits[mask]
        for number in np.unique(self.probes.fibre):
            paths = np.flatnonzero(self.probes.fibre == number)
            values = tables[number][entries] * np.take(hits[paths], library.atom[entries], axis=1)
            out[paths] = self._by_pattern(values, library.entry_pattern[entries])
        if everywhere:
            self._add_special(kind, out)
        return out

    def _by_pattern(self, values: FloatArray, pattern: IntArray) -> FloatArray:
        """Add up the values of entries that belong to the same pattern; entries are in the order of patterns."""
        out = np.zeros((len(values), self._n_touched), dtype=np.float32)
        if len(pattern):
            first = np.flatnonzero(np.diff(pattern, prepend=-1))
            out[:, self._place[pattern[first]]] = np.add.reduceat(values, first, axis=1)
        return out

    def _add_special(self, kind: int, out: FloatArray) -> None:
        """Add length-dependent and terminal lesions, which sit on no fixed place."""
        library, entries = self.library, self._special
        entries = entries[library.lesion[entries, kind] > 0]
        if not len(entries):
            return
        share = library.lesion[entries, kind] * library.lesion[entries, 3:7].T[self.probes.fibre]
        long = library.special[entries] == 1
        by_length = np.array([length_loss(self.probes.length_cm, grade) for grade in range(GRADES)])
        share[:, long] *= by_length[library.entry_grade[entries[long]]].T
        values = np.log1p(-np.minimum(share, load_parameters()["worst_loss"])).astype(np.float32)
        out += self._by_pattern(values, library.entry_pattern[entries])

    def _effect(self, name: str) -> FloatArray:
        library = self.library
        entries = self._effects
        entries = entries[[library.effect_keys[k][0] == name for k in library.effect_key[entries]]]
        worst = load_parameters()["worst_loss"]
        amount = np.log1p(-np.minimum(library.effect_amount[entries], worst)).astype(np.float32)
        return self._by_pattern(amount * self._covers[library.effect_key[entries]].T, library.effect_pattern[entries])


def _with_zero(table: FloatArray) -> FloatArray:
    """Return a table with a column of zeros after the others."""
    out = np.zeros((len(table), table.shape[1] + 1), dtype=table.dtype)
    out[:, :-1] = table
    return out


def _sum_of_columns(table: FloatArray, columns: IntArray) -> FloatArray:
    """Return sums of columns of a table whose last column is zero and stands for -1, ``(n_terms, n)`` to ``(_, n)``."""
    out = np.take(table, columns[0], axis=1)
    for more in columns[1:]:
        out += np.take(table, more, axis=1)
    return np.asarray(out)


def length_loss(length_cm: FloatArray, grade: int) -> FloatArray:
    """Return the share of a length-dependent loss that falls on paths of these lengths.

    Parameters
    ----------
    length_cm : (...,) float
        Path lengths in cm, already scaled by stature.
    grade : int
        Severity grade, 0 to 4.
    """
    p = load_parameters()
    mid = p[f"length_mid_grade_{grade + 1}"]
    return np.asarray(expit((length_cm - mid) / p["length_width"]))


def _covers(graph: NerveGraph, keys: Sequence[tuple[str, str, Side]], probes: Sequence[Probe]) -> FloatArray:
    """Tell for each effect and each probe whether it reaches it (1) or not (0), ``(n_keys, n_probes)``."""
    targets = tuple(target for _, target, _ in keys)
    met = np.array([_met_by(graph, targets, probe.kind, probe.id) for probe in probes]).reshape(len(probes), len(keys))
    right = np.array([probe.side is Side.RIGHT for probe in probes], dtype=np.bool_)
    to_left = np.array([side is not Side.RIGHT for _, _, side in keys], dtype=np.bool_)
    to_right = np.array([side is not Side.LEFT for _, _, side in keys], dtype=np.bool_)
    sided = np.where(right[:, None], to_right, to_left)
    return np.ascontiguousarray((met & sided).T, dtype=np.float32)


@lru_cache(maxsize=4096)
def _met_by(graph: NerveGraph, targets: tuple[str, ...], kind: ProbeKind, id_: str) -> NDArray[np.bool_]:
    """Tell for each target of an effect whether a probe looks at any of it."""
    looked = _looked_at(graph, kind, id_)
    return np.array([not looked.isdisjoint(_aimed_at(graph, target)) for target in targets], dtype=np.bool_)


@lru_cache(maxsize=1024)
def _aimed_at(graph: NerveGraph, target: str) -> frozenset[str]:
    """Return the muscles and areas that an effect on `target` reaches, as ``kind:id``."""
    kinds = [kind for kind in ("muscle", "area") if graph.is_group(kind, target)]
    return frozenset(f"{kind}:{id_}" for kind in kinds for id_ in graph.expand(kind, target))


def _looked_at(graph: NerveGraph, kind: ProbeKind, id_: str) -> frozenset[str]:
    """Return the muscles and areas that a probe looks at, as ``kind:id``."""
    if kind == "muscle":
        return frozenset({f"muscle:{id_}"})
    if kind in ("area_large", "area_small"):
        return frozenset({f"area:{id_}"})
    if kind == "study":
        study = load_studies()[id_]
        return frozenset({f"muscle:{study.record_id}"} if study.record_kind == "muscle" else ())
    if kind in ("reflex_in", "reflex_out"):
        return frozenset(f"muscle:{muscle}" for muscle in graph.reflexes[id_].muscles)
    return frozenset()
