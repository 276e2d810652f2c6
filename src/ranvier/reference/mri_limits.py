"""Reference limits of nerve measures on MRI, keyed by nerve, level, measure and method.

The same nerve differs twofold between levels and between ways of drawing it, and its T2 by a third between sequences:
a limit holds for its own method only, and where none exists there is no verdict.
"""

from dataclasses import dataclass
from functools import cache

from ranvier.core import OutsideReferenceError, Status, read_table
from ranvier.reference.assumptions import PACKAGE, load_assumptions

_COLUMNS = (
    "nerve", "level", "measure", "method", "mean", "sd", "upper", "lower", "unit", "n", "age_min_y", "age_max_y",
    "status", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MriLimit:
    """Limits of one measure of one nerve at one level by one method; None where the source gives none.

    Where only mean and SD are printed, `upper` and `lower` are so many SD away (`mri_limit_sd` of the assumptions).
    """

    nerve: str
    level: str
    measure: str
    method: str
    mean: float | None
    upper: float | None
    lower: float | None
    unit: str
    n: int
    age_min_y: float | None
    age_max_y: float | None
    source: str
    status: Status


@cache
def mri_limits() -> tuple[MriLimit, ...]:
    """Return the whole table."""
    return tuple(_parse(row) for row in read_table(PACKAGE, "mri_limits.csv", _COLUMNS))


def _parse(row: dict[str, str]) -> MriLimit:
    mean, sd, upper, lower = (_number(row[c]) for c in ("mean", "sd", "upper", "lower"))
    reach = load_assumptions()["mri_limit_sd"] * sd if sd is not None else None
    if reach is not None and mean is not None:
        upper, lower = mean + reach, mean - reach
    return MriLimit(
        nerve=row["nerve"],
        level=row["level"],
        measure=row["measure"],
        method=row["method"],
        mean=mean,
        upper=upper,
        lower=lower,
        unit=row["unit"],
        n=int(row["n"]),
        age_min_y=_number(row["age_min_y"]),
        age_max_y=_number(row["age_max_y"]),
        source=row["source"],
        status=Status(row["status"]),
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


def mri_limit(nerve: str, level: str | None, measure: str, method: str | None, age_y: float | None = None) -> MriLimit:
    """Look up the limit of a measure.

    Parameters
    ----------
    nerve : str
        Id of the nerve graph.
    level : str or None
        Where along the nerve, such as ``mid_thigh``.
    measure : str
        ``area_mm2``.
    method : str or None
        How it was imaged, such as ``stir``.
    age_y : float or None
        Age in years.

    Raises
    ------
    OutsideReferenceError
        If no limit exists for this level and method, or the subject is outside the sample; the text says which
        limits exist.
    """
    of_nerve = [row for row in mri_limits() if row.nerve == nerve and row.measure == measure]
    for row in of_nerve:
        if row.level == level and row.method == method:
            if age_y is not None and row.age_min_y is not None and age_y < row.age_min_y:
                raise OutsideReferenceError(f"the limit is of adults from {row.age_min_y:g} years (got {age_y:g})")
            return row
    name = nerve.replace("_", " ")
    if not of_nerve:
        raise OutsideReferenceError(f"no limit of this nerve is known ({name})")
    known = ", ".join(f"{row.level} by {row.method}" for row in of_nerve)
    said = f"{level or 'a level that is not stated'} by {method or 'a method that is not stated'}"
    raise OutsideReferenceError(f"no limit for {name}, {said}; limits exist for {known}")
