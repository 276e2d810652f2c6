"""The packaged graph keeps every rule, agrees with anatomy, and a damaged graph is found out."""

from collections.abc import Callable
from dataclasses import fields, replace

import pytest
from tests.anatomy.facts import FACTS, MAIN_AREA_ROOTS, MAIN_ROOTS, Passes, holds, share_at
from tests.anatomy.invariants import INVARIANTS

from ranvier.anatomy import Fibre, NerveGraph, Tables, build_graph, load_graph, read_tables
from ranvier.core import DataFileError


@pytest.fixture(scope="module")
def graph() -> NerveGraph:
    return load_graph()


@pytest.mark.parametrize("rule", INVARIANTS, ids=lambda rule: rule.__name__)
def test_the_graph_keeps_the_rule(graph: NerveGraph, rule: Callable[[NerveGraph], list[str]]) -> None:
    assert rule(graph) == []


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.says)
def test_the_graph_knows_that(graph: NerveGraph, fact: Passes) -> None:
    assert holds(graph, fact), share_at(graph, fact.kind, fact.target, fact.place)


@pytest.mark.parametrize(("muscle", "roots"), MAIN_ROOTS.items())
def test_main_roots_of_key_muscles(graph: NerveGraph, muscle: str, roots: set[str]) -> None:
    assert set(graph.muscles[muscle].roots_primary) == roots


@pytest.mark.parametrize(("area", "root"), MAIN_AREA_ROOTS.items())
def test_main_root_of_key_skin_points(graph: NerveGraph, area: str, root: str) -> None:
    assert max(graph.areas[area].roots, key=lambda w: w.weight).id == root
    assert area in graph.expand("area", f"dermatome_{root}")


def test_all_intrinsic_hand_muscles_carry_t1(graph: NerveGraph) -> None:
    members = graph.expand("muscle", "intrinsic_hand")
    assert len(members) >= 14
    assert [m for m in members if "T1" not in graph.muscles[m].roots] == []


def test_the_short_head_is_the_only_thigh_muscle_of_the_fibular_division(graph: NerveGraph) -> None:
    thigh = [m.id for m in graph.muscles.values() if m.region == "thigh"]
    fibular = [m for m in thigh if share_at(graph, "muscle", m, "nerve:sciatic_common_fibular_division") > 0]
    assert fibular == ["biceps_femoris_short_head"]


@pytest.mark.parametrize("nerve", ["posterior_interosseous", "anterior_interosseous", "suprascapular", "long_thoracic"])
def test_motor_nerves_have_no_skin(graph: NerveGraph, nerve: str) -> None:
    assert [a for a in graph.areas if share_at(graph, "area", a, f"nerve:{nerve}") > 0] == []


@pytest.mark.parametrize(
    "nerve", ["lateral_femoral_cutaneous", "saphenous", "sural", "superficial_radial", "medial_antebrachial_cutaneous"]
)
def test_cutaneous_nerves_have_no_muscle(graph: NerveGraph, nerve: str) -> None:
    assert [m for m in graph.muscles if share_at(graph, "muscle", m, f"nerve:{nerve}") > 0] == []


def test_the_lateral_femoral_cutaneous_nerve_is_l2_l3(graph: NerveGraph) -> None:
    roots = {r for i in graph.nerve_segments("lateral_femoral_cutaneous") for r in graph.segments[i].roots}
    assert roots == {"L2", "L3"}


@pytest.mark.parametrize(
    ("kind", "target", "expected_cm", "tolerance_cm"),
    [
        ("area", "occiput", 15, 4),
        ("muscle", "deltoid", 20, 5),
        ("area", "front_t8", 34, 4),
        ("area", "middle_palmar", 88, 3),
        ("area", "little_palmar", 88, 3),
        ("area", "anterior_thigh_upper", 38, 5),
        ("area", "great_toe_dorsal", 117, 3),
        ("area", "great_toe_plantar", 117, 3),
        ("area", "little_toe", 116, 4),
        ("organ", "heart_vagal", 47, 13),
        ("organ", "gut", 47, 13),
    ],
)
def test_lengths_to_targets(graph: NerveGraph, kind: str, target: str, expected_cm: float, tolerance_cm: float) -> None:
    fibre = {"muscle": Fibre.MOTOR, "area": Fibre.SENSORY, "organ": Fibre.AUTONOMIC}[kind]
    for path in graph.paths(kind, target, fibre):
        assert path.length_cm == pytest.approx(expected_cm, abs=tolerance_cm)


@pytest.mark.parametrize(
    ("target", "landmark", "expected_cm"),
    [
        ("abductor_pollicis_brevis", "median.elbow", 46),
        ("abductor_pollicis_brevis", "median.wrist", 70),
        ("abductor_digiti_minimi", "ulnar.elbow", 46),
        ("abductor_digiti_minimi", "ulnar.wrist", 70),
        ("extensor_digitorum", "radial.elbow", 46),
        ("abductor_hallucis", "tibial.popliteal_crease", 58),
        ("abductor_hallucis", "tibial.ankle", 99),
        ("extensor_digitorum_brevis", "common_fibular.above_fibular_head", 58),
        ("extensor_digitorum_brevis", "deep_fibular.ankle", 99),
    ],
)
def test_lengths_to_landmarks_within_3_cm(graph: NerveGraph, target: str, landmark: str, expected_cm: float) -> None:
    for path in graph.paths("muscle", target, Fibre.MOTOR):
        nodes = [graph.segments[i].source for i in path.segments]
        before = path.segments[: nodes.index(landmark)]
        assert sum(graph.segments[i].length_cm for i in before) == pytest.approx(expected_cm, abs=3)


DERMATOMES = [f"dermatome_{r}" for r in ("C2", "C3", "C4", "C5", "C6", "C7", "C8")]
DERMATOMES += [f"dermatome_T{i}" for i in range(1, 13)] + [f"dermatome_L{i}" for i in range(1, 6)]
DERMATOMES += [f"dermatome_S{i}" for i in range(1, 6)]
FIELDS = """
median palmar_cutaneous_median ulnar dorsal_ulnar_cutaneous superficial_radial
lateral_antebrachial_cutaneous medial_antebrachial_cutaneous axillary
posterior_antebrachial_cutaneous intercostobrachial lateral_femoral_cutaneous
femoral_anterior_cutaneous saphenous obturator superficial_fibular deep_fibular sural medial_plantar
lateral_plantar calcaneal posterior_femoral_cutaneous ilioinguinal genitofemoral greater_auricular
trigeminal_v1 trigeminal_v2 trigeminal_v3 mental lesser_occipital greater_occipital third_occipital
transverse_cervical supraclavicular cervical_dorsal_rami lower_lateral_brachial_cutaneous
posterior_brachial_cutaneous medial_brachial_cutaneous palmar_cutaneous_ulnar
intercostal_lateral_cutaneous intercostal_anterior_cutaneous thoracic_dorsal_rami
subcostal_lateral_cutaneous iliohypogastric superior_cluneal middle_cluneal inferior_cluneal
perforating_cutaneous anococcygeal inferior_rectal perineal dorsal_nerve_of_penis_or_clitoris
infrapatellar lateral_sural_cutaneous medial_sural_cutaneous medial_dorsal_cutaneous_foot
intermediate_dorsal_cutaneous_foot lateral_dorsal_cutaneous_foot common_plantar_digital
"""


@pytest.mark.parametrize("group", DERMATOMES + [f"field_{nerve}" for nerve in FIELDS.split()])
def test_every_dermatome_and_nerve_field_is_a_group(graph: NerveGraph, group: str) -> None:
    assert set(graph.expand("area", group)) <= set(graph.areas)
    assert graph.expand("area", group)


def changed(tables: Tables, table: str, key: str, id_: str, **cells: str) -> Tables:
    """Return tables with other cells in the row whose `key` is `id_`; at least one row must match."""
    rows = getattr(tables, table)
    out = tuple({**row, **cells} if row[key] == id_ else row for row in rows)
    assert out != rows
    return replace(tables, **{table: out})


def faults(tables: Tables) -> list[str]:
    """Return all that the build, the rules or the facts find wrong."""
    try:
        graph = build_graph(tables)
    except DataFileError as error:
        return [str(error)]
    found = [fault for rule in INVARIANTS for fault in rule(graph)]
    return found + [fact.says for fact in FACTS if not holds(graph, fact)]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_tables()


def test_the_packaged_tables_have_no_fault(tables: Tables) -> None:
    assert faults(tables) == []


MUTATIONS = {
    "a wrong root in a muscle row": ("muscles", "id", "tibialis_anterior", {"roots_primary": "L4;L5;S1"}),
    "a missing root in a muscle row": ("muscles", "id", "abductor_pollicis_brevis", {"roots_minor": ""}),
    "a branch moved beyond the tunnel": (
        "segments",
        "to_node",
        "palmar_cutaneous_median.palm",
        {"from_node": "median.palm"},
    ),
    "a branch moved before the tunnel": (
        "segments",
        "to_node",
        "recurrent_motor_median.thenar",
        {"from_node": "median.wrist"},
    ),
    "a cutaneous branch moved into Guyon's canal": (
        "segments",
        "to_node",
        "dorsal_ulnar_cutaneous.wrist",
        {"from_node": "ulnar.palm"},
    ),
    "a root lost on the way": ("segments", "to_node", "deep_fibular.proximal_leg", {"roots_carried": "L4"}),
    "a tunnel on two segments": ("segments", "to_node", "ulnar.below_elbow", {"tunnel": "cubital_tunnel"}),
    "a root that does not arrive": ("segments", "to_node", "medial_plantar.midfoot", {"roots_carried": "L5;S1;S2;S3"}),
    "a muscle given to another nerve": (
        "segments",
        "to_node",
        "gluteus_medius.muscle",
        {"from_node": "sciatic.gluteal"},
    ),
    "a group with an unknown member": ("groups", "id", "quadriceps", {"members": "rectus_femoris;vastus"}),
    "a synonym that leads nowhere": ("synonyms", "name", "APB", {"id": "abductor_pollicis"}),
    "a synonym taken by another muscle": ("synonyms", "name", "APB", {"name": "deltoid"}),
    "a cycle": ("segments", "to_node", "median.wrist", {"from_node": "median.palm"}),
    "an entry that is not where the twig leaves": ("muscles", "id", "soleus", {"entry": "tibial.ankle"}),
    "weights of an area that do not sum to 1": ("areas", "id", "heel", {"roots": "S1:0.7;S2:0.7"}),
    "a movement without weight": ("movements", "id", "hip_flexion", {"muscles": "iliopsoas:0.5"}),
    "a word for a number": ("segments", "to_node", "median.wrist", {"length_cm": "far"}),
    "a kind that does not exist": ("segments", "to_node", "median.wrist", {"kind": "vein"}),
    "a nerve that does not exist": ("segments", "to_node", "median.wrist", {"nerve": "medain"}),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_damaged_table_is_found_out(tables: Tables, name: str) -> None:
    table, key, id_, cells = MUTATIONS[name]
    assert faults(changed(tables, table, key, id_, **cells)) != []


def test_a_repeated_id_is_refused(tables: Tables) -> None:
    doubled = replace(tables, muscles=(*tables.muscles, tables.muscles[0]))
    with pytest.raises(DataFileError, match=r"trapezius.* occurs twice"):
        build_graph(doubled)


@pytest.mark.parametrize("table", [f.name for f in fields(Tables)])
def test_no_table_is_empty(tables: Tables, table: str) -> None:
    assert len(getattr(tables, table)) > 0
