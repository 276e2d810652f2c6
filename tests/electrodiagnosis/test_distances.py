"""A latency is held against a limit of its own distance only."""

from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, Patient, read_tables
from ranvier.electrodiagnosis import conduction_findings
from ranvier.electrodiagnosis.criteria import Setting, answer_criteria
from ranvier.reference import load_ncs_limits


def case_of(tmp_path: Path, row: str) -> Case:
    path = tmp_path / "ncs.csv"
    path.write_text(
        f"nerve,side,kind,stimulation,recording,latency_ms,latency_kind,distance_mm\n{row}\n", encoding="utf-8"
    )
    return read_tables(ncs=path, patient=Patient(age_y=50))


@pytest.mark.parametrize(
    ("row", "abnormal"),
    [
        ("median,left,motor,wrist,APB,4.4,,80", False),
        ("median,left,motor,wrist,APB,4.6,,80", True),
        ("median,left,motor,wrist,APB,4.6,,85", True),
        ("median,left,motor,wrist,APB,4.6,,90", None),
        ("median,left,motor,wrist,APB,4.4,,90", False),
        ("median,left,motor,wrist,APB,4.4,,70", None),
        ("median,left,motor,wrist,APB,4.6,,70", True),
        ("median,left,motor,wrist,APB,4.6,,", True),
        ("ulnar,left,motor,wrist,FDI,3.9,,60", False),
        ("sural,left,sensory,calf,ankle,4.4,peak,120", None),
        ("sural,left,sensory,calf,ankle,4.4,peak,140", False),
    ],
)
def test_verdict_by_distance(tmp_path: Path, row: str, abnormal: bool | None) -> None:
    (found,) = [
        f for f in conduction_findings(case_of(tmp_path, row), load_graph()) if f.observable == "distal_latency"
    ]
    assert found.abnormal is abnormal
    if abnormal is None:
        assert "mm and the limit is for" in found.statement


def test_criteria_do_not_take_a_share_of_a_limit_of_another_distance(tmp_path: Path) -> None:
    case = case_of(tmp_path, "median,left,motor,wrist,APB,9,,60")
    (answer,) = answer_criteria(case, load_graph(), "efns_pns_2010_cidp", Setting())
    clause = next(c for c in answer.clauses if c.clause == "a1")
    assert clause.state == "missing"
    assert "measured over 60 mm and the limit is for 80 mm" in clause.readings[0]


def test_only_latencies_have_a_distance() -> None:
    stated = [lim for lim in load_ncs_limits() if lim.distance_mm is not None]
    assert stated
    assert all(
        lim.measure.startswith("distal_latency") and 50 <= lim.distance_mm <= 200 for lim in stated if lim.distance_mm
    )


def test_a_limit_of_the_laboratory_may_state_its_distance(tmp_path: Path) -> None:
    row = "median,left,motor,wrist,APB,4.3,,70"
    case_of(tmp_path, row)
    limits = tmp_path / "own.csv"
    limits.write_text(
        "study,measure,limit,unit,distance_mm\nmedian_motor_apb,distal_latency_onset_ms,4.2,ms,70\n", encoding="utf-8"
    )
    case = read_tables(ncs=tmp_path / "ncs.csv", limits=limits, patient=Patient(age_y=50))
    (found,) = [f for f in conduction_findings(case, load_graph()) if f.observable == "distal_latency"]
    assert found.abnormal is True
