"""Read grades, results and numbers as people write them."""

import math
import re

_MRC_WORDS = {
    "weak": (1.0, 4.0), "reduced": (1.0, 4.0), "paresis": (1.0, 4.0), "mild": (4.0, 4.0), "mildly weak": (4.0, 4.0),
    "slight": (4.0, 4.0), "moderate": (3.0, 3.0), "severe": (0.0, 2.0), "severely weak": (0.0, 2.0),
    "marked": (0.0, 3.0), "paralysed": (0.0, 0.0), "plegic": (0.0, 0.0), "absent": (0.0, 0.0), "normal": (5.0, 5.0),
    "full": (5.0, 5.0), "no weakness": (5.0, 5.0), "antigravity": (3.0, 4.0),
}  # fmt: skip
_REFLEX_WORDS = {
    "absent": (0.0, 0.0), "lost": (0.0, 0.0), "trace": (1.0, 1.0), "reduced": (1.0, 1.0), "diminished": (1.0, 1.0),
    "hypoactive": (1.0, 1.0), "weak": (1.0, 1.0), "normal": (2.0, 2.0), "present": (2.0, 2.0), "brisk": (3.0, 3.0),
    "increased": (3.0, 4.0), "exaggerated": (3.0, 4.0), "hyperactive": (3.0, 4.0), "clonus": (4.0, 4.0),
    "reduced or absent": (0.0, 1.0), "+": (1.0, 1.0), "++": (2.0, 2.0), "+++": (3.0, 3.0), "++++": (4.0, 4.0),
}  # fmt: skip


def read_number(text: object) -> float | None:
    """Return a number written with a point or a comma, or None.

    >>> read_number("3,5"), read_number("n/a")
    (3.5, None)
    """
    if isinstance(text, bool) or text is None:
        return None
    if isinstance(text, int | float):
        return float(text) if math.isfinite(text) else None
    cleaned = str(text).strip().replace(",", ".")
    if not re.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", cleaned):
        return None
    return float(cleaned)


def read_mrc(value: object) -> tuple[float, float] | None:
    """Return the lowest and highest MRC grade that a statement allows.

    >>> read_mrc("4-"), read_mrc("3/5"), read_mrc("weak"), read_mrc("2-3")
    ((3.5, 3.5), (3.0, 3.0), (1.0, 4.0), (2.0, 3.0))
    """
    return _graded(value, _MRC_WORDS, "/5")


def read_reflex(value: object) -> tuple[float, float] | None:
    """Return the lowest and highest NINDS grade that a statement allows.

    >>> read_reflex("trace"), read_reflex("2+"), read_reflex(3)
    ((1.0, 1.0), (2.0, 2.0), (3.0, 3.0))
    """
    if isinstance(value, str) and re.fullmatch(r"[0-4]\+", value.strip()):
        return _graded(value.strip()[0], _REFLEX_WORDS, "/4")
    return _graded(value, _REFLEX_WORDS, "/4")


def _graded(value: object, words: dict[str, tuple[float, float]], suffix: str) -> tuple[float, float] | None:
    text = str(value).strip().lower().removesuffix(suffix).strip()
    if text in words:
        return words[text]
    if match := re.fullmatch(r"(\d)\s*(?:-|to|–)\s*(\d)", text):
        return float(match[1]), float(match[2])
    if match := re.fullmatch(r"(\d(?:[.,]\d)?)([+-]?)", text):
        grade = float(match[1].replace(",", ".")) + {"+": 0.3, "-": -0.3 - 0.2, "": 0.0}[match[2]]
        return grade, grade
    return None


_PRESENT = frozenset({"present", "yes", "true", "positive", "pos", "1", "found"})
_ABSENT = frozenset({"absent", "no", "false", "negative", "neg", "0", "normal", "none"})


def read_presence(value: object) -> bool | None:
    """Return True for present, False for absent, None when it is neither.

    >>> read_presence("positive"), read_presence("no"), read_presence("perhaps")
    (True, False, None)
    """
    text = str(value).strip().lower()
    if text in _PRESENT:
        return True
    return False if text in _ABSENT else None
