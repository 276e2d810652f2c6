"""Disorders that come together more often than by chance are believed together sooner."""

import numpy as np
from tests.inference.builders import evidence_of, feature, study, touch

from ranvier.case import Setting
from ranvier.core import Side
from ranvier.inference import load_library
from ranvier.inference.combinations import Combiner
from ranvier.inference.simulation import Population
from ranvier.inference.singles import score_singles


def _evidence():  # type: ignore[no-untyped-def]
    feet = [touch("great_toe_plantar", side, 2) for side in (Side.LEFT, Side.RIGHT)]
    hand = [
        study("distal_latency", "median_motor_apb", Side.RIGHT, 2),
        study("distal_latency", "ulnar_motor_adm", Side.RIGHT, 0),
    ]
    return evidence_of(*feet, *hand, feature("diabetes"), feature("lab_hba1c_diabetic"))


def _log_odds(combiner: Combiner) -> float:
    library = load_library()
    ids = library.disorder_ids
    wanted = {ids.index("diabetic_dspn"), ids.index("cts")}
    found = combiner.search().sets
    pairs = [
        score
        for states, score in zip(found.states, found.score, strict=True)
        if {int(library.disorder_row[s]) for s in states if s >= 0} == wanted
    ]
    return float(np.logaddexp.reduce(pairs))


def test_the_table_raises_a_pair_by_its_factor_and_no_single_hypothesis() -> None:
    evidence = _evidence()
    singles = score_singles(evidence)
    with_table, without = Combiner(evidence, singles), Combiner(evidence, singles)
    without._company = np.zeros_like(without._company)
    library = load_library()
    factor = library.catalogue.company[frozenset({"diabetic_dspn", "cts"})]
    assert factor > 1
    assert np.isclose(_log_odds(with_table) - _log_odds(without), np.log(factor), atol=0.05)


def test_company_is_symmetric_and_leaves_strangers_alone() -> None:
    company = load_library().log_company
    assert np.array_equal(company, company.T)
    assert (np.diag(company) == 0).all()
    assert (company != 0).mean() < 0.01


def test_simulated_pairs_follow_the_table() -> None:
    library = load_library()
    shares = {"diabetic_dspn": 0.3, "cts": 0.3, "als": 0.4}
    people = Population(library, Setting.NEUROLOGY_CLINIC, disorders=shares, concurrent=True)
    drawn = [p.disorders(library) for p in people.draw(np.random.default_rng(3), 3000)]
    pairs = [frozenset(d) for d in drawn if len(d) == 2]
    friends = sum(p == {"diabetic_dspn", "cts"} for p in pairs)
    strangers = sum("als" in p for p in pairs)
    assert friends > strangers
