"""A case folder made of texts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ranvier.case import Case, read_case

ReadTexts = Callable[..., Case]


@pytest.fixture
def read_texts(tmp_path: Path) -> ReadTexts:
    """Return a function that writes the given files into a folder and reads it."""

    def read(yaml: str | bytes = "schema: 1\n", **csv_files: str | bytes) -> Case:
        folder = tmp_path / "patient-7"
        folder.mkdir(exist_ok=True)
        files = {"case.yaml": yaml, **{f"{name}.csv": text for name, text in csv_files.items()}}
        for name, text in files.items():
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return read_case(folder)

    return read
