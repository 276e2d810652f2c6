"""Each rule of ``combinations.csv`` against three cases of ``rule_examples.csv``: met, just missed, a result missing.

Limits are those of the rule's row, worked by hand. A result reads ``test=value unit``, ``test=value unit@day`` or
``test:word:kind+kind``. Where a case of what is missing is not written, it is the first case without its first result.
"""

import csv
from pathlib import Path
from typing import Literal

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, LabResult, Onset, Patient, load_vocabulary
from ranvier.core import Origin, PresenceReading
from ranvier.disorders import load_catalogue
from ranvier.laboratory import conclusions, findings
from ranvier.laboratory.combinations import load_combinations

GRAPH = load_graph()
RULES = {rule.id: rule for rule in load_combinations()}
with (Path(__file__).parent / "rule_examples.csv").open(encoding="utf-8", newline="") as _file:
    EXAMPLES = {row["rule"]: row for row in csv.DictReader(_file, strict=True)}


def results(text: str) -> tuple[LabResult, ...]:
    return tuple(_result(part, number) for number, part in enumerate(text.split(";"), 1) if part)


def _result(text: str, row: int) -> LabResult:
    origin = Origin(file="labs.csv", row=row)
    if "=" not in text:
        test, word, *kinds = text.split(":")
        named = tuple(kinds[0].split("+")) if kinds else ()
        return LabResult(test=test, value=None, word=word, kinds=named, origin=origin)  # type: ignore[arg-type]
    test, _, rest = text.partition("=")
    measured, _, day = rest.partition("@")
    value, _, unit = measured.partition(" ")
    return LabResult(test=test, value=float(value), unit=unit, day=float(day) if day else None, origin=origin)


def case(text: str, sex: str) -> Case:
    known: Literal["female", "male"] | None = "female" if sex == "female" else "male" if sex else None
    return Case(id="x", patient=Patient(sex=known), onset=Onset(), laboratory=results(text))


def said(text: str, sex: str) -> set[str]:
    return {rule.id for rule in conclusions(case(text, sex))}


def stated(text: str, sex: str) -> dict[str, bool]:
    found = findings(case(text, sex), GRAPH)
    return {f.observable: f.reading.present for f in found if isinstance(f.reading, PresenceReading)}


def test_every_rule_has_its_examples() -> None:
    assert EXAMPLES.keys() == RULES.keys()


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_rule_is_met(rule: str) -> None:
    row = EXAMPLES[rule]
    assert rule in said(row["meets"], row["sex"])
    found = stated(row["meets"], row["sex"])
    feature, effect = RULES[rule].feature, RULES[rule].effect
    if effect == "silent":
        assert feature not in found
    elif effect != "note":
        assert found[feature] is (effect == "present")


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_rule_is_just_missed(rule: str) -> None:
    assert rule not in said(EXAMPLES[rule]["misses"], EXAMPLES[rule]["sex"])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_rule_is_silent_where_a_result_is_missing(rule: str) -> None:
    row = EXAMPLES[rule]
    without = row["missing"] or row["meets"].partition(";")[2]
    assert rule not in said(without, row["sex"])


# Each item of the field's list of what results mean: the results that tell it, and the features that they lead to.
MEANINGS = [
    ("diabetes state", "hba1c=7 %", "lab_hba1c_diabetic"),
    ("diabetes state", "ogtt_2h=150 mg/dL", "lab_glucose_prediabetic"),
    ("diabetes state", "glucose_fasting=130 mg/dL", "lab_hba1c_diabetic"),
    ("B12", "b12=150 pg/mL", "lab_b12_low"),
    ("B12 with its metabolites", "b12=250 pg/mL;mma=400 nmol/L", "lab_b12_low"),
    ("homocysteine", "hcy=20 umol/L", "lab_homocysteine_high"),
    ("folate", "folate=2 ng/mL", "lab_folate_low"),
    ("copper", "copper=40 ug/dL", "lab_copper_low"),
    ("zinc", "zinc=200 ug/dL", "lab_zinc_high"),
    ("thiamine", "thiamine=50 nmol/L", "lab_thiamine_low"),
    ("B6 low", "b6=2 ng/mL", "lab_b6_low"),
    ("B6 high", "b6=80 ng/mL", "lab_b6_high"),
    ("vitamin E", "vite=0.2 mg/dL", "lab_vitamin_e_low"),
    ("TSH", "tsh=20 mIU/L", "lab_tsh_high"),
    ("eGFR", "egfr=20 mL/min/1.73m2", "lab_creatinine_high"),
    ("liver", "alt=200 U/L", "lab_liver_abnormal"),
    ("alcohol", "ggt=200 U/L", "lab_ggt_or_mcv_high"),
    ("alcohol", "peth=500 ng/mL", "lab_alcohol_marker_high"),
    ("alcohol", "cdt=3 %", "lab_alcohol_marker_high"),
    ("electrophoresis", "spep:positive:igm", "lab_m_protein_igm"),
    ("immunofixation", "ife:positive:igg", "lab_m_protein_igg_iga"),
    ("light chains", "flc_ratio=4 ratio;egfr=40 mL/min/1.73m2", "lab_light_chain_abnormal"),
    ("cryoglobulins", "cryo:positive", "lab_cryoglobulins"),
    ("hepatitis C", "hcv:positive", "lab_hcv_positive"),
    ("hepatitis B", "hbsag:positive", "lab_hbv_positive"),
    ("HIV", "hiv:positive", "lab_hiv_positive"),
    ("Lyme", "lyme:positive;borrelia_blot:positive", "lab_borrelia_serum_positive"),
    ("ANA", "ana=320 titre", "lab_ana_positive"),
    ("SSA", "ssa:positive", "lab_ssa_positive"),
    ("SSB", "ssb:positive", "lab_ssa_positive"),
    ("ANCA", "mpo:positive", "lab_mpo_anca"),
    ("ANCA", "pr3:positive", "lab_pr3_anca"),
    ("ACE", "ace=120 U/L", "lab_ace_high"),
    ("complement", "c4=5 mg/dL", "lab_complement_low"),
    ("CK", "ck=500 U/L", "lab_ck_high"),
    ("paraneoplastic", "antihu:positive", "lab_anti_hu"),
    ("paraneoplastic", "crmp5:positive", "lab_anti_crmp5"),
    ("paraneoplastic", "onconeural:positive", "lab_other_onconeural"),
    ("GM1", "gm1_igm:positive", "lab_gm1"),
    ("GQ1b", "gq1b:positive", "lab_gq1b"),
    ("MAG", "antimag=20000 BTU", "lab_anti_mag"),
    ("nodal", "nf155:positive:igg4", "lab_nf155"),
    ("nodal", "cntn1:positive:igg4", "lab_cntn1"),
    ("nodal", "caspr1:positive:igg4", "lab_caspr1"),
    ("nodal", "pan_neurofascin:positive", "lab_pan_neurofascin"),
    ("VEGF", "vegf_plasma=900 pg/mL", "lab_vegf_high"),
    ("TTR", "ttr_gene:positive", "gene_ttr"),
    ("amyloid heart", "ntprobnp=900 pg/mL", "lab_troponin_or_ntprobnp_high"),
    ("porphyrins", "pbg=5 mg/dL", "lab_porphyrins_high"),
    ("lead", "lead=60 ug/dL", "lab_lead_high"),
    ("arsenic", "arsenic=200 ug/L", "lab_arsenic_high"),
    ("thallium", "thallium=300 ug/L", "lab_thallium_high"),
    ("mercury", "mercury=40 ug/L", "lab_mercury_high"),
    ("drug level", "phenytoin=30 mg/L", "lab_drug_level_high"),
    ("CSF cells", "csf_wbc=30 cells/uL", "csf_pleocytosis"),
    ("CSF protein", "csf_protein=0.9 g/L", "csf_protein_high"),
    ("bands", "csf_oligoclonal_bands:positive", "csf_oligoclonal_bands"),
    ("cytology", "csf_cytology:positive", "csf_malignant_cells"),
    ("PCR", "csf_vzv_pcr:positive", "csf_vzv_pcr"),
    ("PCR", "csf_cmv_pcr:positive", "csf_cmv_pcr"),
    ("PCR", "csf_jcv_pcr:positive", "csf_jcv_pcr"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "text", "feature"), MEANINGS)
def test_a_result_means_a_feature_that_disorders_are_tied_to(item: str, text: str, feature: str) -> None:
    del item
    assert stated(text, "")[feature] is True
    catalogue = load_catalogue()
    base = catalogue.base_rates[feature].probability
    raised = [d for d, rows in catalogue.associations.items() if feature in rows and rows[feature].probability > base]
    assert raised


EXPOSURES = (
    "neurotoxic_chemotherapy", "platinum_or_taxane_or_vinca", "bortezomib_or_thalidomide", "neurotoxic_drug",
    "amiodarone", "tnf_inhibitor", "immune_checkpoint_inhibitor", "interferon_treatment", "statin",
    "heavy_metal_exposure", "solvent_exposure", "alcohol_excess", "nitrous_oxide_use", "pyridoxine_supplement",
    "zinc_excess",
)  # fmt: skip


@pytest.mark.parametrize("exposure", EXPOSURES)
def test_an_exposure_is_more_frequent_in_some_disorder_than_in_anybody(exposure: str) -> None:
    assert exposure in load_vocabulary().features
    catalogue = load_catalogue()
    base = catalogue.base_rates[exposure].probability
    assert any(exposure in rows and rows[exposure].probability > base for rows in catalogue.associations.values())
