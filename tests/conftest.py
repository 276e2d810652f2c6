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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded to be seen, such as the agreement with published tables."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "printed":
                terminalreporter.write_sep("-", report.nodeid)
                terminalreporter.write_line(str(value))
