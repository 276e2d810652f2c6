"""Recordings that the tests share."""

import os
from pathlib import Path

import pytest

from ranvier.electrodiagnosis.emg import Simulated, SimulationPlan, simulate_recording

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def real_emg() -> Path:
    """Return the folder of real EMG data, or skip."""
    folder = Path(os.environ.get("RANVIER_DATA", ROOT.parent / "shared" / "data")) / "emg"
    if not folder.is_dir():
        pytest.skip("real recordings are not here; set RANVIER_DATA")
    return folder


@pytest.fixture(scope="session")
def three_units() -> Simulated:
    """Return a simulated normal recording of three units with little noise."""
    return simulate_recording(SimulationPlan(kind="normal", units=3, seconds=10, noise_mv=0.004), 9)
