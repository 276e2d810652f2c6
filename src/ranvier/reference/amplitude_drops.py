"""How far a motor response may fall between two stimulating points; the tibial nerve is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import Status, read_table
from ranvier.reference.assumptions import PACKAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class AmplitudeDrop:
    """Limits of the fall of the amplitude from the distal to a proximal point, as a share of the distal one.

    Below `normal_below` there is no block, from `block_from` on there is; between them nothing is said.
    """

    study: str
    normal_below: float
    block_from: float
    source: str
    status: Status


@cache
def _table() -> Mapping[str, AmplitudeDrop]:
    rows = read_table(PACKAGE, "amplitude_drops.csv", ("study", "normal_below", "block_from", "status", "source"))
    return {
        row["study"]: AmplitudeDrop(
            study=row["study"],
            normal_below=float(row["normal_below"]),
            block_from=float(row["block_from"]),
            source=row["source"],
            status=Status(row["status"]),
        )
        for row in rows
    }


def amplitude_drop(study: str) -> AmplitudeDrop | None:
    """Return the limits of one study, or None where a fall cannot be judged (such as the tibial nerve)."""
    return _table().get(study)
