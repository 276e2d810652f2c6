"""Likelihood of features: what is present or absent off the map, or only at the place of the lesion.

The log likelihood ratio of a feature is taken against its base rate and capped, so that no single
statement decides alone. Features with no row for a disorder are as frequent as in anybody: they
say nothing about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ranvier.core import Finding, PresenceReading
from ranvier.disorders import Association, Catalogue
from ranvier.inference.library import Library
from ranvier.inference.observations import Observation
from ranvier.inference.parameters import load_parameters
from ranvier.inference.terms import place_mask

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_DEFINING = ("gene_", "biopsy_")


def is_present(finding: Finding) -> bool:
    """Return whether a presence finding says present."""
    if not isinstance(finding.reading, PresenceReading):
        raise ValueError(f"{finding.id} is not a statement of presence")
    return finding.reading.present


def lesion_hits(library: Library, observations: Sequence[Observation]) -> BoolArray:
    """Tell for every row whether one of its lesions lies at the place of each observation.

    Returns
    -------
    (n_rows, n_observations) bool
        True throughout where the observation has no place on a nerve: it cannot contradict.
    """
    hits = np.ones((library.n_rows, len(observations)), dtype=np.bool_)
    for number, observation in enumerate(observations):
        mask = place_mask(observation.finding.place) if observation.finding.place else None
        if mask is not None:
            hits[:, number] = library.hit(mask)
    return hits


def log_ratio(present: bool, probability: FloatArray | float, base: float, cap: float) -> FloatArray:
    """Return the capped log likelihood ratio of a feature against its base rate.

    Examples
    --------
    >>> float(log_ratio(True, 0.5, 0.5, 5.0))
    0.0
    """
    p = np.asarray(probability, dtype=np.float64)
    ratio = np.log(p / base) if present else np.log((1 - p) / (1 - base))
    return np.clip(ratio, -cap, cap)


def feature_cap(feature: str) -> float:
    """Return the largest log likelihood ratio that a feature may have."""
    p = load_parameters()
    return p["feature_cap_defining"] if feature.startswith(_DEFINING) else p["feature_cap"]


def association_of(catalogue: Catalogue, disorder: str, feature: str) -> Association:
    """Return the row that says how often a feature is found in a disorder, or the base rate."""
    own = catalogue.associations[disorder].get(feature)
    return own if own is not None else catalogue.base_rates[feature]


def feature_log_likelihood(library: Library, observations: Sequence[Observation], hits: BoolArray) -> FloatArray:
    """Return the log likelihood ratio of each feature under each row, ``(n_rows, n_observations)``.

    Parameters
    ----------
    library : Library
        All hypotheses.
    observations : sequence of Observation
        Only those of kind ``feature``.
    hits : (n_rows, n_observations) bool
        From `lesion_hits`.
    """
    out = np.zeros((library.n_rows, len(observations)))
    for number, observation in enumerate(observations):
        known = feature_ratios(library, observation.finding.observable)
        of_disorder = known.present if is_present(observation.finding) else known.absent
        out[:, number] = of_disorder[library.disorder_row]
        if known.at_lesion.any():
            out[known.at_lesion[library.disorder_row] & ~hits[:, number], number] = 0.0
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureRatios:
    """Capped log likelihood ratios of one feature by disorder, ``(n_disorders,)`` each.

    `at_lesion` marks the disorders in which the feature counts at the place of the lesion only.
    """

    present: FloatArray
    absent: FloatArray
    at_lesion: BoolArray


@lru_cache(maxsize=1024)
def feature_ratios(library: Library, feature: str) -> FeatureRatios:
    """Return what a feature says about each disorder of a library."""
    rows = [association_of(library.catalogue, d, feature) for d in library.disorder_ids]
    probability = np.array([r.probability for r in rows])
    base, cap = library.catalogue.base_rates[feature].probability, feature_cap(feature)
    return FeatureRatios(
        present=log_ratio(True, probability, base, cap),
        absent=log_ratio(False, probability, base, cap),
        at_lesion=np.array([r.at_lesion for r in rows]),
    )


def group_weights(groups: Sequence[str], rho: Mapping[str, float] | float) -> FloatArray:
    """Return the weight of each observation so that correlated ones are not counted as independent.

    `n` observations of one group with correlation `rho` count as ``n / (1 + rho * (n - 1))``.

    Parameters
    ----------
    groups : sequence of str
        Group of each observation; an empty name stands alone.
    rho : mapping or float
        Correlation within each group.

    Examples
    --------
    >>> group_weights(["a", "a", ""], 1.0).tolist()
    [0.5, 0.5, 1.0]
    """
    weights = np.ones(len(groups))
    for group in set(groups) - {""}:
        members = [i for i, g in enumerate(groups) if g == group]
        r = rho if isinstance(rho, float) else rho[group]
        weights[members] = 1.0 / (1.0 + r * (len(members) - 1))
    return weights
