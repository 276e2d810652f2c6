"""Real recordings, where they are at hand."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def real_emg() -> Path:
    """Return the folder of real EMG data, or skip."""
    folder = Path(os.environ.get("RANVIER_DATA", ROOT.parent / "shared" / "data")) / "emg"
    if not folder.is_dir():
        pytest.skip("real recordings are not here; set RANVIER_DATA")
    return folder
