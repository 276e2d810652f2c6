"""A change in a single section is weighed only between two sure ones."""

from collections.abc import Sequence

import numpy as np
import pytest

from ranvier.core import Side
from ranvier.imaging.nerves import Change, LabelName, Level, measure_labels
from ranvier.imaging.volume import Volume

USUAL = 8.0


def changes(radii: Sequence[float], stray: int | None = None) -> tuple[Change, ...]:
    """Return what is said of a nerve of discs, one a slice of 3 mm, in voxels of 0.5 mm, one with a voxel far away."""
    i, j = np.ogrid[:60, :60]
    discs = [np.hypot(i - 30, j - 30) <= r for r in radii]
    values = np.stack(discs, axis=2).astype(np.float32)
    if stray is not None:
        values[0, 0, stray] = 1
    labels = Volume(values=values, affine=np.diag([0.5, 0.5, 3.0, 1.0]))
    image = Volume(values=50 + 50 * labels.values, affine=labels.affine)
    (nerve,) = measure_labels(image, labels, {1: LabelName(nerve="sciatic", side=Side.LEFT)}, Level())
    return nerve.changes


@pytest.mark.parametrize(
    ("first", "wide", "is_sign"), [(5, 1, True), (5, 2, True), (0, 1, False), (11, 1, False), (10, 2, True)]
)
def test_a_swelling_of_one_section_counts_between_two_others(first: int, wide: int, is_sign: bool) -> None:
    radii = [USUAL] * 12
    radii[first : first + wide] = [1.4 * USUAL] * wide
    (found,) = changes(radii)
    assert (found.kind, found.is_sign) == ("focal_swelling", is_sign)
    assert ("one section only" in found.text) is not is_sign
    assert "(0 mm)" not in found.text


def test_a_swelling_of_one_section_beside_an_unsure_one_does_not_count() -> None:
    radii = [USUAL] * 12
    radii[5] = 1.4 * USUAL
    found = {s: changes(radii, stray=s) for s in (3, 4, 6)}
    assert [found[s][0].is_sign for s in found] == [True, False, False]


def test_the_neck_of_an_hourglass_counts_in_one_section() -> None:
    radii = [USUAL] * 5 + [1.15 * USUAL, 0.6 * USUAL, 1.15 * USUAL] + [USUAL] * 5
    found = {c.kind: c.is_sign for c in changes(radii)}
    assert found == {"focal_narrowing": True, "hourglass": True}


def test_an_unsure_section_within_a_narrowing_joins_its_two_sides() -> None:
    radii = [USUAL] * 5 + [0.75 * USUAL, 0.7 * USUAL, 0.75 * USUAL] + [USUAL] * 5
    (whole,) = changes(radii)
    (joined,) = changes(radii, stray=6)
    assert (whole.first_slice, whole.last_slice) == (joined.first_slice, joined.last_slice) == (5, 7)
    assert joined.is_sign
    assert joined.ratio > whole.ratio
