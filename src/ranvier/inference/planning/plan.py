"""The next best test: what is expected to tell the most, weighed against its burden."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from ranvier.case import Case
from ranvier.core import Modality
from ranvier.inference.assessment import PlannedTest, TurningResult
from ranvier.inference.evidence import Evidence, error_group
from ranvier.inference.nerves import Nerves
from ranvier.inference.parameters import load_parameters, reading_model
from ranvier.inference.planning.available import AvailableTest, Burden, available_tests, packaged_burdens
from ranvier.inference.planning.gain import Beliefs, Turn, expected_gain, turns, with_unlisted
from ranvier.inference.planning.outcomes import Outcomes, Variable
from ranvier.inference.planning.remaining import limbs_done, remaining
from ranvier.inference.singles import Singles
from ranvier.inference.summary import Posterior

_TURNS = 3
_SEED = 11
_NEGLIGIBLE = 1e-6


class Planner:
    """Plans the next tests of one case.

    Parameters
    ----------
    case : Case
        Patient and what has been imaged.
    evidence, singles, posterior
        Of the same case. What has been found is not looked for again.
    nerves : Nerves
        Library and forward models.
    burdens : mapping of str to Burden, optional
        A hospital's own table; a test without a row is not offered.
    """

    def __init__(
        self,
        case: Case,
        evidence: Evidence,
        singles: Singles,
        posterior: Posterior,
        nerves: Nerves,
        burdens: Mapping[str, Burden] | None = None,
    ) -> None:
        self._library = evidence.library
        self._burdens = packaged_burdens() if burdens is None else burdens
        findings = [o.finding for o in evidence.observations] + [n.finding for n in evidence.not_used]
        tests = [t for t in available_tests() if t.id in self._burdens]
        self._tests = remaining(tests, case, findings, nerves.graph)
        states = np.argsort(-posterior.state, kind="stable")[: int(load_parameters()["plan_states"])]
        self._states = states[posterior.state[states] > _NEGLIGIBLE].astype(np.intp)
        self._beliefs, self._disorders = self._belief(posterior)
        self._known = _known(evidence, limbs_done(findings, nerves.graph))
        rows = [singles.rows_of(self._library, int(s)) for s in self._states]
        self._outcomes = Outcomes(nerves, self._states, rows, evidence.when, case.patient, evidence.day)

    def _belief(self, posterior: Posterior) -> tuple[Beliefs, tuple[int, ...]]:
        of_state = self._library.disorder_row[self._states]
        disorders, number = np.unique(of_state, return_inverse=True)
        weight = posterior.state[self._states]
        beliefs = Beliefs(
            weight=weight / weight.sum(),
            disorder=number.astype(np.intp),
            importance=np.array([self._importance(int(d)) for d in disorders]),
        )
        return beliefs, tuple(int(d) for d in disorders)

    def _importance(self, disorder: int) -> float:
        p = load_parameters()
        row = self._library.catalogue.disorders[self._library.disorder_ids[disorder]]
        return 1 + p["plan_treatable"] * row.treatable + p["plan_urgent"] * row.urgent

    def plan(self) -> tuple[PlannedTest, ...]:
        """Return every test that is still to be had, the best first; invasive ones last unless they tell much more."""
        if not len(self._states):
            return ()
        self._outcomes.prepare([look for test in available_tests() for look in test.looks])
        planned = [self._planned(test) for test in self._tests]
        best = max((t.gain_bits for t in planned if not t.invasive), default=0.0)
        enough = load_parameters()["plan_invasive_gain"] * best
        return tuple(sorted(planned, key=lambda t: (t.invasive and t.gain_bits < enough, -t.score)))

    def _planned(self, test: AvailableTest) -> PlannedTest:
        """Return one test with its expected gain; chance is the same for all, so that equals come out equal."""
        p = load_parameters()
        variables: tuple[Variable, ...] = self._outcomes.of(test)
        beliefs = self._beliefs.with_unlisted(p["plan_unlisted"])
        whole = [with_unlisted(v, self._beliefs.weight) for v in variables]
        gain = expected_gain(beliefs, whole, int(p["plan_draws"]), np.random.default_rng(_SEED), self._known)
        burden = self._burdens[test.id]
        return PlannedTest(
            test=test.id,
            name=test.name,
            gain_bits=gain.bits,
            burden=burden.points,
            score=(gain.bits + p["plan_right"] * gain.right) / burden.points ** p["plan_burden_power"],
            worthwhile=gain.bits >= p["plan_worth_bits"],
            invasive=test.invasive,
            why=test.why,
            turns=tuple(self._named(t) for t in turns(self._beliefs, variables)[:_TURNS]),
        )

    def _named(self, turn: Turn) -> TurningResult:
        id_ = self._library.disorder_ids[self._disorders[turn.disorder]]
        return TurningResult(
            result=f"{turn.label}: {'normal or absent' if turn.normal else 'abnormal or present'}",
            chance=turn.chance,
            disorder=id_,
            name=self._library.catalogue.disorders[id_].name,
            probability=turn.probability,
        )


def _known(evidence: Evidence, done: set[tuple[Modality, str]]) -> Counter[str]:
    """Return how many results of each error group are known.

    A limb that was studied had its usual nerves or muscles looked at on one side at least, though a summary does
    not write each value down.
    """
    known = Counter(error_group(o) for o in {o.finding.id: o for o in evidence.observations}.values())
    for test in available_tests():
        if test.done_with in done:
            usual = {item for item, _ in test.looks if item.is_reading}
            known |= Counter(reading_model(item.observable).family for item in usual)
    return known
