"""Collect what cannot be used while a case is read, so that the rest still runs."""

import re
from dataclasses import replace
from typing import Literal

from ranvier.case.records import Unused
from ranvier.core import Origin, UnknownNameError

_LONGEST = 80
_FEW = 40


_CODE = re.compile(r"(HP|UBERON|FMA|LOINC)?[:_ ]?\d[\d-]*", re.IGNORECASE)
"""A code, not a word: the nearest string to a code means something else."""


class Problems:
    """Gathers `Unused` records in the order in which they are met."""

    def __init__(self) -> None:
        self._items: list[Unused] = []

    def error(self, origin: Origin, problem: str, remedy: str) -> None:
        """Note something that was left out."""
        self._add("error", origin, problem, remedy)

    def question(self, origin: Origin, problem: str, remedy: str) -> None:
        """Note something that looks impossible or is ambiguous."""
        self._add("question", origin, problem, remedy)

    def unknown(self, origin: Origin, error: UnknownNameError, left_out: str) -> None:
        """Note a name that no table has.

        Parameters
        ----------
        origin : Origin
            Where it was written.
        error : UnknownNameError
            What the look-up said; it names the nearest known names.
        left_out : str
            What was not used because of it, such as ``"the row"``.
        """
        near = "" if _CODE.fullmatch(error.name.strip()) else " or ".join(repr(name) for name in error.nearest)
        if near:
            remedy = f"write {near} if that is meant"
        elif 0 < len(error.known) <= _FEW:
            remedy = f"write one of {', '.join(error.known)}"
        else:
            remedy = f"write the name of a {error.what} that is known"
        problem = f"there is no {error.what} named {shown(error.name)}; {left_out} was not used"
        self._add("error", origin, problem, remedy)

    def all(self) -> tuple[Unused, ...]:
        """Return everything that was noted."""
        return tuple(self._items)

    def _add(self, severity: Literal["error", "question"], origin: Origin, problem: str, remedy: str) -> None:
        short = replace(origin, text=_cut(origin.text))
        self._items.append(Unused(severity=severity, origin=short, problem=f"{problem}.", remedy=f"{remedy}."))


def shown(text: str) -> str:
    """Return what was written in quotes, cut to a readable length.

    >>> shown(" 3,5 cm ")
    "'3,5 cm'"
    """
    return repr(_cut(text.strip()))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
