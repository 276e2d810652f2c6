"""Why: the weight of each finding for and against a disorder, intervals, and what decides the order."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from ranvier.core import Status
from ranvier.inference.assessment import BasisShare, Stability, Weight
from ranvier.inference.evidence import Evidence
from ranvier.inference.features import association_of, frequency
from ranvier.inference.observations import Observation
from ranvier.inference.parameters import evidence_spread, load_parameters
from ranvier.inference.singles import Singles, score_singles
from ranvier.inference.summary import Posterior

FloatArray = NDArray[np.float64]

_DECIBAN = 10 / np.log(10)
_SHOWN = 0.2
_ESTIMATE = "estimate"


class Explainer:
    """Explains one posterior.

    Parameters
    ----------
    evidence : Evidence
        What the findings say.
    singles : Singles
        Scores of the single hypotheses.
    post : Posterior
        The probabilities.
    """

    def __init__(self, evidence: Evidence, singles: Singles, post: Posterior) -> None:
        self._evidence = evidence
        self._singles = singles
        self._variants: dict[str, tuple[str, str]] = {}
        self._post = post
        self._library = evidence.library
        library = evidence.library
        self._prior = np.array([library.catalogue.disorders[d].prior for d in library.disorder_ids])
        self._by_disorder = self._mean_log_likelihood(singles.frozen(evidence))

    def _mean_log_likelihood(self, frozen: FloatArray) -> FloatArray:
        """Return the log likelihood of each observation under each disorder, averaged over its states."""
        library = self._library
        n = library.n_states
        out = np.zeros((len(library.disorder_ids), frozen.shape[1]))
        for disorder in range(len(library.disorder_ids)):
            states = np.flatnonzero(library.disorder_row[:n] == disorder)
            score = self._singles.score[states]
            weight = np.exp(score - logsumexp(score))
            out[disorder] = np.log(weight @ np.exp(frozen[states]) + 1e-300)
        return out

    def decibans(self, disorder: int, *, rivals: bool = False) -> dict[str, float]:
        """Return the weight of each finding for a disorder, by the id of the finding.

        A finding of both sides is read on each: what both say is added up. The weight is against the other
        disorders as common as they are before any finding; with `rivals`, against the others as probable as they
        are now, which shows what decides between the leading ones.
        """
        others = self._others(disorder, self._post.main if rivals else self._prior)
        rest = np.log(others @ np.exp(self._by_disorder) + 1e-300)
        each = _DECIBAN * self._evidence.weight * (self._by_disorder[disorder] - rest)
        out: dict[str, float] = defaultdict(float)
        for observation, value in zip(self._evidence.observations, each, strict=True):
            out[observation.finding.id] += float(value)
        return dict(out)

    def _others(self, disorder: int, shares: FloatArray) -> FloatArray:
        others = np.maximum(shares, 1e-12)
        others[disorder] = 0.0
        return np.asarray(others / others.sum())

    def weights(self, disorder: int) -> tuple[Weight, ...]:
        """Return the findings that speak for and against a disorder, strongest first."""
        id_ = self._library.disorder_ids[disorder]
        of_finding = {o.finding.id: o for o in self._evidence.observations}
        items = [
            self._weight(id_, of_finding[finding], value)
            for finding, value in self.decibans(disorder).items()
            if abs(value) >= _SHOWN
        ]
        items += [w for w in (self._background(disorder), self._silence(disorder)) if abs(w.decibans) >= _SHOWN]
        return tuple(sorted(items, key=lambda w: -abs(w.decibans)))

    def _background(self, disorder: int) -> Weight:
        others = self._others(disorder, self._prior)
        rest = float(np.log(others @ np.exp(self._evidence.background)))
        value = self._evidence.background[disorder] - rest
        row = self._library.catalogue.disorders[self._library.disorder_ids[disorder]]
        return Weight(
            finding=None,
            statement="Age, sex, onset and course",
            modality=None,
            decibans=float(_DECIBAN * value),
            because="distribution of age, sex, tempo and course in the disorder",
            source=row.source,
            status=row.status,
        )

    def _silence(self, disorder: int) -> Weight:
        others = self._others(disorder, self._prior)
        rest = float(np.log(others @ np.exp(self._evidence.silence)))
        return Weight(
            finding=None,
            statement="Exposures and complaints of which the history tells nothing",
            modality=None,
            decibans=float(_DECIBAN * (self._evidence.silence[disorder] - rest)),
            because="a history usually tells of the exposures and complaints that mark a disorder",
            source=_ESTIMATE,
            status=Status.ASSUMED,
        )

    def _weight(self, disorder: str, observation: Observation, value: float) -> Weight:
        because, source, status = self._reason(disorder, observation)
        return Weight(
            finding=observation.finding.id,
            statement=observation.finding.statement,
            modality=observation.finding.modality,
            decibans=value,
            because=because,
            source=source,
            status=status,
        )

    def _reason(self, disorder: str, observation: Observation) -> tuple[str, str, Status]:
        catalogue = self._library.catalogue
        name = observation.finding.observable
        if observation.kind == "reading" and observation.model is not None:
            return (
                "predicted by the nerve model from where the lesion lies",
                _ESTIMATE,
                observation.model.status,
            )
        if observation.kind == "feature":
            key = self._variant(disorder)
            row = association_of(catalogue, disorder, name, key[1])
            base = catalogue.base_rates[name].probability
            day = self._evidence.day if observation.finding.day is None else observation.finding.day
            share = frequency(catalogue, key, name, day)
            return (
                f"found in {_percent(share)} of this disorder, in {_percent(base)} of others",
                row.source,
                row.status,
            )
        signs = catalogue.structure.get(disorder, ())
        if not signs:
            return "the disorder changes no structure that imaging shows", _ESTIMATE, Status.ASSUMED
        return "chance that imaging shows the change of structure", signs[0].source, signs[0].status

    def _variant(self, disorder: str) -> tuple[str, str]:
        """Return the disorder and its most probable variant."""
        if disorder not in self._variants:
            library = self._library
            number = library.disorder_ids.index(disorder)
            states = np.flatnonzero(library.disorder_row[: library.n_states] == number)
            best = int(states[self._singles.score[states].argmax()])
            self._variants[disorder] = (disorder, library.states[best].variant)
        return self._variants[disorder]

    def basis(self, disorder: int) -> tuple[BasisShare, ...]:
        """Return how much of the weight of evidence rests on numbers of each status."""
        shares: dict[Status, float] = defaultdict(float)
        for weight in self.weights(disorder):
            shares[weight.status] += abs(weight.decibans)
        total = sum(shares.values()) or 1.0
        return tuple(BasisShare(status=s, share=shares[s] / total) for s in Status)

    def intervals(self) -> tuple[FloatArray, FloatArray]:
        """Return the 10th and 90th percentile of each disorder's probability, ``(n_disorders,)`` each.

        Every log likelihood ratio and prior is shaken by a normal whose width depends on how well its
        number is known (``spread_*`` in the parameters). The draws are seeded: the same case gives the
        same interval.
        """
        library = self._library
        variance = np.array(
            [evidence_spread(library.catalogue.disorders[d].prior_status) ** 2 for d in library.disorder_ids]
        )
        informative = np.abs(self._by_disorder - np.median(self._by_disorder, axis=0)) > 0.05
        spread = np.zeros_like(self._by_disorder)
        for column, observation in enumerate(self._evidence.observations):
            for number, disorder in enumerate(library.disorder_ids):
                spread[number, column] = evidence_spread(self._reason(disorder, observation)[2])
        variance = variance + ((self._evidence.weight * spread * informative) ** 2).sum(axis=1)
        p = np.clip(self._post.present, 1e-9, 1 - 1e-9)
        draws = np.random.default_rng(20).normal(size=(int(load_parameters()["interval_draws"]), len(p)))
        main = np.log(np.maximum(self._post.main, 1e-12)) + draws * np.sqrt(variance)
        shaken = np.exp(main - logsumexp(main, axis=1, keepdims=True))
        ratio = shaken / np.maximum(self._post.main, 1e-12)
        logit = (
            np.log(p / (1 - p))
            + np.log(ratio)
            - np.log(np.maximum((1 - shaken) / np.maximum(1 - self._post.main, 1e-12), 1e-12))
        )
        low, high = np.percentile(1 / (1 + np.exp(-logit)), [10, 90], axis=0)
        return np.minimum(low, p), np.maximum(high, p)

    def stability(self, count: int = 8) -> tuple[Stability, ...]:
        """Return what happens to the first place when each of the weightiest findings is left out."""
        first = int(self._post.main.argmax())
        weight = self.decibans(first, rivals=True)
        statement = {o.finding.id: o.finding.statement for o in self._evidence.observations}
        names = self._library.disorder_ids
        single_first = self._first(self._evidence)
        out = []
        for finding in sorted(weight, key=lambda f: -abs(weight[f]))[:count]:
            without = self._first(self._evidence.without(finding))
            out.append(
                Stability(
                    finding=finding,
                    statement=statement[finding],
                    first_without=self._library.catalogue.disorders[names[without]].name,
                    changes=without != single_first,
                )
            )
        return tuple(out)

    def _first(self, evidence: Evidence) -> int:
        score = score_singles(evidence, self._singles.assigned).score
        best = np.full(len(self._library.disorder_ids), -np.inf)
        np.logaddexp.at(best, self._library.disorder_row[: self._library.n_states], score)
        return int(best.argmax())


def _percent(share: float) -> str:
    if share < 0.01:
        return f"{100 * share:.1f} %"
    return f"{100 * share:.0f} %"
