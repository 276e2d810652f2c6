"""Textbook pictures: what any clinician would name first from a few facts comes first."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ranvier.anatomy import load_graph
from ranvier.case import read_case
from ranvier.inference import Nerves, assess, collect_findings, load_library

PICTURES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "textbook.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def nerves() -> Nerves:
    return Nerves(load_library(), load_graph())


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p["id"])
def test_the_picture_is_named_first(picture: dict[str, Any], nerves: Nerves, tmp_path: Path) -> None:
    text = yaml.safe_dump({"schema": 1, **picture["case"]})
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    case = read_case(tmp_path)
    assert case.unused == ()
    first = assess(case, collect_findings(case), nerves, plan=False).candidates[0].disorder
    assert first in picture["right"]


def test_there_are_thirty_pictures_or_more_of_different_disorders() -> None:
    assert len({p["right"][0] for p in PICTURES}) == len(PICTURES) >= 30
