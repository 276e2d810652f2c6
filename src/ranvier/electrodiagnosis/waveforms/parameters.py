"""The numbers of the waveform parts, from ``data/waveform_parameters.csv`` and ``data/waveform_simulation.csv``."""

from collections.abc import Mapping
from functools import cache

from ranvier.core import read_table

PACKAGE = "ranvier.electrodiagnosis"
_COLUMNS = ("name", "value", "unit", "status", "source", "meaning")


@cache
def waveform_parameters() -> Mapping[str, float]:
    """Return the numbers of the measurement by name, each in the unit its row states."""
    return {row["name"]: float(row["value"]) for row in read_table(PACKAGE, "waveform_parameters.csv", _COLUMNS)}


@cache
def simulation_parameters() -> Mapping[str, float]:
    """Return the numbers of the simulator by name, each in the unit its row states."""
    return {row["name"]: float(row["value"]) for row in read_table(PACKAGE, "waveform_simulation.csv", _COLUMNS)}
