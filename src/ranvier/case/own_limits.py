"""A laboratory's own limits of conduction measures, from ``own_limits.csv`` or any file of its columns.

``study,measure,segment,limit,unit,percentile,mean,sd,age_min_y,age_max_y,height_min_cm,height_max_cm,distance_mm,sex,
status,source`` with one row a limit. Needed are study, measure, limit and unit. An amplitude or velocity has a lower
limit, a latency an upper one, and ``distance_mm`` says over which distance. Age and height say whom the limit is for:
outside them no verdict is given. A percentile that is not stated is the usual one of a printed limit; ``status`` is
``laboratory`` unless another is stated.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ranvier.case.context import Context
from ranvier.case.csvtext import Row, Sheet, read_sheet
from ranvier.case.numbers import NumberReader
from ranvier.case.problems import shown
from ranvier.case.records import OwnLimit
from ranvier.case.words import meaning
from ranvier.core import UnknownNameError
from ranvier.reference import limit_from_cells, load_assumptions, load_ncs_limits

OWN_LIMITS_FILE = "own_limits.csv"
_MEASURES = {
    "distal_latency_onset_ms": "ms",
    "distal_latency_peak_ms": "ms",
    "amplitude": "mV or uV",
    "velocity_m_s": "m/s",
    "f_latency_ms": "ms",
    "h_latency_ms": "ms",
}
_LOWER = ("amplitude", "velocity_m_s")
_NUMBERS = ("percentile", "mean", "sd", "age_min_y", "age_max_y", "height_min_cm", "height_max_cm", "distance_mm")


def read_own_limits(path: Path, context: Context) -> tuple[OwnLimit, ...]:
    """Return the limits of a laboratory; rows that cannot be used are noted. No file gives none.

    Parameters
    ----------
    path : Path
    context : Context
        Where problems are noted.
    """
    sheet = read_sheet(path, ("study", "measure", "limit", "unit"), context.problems, OWN_LIMITS_FILE)
    return tuple(own for row in sheet.rows if (own := _own_limit(row, sheet, context)) is not None)


def _own_limit(row: Row, sheet: Sheet, context: Context) -> OwnLimit | None:
    known = {lim.study for lim in load_ncs_limits()}
    for column, names in (("study", known), ("measure", set(_MEASURES))):
        if row.text(column) not in names:
            error = UnknownNameError(f"{column} with limits", row.text(column), sorted(names))
            context.problems.unknown(row.origin(column), error, "the row")
            return None
    numbers = _numbers(row, sheet.numbers)
    trouble = "" if numbers is None else _trouble(row, numbers)
    if numbers is None or trouble:
        if trouble:
            context.problems.error(row.origin(), f"{trouble}; the row was not used", "mend the row")
        return None
    try:
        sex = _sex(row)
        status = meaning("reference_status", row.text("status")) if row.text("status") else "laboratory"
        limit = limit_from_cells(_cells(row, numbers, status))
    except UnknownNameError as error:
        context.problems.unknown(row.origin(), error, "the row")
        return None
    note = f"limit of the laboratory's own, status {status}"
    return OwnLimit(limit=replace(limit, note=note), sex=sex, origin=row.origin())


def _sex(row: Row) -> Literal["female", "male"] | None:
    if not row.text("sex"):
        return None
    return "female" if meaning("sex", row.text("sex")) == "female" else "male"


def _numbers(row: Row, reader: NumberReader) -> dict[str, float] | None:
    """Return the numbers of the row by column; None if one that stands there cannot be used."""
    out: dict[str, float] = {}
    for column in ("limit", *_NUMBERS):
        if not row.text(column):
            continue
        value = reader.read(row.text(column), row.origin(column), column)
        if value is None:
            return None
        out[column] = value
    return out


def _trouble(row: Row, numbers: Mapping[str, float]) -> str:
    """Return what is wrong with a row as a whole; empty if nothing is."""
    measure, unit = row.text("measure"), row.text("unit").replace("µ", "u").replace("μ", "u")
    if "limit" not in numbers:
        return "there is no limit"
    if unit not in _MEASURES[measure].split(" or "):
        return f"the unit of {measure} must be {_MEASURES[measure]} (got {shown(row.text('unit'))})"
    if ("mean" in numbers) != ("sd" in numbers):
        return "mean and SD belong together, and one of them is missing"
    for low, high in (("age_min_y", "age_max_y"), ("height_min_cm", "height_max_cm")):
        if low in numbers and high in numbers and numbers[low] > numbers[high]:
            return f"{low} {numbers[low]:g} is above {high} {numbers[high]:g}"
    if "mean" in numbers and (numbers["mean"] <= numbers["limit"]) == (measure in _LOWER):
        side = "lower" if measure in _LOWER else "upper"
        return f"the mean {numbers['mean']:g} lies beyond the {side} limit {numbers['limit']:g}"
    return ""


def _cells(row: Row, numbers: Mapping[str, float], status: str) -> dict[str, str]:
    bound = "lower" if row.text("measure") in _LOWER else "upper"
    percentile = numbers.get("percentile", load_assumptions()[f"printed_limit_percentile_{bound}"])
    texts = {column: f"{numbers[column]:g}" if column in numbers else "" for column in _NUMBERS}
    ages = {c: str(int(numbers[c])) if c in numbers else "" for c in ("age_min_y", "age_max_y")}
    return {
        **texts,
        **ages,
        "percentile": f"{percentile:g}",
        "study": row.text("study"),
        "measure": row.text("measure"),
        "segment": row.text("segment"),
        "bound": bound,
        "limit": f"{numbers['limit']:g}",
        "unit": row.text("unit").replace("µ", "u").replace("μ", "u"),
        "status": "checked" if status == "laboratory" else status,
        "source": row.text("source") or "own_limit_of_the_laboratory",
        "spread_source": "",
    }
