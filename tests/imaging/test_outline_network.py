"""The packaged network: its size, its limits, and independence of the batch."""

from importlib.resources import files

import numpy as np
import pytest

from ranvier.imaging.network_input import CHANNELS
from ranvier.imaging.outline_network import nerve_share

pytest.importorskip("onnxruntime", reason="the extra `mri` is not installed")

PATCHES = np.random.default_rng(0).standard_normal((3, CHANNELS, 64, 64)).astype(np.float32)


def test_the_weights_are_small_and_have_a_card_that_says_what_they_saw() -> None:
    data = files("ranvier.imaging").joinpath("data")

    assert len(data.joinpath("nerve_outline.onnx").read_bytes()) < 4_000_000
    assert "no real image" in data.joinpath("nerve_outline.md").read_text(encoding="utf-8")


def test_shares_lie_between_zero_and_one() -> None:
    share = nerve_share(PATCHES)

    assert share.shape == (3, 64, 64)
    assert 0 <= share.min() <= share.max() <= 1


def test_a_patch_has_the_same_result_in_any_batch() -> None:
    np.testing.assert_allclose(nerve_share(PATCHES)[1], nerve_share(PATCHES[1:2])[0], atol=1e-5)
