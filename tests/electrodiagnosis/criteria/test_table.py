"""From a table of conduction studies to answers, at the command."""

import json
from pathlib import Path

from typer.testing import CliRunner

from ranvier.anatomy import load_graph
from ranvier.case import Patient, read_tables
from ranvier.cli.main import app
from ranvier.disorders import load_catalogue
from ranvier.electrodiagnosis.criteria import criteria_met
from ranvier.electrodiagnosis.criteria.tables import load_criteria

HEADER = (
    "nerve,side,kind,stimulation,recording,latency_ms,latency_kind,amplitude,amplitude_unit,velocity_m_s,"
    "f_latency_ms,temperature_c,result,limit,comment\n"
)
TABLE = HEADER + (
    "median,left,motor,wrist,APB,7.2,,5.0,mV,,,,,,\n"
    "median,left,motor,elbow,APB,12,,2.0,mV,30,50,,,,\n"
    "ulnar,left,motor,wrist,ADM,6.0,,8.5,mV,,,,,,\n"
)


def run(tmp_path: Path, *more: str) -> tuple[int, str]:
    table = tmp_path / "ncs.csv"
    table.write_text(TABLE, encoding="utf-8")
    found = CliRunner().invoke(app, ["ncs", str(table), "--age", "50", *more])
    return found.exit_code, found.output


def test_criteria_name_the_reading_that_met_a_clause(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    code, said = run(tmp_path, "--criteria", "efns_pns_2010_cidp", "--json", str(target))
    assert code == 0
    assert "MET      Meets EFNS/PNS 2010 electrodiagnostic criteria of definite CIDP" in said
    assert "left median (motor): distal motor latency 7.2 ms (limit 4.5)" in said
    (answer,) = json.loads(target.read_text(encoding="utf-8"))
    states = {c["clause"]: c["state"] for c in answer["clauses"]}
    assert (states["a"], states["b"], states["e_two"]) == ("met", "missing", "missing")


def test_every_set_is_answered(tmp_path: Path) -> None:
    code, said = run(tmp_path, "--criteria", "all")
    assert code == 0
    assert "Hadden 1998" in said
    assert "to complete it: " in said


def test_a_set_that_is_meant_for_another_disorder_says_nothing(tmp_path: Path) -> None:
    table = tmp_path / "ncs.csv"
    table.write_text(TABLE, encoding="utf-8")
    case = read_tables(ncs=table, patient=Patient(age_y=50))
    met = criteria_met(case, load_graph(), {"cts"})
    assert met
    assert not any("CIDP" in text for text in met)
    assert any("CIDP" in text for text in criteria_met(case, load_graph(), {"cidp_typical"}))


def test_every_set_is_meant_for_disorders_that_exist() -> None:
    named = {disorder for criteria in load_criteria().values() for disorder in criteria.about}
    assert named <= set(load_catalogue().disorders)
