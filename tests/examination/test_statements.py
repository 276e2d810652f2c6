"""Features that a case states in words."""

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, FeatureStatement, Onset, Patient, load_vocabulary
from ranvier.core import Finding, GradedReading, Modality, Origin, Place, PlaceKind, PresenceReading, Side
from ranvier.examination import UNMENTIONED, findings
from ranvier.examination.statements import modality_of


def of(feature: str, present: bool, place: Place | None = None) -> Finding:
    """Return the finding of one statement, beside what is not spoken of."""
    stated = FeatureStatement(feature=feature, present=present, place=place, origin=Origin(file="case.yaml"))
    all_of_it = findings(Case(id="x", patient=Patient(), onset=Onset(), statements=(stated,)), load_graph())
    (found,) = [f for f in all_of_it if f.observable not in UNMENTIONED]
    return found


@pytest.mark.parametrize("present", [True, False])
def test_a_feature_is_present_or_absent(present: bool) -> None:
    found = of("babinski", present)
    assert (found.observable, found.reading) == ("babinski", PresenceReading(present=present))
    assert found.abnormal is present
    assert found.statement.endswith("is present." if present else "is absent.")
    assert found.id == "statement-1"


def test_a_sign_keeps_its_place() -> None:
    place = Place(kind=PlaceKind.TUNNEL, ids=("fibular_head",), side=Side.LEFT, label="fibular head")
    found = of("tinel", True, place)
    assert found.place == place
    assert "left fibular head" in found.statement


def test_a_sensory_symptom_and_fasciculations_with_a_place_are_graded() -> None:
    area = Place(kind=PlaceKind.AREA, ids=("thumb_palmar",), side=Side.LEFT, label="thumb")
    muscle = Place(kind=PlaceKind.MUSCLE, ids=("deltoid",), side=Side.LEFT, label="deltoid")
    found = of("paraesthesia_in_area", True, area)
    assert (found.observable, found.reading) == ("sensory_symptom", GradedReading(lowest=1, highest=1))
    found = of("fasciculations_in_muscle", False, muscle)
    assert (found.observable, found.reading) == ("fasciculations", GradedReading(lowest=0, highest=0))
    assert of("paraesthesia_in_area", True).observable == "paraesthesia_in_area"


@pytest.mark.parametrize(
    ("feature", "modality"),
    [
        ("diabetes", Modality.HISTORY),
        ("babinski", Modality.EXAMINATION),
        ("rns_decrement", Modality.NCS),
        ("emg_myotonia", Modality.EMG),
        ("tilt_test_abnormal", Modality.FUNCTION_TEST),
        ("lab_gm1", Modality.LABORATORY),
        ("csf_protein_high", Modality.CSF),
        ("biopsy_amyloid", Modality.BIOPSY),
        ("gene_ttr", Modality.GENETICS),
        ("chest_apex_mass", Modality.OTHER_IMAGING),
    ],
)
def test_modality_of_a_feature(feature: str, modality: Modality) -> None:
    assert modality_of(feature) is modality


def test_every_feature_of_the_vocabulary_has_a_modality() -> None:
    assert all(isinstance(modality_of(feature), Modality) for feature in load_vocabulary().features)
