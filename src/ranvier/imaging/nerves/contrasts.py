"""Nerves that were outlined on one series, measured on further series of the same place.

The further series are resampled onto the voxels of the first by what their headers say of their place; that the patient
lay still between them is assumed and told, and the page shows the outlines on each. The signal of a nerve is compared
with a named muscle where one is labelled, else with its surroundings; fat fraction comes from gradient echoes or from
a water and a fat image.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import Side, UnreadableImageError
from ranvier.imaging.maps import fat_fraction
from ranvier.imaging.nerves.labels import on_same_voxels
from ranvier.imaging.nerves.measurements import NerveReport, section_signals
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.sections import Section, slice_values
from ranvier.imaging.reading import DixonPart, SequenceFacts, Series, VolumeKind
from ranvier.imaging.volume import Volume

_SAME_MM = 0.01
_NERVE_HIGHEST_FAT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastSeries:
    """A further series on the voxels of the first.

    Attributes
    ----------
    name : str
        Its number and its contrast; no file name, which may name the patient.
    volume : Volume
        NaN where it does not reach.
    facts : SequenceFacts
    notes : tuple of str
    """

    name: str
    volume: Volume
    facts: SequenceFacts
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastRow:
    """A nerve in one slice of one series; None where it is not known."""

    series: str
    nerve: str
    side: Side
    slice: int
    signal: float | None
    surroundings: float | None
    signal_to_surroundings: float | None
    muscle: float | None
    signal_to_muscle: float | None
    fat_fraction: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastMedian:
    """The medians of a nerve on one series, and in how many slices it was seen."""

    series: str
    nerve: str
    side: Side
    slices: int
    signal_to_surroundings: float | None
    signal_to_muscle: float | None
    fat_fraction: float | None


def on_voxels_of(first: Volume, others: Sequence[Series]) -> tuple[ContrastSeries, ...]:
    """Return further series on the voxels of the first.

    Raises
    ------
    UnreadableImageError
        If a series does not overlap with the first.
    """
    out = []
    for number, one in enumerate(others, 2):
        words = one.facts.contrast.value if one.facts.contrast else "contrast not stated"
        parts = sorted({p.value for p in one.facts.dixon if p})
        name = f"series {number} ({', '.join([*parts, *([] if parts else [words])])})"
        volume, moved = _resampled(one.volume, first)
        if not np.isfinite(volume.values).any():
            raise UnreadableImageError(f"{name} does not overlap with the outlined series; give one of the same place")
        notes = (f"{name} was resampled onto the outlined series; that the patient lay still is assumed",) * moved
        out.append(ContrastSeries(name=name, volume=volume, facts=one.facts, notes=(*one.notes, *notes)))
    return tuple(out)


def _resampled(other: Volume, first: Volume) -> tuple[Volume, bool]:
    """Return a volume on the voxels of another (linear, NaN outside), and whether anything was moved."""
    same = other.values.shape[:3] == first.values.shape[:3]
    if same and np.abs(other.affine - first.affine).max() <= _SAME_MM:
        return other, False
    matrix = np.linalg.inv(other.affine) @ first.affine
    values = other.values if other.values.ndim == 4 else other.values[..., None]
    moved = [
        ndimage.affine_transform(
            values[..., n].astype(np.float64),
            matrix[:3, :3],
            offset=matrix[:3, 3],
            output_shape=first.values.shape[:3],
            order=1,
            cval=np.nan,
        )
        for n in range(values.shape[3])
    ]
    stacked = np.stack(moved, axis=-1) if other.values.ndim == 4 else moved[0]
    return Volume(values=stacked.astype(np.float32), affine=first.affine), True


def measure_contrasts(
    nerves: Sequence[NerveReport], series: Sequence[ContrastSeries], muscle: Volume | None = None
) -> tuple[ContrastRow, ...]:
    """Return every nerve in every slice of every series.

    Parameters
    ----------
    nerves : sequence of NerveReport
    series : sequence of ContrastSeries
    muscle : Volume, optional
        Label map of a reference muscle on the same voxels; every number above 0 is muscle.

    Raises
    ------
    UnreadableImageError
        If the muscle lies on other voxels or is empty.
    """
    mask = None
    if muscle is not None and series:
        muscle = on_same_voxels(muscle, series[0].volume)
        mask = muscle.values.reshape(muscle.values.shape[:3]) > 0
        if not mask.any():
            raise UnreadableImageError("the label map of the reference muscle is empty")
    pair = _water_and_fat(series)
    return tuple(
        _row(one, nerve, section, mask, pair) for one in series for nerve in nerves for section in nerve.sections
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Where the water and the fat image are."""

    water: ContrastSeries
    water_at: int
    fat: ContrastSeries
    fat_at: int


def _water_and_fat(series: Sequence[ContrastSeries]) -> _Pair | None:
    """Return where the water and the fat image are, None where there are not both."""
    found = {
        part: (one, index)
        for one in reversed(series)
        for index, part in enumerate(one.facts.dixon)
        if part in (DixonPart.WATER, DixonPart.FAT)
    }
    if len(found) < 2:
        return None
    (water, water_at), (fat, fat_at) = found[DixonPart.WATER], found[DixonPart.FAT]
    return _Pair(water=water, water_at=water_at, fat=fat, fat_at=fat_at)


def _row(
    one: ContrastSeries, nerve: NerveReport, section: Section, mask: NDArray[np.bool_] | None, pair: _Pair | None
) -> ContrastRow:
    signal, around = (_known(v) for v in section_signals(one.volume, section, nerve.slice_axis))
    reference = _muscle(one.volume, mask, nerve.slice_axis, section.slice_index) if mask is not None else None
    fat = _echo_fat(one, section, nerve.slice_axis)
    if fat is None and pair is not None and (one is pair.water or one is pair.fat):
        water = _core_mean(pair.water.volume, section, nerve.slice_axis, pair.water_at)
        oil = _core_mean(pair.fat.volume, section, nerve.slice_axis, pair.fat_at)
        fat = oil / (water + oil) if water is not None and oil is not None and water + oil > 0 else None
    return ContrastRow(
        series=one.name,
        nerve=nerve.nerve,
        side=nerve.side,
        slice=section.slice_index,
        signal=signal,
        surroundings=around,
        signal_to_surroundings=signal / around if signal is not None and around else None,
        muscle=reference,
        signal_to_muscle=signal / reference if signal is not None and reference else None,
        fat_fraction=fat,
    )


def _known(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _muscle(volume: Volume, mask: NDArray[np.bool_], axis: int, index: int) -> float | None:
    """Return the median of the muscle in a slice, or of all of it where the slice has none."""
    values = volume.values[..., 0] if volume.values.ndim == 4 else volume.values
    here = np.take(values, index, axis=axis)[np.take(mask, index, axis=axis)]
    used = here if len(here) else values[mask]
    used = used[np.isfinite(used)]
    return float(np.median(used)) if len(used) else None


def _core(volume: Volume, section: Section, axis: int) -> NDArray[np.float32] | None:
    """Return the voxels within a nerve with all their volumes, (n, N); None where there is none, or none is known."""
    image = slice_values(volume.values, axis, section.slice_index)
    image = image if image.ndim == 3 else image[..., None]
    rows, columns = section.corner
    part = image[rows : rows + section.share.shape[0], columns : columns + section.share.shape[1]]
    core = part[section.share >= nerve_parameters()["core_share"]]
    return core if len(core) and np.isfinite(core).all() else None


def _core_mean(volume: Volume, section: Section, axis: int, index: int) -> float | None:
    core = _core(volume, section, axis)
    return float(core[:, index].mean()) if core is not None else None


def _echo_fat(one: ContrastSeries, section: Section, axis: int) -> float | None:
    """Return the fat fraction of a section from gradient echoes, None where the series has none."""
    facts = one.facts
    kinds = facts.kinds or (None,) * len(facts.te_ms)
    index = [n for n, kind in enumerate(kinds) if kind in (None, VolumeKind.MAGNITUDE)]
    times = [facts.te_ms[n] for n in index] if facts.te_ms else []
    core = _core(one.volume, section, axis)
    known = [t for t in times if t is not None]
    usable = "gradient_echo" in facts.techniques and facts.field_t and len(set(known)) == len(times) >= 2
    if not usable or core is None or any(facts.dixon) or facts.field_t is None:
        return None
    mean = core[:, index].mean(axis=0)
    return _known(float(fat_fraction(mean, known, facts.field_t, highest=_NERVE_HIGHEST_FAT)))


def contrast_medians(rows: Sequence[ContrastRow]) -> tuple[ContrastMedian, ...]:
    """Return the medians of each nerve on each series."""
    keys = dict.fromkeys((r.series, r.nerve, r.side) for r in rows)
    out = []
    for series, nerve, side in keys:
        mine = [r for r in rows if (r.series, r.nerve, r.side) == (series, nerve, side)]
        out.append(
            ContrastMedian(
                series=series,
                nerve=nerve,
                side=side,
                slices=sum(r.signal is not None for r in mine),
                signal_to_surroundings=_median([r.signal_to_surroundings for r in mine]),
                signal_to_muscle=_median([r.signal_to_muscle for r in mine]),
                fat_fraction=_median([r.fat_fraction for r in mine]),
            )
        )
    return tuple(out)


def _median(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return float(np.median(known)) if known else None


def first_contrast(series: Series) -> ContrastSeries:
    """Return the series that was outlined, to be compared with the further ones."""
    words = series.facts.contrast.value if series.facts.contrast else "contrast not stated"
    return ContrastSeries(name=f"series 1, outlined ({words})", volume=series.volume, facts=series.facts)


def with_notes(series: Series, others: Sequence[ContrastSeries]) -> Series:
    """Return the first series with what a reader should know of the others."""
    return replace(series, notes=(*series.notes, *(note for one in others for note in one.notes)))


def write_contrasts(rows: Sequence[ContrastRow], path: Path) -> Path:
    """Write ``contrasts.tsv``: one row a series, nerve and slice; ``n/a`` where not known."""
    columns = (
        "series",
        "nerve",
        "side",
        "slice",
        "signal",
        "surroundings",
        "signal_to_surroundings",
        "muscle",
        "signal_to_muscle",
        "fat_fraction",
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            values = [getattr(row, c) for c in columns]
            writer.writerow(["n/a" if v is None else f"{v:.4f}" if isinstance(v, float) else str(v) for v in values])
    return path
