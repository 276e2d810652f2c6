"""The page of conduction waveforms: self-contained, escaped, cursors by hand told from those of the program."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from ranvier.anatomy import load_graph
from ranvier.case import read_tables
from ranvier.electrodiagnosis.waveforms.case_rows import MeasuredFolder, measure_folder
from ranvier.electrodiagnosis.waveforms.teaching import write_teaching_sets
from ranvier.report.ncs_page import render_ncs_page, write_ncs_page


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> MeasuredFolder:
    folder = tmp_path_factory.mktemp("sets")
    write_teaching_sets(folder, 4)
    path = folder / "motor-healthy.json"
    content = json.loads(path.read_text())
    content["comment"] = "<b>x</b>"
    content["stimulations"][0]["cursors"] = {"onset_ms": 3.1}
    path.write_text(json.dumps(content))
    rng = np.random.default_rng(0)
    rows = [rng.normal(0, 0.005, 1200) for _ in range(2)]
    rows[0][305:365] += rng.normal(0, 0.2, 60)
    sides = ("ipsilateral", "contralateral")
    blink = [
        {"site": "supraorbital", "recorded": side, "stimulus_ms": 20, "samples": row.tolist()}
        for side, row in zip(sides, rows, strict=True)
    ]
    form = {"nerve": "trigeminal", "side": "right", "kind": "blink", "rate_hz": 10000, "stimulations": blink}
    (folder / "blink.json").write_text(json.dumps(form))
    (folder / "bad.json").write_text("{")
    return measure_folder(folder, load_graph())


def test_each_set_and_scan_has_a_picture(measured: MeasuredFolder) -> None:
    page = render_ncs_page(measured)
    assert page.count("<svg") == len(measured.sets) + len(measured.scans) == 9
    assert page.count("<circle") == len(measured.scans[0].scan.stimulus_ma)
    assert "F waves: shortest" in page
    assert "wrist to below elbow" in page
    assert "R1 10." in page


def test_cursors_by_hand_are_told(measured: MeasuredFolder) -> None:
    page = render_ncs_page(measured)
    assert page.count("onset 3.10 ms (by hand)") == 1
    assert "(by hand: onset)" in page


def test_what_was_not_used_is_listed(measured: MeasuredFolder) -> None:
    assert "bad.json: the waveforms were not used" in render_ncs_page(measured)


def test_page_loads_nothing_runs_nothing_and_escapes(measured: MeasuredFolder) -> None:
    page = render_ncs_page(measured)
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "<b>x" not in page
    assert "nan" not in page


def test_the_measured_table_is_written(measured: MeasuredFolder, tmp_path: Path) -> None:
    page, table, measures = write_ncs_page(measured, tmp_path / "out")
    assert (page.name, table.name, measures.name) == ("ncs.html", "ncs.csv", "measures.csv")
    lines = measures.read_text().splitlines()
    assert lines[0].startswith("nerve,side,kind")
    assert "duration_ms" in lines[0]
    assert len(lines) == 1 + sum(1 for s in measured.sets for _ in (s.responses or (0,)))


def test_the_table_is_read_as_one_of_a_case(measured: MeasuredFolder, tmp_path: Path) -> None:
    case = read_tables(ncs=write_ncs_page(measured, tmp_path)[1])
    assert case.unused == ()
    assert [(s.kind, s.amplitude, s.velocity_m_s) for s in case.conduction] == [
        (s.kind, s.amplitude, s.velocity_m_s) for s in measured.studies
    ]


def test_an_empty_folder_has_a_page_too(tmp_path: Path) -> None:
    assert "Nothing could be measured" in render_ncs_page(measure_folder(tmp_path, load_graph()))
