"""The base install stays light: a table-level work-up needs no torch, VTK, DICOM, pandas or plotting."""

import subprocess
import sys

HEAVY = ("torch", "vtk", "pydicom", "nibabel", "pandas", "matplotlib", "dipy", "skimage", "mne", "sklearn")


def test_the_whole_workup_imports_nothing_heavy() -> None:
    code = (
        "import sys, ranvier.cli.main, ranvier.inference, ranvier.report, ranvier.cohort\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_importing_the_package_imports_none_of_its_layers() -> None:
    code = "import sys, ranvier\nprint(sorted(m for m in sys.modules if m.startswith('ranvier.') or m == 'numpy'))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
