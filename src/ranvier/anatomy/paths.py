"""Weighted paths from the cord to muscles, skin areas, organs and along reflex arcs."""

from collections.abc import Iterable, Sequence

from ranvier.anatomy.records import Area, Fibre, Muscle, Organ, Path, Reflex, Segment, Weighted
from ranvier.anatomy.routes import Route, RouteFinder


def origins_of(root: str) -> frozenset[str]:
    """Return the nodes where the paths of a root begin."""
    return frozenset({f"{root}.cord", f"{root}.nucleus"})


class PathMaker:
    """Builds paths over the segments of one graph.

    Parameters
    ----------
    segments : tuple of Segment
        All segments, in index order.
    primary, minor : float
        Weight of a primary and of a minor root of a muscle.
    """

    def __init__(self, segments: tuple[Segment, ...], primary: float, minor: float) -> None:
        self._segments = segments
        self._finder = RouteFinder(segments)
        self._primary = primary
        self._minor = minor

    @property
    def finder(self) -> RouteFinder:
        """Return the route finder."""
        return self._finder

    def muscle(self, muscle: Muscle, fibre: Fibre, roots: Sequence[Weighted] = ()) -> tuple[Path, ...]:
        """Return the paths of a muscle; `roots`, where given, replaces its own root weights."""
        return self._paths(f"{muscle.id}.muscle", muscle.entries, roots or self.muscle_roots(muscle), fibre)

    def muscle_roots(self, muscle: Muscle) -> tuple[Weighted, ...]:
        """Return the roots of a muscle with weights that sum to 1."""
        weights = [(root, self._primary) for root in muscle.roots_primary]
        weights += [(root, self._minor) for root in muscle.roots_minor]
        total = sum(weight for _, weight in weights)
        return tuple(Weighted(id=root, weight=weight / total) for root, weight in weights)

    def area(self, area: Area, fibre: Fibre, roots: Sequence[Weighted] = ()) -> tuple[Path, ...]:
        """Return the paths of a skin area; `roots`, where given, replaces its own root weights."""
        return self._paths(f"{area.id}.skin", area.entries, roots or area.roots, fibre)

    def organ(self, organ: Organ) -> tuple[Path, ...]:
        """Return the paths of an organ, by way of the carriers where it has any."""
        target = f"{organ.id}.organ"
        if not organ.carriers:
            return self._paths(target, organ.entries, organ.roots, Fibre.AUTONOMIC)
        shares = {entry.id: entry.weight for entry in organ.entries}
        ways: list[tuple[str, float, Route]] = []
        for carrier in organ.carriers:
            join = f"{carrier.id}.rami"
            limb = self._finder.find(frozenset({join}), target, carrier.id, Fibre.AUTONOMIC)
            for root in organ.roots:
                trunk = self._finder.find(origins_of(root.id), join, root.id, Fibre.AUTONOMIC)
                joined = [Route(segments=a.segments + b.segments, share=a.share * b.share) for a in trunk for b in limb]
                ways += self._split(root.id, root.weight * carrier.weight, joined, shares)
        return self._normalised(ways)

    def _paths(
        self, target: str, entries: Sequence[Weighted], roots: Iterable[Weighted], fibre: Fibre
    ) -> tuple[Path, ...]:
        shares = {entry.id: entry.weight for entry in entries}
        ways: list[tuple[str, float, Route]] = []
        for root in roots:
            routes = self._finder.find(origins_of(root.id), target, root.id, fibre)
            ways += self._split(root.id, root.weight, routes, shares)
        return self._normalised(ways)

    def _split(
        self, root: str, weight: float, routes: Sequence[Route], shares: dict[str, float]
    ) -> list[tuple[str, float, Route]]:
        parts = [route.share * shares.get(self._segments[route.segments[-1]].source, 0.0) for route in routes]
        total = sum(parts)
        return [(root, weight * part / total, route) for part, route in zip(parts, routes, strict=True) if part > 0]

    def _normalised(self, ways: Sequence[tuple[str, float, Route]]) -> tuple[Path, ...]:
        total = sum(weight for _, weight, _ in ways)
        return tuple(
            Path(
                root=root,
                weight=weight / total,
                segments=route.segments,
                length_cm=sum(self._segments[i].length_cm for i in route.segments),
            )
            for root, weight, route in ways
        )


def reflex_limb(parts: Sequence[tuple[Path, ...]]) -> tuple[Path, ...]:
    """Return the paths of one limb of a reflex arc: its targets count alike."""
    filled = [part for part in parts if part]
    return tuple(
        Path(root=p.root, weight=p.weight / len(filled), segments=p.segments, length_cm=p.length_cm)
        for part in filled
        for p in part
    )


def shared_roots(reflex: Reflex, own: Iterable[str]) -> tuple[Weighted, ...]:
    """Return the roots of a reflex that a target has; none when afferent and efferent nerves differ."""
    known = set(own)
    return tuple(root for root in reflex.roots if root.id in known)
