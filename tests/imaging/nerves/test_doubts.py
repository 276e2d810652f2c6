"""Outlines that are doubtful whatever they look like: no signal, two names for one structure, the wrong side."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ranvier.anatomy import load_graph
from ranvier.core import Side, UnreadableImageError
from ranvier.imaging.nerves import (
    Level,
    measure_nerve,
    measure_seeded,
    read_seeds,
    sections_of_labels,
    side_doubts,
    track_nerve,
)
from ranvier.imaging.nerves.doubts import FoundNerve, without_shared, without_signal
from ranvier.imaging.nerves.labels import on_same_voxels
from ranvier.imaging.nerves.measurements import NerveReport
from ranvier.imaging.nerves.sections import Section
from ranvier.imaging.nerves.tracking import slice_axis_of
from ranvier.imaging.simulation.phantom import PhantomSpec, draw_phantom
from ranvier.imaging.volume import Volume

SHAPE = (160, 60, 6)
LEGS = ((10, 70), (90, 150))


def legs(*, flipped: bool = False, spacing: float = 2.0) -> Volume:
    """Return two legs beside each other; index i grows to the patient's left, or where flipped to the right."""
    values = np.full(SHAPE, 1.0, dtype=np.float32)
    for low, high in LEGS:
        values[low:high, 5:55] = 100.0
    affine = np.diag([spacing if flipped else -spacing, spacing, 5.0, 1.0])
    return Volume(values=values, affine=affine)


def section(i: float, index: int, size: int = 4) -> Section:
    """Return a square section about (i, 30)."""
    corner = (round(i) - size // 2, 30 - size // 2)
    square = np.array([[0, 0], [size, 0], [size, size], [0, size]], dtype=np.float64) + corner
    return Section(
        slice_index=index,
        centre=np.array([i, 30.0, index]),
        area_mm2=size * size * 4.0,
        area_sd_mm2=0.0,
        contour=square,
        share=np.ones((size, size), dtype=np.float32),
        corner=corner,
        confidence=1.0,
    )


def nerve(volume: Volume, at: float | tuple[float, ...], side: Side) -> NerveReport:
    places = at if isinstance(at, tuple) else (at,) * SHAPE[2]
    sections = [section(i, n) for n, i in enumerate(places)]
    return measure_nerve(volume, sections, 2, "sciatic", side)


def test_the_right_sides_raise_no_doubt() -> None:
    volume = legs()
    assert side_doubts(volume, [nerve(volume, 40, Side.RIGHT), nerve(volume, 120, Side.LEFT)]) == ()


def test_a_nerve_in_the_other_half_of_the_body_is_doubted() -> None:
    volume = legs()
    (said,) = side_doubts(volume, [nerve(volume, 40, Side.LEFT)])
    assert "the left sciatic lies in the other half of the body" in said


def test_exchanged_sides_are_told_even_where_only_a_part_of_the_body_is_seen() -> None:
    near = legs(spacing=0.5)
    (said,) = side_doubts(near, [nerve(near, 40, Side.LEFT), nerve(near, 120, Side.RIGHT)])
    assert said == "the left sciatic lies to the right of the right one: sides exchanged?"
    assert side_doubts(near, [nerve(near, 40, Side.LEFT)]) == ()


def test_seeds_of_both_legs_under_one_name_are_told() -> None:
    volume = legs()
    (said,) = side_doubts(volume, [nerve(volume, (40, 55, 70, 90, 105, 120), Side.LEFT)])
    assert "runs from one half of the body into the other" in said


def test_a_body_that_is_cut_off_has_no_middle() -> None:
    volume = legs()
    volume = replace(volume, values=np.ascontiguousarray(volume.values[20:]))
    assert side_doubts(volume, [nerve(volume, 20, Side.LEFT)]) == ()


def test_a_section_in_air_says_so_and_makes_no_size() -> None:
    volume = legs()
    in_air, in_leg = (FoundNerve(name="x", slice_axis=2, sections=(section(i, 2),)) for i in (80, 40))
    (air,), (leg,) = (without_signal(volume, f).sections for f in (in_air, in_leg))
    assert (air.note, air.confidence) == ("hardly any signal here", 0.0)
    assert (leg.note, leg.confidence) == ("", 1.0)


@pytest.mark.parametrize(("shift", "same"), [(0, True), (2, True), (4, False), (9, False)])
def test_two_nerves_with_one_outline_are_doubted(shift: int, same: bool) -> None:
    first, second = (
        FoundNerve(name=name, slice_axis=2, sections=(section(40 + i, 2), section(40 + i + 30 * (i > 0), 3)))
        for name, i in (("right tibial", 0), ("right common fibular", shift))
    )
    one, other = without_shared([first, second])
    assert (one.sections[0].note == "the same structure as the right common fibular") is same
    assert (other.sections[0].note == "the same structure as the right tibial") is same
    assert (one.sections[0].confidence == 0) is same
    assert bool(one.sections[1].note) is (shift == 0)


def test_seeds_of_two_names_in_one_nerve_make_no_size(tmp_path: Path) -> None:
    phantom = draw_phantom(PhantomSpec(slices=4, voxel_mm=0.6), seed=3)
    (tmp_path / "seeds.csv").write_text(
        "nerve;side;i;j;k\n"
        + "".join(
            f"{name};left;{c[0]:.2f};{c[1]:.2f};{c[2]:.2f}\n".replace(".", ",")
            for name in ("tibial", "common fibular")
            for c in phantom.centre[[0, 3]]
        )
    )
    seeds = read_seeds(tmp_path / "seeds.csv", phantom.volume, load_graph())
    nerves = measure_seeded(phantom.volume, seeds, Level())
    assert [n.verdict.area_mm2 for n in nerves] == [None, None]
    assert "the same structure as the left common fibular" in nerves[0].report.measurements[1].note


@pytest.mark.parametrize("order", [(2, 0, 1), (0, 1, 2)])
def test_labels_of_other_tools_may_be_mirrored_turned_or_cropped(order: tuple[int, int, int]) -> None:
    image = Volume(values=np.zeros((12, 10, 8), dtype=np.float32), affine=np.diag([0.5, 0.7, 3.0, 1.0]))
    values = np.zeros((12, 10, 8), dtype=np.float32)
    values[3:6, 4:8, 1:7] = 1
    cut = np.flip(values[1:11, 2:, :], axis=0)
    affine = image.affine @ np.array([[-1, 0, 0, 10], [0, 1, 0, 2], [0, 0, 1, 0], [0, 0, 0, 1.0]])
    columns = [affine[:, n] for n in order]
    labels = Volume(values=cut.transpose(order), affine=np.column_stack([*columns, affine[:, 3]]))
    assert np.array_equal(on_same_voxels(labels, image).values, values)


@pytest.mark.parametrize("shift", [0.2, 500.0])
def test_labels_of_other_voxels_are_refused(shift: float) -> None:
    image = Volume(values=np.zeros((12, 10, 8), dtype=np.float32), affine=np.diag([0.5, 0.7, 3.0, 1.0]))
    affine = image.affine.copy()
    affine[0, 3] += shift
    with pytest.raises(UnreadableImageError, match="label map and the image"):
        on_same_voxels(Volume(values=image.values, affine=affine), image)


def test_a_stray_voxel_makes_its_section_unsure() -> None:
    values = np.zeros((60, 60, 5), dtype=np.float32)
    values[10:16, 10:16, :] = 1
    clean = sections_of_labels(Volume(values=values, affine=np.diag([0.8, 0.8, 5.0, 1.0])), 1)[1]
    values[50, 50, 2] = 1
    stray = sections_of_labels(Volume(values=values, affine=np.diag([0.8, 0.8, 5.0, 1.0])), 1)[1]
    assert [s.note for s in clean] == [""] * 5
    assert [s.note for s in stray] == ["", "", "pieces of the label lie far apart", "", ""]
    assert stray[2].confidence == 0


def test_a_flat_nerve_is_one_piece() -> None:
    values = np.zeros((60, 60, 2), dtype=np.float32)
    values[10:40, 10:14, :] = 1
    assert all(not s.note for s in sections_of_labels(Volume(values=values, affine=np.eye(4)), 1)[1])


def test_voxels_without_a_value_make_their_section_unsure_and_no_error() -> None:
    phantom = draw_phantom(PhantomSpec(slices=4, voxel_mm=0.6), seed=3)
    values = phantom.volume.values.copy()
    i, j = (round(c) for c in phantom.centre[1, :2])
    values[i - 1 : i + 2, j, 1] = np.nan
    tracked = track_nerve(replace(phantom.volume, values=values), phantom.centre[[0, 3]], expected_area_mm2=28.0)
    assert [("without a value" in s.note) for s in tracked.sections] == [False, True, False, False]
    report = measure_nerve(replace(phantom.volume, values=values), tracked.sections, 2, "sciatic", Side.LEFT)
    assert all(np.isfinite(m.signal or 0.0) and np.isfinite(m.surroundings or 0.0) for m in report.measurements)
    assert [m.signal is not None for m in report.measurements][::2] == [True, True]


def test_two_seeds_next_to_each_other_are_one_place_in_one_slice() -> None:
    volume = legs()
    assert slice_axis_of(volume, np.array([[40.0, 30.0, 2.0], [41.0, 31.0, 2.0]])) == 2
    assert slice_axis_of(volume, np.array([[40.0, 10.0, 2.0], [41.0, 50.0, 2.0]])) == 1


def test_seeds_where_nothing_is_found_raise_no_error() -> None:
    empty = Volume(values=np.zeros((40, 40, 6), dtype=np.float32), affine=np.eye(4))
    tracked = track_nerve(empty, np.array([[20.0, 20.0, 0.0], [20.0, 20.0, 5.0]]))
    assert len(tracked.sections) == 6
