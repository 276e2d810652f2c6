"""Measured waveforms enter a case: rows with the names and limits of the table, doubts as questions."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Patient, read_case, read_tables
from ranvier.core import NumericReading
from ranvier.electrodiagnosis import findings, unused
from ranvier.electrodiagnosis.waveforms import measure_set, rows_of_set, set_to_json
from ranvier.electrodiagnosis.waveforms.late_simulation import FWavePlan, simulate_f_waves, simulate_train
from ranvier.electrodiagnosis.waveforms.simulation import Lesion, NervePlan, simulate_nerve

GRAPH = load_graph()
BLOCK = Lesion(from_mm=100, to_mm=200, block=0.65)
SPREAD = Lesion(from_mm=100, to_mm=200, slowing=4, spread=0.8)


def write(folder: Path, plan: NervePlan, **changes: str) -> None:
    folder.mkdir(exist_ok=True)
    item = replace(simulate_nerve(plan, 3).set, **changes)  # type: ignore[arg-type]
    (folder / "a.json").write_text(set_to_json(item), encoding="utf-8")


def found(folder: Path) -> dict[str, bool | None]:
    case = read_tables(waveforms=folder, patient=Patient(age_y=40, height_cm=170))
    return {f.observable: f.abnormal for f in findings(case, GRAPH)}


def test_a_healthy_nerve_is_normal(tmp_path: Path) -> None:
    write(tmp_path / "w", NervePlan(snr=100, distances_mm=(80.0, 300.0)))
    got = found(tmp_path / "w")
    assert got == {
        "distal_latency": False, "cmap_amplitude": False, "velocity": False, "conduction_block": False,
        "dispersion": False,
    }  # fmt: skip


def test_a_latency_over_another_distance_has_no_verdict_and_velocities_agree_with_their_stretch(tmp_path: Path) -> None:
    write(tmp_path / "w", NervePlan(snr=100, distances_mm=(70.0, 290.0)))
    assert found(tmp_path / "w")["distal_latency"] is None
    case = read_tables(waveforms=tmp_path / "w", patient=Patient(age_y=40, height_cm=170))
    assert not [u for u in unused(case, GRAPH) if "m/s" in u.problem]


def test_lost_axons_make_a_small_response(tmp_path: Path) -> None:
    write(tmp_path / "w", NervePlan(snr=100, survival=0.2))
    assert found(tmp_path / "w")["cmap_amplitude"] is True


def test_block_and_dispersion_stay_apart_in_the_findings(tmp_path: Path) -> None:
    write(tmp_path / "b", NervePlan(snr=100, lesion=BLOCK))
    write(tmp_path / "d", NervePlan(snr=100, lesion=SPREAD, after_ms=60))
    block, spread = found(tmp_path / "b"), found(tmp_path / "d")
    assert (block["conduction_block"], block.get("dispersion")) == (True, False)
    assert (spread.get("conduction_block"), spread["dispersion"]) == (None, True)


def test_numbers_of_the_findings_are_those_measured(tmp_path: Path) -> None:
    write(tmp_path / "w", NervePlan(kind="sensory", distances_mm=(140.0,), snr=60, after_ms=20))
    case = read_tables(waveforms=tmp_path / "w", patient=Patient(age_y=40, height_cm=170))
    amplitude = next(f for f in findings(case, GRAPH) if f.observable == "snap_amplitude")
    assert isinstance(amplitude.reading, NumericReading)
    assert amplitude.reading.value == pytest.approx(25, rel=0.03)
    assert amplitude.reading.unit == "uV"
    assert amplitude.origin.file == "w/a.json"


def test_f_waves_and_trains_make_rows() -> None:
    series = simulate_f_waves(FWavePlan(nerve=NervePlan(after_ms=90, rate_hz=20000)), 5)
    row = rows_of_set(measure_set(series.set))[0]
    assert (row["kind"], row["nerve"]) == ("f_wave", "median")
    assert float(row["f_latency_ms"]) == pytest.approx(27, abs=2)
    silent = simulate_f_waves(FWavePlan(nerve=NervePlan(after_ms=90, rate_hz=20000), backfiring=0.0), 5)
    assert rows_of_set(measure_set(silent.set))[0]["result"] == "absent"
    train = measure_set(simulate_train((1.0, 0.8, 0.72, 0.7, 0.72, 0.76), 1))
    assert rows_of_set(train)[0]["result"] == "reduced"
    moved = measure_set(simulate_train((1.0, 1.0, 0.7, 0.7, 0.7, 0.7), 1))
    assert rows_of_set(moved)[0]["result"] == ""


def test_an_absent_response_is_absent(tmp_path: Path) -> None:
    write(tmp_path / "w", NervePlan(survival=0.0))
    case = read_tables(waveforms=tmp_path / "w", patient=Patient(age_y=40, height_cm=170))
    got = {f.observable: f.statement for f in findings(case, GRAPH)}
    assert "there is no response" in got["cmap_amplitude"]


def test_unknown_names_and_doubts_are_told_with_the_file(tmp_path: Path) -> None:
    write(tmp_path / "w", NervePlan(snr=3), nerve="medain")
    case = read_tables(waveforms=tmp_path / "w", patient=Patient(age_y=40))
    items = unused(case, GRAPH)
    assert any("no nerve named 'medain'" in i.problem and "median" in i.remedy for i in items)
    assert any("times the noise" in i.problem and i.severity == "question" for i in items)
    assert {i.origin.file for i in items} == {"w/a.json"}


@pytest.mark.parametrize("name", ["waveforms", "ncs"])
def test_a_case_folder_with_waveforms_is_worked_up_with_them(tmp_path: Path, name: str) -> None:
    (tmp_path / "case.yaml").write_text("patient: {age_y: 40, height_cm: 170}\n")
    write(tmp_path / name, NervePlan(snr=100, survival=0.2))
    case = read_case(tmp_path)
    assert case.unused == ()
    assert {f.observable: f.abnormal for f in findings(case, GRAPH)}["cmap_amplitude"] is True
    (tmp_path / name / "b.json").write_text(json.dumps({"nerve": "median"}))
    assert any(i.origin.file == f"{name}/b.json" for i in unused(case, GRAPH))
