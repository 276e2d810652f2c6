"""What is missing in healthy people: responses and reflexes that many have lost, some of them with age."""

from collections.abc import Mapping
from functools import cache

from scipy.special import ndtr

from ranvier.core import Finding, read_table
from ranvier.inference.parameters import load_parameters

_COLUMNS = ("observable", "place", "from_age_y", "share", "status", "source")


def missing_share(finding: Finding, age_y: float | None = None) -> float:
    """Return how often what a finding looks at is absent in healthy people.

    Parameters
    ----------
    finding : Finding
        Its observable and place count. A group is missing as often as its member that is missing least.
    age_y : float or None
        Age in years; None averages over the background population.
    """
    if finding.place is None:
        return 0.0
    table = missing_in_health().get(finding.observable)
    if table is None:
        return 0.0
    return min(_at_age(*table[i], age_y) if i in table else 0.0 for i in finding.place.ids)


def _at_age(from_age_y: float, share: float, age_y: float | None) -> float:
    if age_y is not None:
        return share if age_y >= from_age_y else 0.0
    if from_age_y <= 0:
        return share
    p = load_parameters()
    return share * float(1 - ndtr((from_age_y - p["age_mean"]) / p["age_sd"]))


@cache
def missing_in_health() -> Mapping[str, Mapping[str, tuple[float, float]]]:
    """Return by observable and place the age from which, in years, and the share of the healthy who lack it."""
    out: dict[str, dict[str, tuple[float, float]]] = {}
    for row in read_table("ranvier.inference", "missing_in_health.csv", _COLUMNS):
        out.setdefault(row["observable"], {})[row["place"]] = (float(row["from_age_y"]), float(row["share"]))
    return out
