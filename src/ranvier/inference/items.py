"""Items: what a test would look at, before anything was found.

An item is written ``observable@kind:id``, such as ``snap_amplitude@study:sural_sensory``; a feature that
belongs to no place is its bare id; a look for a change at one place is written
``mri/root_compressed@root:L5``, and for any change at all ``mri/any``. Simulated patients and planned tests are
made of items, and both use the same reading models as a real finding.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import load_graph
from ranvier.case import load_vocabulary
from ranvier.core import (
    DataFileError,
    Finding,
    GradedReading,
    Modality,
    Origin,
    Place,
    PlaceKind,
    PresenceReading,
    Side,
)
from ranvier.examination import modality_of
from ranvier.inference.observations import IMAGE_PREFIX, Observation, observe_one
from ranvier.inference.parameters import load_reading_models

FloatArray = NDArray[np.float64]

ANY_CHANGE = "any"
"""The kind of image that stands for whatever change a disorder makes."""


@dataclass(frozen=True, slots=True)
class Item:
    """One observable at one place, on no side yet.

    Attributes
    ----------
    text : str
        As written.
    observable : str
        A reading, a feature, or ``image:`` with a kind of change.
    modality : Modality
    kind : PlaceKind or None
        None for a feature of the whole patient.
    ids : tuple of str
    """

    text: str
    observable: str
    modality: Modality
    kind: PlaceKind | None
    ids: tuple[str, ...]

    @property
    def is_reading(self) -> bool:
        """Tell whether it is graded rather than present or absent."""
        return self.observable in load_reading_models()

    def finding(self, side: Side, grade: int, number: int = 0) -> Finding:
        """Return the finding of a grade (readings) or of 1 for present and 0 for absent."""
        reading = (
            GradedReading(lowest=grade, highest=grade) if self.is_reading else PresenceReading(present=bool(grade))
        )
        place = None
        if self.kind is not None:
            place = Place(
                kind=self.kind, ids=self.ids, side=side, label=", ".join(i.replace("_", " ") for i in self.ids)
            )
        return Finding(
            id=f"item-{number}",
            modality=self.modality,
            observable=self.observable,
            place=place,
            reading=reading,
            abnormal=None,
            statement=f"{self.text} {side.value}: {grade}",
            limit=None,
            origin=Origin(file="simulated"),
        )

    def observation(self, side: Side, grade: int) -> Observation:
        """Return the observation of one outcome.

        Raises
        ------
        DataFileError
            If no model can use the item.
        """
        return _observation(self, side, grade)

    @property
    def top(self) -> int:
        """Return the highest outcome: the number of cut points of a reading, 1 for a feature."""
        model = load_reading_models().get(self.observable)
        return len(model.cuts) if model is not None else 1


@lru_cache(maxsize=4096)
def _observation(item: Item, side: Side, grade: int) -> Observation:
    seen = observe_one(item.finding(side, grade))
    if not isinstance(seen, Observation):
        raise DataFileError(f"the item {item.text!r} cannot be used: {seen.reason}")
    return seen


@lru_cache(maxsize=4096)
def parse_item(text: str) -> Item:
    """Return an item by its text.

    Raises
    ------
    DataFileError
        If the text names no known observable or place.

    Examples
    --------
    >>> parse_item("strength@muscle:deltoid").modality.value, parse_item("lab_anti_mag").kind is None
    ('examination', True)
    """
    what, _, where = text.partition("@")
    modality, _, kind_of_change = what.partition("/")
    place_kind, ids = _place(text, where)
    models, vocabulary = load_reading_models(), load_vocabulary()
    if kind_of_change:
        if kind_of_change != ANY_CHANGE and kind_of_change not in vocabulary.image_kinds:
            raise DataFileError(f"the item {text!r} names no known kind of image: {kind_of_change!r}")
        return Item(text, IMAGE_PREFIX + kind_of_change, Modality(modality), place_kind, ids)
    if what in models:
        return Item(text, what, models[what].modality, place_kind, ids)
    if what not in vocabulary.features:
        raise DataFileError(f"the item {text!r} names no reading and no feature: {what!r}")
    if place_kind is None and vocabulary.features[what].default_place:
        place_kind, ids = _place(text, vocabulary.features[what].default_place)
    return Item(text, what, modality_of(what), place_kind, ids)


def _place(text: str, where: str) -> tuple[PlaceKind | None, tuple[str, ...]]:
    if not where:
        return None, ()
    kind, _, ids = where.partition(":")
    try:
        place_kind = PlaceKind(kind)
    except ValueError:
        raise DataFileError(f"the item {text!r} names no known kind of place: {kind!r}") from None
    graph = load_graph()
    out: list[str] = []
    for id_ in ids.split(";"):
        grouped = place_kind in (PlaceKind.MUSCLE, PlaceKind.AREA) and graph.is_group(place_kind.value, id_)
        out.extend(graph.expand(place_kind.value, id_) if grouped else [id_])
    return place_kind, tuple(dict.fromkeys(out))


def on_side(item: Item, side: Side) -> Side:
    """Return the side to state for an item: none where it has no place."""
    return side if item.kind is not None else Side.UNKNOWN
