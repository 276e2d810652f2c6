"""Read the disorder tables and check that they fit together.

Each family of disorders is a folder of six tables under ``data/``; ``data/background`` holds what
holds for everybody: base rates of features, incidental imaging findings and severity profiles.
Names of places and features are checked against the graph and the vocabulary by the inference,
which sees both.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache, partial
from importlib.resources import files
from typing import TypeVar

from ranvier.core import DataFileError, Source, Status, read_table
from ranvier.disorders.records import (
    COURSES,
    TEMPOS,
    Association,
    Catalogue,
    Disorder,
    Effect,
    Incidental,
    Lesion,
    Sides,
    StructureSign,
    TimeCourse,
    Variant,
)

_PACKAGE = "ranvier.disorders"
_BACKGROUND = "background"
_SIDES: dict[str, Sides] = {"either": "either", "both": "both", "none": "none"}
_T = TypeVar("_T", Variant, Lesion, Effect, StructureSign)
_R = TypeVar("_R")


def families() -> tuple[str, ...]:
    """Return the names of the family folders, in alphabetical order."""
    folder = files(_PACKAGE).joinpath("data")
    names = (entry.name for entry in folder.iterdir() if entry.joinpath("disorders.csv").is_file())
    return tuple(sorted(names))


@cache
def load_catalogue() -> Catalogue:
    """Return all disorders with their tables.

    Raises
    ------
    DataFileError
        If a probability lies outside [0, 1], a distribution does not sum to one, or a row names a
        disorder or variant that does not exist.
    """
    profiles = _severities()
    names = families()
    disorders = {
        d.id: d for f in names for d in _rows(f, "disorders.csv", partial(_disorder, family=f, profiles=profiles))
    }
    variants = _grouped(_all(names, "variants.csv", _variant))
    base_rates = {a.feature: a for a in _rows(_BACKGROUND, "associations.csv", _association)}
    catalogue = Catalogue(
        disorders=disorders,
        variants=variants,
        lesions=_grouped(_all(names, "lesions.csv", _lesion)),
        effects=_grouped(_all(names, "effects.csv", _effect)),
        structure=_grouped(_all(names, "structure.csv", _structure)),
        associations=_resolve_associations(disorders, _all(names, "associations.csv", _association)),
        variant_associations=_by_variant(_rows(_BACKGROUND, "variant_associations.csv", _association)),
        time_courses=_time_courses(disorders),
        company=_company(disorders),
        base_rates=base_rates,
        incidental=tuple(_rows(_BACKGROUND, "imaging.csv", _incidental)),
        sources=_sources((*names, _BACKGROUND)),
    )
    _check(catalogue)
    return catalogue


def _rows(family: str, name: str, build: "Callable[[dict[str, str]], _R]") -> "list[_R]":
    rows = []
    for number, row in enumerate(read_table(_PACKAGE, f"{family}/{name}", ()), start=2):
        try:
            rows.append(build(row))
        except (KeyError, ValueError) as error:
            raise DataFileError(f"disorders/data/{family}/{name} row {number}: {error}") from error
    return rows


def _all(names: Iterable[str], table: str, build: Callable[[dict[str, str]], _R]) -> list[_R]:
    return [row for family in names for row in _rows(family, table, build)]


def _grouped(rows: Iterable[_T]) -> dict[str, tuple[_T, ...]]:
    grouped: dict[str, list[_T]] = defaultdict(list)
    for row in rows:
        grouped[row.disorder].append(row)
    return {key: tuple(values) for key, values in grouped.items()}


def _number(text: str) -> float:
    return float(text) if text else 0.0


def _share(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 1:
        raise ValueError(f"must lie in [0, 1] (got {value})")
    return value


def _severities() -> dict[str, tuple[float, ...]]:
    columns = tuple(f"grade_{i}" for i in range(1, 6))
    rows = read_table(_PACKAGE, f"{_BACKGROUND}/severities.csv", ("profile", *columns))
    return {row["profile"]: tuple(_share(row[c]) for c in columns) for row in rows}


def _disorder(row: dict[str, str], family: str, profiles: dict[str, tuple[float, ...]]) -> Disorder:
    return Disorder(
        id=row["id"],
        name=row["name"],
        group=row["group"],
        family=family,
        prior=_share(row["prior"]),
        prior_status=Status(row["prior_status"]),
        female_share=_share(row["female_share"]),
        age_mean_y=float(row["age_mean_y"]),
        age_sd_y=float(row["age_sd_y"]),
        tempo=tuple(_share(row[f"tempo_{t}"]) for t in TEMPOS),
        course=tuple(_share(row[f"course_{c}"]) for c in COURSES),
        severity=profiles[row["severity"]],
        urgent=row["urgent"] == "yes",
        treatable=row["treatable"] == "yes",
        icd10=row["icd10"],
        omim=row["omim"],
        orphanet=row["orphanet"],
        status=Status(row["status"]),
        source=row["source"],
    )


def _variant(row: dict[str, str]) -> Variant:
    sides = _SIDES.get(row["sides"])
    if sides is None:
        raise ValueError(f"sides must be one of {sorted(_SIDES)} (got {row['sides']!r})")
    return Variant(
        disorder=row["disorder"], id=row["variant"], name=row["name"], weight=_share(row["weight"]), sides=sides
    )


def _lesion(row: dict[str, str]) -> Lesion:
    return Lesion(
        disorder=row["disorder"],
        variant=row["variant"],
        unit=row["unit"],
        inclusion=_share(row["inclusion"]),
        terms=tuple(t.strip() for t in row["location"].split(";") if t.strip()),
        loss=_share(row["loss"]),
        block=_share(row["block"]),
        slow=_share(row["slow"]),
        motor=_share(row["motor"]),
        sensory=_share(row["sensory"]),
        small=_share(row["small"]),
        autonomic=_share(row["autonomic"]),
        constant=row.get("constant", "") == "yes",
        status=Status(row["status"]),
    )


def _effect(row: dict[str, str]) -> Effect:
    return Effect(
        disorder=row["disorder"],
        variant=row["variant"],
        unit=row["unit"],
        inclusion=_share(row["inclusion"]),
        channel=row["channel"],
        target=row["target"],
        amount=_share(row["amount"]),
        status=Status(row["status"]),
    )


def _structure(row: dict[str, str]) -> StructureSign:
    return StructureSign(
        disorder=row["disorder"],
        variant=row["variant"],
        kinds=tuple(row["kind"].split("|")),
        where=row["where"],
        regions=tuple(r for r in row["region"].split("|") if r),
        mri=_share(row["mri"]),
        ultrasound=_share(row["ultrasound"]),
        other=_share(row["other"]),
        status=Status(row["status"]),
        source=row["source"],
    )


@cache
def _status(text: str) -> Status:
    """Return a status; thousands of rows share few."""
    return Status(text)


def _association(row: dict[str, str]) -> Association:
    probability = _share(row["probability"])
    if not 0 < probability < 1:
        raise ValueError(f"{row['feature']}: a probability of {probability} would rule out for ever")
    return Association(
        disorder=row["disorder"],
        variant=row.get("variant", "") or "*",
        feature=row["feature"],
        probability=probability,
        at_lesion=row["at"] == "lesion",
        status=_status(row["status"]),
        source=row["source"],
    )


def _incidental(row: dict[str, str]) -> Incidental:
    return Incidental(
        kind=row["kind"],
        region=row["region"],
        under_50=_share(row["probability_under_50"]),
        over_50=_share(row["probability_over_50"]),
        status=Status(row["status"]),
    )


def _resolve_associations(disorders: dict[str, Disorder], rows: list[Association]) -> dict[str, dict[str, Association]]:
    by_key: dict[str, dict[str, Association]] = defaultdict(dict)
    for row in rows:
        by_key[row.disorder][row.feature] = row
    unknown = {k for k in by_key if not k.startswith("@") and k not in disorders}
    if unknown:
        raise DataFileError(f"associations name unknown disorders: {sorted(unknown)}")
    return {d.id: {**by_key.get(f"@{d.group}", {}), **by_key.get(d.id, {})} for d in disorders.values()}


def _by_variant(rows: list[Association]) -> dict[tuple[str, str], dict[str, Association]]:
    out: dict[tuple[str, str], dict[str, Association]] = defaultdict(dict)
    for row in rows:
        out[row.disorder, row.variant][row.feature] = row
    return dict(out)


def _time_courses(disorders: dict[str, Disorder]) -> dict[tuple[str, str], TimeCourse]:
    """Return the time courses of each disorder; a row for a group counts for all of it."""
    columns = ("disorder", "feature", "day", "share", "status", "source")
    points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in read_table(_PACKAGE, f"{_BACKGROUND}/time_courses.csv", columns):
        named = row["disorder"]
        members = [d.id for d in disorders.values() if f"@{d.group}" == named] or [named]
        for member in members:
            if member not in disorders:
                raise DataFileError(f"time_courses.csv names an unknown disorder: {named!r}")
            points[member, row["feature"]].append((float(row["day"]), _share(row["share"])))
    out = {}
    for (disorder, feature), values in points.items():
        days, shares = zip(*sorted(values), strict=True)
        out[disorder, feature] = TimeCourse(disorder=disorder, feature=feature, days=days, shares=shares)
    return out


def _company(disorders: dict[str, Disorder]) -> dict[frozenset[str], float]:
    """Return how much more often than by chance pairs of disorders come together."""
    out: dict[frozenset[str], float] = {}
    for row in read_table(_PACKAGE, f"{_BACKGROUND}/company.csv", ("disorder", "other", "factor", "status", "source")):
        pair = frozenset((row["disorder"], row["other"]))
        unknown = sorted(pair - set(disorders))
        if unknown or len(pair) < 2 or pair in out or float(row["factor"]) <= 0:
            raise DataFileError(f"company.csv: {sorted(pair)} must be two known disorders, named once, with a factor")
        out[pair] = float(row["factor"])
    return out


def _sources(names: Iterable[str]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for family in names:
        for row in read_table(_PACKAGE, f"{family}/sources.csv", ("id", "citation", "doi", "url")):
            sources[row["id"]] = Source(
                id=row["id"], citation=row["citation"], doi=row["doi"] or None, url=row["url"] or None
            )
    return sources


def _check(catalogue: Catalogue) -> None:
    for disorder in catalogue.disorders.values():
        for name, shares in (("tempo", disorder.tempo), ("course", disorder.course)):
            if abs(sum(shares) - 1) > 0.011:
                raise DataFileError(f"{disorder.id}: {name} sums to {sum(shares):.3f}, must be 1")
        variants = catalogue.variants.get(disorder.id, ())
        total = sum(v.weight for v in variants)
        if abs(total - 1) > 0.011:
            raise DataFileError(f"{disorder.id}: variant weights sum to {total:.3f}, must be 1")
        known = {"*", *(v.id for v in variants)}
        tables = (catalogue.lesions, catalogue.effects, catalogue.structure)
        for table in tables:
            for row in table.get(disorder.id, ()):
                _check_variant(disorder.id, row.variant, known)
        for owner, variant in catalogue.variant_associations:
            if owner == disorder.id:
                _check_variant(owner, variant, known)


def _check_variant(disorder: str, variant: str, known: set[str]) -> None:
    if variant not in known:
        raise DataFileError(f"{disorder}: no variant {variant!r}; known: {sorted(known)}")
