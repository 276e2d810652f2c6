"""Two and three concurrent disorders: best first, with what was not tried reported.

Log-survival adds over lesions, so the nerves under two disorders are the sum of their states and the
readings follow from the same model. A feature is present if either disorder brings it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from ranvier.core import PresenceReading
from ranvier.inference.evidence import Evidence
from ranvier.inference.mixing import combined
from ranvier.inference.parameters import load_parameters
from ranvier.inference.readings import Readers
from ranvier.inference.singles import Singles

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_LARGEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """Sets of one to three states with their log scores (prior times likelihood, not normalised).

    Attributes
    ----------
    states : (n_sets, 3) int
        Rising; the places left over come first and hold -1.
    score : (n_sets,) float
    left : int
        Number of variants that could have been tried beside these and were not.
    """

    states: IntArray
    score: FloatArray
    left: int = 0

    def __len__(self) -> int:
        return len(self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Result of the search over sets of disorders, best first.

    `unexplored` estimates (it does not bound) the share of the posterior in pairs that were not tried.
    Partners are tried in the order of what they could explain, so each one left out is counted like the
    weakest that was tried with the same seed; seeds left out are taken to gain from pairs what the
    tried ones gained.
    """

    sets: Sets
    unexplored: float


@dataclass(frozen=True, slots=True)
class _Seed:
    states: tuple[int, ...]
    score: float
    prior: float
    correction: float
    ratios: FloatArray


class Combiner:
    """Scores sets of states of one case.

    Parameters
    ----------
    evidence : Evidence
        What the findings say.
    singles : Singles
        Scores of the single hypotheses.
    """

    def __init__(self, evidence: Evidence, singles: Singles) -> None:
        self._evidence = evidence
        self._singles = singles
        self._library = evidence.library
        self._frozen = singles.frozen(evidence)
        n = self._library.n_states
        self._prior = self._library.log_prior
        self._background = evidence.background[self._library.disorder_row[:n]]
        self._silence = evidence.silence[self._library.disorder_row[:n]]
        plain = self._prior + self._background + self._silence + self._frozen @ evidence.weight
        self._correction = singles.score - plain
        self._disorder = self._library.disorder_row[:n]
        self._setting = self._library.setting
        self._variant = self._library.variant
        self._best = float(singles.score.max())
        self._company = self._library.log_company
        self._alone = self._library.alone

    def search(self) -> Search:
        """Return the single hypotheses and the best pairs and triples."""
        p = load_parameters()
        count = self._library.n_states
        singles = Sets(states=_padded(np.arange(count)[:, None]), score=self._singles.score)
        seeds = [self._seed((int(i),), float(self._singles.score[i])) for i in self._best_states(int(p["pair_seeds"]))]
        found = self._extend(seeds, int(p["pair_partners"]))
        pairs = _joined(found)
        best_pairs = [self._seed(*best) for best in self._distinct(pairs, int(p["triple_seeds"]))]
        triples = self._extend(best_pairs, int(p["triple_partners"]))
        merged = _merge([singles, pairs, *triples])
        return Search(sets=merged, unexplored=self._unexplored(merged, list(zip(seeds, found, strict=True))))

    def _best_states(self, count: int) -> list[int]:
        """Return the best state on each side of the best variants: no side is preferred."""
        score = self._singles.score
        best = np.full(int(self._variant.max()) + 1, -np.inf)
        np.maximum.at(best, self._variant, score)
        variants = set(np.argsort(-best, kind="stable")[:count].tolist())
        chosen: dict[int, int] = {}
        for state in np.argsort(-score, kind="stable"):
            if int(self._variant[state]) in variants and not self._alone[state]:
                chosen.setdefault(int(self._setting[state]), int(state))
        return list(chosen.values())

    def _seed(self, states: tuple[int, ...], score: float) -> _Seed:
        index = list(states)
        ratios = self._frozen[index[0]]
        for state in index[1:]:
            ratios = self._combine(ratios[None, :], self._frozen[[state]])[0]
        return _Seed(states, score, float(self._prior[index].sum()), float(self._correction[index].sum()), ratios)

    def _extend(self, seeds: Sequence[_Seed], partners: int) -> list[Sets]:
        """Return for each seed the sets that add one more disorder, for the most promising partners.

        All sets are computed together: the nerves of a few thousand sets cost little more than those of one.
        """
        chosen, left = zip(*(self._partners(seed, partners) for seed in seeds), strict=True) if seeds else ((), ())
        if not sum(map(len, chosen)):
            return [Sets(states=_padded(np.zeros((0, 1), dtype=np.intp)), score=np.zeros(0), left=n) for n in left]
        together = self._joint(seeds, chosen) @ self._evidence.weight
        likelihood = np.split(together, np.cumsum([len(c) for c in chosen])[:-1])
        return [self._scored(*parts) for parts in zip(seeds, chosen, likelihood, left, strict=True)]

    def _scored(self, seed: _Seed, chosen: IntArray, log_likelihood: FloatArray, left: int) -> Sets:
        log_pair = float(np.log(load_parameters()["pair_prior"])) * len(seed.states)
        own = seed.prior + seed.correction + log_pair + self._in_company(seed.states, chosen)
        onset = self._joint_background(seed.states, chosen)
        scores = own + self._prior[chosen] + self._correction[chosen] + onset + log_likelihood
        return Sets(states=np.sort(_with_partners(seed, chosen), axis=1), score=scores, left=left)

    def _partners(self, seed: _Seed, partners: int) -> tuple[IntArray, int]:
        """Return the states that are tried beside a seed, and the number of variants left out.

        Those are tried that could explain most of the rest. What could not come near the best single
        hypothesis, even if it explained all that the seed does not, is not counted as left out.
        """
        allowed = ~np.isin(self._disorder, self._disorder[list(seed.states)]) & ~self._alone
        hope = np.maximum(seed.ratios, self._frozen) @ self._evidence.weight + self._prior + self._correction
        p = load_parameters()
        hope += seed.prior + seed.correction + len(seed.states) * float(np.log(p["pair_prior"]))
        hope += self._in_company(seed.states, np.arange(self._library.n_states))
        hope[~allowed | (hope < self._best - p["pair_hope_margin"])] = -np.inf
        return self._promising(hope, partners)

    def _in_company(self, seed: Sequence[int], chosen: IntArray) -> FloatArray:
        """Return the log of how much more often than by chance these disorders come together, ``(n_chosen,)``."""
        rows = [int(self._disorder[s]) for s in seed]
        among = sum(self._company[a, b] for n, a in enumerate(rows) for b in rows[:n])
        return np.asarray(among + self._company[rows][:, self._disorder[chosen]].sum(axis=0))

    def _promising(self, hope: FloatArray, partners: int) -> tuple[IntArray, int]:
        best = np.full(int(self._variant.max()) + 1, -np.inf)
        np.maximum.at(best, self._variant, hope)
        top = np.argsort(-best, kind="stable")[:partners]
        keep = np.isin(self._variant, top[np.isfinite(best[top])])
        ahead = np.full(int(self._setting.max()) + 1, -np.inf)
        np.maximum.at(ahead, self._setting, hope)
        margin = load_parameters()["pair_grade_margin"]
        left = max(int(np.isfinite(best).sum()) - partners, 0)
        return np.flatnonzero(keep & (hope >= ahead[self._setting] - margin)), left

    def _joint(self, seeds: Sequence[_Seed], chosen: Sequence[IntArray]) -> FloatArray:
        """Return the log likelihoods of all sets, those of the first seed first, ``(n_sets, n_observations)``."""
        ratios = [
            np.broadcast_to(seed.ratios, (len(c), len(seed.ratios))) for seed, c in zip(seeds, chosen, strict=True)
        ]
        out = self._combine(np.concatenate(ratios), self._frozen[np.concatenate(chosen)])
        sets = np.concatenate([_with_partners(seed, c) for seed, c in zip(seeds, chosen, strict=True)])
        states = np.unique(sets[sets >= 0])
        readers = Readers(combined(states, self._singles.rows(self._library, states), sets), self._evidence.when)
        for column, (reading, model) in enumerate(zip(self._evidence.readings(), self._evidence.models, strict=True)):
            out[:, column] = readers.read(reading, model)[0]
        return out

    def _joint_background(self, seed: Sequence[int], chosen: IntArray) -> FloatArray:
        members = np.stack([np.full(len(chosen), self._background[s]) for s in seed] + [self._background[chosen]])
        silence = self._silence[chosen] + sum(self._silence[s] for s in seed)
        return np.asarray(logsumexp(members, axis=0) - np.log(len(members)) + silence)

    def _combine(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """Return log likelihood ratios of features and images when either disorder can bring them."""
        out = np.array(first + second)
        sure = load_parameters()["feature_certainty"]
        for column, observation in enumerate(self._evidence.observations):
            reading = observation.finding.reading
            base = self._evidence.base[column]
            if np.isnan(base) or not isinstance(reading, PresenceReading) or not reading.present:
                continue
            p = np.minimum(base * np.exp(first[:, column]), sure)
            q = np.minimum(base * np.exp(second[:, column]), sure)
            either = np.maximum(1 - (1 - p) * (1 - q) / (1 - base), np.minimum(p, q))
            out[:, column] = np.log(either / base)
        return out

    def _distinct(self, sets: Sets, count: int) -> list[tuple[tuple[int, ...], float]]:
        """Return the best set on each choice of sides, for the best combinations of variants."""
        variants: dict[tuple[int, ...], int] = {}
        chosen: dict[tuple[int, ...], tuple[tuple[int, ...], float]] = {}
        for number in np.argsort(-sets.score, kind="stable"):
            members = tuple(int(s) for s in sets.states[number] if s >= 0)
            key = tuple(sorted(int(self._variant[s]) for s in members))
            if key not in variants and len(variants) == count:
                break
            variants.setdefault(key, len(variants))
            sided = tuple(sorted(int(self._setting[s]) for s in members))
            chosen.setdefault(sided, (members, float(sets.score[number])))
        return list(chosen.values())

    def _unexplored(self, merged: Sets, by_seed: Sequence[tuple[_Seed, Sets]]) -> float:
        total = float(logsumexp(merged.score))
        left_out = sum(self._left_out(seed, found, total) for seed, found in by_seed)
        mass = np.exp(self._singles.score - total) * ~self._alone
        seeded = np.isin(self._setting, [self._setting[seed.states[0]] for seed, _ in by_seed])
        in_pairs = sum(float(np.exp(found.score - total).sum()) for _, found in by_seed)
        gain = in_pairs / max(float(mass[seeded].sum()), 1e-12)
        return float(min(1.0, left_out + gain * float(mass[~seeded].sum())))

    def _left_out(self, seed: _Seed, found: Sets, total: float) -> float:
        """Return the estimated mass of the partners of one seed that were not tried."""
        if not len(found):
            return 0.0
        pair = found.states[:, 1:]
        partner = np.where(pair[:, 0] == seed.states[0], pair[:, 1], pair[:, 0])
        member = np.unique(self._variant[partner], return_inverse=True)[1]
        mass = np.bincount(member, weights=np.exp(found.score - total))
        return float(found.left * mass.min())


def _with_partners(seed: _Seed, partners: IntArray) -> IntArray:
    """Return the sets that a seed makes with each partner, ``(n, 3)``, -1 before them for none."""
    return _padded(np.concatenate([np.tile(seed.states, (len(partners), 1)), partners[:, None]], axis=1))


def _padded(states: IntArray) -> IntArray:
    """Return sets of states with -1 before them, ``(n, k)`` to ``(n, 3)``."""
    out = np.full((len(states), _LARGEST), -1, dtype=np.intp)
    out[:, _LARGEST - states.shape[1] :] = states
    return out


def _joined(sets: Sequence[Sets]) -> Sets:
    return Sets(
        states=np.concatenate([s.states for s in sets]).astype(np.intp), score=np.concatenate([s.score for s in sets])
    )


def _merge(sets: Sequence[Sets]) -> Sets:
    """Drop sets that were reached twice, keeping the higher score; the best come first."""
    joined = _joined(sets)
    order = np.argsort(-joined.score, kind="stable")
    states = joined.states[order]
    base = int(states.max()) + 2
    key = ((states[:, 0] + 1) * base + states[:, 1] + 1) * base + states[:, 2] + 1
    _, first = np.unique(key, return_index=True)
    keep = np.sort(first)
    return Sets(states=states[keep], score=joined.score[order][keep])
