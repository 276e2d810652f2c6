"""The page of a measured spine: its sentences, table and pictures, with and without an image."""

import numpy as np
import pytest

pytest.importorskip("PIL")

from ranvier.imaging.simulation.spine import SimulatedBulge, SpineSpec, draw_spine
from ranvier.imaging.spine import find_label_table, measure_spine, spine_maps
from ranvier.imaging.volume import Volume
from ranvier.report.spine_page import render_spine_page

TABLE = find_label_table("totalspineseg")
SPEC = SpineSpec(
    vertebrae=("L1", "L2", "L3", "L4", "L5"),
    bulges={"L4/L5": SimulatedBulge(depth_mm=6.0, at_right_mm=-9.0, base_mm=12.0)},
    voxel_mm=(1.5, 1.5, 1.5),
)


def test_the_page_tells_what_stands_out_and_shows_every_level() -> None:
    labels = draw_spine(SPEC, TABLE)
    image = Volume(values=(labels.values * 10 % 97).astype(np.float32), affine=labels.affine)
    maps = spine_maps(labels, TABLE, image=image)
    page = render_spine_page(measure_spine(maps, canal="dural_sac"), maps, image)
    assert "L4/L5 disc" in page
    assert "left L5: compressed" in page
    assert page.count('<section aria-labelledby="l') == 4
    assert page.count("<svg") == 1 + 4 * 3
    assert page.count('href="data:image/png;base64,') == 1 + 4 * 3
    assert "no image was given" not in page
    assert "not below 111.09 mm2" in page


def test_without_image_and_with_a_single_level_the_page_says_so() -> None:
    spec = SpineSpec(vertebrae=("L4", "L5"), voxel_mm=(1.5, 1.5, 1.5))
    maps = spine_maps(draw_spine(spec, TABLE), TABLE)
    page = render_spine_page(measure_spine(maps), maps)
    assert "no image was given" in page
    assert "1 level measured: too few" in page
    assert "it is not said what the canal label outlines" in page
