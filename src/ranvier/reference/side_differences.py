"""How far the two sides of a healthy person differ in a conduction measure; it judges no patient.

``data/ncs_side_differences.csv``: for latency, velocity and F wave the difference, for an amplitude the share by which
the smaller side is below the larger one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import Status, read_table
from ranvier.reference.assumptions import PACKAGE

_COLUMNS = ("study", "measure", "stimulation", "age_min_y", "age_max_y", "limit", "unit", "status", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class SideLimit:
    """Largest difference between the sides of one measure in healthy adults of some ages.

    Attributes
    ----------
    stimulation : str
        Stimulating point that a velocity must be from; empty for any.
    limit : float
        In `unit`; of an amplitude the share of the larger side that is missing.
    """

    study: str
    measure: str
    stimulation: str
    age_min_y: float
    age_max_y: float
    limit: float
    unit: str
    status: Status
    source: str

    def is_beyond(self, worse: float, other: float) -> bool:
        """Tell whether two values differ by more than the limit."""
        if self.measure == "amplitude":
            return other > 0 and 1 - worse / other > self.limit
        return abs(worse - other) > self.limit


def side_limit(study: str, measure: str, stimulation: str, age_y: float | None) -> SideLimit | None:
    """Return the limit of the difference between the sides.

    Parameters
    ----------
    study, measure : str
        As in `ncs_limit`.
    stimulation : str
        Stimulating point; empty if it is not stated.
    age_y : float or None
        Age in years.

    Returns
    -------
    SideLimit or None
        None where no limit is known, or the person is older or younger than its sample, or the age is not known.
    """
    rows = _limits().get((study, measure), ())
    fitting = [r for r in rows if not r.stimulation or not stimulation or r.stimulation == stimulation]
    if not fitting or age_y is None or not fitting[0].age_min_y <= int(age_y) <= fitting[0].age_max_y:
        return None
    return max(fitting, key=lambda r: r.limit)


@cache
def _limits() -> Mapping[tuple[str, str], tuple[SideLimit, ...]]:
    found: dict[tuple[str, str], list[SideLimit]] = {}
    for row in read_table(PACKAGE, "ncs_side_differences.csv", _COLUMNS):
        found.setdefault((row["study"], row["measure"]), []).append(
            SideLimit(
                study=row["study"],
                measure=row["measure"],
                stimulation=row["stimulation"],
                age_min_y=float(row["age_min_y"]),
                age_max_y=float(row["age_max_y"]),
                limit=float(row["limit"]),
                unit=row["unit"],
                status=Status(row["status"]),
                source=row["source"],
            )
        )
    return {key: tuple(rows) for key, rows in found.items()}
