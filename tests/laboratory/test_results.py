"""Laboratory results to features."""

from typing import Any

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, FeatureStatement, LabResult, Onset, Patient, load_vocabulary
from ranvier.core import Finding, Modality, Origin, OutsideReferenceError, PresenceReading, Status, read_table
from ranvier.laboratory import findings, unused
from ranvier.laboratory.derived import derived
from ranvier.reference import estimated_gfr

GRAPH = load_graph()


def result(test: str, value: float | None = None, unit: str | None = None, **more: Any) -> LabResult:
    """Return one row."""
    return LabResult(test=test, value=value, unit=unit, origin=Origin(file="labs.csv", row=2), **more)


def case(*rows: LabResult, sex: Any = None, stated: tuple[str, ...] = ()) -> Case:
    """Return a case with laboratory results only."""
    said = tuple(FeatureStatement(feature=f, present=True, place=None, origin=Origin(file="case.yaml")) for f in stated)
    return Case(id="x", patient=Patient(sex=sex), onset=Onset(), laboratory=rows, statements=said)


def of(*rows: LabResult, sex: Any = None) -> dict[str, bool]:
    """Return the features that the results state."""
    found = findings(case(*rows, sex=sex), GRAPH)
    return {f.observable: f.reading.present for f in found if isinstance(f.reading, PresenceReading)}


@pytest.mark.parametrize(
    ("row", "features"),
    [
        (result("hba1c", 7.1, "%"), {"lab_hba1c_diabetic": True}),
        (result("hba1c", 6.0, "%"), {"lab_hba1c_diabetic": False, "lab_glucose_prediabetic": True}),
        (result("hba1c", 5.2, "%"), {"lab_hba1c_diabetic": False, "lab_glucose_prediabetic": False}),
        (result("hba1c", 53, "mmol/mol"), {"lab_hba1c_diabetic": True}),
        (result("hba1c", 6.8, "%", word="normal"), {"lab_hba1c_diabetic": True}),
        (result("hba1c", 7.1), {}),
        (result("b12", 150, "pg/mL"), {"lab_b12_low": True}),
        (result("b12", 250, "pg/mL"), {}),
        (result("b12", 250, "pg/mL", word="normal"), {"lab_b12_low": False}),
        (result("b12", 250, "pg/mL", ref_low=300.0), {"lab_b12_low": True}),
        (result("b12", 500, "pg/mL", ref_low=200.0, ref_high=900.0), {"lab_b12_low": False}),
        (result("b12", word="low"), {"lab_b12_low": True}),
        (result("ck", 1500, "U/L"), {"lab_ck_high": True, "lab_ck_very_high": True}),
        (result("ck", 400, "U/L"), {"lab_ck_high": True, "lab_ck_very_high": False}),
        (result("ck", word="normal"), {"lab_ck_high": False, "lab_ck_very_high": False}),
        (result("ck", word="high"), {"lab_ck_high": True}),
        (result("csf_protein", 3, "g/L"), {"csf_protein_high": True, "csf_protein_very_high": True}),
        (result("csf_protein", 85, "mg/dL"), {"csf_protein_high": True, "csf_protein_very_high": False}),
        (result("csf_protein", 30, "mg/dL"), {"csf_protein_high": False, "csf_protein_very_high": False}),
        (result("csf_wbc", 2, "cells/uL"), {"csf_pleocytosis": False}),
        (result("csf_wbc", 120, "/mm3"), {"csf_pleocytosis": True}),
        (result("flc_ratio", 0.1, "ratio"), {"lab_light_chain_abnormal": True}),
        (result("flc_ratio", 3.0, "ratio"), {"lab_light_chain_abnormal": True}),
        (result("flc_ratio", 1.0, "ratio"), {"lab_light_chain_abnormal": False}),
        (result("achr", 0.01, "nmol/L", comparator="<"), {"lab_achr": False}),
        (result("mcv", 110, "fL"), {"lab_ggt_or_mcv_high": True, "lab_macrocytosis": True}),
        (result("hiv", word="negative"), {"lab_hiv_positive": False}),
        (result("gm1_igm", word="positive"), {"lab_gm1": True}),
        (result("ife", word="negative"), {"lab_m_protein_igm": False, "lab_m_protein_igg_iga": False}),
        (result("ife", word="positive"), {}),
        (result("ttr_gene", word="positive"), {"gene_ttr": True}),
        (result("tsh", word="abnormal"), {}),
    ],
)
def test_what_a_result_states(row: LabResult, features: dict[str, bool]) -> None:
    assert of(row) == features


@pytest.mark.parametrize(
    ("sex", "value", "features"),
    [
        ("female", 12.5, {"lab_anaemia": False}),
        ("male", 12.5, {"lab_anaemia": True}),
        (None, 12.5, {}),
        (None, 11.0, {"lab_anaemia": True}),
        (None, 14.0, {"lab_anaemia": False}),
    ],
)
def test_an_unknown_sex_decides_only_where_both_agree(sex: Any, value: float, features: dict[str, bool]) -> None:
    assert of(result("hb", value, "g/dL"), sex=sex) == features


def test_a_censored_value_that_could_be_either_states_nothing() -> None:
    assert of(result("b12", 400, "pg/mL", comparator="<")) == {}
    assert of(result("b12", 150, "pg/mL", comparator="<")) == {"lab_b12_low": True}


def test_one_finding_for_each_feature_and_present_counts() -> None:
    rows = (
        result("csf_protein", 0.3, "g/L", day=2.0),
        result("csf_protein", 0.9, "g/L", day=12.0),
        result("csf_protein", 0.4, "g/L", day=90.0),
    )
    found = findings(case(*rows), GRAPH)
    assert [f.observable for f in found] == ["csf_protein_high", "csf_protein_very_high"]
    assert found[0].abnormal is True
    assert "on day 12" in found[0].statement
    assert of(result("alt", 20, "U/L"), result("ast", 200, "U/L")) == {"lab_liver_abnormal": True}


def test_what_the_case_states_in_words_is_left_to_the_words() -> None:
    assert findings(case(result("hiv", word="negative"), stated=("lab_hiv_positive",)), GRAPH) == ()


def test_the_finding_carries_its_limit() -> None:
    (found,) = (f for f in findings(case(result("b12", 150, "pg/mL")), GRAPH))
    assert found.limit is not None
    assert (found.limit.text, found.limit.source, found.limit.status) == (
        "< 200 pg/mL", "b12_blood_2016", Status.SECONDARY
    )  # fmt: skip
    assert found.id == "lab-1"
    assert found.modality is Modality.LABORATORY
    assert "150 pg/mL (< 200 pg/mL)" in found.statement
    own: Finding = findings(case(result("tsh", 5.0, "mIU/L", ref_high=4.5)), GRAPH)[0]
    assert own.limit is not None
    assert (own.limit.text, own.limit.source) == ("printed limit 4.5 mIU/L", "own_limit_of_the_laboratory")


def test_csf_and_genes_have_their_modality() -> None:
    found = findings(case(result("csf_wbc", 2), result("ttr_gene", word="negative")), GRAPH)
    assert [f.modality for f in found] == [Modality.CSF, Modality.GENETICS]


def test_results_that_state_nothing_are_told() -> None:
    rows = (result("hba1c", 7.1), result("csf_lactate", 1.5, "mmol/L"), result("ck", 90, "U/L"))
    left = unused(case(*rows), GRAPH)
    assert len(left) == 2
    assert "%" in left[0].remedy
    assert "no meaning in the tables" in left[1].problem


def test_every_test_and_feature_of_the_tables_is_in_the_vocabulary() -> None:
    vocabulary = load_vocabulary()
    rows = read_table("ranvier.reference", "labs.csv", ("test", "feature"))
    flags = read_table("ranvier.laboratory", "flag_features.csv", ("test", "flag", "feature", "present"))
    assert {r["test"] for r in (*rows, *flags)} <= set(vocabulary.lab_tests)
    assert {r["feature"] for r in (*rows, *flags)} <= set(vocabulary.features)
    words = {"normal", "low", "high", "positive", "negative", "abnormal"}
    assert {r["flag"] for r in flags} <= words
    assert {r["present"] for r in flags} == {"yes", "no"}


def test_an_unknown_unit_is_questioned_even_where_a_flag_decides() -> None:
    row = result("b12", 310, "U/L", word="normal")
    assert of(row) == {"lab_b12_low": False}
    (question,) = unused(case(row), GRAPH)
    assert question.severity == "question"
    assert "pg/ml" in question.remedy


def test_the_filtration_rate_follows_from_creatinine_age_and_sex() -> None:
    """Worked values: a woman of 55 with 0.9 mg/dL has 75.5; 88.4 umol/L is 1.0 mg/dL."""
    assert estimated_gfr(0.9, 55, "female") == pytest.approx(75.5, abs=0.2)
    assert estimated_gfr(1.0, 60, "male") == pytest.approx(86, abs=1)
    old = Case(
        id="x", patient=Patient(age_y=80, sex="female"), onset=Onset(), laboratory=(result("creatinine", 1.2, "mg/dL"),)
    )
    (found,) = findings(old, GRAPH)
    assert found.abnormal is True
    assert "eGFR" in found.statement
    young = Case(
        id="x", patient=Patient(age_y=30, sex="male"), onset=Onset(), laboratory=(result("creatinine", 106, "umol/L"),)
    )
    assert [f.abnormal for f in findings(young, GRAPH)] == [False]


def test_no_filtration_rate_without_age_and_sex_in_children_or_beside_a_reported_one() -> None:
    for patient in (Patient(), Patient(age_y=10, sex="male"), Patient(age_y=50)):
        case_ = Case(id="x", patient=patient, onset=Onset(), laboratory=(result("creatinine", 1.2, "mg/dL"),))
        assert derived(case_) == ()
    both = (result("creatinine", 1.2, "mg/dL"), result("egfr", 90, "mL/min/1.73m2"))
    assert derived(Case(id="x", patient=Patient(age_y=80, sex="female"), onset=Onset(), laboratory=both)) == ()
    with pytest.raises(OutsideReferenceError, match="18 years"):
        estimated_gfr(0.6, 9, "female")


def test_results_that_are_counted_once_are_all_named() -> None:
    rows = (result("csf_wbc", word="normal", day=2.0), result("csf_wbc", word="normal", day=21.0))
    (finding,) = [f for f in findings(case(*rows), GRAPH) if f.observable == "csf_pleocytosis"]
    assert "on day 2" in finding.statement
    assert "counted once with: CSF leucocytes is normal on day 21 (absent)" in finding.statement
