"""Roots that a label map names, and the oblique foramina of the neck, in simulated spines whose truth is known."""

from dataclasses import replace
from pathlib import Path

import pytest

from ranvier.anatomy import load_graph
from ranvier.core import Origin, Side, UnreadableImageError
from ranvier.imaging.simulation.spine import SimulatedBulge, SimulatedRoot, SpineSpec, draw_spine
from ranvier.imaging.spine import (
    SpineLabel,
    SpineReport,
    find_label_table,
    measure_spine,
    read_label_table,
    spine_findings,
    spine_maps,
)

TOOL = find_label_table("totalspineseg")
TABLE = {
    **TOOL,
    205: SpineLabel(value=205, name="L5 root", structure="root", level="L5"),
    204: SpineLabel(value=204, name="L4 root", structure="root", level="L4"),
}
LUMBAR = SpineSpec(
    vertebrae=("L1", "L2", "L3", "L4", "L5"),
    bulges={"L4/L5": SimulatedBulge(depth_mm=5.0, at_right_mm=-8.0, base_mm=12.0)},
)
NECK = SpineSpec(
    vertebrae=("C3", "C4", "C5", "C6", "C7"),
    width_mm=18.0,
    depth_mm=16.0,
    height_mm=13.0,
    disc_mm=5.0,
    canal_ap_mm=12.0,
    canal_width_mm=12.0,
    pedicle_width_mm=7.0,
    pedicle_length_mm=6.0,
    pedicle_height_mm=6.0,
    foramen_turn_deg=45.0,
    short_pedicles={("C5/C6", "left"): 2.5},
    voxel_mm=(0.8, 0.8, 0.8),
)


def rods(left_behind_mm: float, left_radius_mm: float = 2.0) -> tuple[SimulatedRoot, SimulatedRoot]:
    """Return L5 roots at the disc L4/L5, the right one free."""
    left = SimulatedRoot(root="L5", level="L4/L5", at_right_mm=-8.0, behind_mm=left_behind_mm, radius_mm=left_radius_mm)
    return left, SimulatedRoot(root="L5", level="L4/L5", at_right_mm=8.0, behind_mm=8.0)


def judged(spec: SpineSpec, table: dict[int, SpineLabel] | None = None) -> SpineReport:
    named = table if table is not None else TABLE
    return measure_spine(spine_maps(draw_spine(spec, named), named))


def state(report: SpineReport, root: str, side: Side) -> tuple[str, str]:
    (one,) = [r for r in report.roots if (r.root, r.side, r.level) == (root, side, "L4/L5")]
    return one.state, one.text


def test_a_labelled_root_that_the_displaced_disc_reaches_is_touched_and_the_other_is_free() -> None:
    report = judged(replace(LUMBAR, roots=rods(7.0)))
    found, words = state(report, "L5", Side.LEFT)
    assert found in ("touched", "compressed")  # the disc takes room of the recess too
    assert "displaced disc reaches the labelled root" in words
    found, words = state(report, "L5", Side.RIGHT)
    assert found == "free"
    assert "the labelled root lies" in words
    (level,) = [one for one in report.measured.levels if one.level.level == "L4/L5"]
    left, right = (side.traversing for side in level.sides)
    assert left is not None
    assert right is not None
    assert left.gap_mm < 1.0
    assert left.displaced_mm == pytest.approx(5.0, abs=0.7)
    assert right.gap_mm == pytest.approx(6.0, abs=1.0)


def test_a_reached_root_that_is_thinner_than_the_other_side_is_compressed_and_becomes_a_finding() -> None:
    report = judged(replace(LUMBAR, roots=rods(6.4, left_radius_mm=1.4)))
    assert state(report, "L5", Side.LEFT)[0] == "compressed"
    findings = list(spine_findings(report, load_graph(), Origin(file="mri/spine")))
    places = {(f.observable, f.place.ids, f.place.side) for f in findings if f.place is not None}
    assert ("image:root_compressed", ("L5",), Side.LEFT) in places


def test_a_labelled_root_away_from_the_disc_puts_an_inferred_contact_in_doubt() -> None:
    without = judged(LUMBAR)
    assert state(without, "L5", Side.LEFT)[0] in ("touched", "compressed")
    found, words = state(judged(replace(LUMBAR, roots=rods(11.0))), "L5", Side.LEFT)
    assert found == "unknown"
    assert "in doubt" in words


def test_the_side_of_a_root_is_that_of_its_label_where_the_table_tells_it() -> None:
    spec = replace(LUMBAR, roots=rods(7.0)[:1])
    left = {**TOOL, 205: replace(TABLE[205], side=Side.LEFT)}
    report = judged(spec, left)
    found, words = state(report, "L5", Side.LEFT)
    assert found in ("touched", "compressed")
    assert "not judged" in words or found == "compressed"


def test_a_table_may_name_roots(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("value,structure,level,side\n1,root,L5,left\n2,root,S1,\n")
    table = read_label_table(path)
    assert (table[1].level, table[1].side, table[2].side) == ("L5", Side.LEFT, Side.UNKNOWN)
    path.write_text("value,structure,level,side\n1,root,L9,left\n")
    with pytest.raises(UnreadableImageError, match="line 2: there is no level of a root"):
        read_label_table(path)
    path.write_text("value,structure,level,side\n1,root,L5,up\n")
    with pytest.raises(UnreadableImageError, match=r"the side is left, right or empty \(got 'up'\)"):
        read_label_table(path)


@pytest.fixture(scope="module")
def neck() -> SpineReport:
    return judged(NECK, dict(TOOL))


def test_oblique_foramina_of_the_neck_are_measured_by_level_and_side(neck: SpineReport) -> None:
    for one in neck.measured.levels:
        for side in one.sides:
            narrow = (one.level.level, side.side) == ("C5/C6", Side.LEFT)
            truth = NECK.foramen_height_mm * (2.5 if narrow else NECK.pedicle_length_mm)
            assert side.foramen.area_mm2 == pytest.approx(truth, rel=0.15)
            assert side.foramen.height_mm == pytest.approx(NECK.foramen_height_mm, abs=1.0)


def test_a_narrow_foramen_at_c5_c6_is_laid_to_c6(neck: SpineReport) -> None:
    (item,) = [s for s in neck.standouts if s.kind == "foramen_narrow"]
    assert (item.level, item.side) == ("C5/C6", Side.LEFT)
    findings = list(spine_findings(neck, load_graph(), Origin(file="mri/neck")))
    places = [(f.observable, f.place.ids, f.place.side) for f in findings if f.place is not None]
    assert places == [("image:foraminal_stenosis", ("C6",), Side.LEFT)]


def test_without_arches_there_is_no_foramen() -> None:
    flat = replace(NECK, pedicle_width_mm=0.01, pedicle_length_mm=0.01)
    report = judged(flat, dict(TOOL))
    assert all(side.foramen.area_mm2 is None for one in report.measured.levels for side in one.sides)
