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


def nulls_fat(techniques: tuple[str, ...], ti_ms: float | None) -> bool:
    """Return whether an inversion recovery has the short inversion time of a STIR."""
    if ti_ms is None or "inversion_recovery" not in techniques or "gradient_echo" in techniques:
        return False
    known = load_parameters()
    return known["stir_ti_min"] <= ti_ms <= known["stir_ti_max"]


def spin_echo_contrast(
    techniques: tuple[str, ...], te_ms: tuple[float | None, ...], tr_ms: float | None
) -> Contrast | None:
    """Return the weighting of a plain spin echo of one echo time, or None between the bounds and for all else.

    Parameters
    ----------
    techniques : tuple of str
        As `techniques_of`.
    te_ms : tuple of (float or None)
        Echo time of each volume.
    tr_ms : float or None
        Repetition time.
    """
    echoes = set(te_ms)
    te = echoes.pop() if len(echoes) == 1 else None
    if techniques != ("spin_echo",) or not te or not tr_ms:
        return None
    known = load_parameters()
    short = te <= known["short_te_max"]
    if tr_ms >= known["long_tr_min"]:
        return Contrast.T2 if te >= known["long_te_min"] else Contrast.PROTON_DENSITY if short else None
    return Contrast.T1 if short and tr_ms <= known["t1_tr_max"] else None


def fat_suppression_of(header: Header) -> bool | None:
    """Return whether the header says that fat is saturated or water excited; None where it is silent."""
    suppressed = header.word("SpectrallySelectedSuppression")
    excited = header.word("SpectrallySelectedExcitation")
    if "FS" in header.words("ScanOptions") or suppressed in ("FAT", "FAT_AND_WATER") or excited == "WATER":
        return True
    return False if suppressed == "NONE" and excited in (None, "NONE") else None
