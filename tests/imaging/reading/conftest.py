"""Real images, the oracle program, and DICOM files that the tests write themselves."""

import os
from pathlib import Path

import pytest

pytest.importorskip("pydicom", reason="the extra mri is not installed")
pytest.importorskip("nibabel", reason="the extra mri is not installed")


@pytest.fixture(scope="session")
def mri_data() -> Path:
    """Return the folder of real MR images, or skip."""
    root = Path(os.environ.get("RANVIER_DATA") or Path(__file__).parents[4] / "shared" / "data")
    if not (root / "mri").is_dir():
        pytest.skip("the real images are not here (RANVIER_DATA)")
    return root / "mri"
