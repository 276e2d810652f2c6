"""Nerves outlined on one series and measured on others, on phantoms whose signals are known."""

from pathlib import Path

import numpy as np
import pytest

from ranvier.core import Side, UnreadableImageError
from ranvier.imaging.nerves import (
    Level,
    NerveReport,
    contrast_medians,
    first_contrast,
    measure_contrasts,
    measure_labels,
    on_voxels_of,
    write_contrasts,
)
from ranvier.imaging.nerves.labels import LabelName
from ranvier.imaging.reading import Contrast, DixonPart, SequenceFacts, Series
from ranvier.imaging.volume import Volume

AFFINE = np.diag([0.5, 0.5, 3.0, 1.0])
SHAPE = (40, 40, 6)
NERVE = (slice(15, 25), slice(15, 25), slice(None))
MUSCLE = (slice(0, 8), slice(0, 40), slice(None))


def scene(nerve: float, muscle: float, elsewhere: float) -> np.ndarray:
    """Return an image of a square nerve, a muscle at its border and even surroundings."""
    values = np.full(SHAPE, elsewhere, dtype=np.float32)
    values[MUSCLE], values[NERVE] = muscle, nerve
    return values


def series(values: np.ndarray, affine: np.ndarray = AFFINE, **facts: object) -> Series:
    return Series(volume=Volume(values=values, affine=affine), facts=SequenceFacts(**facts))  # type: ignore[arg-type]


def mask(part: tuple[slice, ...]) -> Volume:
    values = np.zeros(SHAPE, dtype=np.float32)
    values[part] = 1
    return Volume(values=values, affine=AFFINE)


@pytest.fixture(scope="module")
def outlined() -> tuple[Series, list[NerveReport]]:
    first = series(scene(60, 30, 100), contrast=Contrast.T1)
    names = {1: LabelName(nerve="sciatic", side=Side.LEFT)}
    return first, [n.report for n in measure_labels(first.volume, mask(NERVE), names, Level())]


def test_signal_against_muscle_and_surroundings_on_each_series(outlined) -> None:
    first, nerves = outlined
    stir = series(scene(90, 45, 10), contrast=Contrast.STIR)
    every = (first_contrast(first), *on_voxels_of(first.volume, [stir]))
    one, other = contrast_medians(measure_contrasts(nerves, every, mask(MUSCLE)))
    assert (one.series, other.series) == ("series 1, outlined (t1)", "series 2 (stir)")
    assert (one.signal_to_muscle, one.signal_to_surroundings) == pytest.approx((2.0, 0.6))
    assert (other.signal_to_muscle, other.signal_to_surroundings) == pytest.approx((2.0, 9.0))
    assert (other.slices, other.fat_fraction) == (6, None)


def test_a_series_on_other_voxels_is_brought_onto_the_outlines_and_that_is_said(outlined) -> None:
    first, nerves = outlined
    affine = np.diag([-1.0, 1.0, 3.0, 1.0])
    affine[:3, 3] = (24.25, -2.75, 0)
    index = np.stack(np.meshgrid(*(np.arange(n) for n in (30, 30, 6)), indexing="ij"), axis=-1)
    x, y = (Volume(values=np.zeros(1), affine=affine).to_world(index.astype(float))[..., n] for n in (0, 1))
    inside = (x > 7.2) & (x < 12.3) & (y > 7.2) & (y < 12.3)
    (moved,) = on_voxels_of(first.volume, [series(np.where(inside, 90, 10).astype(np.float32), affine)])
    assert "assumed" in moved.notes[0]
    (median,) = contrast_medians(measure_contrasts(nerves, [moved]))
    assert median.signal_to_surroundings == pytest.approx(9.0, rel=0.1)
    assert median.signal_to_muscle is None


def test_fat_fraction_from_gradient_echoes_and_from_water_and_fat_images(outlined) -> None:
    first, nerves = outlined
    times = (1.15, 2.3, 3.45, 4.6)
    from ranvier.imaging.maps.parameters import fat_peaks, map_parameters

    shifts, shares = fat_peaks()
    turns = shifts[:, None] * map_parameters()["gamma_mhz_per_t"] * 3.0 * np.array(times) / 1000
    fat = (shares[:, None] * np.exp(2j * np.pi * turns)).sum(axis=0)
    decay = np.abs(0.8 + 0.2 * fat)
    echoes = (scene(1, 1, 1)[..., None] * decay).astype(np.float32)
    dixon = series(echoes, te_ms=times, field_t=3.0, techniques=("gradient_echo",))
    water = series(scene(75, 90, 10), dixon=(DixonPart.WATER,))
    oil = series(scene(25, 10, 90), dixon=(DixonPart.FAT,))
    every = on_voxels_of(first.volume, [dixon, water, oil])
    assert [one.name for one in every[1:]] == ["series 3 (water)", "series 4 (fat)"]
    found = [m.fat_fraction for m in contrast_medians(measure_contrasts(nerves, every))]
    assert found == pytest.approx([0.20, 0.25, 0.25], abs=0.02)


def test_what_does_not_fit_is_named(outlined, tmp_path: Path) -> None:
    first, nerves = outlined
    far = AFFINE.copy()
    far[0, 3] = 500.0
    with pytest.raises(UnreadableImageError, match=r"series 2 \(contrast not stated\) does not overlap"):
        on_voxels_of(first.volume, [series(scene(1, 1, 1), far)])
    with pytest.raises(UnreadableImageError, match="reference muscle is empty"):
        measure_contrasts(nerves, [first_contrast(first)], mask((slice(0, 0),)))
    rows = measure_contrasts(nerves, [first_contrast(first)])
    table = write_contrasts(rows, tmp_path / "contrasts.tsv").read_text().splitlines()
    assert len(table) == 7
    assert table[1].split("\t")[-3:] == ["n/a", "n/a", "n/a"]
