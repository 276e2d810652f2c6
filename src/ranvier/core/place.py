"""Where on the body something is, and where in the case files it was written."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Side of the body. `UNKNOWN` means that nobody said: it is not `BOTH`."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    MIDLINE = "midline"
    UNKNOWN = "unknown"


_MIRROR = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}


def mirrored(side: Side) -> Side:
    """Return the other side; both, midline and unknown stay as they are.

    >>> mirrored(Side.LEFT), mirrored(Side.BOTH)
    (<Side.RIGHT: 'right'>, <Side.BOTH: 'both'>)
    """
    return _MIRROR.get(side, side)


WHOLE_BODY = "whole_body"
"""Id of the region that stands for a side of the body where no place was named."""


class PlaceKind(StrEnum):
    """What kind of id of the nerve graph a place names."""

    MUSCLE = "muscle"
    AREA = "area"
    REFLEX = "reflex"
    ORGAN = "organ"
    NERVE = "nerve"
    NODE = "node"
    ROOT = "root"
    TUNNEL = "tunnel"
    STUDY = "study"
    REGION = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One or more ids of one kind on the nerve graph, with a side.

    Attributes
    ----------
    kind : PlaceKind
        The table that `ids` belong to.
    ids : tuple of str
        At least one id. Several ids mean that one statement was made of them together
        ("all intrinsic hand muscles 2/5").
    side : Side
        Side of the body.
    label : str
        The place in words, for the report.
    """

    kind: PlaceKind
    ids: tuple[str, ...]
    side: Side
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a statement stands in the case: file, row or line, column, and what was written."""

    file: str
    row: int | None = None
    column: str | None = None
    text: str = ""
