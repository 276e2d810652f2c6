"""Laboratory units: any unit of the right dimension to the base unit of a test, and back.

Three ways, in this order: units that only make sense for one test (``lab_units.csv``: HbA1c in mmol/mol, G/L of cells,
titres); quotients of usual units (`ranvier.reference.unit_algebra`), with the molar mass of the substance where a mass
meets a substance (``lab_quantities.csv``); and any other UCUM unit where the extra ``labs`` is installed.

References
----------
HbA1c: Hoelzel W et al., Clin Chem 2004;50:166, master equation as printed by the IFCC network.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import MissingExtraError, UnknownNameError, read_table
from ranvier.reference.assumptions import PACKAGE
from ranvier.reference.ucum import ucum_factor
from ranvier.reference.unit_algebra import Scale, plain_unit, scale_of

_QUANTITY_COLUMNS = ("test", "unit", "common_units", "molar_mass_g_mol", "charge", "status", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabUnit:
    """How a value in `unit` turns into the base unit: ``value * factor + offset``."""

    unit: str
    factor: float
    offset: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabQuantity:
    """What a test measures.

    Attributes
    ----------
    unit : str
        Base unit, in which thresholds are.
    common : tuple of str
        Units in common use, for messages.
    molar_mass_g_mol : float or None
        Of the substance; None where only one of mass and amount is in use.
    charge : int or None
        Charges of one ion, where equivalents are in use.
    """

    test: str
    unit: str
    common: tuple[str, ...]
    molar_mass_g_mol: float | None
    charge: int | None


@cache
def _quantities() -> Mapping[str, LabQuantity]:
    return {
        row["test"]: LabQuantity(
            test=row["test"],
            unit=row["unit"],
            common=tuple(row["common_units"].split("|")),
            molar_mass_g_mol=float(row["molar_mass_g_mol"]) if row["molar_mass_g_mol"] else None,
            charge=int(row["charge"]) if row["charge"] else None,
        )
        for row in read_table(PACKAGE, "lab_quantities.csv", _QUANTITY_COLUMNS)
    }


@cache
def _own_units() -> Mapping[tuple[str, str], LabUnit]:
    rows = read_table(PACKAGE, "lab_units.csv", ("test", "unit", "factor", "offset", "status", "source"))
    return {
        (row["test"], row["unit"]): LabUnit(unit=row["unit"], factor=float(row["factor"]), offset=float(row["offset"]))
        for row in rows
    }


def lab_quantity(test: str) -> LabQuantity | None:
    """Return what a test measures; None for a test that is only ever told in words."""
    return _quantities().get(test)


def lab_unit(test: str, unit: str | None) -> LabUnit:
    """Return how a unit of a test turns into its base unit.

    Parameters
    ----------
    test : str
        Test id, such as ``"csf_protein"``.
    unit : str or None
        As written; upper and lower case, spaces and the micro sign are read as one means them.

    Raises
    ------
    UnknownNameError
        If the unit is missing where several are in use, or does not measure what the test does.
    """
    written = plain_unit(unit or "")
    own = _own_units().get((test, written))
    if own is not None:
        return own
    quantity = _quantities().get(test)
    known = [*(quantity.common if quantity else ()), *(u for t, u in _own_units() if t == test and u)]
    if quantity is None or not unit or not unit.strip():
        raise UnknownNameError(f"unit of {test}", unit or "(none)", _unique(known))
    if written == plain_unit(quantity.unit):
        return LabUnit(unit=written, factor=1.0)
    factor = _factor(quantity, unit)
    if factor is None:
        raise UnknownNameError(f"unit of {test}", unit, _unique(known))
    return LabUnit(unit=written, factor=factor)


def _unique(units: list[str]) -> list[str]:
    return list({plain_unit(u): u.lower() for u in units}.values())


@cache
def _factor(quantity: LabQuantity, unit: str) -> float | None:
    given, base = scale_of(unit), scale_of(quantity.unit)
    if given is not None and base is not None:
        return _between(given, base, quantity)
    try:
        return ucum_factor(unit.strip(), _ucum_base(quantity.unit), quantity.molar_mass_g_mol)
    except (UnknownNameError, MissingExtraError):
        return None


def _ucum_base(unit: str) -> str:
    return unit.replace("10^", "10*").replace("cells/", "/").replace("IU", "[IU]")


def _between(given: Scale, base: Scale, quantity: LabQuantity) -> float | None:
    """Return the factor between two units that may differ in mass, substance and charge."""
    above, _, below = given.dimension.partition("/")
    base_above, _, base_below = base.dimension.partition("/")
    if below != base_below:
        return None
    per_mole = {"substance": 1.0, "mass": quantity.molar_mass_g_mol, "charge": quantity.charge}
    if above == base_above:
        ratio: float | None = 1.0
    else:
        start, end = per_mole.get(above), per_mole.get(base_above)
        ratio = None if start is None or end is None else end / start
    return None if ratio is None else float(f"{ratio * given.factor / base.factor:.12g}")


def to_base_unit(test: str, value: float, unit: str | None) -> float:
    """Return a value in the base unit of its test.

    Parameters
    ----------
    test : str
        Test id, such as ``"csf_protein"``.
    value : float
        The number as reported.
    unit : str or None
        Its unit.

    Raises
    ------
    UnknownNameError
        If the unit is missing where several are in use, or is none of this test.

    Examples
    --------
    >>> to_base_unit("csf_protein", 85, "mg/dL"), round(to_base_unit("hba1c", 48, "mmol/mol"), 1)
    (0.85, 6.5)
    """
    known = lab_unit(test, unit)
    return _quiet(value * known.factor + known.offset)


def from_base_unit(test: str, value: float, unit: str) -> float:
    """Return a value of the base unit in another unit of the test; raises as `to_base_unit`.

    Examples
    --------
    >>> round(from_base_unit("glucose_fasting", 126, "mmol/L"), 1)
    7.0
    """
    known = lab_unit(test, unit)
    return _quiet((value - known.offset) / known.factor)


def _quiet(value: float) -> float:
    """Return a value without the noise that conversion leaves behind its twelfth digit."""
    return float(f"{value:.12g}")
