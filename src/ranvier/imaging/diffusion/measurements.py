"""FA and diffusivities of a label, and slice by slice along a nerve; no verdict: limits hold for their own protocol."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ranvier.core import MissingExtraError, Side, UnreadableImageError
from ranvier.imaging.diffusion.settings import diffusion_parameters
from ranvier.imaging.diffusion.tensor import Gradients, TensorMaps, fit_tensors
from ranvier.imaging.nerves import NerveReport
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.sections import slice_values
from ranvier.imaging.volume import FloatArray, Volume

MEASURES = ("fa", "md", "ad", "rd")
_TOLERANCE_MM = 0.01
_FEWEST_REPEATS = 3
_TO_TABLE = {"fa": 1.0, "md": 1e3, "ad": 1e3, "rd": 1e3}
COLUMNS = ("fa", "md_1e3mm2_s", "ad_1e3mm2_s", "rd_1e3mm2_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionMeasurement:
    """One label: medians and spreads by measure (FA; diffusivities in mm2/s), NaN where there are too few voxels.

    Attributes
    ----------
    name : str
    voxels : int
        With a tensor.
    median, spread : mapping
        By measure; spread is the standard deviation.
    of_mean : mapping
        Of the tensor of the mean signal: less raised by noise, but lowered where fibres run in several directions.
    """

    name: str
    voxels: int
    median: Mapping[str, float]
    spread: Mapping[str, float]
    of_mean: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionSeries:
    """A diffusion series with its gradients and maps."""

    volume: Volume
    gradients: Gradients
    maps: TensorMaps


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDiffusion:
    """One section of a nerve: means over the voxels within it, weighted by their share; NaN where none lies within."""

    nerve: str
    side: Side
    slice: int
    mean: Mapping[str, float]


def signal_to_noise(series: DiffusionSeries, mask: NDArray[np.bool_]) -> float | None:
    """Return the median over voxels of mean over sd of the unweighted volumes; None for fewer than three."""
    unweighted = series.volume.values[mask][:, series.gradients.unweighted].astype(np.float64)
    if unweighted.shape[1] < _FEWEST_REPEATS or not len(unweighted):
        return None
    spread = unweighted.std(axis=1, ddof=1)
    return float(np.median(unweighted.mean(axis=1)[spread > 0] / spread[spread > 0])) if (spread > 0).any() else None


def measure_diffusion_labels(
    series: DiffusionSeries, labels: Volume, names: Mapping[int, str]
) -> tuple[DiffusionMeasurement, ...]:
    """Return the measures of each named label.

    Raises
    ------
    UnreadableImageError
        If the label map lies elsewhere or lacks a label.
    """
    maps = series.maps
    same = labels.values.shape[:3] == maps.fa.shape
    if not same or np.abs(labels.affine - maps.affine).max() > _TOLERANCE_MM:
        raise UnreadableImageError("the label map does not lie on the voxels of the image; resample it to the image")
    numbers = np.round(labels.values.reshape(maps.fa.shape))
    out = []
    for value, name in names.items():
        inside = numbers == value
        if not inside.any():
            raise UnreadableImageError(f"no voxel of the label map has the number {value}")
        known = inside & np.isfinite(maps.fa)
        enough = known.sum() >= diffusion_parameters()["fewest_voxels"]
        values = {m: getattr(maps, m)[known] for m in MEASURES}
        out.append(
            DiffusionMeasurement(
                name=name,
                voxels=int(known.sum()),
                median={m: float(np.median(v)) if enough else float("nan") for m, v in values.items()},
                spread={m: float(np.std(v)) if enough else float("nan") for m, v in values.items()},
                of_mean=_of_mean(series, known) if enough else dict.fromkeys(MEASURES, float("nan")),
            )
        )
    return tuple(out)


def _of_mean(series: DiffusionSeries, inside: NDArray[np.bool_]) -> Mapping[str, float]:
    mean = series.volume.values[inside].astype(np.float64).mean(axis=0)
    one = Volume(values=mean[None, None, None].astype(np.float32), affine=series.volume.affine)
    maps = fit_tensors(one, series.gradients)
    return {m: float(getattr(maps, m)[0, 0, 0]) for m in MEASURES}


def measure_along(maps: TensorMaps, nerves: Sequence[NerveReport]) -> tuple[SectionDiffusion, ...]:
    """Return the measures of each section of nerves that were tracked or labelled on the voxels of the maps."""
    core = nerve_parameters()["core_share"]
    out = []
    for nerve in nerves:
        for section in nerve.sections:
            rows, columns = section.corner
            window = slice(rows, rows + section.share.shape[0]), slice(columns, columns + section.share.shape[1])
            weight = np.where(section.share >= core, section.share, 0.0)
            mean = {}
            for measure in MEASURES:
                image = slice_values(getattr(maps, measure), nerve.slice_axis, section.slice_index)[window]
                mean[measure] = _weighted(np.asarray(image, dtype=np.float64), np.asarray(weight, dtype=np.float64))
            out.append(SectionDiffusion(nerve=nerve.nerve, side=nerve.side, slice=section.slice_index, mean=mean))
    return tuple(out)


def _weighted(values: FloatArray, weight: FloatArray) -> float:
    used = (weight > 0) & np.isfinite(values)
    return float(np.average(values[used], weights=weight[used])) if used.any() else float("nan")


def write_diffusion(
    maps: TensorMaps,
    labels: Sequence[DiffusionMeasurement],
    sections: Sequence[SectionDiffusion],
    out: Path,
) -> tuple[Path, ...]:
    """Write ``diffusion.tsv`` and the four maps as NIfTI into a folder; return their paths.

    Raises
    ------
    MissingExtraError
        If nibabel is not installed.
    """
    try:
        import nibabel
    except ImportError as error:
        raise MissingExtraError("writing NIfTI", "mri") from error
    paths = [out / "diffusion.tsv"]
    with paths[0].open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(
            ("name", "slice", "voxels", *COLUMNS, *(f"{c}_spread" for c in COLUMNS), *(f"{c}_of_mean" for c in COLUMNS))
        )
        for one in labels:
            writer.writerow(
                (one.name, "n/a", one.voxels, *_cells(one.median), *_cells(one.spread), *_cells(one.of_mean))
            )
        for section in sections:
            name = section.nerve if section.side is Side.UNKNOWN else f"{section.side.value} {section.nerve}"
            writer.writerow((name, section.slice, "n/a", *_cells(section.mean), *("n/a" for _ in (*COLUMNS, *COLUMNS))))
    for measure in MEASURES:
        values = getattr(maps, measure).astype(np.float32)
        paths.append(out / f"{measure}.nii.gz")
        nibabel.loadsave.save(nibabel.nifti1.Nifti1Image(values, maps.affine), paths[-1])  # type: ignore[no-untyped-call]
    return tuple(paths)


def _cells(values: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(f"{values[m] * _TO_TABLE[m]:.4f}" if np.isfinite(values[m]) else "n/a" for m in MEASURES)
