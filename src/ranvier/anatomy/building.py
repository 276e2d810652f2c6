"""Build the nerve graph from its tables and check that they fit together."""

from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter

from ranvier.anatomy.graph import NerveGraph, Parts
from ranvier.anatomy.loading import Tables, read_tables
from ranvier.anatomy.parsing import (
    keyed,
    parse_area,
    parse_group,
    parse_movement,
    parse_muscle,
    parse_nerve,
    parse_nodes,
    parse_organ,
    parse_reflex,
    parse_segments,
    parse_tunnel,
)
from ranvier.anatomy.records import NodeKind
from ranvier.core import DataFileError


@cache
def load_graph() -> NerveGraph:
    """Return the packaged nerve graph; read once.

    >>> load_graph().muscles["deltoid"].nerves[0]
    'axillary_anterior_branch'
    """
    return build_graph(read_tables())


def build_graph(tables: Tables) -> NerveGraph:
    """Return the graph that the tables describe.

    Raises
    ------
    DataFileError
        If a cell cannot be read, an id occurs twice, a row names something that does not exist, or
        the segments lead back to where they came from.
    """
    segments = parse_segments(tables.segments)
    weights = {row["id"]: float(row["weight"]) for row in tables.weights}
    parts = Parts(
        segments=segments,
        nodes=parse_nodes(segments),
        nerves=keyed("nerves", tables.nerves, parse_nerve),
        muscles=keyed("muscles", tables.muscles, parse_muscle),
        areas=keyed("areas", tables.areas, parse_area),
        organs=keyed("organs", tables.organs, parse_organ),
        movements=keyed("movements", tables.movements, parse_movement),
        groups=keyed("groups", tables.groups, parse_group),
        reflexes=keyed("reflexes", tables.reflexes, parse_reflex),
        tunnels=keyed("tunnels", tables.tunnels, parse_tunnel),
        synonyms=(
            *((row["name"], row["id"], row["kind"]) for row in tables.synonyms),
            *((row["code"], row["id"], row["kind"]) for row in tables.codes),
        ),
        primary_weight=weights["primary"],
        minor_weight=weights["minor"],
        reference_height_cm=float(tables.stature[0]["height_cm"]),
    )
    _check(parts)
    return NerveGraph(parts)


def _check(parts: Parts) -> None:
    nodes, nerves = parts.nodes, parts.nerves
    for segment in parts.segments:
        _known("segments", segment.id, "nerve", [segment.nerve] if segment.nerve else [], nerves)
        _known("segments", segment.id, "tunnel", [segment.tunnel] if segment.tunnel else [], parts.tunnels)
    for muscle in parts.muscles.values():
        _known("muscles", muscle.id, "node", [e.id for e in muscle.entries], nodes)
        _known("muscles", muscle.id, "movement", muscle.movements, parts.movements)
    for area in parts.areas.values():
        _known("areas", area.id, "node", [e.id for e in area.entries], nodes)
    for organ in parts.organs.values():
        _known("organs", organ.id, "node", [e.id for e in organ.entries], nodes)
    for movement in parts.movements.values():
        _known("movements", movement.id, "muscle", movement.muscles, parts.muscles)
    for reflex in parts.reflexes.values():
        afferent = parts.muscles if reflex.afferent_kind == "muscle" else parts.areas
        _known("reflexes", reflex.id, reflex.afferent_kind, reflex.afferent, afferent)
        _known("reflexes", reflex.id, "muscle", reflex.muscles, parts.muscles)
    _check_groups(parts)
    _check_synonyms(parts)
    _check_direction(parts)


def _check_synonyms(parts: Parts) -> None:
    roots = {node.id.rpartition(".")[0]: node for node in parts.nodes.values() if node.kind is NodeKind.ORIGIN}
    tables: dict[str, Mapping[str, object]] = {
        "muscle": parts.muscles,
        "movement": parts.movements,
        "area": parts.areas,
        "reflex": parts.reflexes,
        "organ": parts.organs,
        "nerve": parts.nerves,
        "node": parts.nodes,
        "root": roots,
        "tunnel": parts.tunnels,
    }
    for kind in ("muscle", "area", "reflex"):
        tables[f"{kind}_group"] = {g.id.partition(":")[2]: g for g in parts.groups.values() if g.kind == kind}
    for name, id_, kind in parts.synonyms:
        _known("synonyms", name, "kind of name", [kind], tables)
        _known("synonyms", name, kind, [id_], tables[kind])


def _check_direction(parts: Parts) -> None:
    before: dict[str, set[str]] = {}
    for segment in parts.segments:
        before.setdefault(segment.target, set()).add(segment.source)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        raise DataFileError(f"segments.csv: the nodes {' < '.join(error.args[1])} form a cycle") from error


def _check_groups(parts: Parts) -> None:
    tables: dict[str, Mapping[str, object]] = {
        "muscle": parts.muscles,
        "area": parts.areas,
        "reflex": parts.reflexes,
    }
    for group in parts.groups.values():
        _known("groups", group.id, "kind of group", [group.kind], tables)
        _known("groups", group.id, group.kind, group.members, tables[group.kind])


def _known(table: str, row: str, what: str, ids: Iterable[str], known: Mapping[str, object]) -> None:
    for id_ in ids:
        if id_ not in known:
            raise DataFileError(f"{table}.csv, row {row!r}: there is no {what} with the id {id_!r}")
