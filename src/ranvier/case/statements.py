"""Features of the vocabulary in ``case.yaml``: history, signs, results in words, genes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ranvier.case.angles import read_angle
from ranvier.case.context import Context, origin_of
from ranvier.case.places import AREAS, MUSCLES, STRUCTURES
from ranvier.case.records import FeatureStatement, Sensation
from ranvier.case.risk_drugs import note_low_exposure, risk_drug
from ranvier.case.schema import FeatureItem
from ranvier.case.vocabulary import Feature
from ranvier.case.words import read_presence, read_side
from ranvier.core import WHOLE_BODY, Origin, Place, PlaceKind, Side, UnknownNameError

_SYMPTOM_IN_AREA = "paraesthesia_in_area"
_LOOK_FIRST = {
    "area": (*AREAS, "nerve", "root", "tunnel"),
    "muscle": (*MUSCLES, "nerve", "root"),
    "nerve": ("nerve", "tunnel", "node", "root"),
    "tunnel": ("tunnel", "nerve"),
    "root": ("root", "node"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """Features that were looked for, and symptoms that belong to an area of skin."""

    features: tuple[FeatureStatement, ...]
    symptoms: tuple[Sensation, ...]


def read_statements(section: str, items: Iterable[FeatureItem], context: Context) -> Statements:
    """Return the statements of one section; entries that cannot be used are noted.

    A side without a place is kept: the place is then that side of the body. A feature whose status is
    unknown was not looked for and gives nothing. Paraesthesia with an area becomes a sensory symptom of
    that area.
    """
    features: list[FeatureStatement] = []
    symptoms: list[Sensation] = []
    for item in items:
        origin = origin_of(item, section, item.text, item.variant, item.item)
        try:
            statement = _statement(item, origin, context)
        except UnknownNameError as error:
            context.problems.unknown(replace(origin, text=error.name), error, "the entry")
            continue
        if statement is None or _said_by_another_drug(item, statement, features):
            continue
        if statement.present:
            note_low_exposure(item.item, item.dose, item.taken_days, origin, context.problems)
        if statement.feature == _SYMPTOM_IN_AREA and statement.place and statement.place.kind is PlaceKind.AREA:
            symptoms.append(_symptom(statement, statement.place))
        else:
            features.append(statement)
    return Statements(features=tuple(features), symptoms=tuple(symptoms))


def _said_by_another_drug(item: FeatureItem, statement: FeatureStatement, before: list[FeatureStatement]) -> bool:
    """Tell whether another drug of the same class already states the feature: two drugs are one exposure."""
    same = (statement.feature, statement.present, statement.place)
    return risk_drug(item.item) is not None and any((s.feature, s.present, s.place) == same for s in before)


def _statement(item: FeatureItem, origin: Origin, context: Context) -> FeatureStatement | None:
    feature = context.vocabulary.feature(item.item)
    present = read_presence(item.status)
    side = read_side(item.side)
    if present is None:
        return None
    names = item.at or item.area
    place = _place(feature, names, side, item.at is None, origin, context)
    angle = read_angle(item, feature.id, present, context)
    if (names and place is None) or not angle.usable:
        return None
    return FeatureStatement(feature=feature.id, present=present, place=place, angle_deg=angle.degrees, origin=origin)


def _place(
    feature: Feature, names: list[str] | None, side: Side, only_areas: bool, origin: Origin, context: Context
) -> Place | None:
    if names:
        kinds = (*AREAS, "nerve", "root") if only_areas else _LOOK_FIRST.get(feature.place_kind, STRUCTURES)
        return context.places.read(names, side, tuple(dict.fromkeys((*kinds, *STRUCTURES))), origin)
    if feature.default_place:
        return context.places.term(feature.default_place, side, feature.name)
    if side in (Side.LEFT, Side.RIGHT, Side.BOTH):
        return Place(kind=PlaceKind.REGION, ids=(WHOLE_BODY,), side=side, label="side of the body")
    return None


def _symptom(statement: FeatureStatement, place: Place) -> Sensation:
    return Sensation(
        place=place,
        modality="any",
        result="altered" if statement.present else "normal",
        symptom=True,
        origin=statement.origin,
    )
