"""What the network sees does not depend on gain and offset of the scanner."""

import numpy as np

from ranvier.imaging.network_input import CHANNELS, network_input

IMAGE = np.random.default_rng(0).random((64, 64), dtype=np.float32)
SEED = np.array([30.0, 33.5])


def _seen(image: np.ndarray = IMAGE, expected: float | None = None) -> np.ndarray:
    return network_input(image, SEED, expected_area_mm2=expected, pixel_mm=0.5, voxel_mm=0.8)


def test_gain_and_offset_do_not_matter() -> None:
    np.testing.assert_allclose(_seen(IMAGE * 700 + 50), _seen(), atol=1e-3)


def test_the_whole_patch_has_zero_mean_and_unit_variance() -> None:
    assert abs(_seen()[0].mean()) < 1e-4
    assert abs(_seen()[0].std() - 1) < 1e-3


def test_the_seed_is_the_peak_of_its_channel() -> None:
    peak = np.unravel_index(_seen()[2].argmax(), (64, 64))

    assert peak[0] == 30
    assert peak[1] in (33, 34)


def test_the_expected_area_is_a_constant_that_grows_with_it_and_zero_if_unknown() -> None:
    assert _seen().shape == (CHANNELS, 64, 64)
    assert np.ptp(_seen(expected=20.0)[3]) == 0
    assert 0 == _seen()[3].max() < _seen(expected=5.0)[3].max() < _seen(expected=50.0)[3].max()


def test_a_flat_image_is_not_divided_by_zero() -> None:
    assert np.isfinite(_seen(np.full((64, 64), 3.0, dtype=np.float32))).all()
