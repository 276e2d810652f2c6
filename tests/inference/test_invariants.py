"""What must hold for every case, whatever the numbers in the tables."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inference.builders import (
    case,
    evidence_of,
    feature,
    inferred,
    normal_mri,
    place,
    probability,
    reflex,
    strength,
    study,
    swapped,
    touch,
)

from ranvier.case import Setting
from ranvier.core import Finding, PlaceKind, Side
from ranvier.inference import load_library

FOOT_DROP = (
    strength("tibialis_anterior", Side.RIGHT, 1),
    strength("tibialis_posterior", Side.RIGHT, 5),
    strength("gluteus_medius", Side.RIGHT, 5),
    reflex("ankle", Side.RIGHT, 2),
    study("snap_amplitude", "superficial_fibular_sensory", Side.RIGHT, 1),
)
L5 = (
    strength("tibialis_anterior", Side.LEFT, 3),
    strength("tibialis_posterior", Side.LEFT, 3),
    strength("gluteus_medius", Side.LEFT, 4),
    study("snap_amplitude", "superficial_fibular_sensory", Side.LEFT, 0),
    feature("leg_pain_radicular"),
)
POLYNEUROPATHY = (
    reflex("ankle", Side.BOTH, 4),
    study("snap_amplitude", "sural_sensory", Side.BOTH, 2),
    feature("diabetes"),
)
SMALL_FIBRE = (feature("burning_feet"), study("snap_amplitude", "sural_sensory", Side.BOTH, 0))
CASES = (FOOT_DROP, L5, POLYNEUROPATHY, SMALL_FIBRE)


def _structureless() -> list[int]:
    library = load_library()
    return [i for i, d in enumerate(library.disorder_ids) if not library.catalogue.structure.get(d)]


@pytest.mark.parametrize("findings", CASES)
def test_probabilities_are_probabilities(findings: Sequence[Finding]) -> None:
    _, post = inferred(*findings)
    assert post.main.sum() == pytest.approx(1.0)
    assert (post.present >= post.main - 1e-9).all()
    assert (post.present <= 1 + 1e-9).all()


@pytest.mark.parametrize("findings", CASES)
def test_swapping_all_sides_swaps_the_answer(findings: Sequence[Finding]) -> None:
    library = load_library()
    _, here = inferred(*findings)
    _, there = inferred(*(swapped(f) for f in findings))
    assert there.present == pytest.approx(here.present, abs=1e-6)
    by_side = {Side.LEFT: 0.0, Side.RIGHT: 0.0}
    swapped_side = {Side.LEFT: 0.0, Side.RIGHT: 0.0}
    for number, state in enumerate(library.states):
        if state.side in by_side:
            by_side[state.side] += here.state[number]
            swapped_side[state.side] += there.state[number]
    assert swapped_side[Side.LEFT] == pytest.approx(by_side[Side.RIGHT], abs=1e-6)


@pytest.mark.parametrize("findings", CASES)
def test_order_of_findings_is_irrelevant(findings: Sequence[Finding]) -> None:
    _, forward = inferred(*findings)
    _, backward = inferred(*reversed(findings))
    assert backward.present == pytest.approx(forward.present, abs=1e-9)


@pytest.mark.parametrize("findings", CASES)
def test_a_normal_mri_leaves_structureless_causes_alone(findings: Sequence[Finding]) -> None:
    """Likelihood ratio of exactly 1 among disorders that change no structure."""
    evidence = evidence_of(*findings, normal_mri("lumbar_spine"), normal_mri("leg"), normal_mri("brachial_plexus"))
    columns = [i for i, o in enumerate(evidence.observations) if o.kind == "image_normal"]
    rows = np.isin(evidence.library.disorder_row, _structureless())
    assert len(columns) == 3
    assert (evidence.log_likelihood[rows][:, columns] == 0.0).all()


def test_a_normal_mri_never_lowers_small_fibre_neuropathy() -> None:
    _, before = inferred(*SMALL_FIBRE)
    _, after = inferred(*SMALL_FIBRE, normal_mri("lumbar_spine"), normal_mri("whole_spine"))
    for disorder in ("sfn_idiopathic", "sfn_diabetic"):
        assert probability(after, disorder) >= probability(before, disorder) - 1e-6


def test_a_normal_mri_lowers_a_cause_that_it_would_show() -> None:
    _, before = inferred(*L5)
    _, after = inferred(*L5, normal_mri("lumbar_spine"))
    assert probability(after, "lumbar_radiculopathy") < probability(before, "lumbar_radiculopathy")


def test_no_findings_give_back_the_prior() -> None:
    library = load_library()
    _, post = inferred(who=case(setting=Setting.NEUROLOGY_CLINIC))
    prior = np.array([library.catalogue.disorders[d].prior for d in library.disorder_ids])
    single = post.main / post.main.sum()
    assert np.corrcoef(single, prior / prior.sum())[0, 1] > 0.99


def test_a_referral_centre_sees_more_of_what_is_rare() -> None:
    _, clinic = inferred(who=case(setting=Setting.NEUROLOGY_CLINIC))
    _, centre = inferred(who=case(setting=Setting.TERTIARY_CENTRE))
    assert probability(centre, "fabry") > probability(clinic, "fabry")
    assert probability(centre, "cts") < probability(clinic, "cts")


def test_a_feature_leaves_the_disorders_without_a_row_among_themselves_as_they_were() -> None:
    """A feature that a disorder makes neither more nor less frequent has a likelihood ratio of 1 there."""
    library = load_library()
    looked = 0
    for name in ("gene_ttr", "lab_ck_high", "babinski"):
        column = evidence_of(feature(name)).log_likelihood[: library.n_states, 0]
        without = [
            i
            for i, s in enumerate(library.states)
            if name not in library.catalogue.associations[s.disorder]
            and name not in library.catalogue.variant_associations.get((s.disorder, s.variant), {})
        ]
        assert (column[without] == 0).all()
        looked += len(without)
    assert looked > 100


def test_taller_patients_lose_more_in_a_length_dependent_disorder() -> None:
    findings = (study("snap_amplitude", "sural_sensory", Side.BOTH, 2),)
    short = evidence_of(*findings, who=case(height_cm=150))
    tall = evidence_of(*findings, who=case(height_cm=195))
    rows = [i for i, s in enumerate(short.library.states) if s.disorder == "ciap"]
    assert (tall.influence[rows, 0] >= short.influence[rows, 0]).all()
    assert (tall.influence[rows, 0] > short.influence[rows, 0]).any()


def test_more_severe_findings_never_make_a_milder_grade_likelier() -> None:
    library = load_library()
    rows = [i for i, s in enumerate(library.states) if s.disorder == "peroneal_fh" and s.side is Side.RIGHT]
    expected = []
    for mrc in (5, 4, 3, 2, 1, 0):
        singles, _ = inferred(strength("tibialis_anterior", Side.RIGHT, mrc))
        weight = np.exp(singles.score[rows] - singles.score[rows].max())
        expected.append(float(weight @ [library.states[r].grade for r in rows] / weight.sum()))
    assert expected == sorted(expected)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(len(FOOT_DROP))), st.integers(min_value=1, max_value=len(FOOT_DROP)))
def test_any_subset_in_any_order_is_a_distribution(order: list[int], count: int) -> None:
    _, post = inferred(*(FOOT_DROP[i] for i in order[:count]))
    assert post.main.sum() == pytest.approx(1.0)
    assert np.isfinite(post.present).all()


def test_a_sign_at_the_lesion_counts_and_one_elsewhere_does_not() -> None:
    at = feature("tinel", where=place(PlaceKind.TUNNEL, Side.RIGHT, "fibular_head"))
    elsewhere = feature("tinel", where=place(PlaceKind.TUNNEL, Side.RIGHT, "carpal_tunnel"))
    _, with_sign = inferred(*FOOT_DROP, at)
    _, without = inferred(*FOOT_DROP, elsewhere)
    assert probability(with_sign, "peroneal_fh") > probability(without, "peroneal_fh")


def test_touch_in_an_area_is_read_on_its_own_nerve() -> None:
    evidence = evidence_of(touch("first_web_space_foot", Side.RIGHT, 2))
    library = evidence.library
    deep = [i for i, s in enumerate(library.states) if s.disorder == "peroneal_fh" and s.grade == 4]
    right = [i for i in deep if library.states[i].side is Side.RIGHT]
    left = [i for i in deep if library.states[i].side is Side.LEFT]
    assert evidence.log_likelihood[right, 0].max() > evidence.log_likelihood[left, 0].max() + 1.0


@pytest.mark.parametrize(
    ("nerve", "disorder", "other"), [("femoral", "femoral", "sciatic"), ("radial", "radial_spiral", "cts")]
)
def test_an_emg_conclusion_without_potentials_speaks_for_the_nerve_it_names(
    nerve: str, disorder: str, other: str
) -> None:
    weak = strength("biceps_brachii", Side.LEFT, 5)
    said = feature("edx_lesion_of_nerve", where=place(PlaceKind.NERVE, Side.LEFT, nerve))
    _, before = inferred(weak)
    _, after = inferred(weak, said)
    assert probability(after, disorder) > 3 * probability(before, disorder)
    assert probability(after, other) <= probability(before, other) * 1.01


def test_an_emg_conclusion_on_one_side_does_not_speak_for_the_other() -> None:
    said = feature("edx_lesion_of_roots", where=place(PlaceKind.ROOT, Side.LEFT, "L5"))
    singles, _ = inferred(said)
    library = load_library()
    states = [i for i, s in enumerate(library.states) if s.disorder == "lumbar_radiculopathy" and s.variant == "l5"]
    left = max(singles.score[i] for i in states if library.states[i].side is Side.LEFT)
    right = max(singles.score[i] for i in states if library.states[i].side is Side.RIGHT)
    assert left > right + 1.0


def test_a_variant_with_a_row_of_its_own_reads_it() -> None:
    singles, _ = inferred(feature("lab_cntn1"))
    library = load_library()
    score = {
        s.variant: singles.score[i] - s.log_prior for i, s in enumerate(library.states) if s.disorder == "nodopathy"
    }
    assert score["contactin_1"] > score["neurofascin_155"] + 2


def test_csf_protein_of_the_first_days_says_less_against_guillain_barre_than_later() -> None:
    normal = feature("csf_protein_high", present=False)
    early, _ = inferred(normal, who=case(duration_days=3))
    late, _ = inferred(normal, who=case(duration_days=12))
    library = load_library()
    state = next(i for i, s in enumerate(library.states) if s.disorder == "gbs_aidp")
    other = next(i for i, s in enumerate(library.states) if s.disorder == "als")
    gap = [s.score[state] - s.score[other] for s in (early, late)]
    assert gap[0] > gap[1] + 0.5


def test_a_gene_that_was_found_takes_the_weight_from_the_genes_that_were_not() -> None:
    found = feature("gene_pmp22_point")
    _, alone = inferred(found)
    _, both = inferred(found, feature("gene_pmp22_deletion", present=False))
    assert both.present == pytest.approx(alone.present, abs=1e-9)
    _, none = inferred(feature("gene_pmp22_deletion", present=False))
    assert probability(none, "hnpp") < probability(inferred()[1], "hnpp")
