"""Write a commented template of a case folder."""

from importlib.resources import files
from pathlib import Path

from ranvier.case.electric import EMG_COLUMNS, NCS_COLUMNS
from ranvier.case.lab import LAB_COLUMNS
from ranvier.core import UnreadableCaseError


def write_template(folder: Path) -> tuple[Path, ...]:
    """Write ``case.yaml``, ``ncs.csv``, ``emg.csv`` and ``labs.csv`` and return their paths.

    Raises
    ------
    UnreadableCaseError
        If the folder already holds a case; nothing is overwritten.
    """
    if (folder / "case.yaml").exists():
        raise UnreadableCaseError(f"{folder} already holds a case.yaml; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "case.yaml": files("ranvier.case").joinpath("data", "template.yaml").read_text(encoding="utf-8"),
        "ncs.csv": ",".join(NCS_COLUMNS) + "\n",
        "emg.csv": ",".join(EMG_COLUMNS) + "\n",
        "labs.csv": ",".join(LAB_COLUMNS) + "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in texts)
