"""Settings and tables of spine measurement, from ``imaging/data/spine*.csv``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import read_table

_PACKAGE = "ranvier.imaging"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineLevel:
    """A motion segment with the roots that leave at it and that cross its disc.

    Attributes
    ----------
    level : str
        Such as ``L4/L5``.
    upper, lower : str
        Its vertebrae; the sacrum is ``S1``.
    region : str
        ``cervical``, ``thoracic`` or ``lumbar``.
    exiting_root : str
        Root that leaves through the foramen of the level.
    traversing_root : str
        Root that crosses the disc inside the canal; the exiting one where roots leave at the level of the disc.
    """

    level: str
    upper: str
    lower: str
    region: str
    exiting_root: str
    traversing_root: str


@cache
def spine_parameters() -> Mapping[str, float]:
    """Return the settings by name."""
    rows = read_table(_PACKAGE, "spine.csv", ("name", "value", "unit", "status", "source", "meaning"))
    return {row["name"]: float(row["value"]) for row in rows}


@cache
def spine_levels() -> tuple[SpineLevel, ...]:
    """Return the levels from the head down."""
    columns = ("level", "upper", "lower", "region", "exiting_root", "traversing_root")
    rows = read_table(_PACKAGE, "spine_levels.csv", (*columns, "status", "source"))
    return tuple(SpineLevel(**{c: row[c] for c in columns}) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyWidth:
    """Range of the width of a vertebral body that a region can have, mm."""

    low_mm: float
    high_mm: float


@cache
def body_widths() -> Mapping[str, BodyWidth]:
    """Return the range of widths by region."""
    rows = read_table(_PACKAGE, "spine_sizes.csv", ("region", "body_width_low_mm", "body_width_high_mm"))
    return {
        row["region"]: BodyWidth(low_mm=float(row["body_width_low_mm"]), high_mm=float(row["body_width_high_mm"]))
        for row in rows
    }
