"""A diffusion series measured as a whole: shifts, tensors, what lies in labels and along nerves, left against right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import NerveGraph
from ranvier.core import Side
from ranvier.imaging.diffusion.measurements import (
    DiffusionMeasurement,
    DiffusionSeries,
    SectionDiffusion,
    measure_along,
    measure_diffusion_labels,
    signal_to_noise,
)
from ranvier.imaging.diffusion.motion import MotionReport, corrected, measure_shifts
from ranvier.imaging.diffusion.settings import diffusion_parameters
from ranvier.imaging.diffusion.tensor import fit_tensors, gradients_of
from ranvier.imaging.nerves import Level, NerveReport, measure_nerve, measure_seeded, read_seeds, sections_of_labels
from ranvier.imaging.nerves.labels import check_same_grid
from ranvier.imaging.reading import Series
from ranvier.imaging.volume import Volume

TO_UNIT = 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionRegion:
    """A nerve, or a label of any name, in which diffusion was measured.

    Attributes
    ----------
    name : str
        In words.
    nerve : str
        Id of the nerve graph; empty where the label is no nerve.
    side : Side
    report : NerveReport
        Its sections.
    sections : tuple of SectionDiffusion
        One a slice.
    whole : DiffusionMeasurement or None
        Of all voxels together, for labels.
    """

    name: str
    nerve: str
    side: Side
    report: NerveReport
    sections: tuple[SectionDiffusion, ...]
    whole: DiffusionMeasurement | None

    def median(self, measure: str) -> float:
        """Return the median of a measure: over voxels of a label, over slices of a tracked nerve; NaN for none."""
        if self.whole is not None:
            return self.whole.median[measure]
        known = [s.mean[measure] for s in self.sections if np.isfinite(s.mean[measure])]
        return float(np.median(known)) if known else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionReport:
    """A measured diffusion series.

    Attributes
    ----------
    series : DiffusionSeries
        As it was fitted.
    shifts : MotionReport
        Of the series as it was acquired.
    after : MotionReport or None
        After registration, where that was asked for.
    regions : tuple of DiffusionRegion
    snr : float or None
        Signal to noise within the regions, without weighting.
    notes : tuple of str
    """

    series: DiffusionSeries
    shifts: MotionReport
    after: MotionReport | None
    regions: tuple[DiffusionRegion, ...]
    snr: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionName:
    """What a number of a label map is: a name, and nerve and side where it is a nerve."""

    name: str
    nerve: str = ""
    side: Side = Side.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """Where to measure: a label map with its names, seeds of nerves, or both."""

    labels: Volume | None = None
    names: Mapping[int, RegionName] | None = None
    seeds: Path | None = None


def measure_diffusion(read: Series, where: Regions, graph: NerveGraph, *, register: bool = False) -> DiffusionReport:
    """Return everything that is measured on a diffusion series.

    Parameters
    ----------
    read : Series
    where : Regions
        Nerves of seeds are tracked on the mean of the weighted volumes.
    graph : NerveGraph
    register : bool
        Whether the volumes are registered before tensors are fitted.

    Raises
    ------
    UnreadableImageError
        If the series states no weighting, or labels or seeds do not fit.
    MissingExtraError
        If DIPY is not installed.
    """
    volume, gradients = read.volume, gradients_of(read.facts)
    shifts, after = measure_shifts(volume, gradients), None
    if register:
        moved = corrected(volume, gradients)
        volume, gradients = moved.volume, moved.gradients
        after = measure_shifts(volume, gradients)
    whole = DiffusionSeries(volume=volume, gradients=gradients, maps=fit_tensors(volume, gradients))
    regions = (*_labelled(whole, where), *_seeded(whole, where.seeds, graph))
    snr = signal_to_noise(whole, region_numbers(regions, whole.maps.fa.shape) > 0) if regions else None
    return DiffusionReport(
        series=whole,
        shifts=shifts,
        after=after,
        regions=regions,
        snr=snr,
        notes=(*read.notes, *_noise(snr)),
    )


def _labelled(whole: DiffusionSeries, where: Regions) -> tuple[DiffusionRegion, ...]:
    if where.labels is None:
        return ()
    check_same_grid(where.labels, whole.volume)
    flat = Volume(values=where.labels.values.reshape(whole.maps.fa.shape), affine=where.labels.affine)
    held = (int(v) for v in np.unique(np.round(flat.values)) if v > 0)
    names = where.names if where.names is not None else {v: RegionName(name=f"label {v}") for v in held}
    measured = measure_diffusion_labels(whole, flat, {v: one.name for v, one in names.items()})
    out = []
    for (number, name), one in zip(names.items(), measured, strict=True):
        axis, sections = sections_of_labels(flat, number)
        report = measure_nerve(flat, sections, axis, name.nerve or name.name, name.side)
        out.append(
            DiffusionRegion(
                name=name.name,
                nerve=name.nerve,
                side=name.side,
                report=report,
                sections=measure_along(whole.maps, [report]),
                whole=one,
            )
        )
    return tuple(out)


def _seeded(whole: DiffusionSeries, seeds: Path | None, graph: NerveGraph) -> tuple[DiffusionRegion, ...]:
    if seeds is None:
        return ()
    mean = whole.volume.values[..., ~whole.gradients.unweighted].mean(axis=-1)
    weighted = Volume(values=mean, affine=whole.volume.affine)
    nerves = measure_seeded(weighted, read_seeds(seeds, weighted, graph), Level())
    return tuple(
        DiffusionRegion(
            name=f"{n.report.side.value} {n.report.nerve.replace('_', ' ')}",
            nerve=n.report.nerve,
            side=n.report.side,
            report=n.report,
            sections=measure_along(whole.maps, [n.report]),
            whole=None,
        )
        for n in nerves
    )


def region_numbers(regions: Sequence[DiffusionRegion], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the regions as a label map, (I, J, K), numbered from 1 in their order."""
    out = np.zeros(shape, dtype=np.int64)
    for number, region in enumerate(regions, 1):
        for section in region.report.sections:
            index: list[slice | int] = [slice(None)] * 3
            index[region.report.slice_axis] = section.slice_index
            rows, columns = section.corner
            here = out[tuple(index)]
            part = here[rows : rows + section.share.shape[0], columns : columns + section.share.shape[1]]
            part[section.share >= 0.5] = number
    return out


def _noise(snr: float | None) -> tuple[str, ...]:
    low = diffusion_parameters()["snr_low"]
    if snr is None or snr >= low:
        return ()
    return (f"Signal to noise within the labels is {snr:.0f}, below {low:.0f}: noise raises FA.",)


def region_sentence(region: DiffusionRegion) -> str:
    """Return what was measured in a region in one sentence, without a verdict."""
    fa, md = region.median("fa"), region.median("md")
    if not np.isfinite(fa):
        return f"{region.name}: too few voxels lie within it"
    means = f"MD {TO_UNIT * md:.3f} 10-3 mm2/s"
    if region.whole is None:
        count = sum(np.isfinite(s.mean["fa"]) for s in region.sections)
        return f"{region.name}: median FA {fa:.3f} over {count} slices, {means}; no verdict"
    of_mean, voxels = region.whole.of_mean["fa"], region.whole.voxels
    return f"{region.name}: FA {fa:.3f} (of the mean signal {of_mean:.3f}), {means} ({voxels} voxels); no verdict"


def region_sides(regions: Sequence[DiffusionRegion]) -> tuple[str, ...]:
    """Return how the FA of nerves that were measured on both sides compare; how much may differ is not known."""
    out = []
    for one in regions:
        for other in regions:
            pair = (one.side, other.side) == (Side.LEFT, Side.RIGHT) and one.nerve and one.nerve == other.nerve
            left, right = one.median("fa"), other.median("fa")
            if pair and np.isfinite(left) and np.isfinite(right):
                name = one.nerve.replace("_", " ")
                out.append(f"{name}: FA left {left:.3f}, right {right:.3f}; how much sides may differ is not known")
    return tuple(out)
