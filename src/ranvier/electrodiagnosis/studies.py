"""The standard conduction studies: where each stimulates and records, and which one a report means."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ranvier.anatomy import Fibre, NerveGraph
from ranvier.case import ConductionStudy
from ranvier.core import PlaceKind, Status, read_table

PACKAGE = "ranvier.electrodiagnosis"
Position = Literal["distal", "proximal", "beyond"]
_COLUMNS = (
    "id", "name", "nerve", "kind", "record_kind", "record_id", "distal_node", "proximal_nodes",
    "region", "default_for_nerve", "default_for_region", "synonyms", "status", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveStudy:
    """One standard study.

    Attributes
    ----------
    nerves : tuple of str
        Nerves that a report may name for it, the main one first.
    kind : str
        ``motor``, ``sensory``, ``mixed``, ``h_reflex`` or ``blink``.
    record_kind, record_id : str
        Muscle or skin area where the response arises.
    distal_node : str
        Usual distal stimulating point on the graph; the stretch beyond it gives the distal latency.
    proximal_nodes : tuple of str
        Further stimulating points, distal first.
    region : str
        ``arm``, ``leg``, ``trunk`` or ``face``.
    default_for : tuple of str
        Nerves for which this study is meant when no recording site is given.
    default_for_region : bool
        Whether "the arms" or "the legs" include this study.
    also_recorded_at : tuple of str
        Other recording sites that are taken for the same study.
    """

    id: str
    name: str
    nerves: tuple[str, ...]
    kind: str
    record_kind: Literal["muscle", "area"]
    record_id: str
    distal_node: str
    proximal_nodes: tuple[str, ...]
    region: str
    default_for: tuple[str, ...]
    default_for_region: bool
    also_recorded_at: tuple[str, ...]
    status: Status


@cache
def load_studies() -> Mapping[str, NerveStudy]:
    """Return all standard studies by id."""
    return {row["id"]: _parse(row) for row in read_table(PACKAGE, "studies.csv", _COLUMNS)}


def _parse(row: Mapping[str, str]) -> NerveStudy:
    return NerveStudy(
        id=row["id"],
        name=row["name"],
        nerves=_words(row["nerve"]),
        kind=row["kind"],
        record_kind="muscle" if row["record_kind"] == "muscle" else "area",
        record_id=row["record_id"],
        distal_node=row["distal_node"],
        proximal_nodes=_words(row["proximal_nodes"]),
        region=row["region"],
        default_for=_words(row["default_for_nerve"]),
        default_for_region=row["default_for_region"] == "yes",
        also_recorded_at=_words(row["synonyms"]),
        status=Status(row["status"]),
    )


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def study_for(conduction: ConductionStudy, graph: NerveGraph) -> tuple[str, ...]:
    """Return the ids of the standard studies that one row of a report speaks of.

    Several nerves or a region give several studies; a row that fits no standard study gives none.

    Parameters
    ----------
    conduction : ConductionStudy
        The row. An F wave belongs to the motor study of its nerve; a summary to motor and sensory.
    graph : NerveGraph
        The nerve graph, for recording sites that are groups.
    """
    kinds = _STUDY_KINDS.get(conduction.kind, (conduction.kind,))
    if conduction.place.kind is PlaceKind.REGION:
        return tuple(id_ for kind in kinds for id_ in _of_region(conduction.place.ids, kind))
    if conduction.place.kind is not PlaceKind.NERVE:
        return ()
    found = [id_ for kind in kinds for n in conduction.place.ids for id_ in _of_nerve(n, kind, conduction, graph)]
    return tuple(dict.fromkeys(found))


_STUDY_KINDS: Mapping[str, tuple[str, ...]] = {"f_wave": ("motor",), "summary": ("motor", "sensory")}


def _of_region(regions: tuple[str, ...], kind: str) -> tuple[str, ...]:
    rows = read_table(PACKAGE, "regions.csv", ("region", "part"))
    parts = {row["part"] for row in rows if row["region"] in regions}
    return tuple(s.id for s in load_studies().values() if s.kind == kind and s.default_for_region and s.region in parts)


def _of_nerve(nerve: str, kind: str, conduction: ConductionStudy, graph: NerveGraph) -> tuple[str, ...]:
    family = _family(nerve, kind)
    default = tuple(s.id for s in family if nerve in s.default_for)
    if not conduction.recording:
        return default
    exact = tuple(s.id for s in family if s.record_id == conduction.recording)
    near = tuple(s.id for s in family if _may_record(s, conduction.recording, graph))
    if exact or near:
        return exact or tuple(id_ for id_ in near if id_ in default) or near[:1]
    return () if kind == "motor" else default


def _may_record(study: NerveStudy, recording: str, graph: NerveGraph) -> bool:
    """Tell whether a recording site, which may be a group, stands for that of the study."""
    if recording in study.also_recorded_at:
        return True
    known = graph.is_group(study.record_kind, recording)
    return known and study.record_id in graph.expand(study.record_kind, recording)


def _family(nerve: str, kind: str) -> tuple[NerveStudy, ...]:
    """Return the studies of a nerve of one kind; a nerve that is only studied mixed counts as sensory."""
    of_nerve = [s for s in load_studies().values() if nerve in s.nerves]
    own = tuple(s for s in of_nerve if s.kind == kind)
    return own or tuple(s for s in of_nerve if s.kind == "mixed" and kind == "sensory")


@cache
def branch_points() -> Mapping[tuple[str, str], str]:
    """Return the variant that a response shows, by study and stimulating point off the usual way of the nerve."""
    rows = read_table(PACKAGE, "branch_points.csv", ("study", "stimulation", "variant", "status", "source"))
    return {(row["study"], row["stimulation"]): row["variant"] for row in rows}


def stimulation_position(study: NerveStudy, stimulation: str | None, graph: NerveGraph) -> Position:
    """Return where a stimulating point lies against the usual distal one.

    A point that is not stated is taken for the distal one; one that is not on the path of the
    study counts as proximal, because nothing distal is known of it.
    """
    if stimulation is None or stimulation == study.distal_node:
        return "distal"
    if stimulation in study.proximal_nodes:
        return "proximal"
    if (study.id, stimulation) in branch_points():
        return "beyond"
    fibre = Fibre.MOTOR if study.record_kind == "muscle" else Fibre.SENSORY
    for path in graph.paths(study.record_kind, study.record_id, fibre):
        nodes = [graph.segments[index].source for index in path.segments]
        if stimulation in nodes and study.distal_node in nodes:
            return "beyond" if nodes.index(stimulation) > nodes.index(study.distal_node) else "proximal"
    return "proximal"
