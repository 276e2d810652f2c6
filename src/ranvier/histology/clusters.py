"""Groups of fibres that lie close together, as regenerating sprouts of one axon do.

A cluster is a set of small fibres linked by gaps below a limit; both limits are our own and are written in
``data/section.csv``. In a crowded nerve small neighbours are linked by chance, so that the number of clusters that
chance gives (the same fibres put on the same places in another order) stands beside it. No verdict follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from ranvier.histology.fibres import FibreMeasures
from ranvier.histology.parameters import section_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Clusters of small fibres: how many, how many fibres in them, the largest, and what chance gives on average."""

    n_clusters: int
    n_fibres: int
    largest: int
    n_clusters_by_chance: float
    gap_um: float
    small_below_um: float
    least_fibres: int


def find_clusters(fibres: Sequence[FibreMeasures], *, shuffles: int = 20) -> Clusters:
    """Find clusters of small fibres.

    Parameters
    ----------
    fibres : sequence of FibreMeasures
        Fibres of one section.
    shuffles : int
        How often sizes are dealt anew over the same places for the figure by chance (seeded).
    """
    settings = section_parameters()
    least = int(settings["cluster_least_fibres"])
    gap_um, small_um = settings["cluster_gap_um"], settings["cluster_small_below_um"]
    places = np.array([(f.x_um, f.y_um) for f in fibres]).reshape(-1, 2)
    sizes = np.array([f.fibre_diameter_um for f in fibres])
    groups = _groups(places, sizes, gap_um, small_um, least)
    rng = np.random.default_rng(0)
    chance = [
        len(_groups(places, rng.permutation(sizes), gap_um, small_um, least))
        for _ in range(shuffles if len(groups) else 0)
    ]
    return Clusters(
        n_clusters=len(groups),
        n_fibres=int(groups.sum()),
        largest=int(groups.max(initial=0)),
        n_clusters_by_chance=float(np.mean(chance)) if chance else 0.0,
        gap_um=gap_um,
        small_below_um=small_um,
        least_fibres=least,
    )


def _groups(
    places: NDArray[np.float64], sizes: NDArray[np.float64], gap_um: float, small_um: float, least: int
) -> NDArray[np.int64]:
    """Return the sizes of the groups that are clusters; fibres count as round for the gap."""
    small = sizes < small_um
    if small.sum() < least:
        return np.zeros(0, np.int64)
    at, radius = places[small], sizes[small] / 2
    pairs = cKDTree(at).query_pairs(small_um + gap_um, output_type="ndarray")
    distance = np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T)
    pairs = pairs[distance - radius[pairs[:, 0]] - radius[pairs[:, 1]] <= gap_um]
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(at), len(at)))
    _, names = connected_components(links, directed=False)
    number = np.bincount(names)
    return number[number >= least].astype(np.int64)
