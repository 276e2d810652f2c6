"""Muscles of known T2 and fat fraction: rims, sides, own limits, wrong input, and into a case."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ranvier.anatomy import load_graph
from ranvier.case import read_case
from ranvier.core import Side, UnknownNameError, UnreadableImageError
from ranvier.imaging import findings, unused
from ranvier.imaging.maps.parameters import fat_peaks, map_parameters
from ranvier.imaging.muscles import (
    MuscleReport,
    find_muscle_table,
    measure_muscles,
    muscle_map,
    muscle_tables,
    read_measure,
    read_muscle_table,
    read_own_limits,
    write_muscles,
)
from ranvier.imaging.muscles.measurements import inner_part, sentence
from ranvier.imaging.reading import SequenceFacts, Series, VolumeKind
from ranvier.imaging.volume import Volume

nibabel = pytest.importorskip("nibabel")

GRAPH = load_graph()
AFFINE = np.diag([1.0, 1.0, 6.0, 1.0])
TE = (10.0, 20.0, 30.0, 40.0)
T2 = {1: 35.0, 2: 45.0}
TABLE = find_muscle_table("totalsegmentator_thigh_shoulder", GRAPH)


def labels() -> Volume:
    """Return two muscles (left 1, right 2) as blocks of 20 x 20 x 4 voxels."""
    values = np.zeros((60, 30, 4), dtype=np.float32)
    values[5:25, 5:25], values[35:55, 5:25] = 1, 2
    return Volume(values=values, affine=AFFINE)


def spin_echoes(rim_ms: float = 70.0) -> Series:
    """Return a train of spin echoes; the outermost voxel of each muscle, and what is outside, has a long T2."""
    which = labels().values
    t2 = np.full(which.shape, rim_ms)
    for value, true in T2.items():
        t2[inner_part(which == value, np.array([1.0, 1.0, 6.0]))] = true
    signal = 1000 * np.exp(-np.array(TE) / t2[..., None])
    return Series(volume=Volume(values=signal.astype(np.float32), affine=AFFINE), facts=SequenceFacts(te_ms=TE))


def report(series: Series | None = None) -> MuscleReport:
    return measure_muscles(muscle_map([series or spin_echoes()], "t2"), labels(), TABLE)


def test_t2_is_that_of_the_inner_part_only() -> None:
    left, right = report().muscles
    assert (left.label.muscles, left.label.side) == (
        ("rectus_femoris", "vastus_lateralis", "vastus_intermedius", "vastus_medialis"),
        Side.LEFT,
    )
    assert (left.median, right.median) == pytest.approx((35.0, 45.0), rel=1e-4)
    assert (left.mean, left.low, left.high) == pytest.approx((35.0, 35.0, 35.0), rel=1e-4)
    assert left.spread == pytest.approx(0.0, abs=1e-3)
    assert left.voxels == 16 * 16 * 4
    assert left.volume_ml == pytest.approx(20 * 20 * 4 * 6 / 1000)


def test_thick_slices_lose_their_rim_in_the_plane_only_and_even_voxels_all_around() -> None:
    mask = np.zeros((12, 12, 12), dtype=np.bool_)
    mask[1:11, 1:11, 1:11] = True
    assert inner_part(mask, np.array([1.0, 1.0, 5.0])).sum() == 6 * 6 * 10
    assert inner_part(mask, np.array([1.0, 1.0, 1.0])).sum() == 6 * 6 * 6
    assert inner_part(np.zeros_like(mask), np.ones(3)).sum() == 0


def test_sides_are_compared_in_words() -> None:
    (side,) = report().sides
    assert side.differ
    assert side.text == "quadriceps femoris: left T2 35.0 ms, right T2 45.0 ms: the sides differ"


def test_without_a_limit_there_is_no_verdict_and_with_one_there_is(tmp_path: Path) -> None:
    found = muscle_map([spin_echoes()], "t2")
    assert all(m.above is None and "no verdict" in sentence(m, "t2_ms") for m in report().muscles)
    path = tmp_path / "limits.csv"
    path.write_text("muscle,measure,upper,source\n*,t2_ms,40,own controls\nquadriceps_femoris_left,t2_ms,30,own\n")
    left, right = measure_muscles(found, labels(), TABLE, read_own_limits(path)).muscles
    assert left.limit is not None
    assert (left.limit.upper, left.above, right.above) == (30.0, True, True)
    assert sentence(right, "t2_ms") == ("right quadriceps femoris: T2 45.0 ms, above the limit 40 ms (own controls)")


def test_fat_fraction_of_dixon_magnitudes() -> None:
    te, field = (3.45, 4.60, 5.75), 3.0
    shifts, shares = fat_peaks()
    turns = shifts[:, None] * map_parameters()["gamma_mhz_per_t"] * field * np.array(te) / 1000
    fat = (shares[:, None] * np.exp(2j * np.pi * turns)).sum(axis=0)
    true = np.where(labels().values == 1, 0.05, 0.15)[..., None]
    signal = 500 * np.abs(1 - true + true * fat)
    volume = Volume(values=signal.astype(np.float32), affine=AFFINE)
    series = [
        Series(volume=replace(volume, values=volume.values[..., n]), facts=SequenceFacts(te_ms=(t,), field_t=field))
        for n, t in enumerate(te)
    ]
    found = measure_muscles(muscle_map(series[::-1], "fat_fraction"), labels(), TABLE)
    assert [m.median for m in found.muscles] == pytest.approx([0.05, 0.15], abs=0.005)
    assert found.sides[0].text.endswith("left 5.0 % fat, right 15.0 % fat: the sides differ")


def test_phase_volumes_do_not_count_as_echoes() -> None:
    series = spin_echoes()
    kinds = (VolumeKind.MAGNITUDE, VolumeKind.PHASE) * 2
    mixed = Series(volume=series.volume, facts=SequenceFacts(te_ms=(10.0, 10.0, 30.0, 30.0), kinds=kinds))
    assert "2 echoes" in muscle_map([mixed], "t2").method


def test_phase_graphs_and_finished_maps() -> None:
    by_graph = measure_muscles(muscle_map([spin_echoes()], "t2_epg"), labels(), TABLE)
    assert [m.median for m in by_graph.muscles] == pytest.approx([35.0, 45.0], rel=0.02)
    given = Series(volume=replace(labels(), values=labels().values * 20), facts=SequenceFacts())
    finished = measure_muscles(muscle_map([given], "t2_map"), labels(), TABLE)
    assert [m.median for m in finished.muscles] == [20.0, 40.0]


def test_a_thin_muscle_is_not_measured() -> None:
    thin = labels()
    thin.values[thin.values == 2] = 0
    thin.values[35:38, 5:25] = 2
    found = measure_muscles(muscle_map([spin_echoes()], "t2"), thin, TABLE)
    assert found.muscles[1].note == "too few voxels with a value within its rim"
    assert found.sides == ()


def test_wrong_series_and_labels_are_refused() -> None:
    series = spin_echoes()
    no_times = replace(series, facts=SequenceFacts())
    moved = replace(series, volume=replace(series.volume, affine=AFFINE * 2))
    for run, said in (
        (lambda: muscle_map([no_times], "t2"), "give them"),
        (lambda: muscle_map([no_times], "t2", te_ms=(1.0, 2.0)), "4 magnitude volumes need as many echo times"),
        (lambda: muscle_map([series, moved], "t2"), "lie on different voxels"),
        (lambda: muscle_map([series, series], "t2"), "positive and different"),
        (lambda: muscle_map([series], "fat_fraction"), "give it"),
        (lambda: muscle_map([no_times], "t2_epg", te_ms=(5.0, 20.0, 30.0, 41.0)), "even train"),
        (lambda: muscle_map([series], "t2_map"), "a finished map is one volume"),
        (lambda: muscle_map([series], "t2", mask=np.ones((2, 2, 2), dtype=np.bool_)), "resample it"),
        (lambda: measure_muscles(muscle_map([moved], "t2"), labels(), TABLE), "resample it to the image"),
        (lambda: measure_muscles(muscle_map([series], "t2"), replace(labels(), values=labels().values * 40), TABLE),
         "holds 40, 80, the table knows none"),
    ):  # fmt: skip
        with pytest.raises(UnreadableImageError, match=said):
            run()
    with pytest.raises(UnknownNameError, match="fat_fraction"):
        read_measure("fat_fractions")


def test_every_packaged_label_names_muscles_of_the_graph() -> None:
    for tool in muscle_tables():
        for label in find_muscle_table(tool, GRAPH).values():
            assert label.muscles
            assert set(label.muscles) <= set(GRAPH.muscles)
    assert TABLE[5].muscles == find_muscle_table("totalsegmentator_thigh_shoulder", GRAPH)[6].muscles


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("label,nerve\n1,sciatic\n", "needs the columns value, muscle and side"),
        ("value,muscle,side\nx,soleus,left\n", "line 2: the value 'x'"),
        ("value,muscle,side\n1,soleous,left\n", "did you mean 'soleus'"),
        ("value,muscle,side\n1,soleus,port\n", "left, right or empty"),
    ],
)
def test_a_wrong_table_is_refused_by_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(UnreadableImageError, match=said):
        read_muscle_table(path, GRAPH)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("muscle,upper\n*,3\n", "needs the columns"),
        ("muscle,measure,upper,source\n*,t1,3,x\n", "t2_ms or fat_fraction"),
        ("muscle,measure,upper,source\n*,t2_ms,high,x\n", "is no number"),
    ],
)
def test_wrong_limits_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "limits.csv"
    path.write_text(text)
    with pytest.raises(UnreadableImageError, match=said):
        read_own_limits(path)


def test_what_is_written(tmp_path: Path) -> None:
    found = muscle_map([spin_echoes()], "t2")
    table, summary, image = write_muscles(measure_muscles(found, labels(), TABLE), found, tmp_path)
    head, first, _ = table.read_text().splitlines()
    row = dict(zip(head.split("\t"), first.split("\t"), strict=True))
    assert (row["muscle"], row["side"], row["median_t2_ms"]) == ("quadriceps_femoris_left", "left", "35.0000")
    assert "the sides differ" in summary.read_text()
    assert nibabel.load(image).shape == (60, 30, 4)


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    """Return a case with echoes and a muscle label map."""
    (tmp_path / "case.yaml").write_text("patient: {age_y: 50}\n")
    series = tmp_path / "mri" / "thigh"
    series.mkdir(parents=True)
    nibabel.save(nibabel.Nifti1Image(spin_echoes().volume.values, AFFINE), series / "echoes.nii.gz")
    nibabel.save(nibabel.Nifti1Image(labels().values.astype(np.uint8), AFFINE), series / "muscle_labels.nii.gz")
    (series / "muscles.csv").write_text("label_table,measure,te_ms\ntotalsegmentator_thigh_shoulder,t2,10;20;30;40\n")
    return tmp_path


def test_in_a_case_muscles_without_a_limit_are_told_not_judged(case_folder: Path) -> None:
    case = read_case(case_folder)
    assert findings(case, GRAPH) == ()
    (said,) = unused(case, GRAPH)
    assert "the sides differ" in said.problem


def test_in_a_case_own_limits_make_findings(case_folder: Path) -> None:
    (case_folder / "mri" / "thigh" / "muscle_limits.csv").write_text(
        "muscle,measure,upper,source\n*,t2_ms,40,own controls\n"
    )
    left, right = findings(read_case(case_folder), GRAPH)
    assert (left.observable, left.abnormal, right.abnormal) == ("image:muscle_oedema", False, True)
    assert right.place is not None
    assert right.place.side is Side.RIGHT


def test_in_a_case_a_missing_table_is_told(case_folder: Path) -> None:
    (case_folder / "mri" / "thigh" / "muscles.csv").unlink()
    (said,) = unused(read_case(case_folder), GRAPH)
    assert "needs a muscles.csv" in said.problem
