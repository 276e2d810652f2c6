"""The numbers of the reading model and of the inference, from ``data/parameters.csv`` and ``data/readings.csv``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import Modality, Status, UnknownNameError, read_table

_PACKAGE = "ranvier.inference"
GRADES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingModel:
    """How a graded observable is read off its channel: an ordered probit with lapses.

    The channel is a log deficit (0 is healthy). ``P(grade <= k) = Phi((cuts[k] - x)/sd)``, mixed with
    a uniform lapse. `rho` is the correlation between readings of the same family in one patient, which share
    an examiner's error. Grades from `abnormal_from` on are abnormal.
    """

    observable: str
    modality: Modality
    channel: str
    cuts: tuple[float, ...]
    sd: float
    lapse: float
    rho: float
    family: str
    abnormal_from: int
    status: Status


@cache
def load_parameters() -> Mapping[str, float]:
    """Return the value of each named parameter, in the unit its row states."""
    rows = read_table(_PACKAGE, "parameters.csv", ("name", "value", "unit", "status", "source", "meaning"))
    return {row["name"]: float(row["value"]) for row in rows}


@cache
def load_reading_models() -> Mapping[str, ReadingModel]:
    """Return the reading model of each graded observable."""
    rows = read_table(
        _PACKAGE, "readings.csv", ("observable", "modality", "channel", "cuts", "sd", "lapse", "rho", "family")
    )
    return {
        row["observable"]: ReadingModel(
            observable=row["observable"],
            modality=Modality(row["modality"]),
            channel=row["channel"],
            cuts=tuple(float(c) for c in row["cuts"].split(";")),
            sd=float(row["sd"]),
            lapse=float(row["lapse"]),
            rho=float(row["rho"]),
            family=row["family"],
            abnormal_from=int(row["abnormal_from"]),
            status=Status(row["status"]),
        )
        for row in rows
    }


def reading_model(observable: str) -> ReadingModel:
    """Return the reading model of one graded observable.

    Raises
    ------
    UnknownNameError
        If no reading model has that name.
    """
    models = load_reading_models()
    if observable not in models:
        raise UnknownNameError("graded observable", observable, models)
    return models[observable]


def grade_scale() -> tuple[float, ...]:
    """Return the share of the worst lesion at each of the five severity grades."""
    p = load_parameters()
    return tuple(p[f"grade_{i}"] for i in range(1, GRADES + 1))


def evidence_spread(status: Status) -> float:
    """Return the standard deviation of a log likelihood ratio whose number has that status."""
    return load_parameters()[f"spread_{status.value}"]
