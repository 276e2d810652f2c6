"""The vocabulary of the case: features, image kinds, imaging regions and laboratory tests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import UnknownNameError, read_table

_PACKAGE = "ranvier.case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Something that can be looked for and be present or absent.

    Features that report the same underlying fact share a `correlation_group`.
    """

    id: str
    name: str
    category: str
    correlation_group: str
    hpo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageKind:
    """A kind of change that imaging can show."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingRegion:
    """A region of the body that a study shows."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabTest:
    """A laboratory test with its usual unit."""

    id: str
    name: str
    specimen: str
    loinc: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All names of the case that are not anatomical, with forgiving look-up."""

    features: Mapping[str, Feature]
    image_kinds: Mapping[str, ImageKind]
    regions: Mapping[str, ImagingRegion]
    lab_tests: Mapping[str, LabTest]
    names: Mapping[str, Mapping[str, str]]

    def resolve(self, what: str, name: str) -> str:
        """Return the id that a name stands for.

        Parameters
        ----------
        what : {"feature", "image kind", "imaging region", "laboratory test"}
            The table to look in.
        name : str
            An id, name, synonym or code; case and punctuation do not matter.

        Raises
        ------
        UnknownNameError
            If the table does not have the name; the text names the nearest.
        """
        table = self.names[what]
        key = normalised(name)
        if key not in table:
            raise UnknownNameError(what, name, table)
        return table[key]


def normalised(name: str) -> str:
    """Return a name in lower case with single spaces for punctuation.

    >>> normalised(" Straight-leg_raise ")
    'straight leg raise'
    """
    return re.sub(r"[^a-z0-9<>+]+", " ", name.lower()).strip()


@cache
def load_vocabulary() -> Vocabulary:
    """Return the packaged vocabulary."""
    features = read_table(_PACKAGE, "features.csv", ("id", "name", "category", "correlation_group", "hpo", "synonyms"))
    kinds = read_table(_PACKAGE, "image_kinds.csv", ("id", "name", "synonyms"))
    regions = read_table(_PACKAGE, "regions.csv", ("id", "name", "synonyms"))
    tests = read_table(_PACKAGE, "lab_tests.csv", ("id", "name", "specimen", "loinc", "unit", "synonyms"))
    return Vocabulary(
        features={
            r["id"]: Feature(
                id=r["id"],
                name=r["name"],
                category=r["category"],
                correlation_group=r["correlation_group"],
                hpo=r["hpo"],
            )
            for r in features
        },
        image_kinds={r["id"]: ImageKind(id=r["id"], name=r["name"]) for r in kinds},
        regions={r["id"]: ImagingRegion(id=r["id"], name=r["name"]) for r in regions},
        lab_tests={
            r["id"]: LabTest(id=r["id"], name=r["name"], specimen=r["specimen"], loinc=r["loinc"], unit=r["unit"])
            for r in tests
        },
        names={
            "feature": _index(features, "hpo"),
            "image kind": _index(kinds),
            "imaging region": _index(regions),
            "laboratory test": _index(tests, "loinc"),
        },
    )


def _index(rows: list[dict[str, str]], code: str = "") -> dict[str, str]:
    index: dict[str, str] = {}
    for row in rows:
        names = [row["id"], row["name"], *row["synonyms"].split("|"), row[code] if code else ""]
        for name in names:
            if normalised(name):
                index.setdefault(normalised(name), row["id"])
    return index
