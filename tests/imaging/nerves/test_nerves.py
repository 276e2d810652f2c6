"""Nerves in a volume: seeds, label maps, tracking and measuring, against phantoms whose truth is known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ranvier.anatomy import load_graph
from ranvier.core import OutsideReferenceError, Side, UnreadableImageError
from ranvier.imaging.nerves import (
    Level,
    changes_along,
    measure_labels,
    measure_nerve,
    measure_seeded,
    read_label_names,
    read_seeds,
    sections_of_labels,
    side_differences,
    track_nerve,
)
from ranvier.imaging.nerves.labels import LabelName
from ranvier.imaging.nerves.seeds import NerveSeeds
from ranvier.imaging.nerves.study import median_area
from ranvier.imaging.nerves.tracking import slice_axis_of
from ranvier.imaging.simulation.phantom import Phantom, PhantomSpec, draw_phantom, tissue_signal
from ranvier.imaging.volume import Volume
from ranvier.reference import mri_limit, mri_limits

GRAPH = load_graph()
NAME = LabelName(nerve="sciatic", side=Side.LEFT)


def labelled(phantom: Phantom) -> Volume:
    """Return the true label map of a phantom."""
    return Volume(values=(phantom.share >= 0.5).astype(np.float32), affine=phantom.volume.affine)


def fine(**more: object) -> Phantom:
    """Return a phantom with small voxels and thin slices."""
    spec = PhantomSpec(voxel_mm=0.25, slice_mm=1.0, slices=20, calibre_mm=6.0)
    return draw_phantom(replace(spec, **more), seed=3)  # type: ignore[arg-type]


def test_the_true_label_map_measures_the_true_area_perpendicular_to_the_nerve() -> None:
    for tilt in (0.0, 25.0, 40.0):
        phantom = fine(tilt_deg=tilt)
        (nerve,) = measure_labels(phantom.volume, labelled(phantom), {1: NAME}, Level())
        area = np.array([m.area_mm2 for m in nerve.report.measurements])
        assert np.median(np.abs(area / phantom.area_mm2 - 1)) < 0.04
        tilts = [m.tilt_deg for m in nerve.report.measurements]
        assert np.median(tilts) == pytest.approx(tilt, abs=4)


def test_diameters_are_those_of_the_ellipse() -> None:
    phantom = fine(tilt_deg=0.0, flattening=2.25)
    (nerve,) = measure_labels(phantom.volume, labelled(phantom), {1: NAME}, Level())
    middle = nerve.report.measurements[10]
    assert middle.long_mm == pytest.approx(6.0 * 1.5, rel=0.05)
    assert middle.short_mm == pytest.approx(6.0 / 1.5, rel=0.07)
    assert middle.flattening == pytest.approx(2.25, rel=0.08)


def test_position_runs_along_the_nerve_and_signal_is_that_of_its_tissue() -> None:
    phantom = fine(tilt_deg=40.0, snr=200.0, contrast="t2")
    (nerve,) = measure_labels(phantom.volume, labelled(phantom), {1: NAME}, Level())
    length = nerve.report.measurements[-1].position_mm
    assert length == pytest.approx(19 / np.cos(np.deg2rad(40)), rel=0.06)
    low, high = sorted((tissue_signal("epineurium", "t2"), tissue_signal("fascicle", "t2")))
    signals = [m.signal for m in nerve.report.measurements]
    assert all(s is not None and low * 0.9 < s < high * 1.1 for s in signals)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("plain", set()), ("swelling", {"focal_swelling"}), ("narrowing", {"focal_narrowing"}),
     ("hourglass", {"focal_narrowing", "hourglass"})],
)  # fmt: skip
def test_changes_along_the_nerve_are_those_that_were_drawn(kind: str, expected: set[str]) -> None:
    phantom = fine(kind=kind, slices=40, tilt_deg=10.0)
    (nerve,) = measure_labels(phantom.volume, labelled(phantom), {1: NAME}, Level())
    found = {c.kind for c in nerve.changes}
    assert expected <= found
    assert found <= expected | {"entrapment_pattern", "focal_swelling"} if kind == "hourglass" else found == expected


def test_swelling_beside_narrowing_is_called_the_picture_of_a_compression() -> None:
    phantom = fine(slices=40, tilt_deg=0.0)
    axis, sections = sections_of_labels(labelled(phantom), 1)
    scale = np.ones(40)
    scale[14:18], scale[18:22] = 1.8, 0.5
    bent = [replace(s, area_mm2=s.area_mm2 * k) for s, k in zip(sections, scale, strict=True)]
    report = measure_nerve(phantom.volume, bent, axis, "sciatic", Side.LEFT)
    kinds = [c.kind for c in changes_along(report)]
    assert {"focal_swelling", "focal_narrowing", "entrapment_pattern"} <= set(kinds)


@pytest.mark.parametrize(("push_mm", "expected"), [(0.0, []), (2.0, []), (7.0, ["nerve_displaced"])])
def test_a_nerve_pushed_off_its_course_is_displaced(push_mm: float, expected: list[str]) -> None:
    phantom = fine(slices=40, tilt_deg=10.0)
    axis, sections = sections_of_labels(labelled(phantom), 1)
    push = push_mm / phantom.volume.spacing_mm[0] * np.exp(-(((np.arange(40) - 20) / 4) ** 2))
    bent = [replace(s, centre=s.centre + np.array([p, 0, 0])) for s, p in zip(sections, push, strict=True)]
    changes = changes_along(measure_nerve(phantom.volume, bent, axis, "sciatic", Side.LEFT))
    found = [c for c in changes if c.kind == "nerve_displaced"]
    assert [c.kind for c in found] == expected
    assert all(c.first_slice <= 20 <= c.last_slice and "7 mm" in c.text for c in found)


def test_unsure_sections_make_no_change_and_no_size() -> None:
    phantom = fine(kind="swelling", slices=40)
    axis, sections = sections_of_labels(labelled(phantom), 1)
    unsure = [replace(s, confidence=0.05) for s in sections]
    report = measure_nerve(phantom.volume, unsure, axis, "sciatic", Side.LEFT)
    assert changes_along(report) == ()
    assert median_area(report) is None


def test_tracking_follows_the_nerve_between_its_seeds() -> None:
    phantom = draw_phantom(PhantomSpec(calibre_mm=7.0, slices=16, tilt_deg=20.0), seed=1)
    ends = phantom.centre[[0, 15]]
    tracked = track_nerve(phantom.volume, ends)
    assert [s.slice_index for s in tracked.sections] == list(range(16))
    away = np.array([s.centre[:2] for s in tracked.sections]) - phantom.centre[:, :2]
    assert np.median(np.hypot(*away.T)) < 1.0
    (measured,) = measure_seeded(
        phantom.volume,
        [NerveSeeds(nerve="sciatic", side=Side.LEFT, points=ends)],
        Level(level="mid_thigh", method="stir"),
    )
    assert measured.verdict.limit is not None
    assert measured.verdict.limit.upper == pytest.approx(64.4)


def test_a_swelling_is_seen_by_tracking() -> None:
    phantom = draw_phantom(PhantomSpec(kind="swelling", calibre_mm=7.0), seed=5)
    seeds = NerveSeeds(nerve="sciatic", side=Side.LEFT, points=phantom.centre[[0, 12, 23]])
    (measured,) = measure_seeded(phantom.volume, [seeds], Level())
    assert "focal_swelling" in {c.kind for c in measured.changes}
    assert "no verdict" in measured.verdict.text


def test_slices_are_cut_along_the_largest_voxels_or_along_the_seeds() -> None:
    values = np.zeros((4, 4, 4), dtype=np.float32)
    thick = Volume(values=values, affine=np.diag([0.5, 4.0, 0.5, 1.0]))
    even = Volume(values=values, affine=np.eye(4))
    through = np.array([[0.0, 0.0, 1.0], [1.0, 3.0, 1.5]])
    within = np.array([[0.0, 1.0, 1.0], [30.0, 1.0, 1.5]])
    assert slice_axis_of(thick, through) == 1
    assert slice_axis_of(thick, within) == 0
    assert slice_axis_of(even, within) == 0
    assert slice_axis_of(thick, within[:1]) == 1


def test_seeds_in_voxels_and_in_millimetres_are_the_same_point(tmp_path: Path) -> None:
    affine = np.array([[-0.5, 0, 0, 30.0], [0, 0.5, 0, -20.0], [0, 0, 3.0, 5.0], [0, 0, 0, 1.0]])
    volume = Volume(values=np.zeros((40, 40, 10), dtype=np.float32), affine=affine)
    (tmp_path / "a.csv").write_text("nerve,side,i,j,k\nn. ischiadicus,L,10,12.5,3\nsciatic,left,11,12,5\n")
    (tmp_path / "b.csv").write_text("nerve,side,x_mm,y_mm,z_mm\nsciatic,left,25,-13.75,14\n")
    (one,) = read_seeds(tmp_path / "a.csv", volume, GRAPH)
    (other,) = read_seeds(tmp_path / "b.csv", volume, GRAPH)
    assert (one.nerve, one.side, len(one.points)) == ("sciatic", Side.LEFT, 2)
    assert other.points[0] == pytest.approx([10, 12.5, 3])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nerve,side,i,j,k\n", "holds no seed"),
        ("nerve,i,j,k\nsciatic,1,1,1\n", "lacks side"),
        ("nerve,side,i,j\nsciatic,left,1,1\n", "neither voxel indices nor millimetres"),
        ("nerve,side,i,j,k\nsciatik,left,1,1,1\n", "line 2: .*sciatik"),
        ("nerve,side,i,j,k\nsciatic,leftt,1,1,1\n", "line 2: .*leftt"),
        ("nerve,side,i,j,k\nsciatic,left,a,1,1\n", "three numbers"),
        ("nerve,side,i,j,k\nsciatic,left,nan,1,1\n", "finite"),
        ("nerve,side,i,j,k\nsciatic,left,99,1,1\n", "outside the volume"),
    ],
)
def test_wrong_seeds_are_named_with_their_line(tmp_path: Path, text: str, said: str) -> None:
    volume = Volume(values=np.zeros((10, 10, 10), dtype=np.float32), affine=np.eye(4))
    (tmp_path / "seeds.csv").write_text(text)
    with pytest.raises(UnreadableImageError, match=said):
        read_seeds(tmp_path / "seeds.csv", volume, GRAPH)


def test_a_label_map_on_other_voxels_is_refused(tmp_path: Path) -> None:
    phantom = fine()
    moved = Volume(values=labelled(phantom).values, affine=phantom.volume.affine + np.diag([0, 0, 1.0, 0]))
    with pytest.raises(UnreadableImageError, match="different places"):
        measure_labels(phantom.volume, moved, {1: NAME}, Level())
    coarser = Volume(values=labelled(phantom).values[::2], affine=phantom.volume.affine @ np.diag([2.0, 1, 1, 1]))
    with pytest.raises(UnreadableImageError, match="resample"):
        measure_labels(phantom.volume, coarser, {1: NAME}, Level())
    with pytest.raises(UnreadableImageError, match="number 7"):
        measure_labels(phantom.volume, labelled(phantom), {7: NAME}, Level())
    (tmp_path / "names.csv").write_text("label,nerve,side\n1,tibial nerve,right\n")
    assert read_label_names(tmp_path / "names.csv", GRAPH)[1] == LabelName(nerve="tibial", side=Side.RIGHT)
    (tmp_path / "bad.csv").write_text("label,nerve,side\nx,tibial,right\n")
    with pytest.raises(UnreadableImageError, match="line 2"):
        read_label_names(tmp_path / "bad.csv", GRAPH)


def test_sides_are_compared_where_both_were_measured() -> None:
    phantom, thick = fine(), fine(calibre_mm=9.0)
    (left,) = measure_labels(thick.volume, labelled(thick), {1: NAME}, Level())
    (right,) = measure_labels(phantom.volume, labelled(phantom), {1: replace(NAME, side=Side.RIGHT)}, Level())
    (line,) = side_differences([left, right])
    assert "the sides differ" in line


def test_a_limit_holds_for_its_own_level_and_method_only() -> None:
    assert mri_limit("sciatic", "mid_thigh", "area_mm2", "stir").upper == pytest.approx(64.4)
    for level, method in ((None, "stir"), ("mid_thigh", None), ("distal_thigh", "stir"), ("mid_thigh", "t1")):
        with pytest.raises(OutsideReferenceError, match="limits exist for mid_thigh by stir"):
            mri_limit("sciatic", level, "area_mm2", method)
    with pytest.raises(OutsideReferenceError, match="no limit of this nerve"):
        mri_limit("tibial", "ankle", "area_mm2", "stir")
    with pytest.raises(OutsideReferenceError, match="18 years"):
        mri_limit("sciatic", "mid_thigh", "area_mm2", "stir", 9)
    assert all(row.upper is not None and row.upper > (row.mean or 0) for row in mri_limits())


def test_a_root_is_seeded_and_its_swelling_may_be_its_ganglion(tmp_path: Path) -> None:
    phantom = fine(kind="swelling", slices=40, tilt_deg=0.0)
    (tmp_path / "seeds.csv").write_text("nerve,side,i,j,k\nL5,left,40,40,0\nsciatic,left,40,40,0\n")
    root, nerve = read_seeds(tmp_path / "seeds.csv", phantom.volume, GRAPH)
    assert (root.nerve, root.is_root, root.calibre_mm2) == ("L5", True, None)
    assert not nerve.is_root
    axis, sections = sections_of_labels(labelled(phantom), 1)
    report = measure_nerve(phantom.volume, sections, axis, "L5", Side.LEFT)
    (swollen,) = changes_along(replace(report, is_root=True))
    assert "ganglion" in swollen.text
    assert "ganglion" not in changes_along(report)[0].text
