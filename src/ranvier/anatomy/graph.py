"""The nerve graph: segments from the cord to muscles, skin and organs, and what can be asked of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ranvier.anatomy.locations import Locations
from ranvier.anatomy.names import NameIndex
from ranvier.anatomy.paths import PathMaker, reflex_limb, shared_roots
from ranvier.anatomy.records import (
    Area,
    Fibre,
    Group,
    Movement,
    Muscle,
    Nerve,
    Node,
    Organ,
    Path,
    Reflex,
    Segment,
    Tunnel,
    Weighted,
)
from ranvier.core import UnknownNameError

TargetKind = Literal["muscle", "area", "organ"]

_FAMILY = {"movement": "muscle", "muscle_group": "muscle", "area_group": "area", "reflex_group": "reflex"}
_FIBRES = {
    "muscle": (Fibre.MOTOR, Fibre.SENSORY),
    "area": (Fibre.SENSORY, Fibre.SMALL),
    "organ": (Fibre.AUTONOMIC,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All records of a graph."""

    segments: tuple[Segment, ...]
    nodes: Mapping[str, Node]
    nerves: Mapping[str, Nerve]
    muscles: Mapping[str, Muscle]
    areas: Mapping[str, Area]
    organs: Mapping[str, Organ]
    movements: Mapping[str, Movement]
    groups: Mapping[str, Group]
    reflexes: Mapping[str, Reflex]
    tunnels: Mapping[str, Tunnel]
    synonyms: tuple[tuple[str, str, str], ...]
    primary_weight: float
    minor_weight: float
    reference_height_cm: float


class NerveGraph:
    """One side of the peripheral nervous system as a directed graph.

    Attributes
    ----------
    segments : tuple of Segment
        All segments; `Segment.index` is the position here.
    nodes, nerves, muscles, areas, organs, movements, reflexes, tunnels : mapping of str
        Records by id.
    groups : mapping of str
        Records by ``kind:id``, such as ``"muscle:quadriceps"`` or ``"area:dermatome_C6"``.
    reference_height_cm : float
        Stature that `Segment.length_cm` holds for.
    """

    def __init__(self, parts: Parts) -> None:
        self.segments = parts.segments
        self.nodes = parts.nodes
        self.nerves = parts.nerves
        self.muscles = parts.muscles
        self.areas = parts.areas
        self.organs = parts.organs
        self.movements = parts.movements
        self.groups = parts.groups
        self.reflexes = parts.reflexes
        self.tunnels = parts.tunnels
        self.synonyms = parts.synonyms
        self.reference_height_cm = parts.reference_height_cm
        self._maker = PathMaker(parts.segments, parts.primary_weight, parts.minor_weight)
        self._places = Locations(parts.segments, parts.nodes, parts.tunnels)
        self._paths: dict[tuple[str, str, Fibre], tuple[Path, ...]] = {}
        self._arcs: dict[str, tuple[tuple[Path, ...], tuple[Path, ...]]] = {}

    @property
    def roots(self) -> tuple[str, ...]:
        """Return the ids of all roots: ``C1`` to ``S5`` and the cranial nerves."""
        return self._places.roots

    def paths(self, kind: TargetKind, id_: str, fibre: Fibre | str) -> tuple[Path, ...]:
        """Return the weighted paths from the cord to a target.

        Parameters
        ----------
        kind : {"muscle", "area", "organ"}
            Table of the target.
        id_ : str
            Its id.
        fibre : Fibre
            Motor or sensory (from the spindles) for a muscle, sensory or small for an area,
            autonomic for an organ.

        Returns
        -------
        tuple of Path
            Weights sum to 1. Empty when no root has fibres of this class, as for the
            spindles of facial muscles.

        Raises
        ------
        UnknownNameError
            If the kind, the id or the fibre class of that kind does not exist.
        """
        if kind not in _FIBRES:
            raise UnknownNameError("kind of target", kind, _FIBRES)
        if fibre not in _FIBRES[kind]:
            raise UnknownNameError(f"fibre class of a target of the kind {kind}", fibre, _FIBRES[kind])
        key = (kind, id_, Fibre(fibre))
        if key not in self._paths:
            self._paths[key] = self._find_paths(*key, ())
        return self._paths[key]

    def path_of_reflex(self, id_: str) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        """Return the afferent and the efferent paths of a reflex arc; weights of each sum to 1."""
        if id_ not in self.reflexes:
            raise UnknownNameError("reflex", id_, self.reflexes)
        if id_ not in self._arcs:
            self._arcs[id_] = self._find_arc(self.reflexes[id_])
        return self._arcs[id_]

    def _find_arc(self, reflex: Reflex) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        kind: TargetKind = "muscle" if reflex.afferent_kind == "muscle" else "area"
        afferent = [self._arc(reflex, kind, name, reflex.afferent_fibre) for name in reflex.afferent]
        efferent = [self._arc(reflex, "muscle", name, Fibre.MOTOR) for name in reflex.muscles]
        return reflex_limb(afferent), reflex_limb(efferent)

    def nerve_segments(self, nerve: str) -> tuple[int, ...]:
        """Return the segments of a nerve from proximal to distal, without the twigs to its targets."""
        return self._places.nerve(nerve)

    def segments_at(self, term: str) -> tuple[int, ...]:
        """Return the segments that a location term names: a cut there cuts every path that passes.

        Parameters
        ----------
        term : str
            ``tunnel:carpal_tunnel``, ``nerve:median``, ``node:upper_trunk`` (the segments that
            leave the node), ``root:C6`` (ventral and dorsal root, before the ganglion),
            ``ventral_root:C6``, ``dorsal_root:C6``, ``ganglion:C6``, ``spinal_nerve:C6`` (mixed,
            beyond the ganglion), ``horn:C6`` (anterior horn, or nucleus of a cranial nerve),
            ``between:median.elbow:median.wrist``, ``muscle:deltoid``, ``area:heel`` or
            ``organ:bladder`` (the last twigs). Tunnels and nerves may be given by a synonym.

        Raises
        ------
        UnknownNameError
            If the form of the term or the place does not exist.
        """
        kind, _, name = term.partition(":")
        if kind in ("tunnel", "nerve") and name and name not in self.tunnels and name not in self.nerves:
            return self._places.term(f"{kind}:{self.resolve(name, (kind,))[1]}")
        return self._places.term(term)

    def roots_reaching(self, node: str) -> frozenset[str]:
        """Return the roots whose fibres can arrive at a node."""
        if node not in self.nodes:
            raise UnknownNameError("node", node, self.nodes)
        return self._maker.finder.reaching(node)

    def root_weights(self, muscle: str) -> tuple[Weighted, ...]:
        """Return the roots of a muscle with weights that sum to 1."""
        if muscle not in self.muscles:
            raise UnknownNameError("muscle", muscle, self.muscles)
        return self._maker.muscle_roots(self.muscles[muscle])

    def length_cm(self, path: Path, height_cm: float) -> float:
        """Return the length of a path in a person of this stature."""
        return path.length_cm * height_cm / self.reference_height_cm

    def resolve(self, name: str, kinds: Iterable[str]) -> tuple[str, str]:
        """Return the kind and id that a name stands for.

        Parameters
        ----------
        name : str
            An id, name, synonym, Uberon or FMA id; case, punctuation and accents do not matter.
        kinds : iterable of str
            Out of ``names.KINDS``; when several know the name the first counts.

        Raises
        ------
        UnknownNameError
            If the name is unknown; the text names the nearest ones.
        """
        return self._names.resolve(name, kinds)

    def is_group(self, kind: str, id_: str) -> bool:
        """Tell whether `id_` is a target, movement or group of this kind (muscle, area or reflex)."""
        return self._members(_FAMILY.get(kind, kind), id_) is not None

    def expand(self, kind: str, id_: str) -> tuple[str, ...]:
        """Return the muscles, areas or reflexes that an id stands for; a single one stands for itself.

        Raises
        ------
        UnknownNameError
            If there is no such target, movement or group.
        """
        family = _FAMILY.get(kind, kind)
        members = self._members(family, id_)
        if members is None:
            known = [*self._single(family), *(g.partition(":")[2] for g in self.groups if g.startswith(f"{family}:"))]
            raise UnknownNameError(f"{family} or group of the kind {family}", id_, known)
        return members

    def _members(self, family: str, id_: str) -> tuple[str, ...] | None:
        if id_ in self._single(family):
            return (id_,)
        if family == "muscle" and id_ in self.movements:
            return self.movements[id_].muscles
        group = self.groups.get(f"{family}:{id_}")
        return group.members if group else None

    def _single(self, family: str) -> Mapping[str, object]:
        tables: dict[str, Mapping[str, object]] = {
            "muscle": self.muscles,
            "area": self.areas,
            "reflex": self.reflexes,
            "organ": self.organs,
        }
        return tables.get(family, {})

    def _find_paths(self, kind: str, id_: str, fibre: Fibre, roots: tuple[Weighted, ...]) -> tuple[Path, ...]:
        if id_ not in self._single(kind):
            raise UnknownNameError(kind, id_, self._single(kind))
        if kind == "muscle":
            return self._maker.muscle(self.muscles[id_], fibre, roots)
        if kind == "area":
            return self._maker.area(self.areas[id_], fibre, roots)
        return self._maker.organ(self.organs[id_])

    def _arc(self, reflex: Reflex, kind: TargetKind, id_: str, fibre: Fibre) -> tuple[Path, ...]:
        own = self.muscles[id_].roots if kind == "muscle" else [w.id for w in self.areas[id_].roots]
        return self._find_paths(kind, id_, fibre, shared_roots(reflex, own))

    @cached_property
    def _names(self) -> NameIndex:
        return NameIndex({kind: tuple(pairs) for kind, pairs in self._named()})

    def _named(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        tables: dict[str, Mapping[str, Muscle | Movement | Area | Reflex | Organ | Nerve | Node | Tunnel]] = {
            "muscle": self.muscles,
            "movement": self.movements,
            "area": self.areas,
            "reflex": self.reflexes,
            "organ": self.organs,
            "nerve": self.nerves,
            "node": self.nodes,
            "tunnel": self.tunnels,
        }
        for kind, table in tables.items():
            pairs = [(id_, id_) for id_ in table] + [(record.name, id_) for id_, record in table.items()]
            yield kind, pairs + self._synonyms_of(kind)
        for family in ("muscle", "area", "reflex"):
            own = [(g.id.partition(":")[2], g.name) for g in self.groups.values() if g.kind == family]
            kind = f"{family}_group"
            yield kind, [(i, i) for i, _ in own] + [(name, i) for i, name in own] + self._synonyms_of(kind)
        yield "root", [(root, root) for root in self.roots] + self._synonyms_of("root")

    def _synonyms_of(self, kind: str) -> list[tuple[str, str]]:
        return [(name, id_) for name, id_, of in self.synonyms if of == kind]
