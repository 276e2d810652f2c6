"""Real recordings and tables, none of which shaped the class."""

import csv
from pathlib import Path

import numpy as np
import pytest

from ranvier.electrodiagnosis.emg import analyse_recording, read_recording
from ranvier.electrodiagnosis.emg.muap_table import nested_leave_one_out
from ranvier.electrodiagnosis.emg.wrap import mend_wraps

pytestmark = pytest.mark.real_data


def test_subjects_of_a_motor_unit_table_are_classed_by_the_others(real_emg: Path) -> None:
    with (real_emg / "muap_ucy" / "muap.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [n for n in rows[0] if n not in ("Cls", "Pat.No.")]
    labels = [r["Cls"] for r in rows]
    got = nested_leave_one_out(np.array([[float(r[n]) for n in names] for r in rows]), labels)
    assert sum(a == b for a, b in zip(got, labels, strict=True)) >= 30


def test_the_wrapped_recording_comes_near_its_truth(real_emg: Path) -> None:
    truth = np.load(real_emg / "emgdb" / "emg_neuropathy_true_mV_4000Hz.npy").astype(float)
    recording = read_recording(real_emg / "emgdb" / "emg_neuropathy.hea")
    before = np.count_nonzero(np.abs(recording.values_mv - truth) > 0.001)
    after = np.count_nonzero(np.abs(mend_wraps(recording).values_mv - truth) > 0.001)
    assert before == 410
    assert after <= 120  # at 4 kHz not every wrapped spike can be told from its samples


def test_every_sample_of_the_wrapped_recording_that_is_still_wrong_is_not_trusted(real_emg: Path) -> None:
    truth = np.load(real_emg / "emgdb" / "emg_neuropathy_true_mV_4000Hz.npy").astype(float)
    mended = mend_wraps(read_recording(real_emg / "emgdb" / "emg_neuropathy.hea"))
    wrong = np.abs(mended.values_mv - truth) > 0.001
    assert wrong.any()
    assert not np.any(wrong & ~mended.doubtful)
    assert mended.doubtful.mean() < 0.08


@pytest.mark.parametrize("name", ["emg_healthy", "emg_myopathy"])
def test_recordings_that_did_not_wrap_are_left_alone(real_emg: Path, name: str) -> None:
    assert mend_wraps(read_recording(real_emg / "emgdb" / f"{name}.hea")).moved == 0


@pytest.mark.parametrize(
    ("name", "kind"), [("emg_healthy", "normal"), ("emg_myopathy", "myopathic"), ("emg_neuropathy", "neurogenic")]
)
def test_one_recording_of_each_class_is_classed_rightly_with_reasons(real_emg: Path, name: str, kind: str) -> None:
    result = analyse_recording(read_recording(real_emg / "emgdb" / f"{name}.hea")).result
    assert result.name == kind
    assert result.reasons
