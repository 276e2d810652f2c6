"""Errors, sources, sides and the finding: the value types that every layer shares."""

from ranvier.core.errors import (
    DataFileError,
    MissingExtraError,
    OutsideReferenceError,
    RanvierError,
    UnknownNameError,
    UnreadableCaseError,
    UnreadableImageError,
)
from ranvier.core.finding import (
    Finding,
    GradedReading,
    ImagingProtocol,
    Limit,
    Modality,
    NumericReading,
    PresenceReading,
    Reading,
)
from ranvier.core.optional import optional
from ranvier.core.place import WHOLE_BODY, Origin, Place, PlaceKind, Side, mirrored
from ranvier.core.source import Source, Status, weakest
from ranvier.core.tables import read_sources, read_table
from ranvier.core.wording import in_words, lower_first, number_in_words, side_in_words

__all__ = [
    "WHOLE_BODY",
    "DataFileError",
    "Finding",
    "GradedReading",
    "ImagingProtocol",
    "Limit",
    "MissingExtraError",
    "Modality",
    "NumericReading",
    "Origin",
    "OutsideReferenceError",
    "Place",
    "PlaceKind",
    "PresenceReading",
    "RanvierError",
    "Reading",
    "Side",
    "Source",
    "Status",
    "UnknownNameError",
    "UnreadableCaseError",
    "UnreadableImageError",
    "in_words",
    "lower_first",
    "mirrored",
    "number_in_words",
    "optional",
    "read_sources",
    "read_table",
    "side_in_words",
    "weakest",
]
