"""The bundled published cases: readable, complete, judged, and never solved by looking at the truth."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from ranvier.case import read_case
from ranvier.cohort import case_folders, evaluate_folder, evaluation_table, evaluation_to_json, read_truth
from ranvier.core import Side, UnreadableCaseError
from ranvier.disorders import load_catalogue
from ranvier.inference import assessment_to_json, term_mask, work_up

PUBLISHED = Path(__file__).parents[2] / "examples" / "published"
FOLDERS = case_folders(PUBLISHED)


def test_all_64_are_there() -> None:
    assert len([f for f in FOLDERS if int(f.name[:3]) < 200]) == 64


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_a_case_reads_without_a_problem_and_carries_its_citation(folder: Path) -> None:
    case = read_case(folder)
    assert case.unused == ()
    assert case.citation is not None
    assert case.citation.title


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_a_truth_names_disorders_sites_and_groups_that_exist(folder: Path) -> None:
    truth = read_truth(folder)
    disorders = load_catalogue().disorders
    assert {*truth.disorders, *truth.accept} <= set(disorders)
    assert truth.group == disorders[truth.disorders[0]].group
    assert all(term_mask((term,), Side.BOTH).any() for term, _ in truth.sites)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_the_case_files_do_not_name_the_diagnosis_field(folder: Path) -> None:
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    assert not re.search(r"final_diagnosis|truth", text)


def test_the_work_up_never_reads_the_truth(tmp_path: Path) -> None:
    original = FOLDERS[0]
    without, wrong = tmp_path / "a" / original.name, tmp_path / "b" / original.name
    for copy in (without, wrong):
        shutil.copytree(original, copy)
    (without / "truth.yaml").unlink()
    (wrong / "truth.yaml").write_text("not: [valid", encoding="utf-8")
    texts = {assessment_to_json(work_up(read_case(f))) for f in (original, without, wrong)}
    assert len(texts) == 1


def test_renaming_the_case_or_its_citation_changes_no_candidate(tmp_path: Path) -> None:
    original = FOLDERS[0]
    renamed = tmp_path / "nobody"
    shutil.copytree(original, renamed)
    raw = yaml.safe_load((renamed / "case.yaml").read_text(encoding="utf-8"))
    raw.update(id="nobody", citation={"title": "Something else"})
    (renamed / "case.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    assert work_up(read_case(renamed)).candidates == work_up(read_case(original)).candidates


def test_the_definite_cases_stay_where_the_readme_says(tmp_path: Path) -> None:
    """A floor, well below the figures, on every fourth case: it catches a broken table, not a lost percent."""
    for folder in FOLDERS[::4]:
        (tmp_path / folder.name).symlink_to(folder)
    evaluation = evaluate_folder(tmp_path)
    assert evaluation.definite.top3.value >= 0.7
    assert evaluation.definite.group_top1.value >= 0.65


def test_no_table_names_a_published_case() -> None:
    source = Path(__file__).parents[2] / "src"
    names = [f.name for f in FOLDERS]
    for path in (*source.rglob("*.csv"), *source.rglob("*.py"), *source.rglob("*.toml")):
        text = path.read_text(encoding="utf-8")
        assert not [n for n in names if n in text], path


def test_the_evaluation_writes_every_figure_with_its_interval(tmp_path: Path) -> None:
    for folder in FOLDERS[:4]:
        shutil.copytree(folder, tmp_path / folder.name)
    evaluation = evaluate_folder(tmp_path)
    figures = json.loads(evaluation_to_json(evaluation))
    assert figures["n"] == 4
    for name in ("top1", "top3", "group_top1", "site", "brier", "ece"):
        assert figures[name]["low"] <= figures[name]["value"] <= figures[name]["high"]
    assert len(figures["by_case"]) == 4
    assert sum(g["n"] for g in figures["by_group"].values()) == 4
    assert "definite" in evaluation_table(evaluation)


def test_a_folder_without_truth_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCaseError, match=r"no case in .* has a truth\.yaml"):
        evaluate_folder(tmp_path)


def test_a_broken_truth_names_its_case(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "truth.yaml").write_text(yaml.safe_dump({"disorders": ["cts"]}), encoding="utf-8")
    with pytest.raises(UnreadableCaseError, match=r"x/truth\.yaml"):
        read_truth(folder)
