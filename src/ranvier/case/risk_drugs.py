"""Drugs that can harm nerves: which exposure each is, and from which dose or duration, where that is known.

The table names drugs, not their causal force: how much an exposure tells is for the tables of disorders to say.
Most rows have no dose because none was read in a source.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.anatomy import plain
from ranvier.case.problems import Problems, shown
from ranvier.core import Origin, Status, read_table

_PACKAGE = "ranvier.case"
_COLUMNS = ("drug", "feature", "synonyms", "dose_from", "dose_unit", "latency_from_d", "status", "source")
_DOSE = re.compile(r"^\s*([\d.]+)\s*(\S.*?)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskDrug:
    """One drug.

    Attributes
    ----------
    feature : str
        The exposure of the vocabulary that it is.
    dose_from : float or None
        Dose in `dose_unit` from which the risk rises: a total, or a daily dose where the unit ends in ``/day``.
    latency_from_d : float or None
        Days of intake from which neuropathy is usual.
    """

    name: str
    feature: str
    synonyms: tuple[str, ...]
    dose_from: float | None
    dose_unit: str
    latency_from_d: float | None
    status: Status
    source: str


@cache
def load_risk_drugs() -> tuple[RiskDrug, ...]:
    """Return all drugs of the table."""
    return tuple(
        RiskDrug(
            name=row["drug"],
            feature=row["feature"],
            synonyms=tuple(s for s in row["synonyms"].split("|") if s),
            dose_from=float(row["dose_from"]) if row["dose_from"] else None,
            dose_unit=row["dose_unit"],
            latency_from_d=float(row["latency_from_d"]) if row["latency_from_d"] else None,
            status=Status(row["status"]),
            source=row["source"],
        )
        for row in read_table(_PACKAGE, "risk_drugs.csv", _COLUMNS)
    )


@cache
def _by_name() -> Mapping[str, RiskDrug]:
    return {plain(name): drug for drug in load_risk_drugs() for name in (drug.name, *drug.synonyms)}


def risk_drug(name: str) -> RiskDrug | None:
    """Return the drug that a name stands for, None for what is no drug of the table.

    >>> cisplatin = risk_drug("Cisplatin")
    >>> cisplatin.feature, cisplatin.dose_from, cisplatin.dose_unit
    ('platinum_or_taxane_or_vinca', 300.0, 'mg/m2')
    """
    return _by_name().get(plain(name))


def note_low_exposure(name: str, dose: str | None, taken_days: str | None, origin: Origin, problems: Problems) -> None:
    """Note a drug whose dose or duration is below what usually harms nerves; the exposure is used all the same."""
    drug = risk_drug(name)
    if drug is None:
        return
    if dose is not None and drug.dose_from is not None:
        match = _DOSE.match(dose)
        same = match is not None and match[2].replace(" ", "").lower() == drug.dose_unit
        if match is None or not same:
            remedy = f"write a number and {drug.dose_unit}"
            problems.question(origin, f"the dose {shown(dose)} of {drug.name} is not in {drug.dose_unit}", remedy)
        elif _number(match[1]) < drug.dose_from:
            limit = f"{drug.dose_from:g} {drug.dose_unit}"
            problem = f"{dose} of {drug.name} is below the dose from which the risk rises ({limit}); it was used"
            problems.question(origin, problem, "think of other causes as well")
    if taken_days is not None and drug.latency_from_d is not None and _number(taken_days) < drug.latency_from_d:
        problem = (
            f"{drug.name} was taken for less than {drug.latency_from_d:g} days, from which it is usual; it was used"
        )
        problems.question(origin, problem, "think of other causes as well")


def _number(text: str) -> float:
    """Return a number; what is none is taken as long or high, so that nothing is said of it."""
    try:
        return float(text)
    except ValueError:
        return float("inf")
