"""From the scores of hypotheses to probabilities of disorders, groups, sites and nerves."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from ranvier.anatomy import NerveGraph
from ranvier.core import Side, read_table
from ranvier.inference.assessment import DisorderSet, GroupProbability, NerveLesion, Site
from ranvier.inference.combinations import Search
from ranvier.inference.library import LENGTH_SPECIAL, Library
from ranvier.inference.singles import Singles
from ranvier.inference.terms import LENGTH_DEPENDENT, SPECIAL

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_UNIT_SHOWN = 0.3
_NOBODY = -1
_SETS = 8
_NEGLIGIBLE = 1e-9
"""Sets less probable than this change no figure that is shown; all of them together are below 1e-5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """Probabilities over everything that was searched.

    Attributes
    ----------
    present : (n_disorders,) float
        Probability that each disorder is present, alone or with others.
    main : (n_disorders,) float
        The same, each set counted once, for its member with the largest single score; sums to 1.
    state : (n_states,) float
        Probability of each state, over all sets that contain it.
    sets : tuple of DisorderSet
        The most probable sets of disorders.
    """

    present: FloatArray
    main: FloatArray
    state: FloatArray
    main_state: FloatArray
    sets: tuple[DisorderSet, ...]
    unexplored: float


def posterior(library: Library, singles: Singles, search: Search) -> Posterior:
    """Return the probabilities of disorders, states and sets."""
    found = search.sets
    p = np.exp(found.score - logsumexp(found.score))
    kept = p > _NEGLIGIBLE
    p, members = p[kept] / p[kept].sum(), found.states[kept]
    there = members >= 0
    disorder = np.where(there, library.disorder_row[members], _NOBODY)
    score = np.where(there, singles.score[members], -np.inf)
    best_member = score.argmax(axis=1)
    leader = disorder[np.arange(len(p)), best_member]
    leading_state = members[np.arange(len(p)), best_member]
    share = np.broadcast_to(p[:, None], members.shape)[there]
    n = len(library.disorder_ids)
    present = np.bincount(disorder[there], weights=share, minlength=n).astype(np.float64)
    main = np.bincount(leader, weights=p, minlength=n).astype(np.float64)
    state = np.bincount(members[there], weights=share, minlength=library.n_states).astype(np.float64)
    several = np.sort(disorder, axis=1) + 1
    key = (several[:, 0] * (n + 1) + several[:, 1]) * (n + 1) + several[:, 2]
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    mass = np.bincount(inverse, weights=p)
    best = np.argsort(-mass, kind="stable")[:_SETS]
    ranked = [(tuple(int(m) - 1 for m in several[first[k]] if m > 0), float(mass[k])) for k in best]
    return Posterior(
        present=present,
        main=main,
        state=state,
        main_state=np.bincount(leading_state, weights=p, minlength=library.n_states).astype(np.float64),
        sets=tuple(_named(library, key, value) for key, value in ranked),
        unexplored=search.unexplored,
    )


def _named(library: Library, members: tuple[int, ...], probability: float) -> DisorderSet:
    ids = tuple(library.disorder_ids[m] for m in members)
    names = tuple(library.catalogue.disorders[i].name for i in ids)
    return DisorderSet(disorders=ids, names=names, probability=probability)


def group_probabilities(library: Library, main: FloatArray) -> tuple[GroupProbability, ...]:
    """Return the probability of each group of disorders, largest first."""
    groups: dict[str, float] = defaultdict(float)
    for number, id_ in enumerate(library.disorder_ids):
        groups[library.catalogue.disorders[id_].group] += float(main[number])
    ranked = sorted(groups.items(), key=lambda item: -item[1])
    return tuple(GroupProbability(group=g, probability=v) for g, v in ranked)


def sites_of(
    library: Library, singles: Singles, post: Posterior, disorder: int, *, side_told: bool = True
) -> tuple[Site, ...]:
    """Return where the lesions of one disorder are, with probabilities given that disorder.

    Where no finding tells left from right, the two mirrored sites are one, with its side unknown: its probability is
    that of a lesion on either side.
    """
    states = np.flatnonzero(library.disorder_row[: library.n_states] == disorder)
    weight = post.state[states]
    if weight.sum() <= 0:
        return ()
    weight = weight / weight.sum()
    shares: dict[tuple[str, tuple[str, ...], Side], float] = defaultdict(float)
    for state, share in zip(states, weight, strict=True):
        without: dict[tuple[str, tuple[str, ...], Side], float] = defaultdict(lambda: 1.0)
        for (label, terms, side), value in _sites_of_state(library, singles, int(state)):
            shown = side if side_told or side not in (Side.LEFT, Side.RIGHT) else Side.UNKNOWN
            without[label, terms, shown] *= 1 - value
        for key, missing in without.items():
            shares[key] += float(share) * (1 - missing)
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    return tuple(
        Site(label=label, terms=terms, side=side, probability=min(value, 1.0))
        for (label, terms, side), value in ranked[:10]
        if value > 0.02
    )


def _sites_of_state(
    library: Library, singles: Singles, state: int
) -> list[tuple[tuple[str, tuple[str, ...], Side], float]]:
    info = library.states[state]
    catalogue = library.catalogue
    variant = next(v for v in catalogue.variants[info.disorder] if v.id == info.variant)
    rows = [r for r in catalogue.lesions.get(info.disorder, ()) if r.variant in ("*", info.variant)]
    base = tuple(t for r in rows if not r.unit for t in r.terms if t not in SPECIAL)
    sites: list[tuple[tuple[str, tuple[str, ...], Side], float]] = [((variant.name, base, info.side), 1.0)]
    for unit in np.flatnonzero(library.unit_state == state):
        chance = float(singles.unit_probability[unit])
        if chance < _UNIT_SHOWN:
            continue
        own = library.units[unit]
        terms = tuple(t for r in rows if r.unit == own.name for t in r.terms if t not in SPECIAL)
        sites.append(((_unit_label(own.name), terms, own.side), chance))
    return sites


def _unit_label(name: str) -> str:
    """Return the name of a unit in words, roots in capitals.

    >>> _unit_label("root_l5")
    'root L5'
    """
    return re.sub(r"\b([clts]\d{1,2})\b", lambda m: m[1].upper(), name.replace("_", " "))


def nerve_lesions(
    library: Library, singles: Singles, post: Posterior, graph: NerveGraph, *, side_told: bool = True
) -> tuple[NerveLesion, ...]:
    """Return the probability that each named part of the nerve graph is lesioned, by side.

    Parts are roots, plexus elements, nerves and tunnels; a part is lesioned when any of its segments is. A loss that
    falls on the longest fibres first lies in no part: it comes first, as a pattern. Where no finding tells left from
    right, both sides are as likely.
    """
    weights = _row_weights(library, singles, post)
    n = len(graph.segments)
    out = [_by_length(library, weights)]
    for part in read_table("ranvier.inference", "parts.csv", ("id", "label", "kind", "terms")):
        index = sorted({s for term in part["terms"].split(";") for s in graph.segments_at(term)})
        chances = [_chance_at(library, weights, [i + offset for i in index], n) for offset in (0, n)]
        if not side_told:
            chances = [sum(chances) / 2] * 2
        for side, probability in zip((Side.LEFT, Side.RIGHT), chances, strict=True):
            out.append(
                NerveLesion(
                    part=part["id"],
                    label=part["label"],
                    kind=part["kind"],
                    side=side,
                    probability=probability,
                )
            )
    return tuple(out)


def _chance_at(library: Library, weights: FloatArray, segments: Sequence[int], n: int) -> float:
    """Return the probability that any of these segments is lesioned; `n` segments lie on each side."""
    mask = np.zeros(2 * n)
    mask[list(segments)] = 1.0
    hit = library.hit(mask)
    hit[library.n_states :] &= ~hit[library.base_row[library.n_states :]]
    return float(min(weights[hit].sum(), 1.0))


def _by_length(library: Library, weights: FloatArray) -> NerveLesion:
    """Return the probability of a loss that depends on the length of the fibres."""
    patterns = np.zeros(library.n_patterns, dtype=np.bool_)
    patterns[library.entry_pattern[library.special == LENGTH_SPECIAL]] = True
    rows = patterns[library.pattern]
    rows[library.n_states :] &= ~rows[library.base_row[library.n_states :]]
    return NerveLesion(
        part=LENGTH_DEPENDENT,
        label="longest nerves first (feet before hands)",
        kind="pattern",
        side=Side.BOTH,
        probability=float(min(weights[rows].sum(), 1.0)),
    )


def _row_weights(library: Library, singles: Singles, post: Posterior) -> FloatArray:
    weights = np.zeros(library.n_rows)
    weights[: library.n_states] = post.state
    row = library.unit_row[np.arange(len(library.units)), singles.unit_grade]
    np.add.at(weights, row, post.state[library.unit_state] * singles.unit_probability)
    return weights


def state_weights(library: Library, post: Posterior, disorder: int, count: int = 12) -> tuple[IntArray, FloatArray]:
    """Return the most probable states of one disorder and their weights, which sum to 1."""
    states = np.flatnonzero(library.disorder_row[: library.n_states] == disorder)
    order = states[np.argsort(-post.state[states])][:count]
    weights = post.state[order] + 1e-300
    return order.astype(np.intp), weights / weights.sum()
