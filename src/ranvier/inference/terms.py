"""Turn the location terms of the disorder tables into sets of segments on both sides.

The graph knows one side; here every segment exists twice: index ``i`` is the left one and
``i + n_segments`` the right one.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import NerveGraph, SegmentKind, load_graph
from ranvier.core import WHOLE_BODY, DataFileError, Place, PlaceKind, Side, read_table

BoolArray = NDArray[np.bool_]

LENGTH_DEPENDENT = "length_dependent"
TERMINAL = "terminal"
SPECIAL = frozenset({LENGTH_DEPENDENT, TERMINAL})

_ROOT_ORDER = (
    *(f"C{i}" for i in range(1, 9)),
    *(f"T{i}" for i in range(1, 13)),
    *(f"L{i}" for i in range(1, 6)),
    *(f"S{i}" for i in range(1, 6)),
)
_ROOT_KINDS = (SegmentKind.VENTRAL_ROOT, SegmentKind.DORSAL_ROOT)
_NERVE_KINDS = (SegmentKind.PLEXUS, SegmentKind.NERVE, SegmentKind.BRANCH)


def both_sides(segments: tuple[int, ...], side: Side, n_segments: int) -> BoolArray:
    """Return a mask over the segments of both sides, ``(2 * n_segments,)`` bool.

    A side that is both, midline or unknown marks the segments on either side.
    """
    mask = np.zeros(2 * n_segments, dtype=np.bool_)
    index = np.asarray(segments, dtype=np.intp)
    if side is not Side.RIGHT:
        mask[index] = True
    if side is not Side.LEFT:
        mask[index + n_segments] = True
    return mask


def root_range(text: str) -> tuple[str, ...]:
    """Return the roots of ``L2-S1`` or of a single root.

    >>> root_range("L4-S1")
    ('L4', 'L5', 'S1')
    """
    if "-" not in text:
        return (text,)
    first, last = text.split("-")
    if first not in _ROOT_ORDER or last not in _ROOT_ORDER:
        raise DataFileError(f"{text!r} is not a range of roots such as L2-S1")
    return _ROOT_ORDER[_ROOT_ORDER.index(first) : _ROOT_ORDER.index(last) + 1]


@cache
def term_segments(term: str) -> tuple[int, ...]:
    """Return the segments of one location term, on one side; the special terms have none.

    Raises
    ------
    UnknownNameError
        If the graph does not have the place.
    """
    graph = load_graph()
    if term in SPECIAL:
        return ()
    general = _general_term(graph, term)
    if general is not None:
        return general
    kind, _, name = term.partition(":")
    if kind in ("root", "ventral_root", "dorsal_root", "ganglion", "spinal_nerve", "horn"):
        parts = [graph.segments_at(f"{kind}:{root}") for root in root_range(name)]
        return tuple(sorted({s for part in parts for s in part}))
    if kind == "cranial":
        return graph.segments_at(f"nerve:{name}")
    return graph.segments_at(term)


def _general_term(graph: NerveGraph, term: str) -> tuple[int, ...] | None:
    kinds: tuple[SegmentKind, ...]
    if term == "all_roots":
        kinds = _ROOT_KINDS
    elif term == "all_ganglia":
        kinds = (SegmentKind.GANGLION,)
    elif term == "all_horns":
        kinds = (SegmentKind.CORD, SegmentKind.NUCLEUS)
    elif term == "diffuse":
        kinds = (SegmentKind.SPINAL_NERVE, SegmentKind.PLEXUS, SegmentKind.NERVE, SegmentKind.BRANCH)
    elif term == "entrapment_sites":
        rows = read_table("ranvier.inference", "entrapment_sites.csv", ("tunnel",))
        return tuple(sorted({s for row in rows for s in graph.segments_at(f"tunnel:{row['tunnel']}")}))
    else:
        return None
    return tuple(s.index for s in graph.segments if s.kind in kinds)


def term_mask(terms: tuple[str, ...], side: Side) -> BoolArray:
    """Return the segments that a lesion at `terms` covers, ``(2 * n_segments,)`` bool."""
    graph = load_graph()
    segments = tuple(sorted({s for term in terms for s in term_segments(term)}))
    return both_sides(segments, side, len(graph.segments))


class Reach(StrEnum):
    """How much of the nerves a patch of skin stands for."""

    END = "end"
    """The last segments of its own nerves: a Tinel sign or a numb patch."""
    WHOLE = "whole"
    """The whole way of its own nerves, from the root on: what is seen in a territory, such as a rash."""
    PASSING = "passing"
    """The end of its own nerves and every nerve or plexus that runs beneath: an injury, a mass, a tender spot."""


@lru_cache(maxsize=4096)
def place_mask(place: Place, reach: Reach = Reach.END) -> BoolArray | None:
    """Return the segments that a place names, or None when it names no nerve structure.

    A skin area stands for the last segments of its nerves and a muscle for those of its own: a
    Tinel sign "over the sole" is a sign of the nerves that end there. A point of a nerve stands for the
    stretches on both sides of it. A side of the body without a place stands for everything on that side.

    Parameters
    ----------
    place : Place
        Where.
    reach : Reach
        What a patch of skin stands for.
    """
    graph = load_graph()
    if place.kind is PlaceKind.REGION and place.ids == (WHOLE_BODY,) and place.side in (Side.LEFT, Side.RIGHT):
        return both_sides(tuple(range(len(graph.segments))), place.side, len(graph.segments))
    segments: set[int] = set()
    for id_ in place.ids:
        segments.update(_place_segments(graph, place.kind, id_, reach))
    if not segments:
        return None
    return both_sides(tuple(sorted(segments)), place.side, len(graph.segments))


def _place_segments(graph: NerveGraph, kind: PlaceKind, id_: str, reach: Reach) -> tuple[int, ...]:
    if kind in (PlaceKind.NERVE, PlaceKind.TUNNEL):
        return graph.segments_at(f"{kind.value}:{id_}")
    if kind is PlaceKind.NODE:
        arriving = tuple(s.index for s in graph.segments if s.target == id_ and s.nerve)
        return (*graph.segments_at(f"node:{id_}"), *arriving)
    if kind is PlaceKind.ROOT:
        return (*graph.segments_at(f"root:{id_}"), *graph.segments_at(f"spinal_nerve:{id_}"))
    if kind is PlaceKind.MUSCLE:
        paths = graph.paths("muscle", id_, "motor")
        return tuple(s for path in paths for s in path.segments[-2:])
    if kind is PlaceKind.AREA:
        paths = graph.paths("area", id_, "sensory")
        own = tuple(s for path in paths for s in (path.segments if reach is Reach.WHOLE else path.segments[-2:]))
        return (*own, *_beneath(graph, id_)) if reach is Reach.PASSING else own
    return ()


def _beneath(graph: NerveGraph, area: str) -> tuple[int, ...]:
    """Return the stretches of nerve and plexus that run beneath a patch of skin, whether they end there or not."""
    rows = _passing()
    under = rows.get(("area", area)) or rows[("region", graph.areas[area].region)]
    near = (s for s in graph.segments if s.kind in _NERVE_KINDS)
    return tuple(
        s.index for s in near if any(s.mri_station in stations and (not of or s.nerve in of) for stations, of in under)
    )


@cache
def _passing() -> Mapping[tuple[str, str], tuple[tuple[frozenset[str], frozenset[str]], ...]]:
    """Return what runs beneath each region of the skin, or one patch of it: stations, and nerves where not all do."""
    rows = read_table("ranvier.inference", "passing.csv", ("kind", "id", "stations", "nerves", "status"))
    out: dict[tuple[str, str], tuple[tuple[frozenset[str], frozenset[str]], ...]] = {}
    for row in rows:
        nerves = frozenset(row["nerves"].split(";") if row["nerves"] else ())
        key = (row["kind"], row["id"])
        out[key] = (*out.get(key, ()), (frozenset(row["stations"].split(";")), nerves))
    return out
