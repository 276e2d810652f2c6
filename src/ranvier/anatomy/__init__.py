"""The nerve graph: cord to muscle, skin and organ, with names, tunnels and paths."""

from ranvier.anatomy.building import build_graph, load_graph
from ranvier.anatomy.graph import NerveGraph
from ranvier.anatomy.loading import Tables, read_tables
from ranvier.anatomy.names import KINDS, plain
from ranvier.anatomy.plexuses import Plexus, find_plexus, load_plexuses, plexus_nerves, render_plexus
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
    Path,
    Reflex,
    Segment,
    SegmentKind,
    Tunnel,
    Weighted,
)
from ranvier.anatomy.tree import NerveTree, TreeStop, TreeTarget, nerve_tree, render_tree

__all__ = [
    "KINDS",
    "Area",
    "Fibre",
    "Group",
    "Movement",
    "Muscle",
    "Nerve",
    "NerveGraph",
    "NerveTree",
    "Node",
    "NodeKind",
    "Organ",
    "Path",
    "Plexus",
    "Reflex",
    "Segment",
    "SegmentKind",
    "Tables",
    "TreeStop",
    "TreeTarget",
    "Tunnel",
    "Weighted",
    "build_graph",
    "find_plexus",
    "load_graph",
    "load_plexuses",
    "nerve_tree",
    "plain",
    "plexus_nerves",
    "read_tables",
    "render_plexus",
    "render_tree",
]
