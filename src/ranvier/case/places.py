"""Turn the names of a case into places of the nerve graph."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ranvier.anatomy import NerveGraph
from ranvier.case.problems import Problems, shown
from ranvier.core import Origin, Place, PlaceKind, Side, UnknownNameError

MUSCLES = ("muscle", "movement", "muscle_group")
AREAS = ("area", "area_group")
REFLEXES = ("reflex", "reflex_group")
STRUCTURES = ("tunnel", "nerve", "root", "node", *MUSCLES, *AREAS)

_PLACE_KINDS: Mapping[str, PlaceKind] = {
    **dict.fromkeys(MUSCLES, PlaceKind.MUSCLE),
    **dict.fromkeys(AREAS, PlaceKind.AREA),
    **dict.fromkeys(REFLEXES, PlaceKind.REFLEX),
    **{kind.value: kind for kind in (PlaceKind.NERVE, PlaceKind.NODE, PlaceKind.ROOT, PlaceKind.TUNNEL)},
}
_FIELDS = {
    PlaceKind.AREA: {"nerve": "field_", "root": "dermatome_"},
    PlaceKind.MUSCLE: {"nerve": "muscles_of_", "root": "myotome_"},
}
_LEVELS = re.compile(r"([CTDLS])\s?(\d{1,2})\s*[-/–]\s*([CTDLS]?)\s?(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    kind: PlaceKind
    ids: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReader:
    """Looks names up in the nerve graph and notes those that it does not know.

    Attributes
    ----------
    graph : NerveGraph
        The nerve graph with its names and synonyms.
    problems : Problems
        Where unknown names are noted.
    """

    graph: NerveGraph
    problems: Problems

    def read(self, names: Sequence[str], side: Side, kinds: tuple[str, ...], origin: Origin) -> Place | None:
        """Return the place that one name, or several together, stand for.

        Groups and movements become their muscles, areas or reflexes. A name that is unknown, or of
        another kind than the ones before it, is noted and left out.

        Parameters
        ----------
        names : sequence of str
            As written.
        side : Side
            Side of all of them.
        kinds : tuple of str
            Kinds of names to look in, the first that knows a name counts.
        origin : Origin
            Where they were written.

        Returns
        -------
        Place or None
            None when no name could be used.
        """
        found: list[_Found] = []
        for name in names:
            try:
                one = self._find(name, kinds)
            except UnknownNameError as error:
                self.problems.unknown(origin, error, "it")
                continue
            if found and one.kind is not found[0].kind:
                problem = f"{shown(name)} is a {one.kind}, the name before it a {found[0].kind}; it was not used"
                self.problems.error(origin, problem, "write an entry of its own for it")
                continue
            found.append(one)
        if not found:
            return None
        ids = tuple(dict.fromkeys(id_ for one in found for id_ in one.ids))
        return Place(kind=found[0].kind, ids=ids, side=side, label=", ".join(one.label for one in found))

    def split(self, cell: str, kinds: tuple[str, ...]) -> list[str]:
        """Return the names in one cell: separated by semicolons, or by commas where a whole name is unknown."""
        names = [part.strip() for part in re.split(r"[;|\n]", cell) if part.strip()]
        out: list[str] = []
        for name in names:
            parts = [part.strip() for part in name.split(",") if part.strip()]
            out.extend([name] if len(parts) < 2 or self.knows(name, kinds) else parts)
        return out

    def knows(self, name: str, kinds: tuple[str, ...]) -> bool:
        """Tell whether a name is known."""
        try:
            self._find(name, kinds)
        except UnknownNameError:
            return False
        return True

    def term(self, term: str, side: Side, label: str) -> Place:
        """Return the place of a term of the vocabulary, such as ``"root:L5;S1"``."""
        kind, _, ids = term.partition(":")
        return Place(kind=PlaceKind(kind), ids=tuple(ids.split(";")), side=side, label=label)

    def levels(self, names: Iterable[str], side: Side, origin: Origin) -> Place | None:
        """Return the roots that levels of the spine stand for.

        ``C5/6`` and ``L5-S1`` are both roots of a disc level, ``C3-C7`` and ``C7-D5`` all roots from
        the first to the last.
        """
        roots: list[str] = []
        for name in names:
            if match := _LEVELS.fullmatch(name.strip()):
                roots.extend(self._span(name, match, origin))
                continue
            root = re.sub(r"^[dD](?=\d)", "T", name.strip())
            try:
                roots.append(self.graph.resolve(root, ("root",))[1])
            except UnknownNameError as error:
                self.problems.unknown(origin, error, "it")
        if not roots:
            return None
        unique = tuple(dict.fromkeys(roots))
        return Place(kind=PlaceKind.ROOT, ids=unique, side=side, label=", ".join(n.strip() for n in names))

    def _span(self, name: str, match: re.Match[str], origin: Origin) -> tuple[str, ...]:
        first_part, first, last_part, last = (g.upper().replace("D", "T") for g in match.groups())
        ends = (f"{first_part}{first}", f"{last_part or first_part}{last}")
        order = self.graph.roots
        if any(end not in order for end in ends) or order.index(ends[0]) > order.index(ends[1]):
            problem = f"{shown(name)} is no span of levels; it was not used"
            self.problems.error(origin, problem, "write the upper level first, such as C5/6 or C3-C7")
            return ()
        return order[order.index(ends[0]) : order.index(ends[1]) + 1]

    def _find(self, name: str, kinds: tuple[str, ...]) -> _Found:
        prefix, colon, rest = name.partition(":")
        if colon and prefix.strip() in _PLACE_KINDS:
            kinds, name = (prefix.strip(),), rest
        label = name.strip().replace("_", " ")
        try:
            kind, id_ = self.graph.resolve(name, kinds)
        except UnknownNameError:
            territory = self._territory(name, _PLACE_KINDS[kinds[0]])
            if territory is None:
                raise
            return _Found(kind=_PLACE_KINDS[kinds[0]], ids=territory, label=label)
        place_kind = _PLACE_KINDS[kind]
        grouped = place_kind in (PlaceKind.MUSCLE, PlaceKind.AREA, PlaceKind.REFLEX)
        ids = self.graph.expand(kind, id_) if grouped else (id_,)
        return _Found(kind=place_kind, ids=ids, label=label)

    def _territory(self, name: str, wanted: PlaceKind) -> tuple[str, ...] | None:
        """Return the skin or the muscles of a nerve or root that was named instead of them."""
        fields = _FIELDS.get(wanted, {})
        try:
            kind, id_ = self.graph.resolve(name, tuple(fields))
        except UnknownNameError:
            return None
        group = f"{fields[kind]}{id_}"
        return self.graph.expand(wanted.value, group) if self.graph.is_group(wanted.value, group) else None
