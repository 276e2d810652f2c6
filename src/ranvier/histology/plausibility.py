"""How much an enclosed lumen looks like an axon in its sheath and not like a gap, a fold, a vacuole or debris.

Each lumen gets a handful of measures that do not depend on the size of a pixel or on the stain, and from them a
probability by a logistic rule. The rule (``data/fibre_odds.csv``) was fitted on simulated sections alone, by
``bench/fit_fibres.py``; no real picture went into it.

Under light the rule has one measure, the evidence: a product of shares, each 1 for a faultless fibre. It asks of a ring
that it is dark, closed, even, round, half way up, its own and ended, and nothing else makes up for the lack of one. A
rule with free weights on each measure tells drawn fibres apart better and real ones worse: it learns how drawings
differ. Electron pictures keep the free weights, and a second rule that knows the likelier lumens around.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import read_table
from ranvier.histology.lumens import Lumens, compactness
from ranvier.histology.parameters import PACKAGE
from ranvier.histology.profiles import Rays
from ranvier.histology.sheaths import group_quantile

Floats = NDArray[np.float64]

CLAIM_QUANTILE, MIDDLE, HIGH = 0.3, 0.5, 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Measures of each lumen: the columns of `values` ``(lumens, measures)`` are named by `names`.

    `thin_px` is the thickness of sheath that most rays of a lumen see at least, ``(lumens,)``; `width_px` is that on
    each ray, ``(rays,)``; both in pixels.
    """

    names: tuple[str, ...]
    values: Floats
    thin_px: Floats
    width_px: Floats


def measure_looks(lumens: Lumens, rays: Rays, *, smooth_px: float, reach_px: int) -> Looks:
    """Measure every lumen.

    Parameters
    ----------
    lumens : Lumens
        Enclosed lumens.
    rays : Rays
        Their rays.
    smooth_px : float
        Standard deviation of the smoothing in pixels: the resolution of the picture.
    reach_px : int
        Length of the rays in pixels.
    """
    n, owner = len(lumens.step), rays.owner
    number = np.maximum(np.bincount(owner, minlength=n), 1)
    pixels = np.flatnonzero(lumens.labels)
    names = lumens.labels.ravel()[pixels].astype(np.int64) - 1
    area = np.maximum(np.bincount(names, minlength=n), 1).astype(float)
    radius = np.sqrt(area / np.pi)
    width = np.where(np.isfinite(rays.width), rays.width, reach_px).astype(float)
    thin, middle, thick = (group_quantile(width, owner, n, q) for q in (CLAIM_QUANTILE, MIDDLE, HIGH))
    free, bare = _unclaimed(lumens, rays, lumens.score, thin, width)
    crest = np.bincount(owner, rays.crest, n) / number
    rough = np.sqrt(np.maximum(np.bincount(owner, rays.crest**2, n) / number - crest**2, 0))
    ended = np.bincount(owner, np.isfinite(rays.width), n) / number
    # a bead or a hole is brighter than clear resin: its rim stands high above it and is no darker than its surroundings
    stained = np.clip(crest / lumens.step, 0, 1)
    evidence = lumens.score * stained * np.exp(-rough / lumens.step) * (1 - bare) * ended
    values = {
        "evidence": evidence,
        "g": np.log(radius / (radius + middle)),
        "size": np.log(2 * radius / smooth_px),
        "step": np.log(lumens.step),
        "score": np.log(lumens.score),
        "rough": np.log(rough / lumens.step + 0.02),
        "shape": np.log(1.02 - np.clip(compactness(pixels, names, area, lumens.labels.shape[1]), 0, 1)),
        "free": free,
        "bare": bare,
        "ended": ended,
        "spread": np.log((thick - thin) / np.maximum(middle, 1) + 0.05),
        "level": lumens.lumen,
    }
    columns = np.stack(list(values.values()), axis=1)
    return Looks(names=tuple(values), values=columns, thin_px=thin, width_px=width)


def measure_rivals(lumens: Lumens, rays: Rays, looks: Looks, chance: Floats) -> Looks:
    """Add what the likelier axons say of each lumen: whose sheath its own is.

    Parameters
    ----------
    lumens, rays, looks
        As for `measure_looks`, and its result.
    chance : (lumens,) float
        Probability by the first rule.
    """
    free, bare = _unclaimed(lumens, rays, chance, looks.thin_px, looks.width_px)
    logit = np.log((chance + 1e-4) / (1 - chance + 1e-4))
    added = {"first": logit, "free_of_likelier": free, "bare_of_likelier": bare}
    return replace(looks, names=looks.names + tuple(added), values=np.column_stack([looks.values, *added.values()]))


def _unclaimed(lumens: Lumens, rays: Rays, rank: Floats, thin: Floats, width: Floats) -> tuple[Floats, Floats]:
    """Return the share of the sheath that no lumen of higher rank claims, and the share of rays with none of their own.

    A gap between touching fibres is ringed by their sheaths, an axon by one of its own.
    """
    shape, owner, n = lumens.labels.shape, rays.owner, len(lumens.step)
    rows, columns = np.divmod(rays.rim, shape[1])
    s = np.arange(1, int(np.ceil(width.max())) + 1)
    y = np.clip(np.rint(rows[:, None] + rays.normal[0][:, None] * s).astype(np.int32), 0, shape[0] - 1)
    x = np.clip(np.rint(columns[:, None] + rays.normal[1][:, None] * s).astype(np.int32), 0, shape[1] - 1)
    at = y * np.int32(shape[1]) + x
    score = rank[owner].astype(np.float32)
    claim = np.zeros(shape[0] * shape[1], np.float32)
    near = s[None] <= (thin[owner] + 0.5)[:, None]
    np.maximum.at(claim, at[near], np.broadcast_to(score[:, None], near.shape)[near])
    claim = ndimage.maximum_filter(claim.reshape(shape), 3).ravel()
    on_ray = s[None] <= np.maximum(np.rint(width), 1)[:, None]
    own = ((claim[at] <= score[:, None] + 1e-6) & on_ray).sum(axis=1)
    free = np.bincount(owner, own, n) / np.maximum(np.bincount(owner, on_ray.sum(axis=1), n), 1)
    bare = np.bincount(owner, own <= 1, n) / np.maximum(np.bincount(owner, minlength=n), 1)
    return free, bare


@cache
def load_odds(modality: str, stage: int) -> Mapping[str, float]:
    """Return the weights of a logistic rule of one modality by term, none for light in stage 2, which knows rivals."""
    rows = read_table(PACKAGE, "fibre_odds.csv", ("modality", "stage", "term", "weight", "status", "source"))
    mine = (row for row in rows if row["modality"] == modality and int(row["stage"]) == stage)
    return {row["term"]: float(row["weight"]) for row in mine}


def terms(looks: Looks) -> dict[str, Floats]:
    """Return the terms of the logistic rule: each measure and its square, and a constant."""
    out = {"constant": np.ones(len(looks.values))}
    for name, column in zip(looks.names, looks.values.T, strict=True):
        out[name] = column
        out[f"{name}^2"] = column**2
    return out


def axon_probability(lumens: Lumens, rays: Rays, looks: Looks, modality: str) -> Floats:
    """Return the probability that each lumen is an axon, ``(lumens,)``.

    The first rule judges each lumen alone, the second, where a modality has one, again with those around it.
    """
    first = apply_odds(looks, load_odds(modality, 1))
    again = load_odds(modality, 2)
    return apply_odds(measure_rivals(lumens, rays, looks, first), again) if again else first


def apply_odds(looks: Looks, odds: Mapping[str, float]) -> Floats:
    """Return the probability of each lumen by one logistic rule, ``(lumens,)``; terms without a weight do not count."""
    columns = terms(looks)
    logit = sum((weight * columns[name] for name, weight in odds.items()), np.zeros(len(looks.values)))
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -30, 30))))
