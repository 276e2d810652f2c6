"""Spines of boxes and ellipses, whose every measure is known: straight, turned, and in anisotropic voxels."""

from dataclasses import replace

import numpy as np
import pytest

from ranvier.core import Side
from ranvier.imaging.simulation.spine import SimulatedBulge, SpineSpec, draw_spine
from ranvier.imaging.spine import LevelMeasurement, SpineMeasurements, find_label_table, measure_levels, spine_maps

TABLE = find_label_table("totalspineseg")
BULGES = {
    "L3/L4": SimulatedBulge(depth_mm=5.0, at_right_mm=-9.0, base_mm=12.0),
    "L4/L5": SimulatedBulge(depth_mm=4.0, at_right_mm=17.0, base_mm=10.0),
}
LUMBAR = SpineSpec(bulges=BULGES, cord_mm=6.0)
SPECS = {
    "isotropic": LUMBAR,
    "turned": replace(LUMBAR, turn_deg=(18.0, 7.0, -9.0), voxel_mm=(1.0, 1.0, 1.0)),
    "sagittal": replace(LUMBAR, turn_deg=(12.0, 0.0, 0.0), voxel_mm=(3.0, 0.8, 0.8)),
    "axial": replace(LUMBAR, turn_deg=(10.0, 0.0, 0.0), voxel_mm=(0.8, 0.8, 3.0)),
}


@pytest.fixture(scope="module", params=SPECS)
def spec(request: pytest.FixtureRequest) -> SpineSpec:
    return SPECS[request.param]


@pytest.fixture(scope="module")
def measured(spec: SpineSpec) -> SpineMeasurements:
    return measure_levels(spine_maps(draw_spine(spec, TABLE), TABLE))


def level(measured: SpineMeasurements, name: str) -> LevelMeasurement:
    return next(one for one in measured.levels if one.level.level == name)


def test_all_levels_are_measured_from_the_head_down(measured: SpineMeasurements) -> None:
    assert [one.level.level for one in measured.levels] == ["L2/L3", "L3/L4", "L4/L5"]
    assert measured.notes == ()


def test_disc_heights_and_extent(spec: SpineSpec, measured: SpineMeasurements) -> None:
    for one in measured.levels:
        heights = (one.heights.anterior_mm, one.heights.middle_mm, one.heights.posterior_mm)
        assert heights == pytest.approx([spec.disc_mm] * 3, abs=0.5)
        assert one.heights.depth_mm == pytest.approx(spec.depth_mm, abs=1.0)
        assert one.heights.width_mm == pytest.approx(spec.width_mm, abs=3.0)


def test_depth_place_and_area_of_displaced_disc(spec: SpineSpec, measured: SpineMeasurements) -> None:
    slack = max(spec.voxel_mm)
    for name, bulge in BULGES.items():
        size = level(measured, name).size
        assert size is not None
        # beside the canal a vertebra label holds the root of the pedicle too, which hides up to 1 mm of the disc
        hidden = 0.0 if abs(bulge.at_right_mm) < spec.canal_width_mm / 2 else 1.0
        assert bulge.depth_mm - hidden - slack / 5 < size.depth_mm < bulge.depth_mm + slack / 5 + 0.1
        assert size.at_right_mm == pytest.approx(bulge.at_right_mm, abs=1.0 + slack / 2)
        assert size.area_mm2 == pytest.approx(bulge.area_mm2, rel=0.3)
    flat = level(measured, "L2/L3").size
    assert flat is not None
    assert flat.shape == ""
    assert flat.depth_mm < 0.6


def test_zones_of_displaced_disc(measured: SpineMeasurements) -> None:
    paracentral, lateral = level(measured, "L3/L4"), level(measured, "L4/L5")
    assert (paracentral.zone, paracentral.zone_side) == ("subarticular", Side.LEFT)
    assert (lateral.zone, lateral.zone_side) == ("foraminal", Side.RIGHT)
    left, right = paracentral.sides
    assert left.subarticular_mm is not None
    assert right.subarticular_mm is not None
    assert left.subarticular_mm > 4.0 > 0.6 > right.subarticular_mm


def test_the_disc_touches_the_canal_only_where_it_bulges(measured: SpineMeasurements) -> None:
    touched, free = level(measured, "L3/L4").sides
    assert touched.canal_gap_mm == 0.0
    assert free.canal_gap_mm is not None
    assert free.canal_gap_mm > 0.5


def test_canal_and_cord(spec: SpineSpec, measured: SpineMeasurements) -> None:
    one = level(measured, "L2/L3")
    assert one.canal is not None
    assert one.canal.area_mm2 == pytest.approx(spec.canal_area_mm2, rel=0.04)
    assert one.canal.ap_mm == pytest.approx(spec.canal_ap_mm, abs=0.5)
    assert one.canal.width_mm == pytest.approx(spec.canal_width_mm, abs=1.6)
    assert one.canal.cord_area_mm2 == pytest.approx(np.pi * spec.cord_mm**2 / 4, rel=0.08)
    assert one.canal_above is not None
    assert one.canal_above.area_mm2 == pytest.approx(spec.canal_area_mm2, rel=0.04)
    halves = [side.canal_half_mm2 for side in one.sides]
    assert halves == pytest.approx([spec.canal_area_mm2 / 2] * 2, rel=0.1)


def test_foramina_and_recesses(spec: SpineSpec, measured: SpineMeasurements) -> None:
    for side in level(measured, "L2/L3").sides:
        assert side.foramen.area_mm2 == pytest.approx(spec.foramen_area_mm2, rel=0.12)
        assert side.foramen.height_mm == pytest.approx(spec.foramen_height_mm, abs=2.6)
        assert side.recess_mm == pytest.approx(spec.pedicle_length_mm, abs=1.5)
    narrowed = level(measured, "L4/L5").sides[1].foramen.area_mm2
    assert narrowed is not None
    assert narrowed < 0.9 * spec.foramen_area_mm2


def test_a_short_pedicle_makes_a_small_foramen_on_its_side() -> None:
    spec = SpineSpec(vertebrae=("L3", "L4"), short_pedicles={("L3/L4", "right"): 4.0})
    one = level(measure_levels(spine_maps(draw_spine(spec, TABLE), TABLE)), "L3/L4")
    areas = [side.foramen.area_mm2 for side in one.sides]
    assert areas[0] == pytest.approx(spec.foramen_area_mm2, rel=0.08)
    assert areas[1] == pytest.approx(4.0 * spec.foramen_height_mm, rel=0.12)


@pytest.mark.parametrize(
    ("depth_mm", "base_mm", "shape"), [(3.0, 40.0, "bulge"), (5.0, 12.0, "protrusion"), (9.0, 8.0, "extrusion")]
)
def test_shape_by_proportions(depth_mm: float, base_mm: float, shape: str) -> None:
    spec = SpineSpec(
        bulges={"L4/L5": SimulatedBulge(depth_mm=depth_mm, base_mm=base_mm)},
        voxel_mm=(1.0, 0.8, 1.0),
        vertebrae=("L4", "L5"),
    )
    size = level(measure_levels(spine_maps(draw_spine(spec, TABLE), TABLE)), "L4/L5").size
    assert size is not None
    assert size.shape == shape


def test_the_canal_is_cut_across_its_course_where_the_spine_leans() -> None:
    spec = SpineSpec(vertebrae=("L3", "L4"), turn_deg=(30.0, 0.0, 0.0))
    sections = measure_levels(spine_maps(draw_spine(spec, TABLE), TABLE)).sections
    whole = [s.area_mm2 for s in sections if not s.cut_off]
    middle = whole[len(whole) // 4 : -len(whole) // 4]
    assert middle == pytest.approx([spec.canal_area_mm2] * len(middle), rel=0.04)
