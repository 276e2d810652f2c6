"""Features that the case states in words, present or absent, each with the modality of its category."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.case import Case, FeatureStatement, load_vocabulary
from ranvier.core import (
    WHOLE_BODY,
    Finding,
    GradedReading,
    Modality,
    Place,
    PresenceReading,
    Reading,
    Side,
    in_words,
    number_in_words,
    read_table,
)

_PACKAGE = "ranvier.examination"


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlacedFeature:
    """A feature that is a graded reading where it has a place of this kind."""

    place_kind: str
    observable: str
    present: str
    absent: str


@cache
def _placed_features() -> Mapping[str, _PlacedFeature]:
    columns = ("feature", "place_kind", "observable", "present", "absent")
    return {
        row["feature"]: _PlacedFeature(
            place_kind=row["place_kind"], observable=row["observable"], present=row["present"], absent=row["absent"]
        )
        for row in read_table(_PACKAGE, "placed_features.csv", columns)
    }


@cache
def _modalities() -> tuple[Mapping[str, Modality], Mapping[str, Modality]]:
    """Return the modality of single features and of categories."""
    features = read_table(_PACKAGE, "feature_modalities.csv", ("feature", "modality"))
    categories = read_table(_PACKAGE, "category_modalities.csv", ("category", "modality"))
    return (
        {row["feature"]: Modality(row["modality"]) for row in features},
        {row["category"]: Modality(row["modality"]) for row in categories},
    )


def modality_of(feature: str) -> Modality:
    """Return where a feature of the vocabulary usually comes from."""
    features, categories = _modalities()
    if feature in features:
        return features[feature]
    return categories[load_vocabulary().features[feature].category]


def statements(case: Case) -> tuple[Finding, ...]:
    """Return one finding for each feature that the case states, in its order."""
    return tuple(_finding(number, s) for number, s in enumerate(case.statements, 1))


def _where(place: Place | None) -> str:
    """Return where a feature was found, in words with a space before them.

    >>> from ranvier.core import PlaceKind
    >>> _where(Place(kind=PlaceKind.REGION, ids=(WHOLE_BODY,), side=Side.LEFT, label=""))
    ' on the left'
    """
    if place is None:
        return ""
    if place.ids == (WHOLE_BODY,):
        return " on both sides" if place.side is Side.BOTH else f" on the {place.side.value}"
    return f" at {in_words(place)}"


def _angle(stated: FeatureStatement) -> str:
    if stated.angle_deg is None:
        return ""
    return f" {'at' if stated.present else 'up to'} {number_in_words(stated.angle_deg)} degrees"


def _finding(number: int, stated: FeatureStatement) -> Finding:
    graded = _placed_features().get(stated.feature)
    place = stated.place
    reading: Reading = PresenceReading(present=stated.present)
    observable = stated.feature
    if graded is not None and place is not None and place.kind.value == graded.place_kind:
        grade = int(stated.present)
        reading = GradedReading(lowest=grade, highest=grade)
        observable = graded.observable
        sentence = f"In {in_words(place)} {graded.present if stated.present else graded.absent}."
    else:
        name = load_vocabulary().features[stated.feature].name
        where = _where(place)
        sentence = (
            f"{name[:1].upper()}{name[1:]}{where} is {'present' if stated.present else 'absent'}{_angle(stated)}."
        )
    return Finding(
        id=f"statement-{number}",
        modality=modality_of(stated.feature),
        observable=observable,
        place=place,
        reading=reading,
        abnormal=stated.present,
        statement=sentence,
        limit=None,
        origin=stated.origin,
    )
