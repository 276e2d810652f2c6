"""Probes: the stretches of nerve that the readings of a case look at.

A probe is a target and a fibre class on one side, with its weighted paths. Each path carries four
ways along the segments of both sides: where lost axons count, where blocked axons count, the
stretch beyond the stimulating point (distal) and the stretch between two stimulating points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import Fibre, NerveGraph, Path
from ranvier.core import Side
from ranvier.electrodiagnosis import NerveStudy, load_studies
from ranvier.inference.parameters import load_parameters

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.intp]

ProbeKind = Literal["muscle", "area_large", "area_small", "study", "organ", "reflex_in", "reflex_out"]
CLASSES = (Fibre.MOTOR, Fibre.SENSORY, Fibre.SMALL, Fibre.AUTONOMIC)


@dataclass(frozen=True, slots=True, order=True)
class Probe:
    """What a reading looks at: a kind, an id of that kind and one side (left or right)."""

    kind: ProbeKind
    id: str
    side: Side


@dataclass(frozen=True, slots=True)
class _Row:
    probe: int
    weight: float
    fibre: int
    length_cm: float
    loss: tuple[int, ...]
    block: tuple[int, ...]
    distal: tuple[int, ...]
    between: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSet:
    """The paths of all probes of a case as arrays.

    Attributes
    ----------
    probes : tuple of Probe
        In the order of the columns of every channel.
    path_probe : (n_paths,) int
        Column that each path belongs to; never falls, and every probe has a path.
    weight : (n_paths,) float
        Weights of the paths of one probe sum to 1.
    fibre : (n_paths,) int
        Index into `CLASSES`.
    length_cm : (n_paths,) float
        From cord to target, scaled by stature.
    ways : tuple of (n,) int
        Stretches of nerve, each as segments of both sides.
    loss, block, distal, between : (n_paths,) int
        The way along which each of these counts, as an index into `ways`.
    """

    probes: tuple[Probe, ...]
    path_probe: IntArray
    weight: FloatArray
    fibre: IntArray
    length_cm: FloatArray
    ways: tuple[IntArray, ...]
    loss: IntArray
    block: IntArray
    distal: IntArray
    between: IntArray

    def column(self, probe: Probe) -> int:
        """Return the column of a probe."""
        return self.probes.index(probe)

    def average(self, values: FloatArray) -> FloatArray:
        """Return the weighted mean over the paths of each probe, ``(n_paths, n)`` to ``(n_probes, n)``."""
        if len(self.probes) == len(self.weight):
            return np.asarray(values * self.weight.astype(values.dtype)[:, None])
        shares = np.zeros((len(self.probes), len(self.weight)), dtype=values.dtype)
        shares[self.path_probe, np.arange(len(self.weight))] = self.weight
        return np.asarray(shares @ values)


def build_probes(graph: NerveGraph, probes: Sequence[Probe], height_cm: float | None) -> ProbeSet:
    """Return the paths of the probes as arrays.

    Parameters
    ----------
    graph : NerveGraph
        The nerve graph.
    probes : sequence of Probe
        Without repetition.
    height_cm : float or None
        Stature; None takes the graph's own stature of 170 cm.
    """
    rows = [row for number, probe in enumerate(probes) for row in _probe_rows(graph, number, probe)]
    scale = 1.0 if height_cm is None else height_cm / graph.reference_height_cm
    n_segments = len(graph.segments)
    ways: dict[tuple[tuple[int, ...], bool], int] = {}

    def numbered(name: Literal["loss", "block", "distal", "between"]) -> IntArray:
        own = [(getattr(row, name), probes[row.probe].side is Side.RIGHT) for row in rows]
        return np.array([ways.setdefault(way, len(ways)) for way in own], dtype=np.intp)

    loss, block, distal, between = numbered("loss"), numbered("block"), numbered("distal"), numbered("between")
    return ProbeSet(
        probes=tuple(probes),
        path_probe=np.array([r.probe for r in rows], dtype=np.intp),
        weight=np.array([r.weight for r in rows]),
        fibre=np.array([r.fibre for r in rows], dtype=np.intp),
        length_cm=np.array([r.length_cm for r in rows]) * scale,
        ways=tuple(np.array(way, dtype=np.intp) + n_segments * right for way, right in ways),
        loss=loss,
        block=block,
        distal=distal,
        between=between,
    )


def _probe_rows(graph: NerveGraph, number: int, probe: Probe) -> list[_Row]:
    if probe.kind == "study":
        return _study_rows(graph, number, probe.id)
    extra_cm = load_parameters()["reflex_reach"] if probe.kind == "reflex_in" else 0.0
    return [_whole(number, path, fibre, extra_cm) for path, fibre in _paths(graph, probe)]


def _paths(graph: NerveGraph, probe: Probe) -> list[tuple[Path, Fibre]]:
    if probe.kind == "muscle":
        return [(p, Fibre.MOTOR) for p in graph.paths("muscle", probe.id, Fibre.MOTOR)]
    if probe.kind == "area_large":
        return [(p, Fibre.SENSORY) for p in graph.paths("area", probe.id, Fibre.SENSORY)]
    if probe.kind == "area_small":
        return [(p, Fibre.SMALL) for p in graph.paths("area", probe.id, Fibre.SMALL)]
    if probe.kind == "organ":
        return [(p, Fibre.AUTONOMIC) for p in graph.paths("organ", probe.id, Fibre.AUTONOMIC)]
    afferent, efferent = graph.path_of_reflex(probe.id)
    if probe.kind == "reflex_in":
        return [(p, Fibre.SENSORY) for p in afferent]
    return [(p, Fibre.MOTOR) for p in efferent]


def _whole(number: int, path: Path, fibre: Fibre, extra_cm: float) -> _Row:
    every = path.segments
    return _Row(number, path.weight, CLASSES.index(fibre), path.length_cm + extra_cm, every, every, every, every)


@cache
def _study(study_id: str) -> NerveStudy:
    return load_studies()[study_id]


def _study_rows(graph: NerveGraph, number: int, study_id: str) -> list[_Row]:
    study = _study(study_id)
    fibre = Fibre.MOTOR if study.record_kind == "muscle" else Fibre.SENSORY
    rows = []
    for path in graph.paths(study.record_kind, study.record_id, fibre):
        distal = _beyond(graph, path, study.distal_node)
        if distal is None:
            continue
        reach = [_beyond(graph, path, node) for node in study.proximal_nodes]
        longest = max((r for r in reach if r is not None), key=len, default=distal)
        between = longest[: len(longest) - len(distal)] or distal
        loss = path.segments if fibre is Fibre.MOTOR else _postganglionic(graph, path)
        block = distal if study.kind in ("motor", "sensory", "mixed") else path.segments
        rows.append(_Row(number, path.weight, CLASSES.index(fibre), path.length_cm, loss, block, distal, between))
    return _normalised(rows) or [
        _whole(number, path, fibre, 0.0) for path in graph.paths(study.record_kind, study.record_id, fibre)
    ]


def _beyond(graph: NerveGraph, path: Path, node: str) -> tuple[int, ...] | None:
    for position, index in enumerate(path.segments):
        if graph.segments[index].source == node:
            return path.segments[position:]
    return None


def _postganglionic(graph: NerveGraph, path: Path) -> tuple[int, ...]:
    for position, index in enumerate(path.segments):
        if graph.segments[index].source.endswith(".ganglion"):
            return path.segments[position:]
    return path.segments


def _normalised(rows: list[_Row]) -> list[_Row]:
    total = sum(r.weight for r in rows)
    return [_Row(r.probe, r.weight / total, r.fibre, r.length_cm, r.loss, r.block, r.distal, r.between) for r in rows]
