"""A real label map: lumbar levels of plausible size, and names that do not fit them."""

import os
from pathlib import Path

import pytest

from ranvier.imaging.reading import read_series
from ranvier.imaging.spine import SpineLabel, SpineMaps, find_label_table, measure_spine, spine_maps

pytest.importorskip("nibabel")
pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def folder() -> Path:
    root = Path(os.environ.get("RANVIER_DATA") or Path(__file__).parents[4] / "shared" / "data")
    if not (root / "mri").is_dir():
        pytest.skip("the real images are not here (RANVIER_DATA)")
    return root / "mri" / "spine_t2_labels"


def maps_of(folder: Path, table: dict[int, SpineLabel] | None = None) -> SpineMaps:
    return spine_maps(
        read_series(folder / "sub-mri_seg-vert_label-6_msk.nii.gz").volume,
        table or find_label_table("spineps"),
        parts=read_series(folder / "sub-mri_seg-subreg_label-6_msk.nii.gz").volume,
        parts_table=find_label_table("spineps_subregions"),
        image=read_series(folder / "sub-mri_label-6_T2w.nii.gz").volume,
    )


def test_levels_foramina_and_canal_are_plausible(folder: Path) -> None:
    table = {
        n: SpineLabel(value=n, name=v, structure="vertebra", level=v) for n, v in ((5, "L1"), (6, "L2"), (7, "L3"))
    }
    for n, level in ((105, "L1/L2"), (106, "L2/L3")):
        table[n] = SpineLabel(value=n, name=level, structure="disc", level=level)
    report = measure_spine(maps_of(folder, table))
    upper, lower = report.measured.levels
    for one in (upper, lower):
        assert 8 < one.heights.middle_mm < 14
        assert 30 < one.heights.depth_mm < 40
        assert one.canal is not None
        assert 140 < one.canal.area_mm2 < 220
        assert one.size is not None
        assert one.size.shape == ""
    areas = [side.foramen.area_mm2 for side in lower.sides]
    assert areas == pytest.approx([190, 190], abs=25)
    assert {side.foramen.note for side in upper.sides} == {"the labels show no pedicle above or below"}
    assert {r.state for r in report.roots} == {"unknown"}


def test_the_numbers_of_the_crop_name_cervical_levels_that_its_size_denies(folder: Path) -> None:
    report = measure_spine(maps_of(folder))
    assert report.measured.names_doubted
    assert "C5/C6 is 50 mm wide" in report.measured.notes[0]
    assert report.roots == ()
