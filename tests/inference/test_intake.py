"""The interview that ``ranvier new --intake`` writes: each of its lines is read and leads to a finding."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from ranvier.case import read_case, write_template
from ranvier.inference import collect_findings, collect_unused, localise_bedside


def test_the_interview_as_written_is_an_empty_case(tmp_path: Path) -> None:
    (path,) = write_template(tmp_path / "new", intake=True)
    case = read_case(path.parent)
    assert collect_unused(case) == ()
    assert collect_findings(case) == ()


def test_each_line_that_is_filled_in_leads_to_a_finding(tmp_path: Path) -> None:
    (path,) = write_template(tmp_path / "new", intake=True)
    filled = re.sub(r"(?m)^(\s*)#- ", r"\1- ", path.read_text(encoding="utf-8"))
    path.write_text(filled, encoding="utf-8")
    case = read_case(path.parent)
    assert collect_unused(case) == ()
    lines = {n for n, line in enumerate(filled.splitlines(), 1) if re.match(r"\s*- \{", line)}
    assert len(lines) > 100
    found = collect_findings(case)
    assert lines <= {f.origin.row for f in found}
    assert [f.statement for f in found if f.abnormal] == []


# Each part of the field's list of what a bedside interview asks, and entries of which the interview has at least those.
ASKED = {
    "symptoms by area and kind": ("history", {"paraesthesia", "numb feet", "burning feet", "allodynia", "neck pain"}),
    "autonomic": ("history", {"orthostatic hypotension", "abnormal sweating", "erectile dysfunction"}),
    "strength by muscle": ("strength", {"first dorsal interosseous", "abductor pollicis brevis", "ankle dorsiflexion"}),
    "reflexes": ("reflexes", {"biceps", "brachioradialis", "triceps", "knee", "ankle"}),
    "sensation by modality": ("modality", {"light_touch", "pain", "temperature", "vibration", "position"}),
    "provocation": ("signs", {"phalen", "tinel", "spurling", "straight leg raise", "elbow flexion test"}),
    "Tinel at each site": ("tinel", {"carpal tunnel", "cubital tunnel", "fibular head", "tarsal tunnel"}),
    "gait and stance": ("signs", {"romberg", "steppage gait", "ataxic gait", "spastic gait"}),
    "cranial nerves": ("signs", {"double vision", "ptosis", "facial weakness", "facial numbness", "dysphagia",
                                 "weak or wasted tongue", "hearing loss", "visual loss", "abnormal pupil"}),
    "upper motor neuron": ("signs", {"babinski", "hoffmann", "clonus", "spasticity"}),
    "skin and nerve palpation": ("signs", {"thickened nerve on palpation", "purpura or livedo",
                                           "anaesthetic skin patch",
                                           "hypopigmented or red skin patches", "painless foot ulcer"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return what each section of the filled interview asks for."""
    (path,) = write_template(tmp_path_factory.mktemp("asked") / "new", intake=True)
    form = yaml.safe_load(re.sub(r"(?m)^(\s*)#- ", r"\1- ", path.read_text(encoding="utf-8")))
    out: dict[str, set[str]] = defaultdict(set)
    for section, rows in (("history", form["history"]), *form["examination"].items()):
        for row in rows:
            out[section].add(row.get("item") or row.get("name") or str(row["area"]))
            if "modality" in row:
                out["modality"].add(row["modality"])
            if row.get("item") == "tinel":
                out["tinel"].add(row["at"])
            if "angle_deg" in row:
                out["angle"].add(row["item"])
    return out


@pytest.mark.parametrize("part", ASKED)
def test_the_interview_asks_for_every_part_of_the_examination(part: str, entries: dict[str, set[str]]) -> None:
    section, wanted = ASKED[part]
    assert wanted <= entries[section]


def test_the_angle_of_the_straight_leg_raise_is_asked_for(entries: dict[str, set[str]]) -> None:
    assert entries["angle"] == {"straight leg raise"}


GRADES = [("biceps", grade) for grade in ("0", "1+", "++", "+++", "4", "trace", "brisk")]


@pytest.mark.parametrize(("name", "grade"), GRADES)
def test_reflexes_are_read_by_number_by_plus_signs_and_in_words(tmp_path: Path, name: str, grade: str) -> None:
    text = f"examination:\n  reflexes: [{{name: {name}, side: right, grade: '{grade}'}}]\n"
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    case = read_case(tmp_path)
    assert case.unused == ()
    assert len(case.reflexes) == 1


def test_ten_minutes_of_a_foot_drop_name_the_nerve(tmp_path: Path) -> None:
    """The interview as a neurologist would fill it in for a foot drop: some lines used and changed, the rest left."""
    (path,) = write_template(tmp_path / "new", intake=True)
    text = path.read_text(encoding="utf-8")
    for line, was, now in (
        ("{name: ankle dorsiflexion, side: right", "5", "2"),
        ("{name: ankle eversion, side: right", "5", "4-"),
        ("{name: ankle inversion, side: right", "", ""),
        ("{name: great toe extension, side: right", "5", "3"),
        ("{name: hip abduction", "", ""),
        ("{name: ankle, side: both", "", ""),
        ("{item: tinel, at: fibular head", "negative", "positive"),
        ("{item: straight leg raise", "", ""),
        ("{item: steppage gait", "absent", "present"),
    ):
        (old,) = [one for one in text.splitlines() if one.strip().startswith(f"#- {line}")]
        text = text.replace(old, old.replace("#- ", "- ").replace(f": {was}}}", f": {now}}}"))
    path.write_text(text, encoding="utf-8")
    case = read_case(path.parent)
    assert collect_unused(case) == ()
    assert "common_fibular" in [p.part for p in localise_bedside(case).places[:1]]
