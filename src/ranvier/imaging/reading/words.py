"""What the words of a header mean: maker, technique, weighting and fat suppression."""

import re
from typing import Any

from ranvier.imaging.reading.facts import Contrast
from ranvier.imaging.reading.header import Header
from ranvier.imaging.reading.parameters import load_parameters

_MAKERS = {
    "SIEMENS": "Siemens",
    "GE": "GE",
    "GEMS": "GE",
    "PHILIPS": "Philips",
    "CANON": "Canon",
    "TOSHIBA": "Canon",
    "UIH": "United Imaging",
    "UNITED": "United Imaging",
    "HITACHI": "Fujifilm",
    "FUJIFILM": "Fujifilm",
    "ESAOTE": "Esaote",
    "BRUKER": "Bruker",
    "MEDISO": "Mediso",
}
_SCANNING = {
    "SE": "spin_echo",
    "GR": "gradient_echo",
    "IR": "inversion_recovery",
    "EP": "echo_planar",
    "RM": "research",
}
_ECHO = {"SPIN": ("spin_echo",), "GRADIENT": ("gradient_echo",), "BOTH": ("spin_echo", "gradient_echo")}
_NAME = re.compile(r"[*A-Za-z0-9_#.+\-]{1,16}")


def maker_of(word: str | None) -> str | None:
    """Return the name of a known maker from what a header calls it, else None."""
    return next((_MAKERS[part] for part in re.split(r"[\s_,]+", (word or "").upper()) if part in _MAKERS), None)


def sequence_name_of(value: Any) -> str | None:
    """Return the name of a pulse sequence if it looks like one: a short code without blanks, never free text."""
    name = str(value).strip() if isinstance(value, str) else ""
    return name if _NAME.fullmatch(name) else None


def techniques_of(scanning: tuple[str, ...], echo: tuple[str, ...]) -> tuple[str, ...]:
    """Return the techniques named by ScanningSequence, or by EchoPulseSequence of an enhanced object."""
    found = [_SCANNING[word] for word in scanning if word in _SCANNING]
    return tuple(found) or tuple(name for word in echo for name in _ECHO.get(word, ()))


def contrast_of(
    stated: Contrast | None, techniques: tuple[str, ...], ti_ms: float | None, weighted: tuple[float, ...]
) -> Contrast | None:
    """Return the weighting.

    Parameters
    ----------
    stated : Contrast or None
        What the header says.
    techniques : tuple of str
        As `techniques_of`.
    ti_ms : float or None
        Inversion time.
    weighted : tuple of float
        The b-values above 0.
    """
    if weighted:
        return Contrast.DIFFUSION
    known = load_parameters()
    short = ti_ms is not None and known["stir_ti_min"] <= ti_ms <= known["stir_ti_max"]
    if short and "inversion_recovery" in techniques and "spin_echo" in techniques:
        return Contrast.STIR
    return stated


def fat_suppression_of(header: Header, contrast: Contrast | None) -> bool | None:
    """Return whether fat is suppressed: by saturation, water excitation or STIR; None where the header is silent."""
    if contrast is Contrast.STIR or "FS" in header.words("ScanOptions"):
        return True
    suppressed = header.word("SpectrallySelectedSuppression")
    excited = header.word("SpectrallySelectedExcitation")
    if suppressed in ("FAT", "FAT_AND_WATER") or excited == "WATER":
        return True
    return False if suppressed == "NONE" and excited in (None, "NONE", "FAT") else None
