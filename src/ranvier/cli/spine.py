"""``ranvier spine``: discs, canal, recesses and foramina per level from a spine label map."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ranvier.cli.bids import BidsOption, bids_name, writing_folder

if TYPE_CHECKING:
    from ranvier.imaging.spine import SpineReport

_File = Path | None


def spine(
    labels: Annotated[Path, typer.Argument(help="Label map of the spine (NIfTI).")],
    label_table: Annotated[
        str,
        typer.Option(
            "--label-table",
            help="What the numbers mean: totalspineseg, totalspineseg_2024, spineps, sct_cord, sct_vertebral_levels, "
            "or a CSV with value,structure,level (and name).",
        ),
    ],
    image: Annotated[_File, typer.Option("--image", help="The image behind the labels (NIfTI, DICOM), shown.")] = None,
    parts: Annotated[
        _File, typer.Option("--parts", help="Second map with the parts of vertebrae (SPINEPS seg-spine).")
    ] = None,
    parts_table: Annotated[
        str, typer.Option("--parts-table", help="What the numbers of --parts mean: a name or a CSV.")
    ] = "spineps_subregions",
    canal: Annotated[
        str | None,
        typer.Option("--canal", help="What the canal label outlines, for limits: dural_sac or bony_canal."),
    ] = None,
    which: Annotated[str | None, typer.Option("--series", help="Which series of a folder of images.")] = None,
    bids: BidsOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for tables and page.")] = Path("out"),
) -> None:
    """Measure a labelled spine: discs, canal, recesses, foramina per level, and what they do to the roots."""
    from ranvier.imaging.bids import BidsExtras, write_bids
    from ranvier.imaging.reading import read_series
    from ranvier.imaging.spine import find_label_table, measure_spine, spine_lookup, spine_maps, write_spine
    from ranvier.report.spine_page import render_spine_page

    name = bids_name(bids, image or labels, "anat")
    shown = read_series(image, series=which) if image is not None else None
    second = read_series(parts).volume if parts is not None else None
    label_volume, table = read_series(labels).volume, find_label_table(label_table)
    maps = spine_maps(
        label_volume,
        table,
        parts=second,
        parts_table=find_label_table(parts_table) if second is not None else None,
        image=shown.volume if shown is not None else None,
    )
    report = measure_spine(maps, canal=canal)
    volume, notes = (shown.volume, shown.notes) if shown is not None else (None, ())
    text = render_spine_page(report, maps, volume, notes)
    _tell(report)
    with writing_folder(out, name) as folder:
        page = folder / "report.html"
        page.write_text(text, encoding="utf-8")
        written = (*write_spine(report, folder), page)
        if name is not None:
            extras = BidsExtras(labels=label_volume, lookup=spine_lookup(table, label_volume))
            written = write_bids("spine", folder, name, out, extras)
    typer.echo(f"Wrote {', '.join(str(p) for p in written)}")


def _tell(report: "SpineReport") -> None:
    from ranvier.imaging.spine import cord_levels

    for note in report.measured.notes:
        typer.echo(note)
    for one in report.measured.levels:
        canal_mm2 = f", canal {one.canal.area_mm2:.0f} mm2" if one.canal is not None else ""
        displaced = f", displaced {one.size.depth_mm:.1f} mm" if one.size is not None and one.size.shape else ""
        typer.echo(f"{one.level.level}: disc {one.heights.middle_mm:.1f} mm high{displaced}{canal_mm2}")
    for cord in cord_levels(report.measured.sections):
        typer.echo(f"cord at {cord.level}: {cord.area_mm2:.1f} mm2, {cord.ap_mm:.1f} mm from front to back")
    for item in report.standouts:
        typer.echo(f"  {item.text}")
    for root in report.roots:
        if root.state in ("touched", "compressed"):
            typer.echo(f"  {root.text}")
