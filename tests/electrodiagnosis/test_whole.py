"""The classes of the studies as a whole: in the assessment, in the page, and absent where nothing was studied."""

from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.case import Case, read_case
from ranvier.electrodiagnosis import recordings, whole_readings
from ranvier.inference import Assessment, assessment_from_json, assessment_to_json, work_up
from ranvier.report.page import render_page

NCS = (
    "nerve,side,kind,stimulation,recording,latency_ms,amplitude,amplitude_unit,velocity_m_s\n"
    "ulnar,left,motor,wrist,ADM,3.0,9,mV,\nulnar,left,motor,below elbow,ADM,,8.8,mV,30\n"
    "tibial,left,motor,ankle,AH,5,9,mV,\ntibial,left,motor,popliteal fossa,AH,,8,mV,25\n"
)


def case_in(folder: Path, *, ncs: bool, recording: bool) -> Case:
    """Return a case with a conduction table, a recording, both or neither."""
    (folder / "case.yaml").write_text("patient: {age_y: 50}\n", encoding="utf-8")
    if ncs:
        (folder / "ncs.csv").write_text(NCS, encoding="utf-8")
    if recording:
        (folder / "emg").mkdir()
        (folder / "emg" / "tibialis_anterior_right.csv").write_text("0", encoding="utf-8")
    return read_case(folder)


def let_be_neurogenic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every recording be neurogenic: the class has tests of its own."""
    outcome = recordings._Outcome(name="neurogenic", share=0.9, reasons=("few <units>",))
    monkeypatch.setattr(recordings, "_outcome", lambda _: outcome)


@pytest.fixture
def assessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Assessment:
    """Return the assessment of a case with a conduction table and a recording."""
    let_be_neurogenic(monkeypatch)
    return work_up(case_in(tmp_path, ncs=True, recording=True))


def test_a_case_without_studies_has_no_class(tmp_path: Path) -> None:
    assert whole_readings(case_in(tmp_path, ncs=False, recording=False), load_graph()) == ()


def test_the_work_up_holds_both_classes_with_reasons(assessed: Assessment) -> None:
    answers = {(s.study, s.question): s for s in assessed.studies}
    kind = answers["Nerve conduction", "axons or myelin"]
    assert kind.answer == "demyelinating"
    assert kind.reasons
    assert "assumed" in kind.basis
    needle = answers["Needle EMG, right tibialis anterior", "motor units"]
    assert (needle.answer, needle.certainty, needle.reasons) == ("neurogenic", "90%", ("few <units>",))
    assert {"fibres", "distribution"} <= {question for _, question in answers}


def test_the_classes_are_kept_in_json_and_are_no_findings(assessed: Assessment) -> None:
    assert assessment_from_json(assessment_to_json(assessed)).studies == assessed.studies
    assert not any("demyelinating" in f.statement for f in assessed.findings)


def test_the_page_shows_the_classes_and_says_that_they_are_not_weighed(assessed: Assessment) -> None:
    page = render_page(assessed)
    part = page[page.index('id="studies"') : page.index('id="unused"')]
    for text in ("demyelinating", "neurogenic", "few &lt;units&gt;", "Shown and not weighed"):
        assert text in part


def test_a_recording_that_the_table_judges_has_no_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_be_neurogenic(monkeypatch)
    (tmp_path / "emg.csv").write_text("muscle,side,motor_units\ntibialis anterior,right,normal\n", encoding="utf-8")
    assert whole_readings(case_in(tmp_path, ncs=False, recording=True), load_graph()) == ()
