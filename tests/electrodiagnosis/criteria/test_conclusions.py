"""How the clauses of a set combine, from whole tables and cases: variants by limb, motor neuron disease, blocks."""

import json
from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, Patient, read_case, read_tables
from ranvier.case.tables import with_needle_table
from ranvier.core import DataFileError
from ranvier.electrodiagnosis.criteria import (
    SetAnswer,
    Setting,
    answer_criteria,
    criteria_as_json,
    criteria_in_words,
    facts_of,
    load_criteria,
    read_facts,
    units_of,
)
from ranvier.electrodiagnosis.criteria.tables import Rule, _rules
from ranvier.electrodiagnosis.waveforms.teaching import write_teaching_sets

MOTOR = (
    "nerve,side,kind,stimulation,recording,latency_ms,amplitude_mv,area_mv_ms,duration_ms,velocity_m_s,distance_mm\n"
)
NEEDLE = "muscle,side,fibrillations,fasciculations,motor_units\n"


def table(tmp_path: Path, rows: str, emg: str = "") -> Case:
    path = tmp_path / "ncs.csv"
    path.write_text(MOTOR + rows, encoding="utf-8")
    case = read_tables(ncs=path, patient=Patient(age_y=50))
    if emg:
        (tmp_path / "needle.csv").write_text(NEEDLE + emg, encoding="utf-8")
        case = with_needle_table(case, tmp_path / "needle.csv")
    assert not case.unused
    return case


def answer(case: Case, name: str, *facts: str, low_filter_hz: float | None = None) -> SetAnswer:
    setting = Setting(low_filter_hz=low_filter_hz, facts=read_facts(facts))
    return answer_criteria(case, load_graph(), name, setting)[0]


def states(found: SetAnswer) -> dict[str, str]:
    return {c.id: c.state for c in found.conclusions}


BLOCKED = "median,left,motor,wrist,APB,3.6,9,30,5.5,,\nmedian,left,motor,elbow,APB,8,4,12,6,52,230\n"


def test_aanem_1999_block_from_a_table_with_area_and_duration(tmp_path: Path) -> None:
    found = answer(table(tmp_path, BLOCKED), "aanem_1999_block")
    assert states(found) == {"definite": "met", "probable": "met"}
    clause = next(c for c in found.clauses if c.clause == "definite")
    assert clause.readings[0].startswith(
        "left median, forearm: ratio of the amplitudes at the two ends of the stretch 0.444"
    )


def test_aanem_1999_block_is_missing_without_area(tmp_path: Path) -> None:
    rows = "median,left,motor,wrist,APB,3.6,9,,,,\nmedian,left,motor,elbow,APB,8,4,,,52,230\n"
    found = answer(table(tmp_path, rows), "aanem_1999_block")
    clause = next(c for c in found.clauses if c.clause == "definite")
    assert (states(found)["definite"], clause.state) == ("missing", "missing")
    assert clause.further == "the amplitudes of the responses at both points of left median, forearm"
    assert "ratio of proximal to distal area: not measured" in clause.readings[0]


def test_efns_pns_2010_mmn_block_across_the_elbow_does_not_count(tmp_path: Path) -> None:
    rows = (
        "ulnar,left,motor,wrist,ADM,2.8,9,30,5.5,,\nulnar,left,motor,below elbow,ADM,7,8.8,29,5.6,55,230\n"
        "ulnar,left,motor,above elbow,ADM,9,3,10,6,50,100\n"
    )
    case = table(tmp_path, rows)
    assert answer(case, "aanem_1999_block").met is not None
    clauses = {c.clause: c.state for c in answer(case, "efns_pns_2010_mmn").clauses}
    assert (clauses["definite_block"], clauses["probable_block"]) == ("failed", "failed")


FACTS = (
    "focal_weakness_two_nerves", "sensory_abnormality=no", "umn_signs=no", "marked_bulbar_involvement=no",
    "diffuse_symmetric_weakness=no",
)  # fmt: skip


def test_efns_pns_2010_mmn_definite_needs_history_block_and_sensory_conduction(tmp_path: Path) -> None:
    path = tmp_path / "with_sensory.csv"
    sensory = "median,left,sensory,wrist,index finger,,0.020,,,,\nulnar,left,sensory,wrist,little finger,,0.015,,,,\n"
    path.write_text(MOTOR + BLOCKED + sensory, encoding="utf-8")
    case = read_tables(ncs=path, patient=Patient(age_y=50))
    assert states(answer(case, "efns_pns_2010_mmn", *FACTS))["mmn_definite"] == "met"
    assert states(answer(case, "efns_pns_2010_mmn", *FACTS[:-1]))["mmn_definite"] == "missing"
    assert (
        states(answer(case, "efns_pns_2010_mmn", *FACTS[:-1], "diffuse_symmetric_weakness"))["mmn_definite"] == "failed"
    )


HAND_AND_ARM = "FDI,left,2,yes,neurogenic\nbiceps brachii,left,0,yes,neurogenic\n"
LEG = "tibialis anterior,left,1,no,neurogenic\nmedial gastrocnemius,left,1,no,neurogenic\n"
PROGRESS = ("progression", "other_causes_excluded")


@pytest.mark.parametrize(
    ("emg", "facts", "state"),
    [
        (HAND_AND_ARM + LEG, PROGRESS, "met"),
        (HAND_AND_ARM, (*PROGRESS, "umn_cervical"), "met"),
        (HAND_AND_ARM, (*PROGRESS, "umn_bulbar", "umn_cervical=no"), "missing"),
        (HAND_AND_ARM + LEG, ("progression=no", "other_causes_excluded"), "failed"),
        (HAND_AND_ARM + LEG, ("progression",), "missing"),
        ("FDI,left,2,yes,neurogenic\nAPB,left,2,yes,neurogenic\n" + LEG, PROGRESS, "missing"),
        ("tongue,left,0,yes,neurogenic\n" + LEG, PROGRESS, "met"),
    ],
)
def test_gold_coast_2020_als(tmp_path: Path, emg: str, facts: tuple[str, ...], state: str) -> None:
    assert states(answer(table(tmp_path, "", emg), "gold_coast_2020_als", *facts))["als"] == state


def test_gold_coast_2020_als_upper_and_lower_signs_in_different_regions_do_not_count(tmp_path: Path) -> None:
    facts = (
        *PROGRESS, "umn_bulbar", "umn_cervical=no", "umn_thoracic=no", "umn_lumbosacral=no",
        "lmn_bulbar=no", "lmn_thoracic=no", "lmn_lumbosacral=no",
    )  # fmt: skip
    quiet = "tongue,left,0,no,normal\nparaspinals t9,left,0,no,normal\n" + LEG.replace("1,no,neurogenic", "0,no,normal")
    found = answer(table(tmp_path, "", HAND_AND_ARM + quiet), "gold_coast_2020_als", *facts)
    assert states(found) == {"als": "failed"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (("umn_bulbar", "lmn_bulbar", "umn_cervical", "umn_lumbosacral"), "definite_bulbar"),
        (("umn_cervical", "umn_lumbosacral", "umn_thoracic", "lmn_thoracic"), "definite_spinal"),
        (("umn_cervical", "umn_lumbosacral"), "probable"),
        (("umn_cervical",), "possible"),
        (("umn_bulbar", "umn_thoracic"), "possible"),
    ],
)
def test_awaji_2008_als_ranks(tmp_path: Path, facts: tuple[str, ...], expected: str) -> None:
    found = answer(table(tmp_path, "", HAND_AND_ARM + LEG), "awaji_2008_als", *PROGRESS, *facts)
    assert found.met is not None
    assert found.met.id == expected


def test_awaji_2008_als_fasciculations_count_as_fibrillations_only_beside_chronic_change(tmp_path: Path) -> None:
    units = units_of(table(tmp_path, "", "tongue,left,0,yes,normal\n"), load_graph())
    bulbar = next(u for u in units if u.nerve == "bulbar").number("lmn_emg")
    assert bulbar is not None
    assert bulbar.value == 0.0
    units = units_of(table(tmp_path, "", "tongue,left,0,,neurogenic\n"), load_graph())
    bulbar = next(u for u in units if u.nerve == "bulbar").number("lmn_emg")
    assert bulbar is not None
    assert bulbar.value is None


def demyelinated(nerve: str, side: str, distal: str, proximal: str) -> str:
    return f"{nerve},{side},motor,{distal},,9,9,,,,\n{nerve},{side},motor,{proximal},,19,8.5,,,25,250\n"


LEFT_ARM = demyelinated("median", "left", "wrist", "elbow") + demyelinated("ulnar", "left", "wrist", "below elbow")
LEGS = demyelinated("tibial", "left", "ankle", "popliteal fossa") + demyelinated("fibular", "left", "ankle", "BFH")


def variants(tmp_path: Path, motor: str, sensory: str) -> dict[str, str]:
    return states(answer(table(tmp_path, motor + sensory), "ean_pns_2021_cidp_variants"))


def small(*nerves: str) -> str:
    sites = {"median": "index finger", "ulnar": "little finger", "sural": "lateral foot"}
    return "".join(f"{n},left,sensory,,{sites[n]},,0.001,,,,\n" for n in nerves)


def test_ean_pns_2021_cidp_variants_focal_in_one_arm(tmp_path: Path) -> None:
    found = variants(tmp_path, LEFT_ARM, small("median", "ulnar"))
    assert (found["typical"], found["focal"], found["distal"]) == ("met", "met", "met")
    assert found["multifocal"] == "missing"


def test_ean_pns_2021_cidp_variants_multifocal_in_arm_and_leg(tmp_path: Path) -> None:
    found = variants(tmp_path, demyelinated("median", "left", "wrist", "elbow") + LEGS, small("median", "sural"))
    assert (found["multifocal"], found["distal_possible_legs"]) == ("met", "met")
    assert (found["distal"], found["focal"]) == ("missing", "missing")


def test_ean_pns_2021_cidp_variants_one_sensory_nerve_is_possible(tmp_path: Path) -> None:
    found = variants(tmp_path, LEFT_ARM, small("median"))
    assert (found["typical"], found["distal_possible"]) == ("missing", "met")


def test_terminal_latency_from_distance_velocity_and_latency(tmp_path: Path) -> None:
    rows = "median,left,motor,wrist,APB,8,5,,,,70\nmedian,left,motor,elbow,APB,13,4.9,,,46,230\n"
    (unit,) = [u for u in units_of(table(tmp_path, rows), load_graph()) if u.kind == "motor"]
    index, residual = unit.number("terminal_latency_index"), unit.number("residual_latency_ms")
    assert index is not None
    assert index.value == pytest.approx(70 / (46 * 8), abs=1e-3)
    assert residual is not None
    assert residual.value == pytest.approx(8 - 70 / 46, abs=1e-3)
    assert answer(table(tmp_path, rows), "terminal_latency").met is not None


def test_terminal_latency_asks_for_the_distal_distance(tmp_path: Path) -> None:
    rows = "median,left,motor,wrist,APB,8,5,,,,\nmedian,left,motor,elbow,APB,13,4.9,,,46,230\n"
    clause = answer(table(tmp_path, rows), "terminal_latency").clauses[0]
    assert clause.state == "missing"
    assert "distance from the distal point to the recording electrode" in clause.readings[0]


LONG = "median,left,motor,wrist,APB,3.6,9,30,8.2,,\n"


@pytest.mark.parametrize(
    ("filter_hz", "state"), [(2.0, "failed"), (5.0, "met"), (20.0, "met"), (3.0, "missing"), (None, "missing")]
)
def test_ean_pns_2021_cidp_motor_duration_goes_by_the_filter(
    tmp_path: Path, filter_hz: float | None, state: str
) -> None:
    found = answer(table(tmp_path, LONG), "ean_pns_2021_cidp_motor", low_filter_hz=filter_hz)
    clause = next(c for c in found.clauses if c.clause == "g1p")
    assert clause.state == state
    if filter_hz == 3.0:
        assert "no threshold for a low-frequency filter of 3 Hz" in clause.readings[0]


def test_the_filter_may_stand_in_the_table(tmp_path: Path) -> None:
    path = tmp_path / "ncs.csv"
    path.write_text(
        "nerve,side,kind,stimulation,duration ms,LFF (Hz)\nmedian,left,motor,wrist,8.2,5\n", encoding="utf-8"
    )
    found = answer(read_tables(ncs=path), "ean_pns_2021_cidp_motor")
    assert next(c.state for c in found.clauses if c.clause == "g1p") == "met"


def test_waveforms_answer_clauses_of_area_and_duration(tmp_path: Path) -> None:
    """Simulated sets: the one with block meets the block clause, the healthy one does not."""
    write_teaching_sets(tmp_path, 4)
    names = {"motor-block.json": "met", "motor-healthy.json": "failed"}
    for name, state in names.items():
        case = read_tables(waveforms=tmp_path / name, patient=Patient(age_y=50))
        clauses = {c.clause: c.state for c in answer(case, "efns_pns_2010_mmn").clauses}
        assert clauses["definite_block"] == state


def test_facts_of_a_case(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        "onset: {course: progressive}\n"
        "examination:\n"
        "  signs: [{item: Hoffmann sign, status: present}]\n"
        "  reflexes: [{name: knee, side: left, grade: 3}, {name: ankle, side: both, grade: 0}]\n"
        "  strength: [{name: tibialis anterior, side: left, grade: 3}]\n"
        "  wasting: [{name: tibialis anterior, side: left, status: present}]\n",
        encoding="utf-8",
    )
    case = read_case(tmp_path)
    facts = facts_of(case, load_graph())
    wanted = {"progression", "umn_cervical", "umn_signs", "umn_lumbosacral", "ankle_reflexes_reduced"}
    assert wanted <= {f for f, value in facts.items() if value}
    legs = next(u for u in units_of(case, load_graph(), facts) if u.nerve == "lumbosacral")
    assert [n.value for n in legs.numbers if n.measure in ("lmn_signs", "umn_and_lmn")] == [1.0, 1.0]


def test_every_threshold_names_its_source_in_words_and_json(tmp_path: Path) -> None:
    case = table(tmp_path, BLOCKED)
    found = answer_criteria(case, load_graph(), "all", Setting())
    assert {a.set for a in found if a.set not in ("bland_2000_cts", "padua_1997_cts")} <= set(load_criteria())
    for record in json.loads(json.dumps(criteria_as_json(found))):
        for clause in record["clauses"]:
            assert clause["thresholds"]
            assert all(t["citation"] and t["source"] and t["status"] and t["text"] for t in clause["thresholds"])
    lines = list(criteria_in_words(found))
    assert any("threshold checked: Cocito D et al." in line for line in lines)
    assert any("threshold recalled: Olney RK" in line for line in lines)


def test_rules_of_another_clause_are_limited_to_the_nerves_of_this_one() -> None:
    clause = next(c for c in load_criteria()["ean_pns_2021_cidp_variants"].clauses if c.id == "motor_legs")
    assert not [r for r in clause.rules if r.is_for("median")]
    assert [r for r in clause.rules if r.is_for("tibial") and r.test.measure == "distal_duration_ms"]
    assert not [r for r in clause.rules if r.is_for("tibial") and r.test.measure == "proximal_ratio"]


def test_a_clause_that_refers_to_none_is_named() -> None:
    row = {"measure": "same_as", "guards": "ean_pns_2021_cidp_motor.zz", "nerves": ""}
    with pytest.raises(DataFileError, match="zz"):
        list(_rules(row))


@pytest.mark.parametrize(
    ("nerves", "part", "holds"),
    [
        (("median",), "arm", True), (("median@forearm",), "arm", False), (("median@arm",), "arm", True),
        (("!@arm", "median"), "arm", False), (("ulnar@arm",), "arm", False), ((), "arm", True),
    ],
)  # fmt: skip
def test_a_rule_is_for_a_stretch(nerves: tuple[str, ...], part: str, holds: bool) -> None:
    known = load_criteria()["aanem_1999_block"].clauses[0].rules[0]
    rule = Rule(test=known.test, guards=(), nerves=nerves, filter_hz=None, status=known.status, source=known.source)
    assert rule.is_for("median", part) is holds
