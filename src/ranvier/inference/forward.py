"""The forward model: from lesions to the state of each stretch of nerve that a reading looks at.

For every hypothesis (row of the library) and every probe it gives log deficits and slowing. Axonal
survival multiplies along a path, so log-survival adds over lesions; that is what makes sets of
concurrent disorders cheap.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit

from ranvier.anatomy import NerveGraph
from ranvier.core import Side
from ranvier.electrodiagnosis import load_studies
from ranvier.inference.library import Library
from ranvier.inference.parameters import GRADES, load_parameters
from ranvier.inference.probes import CLASSES, Probe, ProbeSet

FloatArray = NDArray[np.floating[Any]]

EFFECT_CHANNELS = ("myopathy", "nmj", "umn", "central_sensory", "functional")


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveState:
    """State of the paths of all probes under each hypothesis, on the log scale.

    Attributes
    ----------
    log_survival : (n_rows, n_paths) float
        Log of the share of axons left.
    log_conducting, log_distal, log_between : (n_rows, n_paths) float
        Log of the share that is not blocked: anywhere on the path, beyond the stimulating point,
        between two stimulating points.
    log_fast_distal, log_fast_between, log_fast_whole : (n_rows, n_paths) float
        Log of one minus the degree of slowing, by stretch.
    effects : (n_channels, n_rows, n_probes) float
        Log of one minus each off-graph effect, channels as `EFFECT_CHANNELS`.
    """

    log_survival: FloatArray
    log_conducting: FloatArray
    log_distal: FloatArray
    log_between: FloatArray
    log_fast_distal: FloatArray
    log_fast_between: FloatArray
    log_fast_whole: FloatArray
    effects: FloatArray

    def plus(self, other: "NerveState") -> "NerveState":
        """Return the state of two concurrent sets of lesions: everything adds on the log scale."""
        return NerveState(
            **{name: getattr(self, name) + getattr(other, name) for name in _PATH_FIELDS},
            effects=self.effects + other.effects,
        )

    def take(self, rows: NDArray[np.intp]) -> "NerveState":
        """Return the states of some rows."""
        return NerveState(**{name: getattr(self, name)[rows] for name in _PATH_FIELDS}, effects=self.effects[:, rows])

    def minus(self, other: "NerveState") -> "NerveState":
        """Return what this state has beyond another."""
        return NerveState(
            **{name: getattr(self, name) - getattr(other, name) for name in _PATH_FIELDS},
            effects=self.effects - other.effects,
        )

    def added_at(self, rows: NDArray[np.intp], extra: "NerveState") -> "NerveState":
        """Return a copy with the rows of `extra` added to `rows`, repeated ones adding up."""
        fields = {name: getattr(self, name).copy() for name in _PATH_FIELDS}
        effects = self.effects.copy()
        for name in _PATH_FIELDS:
            np.add.at(fields[name], rows, getattr(extra, name))
        for channel in range(len(effects)):
            np.add.at(effects[channel], rows, extra.effects[channel])
        return NerveState(**fields, effects=effects)


_PATH_FIELDS = (
    "log_survival",
    "log_conducting",
    "log_distal",
    "log_between",
    "log_fast_distal",
    "log_fast_between",
    "log_fast_whole",
)
_SPECIAL_FIELDS = (
    ("log_survival",),
    ("log_conducting", "log_distal"),
    ("log_fast_distal", "log_fast_whole"),
)


class ForwardModel:
    """The nerves of one case under every hypothesis of the library.

    Parameters
    ----------
    library : Library
        All hypotheses.
    probes : ProbeSet
        What the readings of the case look at.
    graph : NerveGraph
        The nerve graph.
    """

    def __init__(self, library: Library, probes: ProbeSet, graph: NerveGraph) -> None:
        self.library = library
        self.probes = probes
        self._hits = {
            name: (np.asarray(library.atoms @ getattr(probes, name)) > 0).astype(np.float32)
            for name in ("loss", "block", "distal", "between")
        }
        of_study = np.array([probe.kind == "study" for probe in probes.probes], dtype=np.bool_)
        self._parted = of_study[probes.path_probe] if len(probes.probes) else of_study
        self._tables = lesion_tables(library)
        self._covers = np.array(
            [_covers(graph, target, side, probes.probes) for _, target, side in library.effect_keys], dtype=np.float32
        ).reshape(len(library.effect_keys), len(probes.probes))
        self._length = np.array([length_loss(probes.length_cm, grade) for grade in range(GRADES)])

    def touched(self) -> NDArray[np.bool_]:
        """Tell for every row of the library whether any of its lesions or effects reaches a probe.

        All rows that reach none see healthy nerves, and need be computed only once.
        """
        library = self.library
        reached = np.zeros(library.atoms.shape[0])
        for hits in self._hits.values():
            reached = np.maximum(reached, hits.max(axis=1, initial=0.0))
        out = np.zeros(library.n_rows, dtype=np.bool_)
        out[library.row[(reached[library.atom] > 0) | (library.special > 0)]] = True
        covered = self._covers.max(axis=1, initial=0.0) > 0
        out[library.effect_row[covered[library.effect_key]]] = True
        return out

    def state(self, rows: NDArray[np.intp]) -> NerveState:
        """Return the state of every probe under some rows of the library."""
        out = {name: np.zeros((len(rows), len(self.probes.weight)), dtype=np.float32) for name in _PATH_FIELDS}
        for number in range(len(CLASSES)):
            columns = np.flatnonzero(self.probes.fibre == number)
            if not len(columns):
                continue
            loss, block, slow = (table[rows] for table in self._tables.placed[number])
            out["log_survival"][:, columns] = loss @ self._hits["loss"][:, columns]
            out["log_conducting"][:, columns] = block @ self._hits["block"][:, columns]
            out["log_fast_whole"][:, columns] = slow @ self._hits["block"][:, columns]
            parted = columns[self._parted[columns]]
            for stretch in ("distal", "between"):
                out[f"log_{stretch}"][:, columns] = out["log_conducting"][:, columns]
                out[f"log_fast_{stretch}"][:, columns] = out["log_fast_whole"][:, columns]
                if len(parted):
                    out[f"log_{stretch}"][:, parted] = block @ self._hits[stretch][:, parted]
                    out[f"log_fast_{stretch}"][:, parted] = slow @ self._hits[stretch][:, parted]
        self._add_special(rows, out)
        effects = np.stack([np.asarray(table[rows] @ self._covers) for table in self._tables.effects])
        return NerveState(**out, effects=effects)

    def _add_special(self, rows: NDArray[np.intp], out: dict[str, FloatArray]) -> None:
        """Add length-dependent and terminal lesions, which sit on no fixed place."""
        library = self.library
        position = np.full(library.n_rows, -1, dtype=np.intp)
        position[rows] = np.arange(len(rows))
        entries = np.flatnonzero((library.special > 0) & (position[library.row] >= 0))
        if not len(entries):
            return
        worst = load_parameters()["worst_loss"]
        at = position[library.row[entries]]
        share = library.lesion[entries, 3:7][:, self.probes.fibre]
        long = (library.special[entries] == 1)[:, None]
        share = share * np.where(long, self._length[library.entry_grade[entries]], 1.0)
        count = np.arange(len(entries))
        gather = sparse.csr_array(
            (np.ones(len(entries), dtype=np.float32), (at, count)), shape=(len(rows), len(entries))
        )
        for kind, names in enumerate(_SPECIAL_FIELDS):
            values = np.log1p(-np.minimum(library.lesion[entries, kind][:, None] * share, worst))
            total = gather @ values.astype(np.float32)
            for name in names:
                out[name] += total


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionTables:
    """Log effects of the lesions of every row at every atom, by fibre class and kind; sparse."""

    placed: tuple[tuple["sparse.csr_array", "sparse.csr_array", "sparse.csr_array"], ...]
    effects: tuple["sparse.csr_array", ...]


def lesion_tables(library: Library) -> LesionTables:
    """Return the log effects of every row of the library at every atom."""
    worst = load_parameters()["worst_loss"]
    placed = library.special == 0

    def table(kind: int, number: int) -> "sparse.csr_array":
        share = library.lesion[placed, kind] * library.lesion[placed, 3 + number]
        values = np.log1p(-np.minimum(share, worst)).astype(np.float32)
        shape = (library.n_rows, library.atoms.shape[0])
        return sparse.csr_array((values, (library.row[placed], library.atom[placed])), shape=shape)

    channels = np.array([key[0] for key in library.effect_keys] or [""])
    of_entry = channels[library.effect_key] if len(library.effect_key) else np.zeros(0, dtype=str)
    values = np.log1p(-np.minimum(library.effect_amount, worst)).astype(np.float32)
    shape = (library.n_rows, len(library.effect_keys))
    return LesionTables(
        placed=tuple((table(0, n), table(1, n), table(2, n)) for n in range(len(CLASSES))),
        effects=tuple(
            sparse.csr_array(
                (
                    values[of_entry == c],
                    (library.effect_row[of_entry == c], library.effect_key[of_entry == c]),
                ),
                shape=shape,
            )
            for c in EFFECT_CHANNELS
        ),
    )


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
