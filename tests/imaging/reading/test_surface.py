"""The surface of the package, and that it costs nothing until it is used."""

import subprocess
import sys
from pathlib import Path

import pytest

import ranvier.imaging.reading as reading
from ranvier.core import MissingExtraError
from ranvier.imaging.reading import libraries, read_series


def test_exported_names() -> None:
    types = ["Contrast", "DixonPart", "SequenceFacts", "Series", "VolumeKind"]
    assert reading.__all__ == [*types, "read_series", "source_headers"]
    assert all(hasattr(reading, name) for name in reading.__all__)


def test_importing_it_loads_no_image_library() -> None:
    code = "import sys, ranvier.imaging.reading; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pydicom", "nibabel", "pylibjpeg", "PIL", "scipy"}.intersection(out)


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pydicom", None)
    path = tmp_path / "x"
    path.write_bytes(bytes(128) + b"DICM" + bytes(100))
    with pytest.raises(MissingExtraError, match=r"pip install 'ranvier\[mri\]'"):
        read_series(path)
    with pytest.raises(MissingExtraError):
        libraries.library("no_such_library")
