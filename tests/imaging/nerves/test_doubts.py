"""Outlines that are doubtful whatever they look like: no signal, two names for one structure, the wrong side."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ranvier.anatomy import load_graph
from ranvier.core import Side
from ranvier.imaging.nerves import Level, measure_nerve, measure_seeded, read_seeds, side_doubts
from ranvier.imaging.nerves.doubts import FoundNerve, without_shared, without_signal
from ranvier.imaging.nerves.measurements import NerveReport
from ranvier.imaging.nerves.sections import Section
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
