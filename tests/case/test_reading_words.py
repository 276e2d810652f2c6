"""Words and codes that say a reading, and sides without a place."""

from pathlib import Path

import pytest

from ranvier.anatomy import plain
from ranvier.case import load_vocabulary, read_case
from ranvier.case.reading_words import reading_terms
from ranvier.core import PlaceKind, Side


def _read(folder: Path, text: str):
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return read_case(folder)


def test_foot_drop_is_weak_dorsiflexion_on_its_side(tmp_path: Path) -> None:
    case = _read(tmp_path, "history:\n  - {item: foot drop, side: left, status: present}\n")
    assert case.unused == ()
    assert [(s.place.side, s.mrc_highest < 5) for s in case.strength] == [(Side.LEFT, True)]
    assert "tibialis_anterior" in case.strength[0].place.ids


@pytest.mark.parametrize("name", ["HP:0001284", "areflexia", "Absent tendon reflexes"])
def test_areflexia_is_every_reflex_absent(tmp_path: Path, name: str) -> None:
    case = _read(tmp_path, f"examination:\n  signs:\n    - {{item: '{name}', status: present}}\n")
    assert case.unused == ()
    assert {(r.lowest, r.highest, r.place.side) for r in case.reflexes} == {(0, 0, Side.BOTH)}
    assert {"ankle", "biceps"} <= set(case.reflexes[0].place.ids)


def test_absent_means_normal_and_unknown_means_nothing(tmp_path: Path) -> None:
    case = _read(tmp_path, "history:\n  - {item: wrist drop, side: right, status: absent}\n")
    assert case.strength[0].mrc_lowest == 5
    case = _read(tmp_path, "history:\n  - {item: wrist drop, side: right, status: not done}\n")
    assert case.strength == ()
    assert case.unused == ()


def test_every_word_is_read_without_a_problem_and_is_no_feature(tmp_path: Path) -> None:
    features = load_vocabulary().names["feature"]
    assert not set(map(plain, reading_terms())) & set(features)
    entries = "\n".join(f"  - {{item: '{term}', status: present}}" for term in reading_terms())
    case = _read(tmp_path, f"history:\n{entries}\n")
    assert case.unused == ()
    read = len(case.strength) + len(case.reflexes) + len(case.sensation) + len(case.wasting)
    assert read == len(reading_terms())


def test_a_side_without_a_place_is_kept(tmp_path: Path) -> None:
    case = _read(tmp_path, "examination:\n  signs:\n    - {item: horner, side: left, status: present}\n")
    place = case.statements[0].place
    assert place is not None
    assert (place.kind, place.side) == (PlaceKind.REGION, Side.LEFT)
