"""The page of a conduction table: answers with reasons, nerve by nerve, findings, no network, nothing unescaped."""

from pathlib import Path

from ranvier.anatomy import load_graph
from ranvier.case import Patient, read_tables
from ranvier.electrodiagnosis import findings, measured_studies, unused
from ranvier.electrodiagnosis.neuropathy import classify_case
from ranvier.report.ncs_numbers import study_lines
from ranvier.report.ncs_table_page import TablePage, write_table_page

TABLE = (
    "nerve,side,kind,stimulation,recording,latency_ms,amplitude,amplitude_unit,velocity_m_s,comment\n"
    "ulnar,left,motor,wrist,ADM,3.0,9,mV,,\nulnar,left,motor,below elbow,ADM,,8.8,mV,30,\n"
    "tibial,left,motor,ankle,AH,5,9,mV,,\ntibial,left,motor,popliteal fossa,AH,,8,mV,25,\n"
    "sural,left,sensory,,,,1,uV,,<script>\nnonsense,left,motor,,,,1,mV,,\n"
)


def test_the_page_holds_class_nerves_findings_and_what_is_in_question(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    case = read_tables(ncs=tmp_path / "t.csv", patient=Patient(age_y=50))
    graph = load_graph()
    found = classify_case(case, graph)
    assert found.kind.value == "demyelinating"
    page = TablePage(
        found=found,
        findings=findings(case, graph),
        unused=(*case.unused, *unused(case, graph)),
        studies=measured_studies(case, graph),
        patient=case.patient,
    )
    path = write_table_page(page, graph, tmp_path / "out")
    text = path.read_text(encoding="utf-8")
    assert path.name == "ncs_table.html"
    for part in ("demyelinating", "left tibial (motor)", "in the range", "Sensory conduction", "nonsense", "(assumed)"):
        assert part in text, part
    assert "<script" not in text
    assert "http" not in text


def test_each_number_stands_beside_its_limit_and_its_verdict(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE + "sural,right,sensory,,,NR,,,,\n", encoding="utf-8")
    case = read_tables(ncs=tmp_path / "t.csv", patient=Patient(age_y=50))
    graph = load_graph()
    lines = study_lines(measured_studies(case, graph), findings(case, graph), graph)
    assert [line.nerve for line in lines] == [
        "left ulnar",
        "left ulnar",
        "left tibial",
        "left tibial",
        "left sural",
        "right sural",
    ]
    assert lines[0].points == "wrist → abductor digiti minimi"
    assert (lines[0].cells["latency"].text, lines[0].cells["latency"].state) == ("3", "normal")
    assert lines[0].cells["latency"].limit.startswith("≤ ")
    assert (lines[1].cells["velocity"].text, lines[1].cells["velocity"].state) == ("30", "abnormal")
    assert lines[1].cells["velocity"].limit.startswith("≥ ")
    assert (lines[1].cells["amplitude"].text, lines[1].cells["amplitude"].state) == ("8.8 mV", "")
    assert lines[5].cells["amplitude"].text == "no response"
    assert lines[5].cells["latency"].text == ""
