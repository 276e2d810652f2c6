"""``ranvier mri``: measure nerves in a series from seeds or a label map."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ranvier.cli.bids import BidsOption, bids_name, writing_folder
from ranvier.core import UnreadableImageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ranvier.anatomy import NerveGraph
    from ranvier.imaging.bids import BidsName
    from ranvier.imaging.models import ModelStatement
    from ranvier.imaging.nerves import ContrastRow, ContrastSeries, LabelName, Level, MeasuredNerve, ReferenceTissue
    from ranvier.imaging.reading import Series
    from ranvier.imaging.volume import Volume

_File = Path | None
_Model = Annotated[
    _File,
    typer.Option(
        "--model",
        help="A label model: ONNX file with its manifest, or the folder of a trained nnU-Net (extra nnunet; "
        "opening its checkpoint runs code of its maker).",
    ),
]
_Also = Annotated[
    list[Path] | None,
    typer.Option(
        "--also",
        help="A further series of the same place: measured in the same outlines, searched for masses; repeat it.",
    ),
]
_Muscle = Annotated[
    _File, typer.Option("--muscle", help="Label map of a reference muscle on the voxels of the series (NIfTI).")
]


def mri(
    series: Annotated[Path, typer.Argument(help="NIfTI file, DICOM file or folder of DICOM files.")],
    seeds: Annotated[_File, typer.Option("--seeds", help="CSV: nerve, side and i,j,k or x_mm,y_mm,z_mm.")] = None,
    labels: Annotated[_File, typer.Option("--labels", help="Label map (NIfTI) on the same voxels.")] = None,
    names: Annotated[_File, typer.Option("--label-names", help="CSV: label, nerve, side.")] = None,
    model: _Model = None,
    nerve: Annotated[str | None, typer.Option("--nerve", help="The nerve of a label map with one label.")] = None,
    side: Annotated[str | None, typer.Option("--side", help="Its side.")] = None,
    level: Annotated[str | None, typer.Option("--level", help="Level, for limits, such as mid_thigh.")] = None,
    method: Annotated[str | None, typer.Option("--method", help="Method, for limits, such as stir.")] = None,
    which: Annotated[str | None, typer.Option("--series", help="Which series of a folder.")] = None,
    references: Annotated[_File, typer.Option("--references", help="CSV: tissue, side, point, for signals.")] = None,
    dicom: Annotated[bool, typer.Option("--dicom", help="Also write DICOM SEG and SR (TID 1500).")] = False,
    keep_identity: Annotated[bool, typer.Option("--keep-identity", help="Patient and study in these.")] = False,
    also: _Also = None,
    muscle: _Muscle = None,
    bids: BidsOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for table, page and label map.")] = Path("out"),
) -> None:
    """Measure nerves on MRI: outline, area, signal, changes along the nerve, verdict where a limit exists."""
    from ranvier.anatomy import load_graph
    from ranvier.imaging.nerves import Level, measure_labels, on_voxels_of, read_references
    from ranvier.imaging.reading import read_series, source_headers

    if sum(one is not None for one in (seeds, labels, model)) != 1:
        raise UnreadableImageError(
            "say where the nerve is: give one of --seeds seeds.csv, --labels seg.nii.gz and --model model.onnx"
        )
    name = bids_name(bids, series, "anat")
    sources = source_headers(series, which) if dicom else ()
    graph = load_graph()
    read = read_series(series, series=which)
    stated, origin = Level(level=level, method=method), None
    if seeds is not None:
        nerves = _by_seeds(read, seeds, graph, stated)
    elif model is not None:
        read, nerves, origin = _by_model(read, model, graph, stated)
    else:
        label_volume = read_series(labels).volume if labels is not None else read.volume
        nerves = measure_labels(read.volume, label_volume, _names(names, nerve, side, label_volume, graph), stated)
    tissues = read_references(references, read.volume, graph) if references is not None else ()
    others = on_voxels_of(read.volume, [read_series(one) for one in also or []])
    read, nerves = _read_signs(read, nerves, tissues, others)
    _tell_nerves(nerves)
    read, contrasts, rows = _on_others(read, nerves, others, muscle)
    with writing_folder(out, name) as folder:
        written = _write(read, nerves, folder, origin, (contrasts, rows))
        if dicom:
            written.extend(_write_dicom(read, nerves, sources, folder, keep_identity))
        if name is not None:
            written = _as_bids(name, nerves, folder, out, origin, drawn=labels is None)
    typer.echo(f"Wrote {', '.join(str(p) for p in written)}")


def _read_signs(
    read: "Series",
    nerves: "tuple[MeasuredNerve, ...]",
    tissues: "Sequence[ReferenceTissue]",
    others: "Sequence[ContrastSeries]",
) -> "tuple[Series, tuple[MeasuredNerve, ...]]":
    """Return the nerves with T2, brightness and masses, and the series with doubts about their sides."""
    from ranvier.imaging.nerves import add_brightness, add_masses, add_t2, side_doubts

    nerves = add_brightness(add_t2(nerves, read), read.facts, others)
    doubts = side_doubts(read.volume, [n.report for n in nerves])
    for doubt in doubts:
        typer.echo(f"Doubt: {doubt}")
    return replace(read, notes=(*read.notes, *doubts)), add_masses(nerves, read, tissues, others)


def _by_seeds(read: "Series", seeds: Path, graph: "NerveGraph", stated: "Level") -> "tuple[MeasuredNerve, ...]":
    """Return the nerves that are followed from seeds, with word of how far it is."""
    from ranvier.imaging.nerves import measure_seeded, read_seeds

    nerves = measure_seeded(read.volume, read_seeds(seeds, read.volume, graph), stated, report=_tell)
    typer.echo("", err=True)
    return nerves


def _on_others(
    read: "Series", nerves: "Sequence[MeasuredNerve]", others: "Sequence[ContrastSeries]", muscle: Path | None
) -> "tuple[Series, tuple[ContrastSeries, ...], tuple[ContrastRow, ...]]":
    """Return the series with its notes, all series of the place, and the nerves on each."""
    from ranvier.imaging.nerves import first_contrast, measure_contrasts, with_notes
    from ranvier.imaging.reading import read_series

    if not others and muscle is None:
        return read, (), ()
    contrasts = (first_contrast(read), *others)
    reference = read_series(muscle).volume if muscle is not None else None
    rows = measure_contrasts([n.report for n in nerves], contrasts, reference)
    _tell_contrasts(rows)
    return with_notes(read, others), contrasts, rows


def _tell_contrasts(rows: "Sequence[ContrastRow]") -> None:
    from ranvier.imaging.nerves import contrast_medians

    for one in contrast_medians(rows):
        told = [
            f"{words} {value:.2f}"
            for words, value in (
                ("signal over surroundings", one.signal_to_surroundings),
                ("over muscle", one.signal_to_muscle),
                ("fat fraction", one.fat_fraction),
            )
            if value is not None
        ]
        typer.echo(f"  {one.series}, {one.side.value} {one.nerve}: {', '.join(told) or 'not measured'}")


def _as_bids(
    name: "BidsName",
    nerves: "Sequence[MeasuredNerve]",
    folder: Path,
    out: Path,
    origin: "ModelStatement | None",
    *,
    drawn: bool,
) -> list[Path]:
    """Return the files in their places; `drawn` tells that a machine drew the outlines."""
    from ranvier.imaging.bids import BidsExtras, write_bids
    from ranvier.imaging.nerves import lookup_rows

    said = {"SegmentationModel": origin.as_dict()} if origin is not None else {}
    fields = {"nerves.nii.gz": {**said, **({"Manual": False} if drawn else {})}}
    return [*write_bids("mri", folder, name, out, BidsExtras(lookup=lookup_rows(nerves), fields=fields))]


def _by_model(
    read: "Series", model: Path, graph: "NerveGraph", stated: "Level"
) -> "tuple[Series, tuple[MeasuredNerve, ...], ModelStatement]":
    """Return the series with the notes of the model, its nerves, and what the model states of itself."""
    from ranvier.imaging.models import label_with, open_model
    from ranvier.imaging.nerves import measure_labels

    opened = open_model(model, graph)
    said = opened.statement
    typer.echo(f"Model {said.name} ({said.kind}): licence {said.licence}; training data {said.training_data}")
    found = label_with(opened, read)
    for note in found.notes:
        typer.echo(f"  {note}")
    nerves = measure_labels(read.volume, found.volume, found.names, stated)
    return replace(read, notes=(*read.notes, *found.notes)), nerves, said


def _write_dicom(
    read: "Series", nerves: "Sequence[MeasuredNerve]", sources: "Sequence[object]", out: Path, keep_identity: bool
) -> "Sequence[Path]":
    from ranvier.imaging.dicom_output import write_dicom

    paths = write_dicom(nerves, read.volume, sources, out, keep_identity=keep_identity)
    if not keep_identity:
        typer.echo("DICOM without patient and link to the series; --keep-identity copies both, for an overlay")
    return paths


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
    if not found:
        raise UnreadableImageError("the label map is empty: every voxel is 0")
    if nerve is None or len(found) != 1:
        raise UnreadableImageError(
            f"the label map holds the numbers {found}; give --label-names, or --nerve and --side for a single one"
        )
    return {found[0]: LabelName(nerve=graph.resolve(nerve, ("nerve",))[1], side=read_side(side))}


def _write(
    read: "Series",
    nerves: "Sequence[MeasuredNerve]",
    out: Path,
    origin: "ModelStatement | None",
    others: "tuple[Sequence[ContrastSeries], Sequence[ContrastRow]]",
) -> list[Path]:
    from ranvier.imaging.nerves import (
        contrast_medians,
        write_contrasts,
        write_label_map,
        write_masses,
        write_measurements,
        write_summary,
        write_t2_map,
    )
    from ranvier.report.mri_page import render_mri_page

    page = out / "report.html"
    model = origin.as_dict() if origin is not None else None
    medians = contrast_medians(others[1])
    page.write_text(render_mri_page(read, nerves, model, others[0], medians), encoding="utf-8")
    return [
        write_measurements(nerves, out / "measurements.tsv"),
        write_masses(nerves, out / "masses.tsv"),
        write_summary(nerves, read, out / "nerves.json", model, medians),
        write_label_map(nerves, read.volume, out / "nerves.nii.gz"),
        *write_t2_map(nerves, read, out / "t2.nii.gz"),
        *([write_contrasts(others[1], out / "contrasts.tsv")] if others[1] else []),
        page,
    ]


def _tell_nerves(nerves: "Sequence[MeasuredNerve]") -> None:
    from ranvier.imaging.nerves import side_differences

    for one in nerves:
        typer.echo(f"{one.report.side.value} {one.report.nerve}: {one.verdict.text}")
        for change in one.changes:
            typer.echo(f"  {change.text}")
        for mass in one.masses:
            typer.echo(f"  {mass.text}{'; ' + mass.doubts[0] if mass.doubts else ''}")
        unsure = _runs([m.slice for m in one.report.measurements if m.note])
        if one.hidden:
            typer.echo(f"  {one.hidden}")
        if unsure:
            typer.echo(f"  unsure in slices {', '.join(unsure)}; see the page")
    for line in side_differences(nerves):
        typer.echo(line)


def _runs(numbers: "Sequence[int]") -> list[str]:
    """Return growing numbers with runs drawn together.

    >>> _runs([1, 2, 3, 5, 7, 8])
    ['1 to 3', '5', '7', '8']
    """
    groups: list[list[int]] = []
    for n in numbers:
        if groups and n == groups[-1][-1] + 1:
            groups[-1].append(n)
        else:
            groups.append([n])
    return [w for g in groups for w in ([f"{g[0]} to {g[-1]}"] if len(g) > 2 else [str(n) for n in g])]
