"""Turn rows of text into the records of the nerve graph."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from ranvier.anatomy.loading import Row, Rows
from ranvier.anatomy.records import (
    Area,
    Fibre,
    Group,
    Movement,
    Muscle,
    Nerve,
    Node,
    NodeKind,
    Organ,
    Reflex,
    Segment,
    SegmentKind,
    Tunnel,
    Weighted,
)
from ranvier.core import DataFileError, Status


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_HasId)

_TARGETS = {"muscle": NodeKind.MUSCLE, "skin": NodeKind.AREA, "organ": NodeKind.ORGAN}
_ORIGINS = ("cord", "nucleus")


def words(cell: str) -> tuple[str, ...]:
    """Return the items of a cell that are separated by semicolons."""
    return tuple(cell.split(";")) if cell else ()


def weighted(cell: str) -> tuple[Weighted, ...]:
    """Return the items of a cell such as ``"C5:0.8;C6:0.2"``; no weight means 1.

    >>> weighted("C5:0.8;C6")[1]
    Weighted(id='C6', weight=1.0)
    """
    pairs = (item.partition(":") for item in words(cell))
    return tuple(Weighted(id=name, weight=float(weight or 1)) for name, _, weight in pairs)


def keyed(table: str, rows: Rows, parse: Callable[[Row], _T]) -> dict[str, _T]:
    """Return the records of a table by id.

    Raises
    ------
    DataFileError
        If a cell cannot be read or an id occurs twice.
    """
    out: dict[str, _T] = {}
    for row in rows:
        try:
            record = parse(row)
        except ValueError as error:
            raise DataFileError(f"{table}.csv, row {row.get('id') or row.get('from_node')!r}: {error}") from error
        if record.id in out:
            raise DataFileError(f"{table}.csv: the id {record.id!r} occurs twice")
        out[record.id] = record
    return out


def parse_segments(rows: Rows) -> tuple[Segment, ...]:
    """Return the segments in the order of the table.

    Raises
    ------
    DataFileError
        If a cell cannot be read or a segment occurs twice.
    """
    numbers = iter(range(len(rows)))
    return tuple(keyed("segments", rows, lambda row: _segment(next(numbers), row)).values())


def parse_nodes(segments: Iterable[Segment]) -> dict[str, Node]:
    """Return the nodes that the segments join."""
    ids = dict.fromkeys(node for s in segments for node in (s.source, s.target))
    return {id_: _node(id_) for id_ in ids}


def _node(id_: str) -> Node:
    stem, _, last = id_.rpartition(".")
    kind = _TARGETS.get(last, NodeKind.ORIGIN if last in _ORIGINS else NodeKind.LANDMARK)
    shown = stem if kind in _TARGETS.values() else id_
    return Node(id=id_, kind=kind, name=shown.replace("_", " ").replace(".", ", "))


def _segment(index: int, row: Row) -> Segment:
    return Segment(
        index=index,
        id=f"{row['from_node']}>{row['to_node']}",
        source=row["from_node"],
        target=row["to_node"],
        kind=SegmentKind(row["kind"]),
        nerve=row["nerve"] or None,
        length_cm=float(row["length_cm"]),
        calibre_mm2=float(row["calibre_mm2"]),
        tunnel=row["tunnel"] or None,
        mri_station=row["mri_station"] or None,
        roots=words(row["roots_carried"]),
        fascicle=row["fascicle"] or None,
        share=float(row["share"]),
        status=Status(row["status"]),
        length_status=Status(row["length_status"]),
        calibre_status=Status(row["calibre_status"]),
    )


def parse_nerve(row: Row) -> Nerve:
    """Return a nerve."""
    return Nerve(
        id=row["id"],
        name=row["name"],
        parent=row["parent"] or None,
        kind=row["kind"],
        status=Status(row["status"]),
    )


def parse_muscle(row: Row) -> Muscle:
    """Return a muscle."""
    return Muscle(
        id=row["id"],
        name=row["name"],
        nerves=words(row["nerve"]),
        entries=weighted(row["entry"]),
        roots_primary=words(row["roots_primary"]),
        roots_minor=words(row["roots_minor"]),
        movements=words(row["movements"]),
        region=row["region"],
        body_quad=row["body_quad"] or None,
        emg=row["emg"],
        status=Status(row["status"]),
    )


def parse_area(row: Row) -> Area:
    """Return a skin area."""
    return Area(
        id=row["id"],
        name=row["name"],
        entries=weighted(row["entry"]),
        roots=weighted(row["roots"]),
        region=row["region"],
        body_quad=row["body_quad"] or None,
        status=Status(row["status"]),
    )


def parse_organ(row: Row) -> Organ:
    """Return an autonomic target."""
    return Organ(
        id=row["id"],
        name=row["name"],
        entries=weighted(row["entry"]),
        roots=weighted(row["roots"]),
        carriers=weighted(row["carriers"]),
        status=Status(row["status"]),
    )


def parse_movement(row: Row) -> Movement:
    """Return a movement."""
    return Movement(id=row["id"], name=row["name"], weights=weighted(row["muscles"]), status=Status(row["status"]))


def parse_group(row: Row) -> Group:
    """Return a group; its key is ``kind:id`` because an arm is a group of muscles and of skin."""
    return Group(
        id=f"{row['kind']}:{row['id']}",
        kind=row["kind"],
        name=row["name"],
        members=words(row["members"]),
        status=Status(row["status"]),
    )


def parse_reflex(row: Row) -> Reflex:
    """Return a reflex."""
    return Reflex(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        afferent_kind=row["afferent_kind"],
        afferent=words(row["afferent"]),
        afferent_fibre=Fibre(row["afferent_fibre"]),
        muscles=words(row["muscles"]),
        roots=weighted(row["roots"]),
        status=Status(row["status"]),
    )


def parse_tunnel(row: Row) -> Tunnel:
    """Return a tunnel."""
    return Tunnel(
        id=row["id"],
        name=row["name"],
        nerve=row["nerve"],
        segment=row["segment"],
        structure=row["structure"],
        signature=row["signature"],
        distinguishes_from=row["distinguishes_from"],
        spares=words(row["spares"]),
        status=Status(row["status"]),
    )
