"""The forward model: from lesions to the state of each stretch of nerve that a reading looks at.

For every hypothesis (row of the library) and every probe it gives log deficits and slowing. Axonal
survival multiplies along a path, so log-survival adds over lesions; that is what makes sets of
concurrent disorders cheap. Only the rows that reach a probe are kept; under all others the nerves
are healthy.
"""

from collections.abc import Mapping
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
from ranvier.inference.probes import Probe, ProbeSet

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.intp]

EFFECT_CHANNELS = ("myopathy", "nmj", "umn", "central_sensory", "functional")
_LOSS, _BLOCK, _SLOW = range(3)
_HEALTHY = -1
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
        self._hits = {name: self._reach(name) for name in ("loss", "block", "distal", "between")}
        covers = [_covers(graph, target, side, probes.probes) for _, target, side in library.effect_keys]
        self._covers = np.array(covers, dtype=np.float32).reshape(len(library.effect_keys), len(probes.probes))
        reached = np.maximum.reduce([hits.max(axis=0, initial=0.0) for hits in self._hits.values()]) > 0
        self._placed = np.flatnonzero((library.special == 0) & reached[library.atom])
        self._special = np.flatnonzero(library.special > 0)
        touching = self._covers.max(axis=1, initial=0.0) > 0
        self._effects = np.flatnonzero(touching[library.effect_key])
        rows = [library.row[self._placed], library.row[self._special], library.effect_row[self._effects]]
        self.touched = np.unique(np.concatenate(rows)).astype(np.intp)
        self._position = np.full(library.n_rows, _HEALTHY, dtype=np.intp)
        self._position[self.touched] = np.arange(len(self.touched))
        self._known: dict[str, FloatArray] = {}

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
            self._known[name] = self._effect(name) if name in EFFECT_CHANNELS else self._nerve(name)
        known, position = self._known[name], self._position
        out = np.zeros((len(known), len(mix.terms[0]) + 1), dtype=np.float32)
        if len(mix.terms) > _FEW_TERMS:
            self._add_many(known, mix, out)
        else:
            for rows in mix.terms:
                columns = np.flatnonzero((rows >= 0) & (position[rows] >= 0))
                if len(columns):
                    out[:, columns] += known[:, position[rows[columns]]]
        if mix.together is None:
            return out[:, :-1]
        return np.asarray(sum(out[:, part] for part in mix.together))

    def _add_many(self, known: FloatArray, mix: Mix, out: FloatArray) -> None:
        """Add up sums of many terms, most of which do not reach the probes."""
        terms = mix.terms.T
        there = (terms >= 0) & (self._position[terms] >= 0)
        count = there.sum(axis=1)
        filled = np.flatnonzero(count)
        if len(filled):
            starts = np.cumsum(count[filled]) - count[filled]
            out[:, filled] = np.add.reduceat(known[:, self._position[terms[there]]], starts, axis=1)

    def _reach(self, name: str) -> FloatArray:
        """Return which atoms lie on which paths, ``(n_paths, n_atoms)``."""
        return np.ascontiguousarray((self.library.atoms @ getattr(self.probes, name)).T > 0).astype(np.float32)

    def _nerve(self, name: str) -> FloatArray:
        kind, mask, everywhere = _FIELDS[name]
        out = np.zeros((len(self.probes.weight), len(self.touched)), dtype=np.float32)
        library, entries = self.library, self._placed
        tables = library.log_effects[kind]
        hits = self._hits[mask]
        for number in np.unique(self.probes.fibre):
            paths = np.flatnonzero(self.probes.fibre == number)
            values = tables[number][entries] * hits[paths][:, library.atom[entries]]
            out[paths] = self._by_row(values, library.row[entries])
        if everywhere:
            self._add_special(kind, out)
        return out

    def _by_row(self, values: FloatArray, row: IntArray) -> FloatArray:
        """Add up the values of entries that belong to the same row; entries are in the order of their rows."""
        out = np.zeros((len(values), len(self.touched)), dtype=np.float32)
        first = np.flatnonzero(np.diff(row, prepend=-1))
        lengths = np.diff(first, append=len(row))
        for rank in range(int(lengths.max(initial=0))):
            entries = first[lengths > rank] + rank
            out[:, self._position[row[entries]]] += values[:, entries]
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
        out += self._by_row(values, library.row[entries])

    def _effect(self, name: str) -> FloatArray:
        library = self.library
        entries = self._effects
        entries = entries[[library.effect_keys[k][0] == name for k in library.effect_key[entries]]]
        worst = load_parameters()["worst_loss"]
        amount = np.log1p(-np.minimum(library.effect_amount[entries], worst)).astype(np.float32)
        return self._by_row(amount * self._covers[library.effect_key[entries]].T, library.effect_row[entries])


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


def _covers(graph: NerveGraph, target: str, side: Side, probes: tuple[Probe, ...]) -> list[float]:
    """Tell for each probe whether an effect on `target` reaches it (1) or not (0)."""
    muscles = set(graph.expand("muscle", target)) if graph.is_group("muscle", target) else set()
    areas = set(graph.expand("area", target)) if graph.is_group("area", target) else set()
    return [
        1.0 if side in (Side.BOTH, probe.side) and _probe_target(graph, probe, muscles, areas) else 0.0
        for probe in probes
    ]


def _probe_target(graph: NerveGraph, probe: Probe, muscles: set[str], areas: set[str]) -> bool:
    if probe.kind == "muscle":
        return probe.id in muscles
    if probe.kind in ("area_large", "area_small"):
        return probe.id in areas
    if probe.kind == "study":
        study = load_studies()[probe.id]
        return study.record_kind == "muscle" and study.record_id in muscles
    if probe.kind in ("reflex_in", "reflex_out"):
        return bool(set(graph.reflexes[probe.id].muscles) & muscles)
    return False
