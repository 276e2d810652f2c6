"""The page of a needle EMG: self-contained, escaped, and true to the analysis."""

import re
from pathlib import Path

import numpy as np
import pytest

from ranvier.electrodiagnosis.emg import EmgAnalysis, Recording, SimulationPlan, analyse_recording, simulate_recording
from ranvier.report.emg_page import render_emg_page, write_emg_page


@pytest.fixture(scope="module")
def analysis() -> EmgAnalysis:
    plan = SimulationPlan(kind="neurogenic", seconds=6, rest_s=1, drive=0.15, line_mv=0.03)
    return analyse_recording(simulate_recording(plan, 9).recording)


def test_page_shows_class_units_quality_and_pictures(analysis: EmgAnalysis) -> None:
    page = render_emg_page(analysis, place="right tibialis anterior")
    assert "right tibialis anterior" in page
    assert analysis.result.name.capitalize() in page
    assert page.count("<svg") == 3
    assert "Power line" in page
    assert page.count('<tr><th scope="row">') == len(analysis.study.units) > 0
    assert page.count("<circle") == len(analysis.study.epochs)


def test_page_loads_nothing_and_runs_nothing(analysis: EmgAnalysis) -> None:
    page = render_emg_page(analysis)
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_words_from_outside_are_escaped(analysis: EmgAnalysis) -> None:
    assert "<b>x" not in render_emg_page(analysis, place="<b>x</b>")


def test_a_silent_recording_has_a_page_too(tmp_path: Path) -> None:
    silent = analyse_recording(Recording(values_mv=np.zeros(50000), rate_hz=10000))
    assert "Uncertain" in write_emg_page(silent, tmp_path / "new").read_text(encoding="utf-8")
