"""Open EDF+ and BDF+ files; what the library says of a damaged one may quote its header and is kept to ourselves."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ranvier.core import optional

if TYPE_CHECKING:
    from edfio import Bdf, Edf

EXTRA = "edx"


def open_edf(path: Path) -> "Edf | Bdf | None":
    """Return an EDF+ or BDF+ file by its suffix, or None where it cannot be read as one.

    Raises
    ------
    MissingExtraError
        If edfio is not installed.
    """
    library: Any = optional("edfio", "reading EDF and BDF", EXTRA)
    read = library.read_edf if path.suffix.lower() == ".edf" else library.read_bdf
    try:
        file: Edf | Bdf = read(path)
        _ = file.signals
    except (ValueError, OSError, IndexError, UnicodeDecodeError):
        return None
    return file


def unreadable(path: Path) -> str:
    """Return what to say of a file that `open_edf` could not read; nothing of its content."""
    kind = path.suffix[1:].upper()
    return f"{path.name} cannot be read as {kind}: it is damaged or no {kind} file; export it again"
