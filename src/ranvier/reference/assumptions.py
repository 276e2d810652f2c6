"""Numbers of our own that the look-ups need and that no paper gives; every one is `assumed`."""

from collections.abc import Mapping
from functools import cache

from ranvier.core import read_table

PACKAGE = "ranvier.reference"


@cache
def load_assumptions() -> Mapping[str, float]:
    """Return the value of each assumption by name, in the unit its row states."""
    rows = read_table(PACKAGE, "assumptions.csv", ("name", "value", "unit", "status", "source", "meaning"))
    return {row["name"]: float(row["value"]) for row in rows}
