"""The vocabulary of the case: features, image kinds, imaging regions and laboratory tests.

Names are found whatever their case and punctuation, by id, name, synonym or code; nothing is
guessed. Anatomical names are not here but in `ranvier.anatomy`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from ranvier.anatomy import plain
from ranvier.case.risk_drugs import load_risk_drugs
from ranvier.core import UnknownNameError, read_table

PACKAGE = "ranvier.case"

FeaturePlaceKind = Literal["none", "area", "muscle", "nerve", "tunnel", "root", "any"]
ImagePlaceKind = Literal["nerve", "root", "plexus", "muscle", "cord", "brain", "any"]
Entry = Literal["feature", "image kind", "imaging region", "laboratory test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Something that can be looked for and be present or absent.

    Attributes
    ----------
    id, name, category : str
        Id, name in words, and the part of the vocabulary it belongs to.
    place_kind : str
        What kind of place it can have; ``none`` for a feature of the whole patient.
    default_place : str
        Where it is when the case does not say, such as ``"tunnel:carpal_tunnel"``; or empty.
    correlation_group : str
        Features that report the same underlying fact share a group; empty for one that stands alone.
    hpo : str
        Term of the Human Phenotype Ontology with exactly this meaning, or empty.
    synonyms : tuple of str
        Other names that are accepted.
    """

    id: str
    name: str
    category: str
    place_kind: FeaturePlaceKind = "none"
    default_place: str = ""
    correlation_group: str = ""
    hpo: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageKind:
    """A kind of change that imaging can show, and the kind of structure it is seen in."""

    id: str
    name: str
    place_kind: ImagePlaceKind
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingRegion:
    """A part of the body that is imaged in one study."""

    id: str
    name: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabTest:
    """A laboratory test with its LOINC code (or none) and the units in use, the usual one first."""

    id: str
    name: str
    specimen: str
    loinc: str
    units: tuple[str, ...]
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All names of a case that are not anatomical.

    Attributes
    ----------
    features, image_kinds, regions, lab_tests : mapping of str
        Records by id.
    names : mapping
        For each kind of entry the id of every accepted name.
    """

    features: Mapping[str, Feature]
    image_kinds: Mapping[str, ImageKind]
    regions: Mapping[str, ImagingRegion]
    lab_tests: Mapping[str, LabTest]
    names: Mapping[Entry, Mapping[str, str]]

    def resolve(self, what: Entry, name: str) -> str:
        """Return the id that a name stands for.

        Parameters
        ----------
        what : {"feature", "image kind", "imaging region", "laboratory test"}
            The table to look in.
        name : str
            An id, name, synonym, HPO id (features) or LOINC code (laboratory tests).

        Raises
        ------
        UnknownNameError
            If the table does not know the name; the text names the nearest ones.
        """
        if what not in self.names:
            raise UnknownNameError("kind of entry", what, self.names)
        known = self.names[what]
        if plain(name) not in known:
            raise UnknownNameError(what, name, known)
        return known[plain(name)]

    def knows(self, what: Entry, name: str) -> bool:
        """Tell whether a table knows a name."""
        return plain(name) in self.names.get(what, {})

    def feature(self, name: str) -> Feature:
        """Return a feature by id, name, synonym or HPO id."""
        return self.features[self.resolve("feature", name)]

    def image_kind(self, name: str) -> ImageKind:
        """Return an image kind by id, name or synonym."""
        return self.image_kinds[self.resolve("image kind", name)]

    def region(self, name: str) -> ImagingRegion:
        """Return an imaging region by id, name or synonym."""
        return self.regions[self.resolve("imaging region", name)]

    def lab_test(self, name: str) -> LabTest:
        """Return a laboratory test by id, name, synonym or LOINC code."""
        return self.lab_tests[self.resolve("laboratory test", _LOINC.sub("", name))]


_LOINC = re.compile(r"^\s*loinc\s*[: ]\s*", re.IGNORECASE)


@cache
def load_vocabulary() -> Vocabulary:
    """Return the packaged vocabulary.

    Examples
    --------
    >>> load_vocabulary().feature("Lasègue").id
    'straight_leg_raise'
    """
    features = {f.id: f for f in map(_feature, read_table(PACKAGE, "features.csv", _FEATURE_COLUMNS))}
    kinds = {k.id: k for k in map(_image_kind, read_table(PACKAGE, "image_kinds.csv", _KIND_COLUMNS))}
    regions = {r.id: r for r in map(_region, read_table(PACKAGE, "regions.csv", ("id", "name", "synonyms")))}
    tests = {t.id: t for t in map(_lab_test, read_table(PACKAGE, "lab_tests.csv", _TEST_COLUMNS))}
    return Vocabulary(
        features=features,
        image_kinds=kinds,
        regions=regions,
        lab_tests=tests,
        names={
            "feature": _index(
                [*((f.id, (f.id, f.name, f.hpo, *f.synonyms)) for f in features.values()), *_drug_names()]
            ),
            "image kind": _index((k.id, (k.id, k.name, *k.synonyms)) for k in kinds.values()),
            "imaging region": _index((r.id, (r.id, r.name, *r.synonyms)) for r in regions.values()),
            "laboratory test": _index((t.id, (t.id, t.name, t.loinc, *t.synonyms)) for t in tests.values()),
        },
    )


def _drug_names() -> Iterable[tuple[str, Iterable[str]]]:
    return ((drug.feature, (drug.name, *drug.synonyms)) for drug in load_risk_drugs())


_FEATURE_COLUMNS = (
    "id", "name", "category", "place_kind", "default_place", "correlation_group", "hpo", "synonyms",
)  # fmt: skip
_KIND_COLUMNS = ("id", "name", "place_kind", "synonyms")
_TEST_COLUMNS = ("id", "name", "specimen", "loinc", "units", "synonyms")
_FEATURE_PLACES: Mapping[str, FeaturePlaceKind] = {kind: kind for kind in get_args(FeaturePlaceKind)}
_IMAGE_PLACES: Mapping[str, ImagePlaceKind] = {kind: kind for kind in get_args(ImagePlaceKind)}


def _index(entries: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    index: dict[str, str] = {}
    for id_, names in entries:
        for name in names:
            if plain(name):
                index.setdefault(plain(name), id_)
    return index


def _feature(row: Mapping[str, str]) -> Feature:
    return Feature(
        id=row["id"],
        name=row["name"],
        category=row["category"],
        place_kind=_FEATURE_PLACES[row["place_kind"]],
        default_place=row["default_place"],
        correlation_group=row["correlation_group"],
        hpo=row["hpo"],
        synonyms=_parts(row["synonyms"]),
    )


def _image_kind(row: Mapping[str, str]) -> ImageKind:
    place_kind = _IMAGE_PLACES[row["place_kind"]]
    return ImageKind(id=row["id"], name=row["name"], place_kind=place_kind, synonyms=_parts(row["synonyms"]))


def _region(row: Mapping[str, str]) -> ImagingRegion:
    return ImagingRegion(id=row["id"], name=row["name"], synonyms=_parts(row["synonyms"]))


def _lab_test(row: Mapping[str, str]) -> LabTest:
    return LabTest(
        id=row["id"],
        name=row["name"],
        specimen=row["specimen"],
        loinc=row["loinc"],
        units=_parts(row["units"]),
        synonyms=_parts(row["synonyms"]),
    )


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
