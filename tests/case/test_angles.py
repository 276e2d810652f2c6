"""The angle of a provocation test: shown, and a test that tells nothing at its angle is not used."""

from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, read_case
from ranvier.case.angles import load_test_angles
from ranvier.core import read_sources
from ranvier.examination import UNMENTIONED, findings


def read(tmp_path: Path, sign: str) -> Case:
    (tmp_path / "case.yaml").write_text(f"examination:\n  signs:\n    - {{{sign}}}\n", encoding="utf-8")
    return read_case(tmp_path)


@pytest.mark.parametrize(
    ("angle", "status", "words"),
    [
        (40, "positive", "present at 40 degrees"),
        (70, "positive", "present at 70 degrees"),
        (70, "negative", "absent up to 70 degrees"),
        (90, "negative", "absent up to 90 degrees"),
    ],
)
def test_the_angle_of_a_straight_leg_raise_is_kept(tmp_path: Path, angle: float, status: str, words: str) -> None:
    case = read(tmp_path, f"item: straight leg raise, at: L5, side: right, angle_deg: {angle}, status: {status}")
    assert case.unused == ()
    assert case.statements[0].angle_deg == angle
    (found,) = [f for f in findings(case, load_graph()) if f.observable not in UNMENTIONED]
    assert words in found.statement


@pytest.mark.parametrize(
    ("angle", "status", "said"),
    [(71, "positive", "positive only at 71 degrees, beyond 70"), (69, "negative", "negative only up to 69 degrees"),
     (300, "positive", "not possible as angle_deg")],
)  # fmt: skip
def test_an_angle_at_which_the_test_tells_nothing_is_questioned(
    tmp_path: Path, angle: float, status: str, said: str
) -> None:
    """Positive between 30 and 70 degrees: BMC Musculoskelet Disord 2021, doi:10.1186/s12891-021-04159-y."""
    case = read(tmp_path, f"item: SLR, side: right, angle_deg: {angle}, status: {status}")
    (note,) = case.unused
    assert (note.severity, note.origin.file, note.origin.row) == ("question", "case.yaml", 3)
    assert said in note.problem
    assert bool(case.statements) is (angle == 300)


def test_an_angle_of_a_test_without_a_limit_is_only_shown(tmp_path: Path) -> None:
    case = read(tmp_path, "item: femoral stretch test, side: right, angle_deg: 100, status: positive")
    assert case.unused == ()
    assert case.statements[0].angle_deg == 100


def test_every_limit_has_its_source() -> None:
    assert {a.source for a in load_test_angles().values()} <= set(read_sources("ranvier.case"))


@pytest.mark.parametrize(
    ("section", "line", "feature", "present"),
    [
        ("tests", "item: JC virus PCR in CSF, status: positive", "csf_jcv_pcr", True),
        ("tests", "item: CMV in CSF, status: negative", "csf_cmv_pcr", False),
        ("tests", "item: segmental slowing, status: absent", "ncs_segmental_slowing", False),
    ],
)
def test_results_in_words_have_a_place(tmp_path: Path, section: str, line: str, feature: str, present: bool) -> None:
    (tmp_path / "case.yaml").write_text(f"{section}:\n  - {{{line}}}\n", encoding="utf-8")
    case = read_case(tmp_path)
    assert case.unused == ()
    assert [(s.feature, s.present) for s in case.statements] == [(feature, present)]
