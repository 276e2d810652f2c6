"""Settings of diffusion measurement, from ``imaging/data/diffusion.csv``."""

from collections.abc import Mapping
from functools import cache

from ranvier.core import read_table


@cache
def diffusion_parameters() -> Mapping[str, float]:
    """Return the settings by name."""
    rows = read_table("ranvier.imaging", "diffusion.csv", ("name", "value", "unit", "status", "source", "meaning"))
    return {row["name"]: float(row["value"]) for row in rows}
