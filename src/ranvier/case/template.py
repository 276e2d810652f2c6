"""Write a commented template of a case folder."""

from importlib.resources import files
from pathlib import Path

from ranvier.case.vocabulary import PACKAGE
from ranvier.core import UnreadableCaseError

_FILES = ("case.yaml", "ncs.csv", "emg.csv", "labs.csv")


def template_text(name: str) -> str:
    """Return one file of the template, such as ``"ncs.csv"``.

    >>> template_text("ncs.csv").startswith("nerve,side,kind")
    True
    """
    return files(PACKAGE).joinpath("data", "template", name).read_text(encoding="utf-8")


def write_template(folder: Path, *, intake: bool = False) -> tuple[Path, ...]:
    """Write ``case.yaml``, ``ncs.csv``, ``emg.csv`` and ``labs.csv`` to be filled in; return their paths.

    The template as it is reads without a problem, as an empty case.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    intake : bool
        Write ``case.yaml`` alone, as an interview of history and examination that takes ten minutes.

    Raises
    ------
    UnreadableCaseError
        If one of the files is there already; nothing is overwritten.
    """
    sources = {"case.yaml": "intake.yaml"} if intake else {name: name for name in _FILES}
    for name in sources:
        if (folder / name).exists():
            raise UnreadableCaseError(f"{str(folder)!r} already holds a {name}; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    templates = files(PACKAGE).joinpath("data", "template")
    for name, source in sources.items():
        (folder / name).write_bytes(templates.joinpath(source).read_bytes())
    return tuple(folder / name for name in sources)
