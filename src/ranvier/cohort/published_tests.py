"""Published results of tests, and how each is replayed with simulated patients: the tables alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ranvier.core import DataFileError, Status, read_table

PACKAGE = "ranvier.cohort"
Half = Literal["fitting", "judging"]
_HALVES: Mapping[str, Half] = {"fitting": "fitting", "judging": "judging"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published sensitivity or specificity with its interval, if it gives one."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTest:
    """One published result of one test.

    `n` is as printed, such as ``151+162``. `half` tells what the row may be used for: rows of one source are
    all in the same half, and a source that any table of the model quotes is in the fitting half.
    """

    id: str
    disorder: str
    modality: str
    test: str
    threshold: str
    sens: Published | None
    spec: Published | None
    population: str
    reference_standard: str
    n: str
    source: str
    locator: str
    status: Status
    half: Half


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A part of the rule of a test: an item on the ill or the other side that counts from a grade on."""

    weight: float
    item: str
    other_side: bool
    from_grade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How a row is replayed. `not_represented` says why it is not; then the rest is empty.

    The test is positive when the weights of the terms that are positive reach `need`. `days` are the days of
    illness at the test with their shares, none where the source names none. Patients in whom any term of `without`
    is positive are not of the population (an "asymptomatic" one, say).
    """

    id: str
    cases: str
    controls: str
    days: tuple[tuple[float, float], ...]
    terms: tuple[Term, ...]
    need: float
    reference: tuple[Term, ...]
    without: tuple[Term, ...]
    note: str
    not_represented: str


@cache
def published_tests() -> Mapping[str, PublishedTest]:
    """Return the published results by id."""
    columns = (
        "id", "disorder", "modality", "test", "threshold", "sens", "sens_low", "sens_high", "spec", "spec_low",
        "spec_high", "population", "reference_standard", "n", "source", "locator", "status", "half",
    )  # fmt: skip
    return {row["id"]: _published_test(row) for row in read_table(PACKAGE, "published_tests.csv", columns)}


@cache
def replayed_tests() -> Mapping[str, Replayed]:
    """Return how each published result is replayed, by id."""
    columns = ("id", "cases", "controls", "days", "items", "need", "reference", "without", "note", "not_represented")
    return {row["id"]: _replayed(row) for row in read_table(PACKAGE, "replayed_tests.csv", columns)}


@cache
def reasons() -> Mapping[str, str]:
    """Return why a simulated share may differ from the published one, by the id of the row."""
    return {row["id"]: row["reason"] for row in read_table(PACKAGE, "replay_reasons.csv", ("id", "reason"))}


@cache
def populations() -> Mapping[str, Mapping[str, float]]:
    """Return the disorders of each named population with their shares."""
    rows = read_table(PACKAGE, "populations.csv", ("id", "disorders", "meaning"))
    return {row["id"]: _shares(row["disorders"]) for row in rows}


def population(name: str) -> tuple[Mapping[str, float], Mapping[str, str]]:
    """Return the shares of the disorders of a population, and the variant that is drawn of them.

    ``l_root/s1`` is the population ``l_root`` with the variant ``s1`` alone.
    """
    base, _, variant = name.partition("/")
    if base not in populations():
        raise DataFileError(f"populations.csv has no population {base!r}")
    shares = populations()[base]
    return shares, dict.fromkeys(shares, variant) if variant else {}


def _shares(text: str) -> dict[str, float]:
    pairs = (part.split(":") for part in text.split(";"))
    return {disorder: float(share) for disorder, share in pairs}


def _published_test(row: Mapping[str, str]) -> PublishedTest:
    return PublishedTest(
        id=row["id"],
        disorder=row["disorder"],
        modality=row["modality"],
        test=row["test"],
        threshold=row["threshold"],
        sens=_published(row, "sens"),
        spec=_published(row, "spec"),
        population=row["population"],
        reference_standard=row["reference_standard"],
        n=row["n"],
        source=row["source"],
        locator=row["locator"],
        status=Status(row["status"]),
        half=_HALVES[row["half"]],
    )


def _published(row: Mapping[str, str], what: str) -> Published | None:
    if not row[what]:
        return None
    return Published(value=float(row[what]), low=_optional(row[f"{what}_low"]), high=_optional(row[f"{what}_high"]))


def _optional(cell: str) -> float | None:
    return float(cell) if cell else None


def _replayed(row: Mapping[str, str]) -> Replayed:
    return Replayed(
        id=row["id"],
        cases=row["cases"],
        controls=row["controls"],
        days=_days(row["days"]),
        terms=_terms(row["items"]),
        need=float(row["need"] or 1),
        reference=_terms(row["reference"]),
        without=_terms(row["without"]),
        note=row["note"],
        not_represented=row["not_represented"],
    )


def _days(cell: str) -> tuple[tuple[float, float], ...]:
    """Read ``day`` or ``day:share;day:share``.

    >>> _days("2:0.4;9:0.6"), _days("14"), _days("")
    (((2.0, 0.4), (9.0, 0.6)), ((14.0, 1.0),), ())
    """
    pairs = (part.partition(":") for part in cell.split(";") if part)
    return tuple((float(day), float(share or 1)) for day, _, share in pairs)


def _terms(cell: str) -> tuple[Term, ...]:
    return tuple(_term(part) for part in cell.split("|")) if cell else ()


def _term(text: str) -> Term:
    """Read ``[weight*][left:]item[>=grade]``.

    >>> _term("2*left:reflex@reflex:ankle>=3")
    Term(weight=2.0, item='reflex@reflex:ankle', other_side=True, from_grade=3)
    """
    weight, _, rest = text.rpartition("*")
    item, _, grade = rest.partition(">=")
    return Term(
        weight=float(weight or 1),
        item=item.removeprefix("left:"),
        other_side=item.startswith("left:"),
        from_grade=int(grade or 1),
    )
