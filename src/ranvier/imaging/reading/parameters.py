"""The tolerances of the reader, from ``data/parameters.csv``."""

from collections.abc import Mapping
from functools import cache

from ranvier.core import read_table

_COLUMNS = ("name", "value", "unit", "status", "source", "meaning")


@cache
def load_parameters() -> Mapping[str, float]:
    """Return the value of each named parameter, in the unit its row states."""
    rows = read_table("ranvier.imaging.reading", "parameters.csv", _COLUMNS)
    return {row["name"]: float(row["value"]) for row in rows}
