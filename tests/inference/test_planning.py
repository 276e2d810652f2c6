"""The next best test: what has been done is not asked for, what decides is, and burden counts."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.inference.builders import feature, strength, study

from ranvier.anatomy import load_graph
from ranvier.case import BiopsyResult, Case, ImagingStudy, Onset, Patient
from ranvier.core import DataFileError, Finding, Modality, Origin, Side
from ranvier.inference import PlannedTest, assess, read_burdens
from ranvier.inference.parameters import load_parameters
from ranvier.inference.planning import available_tests, packaged_burdens
from ranvier.inference.planning.gain import Beliefs, expected_gain, further_weights, turns, with_unlisted
from ranvier.inference.planning.outcomes import Variable
from ranvier.inference.planning.remaining import remaining

FOOT = (strength("tibialis_anterior", Side.RIGHT, 2), strength("extensor_hallucis_longus", Side.RIGHT, 2))
CASE = Case(id="test", patient=Patient(), onset=Onset())


def _beliefs() -> Beliefs:
    return Beliefs(weight=np.array([0.5, 0.5]), disorder=np.array([0, 1]), importance=np.ones(2))


def _variable(first: float, second: float) -> Variable:
    chance = np.array([[1 - first, first], [1 - second, second]])
    return Variable(label="x", group="", rho=0.0, chance=chance)


def _plan(*findings: Finding, case: Case = CASE) -> tuple[PlannedTest, ...]:
    return assess(case, findings).next_tests


def test_a_test_that_decides_gains_one_bit_and_one_that_does_not_gains_none() -> None:
    rng = np.random.default_rng(1)
    assert expected_gain(_beliefs(), [_variable(0.999, 0.001)], 4000, rng).bits == pytest.approx(1.0, abs=0.03)
    assert expected_gain(_beliefs(), [_variable(0.4, 0.4)], 4000, rng).bits == pytest.approx(0.0, abs=1e-9)


def test_the_gain_agrees_with_the_sum_over_all_results() -> None:
    first, second = 0.8, 0.3
    exact = 0.0
    for a, b in ((first, second), (1 - first, 1 - second)):
        total = 0.5 * (a + b)
        exact += sum(0.5 * p * np.log2(p / total) for p in (a, b))
    found = expected_gain(_beliefs(), [_variable(first, second)], 20000, np.random.default_rng(2)).bits
    assert found == pytest.approx(exact, abs=0.01)


def test_a_result_that_turns_the_order_is_told_with_its_chance() -> None:
    beliefs = Beliefs(weight=np.array([0.7, 0.3]), disorder=np.array([0, 1]), importance=np.ones(2))
    found = turns(beliefs, [_variable(0.1, 0.9)])
    assert [(t.normal, t.disorder) for t in found] == [(False, 1)]
    assert found[0].chance == pytest.approx(0.7 * 0.1 + 0.3 * 0.9)
    assert found[0].probability == pytest.approx(0.27 / 0.34)


def test_every_test_has_a_burden_and_every_invasive_one_a_reason() -> None:
    assert {t.id for t in available_tests()} == set(packaged_burdens())
    assert all(t.why for t in available_tests() if t.invasive)


def test_the_chance_of_being_right_rises_with_a_test_that_decides() -> None:
    rng = np.random.default_rng(1)
    assert expected_gain(_beliefs(), [_variable(0.999, 0.001)], 4000, rng).right == pytest.approx(0.5, abs=0.03)
    assert expected_gain(_beliefs(), [_variable(0.4, 0.4)], 4000, rng).right == pytest.approx(0.0, abs=1e-9)


def test_what_was_done_is_not_asked_for_again() -> None:
    done = (study("cmap_amplitude", "fibular_motor_edb", Side.RIGHT, 1), feature("lab_anti_mag", present=False))
    left = {t.id for t in remaining(available_tests(), CASE, done, load_graph())}
    assert not {"ncs_legs", "lab_mag"} & left
    assert {"ncs_arms", "lab_gangliosides"} <= left


def test_a_tissue_that_was_looked_at_is_not_asked_for_again() -> None:
    taken = BiopsyResult(tissue="sural", place=None, statements=(), origin=Origin(file="case.yaml"))
    left = {t.id for t in remaining(available_tests(), replace(CASE, biopsies=(taken,)), (), load_graph())}
    assert "nerve_biopsy" not in left
    assert {"mass_biopsy", "muscle_biopsy"} <= left


def test_what_a_study_of_the_neighbouring_region_showed_is_not_seen_anew() -> None:
    knee = ImagingStudy(
        modality="mri", region="knee", side=Side.RIGHT, result="normal", origin=Origin(file="case.yaml")
    )
    left = {t.id: t for t in remaining(available_tests(), replace(CASE, imaging=(knee,)), (), load_graph())}
    assert "mri_knee" not in left
    assert left["mri_thigh"].seen == {"knee"}
    assert left["us_leg"].seen == frozenset()
    plan = {t.test: t for t in _plan(*FOOT, case=replace(CASE, imaging=(knee,)))}
    assert "mri_thigh" not in plan or plan["mri_thigh"].gain_bits < 0.5


def test_a_foot_drop_asks_for_nerves_of_the_leg_before_antibodies() -> None:
    order = [t.test for t in _plan(*FOOT)]
    assert min(order.index("ncs_legs"), order.index("emg_legs")) < order.index("lab_gangliosides")


def test_burden_moves_a_test_down_and_unavailable_takes_it_away(tmp_path: Path) -> None:
    table = tmp_path / "burdens.csv"
    table.write_text("test,cost,pain,risk,delay_days\nncs_legs,900,0,0,0\nemg_legs,unavailable,,,\n", encoding="utf-8")
    own = assess(CASE, FOOT, burdens=read_burdens(table)).next_tests
    usual = _plan(*FOOT)
    assert [t.test for t in own].index("ncs_legs") > [t.test for t in usual].index("ncs_legs")
    assert "emg_legs" not in {t.test for t in own}


@pytest.mark.parametrize(
    "row", ["no_such_test,1,1,1,1", "ncs_legs,much,1,1,1", "ncs_legs,-20,0,0,0", "ncs_legs,nan,0,0,0", "ncs_legs,1"]
)
def test_a_wrong_burden_table_names_the_line(tmp_path: Path, row: str) -> None:
    table = tmp_path / "burdens.csv"
    table.write_text(f"test,cost,pain,risk,delay_days\n{row}\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="line 2"):
        read_burdens(table)


def test_a_burden_table_that_is_no_text_or_names_a_near_miss_says_so(tmp_path: Path) -> None:
    table = tmp_path / "burdens.csv"
    table.write_bytes(bytes(range(128, 256)))
    with pytest.raises(DataFileError, match="UTF-8"):
        read_burdens(table)
    table.write_text("test,cost,pain,risk,delay_days\nncs_leg,1,1,1,1\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="ncs_legs"):
        read_burdens(table)


def test_imaging_tests_name_regions_and_the_others_items() -> None:
    for test in available_tests():
        assert bool(test.regions) == (test.modality in (Modality.MRI, Modality.ULTRASOUND))
        assert bool(test.looks) != bool(test.regions)


def test_results_beside_many_known_ones_of_their_kind_tell_less() -> None:
    chance = np.array([[0.1, 0.9], [0.9, 0.1]])
    variable = Variable(label="x", group="cmap_amplitude", rho=0.6, chance=chance)
    alone = further_weights([variable], {})
    beside = further_weights([variable], {"cmap_amplitude": 4, "reflex": 9})
    assert alone.tolist() == [1.0]
    assert beside[0] == pytest.approx(5 / (1 + 0.6 * 4) - 4 / (1 + 0.6 * 3))
    known = expected_gain(_beliefs(), [variable], 500, np.random.default_rng(3), {"cmap_amplitude": 4}).bits
    assert known < expected_gain(_beliefs(), [variable], 500, np.random.default_rng(3)).bits


def test_what_would_prove_a_nearly_sure_cause_is_worth_more_than_what_any_cause_would_show() -> None:
    sure = Beliefs(weight=np.array([0.999, 0.001]), disorder=np.array([0, 1]), importance=np.ones(2))
    chance, base = np.array([[0.1, 0.9], [0.9, 0.1]]), np.array([0.99, 0.01])
    gene = Variable(label="gene", group="", rho=0.0, chance=chance, base=base)
    reading = Variable(label="reading", group="", rho=0.0, chance=chance)
    gains = [
        expected_gain(sure.with_unlisted(0.05), [with_unlisted(v, sure.weight)], 400, np.random.default_rng(3)).bits
        for v in (gene, reading)
    ]
    assert gains[0] > 10 * gains[1]


def test_an_unlisted_cause_leaves_the_others_in_proportion() -> None:
    whole = _beliefs().with_unlisted(0.2)
    assert whole.weight.tolist() == pytest.approx([0.4, 0.4, 0.2])
    assert whole.disorder.tolist() == [0, 1, 2]


def test_equal_tests_come_out_equal() -> None:
    plan = {t.test: t.gain_bits for t in _plan(*FOOT)}
    assert plan == {t.test: t.gain_bits for t in _plan(*FOOT)}
    assert "ncs_pattern" not in plan


def test_an_invasive_test_comes_first_only_where_it_tells_much_more() -> None:
    palsies = [feature("recurrent_pressure_palsies"), feature("family_history_pressure_palsies")]
    planned = assess(CASE, [*palsies, strength("tibialis_anterior", Side.LEFT, 3)]).next_tests
    assert not planned[0].invasive
    best = max(t.gain_bits for t in planned if not t.invasive)
    enough = load_parameters()["plan_invasive_gain"] * best
    late = [n for n, t in enumerate(planned) if t.invasive and t.gain_bits < enough]
    others = [n for n, t in enumerate(planned) if n not in late]
    assert late
    assert max(others) < min(late)
