"""Skin temperature below which slowing says nothing; values are never corrected for temperature."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import Status, UnknownNameError, read_table
from ranvier.reference.assumptions import PACKAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinTemperature:
    """Lowest skin temperature of a region at which latency and velocity may be judged."""

    region: str
    skin_min_c: float
    source: str
    status: Status


@cache
def _table() -> Mapping[str, SkinTemperature]:
    rows = read_table(PACKAGE, "temperature.csv", ("region", "skin_min_c", "status", "source"))
    return {
        row["region"]: SkinTemperature(
            region=row["region"],
            skin_min_c=float(row["skin_min_c"]),
            source=row["source"],
            status=Status(row["status"]),
        )
        for row in rows
    }


def skin_temperature(region: str) -> SkinTemperature:
    """Return the lowest skin temperature for `region` (arm, leg or face), in degrees Celsius.

    Raises
    ------
    UnknownNameError
        If the region is not in the table.
    """
    if region not in _table():
        raise UnknownNameError("region with a skin temperature", region, _table())
    return _table()[region]
