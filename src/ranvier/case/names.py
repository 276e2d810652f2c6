"""Turn the words of a case into places of the nerve graph and sides of the body."""

from collections.abc import Sequence

from ranvier.anatomy import NerveGraph
from ranvier.case.vocabulary import normalised
from ranvier.core import Place, PlaceKind, Side, UnknownNameError

_SIDES = {
    "left": Side.LEFT, "l": Side.LEFT, "lt": Side.LEFT, "sin": Side.LEFT, "links": Side.LEFT,
    "right": Side.RIGHT, "r": Side.RIGHT, "rt": Side.RIGHT, "dex": Side.RIGHT, "rechts": Side.RIGHT,
    "both": Side.BOTH, "bilateral": Side.BOTH, "b": Side.BOTH, "l r": Side.BOTH, "left and right": Side.BOTH,
    "midline": Side.MIDLINE, "unknown": Side.UNKNOWN, "": Side.UNKNOWN,
}  # fmt: skip
_FAMILY = {
    "muscle": PlaceKind.MUSCLE, "movement": PlaceKind.MUSCLE, "muscle_group": PlaceKind.MUSCLE,
    "area": PlaceKind.AREA, "area_group": PlaceKind.AREA,
    "reflex": PlaceKind.REFLEX, "reflex_group": PlaceKind.REFLEX,
    "nerve": PlaceKind.NERVE, "node": PlaceKind.NODE, "root": PlaceKind.ROOT, "tunnel": PlaceKind.TUNNEL,
    "organ": PlaceKind.ORGAN,
}  # fmt: skip
MUSCLES = ("muscle", "movement", "muscle_group")
AREAS = ("area", "area_group")
REFLEXES = ("reflex", "reflex_group")
STRUCTURES = ("tunnel", "nerve", "root", "node", "muscle", "muscle_group", "area", "area_group")
NCS_REGIONS = ("arms", "legs", "limbs", "arm", "leg", "face")


def read_side(text: str) -> Side:
    """Return the side that a word stands for.

    Raises
    ------
    UnknownNameError
        If the word is no side.
    """
    key = normalised(text)
    if key not in _SIDES:
        raise UnknownNameError("side", text, ("left", "right", "both", "midline"))
    return _SIDES[key]


def read_place(graph: NerveGraph, names: Sequence[str], side: Side, kinds: tuple[str, ...]) -> Place:
    """Return the place that one or several names stand for together.

    Groups and movements become their muscles or areas. All names must be of one family.

    Raises
    ------
    UnknownNameError
        If a name is unknown, or of another family than the first.
    """
    family: PlaceKind | None = None
    ids: dict[str, None] = {}
    for name in names:
        kind, id_ = graph.resolve(name, kinds)
        own = _FAMILY[kind]
        if family is not None and own is not family:
            raise UnknownNameError(family.value, name)
        family = own
        expands = own in (PlaceKind.MUSCLE, PlaceKind.AREA, PlaceKind.REFLEX)
        ids.update(dict.fromkeys(graph.expand(own.value, id_) if expands else (id_,)))
    if family is None:
        raise UnknownNameError("place", "")
    return Place(kind=family, ids=tuple(ids), side=side, label=", ".join(n.replace("_", " ") for n in names))
