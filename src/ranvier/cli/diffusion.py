"""``ranvier diffusion``: FA and diffusivities as maps, in labels and along tracked nerves."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ranvier.cli.bids import BidsOption, bids_name, writing_folder
from ranvier.core import UnreadableImageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ranvier.imaging.bids import BidsExtras
    from ranvier.imaging.diffusion import DiffusionReport, RegionName
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
    bids: BidsOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for maps, tables and page.")] = Path("out"),
) -> None:
    """Fit diffusion tensors: FA, MD, AD and RD as maps, in labels and along nerves; shifts between volumes; page."""
    from ranvier.anatomy import load_graph
    from ranvier.imaging.bids import write_bids
    from ranvier.imaging.diffusion import Regions, measure_diffusion, write_diffusion_report
    from ranvier.imaging.reading import read_series
    from ranvier.report.diffusion_page import render_diffusion_page

    name = bids_name(bids, series, "dwi")
    read = read_series(series, series=which)
    volume = read_series(labels).volume if labels is not None else None
    where = Regions(labels=volume, names=_names(names) if names is not None else None, seeds=seeds)
    report = measure_diffusion(read, where, load_graph(), register=register)
    _tell(report)
    text = render_diffusion_page(report)
    with writing_folder(out, name) as folder:
        page = folder / "report.html"
        page.write_text(text, encoding="utf-8")
        written = (*write_diffusion_report(report, folder), page)
        if name is not None:
            written = write_bids("diffusion", folder, name, out, _extras(report))
    typer.echo(f"Wrote {', '.join(str(p) for p in written)}")


def _tell(report: "DiffusionReport") -> None:
    from ranvier.imaging.diffusion import region_sentence, region_sides

    typer.echo(f"Shifts: {report.shifts.text}.")
    if report.after is not None:
        typer.echo(f"After registration: {report.after.text}.")
    for region in report.regions:
        typer.echo(region_sentence(region))
    for line in (*region_sides(report.regions), *report.notes):
        typer.echo(line)


def _extras(report: "DiffusionReport") -> "BidsExtras":
    """Return the regions as a label map with its table; none where nothing was measured."""
    import numpy as np

    from ranvier.imaging.bids import BidsExtras
    from ranvier.imaging.diffusion import region_numbers
    from ranvier.imaging.volume import Volume

    if not report.regions:
        return BidsExtras()
    maps = report.series.maps
    numbers = region_numbers(report.regions, maps.fa.shape).astype(np.float32)
    rows = [
        {"index": str(n), "name": r.name, "nerve": r.nerve, "side": r.side.value}
        for n, r in enumerate(report.regions, 1)
    ]
    return BidsExtras(labels=Volume(values=numbers, affine=maps.affine), lookup=rows)


def _names(names: Path) -> "Mapping[int, RegionName]":
    import csv

    from ranvier.imaging.diffusion import RegionName

    try:
        rows = list(csv.DictReader(names.read_text(encoding="utf-8-sig").splitlines()))
        return {int(row["label"]): RegionName(name=row["name"]) for row in rows}
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableImageError(
            f"{names.name} must be a CSV file with the columns label (a number) and name"
        ) from error
