"""How much a test is expected to tell: information about the disorder, by simulated results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ranvier.inference.features import group_weights
from ranvier.inference.planning.outcomes import Variable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beliefs:
    """The leading hypotheses before a test.

    Attributes
    ----------
    weight : (n_hypotheses,) float
        Probabilities; they sum to 1.
    disorder : (n_hypotheses,) int
        Number of the disorder of each, 0 to ``n_disorders - 1``.
    importance : (n_disorders,) float
        How much it counts to learn about each disorder.
    """

    weight: FloatArray
    disorder: IntArray
    importance: FloatArray

    def by_disorder(self, weights: FloatArray) -> FloatArray:
        """Add up columns of weights by disorder, ``(n_hypotheses, n)`` to ``(n_disorders, n)``."""
        out = np.zeros((len(self.importance), weights.shape[1]))
        np.add.at(out, self.disorder, weights)
        return out

    def with_unlisted(self, share: float) -> "Beliefs":
        """Return the beliefs with a last hypothesis: a cause that no table lists.

        Beliefs that are nearly sure would leave no test worth taking, not even the one that would prove them.
        """
        return Beliefs(
            weight=np.append(self.weight * (1 - share), share),
            disorder=np.append(self.disorder, len(self.importance)),
            importance=np.append(self.importance, 1.0),
        )


def with_unlisted(variable: Variable, weight: FloatArray) -> Variable:
    """Return a result with its chances under a cause that no table lists.

    Such a cause has lamed the same nerves, so a reading comes out as it does on the whole (`weight` are the
    probabilities of the listed ones); what marks a cause is found as often as in anybody.
    """
    row = weight @ variable.chance if variable.base is None else variable.base
    return replace(variable, chance=np.vstack([variable.chance, row]))


def further_weights(variables: Sequence[Variable], known: Mapping[str, int]) -> FloatArray:
    """Return the weight of each further result beside those of its kind that are known already.

    What `n` results of one group add to `k` known ones is the difference of what `n + k` and `k` count as
    (`group_weights`), shared out among them.
    """
    groups = [v.group for v in variables]
    weights = group_weights(groups, {v.group: v.rho for v in variables})
    for group in set(groups) - {""}:
        members = [i for i, g in enumerate(groups) if g == group]
        n, k, rho = len(members), known.get(group, 0), variables[members[0]].rho
        if k:
            weights[members] = ((n + k) / (1 + rho * (n + k - 1)) - k / (1 + rho * (k - 1))) / n
    return weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a test is expected to bring: information in bits, and by how much the first cause is likelier right."""

    bits: float
    right: float


def expected_gain(
    beliefs: Beliefs,
    variables: Sequence[Variable],
    draws: int,
    rng: np.random.Generator,
    known: Mapping[str, int] | None = None,
) -> Gain:
    """Return what a test is expected to tell about the disorder.

    Results are drawn under hypotheses spread evenly over the beliefs, and the mean weighted divergence of what one
    would then believe from what one believes now is taken. Results of one kind share the model's own error,
    so that many nerves of one study do not tell many times as much as one.

    Parameters
    ----------
    beliefs : Beliefs
        The leading hypotheses.
    variables : sequence of Variable
        Results of the test.
    draws : int
        Number of simulated results.
    rng : numpy.random.Generator
        Source of all chance.
    known : mapping of str to int, optional
        How many results of each group are known already.
    """
    if not variables:
        return Gain(bits=0.0, right=0.0)
    even = (np.arange(draws) + rng.random(draws)) / draws
    truth = np.minimum(np.searchsorted(np.cumsum(beliefs.weight), even), len(beliefs.weight) - 1)
    weights = further_weights(variables, known or {})
    log = np.repeat(np.log(beliefs.weight + 1e-300)[:, None], draws, axis=1)
    for variable, weight in zip(variables, weights, strict=True):
        cumulated = np.cumsum(variable.chance[truth], axis=1)
        outcome = (rng.random(draws)[:, None] > cumulated[:, :-1]).sum(axis=1)
        log += weight * np.log(variable.chance[:, outcome])
    after = np.exp(log - log.max(axis=0))
    after /= after.sum(axis=0)
    before = beliefs.by_disorder(beliefs.weight[:, None])
    then = beliefs.by_disorder(after)
    with np.errstate(divide="ignore", invalid="ignore"):
        divergence = np.where(then > 0, then * np.log2(then / before), 0.0)
    bits = float(max((beliefs.importance[:, None] * divergence).sum(axis=0).mean(), 0.0))
    return Gain(bits=bits, right=float(max(then.max(axis=0).mean() - before.max(), 0.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A result that would put another disorder first."""

    label: str
    normal: bool
    chance: float
    disorder: int
    probability: float


def turns(beliefs: Beliefs, variables: Sequence[Variable]) -> tuple[Turn, ...]:
    """Return the single results that would change the order of the first disorder, the likeliest first."""
    before = beliefs.by_disorder(beliefs.weight[:, None])[:, 0]
    first = int(before.argmax())
    out = []
    for variable in variables:
        normal = variable.chance[:, 0]
        for share, is_normal in ((normal, True), (1 - normal, False)):
            joint = beliefs.by_disorder((beliefs.weight * share)[:, None])[:, 0]
            total = float(joint.sum())
            leader = int(joint.argmax())
            if total > 0 and leader != first:
                found = Turn(
                    label=variable.label,
                    normal=is_normal,
                    chance=total,
                    disorder=leader,
                    probability=float(joint[leader] / total),
                )
                out.append(found)
    return tuple(sorted(out, key=lambda t: -t.chance))
