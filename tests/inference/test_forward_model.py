"""The forward model against what every textbook says of root, nerve and time."""

import numpy as np
import pytest
from tests.inference.builders import case, evidence_of, reflex, strength, study

from ranvier.core import Side
from ranvier.inference.channels import timing
from ranvier.inference.library import Library, State, load_library
from ranvier.inference.mixing import gathered, single


def _worst(disorder: str, variant: str, side: Side) -> int:
    library: Library = load_library()

    def wanted(s: State) -> bool:
        return (s.disorder, s.variant, s.side) == (disorder, variant, side)

    return max((i for i, s in enumerate(library.states) if wanted(s)), key=lambda i: library.states[i].grade)


def test_a_lesion_before_the_ganglion_leaves_the_sensory_response() -> None:
    evidence = evidence_of(
        study("snap_amplitude", "superficial_fibular_sensory", Side.RIGHT, 0),
        strength("tibialis_anterior", Side.RIGHT, 3),
    )
    row = _worst("lumbar_radiculopathy", "l5", Side.RIGHT)
    snap, power = evidence.influence[row]
    assert snap == pytest.approx(0.0, abs=1e-9)
    assert power > 0.3


def test_a_lesion_beyond_the_ganglion_takes_the_sensory_response() -> None:
    evidence = evidence_of(study("snap_amplitude", "superficial_fibular_sensory", Side.RIGHT, 0))
    row = _worst("sciatic", load_library().catalogue.variants["sciatic"][0].id, Side.RIGHT)
    assert evidence.influence[row, 0] > 0.5


def test_a_lesion_acts_on_its_own_side_only() -> None:
    evidence = evidence_of(strength("tibialis_anterior", Side.RIGHT, 3), strength("tibialis_anterior", Side.LEFT, 3))
    right, left = evidence.influence[
        _worst("peroneal_fh", load_library().catalogue.variants["peroneal_fh"][0].id, Side.RIGHT)
    ]
    assert right > 0.5
    assert left == pytest.approx(0.0, abs=1e-9)


def test_carpal_tunnel_spares_the_ulnar_nerve_and_the_forearm() -> None:
    evidence = evidence_of(
        study("distal_latency", "median_motor_apb", Side.RIGHT, 1),
        study("distal_latency", "ulnar_motor_adm", Side.RIGHT, 0),
        strength("flexor_pollicis_longus", Side.RIGHT, 5),
    )
    median, ulnar, forearm = evidence.influence[_worst("cts", "one_side", Side.RIGHT)]
    assert median > 0.2
    assert ulnar == pytest.approx(0.0, abs=1e-9)
    assert forearm == pytest.approx(0.0, abs=1e-9)


def test_length_dependence_takes_feet_before_hands() -> None:
    evidence = evidence_of(
        study("snap_amplitude", "sural_sensory", Side.RIGHT, 0),
        study("snap_amplitude", "ulnar_sensory_d5", Side.RIGHT, 0),
    )
    rows = [i for i, s in enumerate(evidence.library.states) if s.disorder == "ciap"]
    assert (evidence.influence[rows, 0] > evidence.influence[rows, 1]).all()


def test_upper_motor_neuron_loss_raises_reflexes() -> None:
    evidence = evidence_of(reflex("knee", Side.RIGHT, 1))
    rows = [i for i, s in enumerate(evidence.library.states) if s.disorder == "cervical_myelopathy"]
    null = [i for i, s in enumerate(evidence.library.states) if s.disorder == "no_neuropathy"]
    assert evidence.log_likelihood[rows, 0].max() > evidence.log_likelihood[null, 0].max()


def test_wallerian_times_are_in_the_order_of_the_textbooks() -> None:
    """Motor responses fall first, then sensory ones, then fibrillations appear, then units are remodelled."""
    day_4, day_12, day_60 = timing(4), timing(12), timing(60)
    assert day_4.cmap > day_4.snap
    assert day_4.fibrillation < 0.1
    assert day_12.cmap > 0.95
    assert day_12.snap > 0.9
    assert day_60.fibrillation > 0.99
    assert day_60.remodelling < 0.5
    assert timing(None).remodelling == 1.0


def test_early_after_onset_the_distal_response_is_kept() -> None:
    finding = study("cmap_amplitude", "fibular_motor_edb", Side.RIGHT, 0)
    row = _worst("peroneal_fh", load_library().catalogue.variants["peroneal_fh"][0].id, Side.RIGHT)
    early = evidence_of(finding, who=case(duration_days=1)).influence[row, 0]
    late = evidence_of(finding, who=case(duration_days=30)).influence[row, 0]
    assert early < 0.2 * late


def test_block_and_loss_of_two_lesions_add_on_the_log_scale() -> None:
    evidence = evidence_of(strength("tibialis_anterior", Side.RIGHT, 3))
    rows = np.array(
        [
            _worst("peroneal_fh", load_library().catalogue.variants["peroneal_fh"][0].id, Side.RIGHT),
            _worst("lumbar_radiculopathy", "l5", Side.RIGHT),
        ]
    )
    model = evidence.models[0]
    library = load_library()
    for field in ("log_survival", "log_conducting"):
        alone = model.values(field, single(library, rows))
        both = model.values(field, gathered([rows]))
        assert both[:, 0] == pytest.approx(alone.sum(axis=1))
        assert alone[:, 0].sum() < 0 or field == "log_conducting"


def test_a_unit_stands_on_top_of_its_state() -> None:
    library = load_library()
    evidence = evidence_of(strength("tibialis_anterior", Side.RIGHT, 3))
    model = evidence.models[0]
    touched = set(model.touched.tolist())
    unit = next(
        u
        for u in range(len(library.units))
        if library.unit_row[u, 0] in touched and int(library.unit_state[u]) in touched
    )
    row, state = int(library.unit_row[unit, -1]), int(library.unit_state[unit])
    stacked = model.values("log_survival", single(library, np.array([row])))
    own = model.values("log_survival", gathered([np.array([row])]))
    base = model.values("log_survival", gathered([np.array([state])]))
    assert stacked == pytest.approx(own + base)


def test_the_entries_of_the_library_stand_in_the_order_of_its_patterns() -> None:
    library = load_library()
    assert (np.diff(library.entry_pattern) >= 0).all()
    assert (np.diff(library.effect_pattern) >= 0).all()
