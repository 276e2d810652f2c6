"""Overlapping lesions: their sum is compared with every configuration written out."""

from itertools import product

import numpy as np
import pytest
from scipy.special import logsumexp
from tests.inference.builders import evidence_of, strength

from ranvier.core import Side
from ranvier.inference import load_library
from ranvier.inference.overlaps import Overlaps
from ranvier.inference.parameters import load_parameters
from ranvier.inference.singles import score_singles


def test_the_best_set_of_lesions_is_near_the_sum_over_all_sets() -> None:
    evidence = evidence_of(
        strength("vastus_lateralis", Side.RIGHT, 1), strength("adductor_longus", Side.RIGHT, 1),
        strength("tibialis_anterior", Side.RIGHT, 5),
    )  # fmt: skip
    singles = score_singles(evidence)
    overlaps = Overlaps(evidence, singles)
    refined = overlaps.refined()
    library = load_library()
    few = [s for s in overlaps._states if (library.unit_state == s).sum() <= 4]
    assert few, "no small state was chosen"
    for state in few:
        owner = int(np.searchsorted(overlaps._states, state))
        mine = np.flatnonzero(overlaps._owner == owner)
        total = []
        for options in product(range(4), repeat=len(mine)):
            option = np.zeros(len(overlaps._units), dtype=np.intp)
            option[mine] = options
            log_prior = overlaps._prior[mine, options].sum()
            rows = overlaps._rows_of(option, np.array([owner]))
            total.append(log_prior + float(overlaps._likelihood(rows)[0] @ evidence.weight))
        own = library.states[state].log_prior + evidence.background[library.disorder_row[state]]
        exact = own + logsumexp(total) - overlaps._some_unit()[owner]
        assert refined.score[state] == pytest.approx(exact, abs=0.7)


def test_two_lesions_of_one_muscle_explain_more_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = {**load_parameters(), "overlap_states": 500.0, "overlap_margin": 60.0}
    monkeypatch.setattr("ranvier.inference.overlaps.load_parameters", lambda: everything)
    evidence = evidence_of(strength("vastus_lateralis", Side.RIGHT, 1), strength("adductor_longus", Side.RIGHT, 1))
    before = score_singles(evidence)
    after = Overlaps(evidence, before).refined()
    states = load_library().states
    rows = [i for i, s in enumerate(states) if s.disorder == "nondiabetic_lrpn" and s.side is Side.RIGHT]
    assert after.score[rows].max() > before.score[rows].max() + 0.5


def test_swapped_sides_give_swapped_sets() -> None:
    left, right = (
        evidence_of(strength("vastus_lateralis", side, 1), strength("tibialis_anterior", side, 1))
        for side in (Side.LEFT, Side.RIGHT)
    )
    scores = [np.sort(Overlaps(e, score_singles(e)).refined().score) for e in (left, right)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-4)
