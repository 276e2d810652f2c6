"""Published limits of spinal canal measures, keyed by measure, level or region, and what the canal label outlines.

The dural sac is smaller than the bony canal: a limit holds for its own outline only, and where none exists there is no
verdict.
"""

from dataclasses import dataclass
from functools import cache

from ranvier.core import OutsideReferenceError, Status, UnknownNameError, read_table
from ranvier.reference.assumptions import PACKAGE

_COLUMNS = ("measure", "where", "method", "below", "unit", "n", "population", "status", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineLimit:
    """A value below which a source calls a level narrow.

    Attributes
    ----------
    measure : str
    where : str
        A level (``L4/L5``) or a region (``lumbar``).
    method : str
        ``dural_sac`` or ``bony_canal``.
    below : float
        In `unit`.
    unit : str
    population : str
        Who was measured, and how.
    source : str
    status : Status
    """

    measure: str
    where: str
    method: str
    below: float
    unit: str
    population: str
    source: str
    status: Status


@cache
def spine_limits() -> tuple[SpineLimit, ...]:
    """Return the whole table."""
    return tuple(
        SpineLimit(
            measure=row["measure"],
            where=row["where"],
            method=row["method"],
            below=float(row["below"]),
            unit=row["unit"],
            population=row["population"],
            source=row["source"],
            status=Status(row["status"]),
        )
        for row in read_table(PACKAGE, "spine_limits.csv", _COLUMNS)
    )


def spine_limit(measure: str, level: str, region: str, method: str | None) -> SpineLimit:
    """Look up the limit of a measure at one level; that of the level itself goes before that of its region.

    Raises
    ------
    UnknownNameError
        If no limit is for such a method.
    OutsideReferenceError
        If the method is not stated or no limit holds; the text says what exists.

    Examples
    --------
    >>> spine_limit("canal_area_mm2", "L4/L5", "lumbar", "dural_sac").below
    111.09
    """
    methods = tuple(dict.fromkeys(row.method for row in spine_limits()))
    if method is None:
        raise OutsideReferenceError(f"it is not said what the canal label outlines ({' or '.join(methods)})")
    if method not in methods:
        raise UnknownNameError("outline of the canal", method, methods)
    rows = [row for row in spine_limits() if row.measure == measure and row.method == method]
    for where in (level, region):
        for row in rows:
            if row.where == where:
                return row
    known = ", ".join(dict.fromkeys(row.where for row in rows)) or "no level"
    raise OutsideReferenceError(f"no limit of this measure holds at {level} ({method.replace('_', ' ')}: {known})")
