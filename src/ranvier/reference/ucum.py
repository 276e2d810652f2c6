"""Unusual UCUM units through pint and ucumvert, where the extra ``labs`` is installed.

The libraries know the whole of UCUM but not what is measured: mass and substance meet through the molar mass that the
caller gives.
"""

from functools import cache
from typing import Any

from ranvier.core import MissingExtraError, UnknownNameError, optional

EXTRA = "labs"


@cache
def _registry() -> Any:
    return optional("ucumvert", "reading unusual units", EXTRA).PintUcumRegistry()


def ucum_installed() -> bool:
    """Tell whether unusual units can be read."""
    try:
        _registry()
    except MissingExtraError:
        return False
    return True


@cache
def ucum_factor(unit: str, to_unit: str, molar_mass_g_mol: float | None = None) -> float:
    """Return by what a value in one UCUM unit is multiplied to be in another.

    Parameters
    ----------
    unit, to_unit : str
        UCUM codes, upper and lower case as UCUM has them.
    molar_mass_g_mol : float, optional
        Where one of them is a mass and the other a substance.

    Raises
    ------
    MissingExtraError
        If the libraries are not installed.
    UnknownNameError
        If one is no UCUM unit, or they do not measure the same.

    Examples
    --------
    >>> ucum_factor("mg/dL", "g/m3") if ucum_installed() else 10.0
    10.0
    """
    registry = _registry()
    try:
        start, end = (1.0 * registry.from_ucum(text) for text in (unit, to_unit))
        for bridge in _bridges(molar_mass_g_mol, registry):
            moved = start * bridge
            if moved.is_compatible_with(end):
                return float(f"{(moved / end).to('dimensionless').magnitude:.12g}")
    except Exception as error:
        raise UnknownNameError("UCUM unit", unit) from error
    raise UnknownNameError(f"UCUM unit that turns into {to_unit}", unit)


def _bridges(molar_mass_g_mol: float | None, registry: Any) -> list[Any]:
    if molar_mass_g_mol is None:
        return [1.0]
    bridge = molar_mass_g_mol * registry.from_ucum("g/mol")
    return [1.0, bridge, 1 / bridge]
