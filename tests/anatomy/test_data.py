"""Every number of the tables has a source and a status, and sensible values."""

from importlib.resources import files

import pytest

from ranvier.anatomy import load_graph
from ranvier.core import Status, read_sources, read_table

PACKAGE = "ranvier.anatomy"
TABLES = sorted(
    entry.name
    for entry in files(PACKAGE).joinpath("data").iterdir()
    if entry.name not in ("sources.csv", "synonyms.csv")
)
SOURCES = read_sources(PACKAGE)
GRAPH = load_graph()
REGIONS = {
    "brain",
    "cervical_spine",
    "thoracic_spine",
    "lumbar_spine",
    "brachial_plexus",
    "lumbosacral_plexus",
    "pelvis",
    "shoulder",
    "arm",
    "elbow",
    "forearm",
    "wrist",
    "hand",
    "thigh",
    "knee",
    "leg",
    "ankle",
    "foot",
    "chest",
    "abdomen",
}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_known_source_and_status(table: str) -> None:
    rows = read_table(PACKAGE, table, ("status", "source"))
    for row in rows:
        for column, cell in row.items():
            if column == "source" or column.endswith("_source"):
                assert cell in SOURCES
            if column == "status" or column.endswith("_status"):
                assert cell in set(Status)


def test_every_source_is_used() -> None:
    used = {
        cell
        for table in TABLES
        for row in read_table(PACKAGE, table, ("source",))
        for column, cell in row.items()
        if column == "source" or column.endswith("_source")
    }
    assert set(SOURCES) == used


def test_lengths_and_calibres_are_those_of_nerves() -> None:
    for segment in GRAPH.segments:
        assert 0 < segment.length_cm <= 25
        assert 0 < segment.calibre_mm2 < 65
        assert 0 < segment.share <= 1


def test_published_calibres() -> None:
    """Median 9.0 mm2 (hamate), ulnar 6 mm2 (elbow), sciatic 43.3 and 20.4 mm2, tibial 10.2 mm2, L5 5.29 mm wide."""
    calibre = {s.target: s.calibre_mm2 for s in GRAPH.segments}
    assert calibre["median.palm"] == 9.0
    assert calibre["ulnar.elbow"] == 6.0
    assert calibre["sciatic.mid_thigh"] == 43.3
    assert calibre["sciatic.distal_thigh"] == 20.4
    assert calibre["tibial.foot"] == 10.2
    assert calibre["femoral.inguinal"] == 24.8
    root = {s.id: s.calibre_mm2 for s in GRAPH.segments}["L5.spinal_nerve>L5.rami"]
    assert root == pytest.approx(22.0, abs=0.1)


def test_every_segment_can_be_imaged_at_a_known_region() -> None:
    assert {s.mri_station for s in GRAPH.segments} == REGIONS


STUDY_POINTS = """
median.wrist median.palm median.elbow median.axilla ulnar.wrist ulnar.below_elbow ulnar.above_elbow ulnar.axilla
posterior_interosseous.mid_forearm radial.elbow radial.below_spiral_groove radial.above_spiral_groove
musculocutaneous.axilla musculocutaneous.elbow deep_fibular.ankle common_fibular.below_fibular_head
common_fibular.above_fibular_head tibial.ankle tibial.popliteal_crease femoral.inguinal sural.calf sural.ankle
superficial_fibular.leg superficial_radial.forearm upper_trunk middle_trunk lower_trunk
"""


@pytest.mark.parametrize("node", STUDY_POINTS.split())
def test_points_of_conduction_studies_exist(node: str) -> None:
    assert node in GRAPH.nodes


def test_counts() -> None:
    assert len(GRAPH.muscles) >= 157
    assert len(GRAPH.areas) >= 80
    assert len(GRAPH.tunnels) == 69
    assert len(GRAPH.movements) >= 50
