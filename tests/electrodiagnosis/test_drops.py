"""Block and dispersion of a table: by area and duration where they are known, by the amplitude else."""

from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Patient, read_tables
from ranvier.electrodiagnosis import conduction_findings

HEADER = "nerve,side,kind,stimulation,recording,amplitude_mv,area_mv_ms,duration_ms\n"


def seen(
    tmp_path: Path, near: str, far: str, nerve: str = "median", points: tuple[str, str] = ("wrist", "elbow")
) -> str:
    table = tmp_path / "ncs.csv"
    rows = [f"{nerve},left,motor,{point},,{cells}\n" for point, cells in zip(points, (near, far), strict=True)]
    table.write_text(HEADER + "".join(rows), encoding="utf-8")
    case = read_tables(ncs=table, patient=Patient(age_y=50))
    found = conduction_findings(case, load_graph())
    named = {f.observable: f.abnormal for f in found if f.observable in ("conduction_block", "dispersion")}
    return "; ".join(f"{k}={v}" for k, v in sorted(named.items()))


@pytest.mark.parametrize(
    ("near", "far", "expected"),
    [
        ("9,30,5.5", "8.5,29,5.8", "conduction_block=False; dispersion=False"),
        ("9,30,5.5", "6,21,5.8", "conduction_block=True; dispersion=False"),
        ("9,30,5.5", "6,21.1,5.8", "conduction_block=False; dispersion=False"),
        ("9,30,5.0", "5,20,6.6", "dispersion=True"),
        ("9,30,5.0", "5,15,6.6", "conduction_block=True; dispersion=True"),
        ("9,30,", "4.5,22,", "conduction_block=True"),
        ("9,30,", "5.5,14,", ""),
        ("9,,5.0", "3,,6.6", "dispersion=True"),
        ("9,,5.0", "4.5,,6.5", "conduction_block=True; dispersion=False"),
        ("0.5,2,5.0", "0.1,0.4,5.0", "dispersion=False"),
    ],
)
def test_block_and_dispersion_of_an_arm_nerve(tmp_path: Path, near: str, far: str, expected: str) -> None:
    assert seen(tmp_path, near, far) == expected


def test_the_tibial_nerve_has_limits_of_its_own(tmp_path: Path) -> None:
    points = ("ankle", "popliteal fossa")
    assert seen(tmp_path, "9,30,5.0", "5,18,8", "tibial", points) == "conduction_block=False; dispersion=False"
    assert seen(tmp_path, "9,30,5.0", "5,14,8", "tibial", points) == "conduction_block=True; dispersion=False"
    assert seen(tmp_path, "9,30,5.0", "5,18,10.1", "tibial", points) == "dispersion=True"
    assert seen(tmp_path, "9,,", "3,,", "tibial", points) == ""


def test_a_fall_between_the_limits_at_one_point_is_no_absence_of_block(tmp_path: Path) -> None:
    table = tmp_path / "ncs.csv"
    table.write_text(
        HEADER
        + "ulnar,left,motor,wrist,ADM,10,,\n"
        + "ulnar,left,motor,below elbow,ADM,9,,\n"
        + "ulnar,left,motor,above elbow,ADM,6,,\n",
        encoding="utf-8",
    )
    case = read_tables(ncs=table, patient=Patient(age_y=50))
    assert not [f for f in conduction_findings(case, load_graph()) if f.observable == "conduction_block"]
