"""Names of features, image kinds, regions and tests."""

import pytest

from ranvier.case import load_vocabulary
from ranvier.core import UnknownNameError

VOCABULARY = load_vocabulary()


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("Lasègue", "straight_leg_raise"),
        ("type 2 diabetes", "diabetes"),
        ("Diabetes Mellitus", "diabetes"),
        ("HbA1c raised", "lab_hba1c_diabetic"),
        ("albuminocytologic dissociation", "csf_protein_high"),
        ("Tinel's sign positive", "tinel"),
        ("upgoing plantar", "babinski"),
        ("mononeuritis multiplex", "ncs_multifocal_asymmetric"),
        ("anti-GM1", "lab_gm1"),
        ("17p11.2 deletion", "gene_pmp22_deletion"),
        ("HP:0001278", "orthostatic_hypotension"),
    ],
)
def test_a_feature_is_found_as_a_neurologist_writes_it(written: str, id_: str) -> None:
    assert VOCABULARY.feature(written).id == id_


@pytest.mark.parametrize(
    ("written", "id_"),
    [("4548-4", "hba1c"), ("Vitamin B12", "b12"), ("CSF cells", "csf_wbc"), ("CPK", "ck"), ("anti-Ro", "ssa")],
)
def test_a_laboratory_test_is_found_by_name_or_loinc(written: str, id_: str) -> None:
    assert VOCABULARY.lab_test(written).id == id_


def test_image_kinds_and_regions() -> None:
    assert VOCABULARY.image_kind("disc prolapse").id == "disc_herniation"
    assert VOCABULARY.image_kind("intraneural ganglion").place_kind == "nerve"
    assert VOCABULARY.region("C-spine").id == "cervical_spine"
    assert VOCABULARY.region("thorax").id == "chest"


def test_a_misspelt_name_is_not_guessed_but_named() -> None:
    with pytest.raises(UnknownNameError, match="'diabetes'"):
        VOCABULARY.resolve("feature", "diabtes")
    with pytest.raises(UnknownNameError, match="laboratory test"):
        VOCABULARY.lab_test("nothing like it")


def test_units_begin_with_the_usual_one() -> None:
    assert VOCABULARY.lab_test("hba1c").units[:2] == ("%", "mmol/mol")
    assert VOCABULARY.lab_test("csf_protein").units[0] == "mg/dL"
