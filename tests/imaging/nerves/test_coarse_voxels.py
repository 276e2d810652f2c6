"""Where voxels are too large for a nerve it is said, and no size and no change is claimed."""

import numpy as np
import pytest

from ranvier.core import Side
from ranvier.imaging.nerves import Level, NerveSeeds, measure_seeded
from ranvier.imaging.nerves.tracking import voxels_too_large
from ranvier.imaging.simulation.phantom import CONTRASTS, Contrast, PhantomSpec, draw_phantom
from ranvier.imaging.volume import Volume


@pytest.mark.parametrize("contrast", CONTRASTS)
def test_a_nerve_of_one_voxel_has_no_size_and_no_change(contrast: Contrast) -> None:
    phantom = draw_phantom(PhantomSpec(contrast=contrast, calibre_mm=4.0, voxel_mm=3.0, slices=7), seed=41)
    seeds = NerveSeeds(nerve="sciatic", side=Side.LEFT, points=phantom.centre[[0, 6]], calibre_mm2=12.6)
    (nerve,) = measure_seeded(phantom.volume, [seeds], Level())
    assert nerve.verdict.area_mm2 is None
    assert "voxels too large" in nerve.verdict.text
    assert not nerve.changes


def test_the_limit_is_in_voxels_of_the_larger_side() -> None:
    volume = Volume(values=np.zeros((4, 4, 4), dtype=np.float32), affine=np.diag([0.5, 1.0, 3.0, 1.0]))
    disc = np.pi / 4 * 3.5**2
    assert "3.4 voxels of 1.0 mm" in voxels_too_large(disc * (3.4 / 3.5) ** 2, volume, 2)
    assert not voxels_too_large(disc * 1.01, volume, 2)
    assert not voxels_too_large(0.0, volume, 2)
