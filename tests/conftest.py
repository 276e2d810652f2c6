"""Folders that the tests share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "examples" / "published"


@pytest.fixture(scope="session")
def published() -> Path:
    """Return the folder of published cases."""
    return PUBLISHED


@pytest.fixture(scope="session")
def schwannoma(published: Path) -> Path:
    """Return a case with examination, conduction, MRI and biopsy."""
    return published / "014-tarsal-tunnel-schwannoma-77f"
