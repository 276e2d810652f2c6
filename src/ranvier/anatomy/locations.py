"""Location terms: ``tunnel:carpal_tunnel``, ``nerve:median``, ``root:C6`` and the like, as segments."""

from collections.abc import Callable, Iterable, Mapping

from ranvier.anatomy.records import Node, NodeKind, Segment, SegmentKind, Tunnel
from ranvier.core import UnknownNameError

TERMS = (
    "tunnel",
    "nerve",
    "node",
    "root",
    "ventral_root",
    "dorsal_root",
    "ganglion",
    "spinal_nerve",
    "horn",
    "between",
    "muscle",
    "area",
    "organ",
)

_ROOT_KINDS = {
    "root": (SegmentKind.VENTRAL_ROOT, SegmentKind.DORSAL_ROOT),
    "ventral_root": (SegmentKind.VENTRAL_ROOT,),
    "dorsal_root": (SegmentKind.DORSAL_ROOT,),
    "ganglion": (SegmentKind.GANGLION,),
    "spinal_nerve": (SegmentKind.SPINAL_NERVE,),
    "horn": (SegmentKind.CORD, SegmentKind.NUCLEUS),
}
_OWN_KINDS = frozenset(kind for kinds in _ROOT_KINDS.values() for kind in kinds)
_TWIGS = {"muscle": "muscle", "area": "skin", "organ": "organ"}


class Locations:
    """Turns location terms into segment indices of one graph."""

    def __init__(self, segments: tuple[Segment, ...], nodes: Mapping[str, Node], tunnels: Mapping[str, Tunnel]) -> None:
        self._segments = segments
        self._nodes = nodes
        self._tunnels = tunnels
        self._out: dict[str, list[Segment]] = {}
        self._into: dict[str, list[Segment]] = {}
        for segment in segments:
            self._out.setdefault(segment.source, []).append(segment)
            self._into.setdefault(segment.target, []).append(segment)
        self._nerves = _by_nerve(segments, nodes)
        self.roots = tuple(node.id.rpartition(".")[0] for node in nodes.values() if node.kind is NodeKind.ORIGIN)

    def nerve(self, nerve: str) -> tuple[int, ...]:
        """Return the segments of a nerve, proximal first, without the twigs to its targets."""
        if nerve not in self._nerves:
            raise UnknownNameError("nerve", nerve, self._nerves)
        return self._nerves[nerve]

    def term(self, term: str) -> tuple[int, ...]:
        """Return the segments that a location term names, in index order (a nerve: in its own order)."""
        kind, _, name = term.partition(":")
        if kind not in TERMS:
            raise UnknownNameError("kind of location term", kind, TERMS)
        readers: dict[str, Callable[[str], tuple[int, ...]]] = {
            "tunnel": self._tunnel,
            "nerve": self.nerve,
            "node": self._node,
            "between": self._between,
        }
        if kind in readers:
            return readers[kind](name)
        if kind in _TWIGS:
            return _sorted(self._into.get(self._known_node(f"{name}.{_TWIGS[kind]}"), ()))
        return self._root(kind, name)

    def _tunnel(self, name: str) -> tuple[int, ...]:
        if name not in self._tunnels:
            raise UnknownNameError("tunnel", name, self._tunnels)
        return tuple(s.index for s in self._segments if s.tunnel == name)

    def _node(self, name: str) -> tuple[int, ...]:
        node = self._known_node(name)
        return _sorted(self._out.get(node) or self._into[node])

    def _known_node(self, name: str) -> str:
        if name not in self._nodes:
            raise UnknownNameError("node", name, self._nodes)
        return name

    def _root(self, kind: str, name: str) -> tuple[int, ...]:
        if name not in self.roots:
            raise UnknownNameError("root", name, self.roots)
        kinds = _ROOT_KINDS[kind]
        own = [s for s in self._segments if s.kind in kinds and s.source.partition(".")[0] == name]
        if kind in ("root", "spinal_nerve") and f"{name}.nucleus" in self._nodes:
            own += self._cranial_stem(name)
        return _sorted(own)

    def _cranial_stem(self, nerve: str) -> list[Segment]:
        """Return the first segments of a cranial nerve outside the brainstem."""
        first = {s.target for s in self._out.get(f"{nerve}.nucleus", ()) if s.kind is SegmentKind.NUCLEUS}
        return [s for node in first for s in self._out.get(node, ()) if s.kind not in _OWN_KINDS]

    def _between(self, ends: str) -> tuple[int, ...]:
        start, _, end = ends.partition(":")
        self._known_node(start)
        self._known_node(end)
        after = self._closure(start, self._out, lambda s: s.target)
        before = self._closure(end, self._into, lambda s: s.source)
        common = after & before
        if not common:
            landmarks = (s.target for s in (self._segments[i] for i in after))
            raise UnknownNameError(f"stretch from {start} to a node", end, landmarks)
        return tuple(sorted(common))

    @staticmethod
    def _closure(start: str, steps: Mapping[str, list[Segment]], ahead: Callable[[Segment], str]) -> set[int]:
        found: set[int] = set()
        todo = [start]
        while todo:
            for segment in steps.get(todo.pop(), ()):
                if segment.index not in found:
                    found.add(segment.index)
                    todo.append(ahead(segment))
        return found


def _sorted(segments: Iterable[Segment]) -> tuple[int, ...]:
    return tuple(sorted({s.index for s in segments}))


def _by_nerve(segments: tuple[Segment, ...], nodes: Mapping[str, Node]) -> dict[str, tuple[int, ...]]:
    """Return the segments of each nerve; a segment follows those that end at its source."""
    left_out = (SegmentKind.NUCLEUS, SegmentKind.ROOT_ENTRY)
    own: dict[str, list[Segment]] = {}
    for segment in segments:
        if segment.nerve and segment.kind not in left_out and nodes[segment.target].kind is NodeKind.LANDMARK:
            own.setdefault(segment.nerve, []).append(segment)
    return {nerve: tuple(s.index for s in _in_order(members)) for nerve, members in own.items()}


def _in_order(members: list[Segment]) -> list[Segment]:
    rest, out = list(members), []
    while rest:
        pending = {s.target for s in rest}
        ready = [s for s in rest if s.source not in pending]
        out += ready or rest
        rest = [s for s in rest if ready and s not in ready]
    return out
