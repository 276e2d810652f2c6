"""All 85 tests that the field's list names are known, mean something, and mean the same in another unit or wording."""

from typing import Any

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, LabResult, Onset, Patient, load_vocabulary
from ranvier.core import Origin
from ranvier.laboratory import findings
from ranvier.laboratory.derived import derived
from ranvier.reference import estimated_gfr, from_base_unit, lab_quantity, to_base_unit

NUMBERS: dict[str, tuple[float, float]] = {
    # a clearly abnormal and a clearly normal value, in the base unit of the test
    "hba1c": (8, 5), "glucose_fasting": (150, 85), "ogtt_2h": (250, 100), "b12": (100, 500), "mma": (900, 150),
    "hcy": (30, 8), "holotc": (15, 90), "folate": (2, 10), "tsh": (20, 2), "ft4": (0.3, 1.2), "creatinine": (3, 0.9),
    "egfr": (20, 95), "urea": (60, 12), "alt": (200, 20), "ast": (200, 20), "ggt": (300, 20), "alp": (400, 80),
    "bilirubin": (4, 0.6), "albumin": (2.5, 4.2), "hb": (8, 15), "mcv": (112, 90), "wbc": (20, 7), "eos": (2, 0.2),
    "platelets": (600, 250), "esr": (80, 10), "crp": (60, 1), "flc_kappa": (90, 10), "flc_lambda": (90, 10),
    "flc_ratio": (5, 1), "igg": (3000, 1000), "iga": (600, 150), "igm": (900, 120), "vegf": (1500, 50),
    "antimag": (50000, 200), "ana": (640, 40), "rf": (90, 5), "ccp": (200, 5), "c3": (40, 110), "c4": (5, 25),
    "ace": (120, 40), "copper": (30, 110), "zinc": (250, 90), "caeruloplasmin": (8, 30), "thiamine": (40, 150),
    "b6": (90, 10), "vite": (0.2, 1.2), "lead": (60, 1), "mercury": (40, 2), "arsenic": (200, 10), "thallium": (50, 1),
    "pbg": (5, 0.1), "ck": (3000, 90), "tg": (400, 100), "ldl": (190, 100), "lactate": (5, 1), "achr": (4, 0.1),
    "sorbitol": (10, 0.2), "ntprobnp": (2000, 60), "calcium": (12, 9.4), "potassium": (2.2, 4.2),
    "phosphate": (0.6, 3.5),
    "csf_protein": (1.5, 0.3), "csf_wbc": (80, 1), "csf_glucose": (20, 60), "ttg": (120, 1),
    "sodium": (120, 140), "vitamin_d": (8, 45), "peth": (500, 10),
}  # fmt: skip
WORDS = {
    "spep": "IgM kappa", "ife": "IgG lambda", "gm1_igm": "positive", "gq1b": "positive", "nf155": "positive", "ssa":
    "positive", "ssb": "positive", "dsdna": "positive", "mpo": "positive", "pr3": "positive", "cryo": "positive",
    "hiv": "positive", "hcv": "positive", "hbsag": "positive", "syphilis": "positive", "lyme": "positive", "agal":
    "low", "ttr_gene": "positive", "antihu": "positive", "nfl": "high",
}  # fmt: skip
LISTED = [
    "hba1c",
    "glucose_fasting",
    "ogtt_2h",
    "b12",
    "mma",
    "hcy",
    "holotc",
    "folate",
    "tsh",
    "ft4",
    "creatinine",
    "egfr",
    "urea",
    "alt",
    "ast",
    "ggt",
    "alp",
    "bilirubin",
    "albumin",
    "hb",
    "mcv",
    "wbc",
    "eos",
    "platelets",
    "esr",
    "crp",
    "spep",
    "ife",
    "flc_kappa",
    "flc_lambda",
    "flc_ratio",
    "igg",
    "iga",
    "igm",
    "vegf",
    "antimag",
    "gm1_igm",
    "gq1b",
    "nf155",
    "ana",
    "ssa",
    "ssb",
    "dsdna",
    "mpo",
    "pr3",
    "rf",
    "ccp",
    "c3",
    "c4",
    "cryo",
    "ace",
    "hiv",
    "hcv",
    "hbsag",
    "syphilis",
    "lyme",
    "ttg",
    "copper",
    "zinc",
    "caeruloplasmin",
    "thiamine",
    "b6",
    "vite",
    "lead",
    "mercury",
    "arsenic",
    "thallium",
    "pbg",
    "ck",
    "tg",
    "ldl",
    "lactate",
    "achr",
    "agal",
    "ttr_gene",
    "sorbitol",
    "ntprobnp",
    "calcium",
    "potassium",
    "phosphate",
    "csf_protein",
    "csf_wbc",
    "csf_glucose",
    "antihu",
    "nfl",
]


def verdicts(test: str, value: float | None, unit: str | None, **more: Any) -> dict[str, bool | None]:
    row = LabResult(test=test, value=value, unit=unit, origin=Origin(file="labs.csv"), **more)
    case = Case(id="x", patient=Patient(age_y=40, sex="female"), onset=Onset(), laboratory=(row,))
    return {f.observable: f.abnormal for f in findings(case, load_graph())}


def test_the_list_is_whole() -> None:
    assert len(LISTED) == 85
    assert set(LISTED) <= set(load_vocabulary().lab_tests)
    assert set(LISTED) <= NUMBERS.keys() | WORDS.keys()


@pytest.mark.parametrize("test", NUMBERS)
def test_a_number_means_the_same_in_every_common_unit(test: str) -> None:
    quantity = lab_quantity(test)
    assert quantity is not None
    if test not in ("antimag", "flc_ratio"):
        assert len(quantity.common) >= 2
    for base, abnormal in zip(NUMBERS[test], (True, False), strict=True):
        plain = verdicts(test, base, quantity.unit)
        assert plain
        assert any(plain.values()) is abnormal
        for unit in quantity.common:
            assert verdicts(test, from_base_unit(test, base, unit), unit) == plain, unit


@pytest.mark.parametrize("test", WORDS)
def test_a_word_means_the_same_in_two_wordings(test: str, tmp_path: Any) -> None:
    from ranvier.case import read_tables

    other = {"positive": "reactive", "low": "decreased", "high": "raised"}.get(WORDS[test], f"monoclonal {WORDS[test]}")
    seen = []
    for text in (WORDS[test], other, "negative" if WORDS[test] not in ("low", "high") else "normal"):
        (tmp_path / "labs.csv").write_text(f"test,value\n{test},{text}\n", encoding="utf-8")
        found = findings(read_tables(labs=tmp_path / "labs.csv"), load_graph())
        seen.append({f.observable: f.abnormal for f in found})
    assert any(seen[0].values())
    assert seen[0] == seen[1]
    assert seen[2]
    assert not any(seen[2].values())


@pytest.mark.parametrize(
    ("sex", "age_y", "creatinine", "unit", "rate", "digits"),
    [
        ("male", 55, 1.09, "mg/dL", 80, 0),
        ("female", 65, 85, "umol/L", 66, 0),
        ("female", 50, 1.0, "mg/dL", 68.6, 1),
        ("female", 50, 88.4, "umol/L", 68.6, 1),
    ],
)
def test_the_filtration_rate_agrees_with_printed_results(
    sex: Any, age_y: float, creatinine: float, unit: str, rate: float, digits: int
) -> None:
    """Two of the calculator of the National Kidney Foundation as printed in pharmaverse/admiral

    (``tests/testthat/test-compute_kidney.R``), and the README of the R package egfr (1.0 mg/dL, 50, female: 68.6).
    """
    row = LabResult(test="creatinine", value=creatinine, unit=unit, origin=Origin(file="labs.csv"))
    case = Case(id="x", patient=Patient(age_y=age_y, sex=sex), onset=Onset(), laboratory=(row,))
    (found,) = derived(case)
    assert found.value is not None
    assert round(estimated_gfr(to_base_unit("creatinine", creatinine, unit), age_y, sex), digits) == rate
    assert found.value == pytest.approx(rate, abs=0.5)


@pytest.mark.parametrize(
    ("kappa", "lambda_", "ratio"), [((19.4, "mg/L"), (26.3, "mg/L"), 0.7376), ((3.3, "mg/dL"), (20, "mg/L"), 1.65)]
)
def test_ratios_are_taken_in_one_unit(kappa: Any, lambda_: Any, ratio: float) -> None:
    """Worked by hand: 19.4 / 26.3 = 0.7376; 33 / 20 = 1.65, which is not above 1.65 (Katzmann 2002: 0.26 to 1.65)."""
    rows = [
        LabResult(test=t, value=v, unit=u, origin=Origin(file="labs.csv"))
        for t, (v, u) in (("flc_kappa", kappa), ("flc_lambda", lambda_))
    ]
    case = Case(id="x", patient=Patient(), onset=Onset(), laboratory=tuple(rows))
    (found,) = derived(case)
    assert found.value == pytest.approx(ratio, abs=5e-5)
    stated = {f.observable: f.abnormal for f in findings(case, load_graph())}
    assert stated["lab_light_chain_abnormal"] is False


@pytest.mark.parametrize(
    ("sex", "age_y", "creatinine", "rate"),
    [
        ("female", 55, 0.7, 102.1), ("female", 55, 1.4, 44.4), ("male", 55, 0.9, 100.9), ("male", 55, 1.8, 43.9),
        ("female", 40, 0.35, 132.4), ("male", 40, 0.45, 136.5),
    ],
)  # fmt: skip
def test_the_filtration_rate_at_points_that_can_be_worked_by_hand(
    sex: Any, age_y: float, creatinine: float, rate: float
) -> None:
    """At kappa the rate is 142 x 0.9938^age (x 1.012); doubling creatinine divides it by 2^1.2 = 2.297.

    0.9938^55 = 0.7103, 0.9938^40 = 0.7798; halving below kappa multiplies by 2^0.241 = 1.182 or 2^0.302 = 1.233.
    """
    assert estimated_gfr(creatinine, age_y, sex) == pytest.approx(rate, abs=0.15)
