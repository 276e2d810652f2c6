"""Judging with parts of a case hidden."""

import shutil
from pathlib import Path

import pytest

from ranvier.cohort import additions, additions_table, early, early_table

PUBLISHED = Path(__file__).parents[2] / "examples" / "published"


@pytest.fixture
def gene_case(tmp_path: Path) -> Path:
    name = "101-hnpp-child-radial-peroneal"
    source = next(p for p in PUBLISHED.iterdir() if p.name.startswith("101-"))
    shutil.copytree(source, tmp_path / name)
    return tmp_path


def test_the_deciding_gene_is_hidden_and_its_test_is_known(gene_case: Path) -> None:
    result = early(gene_case)
    assert result is not None
    case = result.cases[0]
    assert any("PMP22" in statement or "pmp22" in statement for statement in case.hidden)
    assert {"gene_pmp22", "gene_panel"} <= set(case.hidden_tests)
    assert "hidden test" in early_table(result)


def test_leaving_the_gene_out_lowers_the_right_answer(gene_case: Path) -> None:
    added = {a.modality.value: a for a in additions(gene_case)}
    assert added["genetics"].without_it.brier.value >= added["genetics"].with_it.brier.value
    assert "with genetics" in additions_table(list(added.values()))
