"""Thresholds at which a technical fault or a variant of the nerves is suspected, from ``data/technical.csv``."""

from collections.abc import Mapping
from functools import cache

from ranvier.core import read_table
from ranvier.electrodiagnosis.studies import PACKAGE


@cache
def technical_thresholds() -> Mapping[str, float]:
    """Return the thresholds by name."""
    rows = read_table(PACKAGE, "technical.csv", ("name", "value", "unit", "status", "source", "meaning"))
    return {row["name"]: float(row["value"]) for row in rows}
