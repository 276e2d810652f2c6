"""Reading models: probabilities, direction, robustness, and what healthy people may lack."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.inference.builders import evidence_of, strength, study

from ranvier.anatomy import load_graph
from ranvier.core import Finding, Side
from ranvier.electrodiagnosis import load_studies
from ranvier.inference import load_library
from ranvier.inference.items import parse_item
from ranvier.inference.missing import missing_in_health, missing_share
from ranvier.inference.observations import at_age, representatives
from ranvier.inference.parameters import load_parameters, load_reading_models, reading_model
from ranvier.inference.readings import graded_probability, upper_mean

MODELS = sorted(load_reading_models())


@given(st.sampled_from(MODELS), st.floats(-3, 8))
def test_the_grades_of_a_reading_sum_to_one(name: str, x: float) -> None:
    model = reading_model(name)
    values = [graded_probability(np.array([x]), model, k, k)[0] for k in range(len(model.cuts) + 1)]
    assert sum(values) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_cut_points_rise(name: str) -> None:
    cuts = reading_model(name).cuts
    assert list(cuts) == sorted(set(cuts))


@given(st.sampled_from(MODELS), st.floats(0, 4), st.floats(0.1, 2))
def test_a_worse_nerve_never_makes_a_normal_reading_likelier(name: str, x: float, more: float) -> None:
    model = reading_model(name)
    normal = max(model.abnormal_from - 1, 0)
    chance = graded_probability(np.array([x, x + more]), model, 0, normal)
    assert chance[1] <= chance[0] + 1e-12


def test_a_healthy_nerve_gives_a_normal_reading() -> None:
    for name in MODELS:
        model = reading_model(name)
        assert graded_probability(np.array([0.0]), model, 0, max(model.abnormal_from - 1, 0))[0] > 0.7, name


def test_the_muscles_of_one_movement_stand_in_for_each_other() -> None:
    values = np.array([[0.0, 0.0, 3.0]]).T
    assert upper_mean(values, abnormal=False)[0] == pytest.approx(1.0)


def test_a_large_group_is_normal_only_when_its_worse_end_is() -> None:
    values = np.array([[0.0] * 9 + [3.0] * 3]).T
    assert upper_mean(values, abnormal=False)[0] == pytest.approx(3.0)
    assert upper_mean(values, abnormal=True)[0] == pytest.approx(1.5)


def test_a_large_group_keeps_both_ends() -> None:
    ids = tuple(str(i) for i in range(100))
    kept = representatives(ids)
    assert len(kept) == 8
    assert (kept[0], kept[-1]) == ("0", "99")


def test_every_study_that_may_be_missing_exists() -> None:
    assert set(missing_in_health()["snap_amplitude"]) <= set(load_studies())


def test_every_place_that_may_be_missing_exists() -> None:
    graph = load_graph()
    table = missing_in_health()
    assert set(table["reflex"]) <= set(graph.reflexes)
    assert set(table["sensation_vibration"]) <= set(graph.expand("area", "all_skin"))


def test_an_absent_ankle_reflex_says_less_in_the_old() -> None:
    ankle = parse_item("reflex@reflex:ankle").finding(Side.LEFT, 4)
    knee = parse_item("reflex@reflex:knee").finding(Side.LEFT, 4)
    assert missing_share(ankle, 45) == 0 == missing_share(knee, 80)
    assert missing_share(ankle, 70) == pytest.approx(0.23)
    assert 0.05 < missing_share(ankle) < 0.15
    young, old, unknown = (
        at_age(parse_item("reflex@reflex:ankle").observation(Side.LEFT, 4), a) for a in (45, 70, None)
    )
    assert (young.missing, old.missing) == (0.0, pytest.approx(0.23))
    assert 0 < unknown.missing < old.missing


def test_a_group_is_missing_as_often_as_its_member_that_is_missing_least() -> None:
    legs = parse_item("sensation_vibration@area:leg").finding(Side.LEFT, 3)
    foot = parse_item("sensation_vibration@area:foot").finding(Side.LEFT, 3)
    toe = parse_item("sensation_vibration@area:great_toe").finding(Side.LEFT, 3)
    assert missing_share(legs, 75) == 0
    assert missing_share(foot, 75) < missing_share(toe, 75)


def test_a_missing_plantar_response_says_less_than_a_missing_sural_one() -> None:
    library = load_library()
    healthy = next(i for i, s in enumerate(library.states) if s.disorder == "fibromyalgia_msk")
    plantar = evidence_of(study("snap_amplitude", "medial_plantar_mixed", Side.LEFT, 2))
    sural = evidence_of(study("snap_amplitude", "sural_sensory", Side.LEFT, 2))
    assert plantar.log_likelihood[healthy, 0] > sural.log_likelihood[healthy, 0] + 1


def test_an_unknown_side_is_read_as_either_where_the_case_names_both() -> None:
    known = study("cmap_amplitude", "fibular_motor_edb", Side.LEFT, 2)
    assert known.place is not None
    unknown = replace(known, place=replace(known.place, side=Side.UNKNOWN))
    library = load_library()
    left, right = (
        next(i for i, s in enumerate(library.states) if (s.disorder, s.side, s.grade) == ("peroneal_fh", side, 4))
        for side in (Side.LEFT, Side.RIGHT)
    )
    values = evidence_of(unknown, strength("deltoid", Side.LEFT, 0), strength("deltoid", Side.RIGHT, 0)).log_likelihood
    assert values[left, 0] == pytest.approx(values[right, 0])


def _best(disorder: str, *findings: Finding) -> float:
    evidence = evidence_of(*findings)
    library = load_library()
    rows = [i for i, s in enumerate(library.states) if s.disorder == disorder]
    return float((evidence.log_likelihood[rows] @ evidence.weight).max())


def test_each_muscle_counts_by_what_it_does_of_a_movement() -> None:
    weak = parse_item("strength@muscle:shoulder_abduction").finding(Side.LEFT, 1)
    assert _best("axillary", weak) > _best("spinal_accessory", weak) > _best("ulnar_elbow", weak) + 1


def test_a_needle_in_a_group_of_muscles_tells_of_the_worst_of_them() -> None:
    group = np.array([[0.0], [0.0], [0.0], [0.0], [0.0], [0.0], [2.0], [2.0]])
    assert upper_mean(group, abnormal=True, needle=True)[0] == pytest.approx(2.0)
    assert upper_mean(group, abnormal=True)[0] == pytest.approx(1.0)
    assert upper_mean(group, abnormal=False, needle=True)[0] == upper_mean(group, abnormal=False)[0]


def test_the_worst_reflex_arc_may_still_give_a_reduced_reflex() -> None:
    reduced = parse_item("reflex@reflex:ankle").finding(Side.LEFT, 3)
    assert _best("cmt1a", reduced) > -3.5
    cap = load_parameters()["reflex_cap"]
    absent = graded_probability(np.array([cap]), reading_model("reflex"), 4, 4)[0]
    assert 0.8 < absent < 0.95


@given(st.floats(0, 8), st.sampled_from(sorted(load_reading_models())))
def test_no_grade_of_a_reading_is_impossible(x: float, name: str) -> None:
    model = reading_model(name)
    chances = [graded_probability(np.array([x]), model, g, g)[0] for g in range(len(model.cuts) + 1)]
    assert sum(chances) == pytest.approx(1.0)
    assert min(chances) >= load_parameters()["reading_blind"] / (len(model.cuts) + 1) * 0.999
