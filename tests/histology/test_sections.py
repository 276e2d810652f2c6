"""Summary of a section: density, histogram, regression, clusters."""

from dataclasses import replace

import numpy as np
import pytest

from ranvier.histology.measuring import FibreMeasures, SectionError, summarise_section
from ranvier.histology.sections import poisson_interval


def fibre(x_um: float, y_um: float, diameter_um: float, g: float = 0.6) -> FibreMeasures:
    axon_um = g * diameter_um
    return FibreMeasures(
        label=1,
        x_um=x_um,
        y_um=y_um,
        axon_area_um2=float(np.pi / 4 * axon_um**2),
        axon_diameter_um=axon_um,
        fibre_area_um2=float(np.pi / 4 * diameter_um**2),
        fibre_diameter_um=diameter_um,
        g_ratio=g,
        myelin_thickness_um=(diameter_um - axon_um) / 2,
        circularity=1.0,
        solidity=1.0,
        touches_border=False,
    )


GRID = [fibre(10 + 20 * (i % 10), 10 + 20 * (i // 10), 2 + 0.1 * i) for i in range(50)]


def test_density_over_the_whole_picture_says_so() -> None:
    summary = summarise_section(GRID, pixel_um=0.5, shape=(400, 400))
    assert summary.whole_image
    assert "no fascicle mask" in summary.area_note
    assert summary.area_mm2 == pytest.approx(0.04)
    assert summary.density_per_mm2 == pytest.approx(1250)
    assert summary.density_low_per_mm2 < 1250 < summary.density_high_per_mm2
    assert summary.limits.startswith("no limit, no verdict")


def test_density_over_a_fascicle_counts_the_axons_in_it() -> None:
    mask = np.zeros((400, 400), bool)
    mask[:200, :200] = True
    summary = summarise_section(GRID, pixel_um=0.5, shape=(400, 400), fascicle=mask)
    assert summary.n_counted == 25
    assert summary.density_per_mm2 == pytest.approx(2500)


def test_specks_are_not_counted_and_cut_fibres_not_measured() -> None:
    speck = fibre(5, 5, 0.4)
    cut = replace(fibre(0.5, 50, 5), touches_border=True)
    summary = summarise_section([*GRID, speck, cut], pixel_um=0.5, shape=(400, 400))
    assert (summary.n_found, summary.n_counted, summary.n_measured, summary.n_cut_by_border) == (52, 51, 50, 1)


def test_histogram_holds_every_measured_fibre_once() -> None:
    summary = summarise_section(GRID, pixel_um=0.5, shape=(400, 400))
    assert sum(b.n for b in summary.histogram) == 50
    assert [b.n for b in summary.histogram][:4] == [0, 0, 10, 10]
    assert (summary.n_small, summary.n_large) == (51 - 1 - summary.n_large, 0)


def test_regression_finds_the_line_that_was_drawn() -> None:
    fibres = [fibre(i, i, d, g=0.75 - 0.015 * d) for i, d in enumerate(np.linspace(2, 12, 30))]
    line = summarise_section(fibres, pixel_um=1, shape=(50, 50)).g_ratio_line
    assert line is not None
    assert (line.n, line.intercept, line.slope_per_um) == (30, pytest.approx(0.75), pytest.approx(-0.015))


def test_no_fibre_is_a_result() -> None:
    summary = summarise_section([], pixel_um=1, shape=(100, 100))
    assert (summary.n_counted, summary.density_per_mm2, summary.median_g_ratio, summary.histogram) == (0, 0, None, ())
    assert summary.density_high_per_mm2 > 0


def test_a_sprouting_group_is_a_cluster_and_a_sparse_nerve_has_none() -> None:
    sprouts = [fibre(100 + 3.2 * dx, 195 + 3.2 * dy, 3) for dx in (0, 1) for dy in (0, 1)]
    assert summarise_section(GRID, pixel_um=0.5, shape=(400, 400)).clusters.n_clusters == 0
    clusters = summarise_section([*GRID, *sprouts], pixel_um=0.5, shape=(400, 400)).clusters
    assert (clusters.n_clusters, clusters.n_fibres, clusters.largest) == (1, 4, 4)
    assert clusters.n_clusters_by_chance < 1


def test_masks_of_another_size_or_without_area_are_refused() -> None:
    with pytest.raises(SectionError, match="must be equal"):
        summarise_section(GRID, pixel_um=1, shape=(50, 50), fascicle=np.ones((40, 50), bool))
    with pytest.raises(SectionError, match="empty"):
        summarise_section(GRID, pixel_um=1, shape=(50, 50), fascicle=np.zeros((50, 50), bool))


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (100, 81.364, 121.627)])
def test_poisson_interval_of_the_tables(count: int, low: float, high: float) -> None:
    assert poisson_interval(count) == pytest.approx((low, high), abs=6e-4)
