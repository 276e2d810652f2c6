"""What results mean together: each rule against an example worked by hand, and the table as a whole."""

from typing import Any

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, LabResult, Onset, Patient, load_vocabulary
from ranvier.core import DataFileError, Origin, PresenceReading, UnknownNameError, read_sources
from ranvier.laboratory import conclusions, findings, unused
from ranvier.laboratory.combinations import Facts, load_combinations
from ranvier.reference import to_base_unit

GRAPH = load_graph()
RULES = {rule.id: rule for rule in load_combinations()}


def result(test: str, value: float | None = None, unit: str | None = None, **more: Any) -> LabResult:
    origin = Origin(file="labs.csv", row=abs(hash((test, value))) % 10**6)
    return LabResult(test=test, value=value, unit=unit, origin=origin, **more)


def case(*rows: LabResult, **patient: Any) -> Case:
    return Case(id="x", patient=Patient(**patient), onset=Onset(), laboratory=rows)


def said(*rows: LabResult, **patient: Any) -> set[str]:
    return {rule.id for rule in conclusions(case(*rows, **patient))}


def stated(*rows: LabResult, **patient: Any) -> dict[str, bool]:
    found = findings(case(*rows, **patient), GRAPH)
    names = [f.observable for f in found]
    assert len(names) == len(set(names)), "a feature is stated twice"
    return {f.observable: f.reading.present for f in found if isinstance(f.reading, PresenceReading)}


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([result("hba1c", 7.0, "%"), result("glucose_fasting", 7.5, "mmol/L")], "diabetes_hba1c_and_fasting"),
        ([result("hba1c", 53, "mmol/mol"), result("glucose_fasting", 95, "mg/dL")], "diabetes_one_test"),
        ([result("glucose_fasting", 130, "mg/dL"), result("ogtt_2h", 210, "mg/dL")], "diabetes_fasting_and_ogtt"),
        (
            [result("ogtt_2h", 160, "mg/dL"), result("hba1c", 5.4, "%"), result("glucose_fasting", 92, "mg/dL")],
            "ogtt_alone",
        ),
        ([result("b12", 185, "pmol/L"), result("tsh", 2, "mIU/L")], "b12_borderline_alone"),
        (
            [result("hcy", 25, "umol/L"), result("folate", 2, "ng/mL"), result("b12", 500, "pg/mL")],
            "homocysteine_of_folate",
        ),
        ([result("copper", 6, "umol/L"), result("zinc", 30, "umol/L")], "copper_low_zinc_high"),
        ([result("b6", 200, "nmol/L")], "b6_high"),
        ([result("b6", 8, "nmol/L")], "b6_low"),
        ([result("tsh", 40, "mIU/L"), result("ft4", 5, "pmol/L")], "thyroid_overt"),
        ([result("tsh", 6, "mIU/L"), result("ft4", 1.1, "ng/dL")], "thyroid_subclinical"),
        ([result("ast", 130, "U/L"), result("alt", 50, "U/L"), result("ggt", 400, "U/L")], "alcohol_pattern"),
        ([result("spep", 6, "g/L")], "spep_without_class"),
        ([result("spep", word="negative")], "spep_negative_alone"),
        (
            [result("ife", word="positive", kinds=("igg", "lambda")), result("vegf_plasma", 900, "pg/mL")],
            "lambda_and_vegf",
        ),
        (
            [result("flc_kappa", 400, "mg/L"), result("flc_lambda", 10, "mg/L"), result("ntprobnp", 900, "ng/L")],
            "al_amyloid_pattern",
        ),
        ([result("ttr_gene", word="positive"), result("ntprobnp", 900, "ng/L")], "ttr_and_heart"),
        ([result("antimag", 70000, "BTU"), result("ife", word="positive", kinds=("igm", "kappa"))], "mag_with_igm"),
        ([result("antimag", 2000, "BTU")], "mag_low_titre"),
        ([result("nf155", word="positive", kinds=("igg4",))], "nf155_igg4"),
        ([result("gm1_igm", word="positive", kinds=("igg",))], "gm1_igm_class"),
        ([result("antihu", word="positive")], "onconeural"),
        ([result("cryo", word="positive"), result("hcv", word="positive")], "cryo_and_hcv"),
        ([result("c4", 0.05, "g/L"), result("c3", 1.1, "g/L")], "c4_low_alone"),
        ([result("lyme", word="positive")], "lyme_first_tier_alone"),
        ([result("csf_borrelia", word="positive"), result("csf_wbc", 80, "/uL")], "lyme_csf"),
        ([result("hiv", word="positive"), result("csf_wbc", 60, "/uL")], "hiv"),
        ([result("ana", 320, "titre", word="positive"), result("ssa", word="positive")], "ana_with_ssa"),
        ([result("ana", 160, "titre"), result("ssa", word="negative"), result("dsdna", word="negative")], "ana_alone"),
        ([result("dsdna", word="positive"), result("c3", 50, "mg/dL")], "ana_with_dsdna"),
        ([result("mpo", word="positive"), result("eos", 2.0, "G/L")], "egpa"),
        ([result("mpo", word="negative"), result("eos", 3000, "/uL")], "egpa_without_anca"),
        ([result("ace", 120, "U/L"), result("calcium", 2.8, "mmol/L")], "sarcoid_pattern"),
        ([result("pbg", 0.5, "mg/dL")], "pbg_between"),
        ([result("arsenic", 120, "ug/L")], "arsenic_seafood"),
        ([result("lead", 1.0, "umol/L")], "lead_level"),
        ([result("thallium", 500, "ug/L")], "thallium_toxic"),
        ([result("lithium", 1.6, "mmol/L")], "drug_level"),
        ([result("csf_protein", 95, "mg/dL"), result("csf_wbc", 2, "/uL")], "csf_dissociation"),
        ([result("csf_wbc", 20, "/uL")], "csf_cells_5_49"),
        ([result("csf_wbc", 90, "/uL")], "csf_cells_50"),
        ([result("csf_protein", 30, "mg/dL", day=3.0)], "csf_early"),
        (
            [result("csf_glucose", 1.2, "mmol/L"), result("csf_protein", 2, "g/L"), result("csf_wbc", 40, "/uL")],
            "csf_meningeal",
        ),
        ([result("csf_cytology", word="negative"), result("csf_glucose", 25, "mg/dL")], "csf_cytology_negative"),
        ([result("csf_oligoclonal_bands", word="positive"), result("csf_wbc", 3, "/uL")], "csf_bands"),
        ([result("csf_vzv_pcr", word="positive")], "csf_vzv"),
        ([result("egfr", 9, "mL/min/1.73m2")], "kidney_failure"),
        ([result("hbsag", word="positive"), result("crp", 80, "mg/L")], "hbv_and_vasculitis"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_rule_speaks_where_it_should_and_not_without_its_first_result(rows: list[LabResult], rule: str) -> None:
    assert rule in said(*rows)
    assert rule not in said(*rows[1:])


def test_a_border_value_of_b12_is_decided_by_methylmalonic_acid() -> None:
    border = result("b12", 250, "pg/mL")
    assert "lab_b12_low" not in stated(border)
    assert stated(border, result("mma", 0.6, "umol/L"))["lab_b12_low"] is True
    assert stated(border, result("mma", 200, "nmol/L"))["lab_b12_low"] is False
    kidney = result("egfr", 30, "mL/min/1.73m2")
    assert "lab_b12_low" not in stated(border, result("mma", 600, "nmol/L"), kidney)


def test_what_the_kidney_raises_is_no_deficiency() -> None:
    rows = (result("b12", 500, "pg/mL"), result("mma", 600, "nmol/L"), result("hcy", 25, "umol/L"))
    assert stated(*rows)["lab_mma_high"] is True
    found = stated(*rows, result("creatinine", 2.5, "mg/dL"), age_y=70, sex="male")
    assert "lab_mma_high" not in found
    assert "lab_homocysteine_high" not in found


def test_hba1c_is_silent_in_anaemia_unless_glucose_was_measured() -> None:
    rows = (result("hba1c", 5.2, "%"), result("hb", 8, "g/dL"))
    assert "lab_hba1c_diabetic" not in stated(*rows)
    assert stated(*rows, result("glucose_fasting", 85, "mg/dL"))["lab_hba1c_diabetic"] is False


def test_the_class_of_a_paraprotein_is_stated() -> None:
    igm = stated(result("ife", word="positive", kinds=("igm", "kappa")))
    assert (igm["lab_m_protein_igm"], igm["lab_m_protein_igg_iga"]) == (True, False)
    igg = stated(result("ife", word="positive", kinds=("igg", "lambda")))
    assert (igg["lab_m_protein_igm"], igg["lab_m_protein_igg_iga"]) == (False, True)
    both = stated(result("ife", word="positive", kinds=("igg", "igm")))
    assert (both["lab_m_protein_igm"], both["lab_m_protein_igg_iga"]) == (True, True)


@pytest.mark.parametrize(
    ("kappa", "lambda_", "egfr", "abnormal"),
    [
        (60, 25, 95, True),
        (60, 25, 40, False),
        (100, 25, 40, True),
        (8, 25, 95, False),
        (8, 25, 40, True),
        (18, 15, 95, False),
    ],
)
def test_the_ratio_of_light_chains_is_held_against_the_kidney(
    kappa: float, lambda_: float, egfr: float, abnormal: bool
) -> None:
    """Ratios 2.4, 4.0, 0.32 and 1.2; intervals 0.26-1.65 and, with reduced filtration, 0.37-3.10 (Long 2022)."""
    rows = (result("flc_kappa", kappa, "mg/L"), result("flc_lambda", lambda_, "mg/L"), result("egfr", egfr, "mL/min"))
    assert stated(*rows)["lab_light_chain_abnormal"] is abnormal


def test_the_second_tier_of_borrelia_decides_and_counts_once() -> None:
    found = stated(result("lyme", word="positive"), result("borrelia_blot", word="negative"))
    assert found == {"lab_borrelia_blot_negative": True}
    assert stated(result("lyme", word="borderline"), result("borrelia_blot", word="positive"))[
        "lab_borrelia_serum_positive"
    ]


def test_results_that_another_result_takes_back() -> None:
    muscle = (result("alt", 200, "U/L"), result("ck", 9000, "U/L"))
    assert "lab_liver_abnormal" not in stated(*muscle)
    assert "lab_liver_abnormal" not in stated(muscle[0], result("ck", 1000, "U/L", comparator=">"))
    assert stated(*muscle, result("ggt", 300, "U/L"))["lab_liver_abnormal"] is True
    assert "lab_copper_low" not in stated(result("copper", 90, "ug/dL"), result("crp", 60, "mg/L"))
    assert "lab_hcv_positive" not in stated(result("hcv", word="positive"), result("hcv_rna", word="negative"))
    assert "lab_ttg" not in stated(result("ttg", word="negative"), result("iga", 10, "mg/dL"))
    cold = (result("cryo", word="negative"), result("c4", 4, "mg/dL"), result("rf", 90, "IU/mL"))
    assert "lab_cryoglobulins" not in stated(*cold)
    assert "lab_nf155" not in stated(result("nf155", word="positive", kinds=("igm",)))


@pytest.mark.parametrize(
    ("age", "grams", "high"),
    [
        (30, 0.48, False),
        (30, 0.52, None),
        (30, 0.58, True),
        (65, 0.58, False),
        (65, 0.63, True),
        (10, 0.48, True),
        (None, 0.40, False),
        (None, 0.52, None),
        (None, 0.63, True),
    ],
)
def test_csf_protein_is_held_against_a_limit_for_the_age(age: float | None, grams: float, high: bool | None) -> None:
    """Breiner 2019: weighted limit 0.55 g/L, above 0.60 g/L from age 50; children keep 0.45."""
    assert stated(result("csf_protein", grams, "g/L"), age_y=age).get("csf_protein_high") is high


def test_a_range_decides_only_where_both_ends_agree() -> None:
    assert "csf_pleocytosis" not in stated(result("csf_wbc", 3, "/uL", highest=9))
    assert stated(result("csf_wbc", 8, "/uL", highest=12))["csf_pleocytosis"] is True


def test_a_result_that_only_a_rule_uses_is_not_called_useless() -> None:
    assert unused(case(result("spep", 6, "g/L")), GRAPH) == ()


def test_the_table_names_tests_features_units_and_sources_that_exist() -> None:
    vocabulary, sources = load_vocabulary(), read_sources("ranvier.laboratory")
    known = {"hba1c": result("hba1c", 5, "%")}
    assert len(RULES) == len(load_combinations())
    for rule in RULES.values():
        assert rule.source in sources
        assert (rule.feature in vocabulary.features) is (rule.effect != "note")
        for term in rule.terms:
            Facts(results=tuple(known.values()), features={}).holds(term)
            words = term.removeprefix("not ").removeprefix("no ").split()
            assert words[0] in {**vocabulary.lab_tests, **vocabulary.features}, term


def test_a_broken_term_is_named() -> None:
    facts = Facts(results=(), features={})
    with pytest.raises(DataFileError, match="hba1c about 7"):
        facts.holds("hba1c about 7")
    with pytest.raises(UnknownNameError):
        facts.holds("hba1c > 7 mg/dL")
    assert to_base_unit("hba1c", 7, "%") == 7
