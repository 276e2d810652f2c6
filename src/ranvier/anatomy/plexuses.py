"""Plexuses: which nerves leave which part of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.anatomy.graph import NerveGraph
from ranvier.anatomy.names import plain
from ranvier.anatomy.records import Nerve
from ranvier.core import UnknownNameError, read_table

_PACKAGE = "ranvier.anatomy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plexus:
    """A plexus by name, with the parts that nerves leave from."""

    id: str
    name: str
    parts: tuple[str, ...]


@cache
def load_plexuses() -> Mapping[str, Plexus]:
    """Return all plexuses by id."""
    rows = read_table(_PACKAGE, "plexuses.csv", ("id", "name", "parts", "status", "source"))
    return {r["id"]: Plexus(id=r["id"], name=r["name"], parts=tuple(r["parts"].split(";"))) for r in rows}


def find_plexus(name: str) -> Plexus | None:
    """Return the plexus of a name, None if it is none.

    >>> find_plexus("Brachial plexus").id
    'brachial_plexus'
    """
    return next((p for p in load_plexuses().values() if plain(name) in (plain(p.id), plain(p.name))), None)


def plexus_nerves(graph: NerveGraph, part: str) -> tuple[Nerve, ...]:
    """Return the nerves that leave a part of a plexus, in the order of the table.

    Raises
    ------
    UnknownNameError
        If no nerve leaves there.
    """
    found = tuple(n for n in graph.nerves.values() if n.parent == part)
    if not found:
        raise UnknownNameError("part of a plexus", part, {n.parent for n in graph.nerves.values() if n.parent})
    return found


def render_plexus(graph: NerveGraph, plexus: Plexus) -> str:
    """Return a plexus as text: each part with the nerves that leave it."""
    lines = [plexus.name[:1].upper() + plexus.name[1:]]
    for part in plexus.parts:
        names = ", ".join(n.name for n in plexus_nerves(graph, part))
        lines.append(f"  {part.replace('_', ' ')}: {names}")
    return "\n".join(lines)
