"""``ranvier mri``: measure nerves in a series from seeds or a label map."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ranvier.core import UnreadableImageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ranvier.anatomy import NerveGraph
    from ranvier.imaging.nerves import LabelName, MeasuredNerve
    from ranvier.imaging.reading import Series
    from ranvier.imaging.volume import Volume

_File = Path | None


def mri(
    series: Annotated[Path, typer.Argument(help="NIfTI file, DICOM file or folder of DICOM files.")],
    seeds: Annotated[_File, typer.Option("--seeds", help="CSV: nerve, side and i,j,k or x_mm,y_mm,z_mm.")] = None,
    labels: Annotated[_File, typer.Option("--labels", help="Label map (NIfTI) on the same voxels.")] = None,
    names: Annotated[_File, typer.Option("--label-names", help="CSV: label, nerve, side.")] = None,
    nerve: Annotated[str | None, typer.Option("--nerve", help="The nerve of a label map with one label.")] = None,
    side: Annotated[str | None, typer.Option("--side", help="Its side.")] = None,
    level: Annotated[str | None, typer.Option("--level", help="Level, for limits, such as mid_thigh.")] = None,
    method: Annotated[str | None, typer.Option("--method", help="Method, for limits, such as stir.")] = None,
    which: Annotated[str | None, typer.Option("--series", help="Which series of a folder.")] = None,
    references: Annotated[_File, typer.Option("--references", help="CSV: tissue, side, point, for signals.")] = None,
    dicom: Annotated[bool, typer.Option("--dicom", help="Also write DICOM SEG and SR (TID 1500).")] = False,
    keep_identity: Annotated[bool, typer.Option("--keep-identity", help="Patient and study in these.")] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for table, page and label map.")] = Path("out"),
) -> None:
    """Measure nerves on MRI: outline, area, signal, changes along the nerve, verdict where a limit exists."""
    from ranvier.anatomy import load_graph
    from ranvier.imaging.nerves import (
        Level,
        add_masses,
        add_t2,
        measure_labels,
        measure_seeded,
        read_references,
        read_seeds,
    )
    from ranvier.imaging.reading import read_series, source_headers

    if (seeds is None) == (labels is None):
        raise UnreadableImageError("say where the nerve is: give either --seeds seeds.csv or --labels seg.nii.gz")
    sources = source_headers(series, which) if dicom else ()
    graph = load_graph()
    read = read_series(series, series=which)
    stated = Level(level=level, method=method)
    if seeds is not None:
        points = read_seeds(seeds, read.volume, graph)
        nerves = measure_seeded(read.volume, points, stated, report=_tell)
        typer.echo("", err=True)
    else:
        label_volume = read_series(labels).volume if labels is not None else read.volume
        nerves = measure_labels(read.volume, label_volume, _names(names, nerve, side, label_volume, graph), stated)
    tissues = read_references(references, read.volume, graph) if references is not None else ()
    _write(read, add_masses(add_t2(nerves, read), read, tissues), out)
    if dicom:
        _write_dicom(read, nerves, sources, out, keep_identity)


def _write_dicom(
    read: "Series", nerves: "Sequence[MeasuredNerve]", sources: "Sequence[object]", out: Path, keep_identity: bool
) -> None:
    from ranvier.imaging.dicom_output import write_dicom

    paths = write_dicom(nerves, read.volume, sources, out, keep_identity=keep_identity)
    typer.echo(f"Wrote {', '.join(str(p) for p in paths)}")
    if not keep_identity:
        typer.echo("  without patient and link to the series; --keep-identity copies both, for an overlay")


def _tell(name: str, done: int, of: int) -> None:
    typer.echo(f"\r{name}: slice {done} of {of}", err=True, nl=False)


def _names(
    names: Path | None, nerve: str | None, side: str | None, labels: "Volume", graph: "NerveGraph"
) -> "Mapping[int, LabelName]":
    import numpy as np

    from ranvier.case import read_side
    from ranvier.imaging.nerves import LabelName, read_label_names

    if names is not None:
        return read_label_names(names, graph)
    found = sorted(int(v) for v in np.unique(np.round(labels.values)) if v > 0)
    if nerve is None or len(found) != 1:
        raise UnreadableImageError(
            f"the label map holds the numbers {found}; give --label-names, or --nerve and --side for a single one"
        )
    return {found[0]: LabelName(nerve=graph.resolve(nerve, ("nerve",))[1], side=read_side(side))}


def _write(read: "Series", nerves: "Sequence[MeasuredNerve]", out: Path) -> None:
    from ranvier.imaging.nerves import (
        side_differences,
        write_label_map,
        write_masses,
        write_measurements,
        write_summary,
    )
    from ranvier.report.mri_page import render_mri_page

    out.mkdir(parents=True, exist_ok=True)
    page = out / "report.html"
    page.write_text(render_mri_page(read.volume, read.facts, nerves, read.notes), encoding="utf-8")
    written = [
        write_measurements(nerves, out / "measurements.tsv"),
        write_masses(nerves, out / "masses.tsv"),
        write_summary(nerves, read.facts, read.volume, read.notes, out / "nerves.json"),
        write_label_map(nerves, read.volume, out / "nerves.nii.gz"),
        page,
    ]
    for one in nerves:
        typer.echo(f"{one.report.side.value} {one.report.nerve}: {one.verdict.text}")
        for change in one.changes:
            typer.echo(f"  {change.text}")
        for mass in one.masses:
            typer.echo(f"  {mass.text}{'; ' + mass.doubts[0] if mass.doubts else ''}")
        unsure = [str(m.slice) for m in one.report.measurements if m.note]
        if unsure:
            typer.echo(f"  unsure in slices {', '.join(unsure)}; see the page")
    for line in side_differences(nerves):
        typer.echo(line)
    typer.echo(f"Wrote {', '.join(str(p) for p in written)}")
