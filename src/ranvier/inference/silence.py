"""Exposures that the history does not tell of.

A history that was taken and does not name a TNF inhibitor says something against the neuropathy of TNF
inhibitors. It is not the same as an exposure that was asked for and denied: each exposure has a chance of being
told where it is there, and only what would have been told counts as missing.
"""

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ranvier.case import Case, load_vocabulary
from ranvier.core import Finding, Modality, read_table
from ranvier.examination import modality_of
from ranvier.inference.features import association_of
from ranvier.inference.library import Library

FloatArray = NDArray[np.float64]


def silent_exposures(case: Case, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the exposures that the case says nothing of, or none where it holds no history.

    Parameters
    ----------
    case : Case
        The record.
    findings : iterable of Finding
        Of all modalities: a laboratory value can tell of diabetes.
    """
    if not any(modality_of(s.feature) is Modality.HISTORY for s in case.statements):
        return ()
    features = load_vocabulary().features
    told = {f.observable for f in findings if f.observable in features}
    groups = {features[name].correlation_group for name in told} - {""}
    return tuple(e for e in chance_of_telling() if e not in told and features[e].correlation_group not in groups)


def silence_log_likelihood(library: Library, exposures: Iterable[str]) -> FloatArray:
    """Return what untold exposures say about each disorder, as a log ratio to the background, ``(n_disorders,)``.

    Parameters
    ----------
    library : Library
        All hypotheses.
    exposures : iterable of str
        From `silent_exposures`.
    """
    total = np.zeros(len(library.disorder_ids))
    for exposure in exposures:
        total += _one(library, exposure)
    return total


@cache
def chance_of_telling() -> Mapping[str, float]:
    """Return how often a history tells of each exposure that is there."""
    rows = read_table("ranvier.inference", "exposures.csv", ("feature", "told", "status", "source"))
    return {row["feature"]: float(row["told"]) for row in rows}


@cache
def _one(library: Library, exposure: str) -> FloatArray:
    told, catalogue = chance_of_telling()[exposure], library.catalogue
    share = np.array([association_of(catalogue, d, exposure).probability for d in library.disorder_ids])
    return np.asarray(np.log1p(-told * share) - np.log1p(-told * catalogue.base_rates[exposure].probability))
