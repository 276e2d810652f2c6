"""Units as laboratories write them, taken apart: a prefix, an atom, and what it is per.

``mg/dL`` is a mass per volume of 0.01 g/L, ``10^3/uL`` a count per volume of 1e9 /L. Only quotients of two known atoms
are read; every other unit is for `ranvier.reference.ucum`. Case does not matter, so a mega prefix is not known.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import read_table
from ranvier.reference.assumptions import PACKAGE

_SIGNS = str.maketrans({"µ": "u", "μ": "u", "³": "3", "⁹": "^9", "⁶": "^6", "×": "x", "·": "", "²": "2"})
_POWER = re.compile(r"^x?10(?:\^|\*|\*\*|e)?(\d+)\*?(.*)$")
_ANNOTATION = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a unit measures and how large it is.

    Attributes
    ----------
    dimension : str
        Such as ``"mass/volume"`` or ``"volume"``.
    factor : float
        Size in the coherent unit of the dimension (g, mol, U, L, one).
    """

    dimension: str
    factor: float


def plain_unit(unit: str) -> str:
    """Return a unit in the form in which units are compared.

    >>> plain_unit(" µmol / L "), plain_unit("mcg/dL")
    ('umol/l', 'ug/dl')
    """
    text = re.sub(r"\s+", "", unit.translate(_SIGNS)).lower()
    return _ANNOTATION.sub("", text).replace("mcg", "ug").replace("mc(g)", "ug")


@cache
def _atoms() -> Mapping[str, Scale]:
    """Return every atom with and without each prefix."""
    prefixes = {r["prefix"]: float(r["factor"]) for r in read_table(PACKAGE, "unit_prefixes.csv", ("prefix", "factor"))}
    rows = read_table(PACKAGE, "unit_atoms.csv", ("atom", "dimension", "factor"))
    bare = {r["atom"]: Scale(dimension=r["dimension"], factor=float(r["factor"])) for r in rows}
    prefixed = {
        prefix + atom: Scale(dimension=scale.dimension, factor=scale.factor * factor)
        for atom, scale in bare.items()
        for prefix, factor in prefixes.items()
        if scale.dimension in ("mass", "substance", "charge", "activity", "volume") and atom
    }
    return prefixed | bare


def _atom(text: str) -> Scale | None:
    known = _atoms().get(text)
    if known is not None:
        return known
    power = _POWER.match(text)
    if power is None:
        return None
    counted = _atoms().get(power[2])
    return (
        None if counted is None else Scale(dimension=counted.dimension, factor=counted.factor * 10.0 ** int(power[1]))
    )


def scale_of(unit: str) -> Scale | None:
    """Return what a unit measures, None for one that is not a quotient of two known atoms.

    Parameters
    ----------
    unit : str
        As written by a laboratory.

    Examples
    --------
    >>> scale_of("mg/dL"), scale_of("furlong")
    (Scale(dimension='mass/volume', factor=0.01), None)
    """
    top, slash, bottom = plain_unit(unit).partition("/")
    upper = _atom(top)
    if not slash:
        return upper if upper is not None and upper.dimension == "volume" else None
    lower = _atom(bottom)
    if upper is None or lower is None:
        return None
    return Scale(dimension=f"{upper.dimension}/{lower.dimension}", factor=_clean(upper.factor / lower.factor))


def _clean(value: float) -> float:
    """Return a number without the noise of decimal fractions in binary."""
    return float(f"{value:.12g}")
