"""A nerve as a tree: its landmarks in order, the tunnels between them, and what leaves where."""

from collections.abc import Iterator
from dataclasses import dataclass

from ranvier.anatomy.graph import NerveGraph
from ranvier.anatomy.records import NodeKind, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeTarget:
    """A muscle, skin area or organ that a nerve supplies, with its roots (the main ones first)."""

    id: str
    name: str
    kind: NodeKind
    roots: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeStop:
    """A landmark of a nerve.

    Attributes
    ----------
    node : str
        Node id.
    name : str
        The landmark in words.
    at_cm : float
        Distance from the start of the nerve.
    tunnels : tuple of str
        Names of the tunnels passed on the way to this landmark.
    targets : tuple of TreeTarget
        What is supplied from here.
    branches : tuple of NerveTree
        Nerves that leave here.
    """

    node: str
    name: str
    at_cm: float
    tunnels: tuple[str, ...]
    targets: tuple[TreeTarget, ...]
    branches: tuple["NerveTree", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveTree:
    """A nerve with its roots and its landmarks, proximal first."""

    nerve: str
    name: str
    roots: tuple[str, ...]
    stops: tuple[TreeStop, ...]


def nerve_tree(graph: NerveGraph, nerve: str) -> NerveTree:
    """Return a nerve with all its branches.

    Parameters
    ----------
    graph : NerveGraph
        The graph.
    nerve : str
        Id of a nerve.

    Raises
    ------
    UnknownNameError
        If there is no such nerve.

    Examples
    --------
    >>> from ranvier.anatomy import load_graph
    >>> nerve_tree(load_graph(), "median").stops[-1].tunnels
    ('carpal tunnel',)
    """
    return _tree(graph, nerve, (), None)


def render_tree(tree: NerveTree) -> str:
    """Return a tree as indented text: landmarks with distance, tunnels, muscles and skin with roots."""
    return "\n".join(_lines(tree, ""))


def _tree(graph: NerveGraph, nerve: str, above: tuple[str, ...], leaves_at: str | None) -> NerveTree:
    """Return a nerve from where it leaves another: a division is not told twice along the trunk that it runs in."""
    segments = [graph.segments[i] for i in graph.nerve_segments(nerve)]
    if leaves_at is not None:
        segments = _beyond(segments, leaves_at)
    at_cm: dict[str, float] = {}
    for segment in segments:
        at_cm.setdefault(segment.target, at_cm.get(segment.source, 0.0) + segment.length_cm)
    roots = {root for segment in segments for root in segment.roots}
    return NerveTree(
        nerve=nerve,
        name=graph.nerves[nerve].name,
        roots=tuple(root for root in graph.roots if root in roots),
        stops=tuple(_stop(graph, node, distance, segments, (*above, nerve)) for node, distance in at_cm.items()),
    )


def _beyond(segments: list[Segment], node: str) -> list[Segment]:
    """Return the segments that lie beyond a node; segments are proximal first."""
    reached, out = {node}, []
    for segment in segments:
        if segment.source in reached:
            reached.add(segment.target)
            out.append(segment)
    return out


def _stop(graph: NerveGraph, node: str, at_cm: float, own: list[Segment], above: tuple[str, ...]) -> TreeStop:
    leaving = [s for s in graph.segments if s.source == node]
    branches = dict.fromkeys(s.nerve for s in leaving if s.nerve and s.nerve not in above)
    return TreeStop(
        node=node,
        name=graph.nodes[node].name,
        at_cm=at_cm,
        tunnels=tuple(graph.tunnels[s.tunnel].name for s in own if s.target == node and s.tunnel),
        targets=tuple(_target(graph, s.target) for s in leaving if graph.nodes[s.target].kind is not NodeKind.LANDMARK),
        branches=tuple(_tree(graph, branch, above, node) for branch in branches),
    )


def _target(graph: NerveGraph, node: str) -> TreeTarget:
    kind, id_ = graph.nodes[node].kind, node.rpartition(".")[0]
    if kind is NodeKind.MUSCLE:
        return TreeTarget(id=id_, name=graph.muscles[id_].name, kind=kind, roots=graph.muscles[id_].roots)
    record = graph.areas[id_] if kind is NodeKind.AREA else graph.organs[id_]
    ranked = sorted(record.roots, key=lambda root: -root.weight)
    return TreeTarget(id=id_, name=record.name, kind=kind, roots=tuple(root.id for root in ranked))


def _lines(tree: NerveTree, indent: str) -> Iterator[str]:
    yield f"{indent}{tree.name} nerve ({' '.join(tree.roots)})"
    inner = indent + "  "
    for stop in tree.stops:
        for tunnel in stop.tunnels:
            yield f"{inner}[tunnel] {tunnel}"
        yield f"{inner}{stop.at_cm:.0f} cm  {stop.name}"
        for target in stop.targets:
            yield f"{inner}    {target.kind.value}: {target.name} ({' '.join(target.roots)})"
        for branch in stop.branches:
            yield from _lines(branch, inner + "    ")
