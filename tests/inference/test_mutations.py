"""Deliberate faults in the tables and parameters, each of which an invariant must catch."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from tests.inference import invariants
from tests.inference.invariants import Invariant

from ranvier.core import Status, mirrored
from ranvier.disorders import Catalogue, Lesion, StructureSign, load_catalogue
from ranvier.inference import parameters
from ranvier.inference.library import Library, build_library


def _with_lesions(change: Callable[[Lesion], Lesion], disorder: str) -> Catalogue:
    catalogue = load_catalogue()
    rows = tuple(change(r) for r in catalogue.lesions[disorder])
    return replace(catalogue, lesions={**catalogue.lesions, disorder: rows})


def root_lesion_moved_beyond_the_ganglion() -> Library:
    def moved(lesion: Lesion) -> Lesion:
        return replace(lesion, terms=tuple(t.replace("root:", "spinal_nerve:") for t in lesion.terms))

    return build_library(_with_lesions(moved, "lumbar_radiculopathy"))


def carpal_tunnel_moved_to_the_elbow() -> Library:
    return build_library(_with_lesions(lambda r: replace(r, terms=("tunnel:cubital_tunnel",)), "cts"))


def fibular_lesion_moved_to_the_sciatic_nerve() -> Library:
    return build_library(_with_lesions(lambda r: replace(r, terms=("tunnel:gluteal_piriformis",)), "peroneal_fh"))


def sides_swapped() -> Library:
    library = build_library(load_catalogue())
    return replace(library, states=tuple(replace(s, side=mirrored(s.side)) for s in library.states))


def small_fibre_neuropathy_given_a_structure() -> Library:
    catalogue = load_catalogue()
    sign = StructureSign(
        disorder="sfn_idiopathic", variant="*", kinds=("nerve_enlarged",), where="", regions=("lumbar_spine",),
        mri=0.5, ultrasound=0.0, other=0.0, status=Status.ASSUMED, source="estimate",
    )  # fmt: skip
    return build_library(replace(catalogue, structure={**catalogue.structure, "sfn_idiopathic": (sign,)}))


def motor_neuron_disease_takes_sensation() -> Library:
    return build_library(_with_lesions(lambda r: replace(r, terms=("all_ganglia",), sensory=1.0), "als"))


def small_fibre_neuropathy_takes_large_fibres() -> Library:
    return build_library(_with_lesions(lambda r: replace(r, sensory=1.0, loss=0.95), "sfn_idiopathic"))


CATALOGUE_FAULTS: tuple[tuple[Callable[[], Library], Invariant], ...] = (
    (root_lesion_moved_beyond_the_ganglion, invariants.root_lesion_spares_the_sensory_response),
    (carpal_tunnel_moved_to_the_elbow, invariants.carpal_tunnel_slows_the_median_nerve_alone),
    (fibular_lesion_moved_to_the_sciatic_nerve, invariants.fibular_lesion_spares_the_tibial_nerve),
    (sides_swapped, invariants.a_lesion_acts_on_its_own_side),
    (small_fibre_neuropathy_given_a_structure, invariants.normal_mri_is_silent_on_small_fibres),
    (motor_neuron_disease_takes_sensation, invariants.motor_neuron_disease_spares_the_sensory_response),
    (small_fibre_neuropathy_takes_large_fibres, invariants.small_fibre_neuropathy_spares_the_sural_response),
)

PARAMETER_FAULTS: tuple[tuple[Mapping[str, float], Invariant], ...] = (
    ({"length_width": -7.0}, invariants.feet_before_hands),
    ({"reflex_gain": -2.0}, invariants.cord_compression_raises_reflexes),
    ({"snap_fall_mid": 2.0}, invariants.motor_responses_fall_before_sensory_ones),
    ({"fibrillation_mid": 1.0}, invariants.fibrillations_take_weeks),
    ({"latency_log_gain": 0.0}, invariants.carpal_tunnel_slows_the_median_nerve_alone),
)

ALL = tuple({invariant: None for _, invariant in (*CATALOGUE_FAULTS, *PARAMETER_FAULTS)})


@pytest.fixture(scope="module")
def library() -> Library:
    return build_library(load_catalogue())


@pytest.mark.parametrize("invariant", ALL, ids=lambda f: f.__name__)
def test_the_shipped_tables_keep_the_invariant(invariant: Invariant, library: Library) -> None:
    assert invariant(library)


@pytest.mark.parametrize(("fault", "invariant"), CATALOGUE_FAULTS, ids=lambda f: f.__name__)
def test_a_fault_in_the_tables_is_caught(fault: Callable[[], Library], invariant: Invariant) -> None:
    assert not invariant(fault())


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, float]], None]:
    true = parameters.load_parameters()

    def change(values: Mapping[str, float]) -> None:
        for module in invariants.USERS_OF_PARAMETERS:
            monkeypatch.setattr(module, "load_parameters", lambda: {**true, **values})

    return change


@pytest.mark.parametrize(("values", "invariant"), PARAMETER_FAULTS, ids=[str(v) for v, _ in PARAMETER_FAULTS])
def test_a_fault_in_the_parameters_is_caught(
    values: Mapping[str, float],
    invariant: Invariant,
    library: Library,
    changed: Callable[[Mapping[str, float]], None],
) -> None:
    changed(values)
    assert not invariant(library)


def test_a_probability_of_one_is_refused() -> None:
    row = {"disorder": "cts", "feature": "diabetes", "probability": "1", "at": "", "status": "assumed", "source": "x"}
    with pytest.raises(ValueError, match="rule out for ever"):
        invariants.association_of_row(row)
