"""Find the ways through the graph from the cord to a target.

A way belongs to one root: every segment on it carries that root, belongs to a kind that the
fibre class may use, and two fascicles of one nerve are never mixed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from ranvier.anatomy.records import Fibre, Segment, SegmentKind

_SENSORY_ONLY = frozenset({SegmentKind.ROOT_ENTRY, SegmentKind.DORSAL_ROOT, SegmentKind.GANGLION})
_MOTOR_ONLY = frozenset({SegmentKind.CORD, SegmentKind.NUCLEUS, SegmentKind.VENTRAL_ROOT})
_BARRED = {
    Fibre.MOTOR: _SENSORY_ONLY | {SegmentKind.AUTONOMIC},
    Fibre.SENSORY: _MOTOR_ONLY | {SegmentKind.AUTONOMIC},
    Fibre.SMALL: _MOTOR_ONLY | {SegmentKind.AUTONOMIC},
    Fibre.AUTONOMIC: _SENSORY_ONLY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way: the segments in order, proximal first, and its share among parallel ways."""

    segments: tuple[int, ...]
    share: float


class RouteFinder:
    """Finds routes over a fixed set of segments.

    Parameters
    ----------
    segments : tuple of Segment
        All segments, in index order.
    """

    def __init__(self, segments: tuple[Segment, ...]) -> None:
        self._segments = segments
        self._into: dict[str, list[Segment]] = {}
        for segment in segments:
            self._into.setdefault(segment.target, []).append(segment)

    def find(self, origins: frozenset[str], target: str, root: str, fibre: Fibre) -> tuple[Route, ...]:
        """Return all routes of a root from one of `origins` to `target`, in the order of the table."""
        return tuple(
            Route(segments=tuple(s.index for s in way), share=prod(s.share for s in way))
            for way in self._walk(origins, target, root, fibre, ())
        )

    def reaching(self, target: str) -> frozenset[str]:
        """Return the roots that can reach `target` by the segments, by any fibre class."""
        segments = self._into.get(target, [])
        roots = {root for segment in segments for root in segment.roots}
        return frozenset(root for root in roots if self._reached(target, root))

    def _reached(self, target: str, root: str) -> bool:
        origins = frozenset({f"{root}.cord", f"{root}.nucleus"})
        return any(True for fibre in Fibre for _ in self._walk(origins, target, root, fibre, ()))

    def _walk(
        self, origins: frozenset[str], node: str, root: str, fibre: Fibre, beyond: tuple[Segment, ...]
    ) -> Iterator[tuple[Segment, ...]]:
        if node in origins:
            yield beyond
            return
        fascicle = next((s.fascicle for s in beyond if s.fascicle), None)
        for segment in self._into.get(node, ()):
            if root not in segment.roots or segment.kind in _BARRED[fibre]:
                continue
            if fascicle and segment.fascicle and segment.fascicle != fascicle:
                continue
            yield from self._walk(origins, segment.source, root, fibre, (segment, *beyond))
