"""The best-first search over pairs against trying many more of them."""

import numpy as np
import pytest
from scipy.special import logsumexp
from tests.inference.builders import evidence_of, feature, reflex, strength, study

from ranvier.core import Side
from ranvier.inference import combinations
from ranvier.inference.combinations import Combiner, Search
from ranvier.inference.parameters import load_parameters
from ranvier.inference.singles import score_singles

CASES = (
    (strength("tibialis_anterior", Side.RIGHT, 1), reflex("ankle", Side.RIGHT, 2), feature("rapid_weight_loss")),
    (
        study("distal_latency", "median_motor_apb", Side.RIGHT, 2),
        study("snap_amplitude", "sural_sensory", Side.BOTH, 2),
        feature("diabetes"),
        feature("nocturnal_hand_paraesthesia"),
    ),
)


def _pair_mass(search: Search) -> float:
    size = (search.sets.states >= 0).sum(axis=1)
    pairs, singles = search.sets.score[size == 2], search.sets.score[size == 1]
    return float(np.exp(logsumexp(pairs) - logsumexp(singles)))


@pytest.mark.parametrize("findings", CASES, ids=["foot drop", "median nerve and feet"])
def test_what_was_left_out_is_of_the_size_that_was_estimated(
    findings: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = evidence_of(*findings)  # type: ignore[arg-type]
    singles = score_singles(evidence)
    usual = Combiner(evidence, singles).search()
    wide = {
        **load_parameters(),
        "pair_seeds": 25.0,
        "pair_partners": 1e4,
        "pair_grade_margin": 50.0,
        "pair_hope_margin": 1e3,
    }
    monkeypatch.setattr(combinations, "load_parameters", lambda: wide)
    wider = Combiner(evidence, singles).search()
    before, after = _pair_mass(usual), _pair_mass(wider)
    assert after >= before - 1e-9
    missed = (after - before) / (1 + after)
    assert missed <= 3 * usual.unexplored + 0.02


def test_a_second_disorder_is_found_where_one_cannot_explain() -> None:
    evidence = evidence_of(*CASES[1])
    best = Combiner(evidence, score_singles(evidence)).search().sets
    pairs = best.states[(best.states >= 0).sum(axis=1) == 2]
    names = {frozenset(evidence.library.states[s].disorder for s in pair if s >= 0) for pair in pairs[:40]}
    assert any("cts" in pair and "diabetic_dspn" in pair for pair in names)
