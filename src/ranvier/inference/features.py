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

from ranvier.case import load_vocabulary
from ranvier.core import Finding, PresenceReading
from ranvier.disorders import Association, Catalogue
from ranvier.inference.library import Library
from ranvier.inference.observations import Observation
from ranvier.inference.parameters import load_parameters
from ranvier.inference.terms import Reach, place_mask

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_DEFINING = ("gene_", "biopsy_")
_REACH: Mapping[str, Reach] = {"area": Reach.WHOLE, "any": Reach.PASSING}
"""What a patch of skin stands for, by what a feature may lie on."""


def is_present(finding: Finding) -> bool:
    """Return whether a presence finding says present."""
    if not isinstance(finding.reading, PresenceReading):
        raise ValueError(f"{finding.id} is not a statement of presence")
    return finding.reading.present


def feature_mask(finding: Finding) -> BoolArray | None:
    """Return the segments at the place of a finding, or None where it names no nerve structure.

    A feature that can only lie on the skin (a rash, an anaesthetic patch) marks a territory, not a point of a nerve;
    one that can lie anywhere (an injury, an operation, a mass) also marks the nerves that pass beneath.
    """
    if finding.place is None:
        return None
    known = load_vocabulary().features.get(finding.observable)
    return place_mask(finding.place, _REACH.get(known.place_kind, Reach.END) if known else Reach.END)


def lesion_hits(library: Library, observations: Sequence[Observation]) -> BoolArray:
    """Tell for every row whether one of its lesions lies at the place of each observation.

    Returns
    -------
    (n_rows, n_observations) bool
        True throughout where the observation has no place on a nerve: it cannot contradict.
    """
    hits = np.ones((library.n_rows, len(observations)), dtype=np.bool_)
    for number, observation in enumerate(observations):
        mask = feature_mask(observation.finding)
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


def association_of(catalogue: Catalogue, disorder: str, feature: str, variant: str = "*") -> Association:
    """Return the row that says how often a feature is found in a disorder, or the base rate."""
    one = catalogue.variant_associations.get((disorder, variant), {}).get(feature)
    own = one if one is not None else catalogue.associations[disorder].get(feature)
    return own if own is not None else catalogue.base_rates[feature]


def frequency(catalogue: Catalogue, key: tuple[str, str], feature: str, day: float | None) -> float:
    """Return how often a feature is found in a variant of a disorder on a day of illness.

    Parameters
    ----------
    catalogue : Catalogue
        The tables.
    key : (disorder, variant)
        Whose.
    feature : str
        Id of the vocabulary.
    day : float or None
        Days since the first symptom; None gives the share over the whole illness.
    """
    course = catalogue.time_courses.get((key[0], feature))
    if course is not None and day is not None:
        return course.share(day)
    return association_of(catalogue, key[0], feature, key[1]).probability


def feature_log_likelihood(
    library: Library, observations: Sequence[Observation], hits: BoolArray, day: float | None = None
) -> FloatArray:
    """Return the log likelihood ratio of each feature under each row, ``(n_rows, n_observations)``.

    Parameters
    ----------
    library : Library
        All hypotheses.
    observations : sequence of Observation
        Only those of kind ``feature``.
    hits : (n_rows, n_observations) bool
        From `lesion_hits`.
    day : float, optional
        Days since the first symptom, for findings that do not carry a day of their own.
    """
    out = np.zeros((library.n_rows, len(observations)))
    for number, observation in enumerate(observations):
        finding = observation.finding
        known = feature_ratios(library, finding.observable, day if finding.day is None else finding.day)
        of_variant = known.present if is_present(finding) else known.absent
        out[:, number] = of_variant[library.variant_row]
        if known.at_lesion.any():
            out[known.at_lesion[library.variant_row] & ~hits[:, number], number] = 0.0
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureRatios:
    """Capped log likelihood ratios of one feature by variant, ``(n_variants,)`` each.

    `at_lesion` marks the variants in which the feature counts at the place of the lesion only.
    """

    present: FloatArray
    absent: FloatArray
    at_lesion: BoolArray


def feature_ratios(library: Library, feature: str, day: float | None = None) -> FeatureRatios:
    """Return what a feature says about each variant in the order of `Library.variant_keys`, on a day of illness."""
    return _ratios(library, feature, day if feature in _changing(library) else None)


@lru_cache(maxsize=4)
def _changing(library: Library) -> frozenset[str]:
    """Return the features whose frequency depends on the day of illness."""
    return frozenset(feature for _, feature in library.catalogue.time_courses)


@lru_cache(maxsize=4096)
def _ratios(library: Library, feature: str, day: float | None) -> FeatureRatios:
    catalogue = library.catalogue
    rows = [association_of(catalogue, d, feature, v) for d, v in library.variant_keys]
    probability = np.array([frequency(catalogue, key, feature, day) for key in library.variant_keys])
    base, cap = catalogue.base_rates[feature].probability, feature_cap(feature)
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
