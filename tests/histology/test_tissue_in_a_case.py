"""Tissue in a case folder: biopsy.csv, counted skin, pictures of sections, corneal measures, up to the work-up."""

from pathlib import Path

import numpy as np
import pytest
from tests.histology.conftest import discs

from ranvier.case import Case, SkinCount, read_case
from ranvier.core import Side
from ranvier.histology.measuring import simulate_section
from ranvier.inference.workup import collect_findings, collect_unused, work_up
from ranvier.report import write_report

HEAD = "patient: {age_y: 55, sex: male}\nhistory: [{item: diabetes, status: present}]\n"


def folder(tmp_path: Path, table: str = "", more: str = "") -> Path:
    """Return a case folder with a biopsy.csv."""
    (tmp_path / "case.yaml").write_text(HEAD + more, encoding="utf-8")
    if table:
        (tmp_path / "biopsy.csv").write_text(table, encoding="utf-8")
    return tmp_path


def read(tmp_path: Path, table: str = "", more: str = "") -> Case:
    return read_case(folder(tmp_path, table, more))


# The report items of a nerve biopsy, in the words of a report.
ITEMS = {
    "definite vasculitis": "biopsy_vasculitis",
    "probable vasculitis": "biopsy_vasculitis_suspicious",
    "Congo red positive": "biopsy_amyloid",
    "granulomas": "biopsy_granuloma",
    "acid-fast bacilli": "biopsy_bacilli",
    "endoneurial inflammation": "biopsy_inflammation",
    "onion bulbs": "biopsy_onion_bulbs",
    "active axonal degeneration": "biopsy_active_axonal_degeneration",
    "asymmetric fascicular loss": "biopsy_asymmetric_fascicular_loss",
    "segmental demyelination": "biopsy_demyelination",
}


@pytest.mark.parametrize(("words", "feature"), ITEMS.items())
@pytest.mark.parametrize("status", ["present", "absent"])
def test_every_item_of_a_nerve_biopsy_becomes_a_finding(tmp_path: Path, words: str, feature: str, status: str) -> None:
    case = read(tmp_path, f"tissue,side,item,status\nsural,left,{words},{status}\n")
    (found,) = [f for f in collect_findings(case) if f.id.startswith("biopsy")]
    assert (found.observable, found.abnormal) == (feature, status == "present")
    assert found.place is not None
    assert found.place.side is Side.LEFT
    assert (found.origin.file, found.origin.row) == ("biopsy.csv", 2)


def test_an_absent_item_says_how_often_it_is_missed(tmp_path: Path) -> None:
    case = read(tmp_path, "tissue,item,status\nsural,bacilli,absent\nskin,amyloid,absent\nsural,onion bulbs,absent\n")
    bacilli, amyloid, bulbs = [f.statement for f in collect_findings(case) if f.id.startswith("biopsy")]
    assert "34.5 % of 58 with pure neural leprosy" in bacilli
    assert "48.4 % of 33" in amyloid
    assert "79.2" not in amyloid
    assert "%" not in bulbs


def test_counted_sections_of_one_biopsy_are_one_density(tmp_path: Path) -> None:
    table = "tissue,count,length_mm,method\nskin,3,3.0,bright field\nskin,5,3.0,bright field\nskin,4,3.0,bright field\n"
    case = read(tmp_path, table)
    (biopsy,) = case.biopsies
    assert biopsy.skin_counts == (
        SkinCount(count=3, length_mm=3.0),
        SkinCount(count=5, length_mm=3.0),
        SkinCount(count=4, length_mm=3.0),
    )
    (found,) = [f for f in collect_findings(case) if f.id.startswith("biopsy")]
    assert (found.observable, found.abnormal) == ("biopsy_ienfd_low", True)
    assert "12 fibres on 9 mm of 3 sections (95 % interval 0.69 to 2.33" in found.statement


@pytest.mark.parametrize(("method", "low"), [("bright field", True), ("immunofluorescence", True), ("", True)])
def test_the_limit_is_that_of_the_method(tmp_path: Path, method: str, low: bool) -> None:
    case = read(tmp_path, f"tissue,ienfd_per_mm,method\nskin,3.4,{method}\n")
    (found,) = [f for f in collect_findings(case) if f.id.startswith("biopsy")]
    assert found.limit is not None
    assert found.abnormal is low
    expected = ("bursova_2012", "5.1") if method == "immunofluorescence" else ("lauria_2010", "3.5")
    assert (found.limit.source, expected[1] in found.limit.text) == (expected[0], True)


def test_case_yaml_says_the_same(tmp_path: Path) -> None:
    more = "biopsy: [{tissue: skin, method: fluorescence, sections: [{count: 30, length_mm: 3}]}]\n"
    case = read(tmp_path, more=more + "corneal: [{method: manual, cnfl_mm_mm2: 9.1}]\n")
    found = {f.observable: f.abnormal for f in collect_findings(case)}
    assert found["biopsy_ienfd_low"] is False
    assert found["corneal_confocal_abnormal"] is True


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("spleeen,onion bulbs,present,,", "tissue or nerve"),
        ("sural,onion blubs,present,,", "onion"),
        ("sural,,,,", "says nothing of the tissue"),
        ("skin,,,12,", "lacks its count or its length"),
        ("skin,onion bulbs,perhaps,,", "perhaps"),
        ("skin,,,2.5,3", "no whole number"),
        ("skin,,,900,3", "possible"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_read(tmp_path: Path, row: str, what: str) -> None:
    case = read(tmp_path, f"tissue,item,status,count,length_mm\n{row}\nsural,onion bulbs,absent,,\n")
    assert len(case.biopsies) == 1
    assert any(what in f"{u.problem} {u.remedy}" and u.origin.row == 2 for u in case.unused)


def write_section(where: Path) -> None:
    from PIL import Image

    (where / "biopsy").mkdir()
    circles = [(30 + 40 * i, 30 + 40 * j, 6.0, 11.0) for i in range(4) for j in range(4)]
    axons, myelin = discs((180, 180), *circles)
    picture = np.where(myelin > 0, 60, np.where(axons > 0, 220, 200)).astype(np.uint8)
    Image.fromarray(picture).save(where / "biopsy" / "sural.png")
    Image.fromarray(np.where(axons > 0, 255, np.where(myelin > 0, 170, 0)).astype(np.uint8)).save(
        where / "biopsy" / "masks.png"
    )


def test_a_section_is_measured_and_shown_without_a_verdict(tmp_path: Path) -> None:
    write_section(tmp_path)
    table = "file,nerve,side,pixel_um,masks\nsural.png,sural,left,0.3,masks.png\n"
    (tmp_path / "biopsy" / "sections.csv").write_text(table, encoding="utf-8")
    case = read(tmp_path)
    assert not [f for f in collect_findings(case) if f.id.startswith("biopsy")]
    (note,) = [u for u in collect_unused(case) if u.origin.file == "sections.csv"]
    assert "16 myelinated fibres" in note.problem
    assert "doubtful: only 16 fibres" in note.problem
    assert "no limit, no verdict" in note.problem


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("file,nerve,pixel_um\nsural.png,sural,\n", "size of a pixel is not known"),
        ("file,nerve,pixel_um\nother.png,sural,0.3\n", "there is no file"),
        ("file,nerve,pixel_um\nsural.png,sureal,0.3\n", "sural"),
        ("", "nothing says of which nerve"),
    ],
)
def test_a_section_that_cannot_be_used_is_named(tmp_path: Path, table: str, what: str) -> None:
    write_section(tmp_path)
    if table:
        (tmp_path / "biopsy" / "sections.csv").write_text(table, encoding="utf-8")
    case = read(tmp_path)
    assert case.sections == ()
    assert any(what in f"{u.problem} {u.remedy}" for u in case.unused)


@pytest.mark.parametrize("inverted", [False, True])
def test_a_picture_with_light_and_dark_exchanged_is_doubted_in_page_and_json(tmp_path: Path, inverted: bool) -> None:
    from PIL import Image

    drawn = simulate_section("bright_field", seed=41, shape=(200, 240), pixel_um=0.18).image
    (tmp_path / "biopsy").mkdir()
    Image.fromarray(255 - drawn if inverted else drawn).save(tmp_path / "biopsy" / "sural.png")
    (tmp_path / "biopsy" / "sections.csv").write_text("file,nerve,pixel_um\nsural.png,sural,0.18\n", encoding="utf-8")
    write_report(work_up(read(tmp_path)), tmp_path / "out")
    for name in ("report.html", "assessment.json"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert ("the picture may be inverted" in text) is inverted
        assert "myelinated fibres" in text


def test_a_picture_that_is_none_costs_the_rest_nothing(tmp_path: Path) -> None:
    write_section(tmp_path)
    (tmp_path / "biopsy" / "sural.png").write_bytes(b"no picture")
    (tmp_path / "biopsy" / "sections.csv").write_text("file,nerve,pixel_um\nsural.png,sural,0.3\n", encoding="utf-8")
    case = read(tmp_path, "tissue,item,status\nsural,onion bulbs,absent\n")
    assert any("could not be measured" in u.problem for u in collect_unused(case))
    assert [f.observable for f in collect_findings(case) if f.id.startswith("biopsy")] == ["biopsy_onion_bulbs"]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("corneal: [{method: guesswork, cnfl_mm_mm2: 9}]\n", "guesswork"),
        ("corneal: [{method: manual}]\n", "no measure"),
        ("corneal: [{method: manual, cnfl_mm_mm2: 900}]\n", "900"),
    ],
)
def test_corneal_entries_that_cannot_be_used_are_named(tmp_path: Path, more: str, what: str) -> None:
    case = read(tmp_path, more=more)
    assert case.corneal == ()
    assert any(what in f"{u.problem} {u.remedy} {u.origin.text}" for u in case.unused)
