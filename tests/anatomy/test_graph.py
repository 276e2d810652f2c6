"""Paths, places, groups and trees of the packaged graph."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ranvier.anatomy
from ranvier.anatomy import (
    Fibre,
    NerveGraph,
    NodeKind,
    SegmentKind,
    build_graph,
    load_graph,
    nerve_tree,
    read_tables,
    render_tree,
)
from ranvier.core import UnknownNameError

GRAPH = load_graph()
LANDMARKS = sorted(n.id for n in GRAPH.nodes.values() if n.kind is NodeKind.LANDMARK)
TARGETS = [("muscle", m, Fibre.MOTOR) for m in GRAPH.muscles] + [("area", a, Fibre.SMALL) for a in GRAPH.areas]


def ids(term: str) -> list[str]:
    return [GRAPH.segments[i].id for i in GRAPH.segments_at(term)]


def test_exported_names() -> None:
    assert {"load_graph", "build_graph", "NerveGraph", "Fibre", "Path", "nerve_tree", "render_tree"} <= set(
        ranvier.anatomy.__all__
    )
    assert all(hasattr(ranvier.anatomy, name) for name in ranvier.anatomy.__all__)


def test_the_graph_is_read_once() -> None:
    assert load_graph() is load_graph()


def test_primary_and_minor_roots_weigh_1_and_0_35() -> None:
    weights = {w.id: w.weight for w in GRAPH.root_weights("deltoid")}
    assert weights == pytest.approx({"C5": 1 / 1.35, "C6": 0.35 / 1.35})
    paths = GRAPH.paths("muscle", "deltoid", Fibre.MOTOR)
    assert sum(p.weight for p in paths if p.root == "C5") == pytest.approx(1 / 1.35)


def test_motor_paths_take_the_ventral_root_and_sensory_paths_the_ganglion() -> None:
    motor = GRAPH.paths("muscle", "abductor_pollicis_brevis", Fibre.MOTOR)
    sensory = GRAPH.paths("area", "thumb_palmar", Fibre.SENSORY)
    motor_kinds = {GRAPH.segments[i].kind for p in motor for i in p.segments}
    sensory_kinds = {GRAPH.segments[i].kind for p in sensory for i in p.segments}
    assert {SegmentKind.CORD, SegmentKind.VENTRAL_ROOT} <= motor_kinds
    assert not motor_kinds & {SegmentKind.GANGLION, SegmentKind.DORSAL_ROOT}
    assert {SegmentKind.DORSAL_ROOT, SegmentKind.GANGLION} <= sensory_kinds
    assert not sensory_kinds & {SegmentKind.CORD, SegmentKind.VENTRAL_ROOT}


def test_the_path_of_one_muscle_by_hand() -> None:
    (path,) = (p for p in GRAPH.paths("muscle", "extensor_indicis", Fibre.MOTOR) if p.root == "C7")
    assert [GRAPH.segments[i].source for i in path.segments] == [
        "C7.cord",
        "C7.ventral_root",
        "C7.spinal_nerve",
        "C7.rami",
        "middle_trunk",
        "middle_trunk.end",
        "middle_trunk_posterior_division",
        "posterior_cord",
        "posterior_cord.end",
        "radial.axilla",
        "radial.proximal_arm",
        "radial.mid_arm",
        "radial.above_spiral_groove",
        "radial.below_spiral_groove",
        "radial.distal_arm",
        "radial.elbow",
        "radial.lateral_epicondyle",
        "radial.bifurcation",
        "posterior_interosseous.supinator",
        "posterior_interosseous.supinator_exit",
        "posterior_interosseous.proximal_forearm",
        "posterior_interosseous.mid_forearm",
        "posterior_interosseous.distal_forearm",
    ]


def test_facial_muscles_have_no_spindle_fibres() -> None:
    assert GRAPH.paths("muscle", "frontalis", Fibre.SENSORY) == ()


@pytest.mark.parametrize(
    ("kind", "id_", "fibre", "text"),
    [
        ("muscle", "deltiod", "motor", "deltoid"),
        ("area", "heal", "small", "heel"),
        ("muscle", "deltoid", "small", "fibre class"),
        ("area", "heel", "motor", "fibre class"),
        ("bone", "femur", "motor", "kind of target"),
    ],
)
def test_unknown_targets_are_refused(kind: str, id_: str, fibre: str, text: str) -> None:
    with pytest.raises(UnknownNameError, match=text):
        GRAPH.paths(kind, id_, fibre)  # type: ignore[arg-type]


@pytest.mark.parametrize("reflex", sorted(GRAPH.reflexes))
def test_both_limbs_of_every_reflex_weigh_1(reflex: str) -> None:
    for limb in GRAPH.path_of_reflex(reflex):
        assert sum(p.weight for p in limb) == pytest.approx(1)


@pytest.mark.parametrize(
    ("reflex", "main"),
    [("biceps", "C6"), ("brachioradialis", "C6"), ("triceps", "C7"), ("knee", "L4"), ("ankle", "S1"), ("anal", "S4")],
)
def test_main_root_of_a_reflex(reflex: str, main: str) -> None:
    afferent, efferent = GRAPH.path_of_reflex(reflex)
    for limb in (afferent, efferent):
        roots = {p.root for p in limb}
        share = {root: sum(p.weight for p in limb if p.root == root) for root in roots}
        assert share[main] == pytest.approx(max(share.values()))


def test_the_afferent_limb_of_a_tendon_reflex_passes_the_ganglion_and_the_efferent_does_not() -> None:
    ganglia = set(GRAPH.segments_at("ganglion:S1")) | set(GRAPH.segments_at("ganglion:S2"))
    afferent, efferent = GRAPH.path_of_reflex("ankle")
    assert all(ganglia & set(p.segments) for p in afferent)
    assert not any(ganglia & set(p.segments) for p in efferent)


def test_the_jaw_reflex_has_no_ganglion() -> None:
    """Its sensory cells lie in the brainstem, so that a ganglionopathy spares it."""
    afferent, _ = GRAPH.path_of_reflex("jaw")
    assert not any(GRAPH.segments[i].kind is SegmentKind.GANGLION for p in afferent for i in p.segments)


def test_the_corneal_reflex_goes_in_by_v_and_out_by_vii() -> None:
    afferent, efferent = GRAPH.path_of_reflex("corneal")
    assert {p.root for p in afferent} == {"trigeminal"}
    assert {p.root for p in efferent} == {"facial"}


def test_an_unknown_reflex_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="ankle"):
        GRAPH.path_of_reflex("ankel")


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("tunnel:carpal_tunnel", ["median.wrist>median.palm"]),
        ("tunnel:sulcus ulnaris", ["ulnar.above_elbow>ulnar.elbow"]),
        ("ventral_root:C6", ["C6.ventral_root>C6.spinal_nerve"]),
        ("dorsal_root:C6", ["C6.dorsal_root>C6.ganglion"]),
        ("root:C6", ["C6.ventral_root>C6.spinal_nerve", "C6.dorsal_root>C6.ganglion"]),
        ("ganglion:C6", ["C6.ganglion>C6.spinal_nerve"]),
        ("spinal_nerve:C6", ["C6.spinal_nerve>C6.rami"]),
        ("horn:C6", ["C6.cord>C6.ventral_root"]),
        ("horn:hypoglossal", ["hypoglossal.nucleus>hypoglossal.brainstem"]),
        ("root:facial", ["facial.brainstem>facial.internal_acoustic_meatus"]),
        ("node:upper_trunk", ["upper_trunk>upper_trunk.end"]),
        (
            "between:median.elbow:median.wrist",
            [
                "median.elbow>median.proximal_forearm",
                "median.proximal_forearm>median.fds_arch",
                "median.fds_arch>median.distal_forearm",
                "median.distal_forearm>median.wrist",
            ],
        ),
        (
            "nerve:anterior_interosseous",
            [
                "median.fds_arch>anterior_interosseous.proximal_forearm",
                "anterior_interosseous.proximal_forearm>anterior_interosseous.mid_forearm",
                "anterior_interosseous.mid_forearm>anterior_interosseous.distal_forearm",
            ],
        ),
        ("muscle:supraspinatus", ["suprascapular.supraspinous_fossa>supraspinatus.muscle"]),
        ("area:heel", ["calcaneal.heel>heel.skin"]),
    ],
)
def test_location_terms(term: str, expected: list[str]) -> None:
    assert ids(term) == expected


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("tunel:carpal_tunnel", "did you mean 'tunnel'"),
        ("carpal_tunnel", "location term"),
        ("tunnel:carpel_tunnel", "carpal"),
        ("nerve:medain", "median"),
        ("node:uper_trunk", "upper_trunk"),
        ("root:C9", "root named 'C9'"),
        ("between:median.wrist:ulnar.wrist", "stretch from median.wrist"),
        ("tunnel:", "tunnel named ''"),
    ],
)
def test_unknown_places_are_refused(term: str, text: str) -> None:
    with pytest.raises(UnknownNameError, match=text):
        GRAPH.segments_at(term)


@settings(max_examples=60)
@given(st.sampled_from(LANDMARKS), st.sampled_from(TARGETS))
def test_a_cut_at_a_node_cuts_every_path_that_passes_it(node: str, target: tuple[str, str, Fibre]) -> None:
    cut = set(GRAPH.segments_at(f"node:{node}"))
    for path in GRAPH.paths(*target):  # type: ignore[arg-type]
        passes = any(GRAPH.segments[i].source == node for i in path.segments)
        assert bool(cut & set(path.segments)) == passes


@given(st.sampled_from(sorted(GRAPH.nerves)))
def test_the_segments_of_a_nerve_are_in_order(nerve: str) -> None:
    order = [GRAPH.segments[i] for i in GRAPH.nerve_segments(nerve)]
    seen: set[str] = set()
    for segment in order:
        assert segment.target not in {s.source for s in order if s.id in seen}
        seen.add(segment.id)
    assert {s.nerve for s in order} == {nerve}


@given(st.sampled_from(TARGETS), st.floats(120, 220))
def test_length_grows_with_stature(target: tuple[str, str, Fibre], height_cm: float) -> None:
    path = GRAPH.paths(*target)[0]  # type: ignore[arg-type]
    assert GRAPH.length_cm(path, height_cm) == pytest.approx(path.length_cm * height_cm / 170)


@pytest.mark.parametrize(
    ("kind", "id_", "member", "stranger"),
    [
        ("muscle", "deltoid", "deltoid", "soleus"),
        ("movement", "ankle_dorsiflexion", "tibialis_anterior", "soleus"),
        ("muscle", "intrinsic_hand", "first_dorsal_interosseous", "flexor_pollicis_longus"),
        ("muscle_group", "legs", "soleus", "deltoid"),
        ("muscle", "muscles_of_radial", "extensor_indicis", "brachialis"),
        ("muscle", "bulbar", "tongue", "masseter"),
        ("area", "saddle", "perianal_outer", "heel"),
        ("area", "stocking_to_ankle", "great_toe_dorsal", "posterior_leg"),
        ("area", "hand", "little_dorsal", "medial_forearm"),
        ("area_group", "field_sural", "lateral_foot", "heel"),
        ("reflex", "legs", "ankle", "biceps"),
    ],
)
def test_groups(kind: str, id_: str, member: str, stranger: str) -> None:
    members = GRAPH.expand(kind, id_)
    assert GRAPH.is_group(kind, id_)
    assert member in members
    assert stranger not in members


def test_an_arm_is_a_group_of_muscles_and_of_skin() -> None:
    assert set(GRAPH.expand("muscle", "arm")) <= set(GRAPH.muscles)
    assert set(GRAPH.expand("area", "arm")) <= set(GRAPH.areas)


def test_an_unknown_group_is_refused() -> None:
    assert not GRAPH.is_group("muscle", "quadricep")
    with pytest.raises(UnknownNameError, match="quadriceps"):
        GRAPH.expand("muscle", "quadricep")


def test_the_tree_of_the_median_nerve() -> None:
    tree = nerve_tree(GRAPH, "median")
    assert tree.roots == ("C6", "C7", "C8", "T1")
    order = [stop.node for stop in tree.stops]
    assert order.index("median.elbow") < order.index("median.wrist") < order.index("median.palm")
    text = render_tree(tree)
    assert "[tunnel] carpal tunnel" in text
    assert "muscle: pronator teres (C6 C7)" in text
    assert text.index("carpal tunnel") < text.index("abductor pollicis brevis")
    assert text.index("palm over the thenar") < text.index("carpal tunnel")


def test_a_division_is_told_from_where_it_leaves_the_trunk() -> None:
    sciatic = nerve_tree(GRAPH, "sciatic")
    (division,) = [b for stop in sciatic.stops for b in stop.branches if b.nerve == "sciatic_tibial_division"]
    assert [stop.name for stop in division.stops] == ["sciatic tibial division, hamstrings"]
    whole = nerve_tree(GRAPH, "sciatic_tibial_division")
    assert len(whole.stops) > len(division.stops)


@pytest.mark.parametrize("nerve", sorted(GRAPH.nerves))
def test_every_nerve_has_a_tree(nerve: str) -> None:
    text = render_tree(nerve_tree(GRAPH, nerve))
    assert text.startswith(GRAPH.nerves[nerve].name)


def test_the_tree_of_an_unknown_nerve_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="median"):
        nerve_tree(GRAPH, "mediann")


def test_a_graph_can_be_built_twice() -> None:
    again: NerveGraph = build_graph(read_tables())
    assert again.segments == GRAPH.segments
