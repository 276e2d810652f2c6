"""Pictures lie as radiologists look at them, however the voxels are stored; a naive search is the oracle."""

from itertools import permutations, product

import numpy as np
import pytest

from ranvier.imaging.nerves.sections import plane_axes
from ranvier.imaging.volume import Volume
from ranvier.report.orientation import Field, ends_along, orientation_of

WAYS = [(order, signs) for order in permutations(range(3)) for signs in product((1, -1), repeat=3)]
TOWARDS = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "S": (2, 1), "I": (2, -1)}


def stored(order: tuple[int, ...], signs: tuple[int, ...]) -> Volume:
    """Return a volume whose index axes run along the world axes in this order and direction, 0.5 to 1.5 mm a voxel."""
    affine = np.eye(4)
    affine[:3, :3] = 0
    for axis, (world, sign) in enumerate(zip(order, signs, strict=True)):
        affine[world, axis] = sign * (0.5 + 0.5 * axis)
    return Volume(values=np.zeros((40, 30, 20), dtype=np.float32), affine=affine)


@pytest.mark.parametrize(("order", "signs"), WAYS)
def test_the_most_forward_voxel_is_drawn_where_the_letters_say(order: tuple[int, ...], signs: tuple[int, ...]) -> None:
    volume = stored(order, signs)
    for slice_axis in range(3):
        plane, orientation = list(plane_axes(slice_axis)), orientation_of(volume, slice_axis)
        assert orientation.left + orientation.right in ("RL", "AP")
        assert orientation.top + orientation.bottom in ("AP", "SI")
        spacing = np.array(volume.spacing_mm)[plane]
        field = Field(
            orientation=orientation,
            centre=np.array([9.0, 9.0]),
            spacing_mm=spacing,
            wide_mm=20.0,
            high_mm=20.0,
            pixels_per_mm=5.0,
        )
        for letter, expected in (
            (orientation.left, (0, 50)),
            (orientation.right, (100, 50)),
            (orientation.top, (50, 0)),
            (orientation.bottom, (50, 100)),
        ):
            world, sign = TOWARDS[letter]
            index = np.zeros(3)
            index[plane] = 9.0
            point = volume.to_world(index)
            point[world] += 10.0 * sign
            assert field.points(volume.to_index(point)[plane][None])[0] == pytest.approx(expected)


@pytest.mark.parametrize(("order", "signs"), WAYS[::7])
def test_a_bright_voxel_is_sampled_at_its_own_point(order: tuple[int, ...], signs: tuple[int, ...]) -> None:
    volume = stored(order, signs)
    plane = list(plane_axes(2))
    image = np.zeros((40, 30), dtype=np.float32)
    image[12, 7] = 1
    field = Field(
        orientation=orientation_of(volume, 2),
        centre=np.array([10.0, 9.0]),
        spacing_mm=np.array(volume.spacing_mm)[plane],
        wide_mm=12.0,
        high_mm=12.0,
        pixels_per_mm=10.0,
    )
    row, column = np.unravel_index(int(field.sample(image).argmax()), (120, 120))
    assert field.points(np.array([[12.0, 7.0]]))[0] == pytest.approx((column + 0.5, row + 0.5), abs=1.0)


def test_outside_of_the_image_is_black() -> None:
    volume = stored((0, 1, 2), (1, 1, 1))
    field = Field(
        orientation=orientation_of(volume, 2),
        centre=np.array([0.0, 0.0]),
        spacing_mm=np.array([0.5, 1.0]),
        wide_mm=10.0,
        high_mm=10.0,
        pixels_per_mm=4.0,
    )
    seen = field.sample(np.ones((40, 30), dtype=np.float32))
    assert seen.max() == 1
    assert seen[-1, -1] == seen[0, -1] == 0


def test_ends_of_an_axis() -> None:
    volume = stored((2, 0, 1), (-1, 1, -1))
    assert [ends_along(volume, axis) for axis in range(3)] == [("S", "I"), ("L", "R"), ("A", "P")]
