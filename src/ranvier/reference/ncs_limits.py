"""Reference limits of nerve conduction measures, by age and height.

The limits are in ``data/ncs_limits.csv`` (one row a stratum). Where a source gives mean and SD they
are used; otherwise the mean is derived from the limit, its percentile and the spread assumed in
``data/ncs_spread.csv``. This module looks numbers up: it judges no patient.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import NormalDist
from typing import Literal

from ranvier.core import OutsideReferenceError, Status, UnknownNameError, read_table, weakest
from ranvier.reference.assumptions import PACKAGE, load_assumptions

Bound = Literal["lower", "upper"]
_OLDEST = 150
"""An age that nobody reaches: where a stratum has no upper end."""
_COLUMNS = (
    "study",
    "measure",
    "segment",
    "bound",
    "percentile",
    "age_min_y",
    "age_max_y",
    "height_min_cm",
    "height_max_cm",
    "limit",
    "unit",
    "mean",
    "sd",
    "status",
    "source",
    "spread_source",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLimit:
    """The limit of one measure in one stratum, with the reference population on the log scale.

    Attributes
    ----------
    limit : float
        In `unit`; a value on the limit is not beyond it.
    percentile : float
        Percentile of the reference population that the limit stands for.
    log_mean, log_sd : float
        Mean and standard deviation of ``ln(value)`` in the reference population.
    height_min_cm, height_max_cm : float or None
        The upper end is not part of the stratum; None is open.
    status : Status
        Of the limit itself.
    spread_status : Status
        Of `log_mean` and `log_sd`: `assumed` where they are derived from the limit alone.
    note : str
        What a reader must know, such as that the age was not stated.
    mean, sd : float or None
        As the source prints them, in `unit`; None where it gives the limit alone.
    distance_mm : float or None
        Of a latency: the distance that it is for; None where the source states none.
    """

    study: str
    measure: str
    segment: str
    bound: Bound
    percentile: float
    age_min_y: int | None
    age_max_y: int | None
    height_min_cm: float | None
    height_max_cm: float | None
    limit: float
    unit: str
    log_mean: float
    log_sd: float
    status: Status
    spread_status: Status
    source: str
    note: str = ""
    mean: float | None = None
    sd: float | None = None
    distance_mm: float | None = None

    def is_beyond(self, value: float) -> bool:
        """Tell whether a value lies beyond the limit; one on the limit does not."""
        return value < self.limit if self.bound == "lower" else value > self.limit

    def log_ratio(self, value: float) -> float:
        """Return ``ln(value)`` minus the mean of the reference population; `value` is positive."""
        return math.log(value) - self.log_mean

    def z(self, value: float) -> float | None:
        """Return the z score of a value; None where mean and SD are not known."""
        return None if self.mean is None or not self.sd else (value - self.mean) / self.sd

    @property
    def weakest_status(self) -> Status:
        """Return the weaker of the two statuses."""
        return weakest((self.status, self.spread_status))


@cache
def load_ncs_limits() -> tuple[ReferenceLimit, ...]:
    """Return all limits, in the order of the table."""
    return tuple(_parse(row) for row in read_table(PACKAGE, "ncs_limits.csv", _COLUMNS))


def ncs_limit(
    study: str, measure: str, age_y: float | None, height_cm: float | None, segment: str = ""
) -> ReferenceLimit:
    """Look up the limit of a measure for one subject.

    A limit for the subject's age and height goes before the one for all subjects. Where age or
    height is not known, only strata that do not ask for it are used, and the note says so.

    Parameters
    ----------
    study : str
        Study id, such as ``"median_motor_apb"``.
    measure : str
        ``distal_latency_onset_ms``, ``distal_latency_peak_ms``, ``amplitude``, ``velocity_m_s``,
        ``f_latency_ms`` or ``h_latency_ms``.
    age_y, height_cm : float or None
        Age in years and stature in centimetres.
    segment : str
        Stretch of nerve, such as ``"across_elbow"``; empty for the usual one.

    Raises
    ------
    UnknownNameError
        If there is no limit for the study and measure; the text names the nearest ones.
    OutsideReferenceError
        If the subject is outside every reference sample. Nothing is extrapolated.

    Examples
    --------
    >>> ncs_limit("median_motor_apb", "distal_latency_onset_ms", 50, 170).limit
    4.5
    """
    rows = _by_measure().get((study, measure, segment), ())
    if not rows:
        key = f"{study} {measure} {segment}".strip()
        raise UnknownNameError("reference limit", key, {f"{r.study} {r.measure}" for r in load_ncs_limits()})
    return best_limit(rows, age_y, height_cm, note="limit for all adults, because the age is not stated")


def best_limit(
    rows: Sequence[ReferenceLimit], age_y: float | None, height_cm: float | None, *, note: str = ""
) -> ReferenceLimit:
    """Return the narrowest of several limits of one measure whose sample holds the subject.

    Parameters
    ----------
    rows : sequence of ReferenceLimit
        Limits of one study, measure and segment; at least one.
    age_y, height_cm : float or None
    note : str
        What is added where the age is not known.

    Raises
    ------
    OutsideReferenceError
        If no sample holds the subject.
    """
    fitting = [r for r in rows if _contains(r, rows, age_y, height_cm)]
    if not fitting:
        first = rows[0]
        oldest = "any" if any(r.age_max_y is None for r in rows) else f"{max(r.age_max_y or 0 for r in rows)}"
        ages = f"{min(r.age_min_y or 0 for r in rows)} to {oldest} years"
        given = "unknown" if age_y is None else f"{age_y:g}"
        text = f"limits of {first.study} {first.measure} are for {ages} (age {given}): no verdict is given"
        raise OutsideReferenceError(text)
    best = min(fitting, key=_breadth)
    return best if age_y is not None or not note else replace(best, note=note)


@cache
def _by_measure() -> Mapping[tuple[str, str, str], tuple[ReferenceLimit, ...]]:
    found: dict[tuple[str, str, str], list[ReferenceLimit]] = {}
    for row in load_ncs_limits():
        found.setdefault((row.study, row.measure, row.segment), []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def printed_limit(study: str, measure: str, bound: Bound, limit: float, unit: str) -> ReferenceLimit:
    """Return a limit that the laboratory printed itself as a `ReferenceLimit`, with an assumed spread.

    Raises
    ------
    UnknownNameError
        If the measure has no spread.
    """
    percentile = load_assumptions()[f"printed_limit_percentile_{bound}"]
    log_sd = _spread(measure, unit)
    return ReferenceLimit(
        study=study,
        measure=measure,
        segment="",
        bound=bound,
        percentile=percentile,
        age_min_y=None,
        age_max_y=None,
        height_min_cm=None,
        height_max_cm=None,
        limit=limit,
        unit=unit,
        log_mean=math.log(limit) - _z(percentile) * log_sd,
        log_sd=log_sd,
        status=Status.CHECKED,
        spread_status=Status.ASSUMED,
        source="own_limit_of_the_laboratory",
        note="limit printed by the laboratory",
    )


def limit_from_cells(row: Mapping[str, str]) -> ReferenceLimit:
    """Return one limit from the cells of a table with the columns of ``ncs_limits.csv``.

    `row` must hold numbers where numbers belong. The unit and measure must have a spread.

    Raises
    ------
    UnknownNameError
        If the measure, in its unit, has no spread.
    """
    return _parse(row)


def _z(percentile: float) -> float:
    return NormalDist().inv_cdf(percentile / 100)


def _contains(
    row: ReferenceLimit, rows: Sequence[ReferenceLimit], age_y: float | None, height_cm: float | None
) -> bool:
    if age_y is None:
        if not _for_all(row, rows):
            return False
    elif not (row.age_min_y or 0) <= int(age_y) <= (row.age_max_y or int(age_y)):
        return False
    if row.height_min_cm is None and row.height_max_cm is None:
        return True
    return height_cm is not None and (row.height_min_cm or 0) <= height_cm < (row.height_max_cm or math.inf)


def _for_all(row: ReferenceLimit, rows: Sequence[ReferenceLimit]) -> bool:
    """Tell whether the row covers the whole age range of its study and measure."""
    oldest = math.inf if row.age_max_y is None else row.age_max_y
    return all(
        (row.age_min_y or 0) <= (r.age_min_y or 0) and oldest >= (math.inf if r.age_max_y is None else r.age_max_y)
        for r in rows
    )


def _breadth(row: ReferenceLimit) -> tuple[bool, int]:
    any_height = row.height_min_cm is None and row.height_max_cm is None
    return any_height, (_OLDEST if row.age_max_y is None else row.age_max_y) - (row.age_min_y or 0)


@cache
def _spreads() -> Mapping[tuple[str, str], float]:
    rows = read_table(PACKAGE, "ncs_spread.csv", ("measure", "unit", "log_sd", "status", "source"))
    return {(row["measure"], row["unit"]): float(row["log_sd"]) for row in rows}


def _spread(measure: str, unit: str) -> float:
    key = (measure, unit)
    if key not in _spreads():
        raise UnknownNameError("spread of a measure", f"{measure} in {unit}", {f"{m} in {u}" for m, u in _spreads()})
    return _spreads()[key]


def _parse(row: Mapping[str, str]) -> ReferenceLimit:
    limit, percentile = float(row["limit"]), float(row["percentile"])
    log_mean, log_sd, derived = _population(row, limit, _z(percentile))
    status = Status(row["status"])
    return ReferenceLimit(
        study=row["study"],
        measure=row["measure"],
        segment=row["segment"],
        bound="lower" if row["bound"] == "lower" else "upper",
        percentile=percentile,
        age_min_y=int(row["age_min_y"]) if row["age_min_y"] else None,
        age_max_y=int(row["age_max_y"]) if row["age_max_y"] else None,
        height_min_cm=float(row["height_min_cm"]) if row["height_min_cm"] else None,
        height_max_cm=float(row["height_max_cm"]) if row["height_max_cm"] else None,
        limit=limit,
        unit=row["unit"],
        log_mean=log_mean,
        log_sd=log_sd,
        status=status,
        spread_status=Status.ASSUMED if derived else status,
        source=row["source"],
        mean=float(row["mean"]) if row["mean"] else None,
        sd=float(row["sd"]) if row["mean"] else None,
        distance_mm=float(row["distance_mm"]) if row.get("distance_mm") else None,
    )


def _population(row: Mapping[str, str], limit: float, z_of_limit: float) -> tuple[float, float, bool]:
    """Return log mean, log SD and whether they are derived from the limit alone.

    With mean and SD known, the SD is widened where the limit lies further out than they allow: a
    value within the limit must not read as far outside.
    """
    if not row["mean"]:
        log_sd = _spread(row["measure"], row["unit"])
        return math.log(limit) - z_of_limit * log_sd, log_sd, True
    mean, sd = float(row["mean"]), float(row["sd"])
    variance = math.log(1 + (sd / mean) ** 2)
    log_mean = math.log(mean) - variance / 2
    return log_mean, max(math.sqrt(variance), (math.log(limit) - log_mean) / z_of_limit), False
