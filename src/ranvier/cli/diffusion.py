"""``ranvier diffusion``: FA and diffusivities as maps, in labels and along tracked nerves."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ranvier.core import UnreadableImageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ranvier.imaging.diffusion import DiffusionMeasurement, DiffusionSeries, SectionDiffusion
    from ranvier.imaging.volume import Volume

_File = Path | None


def diffusion(
    series: Annotated[Path, typer.Argument(help="Diffusion series (NIfTI with .bval and .bvec beside it, or DICOM).")],
    labels: Annotated[_File, typer.Option("--labels", help="Label map on the same voxels (NIfTI).")] = None,
    names: Annotated[_File, typer.Option("--label-names", help="CSV: label, name.")] = None,
    seeds: Annotated[
        _File, typer.Option("--seeds", help="CSV of seeds: nerves are tracked on the mean weighted volume.")
    ] = None,
    register: Annotated[
        bool, typer.Option("--register", help="Register the volumes (DIPY, rigid) before tensors are fitted.")
    ] = False,
    which: Annotated[str | None, typer.Option("--series", help="Which series of a folder.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for maps and table.")] = Path("out"),
) -> None:
    """Fit diffusion tensors: FA, MD, AD and RD as maps, in labels and along nerves; shifts between volumes."""
    from ranvier.imaging.diffusion import write_diffusion

    whole = _fitted(series, which, register=register)
    measured = _in_labels(whole, labels, names) if labels is not None else ()
    sections = _along_nerves(whole, seeds) if seeds is not None else ()
    out.mkdir(parents=True, exist_ok=True)
    typer.echo(f"Wrote {', '.join(str(p) for p in write_diffusion(whole.maps, measured, sections, out))}")


def _fitted(series: Path, which: str | None, *, register: bool) -> "DiffusionSeries":
    from ranvier.imaging.diffusion import DiffusionSeries, corrected, fit_tensors, gradients_of, measure_shifts
    from ranvier.imaging.reading import read_series

    read = read_series(series, series=which)
    volume, gradients = read.volume, gradients_of(read.facts)
    typer.echo(f"Shifts: {measure_shifts(volume, gradients).text}.")
    if register:
        moved = corrected(volume, gradients)
        volume, gradients = moved.volume, moved.gradients
        typer.echo(f"After registration: {measure_shifts(volume, gradients).text}.")
    return DiffusionSeries(volume=volume, gradients=gradients, maps=fit_tensors(volume, gradients))


def _in_labels(whole: "DiffusionSeries", labels: Path, names: _File) -> "tuple[DiffusionMeasurement, ...]":
    import numpy as np

    from ranvier.imaging.diffusion import measure_diffusion_labels, signal_to_noise
    from ranvier.imaging.reading import read_series

    volume = read_series(labels).volume
    measured = measure_diffusion_labels(whole, volume, _names(names, volume))
    for one in measured:
        typer.echo(
            f"{one.name}: FA {one.median['fa']:.3f} (of the mean signal {one.of_mean['fa']:.3f}), "
            f"MD {1e3 * one.median['md']:.3f} 10-3 mm2/s ({one.voxels} voxels); no verdict"
        )
    _tell_noise(signal_to_noise(whole, np.round(volume.values.reshape(whole.maps.fa.shape)) > 0))
    return measured


def _along_nerves(whole: "DiffusionSeries", seeds: Path) -> "tuple[SectionDiffusion, ...]":
    import numpy as np

    from ranvier.anatomy import load_graph
    from ranvier.imaging.diffusion import measure_along
    from ranvier.imaging.nerves import Level, measure_seeded, read_seeds
    from ranvier.imaging.volume import Volume

    mean = whole.volume.values[..., ~whole.gradients.unweighted].mean(axis=-1)
    weighted = Volume(values=mean, affine=whole.volume.affine)
    nerves = measure_seeded(weighted, read_seeds(seeds, weighted, load_graph()), Level())
    out: list[SectionDiffusion] = []
    for nerve in nerves:
        found = measure_along(whole.maps, [nerve.report])
        known = [s.mean["fa"] for s in found if np.isfinite(s.mean["fa"])]
        told = f"median FA {np.median(known):.3f} over {len(known)} slices" if known else "no voxel lies within it"
        typer.echo(f"{nerve.report.side.value} {nerve.report.nerve}: {told}; no verdict")
        out.extend(found)
    return tuple(out)


def _tell_noise(snr: float | None) -> None:
    from ranvier.imaging.diffusion.settings import diffusion_parameters

    low = diffusion_parameters()["snr_low"]
    if snr is not None and snr < low:
        typer.echo(f"Signal to noise within the labels is {snr:.0f}, below {low:.0f}: noise raises FA.")


def _names(names: Path | None, labels: "Volume") -> "Mapping[int, str]":
    import csv

    import numpy as np

    if names is None:
        return {int(v): f"label {int(v)}" for v in np.unique(np.round(labels.values)) if v > 0}
    try:
        rows = list(csv.DictReader(names.read_text(encoding="utf-8-sig").splitlines()))
        return {int(row["label"]): row["name"] for row in rows}
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableImageError(
            f"{names.name} must be a CSV file with the columns label (a number) and name"
        ) from error
