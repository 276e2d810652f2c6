"""Simulated patients: drawn as stated, read back by the same model, calibrated on their own draws."""

import numpy as np
import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Setting
from ranvier.core import DataFileError, Side, UnknownNameError
from ranvier.inference import Nerves, gather_evidence, infer, load_library
from ranvier.inference.items import parse_item
from ranvier.inference.mixing import combined, gathered, single
from ranvier.inference.simulation import Examiner, Look, Population

FEATURES = ("diabetes", "back_pain", "babinski", "lab_hba1c_diabetic")
LOOKS = tuple(
    Look(parse_item(text), side)
    for text in (
        "strength@muscle:tibialis_anterior", "strength@muscle:first_dorsal_interosseous", "reflex@reflex:ankle",
        "reflex@reflex:knee", "sensation_pain@area:sole", "snap_amplitude@study:sural_sensory",
        "cmap_amplitude@study:fibular_motor_edb", "distal_latency@study:median_motor_apb",
        "fibrillations@muscle:tibialis_anterior",
    )
    for side in (Side.LEFT, Side.RIGHT)
) + tuple(Look(parse_item(text), Side.UNKNOWN) for text in FEATURES)  # fmt: skip


@pytest.fixture(scope="module")
def nerves() -> Nerves:
    return Nerves(load_library(), load_graph())


def test_a_population_draws_the_disorder_and_side_that_were_asked_for(nerves: Nerves) -> None:
    people = Population(nerves.library, Setting.NEUROLOGY_CLINIC, disorders={"peroneal_fh": 1.0}, side=Side.LEFT)
    for patient in people.draw(np.random.default_rng(1), 40):
        assert patient.disorders(nerves.library) == ("peroneal_fh",)
        assert nerves.library.states[patient.states[0]].side in (Side.LEFT, Side.BOTH)
        assert patient.case.patient.age_y is not None
    with pytest.raises(UnknownNameError):
        Population(nerves.library, Setting.NEUROLOGY_CLINIC, disorders={"no such thing": 1.0})


def test_a_foot_drop_is_weak_on_its_side_and_nowhere_else(nerves: Nerves) -> None:
    rng = np.random.default_rng(2)
    people = Population(nerves.library, Setting.NEUROLOGY_CLINIC, disorders={"peroneal_fh": 1.0}, side=Side.LEFT)
    grades = Examiner(nerves, rng).grades(people.draw(rng, 300), LOOKS[:2])
    left, right = (grades > 0).mean(axis=0)
    assert left > 0.5
    assert right < 0.25


def test_a_feature_is_as_frequent_as_its_table_says(nerves: Nerves) -> None:
    rng = np.random.default_rng(3)
    people = Population(nerves.library, Setting.NEUROLOGY_CLINIC, disorders={"diabetic_dspn": 1.0}).draw(rng, 1500)
    look = Look(parse_item("lab_hba1c_diabetic"), Side.UNKNOWN)
    table = nerves.library.catalogue.associations["diabetic_dspn"]["lab_hba1c_diabetic"].probability
    assert Examiner(nerves, rng).grades(people, [look]).mean() == pytest.approx(table, abs=0.04)


@pytest.mark.parametrize("bad", ["strength@planet:mars", "no_such_reading@muscle:deltoid", "mri/no_such_kind@root:L5"])
def test_a_wrong_item_is_named(bad: str) -> None:
    with pytest.raises(DataFileError, match=bad.split("@")[0].split("/")[0]):
        parse_item(bad)


def test_the_posterior_is_calibrated_on_its_own_draws(nerves: Nerves) -> None:
    """A few hundred draws: the gap between stated and true chance is within what chance allows."""
    rng = np.random.default_rng(4)
    people = Population(nerves.library, Setting.NEUROLOGY_CLINIC).draw(rng, 250)
    stated, right = [], []
    for patient, found in zip(people, Examiner(nerves, rng).findings(people, LOOKS), strict=True):
        evidence = gather_evidence(patient.case, found, nerves.library, nerves.graph, nerves)
        _, post = infer(evidence)
        first = int(post.present.argmax())
        stated.append(float(post.present[first]))
        right.append(nerves.library.disorder_ids[first] in patient.disorders(nerves.library))
    assert np.mean(stated) == pytest.approx(np.mean(right), abs=0.09)


def test_the_same_findings_give_the_same_answer_from_kept_columns(nerves: Nerves) -> None:
    rng = np.random.default_rng(5)
    people = Population(nerves.library, Setting.NEUROLOGY_CLINIC).draw(rng, 1)
    found = Examiner(nerves, rng).findings(people, LOOKS)[0]
    kept = gather_evidence(people[0].case, found, nerves.library, nerves.graph, nerves)
    fresh = gather_evidence(people[0].case, found, nerves.library, nerves.graph)
    assert kept.log_likelihood == pytest.approx(fresh.log_likelihood)


def test_sums_of_rows_add_up_however_they_are_written(nerves: Nerves) -> None:
    library = nerves.library
    unit = 0
    rows = np.array([int(library.unit_state[unit]), int(library.unit_row[unit, 1])])
    probes = tuple(parse_item("strength@muscle:deltoid").observation(Side.LEFT, 0).left)
    model = nerves.model(probes, None)
    one = model.values("log_survival", single(library, rows[1:]))
    other = model.values("log_survival", gathered([rows]))
    together = model.values("log_survival", combined(np.array([7, 9]), rows[None, :], np.array([[-1, 7, 9]])))
    many = model.values("log_survival", gathered([np.concatenate([rows, np.repeat(rows[:1], 4)])]))
    assert one == pytest.approx(other)
    assert together == pytest.approx(other)
    assert many == pytest.approx(other + 4 * model.values("log_survival", gathered([rows[:1]])))
