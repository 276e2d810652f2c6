"""Records of the nerve graph: what a segment, a muscle, a skin area, a path is.

The graph knows one side of the body; a caller pairs an id with a `ranvier.core.Side`.
"""

from dataclasses import dataclass
from enum import StrEnum

from ranvier.core import Status


class Fibre(StrEnum):
    """Fibre classes that a tract can have."""

    MOTOR = "motor"
    SENSORY = "sensory"
    SMALL = "small"
    AUTONOMIC = "autonomic"


class SegmentKind(StrEnum):
    """What kind of structure a segment is.

    `CORD` is the step from the anterior horn into the ventral root, `NUCLEUS` its counterpart of a
    cranial nerve, `ROOT_ENTRY` the step between cord and dorsal root. `AUTONOMIC` are the
    sympathetic chain, the splanchnic nerves and the last twigs to organs.
    """

    CORD = "cord"
    NUCLEUS = "nucleus"
    ROOT_ENTRY = "root_entry"
    VENTRAL_ROOT = "ventral_root"
    DORSAL_ROOT = "dorsal_root"
    GANGLION = "ganglion"
    SPINAL_NERVE = "spinal_nerve"
    PLEXUS = "plexus"
    NERVE = "nerve"
    BRANCH = "branch"
    AUTONOMIC = "autonomic"


class NodeKind(StrEnum):
    """What a node is: an origin in the cord or brainstem, a target, or a point on the way."""

    ORIGIN = "origin"
    LANDMARK = "landmark"
    MUSCLE = "muscle"
    AREA = "area"
    ORGAN = "organ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """An id with a weight."""

    id: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A point of the graph.

    Attributes
    ----------
    id : str
        Such as ``"median.wrist"``, ``"upper_trunk"``, ``"C6.ganglion"`` or, for a target,
        ``"deltoid.muscle"``.
    kind : NodeKind
        Origin, landmark or target.
    name : str
        The id in words.
    """

    id: str
    kind: NodeKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of nerve between two nodes.

    Attributes
    ----------
    index : int
        Position in `NerveGraph.segments`.
    id : str
        ``"source>target"``.
    source, target : str
        Node ids; the source is nearer to the cord.
    kind : SegmentKind
        What it is.
    nerve : str or None
        The nerve it belongs to; None for roots and plexus.
    length_cm : float
        At a stature of `NerveGraph.reference_height_cm`.
    calibre_mm2 : float
        Normal cross-section.
    tunnel : str or None
        The tunnel it runs through.
    mri_station : str or None
        Imaging region that contains it.
    roots : tuple of str
        Roots whose fibres it carries.
    fascicle : str or None
        Set where two fascicles share a nerve (``tibial`` and ``fibular`` in the sciatic): a path
        never mixes them.
    share : float
        Share among parallel ways of one root into the target node.
    status, length_status, calibre_status : Status
        How well the course with its roots, the length and the calibre are established.
    """

    index: int
    id: str
    source: str
    target: str
    kind: SegmentKind
    nerve: str | None
    length_cm: float
    calibre_mm2: float
    tunnel: str | None
    mri_station: str | None
    roots: tuple[str, ...]
    fascicle: str | None
    share: float
    status: Status
    length_status: Status
    calibre_status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One way from the cord to a target.

    Attributes
    ----------
    root : str
        Spinal root, or cranial nerve for cranial targets.
    weight : float
        Share of the fibres of the target; the weights of one target sum to 1.
    segments : tuple of int
        Indices into `NerveGraph.segments`, proximal first.
    length_cm : float
        At the reference stature.
    """

    root: str
    weight: float
    segments: tuple[int, ...]
    length_cm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Nerve:
    """A named nerve; `parent` is the nerve or plexus part it comes from."""

    id: str
    name: str
    parent: str | None
    kind: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Muscle:
    """A muscle.

    Attributes
    ----------
    nerves : tuple of str
        Nerves that supply it.
    entries : tuple of Weighted
        Nodes at which its branches leave, with their shares.
    roots_primary, roots_minor : tuple of str
        Roots; a minor root weighs less (``weights.csv``).
    movements : tuple of str
        Movements that test it.
    """

    id: str
    name: str
    nerves: tuple[str, ...]
    entries: tuple[Weighted, ...]
    roots_primary: tuple[str, ...]
    roots_minor: tuple[str, ...]
    movements: tuple[str, ...]
    region: str
    body_quad: str | None
    emg: str
    status: Status

    @property
    def roots(self) -> tuple[str, ...]:
        """Return all roots, primary ones first."""
        return self.roots_primary + self.roots_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A patch of skin (or mucosa, or cornea) with its nerves and root weights."""

    id: str
    name: str
    entries: tuple[Weighted, ...]
    roots: tuple[Weighted, ...]
    region: str
    body_quad: str | None
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    """An autonomic target.

    Attributes
    ----------
    roots : tuple of Weighted
        Roots (or cranial nerves) by which the preganglionic fibres leave.
    carriers : tuple of Weighted
        Spinal nerves by which fibres of the sympathetic chain reach the limb; empty when
        the path needs none.
    """

    id: str
    name: str
    entries: tuple[Weighted, ...]
    roots: tuple[Weighted, ...]
    carriers: tuple[Weighted, ...]
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A movement that a bedside examination names, with the muscles that make it."""

    id: str
    name: str
    weights: tuple[Weighted, ...]
    status: Status

    @property
    def muscles(self) -> tuple[str, ...]:
        """Return the ids of the muscles."""
        return tuple(w.id for w in self.weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A named set of muscles, areas or reflexes (`kind`)."""

    id: str
    kind: str
    name: str
    members: tuple[str, ...]
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflex:
    """A tendon or skin reflex: afferent limb from muscles or areas, efferent limb to muscles."""

    id: str
    name: str
    kind: str
    afferent_kind: str
    afferent: tuple[str, ...]
    afferent_fibre: Fibre
    muscles: tuple[str, ...]
    roots: tuple[Weighted, ...]
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """A site where a nerve is compressed or injured.

    Attributes
    ----------
    nerve : str
        Nerve or plexus part that runs through it.
    segment : str
        Id of the one segment that is the tunnel.
    structure, signature, distinguishes_from : str
        What presses, what is found, and what it is confused with.
    spares : tuple of str
        Muscles, areas and nerves that a lesion here typically spares.
    """

    id: str
    name: str
    nerve: str
    segment: str
    structure: str
    signature: str
    distinguishes_from: str
    spares: tuple[str, ...]
    status: Status
