"""How strongly each finding counts: both sides, verdicts, and what is shown of it."""

import numpy as np
import pytest
from tests.inference.builders import case, evidence_of, feature, inferred, reflex, strength, touch

from ranvier.anatomy import load_graph
from ranvier.core import Side
from ranvier.inference import Nerves, gather_evidence, load_library
from ranvier.inference.assess import assess
from ranvier.inference.items import parse_item
from ranvier.inference.parameters import load_parameters
from ranvier.inference.singles import score_singles

MMN_LIKE = (
    strength("extensor_digitorum", Side.LEFT, 1),
    strength("extensor_digitorum", Side.RIGHT, 1),
    strength("first_dorsal_interosseous", Side.LEFT, 2),
    strength("first_dorsal_interosseous", Side.RIGHT, 2),
)


def test_both_sides_at_once_or_one_after_the_other_is_the_same() -> None:
    together = (strength("extensor_digitorum", Side.BOTH, 1), strength("first_dorsal_interosseous", Side.BOTH, 2))
    _, one = inferred(*together)
    _, other = inferred(*MMN_LIKE)
    assert one.main == pytest.approx(other.main, abs=1e-9)


def test_what_is_alike_on_both_sides_counts_as_one_finding() -> None:
    both = evidence_of(strength("deltoid", Side.BOTH, 3))
    assert both.weight.sum() == pytest.approx(1.0)
    unlike = evidence_of(strength("deltoid", Side.LEFT, 3), strength("deltoid", Side.RIGHT, 2))
    assert unlike.weight.sum() > 1.0


def test_simulated_patients_are_read_on_each_side() -> None:
    library, graph = load_library(), load_graph()
    found = [strength("deltoid", Side.LEFT, 3), strength("deltoid", Side.RIGHT, 3)]
    evidence = gather_evidence(case(), found, library, graph, simulated=True)
    assert evidence.weight.sum() > 1.5


def test_normal_findings_do_not_dilute_abnormal_ones() -> None:
    alone = evidence_of(touch("lateral_thigh", Side.RIGHT, 2))
    among = evidence_of(
        touch("lateral_thigh", Side.RIGHT, 2),
        touch("medial_thigh", Side.RIGHT, 0),
        touch("medial_leg", Side.RIGHT, 0),
    )
    assert among.weight[0] == pytest.approx(alone.weight[0])
    rho = load_parameters()["reading_discount"] * 0.2
    assert among.weight[1] == pytest.approx(1 / (1 + rho))


def test_a_finding_of_both_sides_is_shown_once() -> None:
    findings = [reflex("ankle", Side.BOTH, 4), feature("diabetes")]
    assessed = assess(case(), findings, Nerves(load_library(), load_graph()))
    for candidate in assessed.candidates:
        named = [w.finding for w in candidate.weights if w.finding is not None]
        assert len(named) == len(set(named))
    assert len({s.finding for s in assessed.stability}) == len(assessed.stability)


def test_without_a_finding_all_that_it_says_is_gone() -> None:
    finding = reflex("ankle", Side.BOTH, 4)
    evidence = evidence_of(finding, feature("diabetes")).without(finding.id)
    said = np.array([o.finding.id == finding.id for o in evidence.observations])
    assert said.sum() == 2
    assert (evidence.weight[said] == 0).all()
    assert (evidence.weight[~said] > 0).all()


def test_rows_of_states_hold_their_probable_units() -> None:
    evidence = evidence_of(*MMN_LIKE)
    singles = score_singles(evidence)
    library = evidence.library
    with_units = np.unique(library.unit_state[singles.unit_probability > 0.5])
    states = np.unique(np.append(with_units[:20], 0))
    table = singles.rows(library, states)
    assert (table[0] == states).all()
    for column, state in enumerate(states):
        mine = [u for u in np.flatnonzero(library.unit_state == state) if singles.unit_probability[u] > 0.5]
        want = {int(library.unit_row[u, singles.unit_grade[u]]) for u in mine}
        assert set(table[1:, column].tolist()) - {-1} == want
        assert set(singles.rows_of(library, int(state)).tolist()) == want | {int(state)}


def test_one_change_seen_by_two_kinds_of_imaging_counts_once() -> None:
    seen = [
        parse_item(f"{modality}/nerve_enlarged@nerve:median").finding(Side.LEFT, 1)
        for modality in ("mri", "ultrasound")
    ]
    assert evidence_of(*seen).weight.sum() == pytest.approx(1.0)
    elsewhere = parse_item("ultrasound/nerve_enlarged@nerve:ulnar").finding(Side.LEFT, 1)
    assert evidence_of(seen[0], elsewhere).weight.sum() > 1.5
