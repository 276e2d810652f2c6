"""The numbers of the needle EMG parts, from ``data/emg_parameters.csv`` and the ``data/emg_simulation*.csv``."""

from collections.abc import Mapping
from functools import cache

from ranvier.core import read_table

PACKAGE = "ranvier.electrodiagnosis"
_COLUMNS = ("name", "value", "unit", "status", "source", "meaning")


@cache
def emg_parameters() -> Mapping[str, float]:
    """Return the numbers of the analysis by name, each in the unit its row states."""
    return {row["name"]: float(row["value"]) for row in read_table(PACKAGE, "emg_parameters.csv", _COLUMNS)}


@cache
def simulation_parameters() -> Mapping[str, float]:
    """Return the numbers of the simulator by name, each in the unit its row states."""
    return {row["name"]: float(row["value"]) for row in read_table(PACKAGE, "emg_simulation.csv", _COLUMNS)}


@cache
def class_ranges(kind: str) -> Mapping[str, tuple[float, float]]:
    """Return the range of each trait of the simulated motor units of a class.

    Parameters
    ----------
    kind : str
        ``"normal"``, ``"neurogenic"`` or ``"myopathic"``.
    """
    columns = ("name", f"{kind}_low", f"{kind}_high", "unit", "status", "source", "meaning")
    rows = read_table(PACKAGE, "emg_simulation_classes.csv", columns)
    return {row["name"]: (float(row[f"{kind}_low"]), float(row[f"{kind}_high"])) for row in rows}
