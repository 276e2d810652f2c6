"""Lower limit of the intraepidermal nerve fibre density at the distal leg, by age and sex."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from ranvier.core import OutsideReferenceError, Status, read_table
from ranvier.reference.assumptions import PACKAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class IenfdLimit:
    """Fifth percentile of one stratum, in fibres per millimetre; `age_max_y` None is open."""

    sex: str
    age_min_y: int
    age_max_y: int | None
    p05_fibres_per_mm: float
    source: str
    status: Status


@cache
def _table() -> tuple[IenfdLimit, ...]:
    columns = ("sex", "age_min_y", "age_max_y", "p05_fibres_per_mm", "status", "source")
    return tuple(
        IenfdLimit(
            sex=row["sex"],
            age_min_y=int(row["age_min_y"]),
            age_max_y=int(row["age_max_y"]) if row["age_max_y"] else None,
            p05_fibres_per_mm=float(row["p05_fibres_per_mm"]),
            source=row["source"],
            status=Status(row["status"]),
        )
        for row in read_table(PACKAGE, "ienfd.csv", columns)
    )


def ienfd_limit(age_y: float | None, sex: Literal["female", "male"] | None) -> IenfdLimit:
    """Look up the lower limit of the fibre density at the distal leg.

    Parameters
    ----------
    age_y : float or None
        Age in years.
    sex : {"female", "male"} or None
        Sex.

    Returns
    -------
    IenfdLimit
        The stratum that contains the subject.

    Raises
    ------
    OutsideReferenceError
        If age or sex is unknown or the subject is younger than the sample. Nothing is extrapolated.

    References
    ----------
    Lauria et al. 2010, doi:10.1111/j.1529-8027.2010.00271.x

    Examples
    --------
    >>> ienfd_limit(55, "male").p05_fibres_per_mm
    3.5
    """
    if age_y is None or sex is None:
        raise OutsideReferenceError(
            f"the fibre density of the skin has limits by age and sex, but age is {age_y} and sex is {sex}: state both"
        )
    for row in _table():
        if row.sex == sex and row.age_min_y <= int(age_y) <= (row.age_max_y or int(age_y)):
            return row
    youngest = min(row.age_min_y for row in _table())
    raise OutsideReferenceError(
        f"the fibre density of the skin has limits from {youngest} years on (got {age_y:g}): no verdict is given"
    )
