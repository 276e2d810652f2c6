"""Exposures and complaints that the history does not tell of.

A history that was taken and does not name a TNF inhibitor says something against the neuropathy of TNF
inhibitors, and one without double vision something against myasthenia. It is not the same as what was asked for and
denied: each exposure and complaint has a chance of being told where it is there, and only what would have been told
counts as missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, load_vocabulary
from ranvier.core import Finding, Modality, read_table
from ranvier.examination import UNMENTIONED, modality_of, parts_of_feature, spoken_of
from ranvier.inference.features import association_of, group_weights
from ranvier.inference.library import Library
from ranvier.inference.parameters import load_parameters

FloatArray = NDArray[np.float64]


def untold(case: Case, findings: Sequence[Finding], graph: NerveGraph) -> tuple[str, ...]:
    """Return the exposures and complaints that the case says nothing of, or none where it holds no history.

    A complaint is told of by an examination of its part of the body as well. Where silence about parts of the body is
    a finding itself, a complaint of such a part is not counted a second time.

    Parameters
    ----------
    case : Case
        The record.
    findings : sequence of Finding
        Of all modalities: a laboratory value can tell of diabetes.
    graph : NerveGraph
        To tell which part of the body a finding speaks of.
    """
    if not any(modality_of(s.feature) is Modality.HISTORY for s in case.statements):
        return ()
    features = load_vocabulary().features
    told = {f.observable for f in findings if f.observable in features}
    groups = {features[name].correlation_group for name in told} - {""}
    counted = any(f.observable in UNMENTIONED for f in findings)
    parts = spoken_of(findings, graph)
    return tuple(
        name
        for name in chance_of_telling()
        if name not in told
        and features[name].correlation_group not in groups
        and not (parts_of_feature(name) if counted else parts_of_feature(name) & parts)
    )


def silence_log_likelihood(library: Library, names: Iterable[str]) -> FloatArray:
    """Return what is untold says about each disorder, as a log ratio to the background, ``(n_disorders,)``.

    Parameters
    ----------
    library : Library
        All hypotheses.
    names : iterable of str
        From `untold`.
    """
    silent = list(names)
    features = load_vocabulary().features
    weights = group_weights([features[n].correlation_group for n in silent], load_parameters()["group_rho"])
    total = np.zeros(len(library.disorder_ids))
    for name, weight in zip(silent, weights, strict=True):
        total += weight * _one(library, name)
    return total


@cache
def chance_of_telling() -> Mapping[str, float]:
    """Return how often a history tells of each exposure or complaint that is there."""
    rows = read_table("ranvier.inference", "told_in_history.csv", ("feature", "told", "status", "source"))
    return {row["feature"]: float(row["told"]) for row in rows}


@cache
def _one(library: Library, name: str) -> FloatArray:
    told, catalogue = chance_of_telling()[name], library.catalogue
    share = np.array([association_of(catalogue, d, name).probability for d in library.disorder_ids])
    return np.asarray(np.log1p(-told * share) - np.log1p(-told * catalogue.base_rates[name].probability))
