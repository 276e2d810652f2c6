"""Clinical scores: published worked examples where one is known, otherwise totals worked by hand from the rule."""

import itertools
from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, load_vocabulary, read_case, read_score_file
from ranvier.core import PresenceReading, read_sources, read_table
from ranvier.examination import findings
from ranvier.examination.scores import Score, ScoreResult, load_scores, score_results

PACKAGE = "ranvier.examination.scores"


def scored(tmp_path: Path, score: str, values: str, side: str = "") -> ScoreResult:
    """Return the result of a table of items, written ``item=value item=value``."""
    rows = "".join(f"{score},{side},{pair.replace('=', ',')}\n" for pair in values.split())
    (tmp_path / "s.csv").write_text(f"score,side,item,value\n{rows}", encoding="utf-8")
    (result,) = score_results(read_score_file(tmp_path / "s.csv"))[0]
    return result


def case_of(tmp_path: Path, yaml: str) -> Case:
    (tmp_path / "case.yaml").write_text(yaml, encoding="utf-8")
    return read_case(tmp_path)


def both(*pairs: str) -> str:
    """Return items of the left and of the right with the same value."""
    return " ".join(
        f"{item}_{side}={value}" for p in pairs for item, value in [p.split("=")] for side in ("left", "right")
    )


YES = " ".join(f"q{n}={'no' if n in (7, 13) else 'yes'}" for n in range(1, 16))
TOES = ("pinprick", "temperature", "light_touch", "vibration", "position")
SYMPTOMS = ("foot_pain", "numbness", "tingling", "weakness", "ataxia", "upper_limb")

# Examples of the manual of the R package cliot (cts6_score): 3.5 + 4 + 5 = 12.5, and a Tinel sign alone = 4.
# MNSI guide of the University of Michigan: "no" counts for items 7 and 13, items 4 and 10 do not count: 13 at most.
# All others are worked by hand from the published points: their greatest total, and one in between.
EXAMPLES = [
    ("cts6", "right", "numb_median=yes night=yes thenar=no phalen=yes two_point=no tinel=no", 12.5, True),
    ("cts6", "left", "numb_median=no night=no thenar=no phalen=no two_point=no tinel=yes", 4, False),
    ("cts6", "left", "numb_median=yes night=yes thenar=yes phalen=yes two_point=yes tinel=yes", 26, True),
    ("mnsi_questionnaire", "", YES, 13, True),
    ("mnsi_questionnaire", "", YES.replace("yes", "x").replace("no", "yes").replace("x", "no"), 0, False),
    ("mnsi_examination", "",
     both("appearance=abnormal", "ulcer=present", "ankle_reflex=absent", "vibration=absent"), 8, True),
    ("mnsi_examination", "",
     both("appearance=normal", "ulcer=absent", "ankle_reflex=reinforcement", "vibration=reduced"), 2, False),
    ("tcns", "", " ".join(f"{s}=present" for s in SYMPTOMS) + " " + both("knee_reflex=absent", "ankle_reflex=absent")
     + " " + " ".join(f"{t}=abnormal" for t in TOES), 19, True),
    ("mtcns", "", " ".join(f"{i}=3" for i in (*SYMPTOMS, *TOES)), 33, None),
    ("nss", "", "kind=burning site=feet timing=night wakes=yes relief=walking", 9, True),
    ("nds", "",
     both("ankle_reflex=absent", "vibration=abnormal", "pinprick=abnormal", "temperature=abnormal"), 10, True),
    ("nds", "", both("ankle_reflex=absent", "vibration=normal", "pinprick=normal", "temperature=normal"), 4, None),
    ("uens", "", both("toe_extension=weak", "pin=12", "allodynia=present", "vibration=absent", "position=abnormal",
                      "ankle_reflex=absent"), 42, True),
    ("mrc_sum", "", both(*(f"{m}=4" for m in ("shoulder_abduction", "elbow_flexion", "wrist_extension", "hip_flexion",
                                              "knee_extension")), "ankle_dorsiflexion=3"), 46, True),
    ("incat", "", "arm=3 leg=2", 5, None),
    ("onls", "", "arm=5 leg=7", 12, None),
    ("katz", "right", "class=probable", 2, True),
    ("cass", "", "sudomotor=3 cardiovagal=3 adrenergic=4", 10, True),
    ("ewing", "", "deep_breathing=abnormal valsalva=borderline standing_30_15=borderline pressure_standing=normal "
     "handgrip=normal", 2, True),
]  # fmt: skip


@pytest.mark.parametrize(("score", "side", "values", "total", "abnormal"), EXAMPLES)
def test_totals_and_cut_offs(
    tmp_path: Path, score: str, side: str, values: str, total: float, abnormal: bool | None
) -> None:
    result = scored(tmp_path, score, values, side)
    assert (result.lowest, result.highest) == (total, total)
    assert (result.band.abnormal if result.band else None) is abnormal


@pytest.mark.parametrize("score", load_scores().values(), ids=lambda s: s.id)
def test_points_of_the_items_span_the_range_and_bands_tile_it(score) -> None:  # type: ignore[no-untyped-def]
    if score.items:
        assert sum(i.lowest for i in score.items) == score.lowest
        assert sum(i.highest for i in score.items) == score.highest
    assert bool(score.items) is not bool(score.why_no_items)
    bands = score.cut_offs
    if bands:
        assert (bands[0].lowest, bands[-1].highest) == (score.lowest, score.highest)
        assert all(0 < after.lowest - before.highest <= 1 for before, after in itertools.pairwise(bands))
    for fill in score.fills:
        points = next(i.points for i in score.items if i.id == fill.item)
        assert set(fill.values.values()) <= set(points)


def test_every_source_is_listed() -> None:
    known = read_sources(PACKAGE)
    for name in ("scores.csv", "items.csv", "cutoffs.csv", "readings.csv", "measured.csv"):
        assert {row["source"] for row in read_table(PACKAGE, name, ("source",))} <= set(known)


def test_a_missing_item_leaves_a_range_and_no_verdict(tmp_path: Path) -> None:
    result = scored(tmp_path, "incat", "arm=3")
    assert (result.lowest, result.highest, result.missing) == (3, 8, ("leg",))
    assert result.sentence == "INCAT disability score: cannot be totalled: missing leg; between 3 and 8 (0 to 10)."


def test_a_verdict_stands_where_the_missing_items_cannot_change_it(tmp_path: Path) -> None:
    result = scored(tmp_path, "cts6", "numb_median=yes night=yes phalen=yes thenar=yes", "right")
    assert result.missing
    assert result.band is not None
    assert result.band.abnormal is True


MRC = """
examination:
  strength:
    - {name: [shoulder abduction, elbow flexion, wrist extension], side: both, grade: 5}
    - {name: [hip flexion, knee extension], side: both, grade: 4}
    - {name: ankle dorsiflexion, side: left, grade: 2}
    - {name: tibialis anterior, side: right, grade: 3}
"""


def test_the_mrc_sum_score_is_read_from_the_strength_of_the_case(tmp_path: Path) -> None:
    found = findings(case_of(tmp_path, MRC), load_graph())
    (score,) = [f for f in found if f.observable == "score:mrc_sum"]
    assert score.statement.startswith("MRC sum score: 51 (0 to 60)")


def test_an_open_grade_or_two_that_disagree_fill_nothing(tmp_path: Path) -> None:
    text = MRC.replace("side: left, grade: 2", "side: left, grade: weak")
    (result,) = [r for r in score_results(case_of(tmp_path, text))[0] if r.score.id == "mrc_sum"]
    assert result.missing == ("ankle dorsiflexion, left",)
    twice = MRC + "    - {name: tibialis anterior, side: right, grade: 5}\n"
    (result,) = [r for r in score_results(case_of(tmp_path, twice))[0] if r.score.id == "mrc_sum"]
    assert result.missing == ("ankle dorsiflexion, right",)


FEET = """
examination:
  reflexes:
    - {name: ankle, side: left, grade: absent}
    - {name: ankle, side: right, grade: reduced}
  sensation:
    - {area: great toe, side: right, modality: vibration, result: reduced}
    - {area: great toe, side: left, modality: vibration, result: normal}
    - {area: great toe, side: left, modality: pain, result: normal}
"""


def test_reflexes_and_vibration_fill_the_items_that_say_the_same(tmp_path: Path) -> None:
    by_id = {r.score.id: r for r in score_results(case_of(tmp_path, FEET))[0]}
    assert by_id["mnsi_examination"].values == {
        "ankle_reflex_left": "absent", "vibration_left": "present", "vibration_right": "reduced",
    }  # fmt: skip
    assert by_id["tcns"].values == {
        "ankle_reflex_left": "absent", "ankle_reflex_right": "reduced", "vibration": "abnormal",
    }  # fmt: skip
    assert not [f for f in findings(case_of(tmp_path, FEET), load_graph()) if f.id.startswith("score-")]


def test_a_stated_dn4_speaks_for_neuropathic_pain_once(tmp_path: Path) -> None:
    text = "scores:\n  - {score: DN4, total: 6}\n  - {score: painDETECT, total: 22}\n"
    found = [f for f in findings(case_of(tmp_path, text), load_graph()) if f.id.startswith("score-")]
    assert [f.observable for f in found] == ["neuropathic_pain", "score:paindetect"]
    assert found[0].reading == PresenceReading(present=True)
    said = text + "history:\n  - {item: neuropathic pain, status: present}\n"
    found = [f for f in findings(case_of(tmp_path, said), load_graph()) if f.id.startswith("score-")]
    assert [f.observable for f in found] == ["score:dn4", "score:paindetect"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{score: DN5, total: 6}", "did you mean"),
        ("{score: DN4, total: 11}", "total from 0 to 10"),
        ("{score: DN4, items: [{item: burning, value: 1}]}", "copyright"),
        ("{score: INCAT, items: [{item: arms, value: 1}]}", "did you mean 'arm'"),
        ("{score: INCAT, items: [{item: arm, value: 6}]}", "Write one of 0, 1, 2, 3, 4, 5."),
        ("{score: CTS-6, total: 12}", "Add side"),
        ("{score: INCAT}", "neither a total nor items"),
        ("{score: INCAT, total: 3, side: upward}", "side"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_remedy(tmp_path: Path, entry: str, words: str) -> None:
    case = case_of(tmp_path, f"scores:\n  - {entry}\n")
    results, unused = score_results(case)
    assert results == ()
    (note,) = (*case.unused, *unused)
    assert words in f"{note.problem} {note.remedy}"


def test_a_table_of_items_notes_rows_without_a_score(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "score,side,item,value\n,,arm,3\nINCAT,up,arm,3\nINCAT,,total,x\n", encoding="utf-8"
    )
    case = read_score_file(tmp_path / "s.csv")
    assert (case.scores, len(case.unused)) == ((), 3)
    (tmp_path / "s.yaml").write_text("scores: [{score: ONLS, total: 4}]", encoding="utf-8")
    assert score_results(read_score_file(tmp_path / "s.yaml"))[0][0].lowest == 4


TOTALS = [
    # score, side, total, feature or what is shown, present: from the rows of readings.csv
    ("CTS-6", "right", 12, "score_cts6", True), ("CTS-6", "left", 5, "score_cts6", False),
    ("CTS-6", "right", 11.5, "score:cts6", None), ("Katz", "right", 2, "score_katz", True),
    ("Katz", "right", 1, "score:katz", None), ("Katz", "left", 0, "score_katz", False),
    ("TCNS", "", 9, "score_tcns", True), ("TCNS", "", 8, "score:tcns", None), ("TCNS", "", 4, "score_tcns", False),
    ("mTCNS", "", 9, "score_mtcns", True), ("mTCNS", "", 8, "score_mtcns", False),
    ("MNSI-B", "", 2.5, "score_mnsi_examination", True), ("MNSI-B", "", 2, "score_mnsi_examination", False),
    ("MNSI-A", "", 4, "score_mnsi_questionnaire", True), ("MNSI-A", "", 3, "score_mnsi_questionnaire", False),
    ("CASS", "", 1, "autonomic_unspecified", True), ("CASS", "", 0, "autonomic_unspecified", False),
    ("Ewing", "", 2, "cardiovagal_test_abnormal", True), ("Ewing", "", 1.5, "score:ewing", None),
    ("DN4", "", 4, "neuropathic_pain", True), ("DN4", "", 3, "neuropathic_pain", False),
    ("NDS", "", 8, "score:nds", None), ("I-RODS", "", 20, "score:i_rods", None),
]  # fmt: skip


@pytest.mark.parametrize(("score", "side", "total", "observable", "present"), TOTALS)
def test_a_stated_total_is_weighed_as_what_it_speaks_for(
    tmp_path: Path, score: str, side: str, total: float, observable: str, present: bool | None
) -> None:
    where = f", side: {side}" if side else ""
    case = case_of(tmp_path, f"scores:\n  - {{score: {score}, total: {total}{where}}}\n")
    (found,) = [f for f in findings(case, load_graph()) if f.id.startswith("score-")]
    assert found.observable == observable
    if present is not None:
        assert found.reading == PresenceReading(present=present)
        assert found.abnormal is present
        assert found.limit is not None
    assert (found.place is not None) is (observable in ("score_cts6", "score_katz"))


ITEMS = "scores: [{score: CTS-6, side: right, total: 15}, {score: TCNS, total: 12}]\n"
SIGNS = """
examination:
  reflexes: [{name: ankle, side: both, grade: 0}]
  signs: [{item: phalen, at: carpal tunnel, side: right, status: positive}]
"""


def test_a_total_is_not_weighed_again_where_the_examination_tells_its_items(tmp_path: Path) -> None:
    alone = [f for f in findings(case_of(tmp_path, ITEMS), load_graph()) if f.id.startswith("score-")]
    assert [f.observable for f in alone] == ["score_tcns", "score_cts6"]
    told = findings(case_of(tmp_path, ITEMS + SIGNS), load_graph())
    assert [f.observable for f in told if f.id.startswith("score-")] == ["score:tcns", "score:cts6"]
    said = {f.observable: f.statement for f in told}
    assert "not weighed: the examination tells Phalen test" in said["score:cts6"]
    assert "left ankle reflex, right ankle reflex" in said["score:tcns"]
    assert {"phalen", "reflex"} <= set(said)


def test_the_other_hand_is_still_weighed(tmp_path: Path) -> None:
    both = "scores: [{score: CTS-6, side: right, total: 15}, {score: CTS-6, side: left, total: 15}]\n"
    found = [f for f in findings(case_of(tmp_path, both + SIGNS), load_graph()) if f.id.startswith("score-")]
    assert [(f.observable, f.place.side.value if f.place else "") for f in found] == [
        ("score_cts6", "left"),
        ("score:cts6", ""),
    ]


def test_items_that_only_the_score_tells_are_weighed_through_its_total(tmp_path: Path) -> None:
    items = "[{item: sudomotor, value: 2}, {item: cardiovagal, value: 1}, {item: adrenergic, value: 1}]"
    case = case_of(tmp_path, f"scores:\n  - {{score: CASS, items: {items}}}\n")
    (found,) = [f for f in findings(case, load_graph()) if f.id.startswith("score-")]
    assert found.observable == "autonomic_unspecified"
    assert found.statement.startswith("Composite Autonomic Severity Score: 4 (0 to 10)")


EWING = [
    ("deep_breathing", "15", "normal"), ("deep_breathing", "14", "borderline"), ("deep_breathing", "10.4", "abnormal"),
    ("valsalva", "1,21", "normal"), ("valsalva", "1.11", "borderline"), ("valsalva", "1.10", "abnormal"),
    ("standing_30_15", "1.04", "normal"), ("standing_30_15", "1.01", "borderline"),
    ("standing_30_15", "1.00", "abnormal"),
    ("pressure_standing", "10", "normal"), ("pressure_standing", "11", "borderline"),
    ("pressure_standing", "30", "abnormal"), ("pressure_standing", "-5", "normal"),
    ("handgrip", "16", "normal"), ("handgrip", "15", "borderline"), ("handgrip", "10", "abnormal"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "number", "value"), EWING)
def test_what_was_measured_is_graded_as_printed(tmp_path: Path, item: str, number: str, value: str) -> None:
    """World J Diabetes 2018;9(1), table 5: normal, borderline and abnormal values of the five tests of Ewing."""
    (tmp_path / "s.csv").write_text(f'score;item;value\newing;{item};"{number}"\n', encoding="utf-8")
    (result,) = score_results(read_score_file(tmp_path / "s.csv"))[0]
    assert result.values == {item: value}


def test_five_numbers_make_the_total_of_ewing(tmp_path: Path) -> None:
    """By hand: 8 a minute 1, ratio 1.15 0.5, 30:15 1.02 0.5, fall of 32 mmHg 1, rise of 12 mmHg 0.5: 3.5 of 5."""
    values = "deep_breathing=8 valsalva=1.15 standing_30_15=1.02 pressure_standing=32 handgrip=12"
    result = scored(tmp_path, "ewing", values)
    assert (result.lowest, result.highest, result.says) == (3.5, 3.5, True)


def test_an_impossible_measurement_is_refused_with_its_unit(tmp_path: Path) -> None:
    case = case_of(tmp_path, "scores: [{score: Ewing, items: [{item: valsalva, value: 15}]}]\n")
    (note,) = score_results(case)[1]
    assert "or the number in ratio" in note.remedy


def test_bands_of_what_is_measured_do_not_overlap_and_name_values_of_their_item() -> None:
    for score in load_scores().values():
        for item in {m.item for m in score.measured}:
            bands = sorted((m for m in score.measured if m.item == item), key=lambda m: m.lowest)
            points = next(i.points for i in score.items if i.id == item)
            assert {m.value for m in bands} == set(points)
            for before, after in itertools.pairwise(bands):
                assert after.lowest - before.highest == pytest.approx(10**-before.decimals)


def test_every_reading_names_a_feature_and_leaves_no_contradiction() -> None:
    features = load_vocabulary().features
    for score in load_scores().values():
        if score.reading is not None:
            assert score.reading.feature in features
            assert score.sided is bool(score.reading.place)
            assert score.reading.absent_to is None or score.reading.absent_to < score.reading.present_from


@pytest.mark.parametrize("score", load_scores().values(), ids=lambda s: s.id)
def test_every_score_takes_its_total_and_refuses_one_beyond_its_range(tmp_path: Path, score: Score) -> None:
    where = ", side: left" if score.sided else ""
    for total, used in ((score.lowest, 1), (score.highest, 1), (score.highest + 1, 0), (score.lowest - 1, 0)):
        case = case_of(tmp_path, f"scores:\n  - {{score: {score.id}, total: {total:g}{where}}}\n")
        results, unused = score_results(case)
        assert len(results) == used
        assert len(unused) == 1 - used
    if score.why_no_items:
        assert score.items == ()
        assert "need" in score.why_no_items


def test_there_are_twenty_two_scores() -> None:
    assert len(load_scores()) == 22
