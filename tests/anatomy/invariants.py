"""Rules that every nerve graph must keep: each returns what breaks it, in words."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from ranvier.anatomy import Fibre, NerveGraph, NodeKind, SegmentKind, plain

# An end branch to a joint supplies no muscle and no skin of the graph.
ARTICULAR = {"posterior_interosseous.dorsal_wrist"}

FIBRES = {"muscle": (Fibre.MOTOR,), "area": (Fibre.SENSORY, Fibre.SMALL), "organ": (Fibre.AUTONOMIC,)}


def roots_agree(graph: NerveGraph) -> list[str]:
    """Muscles and areas are reached by each of their roots and by no other root."""
    stated = {f"{m.id}.muscle": set(m.roots) for m in graph.muscles.values()}
    stated |= {f"{a.id}.skin": {w.id for w in a.roots} for a in graph.areas.values()}
    return [
        f"{node}: stated {sorted(roots)}, reached by {sorted(graph.roots_reaching(node))}"
        for node, roots in stated.items()
        if node not in graph.nodes or graph.roots_reaching(node) != roots
    ]


def paths_are_whole(graph: NerveGraph) -> list[str]:
    """Paths run from cord to target without a gap, are distinct, cover all roots and weigh 1."""
    wrong = []
    for kind, table in (("muscle", graph.muscles), ("area", graph.areas), ("organ", graph.organs)):
        for id_ in table:
            for fibre in FIBRES[kind]:
                wrong += [f"{kind} {id_}, {fibre}: {fault}" for fault in _path_faults(graph, kind, id_, fibre)]
    return wrong


def _path_faults(graph: NerveGraph, kind: str, id_: str, fibre: Fibre) -> list[str]:
    paths = graph.paths(kind, id_, fibre)
    faults = []
    if abs(sum(p.weight for p in paths) - 1) > 1e-9:
        faults.append("weights do not sum to 1")
    if len({p.segments for p in paths}) != len(paths):
        faults.append("the same path twice")
    if {p.root for p in paths} != _stated_roots(graph, kind, id_):
        faults.append("not a path for every root")
    for path in paths:
        ends = [graph.segments[i] for i in path.segments]
        if any(a.target != b.source for a, b in pairwise(ends)):
            faults.append(f"gap in the path of {path.root}")
        if graph.nodes[ends[0].source].kind is not NodeKind.ORIGIN:
            faults.append(f"the path of {path.root} does not begin in the cord")
    return faults


def _stated_roots(graph: NerveGraph, kind: str, id_: str) -> set[str]:
    if kind == "muscle":
        return set(graph.muscles[id_].roots)
    record = graph.areas[id_] if kind == "area" else graph.organs[id_]
    return {w.id for w in record.roots}


def entries_agree(graph: NerveGraph) -> list[str]:
    """The entry nodes of a target are where its twigs leave."""
    wrong = []
    for suffix, table in (("muscle", graph.muscles), ("skin", graph.areas), ("organ", graph.organs)):
        for record in table.values():
            stated = {e.id for e in record.entries}
            twigs = {s.source for s in graph.segments if s.target == f"{record.id}.{suffix}"}
            if stated != twigs:
                wrong.append(f"{record.id}: enters at {sorted(stated)}, twigs leave {sorted(twigs)}")
    return wrong


def no_cycle(graph: NerveGraph) -> list[str]:
    """Nothing leads back to where it came from."""
    left = list(graph.segments)
    while left:
        targets = {s.target for s in left}
        rest = [s for s in left if s.source in targets]
        if len(rest) == len(left):
            return [f"cycle among {sorted(targets)[:5]}"]
        left = rest
    return []


def all_connected(graph: NerveGraph) -> list[str]:
    """Every node lies between an origin in the cord or brainstem and a target."""
    sources, targets = {s.source for s in graph.segments}, {s.target for s in graph.segments}
    wrong = []
    for node in graph.nodes.values():
        is_target = node.kind in (NodeKind.MUSCLE, NodeKind.AREA, NodeKind.ORGAN)
        if node.id not in targets and node.kind is not NodeKind.ORIGIN:
            wrong.append(f"nothing leads to {node.id}")
        if node.id not in sources and not is_target and node.id not in ARTICULAR:
            wrong.append(f"{node.id} leads nowhere")
    return wrong


def roots_flow(graph: NerveGraph) -> list[str]:
    """A somatic segment carries only roots that some segment brings to its source."""
    wrong = []
    arriving: dict[str, set[str]] = {}
    for s in graph.segments:
        arriving.setdefault(s.target, set()).update(s.roots)
    for s in graph.segments:
        node = graph.nodes[s.source]
        own = {s.source.partition(".")[0]} if node.kind is NodeKind.ORIGIN else arriving.get(s.source, set())
        if not set(s.roots) <= own:
            wrong.append(f"{s.id} carries {sorted(set(s.roots) - own)}, which do not arrive")
    return wrong


def no_root_in_vain(graph: NerveGraph) -> list[str]:
    """Every root that a segment carries reaches some target by it (S5 has no muscle)."""
    used: dict[int, set[str]] = {}
    for kind, table in (("muscle", graph.muscles), ("area", graph.areas), ("organ", graph.organs)):
        for fibre in (Fibre.MOTOR, Fibre.SENSORY) if kind == "muscle" else FIBRES[kind]:
            for path in (p for id_ in table for p in graph.paths(kind, id_, fibre)):
                for index in path.segments:
                    used.setdefault(index, set()).add(path.root)
    return [
        f"{s.id} carries {sorted(set(s.roots) - used.get(s.index, set()))} to nowhere"
        for s in graph.segments
        if s.kind is not SegmentKind.AUTONOMIC and s.target not in ARTICULAR and "S5" not in s.roots
        if not set(s.roots) <= used.get(s.index, set())
    ]


def one_segment_per_tunnel(graph: NerveGraph) -> list[str]:
    """A tunnel is exactly one segment, the one that its own row names."""
    where = Counter(s.tunnel for s in graph.segments if s.tunnel)
    named = {s.tunnel: s.id for s in graph.segments if s.tunnel}
    return [
        f"{t.id}: on {where[t.id]} segments, row says {t.segment}"
        for t in graph.tunnels.values()
        if where[t.id] != 1 or named[t.id] != t.segment
    ]


def movements_weigh_one(graph: NerveGraph) -> list[str]:
    """The muscles of a movement have weights that sum to 1, and name the movement back."""
    wrong = [m.id for m in graph.movements.values() if abs(sum(w.weight for w in m.weights) - 1) > 1e-9]
    for muscle in graph.muscles.values():
        made = {m.id for m in graph.movements.values() if muscle.id in m.muscles}
        if made != set(muscle.movements):
            wrong.append(f"{muscle.id}: {sorted(made)} against {sorted(muscle.movements)}")
    return wrong


def areas_weigh_one(graph: NerveGraph) -> list[str]:
    """The roots of an area, an organ and a reflex have weights that sum to 1."""
    records = [*graph.areas.values(), *graph.organs.values(), *graph.reflexes.values()]
    return [r.id for r in records if abs(sum(w.weight for w in r.roots) - 1) > 1e-3]


def synonyms_lead_somewhere(graph: NerveGraph) -> list[str]:
    """Every synonym resolves to its own id, and no name stands for two ids of one kind."""
    wrong = []
    for name, id_, kind in graph.synonyms:
        found = graph.resolve(name, (kind,))
        if found != (kind, id_):
            wrong.append(f"{kind} {name!r} is {found[1]}, not {id_}")
    for kind, named in _names(graph).items():
        meant: dict[str, set[str]] = {}
        for name, id_ in named:
            meant.setdefault(plain(name), set()).add(id_)
        wrong += [f"{kind} {name!r} means {sorted(ids)}" for name, ids in meant.items() if len(ids) > 1]
    return wrong


def _names(graph: NerveGraph) -> dict[str, list[tuple[str, str]]]:
    tables = {
        "muscle": graph.muscles,
        "movement": graph.movements,
        "area": graph.areas,
        "nerve": graph.nerves,
        "tunnel": graph.tunnels,
        "reflex": graph.reflexes,
        "organ": graph.organs,
        "node": {k: v for k, v in graph.nodes.items() if v.kind in (NodeKind.LANDMARK, NodeKind.ORIGIN)},
    }
    out = {k: [(n, i) for i, r in t.items() for n in (i, r.name)] for k, t in tables.items()}
    for name, id_, kind in graph.synonyms:
        out.setdefault(kind, []).append((name, id_))
    return out


def spared_exist(graph: NerveGraph) -> list[str]:
    """What a tunnel spares is a muscle, an area or a nerve of the graph."""
    known = {*graph.muscles, *graph.areas, *graph.nerves}
    return [f"{t.id} spares {s}" for t in graph.tunnels.values() for s in t.spares if s not in known]


INVARIANTS: tuple[Callable[[NerveGraph], list[str]], ...] = (
    roots_agree,
    paths_are_whole,
    entries_agree,
    no_cycle,
    all_connected,
    roots_flow,
    no_root_in_vain,
    one_segment_per_tunnel,
    movements_weigh_one,
    areas_weigh_one,
    synonyms_lead_somewhere,
    spared_exist,
)
