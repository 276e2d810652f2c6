"""A spine judged: level against level, against limits where stated, root by root, and into a case."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ranvier.anatomy import load_graph
from ranvier.case import read_case
from ranvier.core import Origin, OutsideReferenceError, PlaceKind, Side, UnknownNameError, UnreadableImageError
from ranvier.imaging import findings, unused
from ranvier.imaging.simulation.spine import SimulatedBulge, SpineSpec, draw_spine
from ranvier.imaging.spine import (
    SpineReport,
    cord_levels,
    find_label_table,
    measure_spine,
    read_label_table,
    spine_findings,
    spine_maps,
    write_spine,
)
from ranvier.imaging.volume import Volume
from ranvier.reference import spine_limit, spine_limits

nibabel = pytest.importorskip("nibabel")

TABLE = find_label_table("totalspineseg")
GRAPH = load_graph()
FIVE = SpineSpec(vertebrae=("L1", "L2", "L3", "L4", "L5"), voxel_mm=(1.5, 1.0, 1.2))
PARACENTRAL = replace(FIVE, bulges={"L4/L5": SimulatedBulge(depth_mm=6.0, at_right_mm=-8.0, base_mm=10.0)})
FORAMINAL = replace(
    FIVE,
    bulges={"L4/L5": SimulatedBulge(depth_mm=5.0, at_right_mm=17.0, base_mm=10.0)},
    short_pedicles={("L4/L5", "right"): 5.0},
)
CERVICAL = SpineSpec(
    vertebrae=("C3", "C4", "C5", "C6", "C7"),
    width_mm=18.0,
    depth_mm=16.0,
    height_mm=13.0,
    disc_mm=5.0,
    canal_ap_mm=12.0,
    canal_width_mm=12.0,
    pedicle_width_mm=5.0,
    pedicle_length_mm=6.0,
    pedicle_height_mm=6.0,
    cord_mm=7.0,
    bulges={"C5/C6": SimulatedBulge(depth_mm=3.5, at_right_mm=5.0, base_mm=5.0)},
    voxel_mm=(0.7, 0.6, 0.6),
)


_DONE: list[tuple[SpineSpec, str | None, SpineReport]] = []


def judged(spec: SpineSpec, canal: str | None = None) -> SpineReport:
    """Return the report of a simulated spine; each is measured once."""
    for known, outline, report in _DONE:
        if (known, outline) == (spec, canal):
            return report
    report = measured(spec, canal)
    _DONE.append((spec, canal, report))
    return report


def measured(spec: SpineSpec, canal: str | None) -> SpineReport:
    return measure_spine(spine_maps(draw_spine(spec, TABLE), TABLE), canal=canal)


def found(report: SpineReport) -> set[tuple[str, tuple[str, ...], Side]]:
    items = spine_findings(report, GRAPH, Origin(file="mri/spine"))
    return {(f.observable, f.place.ids, f.place.side) for f in items if f.place is not None}


def states(report: SpineReport) -> dict[tuple[str, Side, str], str]:
    return {(r.root, r.side, r.level): r.state for r in report.roots}


def test_a_paracentral_disc_at_l4_l5_meets_the_l5_root() -> None:
    report = judged(PARACENTRAL)
    assert found(report) == {
        ("image:disc_herniation", ("L5",), Side.LEFT),
        ("image:root_compressed", ("L5",), Side.LEFT),
    }
    state = states(report)
    assert state["L5", Side.LEFT, "L4/L5"] == "compressed"
    assert state["L5", Side.RIGHT, "L4/L5"] == "free"
    assert state["L4", Side.LEFT, "L4/L5"] == "free"


def test_a_foraminal_disc_at_l4_l5_meets_the_l4_root() -> None:
    report = judged(FORAMINAL)
    assert ("image:disc_herniation", ("L4",), Side.RIGHT) in found(report)
    assert ("image:root_compressed", ("L4",), Side.RIGHT) in found(report)
    assert ("image:foraminal_stenosis", ("L4",), Side.RIGHT) in found(report)
    assert not any("L5" in ids for _, ids, _ in found(report))


def test_a_cervical_disc_meets_the_root_named_by_the_lower_vertebra() -> None:
    report = judged(CERVICAL)
    assert found(report) == {("image:disc_herniation", ("C6",), Side.RIGHT)}
    assert states(report)["C6", Side.RIGHT, "C5/C6"] in ("touched", "compressed")
    open_ones = [side.foramen for one in report.measured.levels for side in one.sides]
    assert {(f.area_mm2, f.note) for f in open_ones} == {(None, "the labels leave the foramen open")}


def test_a_central_disc_is_laid_to_no_root() -> None:
    report = judged(replace(FIVE, bulges={"L3/L4": SimulatedBulge(depth_mm=6.0, base_mm=8.0)}))
    assert found(report) == {("image:disc_herniation", ("lumbar_spine",), Side.UNKNOWN)}


def test_a_broad_bulge_is_no_herniation() -> None:
    report = judged(replace(FIVE, bulges={"L3/L4": SimulatedBulge(depth_mm=4.0, base_mm=44.0)}))
    assert "image:disc_herniation" not in {name for name, _, _ in found(report)}
    assert any(s.kind == "disc_displaced" for s in report.standouts)


def test_a_narrow_canal_stands_out_without_a_limit() -> None:
    report = judged(replace(FIVE, narrowed={"L2/L3": 0.65}))
    (item,) = [s for s in report.standouts if s.kind == "canal_narrow"]
    assert item.level == "L2/L3"
    assert item.value / item.others == pytest.approx(0.65**2, abs=0.03)
    assert all(v.narrow is None for v in report.verdicts)
    assert found(report) == {("image:canal_stenosis", ("lumbar_spine",), Side.UNKNOWN)}


def test_a_plain_spine_has_no_finding() -> None:
    report = judged(FIVE)
    assert report.standouts == ()
    assert found(report) == set()
    assert set(states(report).values()) == {"free"}


def test_with_the_outline_of_the_canal_stated_the_limit_decides() -> None:
    narrow = replace(FIVE, narrowed={"L4/L5": 0.65})
    by_measure = {(v.level, v.measure): v for v in judged(narrow, "dural_sac").verdicts if v.side is Side.MIDLINE}
    below = by_measure["L4/L5", "canal_area_mm2"]
    assert below.narrow
    assert below.limit is not None
    assert "below 111.09 mm2" in below.text
    assert by_measure["L3/L4", "canal_area_mm2"].narrow is None
    assert by_measure["L3/L4", "canal_ap_mm"].narrow is False
    (finding,) = spine_findings(judged(narrow, "dural_sac"), GRAPH, Origin(file="x"))
    assert finding.limit is not None
    assert finding.limit.status.value == "secondary"


def test_two_levels_are_too_few_to_compare() -> None:
    report = judged(replace(PARACENTRAL, vertebrae=("L3", "L4", "L5")))
    assert report.standouts == ()
    assert {r.state for r in report.roots} == {"unknown"}


def test_names_that_do_not_fit_the_size_name_no_root(tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(
        "value,structure,level\n2,canal,\n41,vertebra,C3\n42,vertebra,C4\n43,vertebra,C5\n44,vertebra,C6\n"
        "45,vertebra,C7\n92,disc,C3/C4\n93,disc,C4/C5\n94,disc,C5/C6\n95,disc,C6/C7\n"
    )
    report = measure_spine(spine_maps(draw_spine(PARACENTRAL, TABLE), read_label_table(path)))
    assert report.measured.names_doubted
    assert report.roots == ()
    assert found(report) == set()
    assert "the names of the levels are doubted" in report.measured.notes[0]


def test_missing_labels_are_named() -> None:
    volume = draw_spine(FIVE, TABLE)
    without_disc = np.where(np.isin(volume.values, [92, 93, 94, 95, 2]), 0, volume.values).astype(np.float32)
    with pytest.raises(UnreadableImageError, match="no disc with a level, and no canal or cord"):
        measure_spine(spine_maps(replace(volume, values=without_disc), TABLE))
    without_canal = np.where(volume.values == 2, 0, volume.values).astype(np.float32)
    with pytest.raises(UnreadableImageError, match="label the canal"):
        measure_spine(spine_maps(replace(volume, values=without_canal), TABLE))
    without_l2 = np.where(volume.values == 42, 0, volume.values).astype(np.float32)
    report = measure_spine(spine_maps(replace(volume, values=without_l2), TABLE))
    assert "L1/L2: the label map has no vertebra L2" in report.measured.notes
    assert [one.level.level for one in report.measured.levels] == ["L3/L4", "L4/L5"]


def test_a_map_that_does_not_fit_is_refused() -> None:
    volume = draw_spine(FIVE, TABLE)
    moved = volume.affine.copy()
    moved[0, 3] += 5
    big = np.diag([8.0, 8.0, 8.0, 1.0])
    for labels, image, said in (
        (volume, replace(volume, affine=moved), "lie in different places"),
        (volume, replace(volume, values=volume.values[1:]), "resample one of them"),
        (replace(volume, affine=big), None, "too large to measure a spine"),
        (replace(volume, values=volume.values + np.float32(0.4)), None, "whole numbers"),
        (replace(volume, values=volume.values[:0]), None, "holds no voxel"),
        (replace(volume, values=volume.values * 0 + 99), None, "the table knows none of it"),
        (Volume(values=np.zeros((4, 4, 4, 3), dtype=np.float32), affine=np.eye(4)), None, "three axes"),
    ):
        with pytest.raises(UnreadableImageError, match=said):
            spine_maps(labels, TABLE, image=image)


def test_an_image_or_scattered_labels_are_no_label_map() -> None:
    rng = np.random.default_rng(0)
    noise = Volume(values=rng.integers(0, 2000, (40, 40, 40)).astype(np.float32), affine=np.eye(4))
    with pytest.raises(UnreadableImageError, match="it looks like an image"):
        spine_maps(noise, TABLE)
    volume = draw_spine(FIVE, TABLE)
    spread = volume.values.copy()
    spread[spread == 94] = 0
    spread[::7, ::7, ::7] = 94
    report = measure_spine(spine_maps(replace(volume, values=spread), TABLE))
    assert "L3/L4: the disc is scattered over the label map; mend it" in report.measured.notes


def test_the_cord_by_vertebral_level() -> None:
    volume = draw_spine(CERVICAL, TABLE)
    cord = np.where(volume.values == 1, 5, 0).astype(np.float32)
    cord[..., : cord.shape[2] // 2] = np.where(cord[..., : cord.shape[2] // 2] > 0, 6, 0)
    report = measure_spine(spine_maps(replace(volume, values=cord), find_label_table("sct_vertebral_levels")))
    upper, lower = cord_levels(report.measured.sections)
    assert (upper.level, lower.level) == ("C5", "C6")
    assert (upper.area_mm2, lower.area_mm2) == pytest.approx((np.pi * 3.5**2,) * 2, rel=0.05)
    assert "only the canal and the cord are measured" in report.measured.notes[0]


def test_a_disc_at_the_border_is_said_to_be_cut_off() -> None:
    volume = draw_spine(FIVE, TABLE)
    cut = Volume(values=volume.values[13:-13], affine=volume.affine)
    report = measure_spine(spine_maps(cut, TABLE))
    assert all("reaches the side border" in one.notes[0] for one in report.measured.levels)
    assert not report.measured.names_doubted


def test_a_cord_alone_gives_its_sections() -> None:
    volume = draw_spine(CERVICAL, TABLE)
    cord = Volume(values=(volume.values == 1).astype(np.float32), affine=volume.affine)
    report = measure_spine(spine_maps(cord, find_label_table("sct_cord")))
    assert report.measured.levels == ()
    areas = [s.cord_area_mm2 for s in report.measured.sections if not s.cut_off]
    assert areas == pytest.approx([np.pi * 3.5**2] * len(areas), rel=0.05)


def test_limits_hold_for_their_own_outline_only() -> None:
    assert spine_limit("canal_area_mm2", "L4/L5", "lumbar", "bony_canal").below == 147.12
    assert spine_limit("canal_ap_mm", "C5/C6", "cervical", "bony_canal").below == 10
    assert spine_limit("canal_ap_mm", "L2/L3", "lumbar", "dural_sac").below == 10
    with pytest.raises(OutsideReferenceError, match="not said"):
        spine_limit("canal_area_mm2", "L4/L5", "lumbar", None)
    with pytest.raises(OutsideReferenceError, match="no limit of this measure holds at L2/L3"):
        spine_limit("canal_area_mm2", "L2/L3", "lumbar", "dural_sac")
    with pytest.raises(UnknownNameError, match="did you mean 'dural_sac'"):
        spine_limit("canal_area_mm2", "L4/L5", "lumbar", "dural sac")
    assert all(row.below > 0 and row.source for row in spine_limits())


def test_tables_are_written_with_units_in_their_names(tmp_path: Path) -> None:
    paths = write_spine(judged(PARACENTRAL, "dural_sac"), tmp_path)
    assert [p.name for p in paths] == ["levels.tsv", "sides.tsv", "canal.tsv", "spine.json"]
    lines = paths[0].read_text().splitlines()
    row = dict(zip(lines[0].split("\t"), lines[4].split("\t"), strict=True))
    assert (row["level"], row["displaced_zone"], row["displaced_side"]) == ("L4/L5", "subarticular", "left")
    assert float(row["displaced_mm"]) == pytest.approx(6.0, abs=0.4)
    assert len(paths[1].read_text().splitlines()) == 1 + 2 * 4


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    """Return a case with the label map of a spine."""
    (tmp_path / "case.yaml").write_text("patient: {age_y: 50}\n")
    series = tmp_path / "mri" / "lumbar"
    series.mkdir(parents=True)
    volume = draw_spine(PARACENTRAL, TABLE)
    nibabel.save(nibabel.Nifti1Image(volume.values.astype(np.uint8), volume.affine), series / "spine_labels.nii.gz")
    (series / "spine.csv").write_text("label_table,canal\ntotalspineseg,\n")
    return tmp_path


def test_a_spine_in_a_case_becomes_findings_on_roots(case_folder: Path) -> None:
    case = read_case(case_folder)
    items = findings(case, GRAPH)
    assert {(f.observable, f.place.ids) for f in items if f.place and f.place.kind is PlaceKind.ROOT} == {
        ("image:disc_herniation", ("L5",)),
        ("image:root_compressed", ("L5",)),
    }
    assert [f.id for f in items] == ["measured-1", "measured-2"]
    (said,) = unused(case, GRAPH)
    assert "it is not said what the canal label outlines" in said.problem


def test_a_spine_without_its_table_is_told(case_folder: Path) -> None:
    (case_folder / "mri" / "lumbar" / "spine.csv").unlink()
    case = read_case(case_folder)
    assert findings(case, GRAPH) == ()
    (said,) = unused(case, GRAPH)
    assert "needs a spine.csv" in said.problem
