"""The panel: what a full examination of a simulated patient looks at, one look a row and side."""

from dataclasses import dataclass
from functools import cache

from ranvier.core import Side, read_table
from ranvier.inference.items import parse_item
from ranvier.inference.simulation import Look


@dataclass(frozen=True, slots=True)
class PanelLook:
    """One look with the part of a case that it belongs to."""

    look: Look
    part: str


@cache
def panel_looks() -> tuple[PanelLook, ...]:
    """Return every look of the panel: both sides where a row says so, no side where it has none."""
    out: list[PanelLook] = []
    for row in read_table("ranvier.cohort", "panel.csv", ("item", "sides", "part")):
        sides = (Side.LEFT, Side.RIGHT) if row["sides"] == "both" else (Side.UNKNOWN,)
        out.extend(PanelLook(Look(parse_item(row["item"]), side), row["part"]) for side in sides)
    return tuple(out)
