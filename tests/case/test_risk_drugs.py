"""Drugs of the history: each is an exposure of the vocabulary; low doses are told; two drugs of a class count once."""

from pathlib import Path

import pytest

from ranvier.case import Case, load_vocabulary, read_case
from ranvier.case.risk_drugs import load_risk_drugs, risk_drug
from ranvier.core import read_sources

SOURCES = read_sources("ranvier.case")


def read(tmp_path: Path, *items: str) -> Case:
    lines = "\n".join(f"  - {{{item}, status: present}}" for item in items)
    (tmp_path / "case.yaml").write_text(f"history:\n{lines}\n", encoding="utf-8")
    return read_case(tmp_path)


def test_there_are_sixty_and_each_is_found_by_its_name() -> None:
    vocabulary = load_vocabulary()
    drugs = load_risk_drugs()
    assert len(drugs) >= 60
    assert len({d.name for d in drugs}) == len(drugs)
    for drug in drugs:
        assert drug.source in SOURCES
        for name in (drug.name, *drug.synonyms):
            assert vocabulary.feature(name).id == drug.feature, name
            assert risk_drug(name) == drug


@pytest.mark.parametrize(
    ("name", "dose", "unit"),
    [("cisplatin", 300, "mg/m2"), ("oxaliplatin", 550, "mg/m2"), ("docetaxel", 100, "mg/m2"),
     ("vincristine", 2, "mg/m2"),
     ("bortezomib", 16, "mg/m2"), ("thalidomide", 20000, "mg")],
)  # fmt: skip
def test_doses_as_printed(name: str, dose: float, unit: str) -> None:
    """Support Care Cancer, PMC8236465, table 1, the lower end of a range."""
    drug = risk_drug(name)
    assert drug is not None
    assert (drug.dose_from, drug.dose_unit) == (dose, unit)


def test_a_drug_of_the_history_is_an_exposure(tmp_path: Path) -> None:
    case = read(tmp_path, "item: ethambutol", "item: Cisplatin, dose: 400 mg/m2")
    assert [s.feature for s in case.statements] == ["neurotoxic_drug", "platinum_or_taxane_or_vinca"]
    assert case.unused == ()


def test_two_drugs_of_a_class_are_one_exposure(tmp_path: Path) -> None:
    case = read(tmp_path, "item: metronidazole", "item: linezolid")
    assert [s.feature for s in case.statements] == ["neurotoxic_drug"]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("item: cisplatin, dose: 150 mg/m2", "below the dose"),
        ("item: cisplatin, dose: 2 tablets", "not in mg/m2"),
        ("item: metronidazole, taken_days: 7", "less than 28 days"),
    ],
)
def test_a_low_dose_or_a_short_time_is_told_and_still_used(tmp_path: Path, item: str, said: str) -> None:
    case = read(tmp_path, item)
    assert len(case.statements) == 1
    (question,) = case.unused
    assert said in question.problem
    assert question.severity == "question"


def test_a_drug_that_was_not_taken_is_no_exposure(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("history: [{item: dapsone, status: absent}]", encoding="utf-8")
    assert [s.present for s in read_case(tmp_path).statements] == [False]
