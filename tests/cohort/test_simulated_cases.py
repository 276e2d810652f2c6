"""Simulated patients as case folders: they read without a problem, and say what was drawn."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ranvier.case import read_case
from ranvier.cohort import read_truth, write_simulated
from ranvier.cohort.panel import panel_looks
from ranvier.cohort.panel_words import grade_in_words
from ranvier.core import UnknownNameError, UnreadableCaseError
from ranvier.inference import collect_findings, collect_unused
from ranvier.inference.parameters import load_reading_models
from ranvier.inference.simulation import Examiner


def test_every_grade_of_the_panel_has_words() -> None:
    models = load_reading_models()
    for look in panel_looks():
        item = look.look.item
        if item.is_reading:
            for grade in range(len(models[item.observable].cuts) + 1):
                assert grade_in_words(item.observable, grade)


@pytest.mark.parametrize("disorder", ["cts", "diabetic_dspn", "gbs_aidp", "no_neuropathy"])
def test_a_simulated_case_reads_without_a_problem(tmp_path: Path, disorder: str) -> None:
    for folder in write_simulated(tmp_path, disorder, 3, seed=1):
        case = read_case(folder)
        assert [u.problem for u in collect_unused(case)] == []
        assert read_truth(folder).disorders == (disorder,)
        assert "Simulated" in case.remarks[0]
        assert case.patient.age_y is not None
        assert case.onset.duration_days is not None


def test_the_grades_that_were_drawn_are_the_grades_that_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[np.ndarray] = []
    original = Examiner.grades

    def spy(self: Examiner, *args: object) -> np.ndarray:
        drawn.append(original(self, *args))  # type: ignore[arg-type]
        return drawn[-1]

    monkeypatch.setattr(Examiner, "grades", spy)
    (folder,) = write_simulated(tmp_path, "gbs_aidp", 1, seed=4)
    read = {
        (f.observable, f.place.ids[0] if f.place else "", f.place.side.value if f.place else ""): f.reading
        for f in collect_findings(read_case(folder))
    }
    counted: Counter[str] = Counter()
    for look, grade in zip(panel_looks(), drawn[0][0].tolist(), strict=True):
        item = look.look.item
        if item.observable in ("strength", "reflex", "sensation_vibration", "fibrillations", "snap_amplitude"):
            reading = read[item.observable, item.ids[0], look.look.side.value]
            assert (reading.lowest, reading.highest) == (grade, grade)
            counted[item.observable] += 1
    assert min(counted.values()) >= 2


def test_the_same_seed_gives_the_same_patient_and_nothing_is_overwritten(tmp_path: Path) -> None:
    (one,) = write_simulated(tmp_path / "a", "cts", 1, seed=7)
    (other,) = write_simulated(tmp_path / "b", "cts", 1, seed=7)
    assert (one / "case.yaml").read_text() == (other / "case.yaml").read_text()
    with pytest.raises(UnreadableCaseError, match="there already"):
        write_simulated(tmp_path / "a", "cts", 1, seed=7)


def test_an_unknown_disorder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="ctss"):
        write_simulated(tmp_path, "ctss", 1, seed=0)
