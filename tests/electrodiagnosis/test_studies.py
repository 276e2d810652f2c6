"""Which standard study a row of a report means, and the table of studies against the graph."""

import pytest

from ranvier.anatomy import Fibre, load_graph
from ranvier.case import ConductionStudy
from ranvier.case.records import StudyKind
from ranvier.core import Origin, Place, PlaceKind, Side, read_sources, read_table
from ranvier.electrodiagnosis import NerveStudy, load_studies, study_for
from ranvier.electrodiagnosis.studies import stimulation_position
from ranvier.reference import amplitude_drop, load_ncs_limits

GRAPH = load_graph()
PACKAGE = "ranvier.electrodiagnosis"


def row(kind: StudyKind, *nerves: str, recording: str | None = None) -> ConductionStudy:
    """Return a row of a report on some nerves."""
    place = Place(kind=PlaceKind.NERVE, ids=nerves, side=Side.LEFT, label=" ".join(nerves))
    return ConductionStudy(place=place, kind=kind, recording=recording, origin=Origin(file="ncs.csv"))


def of_region(kind: StudyKind, region: str) -> ConductionStudy:
    """Return a summary of a region."""
    place = Place(kind=PlaceKind.REGION, ids=(region,), side=Side.BOTH, label=region)
    return ConductionStudy(place=place, kind=kind, origin=Origin(file="ncs.csv"))


@pytest.mark.parametrize(
    ("kind", "nerve", "recording", "studies"),
    [
        ("motor", "median", None, ("median_motor_apb",)),
        ("motor", "median", "abductor_pollicis_brevis", ("median_motor_apb",)),
        ("motor", "median", "thenar", ("median_motor_apb",)),
        ("motor", "median", "lumbricals_1_2_hand", ("median_motor_lumbrical",)),
        ("motor", "median", "tibialis_anterior", ()),
        ("motor", "ulnar", "first_dorsal_interosseous", ("ulnar_motor_fdi",)),
        ("motor", "ulnar", "palmar_interossei", ("ulnar_motor_interosseous",)),
        ("motor", "common_fibular", None, ("fibular_motor_edb",)),
        ("motor", "deep_fibular", "tibialis_anterior", ("fibular_motor_ta",)),
        ("motor", "sciatic", None, ("fibular_motor_edb", "tibial_motor_ah")),
        ("motor", "posterior_interosseous", None, ("radial_motor_edc",)),
        ("motor", "anterior_interosseous", None, ("median_motor_pq",)),
        ("sensory", "radial", None, ("superficial_radial_sensory",)),
        ("sensory", "median", "thumb", ("median_sensory_d1",)),
        ("sensory", "median", "middle_palmar", ("median_sensory_d3",)),
        ("sensory", "dorsal_ulnar_cutaneous", None, ("dorsal_ulnar_sensory",)),
        ("sensory", "medial_plantar", None, ("medial_plantar_mixed",)),
        ("sensory", "sural", "ankle", ("sural_sensory",)),
        ("sensory", "long_thoracic", None, ()),
        ("mixed", "median", None, ("median_palm_mixed",)),
        ("f_wave", "tibial", None, ("tibial_motor_ah",)),
        ("h_reflex", "tibial", "soleus", ("soleus_h",)),
        ("summary", "ulnar", None, ("ulnar_motor_adm", "ulnar_sensory_d5")),
    ],
)
def test_study_of_a_nerve(kind: StudyKind, nerve: str, recording: str | None, studies: tuple[str, ...]) -> None:
    assert study_for(row(kind, nerve, recording=recording), GRAPH) == studies


def test_several_nerves_give_several_studies() -> None:
    assert study_for(row("sensory", "median", "ulnar"), GRAPH) == ("median_sensory_d2", "ulnar_sensory_d5")


def test_a_region_gives_its_usual_studies() -> None:
    assert study_for(of_region("motor", "legs"), GRAPH) == ("fibular_motor_edb", "tibial_motor_ah")
    assert study_for(of_region("sensory", "legs"), GRAPH) == ("sural_sensory", "superficial_fibular_sensory")
    assert study_for(of_region("motor", "face"), GRAPH) == ("facial_motor",)
    limbs = study_for(of_region("summary", "limbs"), GRAPH)
    assert {"median_motor_apb", "ulnar_motor_adm", "tibial_motor_ah", "median_sensory_d2", "sural_sensory"} <= set(
        limbs
    )


@pytest.mark.parametrize(
    ("study", "stimulation", "position"),
    [
        ("median_motor_apb", None, "distal"),
        ("median_motor_apb", "median.wrist", "distal"),
        ("median_motor_apb", "median.palm", "beyond"),
        ("median_motor_apb", "median.elbow", "proximal"),
        ("median_motor_apb", "median.axilla", "proximal"),
        ("median_motor_apb", "tibial.ankle", "proximal"),
        ("fibular_motor_edb", "common_fibular.above_fibular_head", "proximal"),
    ],
)
def test_where_a_stimulating_point_lies(study: str, stimulation: str | None, position: str) -> None:
    assert stimulation_position(load_studies()[study], stimulation, GRAPH) == position


@pytest.mark.parametrize("study", load_studies().values(), ids=lambda s: s.id)
def test_every_stimulating_point_lies_on_every_path_of_its_study(study: NerveStudy) -> None:
    fibre = Fibre.MOTOR if study.record_kind == "muscle" else Fibre.SENSORY
    paths = GRAPH.paths(study.record_kind, study.record_id, fibre)
    assert paths
    for path in paths:
        nodes = [GRAPH.segments[index].source for index in path.segments]
        order = [nodes.index(node) for node in (study.distal_node, *study.proximal_nodes)]
        assert order == sorted(order, reverse=True), "proximal points must go up the nerve"


@pytest.mark.parametrize("study", load_studies().values(), ids=lambda s: s.id)
def test_every_name_in_the_table_is_known(study: NerveStudy) -> None:
    assert set(study.nerves) <= set(GRAPH.nerves)
    assert set(study.default_for) <= set(study.nerves)
    assert all(GRAPH.is_group(study.record_kind, site) for site in study.also_recorded_at)
    assert study.kind in ("motor", "sensory", "mixed", "h_reflex", "blink")


def test_limits_and_falls_are_of_known_studies() -> None:
    assert {limit.study for limit in load_ncs_limits()} <= set(load_studies())
    drops = [row["study"] for row in read_table("ranvier.reference", "amplitude_drops.csv", ("study",))]
    assert set(drops) <= set(load_studies())
    assert all(amplitude_drop(study) for study in drops)
    sides = [row["study"] for row in read_table("ranvier.reference", "ncs_side_differences.csv", ("study",))]
    assert set(sides) <= set(load_studies())


def test_sources_resolve() -> None:
    known = read_sources(PACKAGE)
    own = ("studies.csv", "discharges.csv", "technical.csv", "crossings.csv", "variant_words.csv", "branch_points.csv")
    for name in own:
        assert {r["source"] for r in read_table(PACKAGE, name, ("source",))} <= set(known)
