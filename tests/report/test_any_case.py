"""Any case that the vocabulary can express is worked up to a page, whatever nonsense it says."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ranvier.anatomy import load_graph
from ranvier.case import load_vocabulary, read_case
from ranvier.inference import work_up
from ranvier.report import render_page, render_patient_page

VOCABULARY, GRAPH = load_vocabulary(), load_graph()
FEATURES, KINDS, REGIONS = list(VOCABULARY.features), list(VOCABULARY.image_kinds), list(VOCABULARY.regions)
NERVES, TESTS, REFLEXES = list(GRAPH.nerves), list(VOCABULARY.lab_tests), list(GRAPH.reflexes)
MUSCLES = [*GRAPH.muscles, *GRAPH.movements, *(k.split(":")[1] for k in GRAPH.groups if k.startswith("muscle:"))]
AREAS = [*GRAPH.areas, *(k.split(":")[1] for k in GRAPH.groups if k.startswith("area:"))]
SIDES = ["left", "right", "both", None]


def _case_yaml(pick: random.Random) -> dict[str, Any]:
    def some(count: int, make: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**make(), "side": pick.choice(SIDES)} for _ in range(pick.randint(0, count))]

    image = {"kind": pick.choice(KINDS), "at": pick.choice(NERVES), "side": pick.choice(SIDES)}
    return {
        "patient": {"age_y": pick.choice([None, 3, 88]), "height_cm": pick.choice([None, 120, 200])},
        "onset": {"duration_days": pick.choice([None, 0, 40, 9000]), "tempo": pick.choice([None, "acute", "lifelong"])},
        "history": some(6, lambda: {"item": pick.choice(FEATURES), "status": pick.choice(["present", "absent"])}),
        "examination": {
            "strength": some(6, lambda: {"name": pick.choice(MUSCLES), "grade": pick.choice([0, 3, 5, "weak", "4-"])}),
            "reflexes": some(3, lambda: {"name": pick.choice(REFLEXES), "grade": pick.randint(0, 4)}),
            "sensation": some(4, lambda: {"area": pick.choice(AREAS), "result": pick.choice(["reduced", "normal"])}),
            "wasting": some(2, lambda: {"name": pick.choice(MUSCLES), "status": "present"}),
        },
        "imaging": [
            {"modality": pick.choice(["mri", "ultrasound", "ct"]), "region": pick.choice(REGIONS), "findings": [image]},
            {"modality": "mri", "region": pick.choice(REGIONS), "result": "normal"},
        ],
    }


def _tables(pick: random.Random, folder: Path) -> None:
    studies = [
        f"{pick.choice(NERVES)},{pick.choice(['left', ''])},{pick.choice(['motor', 'sensory', 'f_wave', 'summary'])},"
        f"{pick.choice(['', '4.2', 'NR'])},{pick.choice(['', 'normal', 'block', 'slowed;reduced', 'demyelinating'])}"
        for _ in range(pick.randint(0, 6))
    ]
    needle = [f"{pick.choice(MUSCLES)},right,{pick.choice(['', '0', '2'])}" for _ in range(pick.randint(0, 4))]
    labs = [f"{pick.choice(TESTS)},{pick.choice(['1', '<5', 'positive'])},mg/dL" for _ in range(pick.randint(0, 4))]
    heads = {
        "ncs.csv": ("nerve,side,kind,latency_ms,result", studies),
        "emg.csv": ("muscle,side,fibrillations", needle),
        "labs.csv": ("test,value,unit", labs),
    }
    for name, (head, rows) in heads.items():
        (folder / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("seed", range(12))
def test_any_case_becomes_a_page_with_probabilities(seed: int, tmp_path: Path) -> None:
    pick = random.Random(seed)
    (tmp_path / "case.yaml").write_text(yaml.safe_dump(_case_yaml(pick)), encoding="utf-8")
    _tables(pick, tmp_path)
    assessment = work_up(read_case(tmp_path))
    assert all(0 <= c.low <= c.probability <= c.high <= 1 for c in assessment.candidates)
    assert sum(g.probability for g in assessment.groups) == pytest.approx(1.0)
    assert assessment.answer in render_page(assessment).replace("&#39;", "'").replace("&amp;", "&")
    assert "<h1>" in render_patient_page(assessment)
