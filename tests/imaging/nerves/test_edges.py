"""An outline is moved onto a clear edge, and left alone where the nerve has none."""

from dataclasses import replace

import numpy as np

from ranvier.imaging.nerves import Section
from ranvier.imaging.nerves.edges import on_clear_edge
from ranvier.imaging.nerves.sections import cropped

SPACING = np.array([0.4, 0.5])
CENTRE = np.array([24.3, 19.6])


def disc(radius_mm: float, *, texture: float = 0.0, contrast: float = 60.0) -> np.ndarray:
    """Return a slice with a disc, partial volume and noise; texture makes its inside uneven."""
    rng = np.random.default_rng(0)
    fine = [(np.arange(n * 8) + 0.5) / 8 - 0.5 for n in (48, 40)]
    x, y = np.meshgrid(fine[0], fine[1], indexing="ij")
    inside = np.hypot((x - CENTRE[0]) * SPACING[0], (y - CENTRE[1]) * SPACING[1]) <= radius_mm
    share = inside.reshape(48, 8, 40, 8).mean(axis=(1, 3))
    values = 100 - contrast * share + texture * share * rng.choice([-1, 1], share.shape)
    return (values + 2 * rng.standard_normal(share.shape)).astype(np.float32)


def section(radius_mm: float) -> Section:
    """Return a round section of any radius about the centre."""
    angle = 2 * np.pi * np.arange(90) / 90
    contour = CENTRE + radius_mm * np.column_stack([np.cos(angle), np.sin(angle)]) / SPACING
    share, corner = cropped(np.ones((48, 40), dtype=np.float32))
    area = np.pi * radius_mm**2
    return Section(slice_index=0, centre=np.append(CENTRE, 0.0), area_mm2=area, area_sd_mm2=0.0, contour=contour,
                   share=share, corner=corner, confidence=0.6)  # fmt: skip


def test_a_wrong_outline_of_an_even_nerve_gets_its_true_area() -> None:
    for started in (3.7, 4.0, 4.5):
        found = on_clear_edge(section(started), disc(4.0), SPACING, 2)
        assert abs(found.area_mm2 / (np.pi * 16) - 1) < 0.03
        assert abs(found.share.sum() * SPACING.prod() - found.area_mm2) < 0.01


def test_an_uneven_nerve_a_faint_one_and_one_of_few_voxels_keep_their_outline() -> None:
    start = section(3.4)
    assert on_clear_edge(start, disc(3.0, texture=25.0), SPACING, 2) is start
    assert on_clear_edge(start, disc(3.0, contrast=3.0), SPACING, 2) is start
    small = replace(section(1.0))
    assert on_clear_edge(small, disc(1.0), SPACING, 2) is small
