"""``ranvier muscles``: T2 or fat fraction of each labelled muscle, left against right."""

from pathlib import Path
from typing import Annotated

import typer

from ranvier.cli.bids import BidsOption, bids_name, writing_folder
from ranvier.core import UnreadableImageError

_File = Path | None
_Table = Annotated[
    str,
    typer.Option(
        "--label-table",
        help="What the numbers mean: totalsegmentator_thigh_shoulder, or a CSV with value,muscle,side.",
    ),
]


def muscles(
    series: Annotated[list[Path], typer.Argument(help="One image with all echoes, or one for each echo.")],
    labels: Annotated[Path, typer.Option("--labels", help="Label map of muscles on the same voxels (NIfTI).")],
    label_table: _Table,
    measure: Annotated[
        str, typer.Option("--measure", help="t2, t2_epg, fat_fraction, or t2_map, fat_fraction_map for a finished map.")
    ],
    te_ms: Annotated[
        str | None, typer.Option("--te-ms", help="Echo times in ms, such as 16,56, where the header has none.")
    ] = None,
    field_t: Annotated[
        float | None, typer.Option("--field-t", min=0.1, help="Field in tesla, where the header has none.")
    ] = None,
    limits: Annotated[
        _File, typer.Option("--limits", help="Limits of your own method: CSV with muscle,measure,upper,source.")
    ] = None,
    bids: BidsOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for table, map and page.")] = Path("out"),
) -> None:
    """Measure T2 or fat fraction of labelled muscles, without their rims, and compare the sides."""
    from ranvier.anatomy import load_graph
    from ranvier.imaging import muscles as measured
    from ranvier.imaging.bids import BidsExtras, write_bids
    from ranvier.imaging.muscles.measurements import sentence
    from ranvier.imaging.reading import read_series
    from ranvier.report.muscle_page import render_muscle_page

    name = bids_name(bids, series[0], "anat")
    table, wanted = measured.find_muscle_table(label_table, load_graph()), measured.read_measure(measure)
    label_volume = read_series(labels).volume
    read = [read_series(one) for one in series]
    mask = label_volume.values.reshape(label_volume.values.shape[:3]) > 0
    found = measured.muscle_map(read, wanted, te_ms=_numbers(te_ms), field_t=field_t, mask=mask)
    report = measured.measure_muscles(
        found, label_volume, table, measured.read_own_limits(limits) if limits is not None else ()
    )
    notes = tuple(dict.fromkeys(note for one in read for note in one.notes))
    text = render_muscle_page(report, found, label_volume, read[0].volume, notes)
    for muscle in report.muscles:
        typer.echo(sentence(muscle, report.measure))
    for side in report.sides:
        typer.echo(f"  {side.text}")
    with writing_folder(out, name) as folder:
        page = folder / "report.html"
        page.write_text(text, encoding="utf-8")
        written = (*measured.write_muscles(report, found, folder), page)
        if name is not None:
            (folder / "map.nii.gz").rename(folder / f"{report.measure.removesuffix('_ms')}.nii.gz")
            extras = BidsExtras(
                labels=label_volume,
                lookup=measured.muscle_lookup(table, label_volume),
                fields={f"{kind}.nii.gz": {"EstimationAlgorithm": report.method} for kind in ("t2", "fat_fraction")},
            )
            written = write_bids("muscles", folder, name, out, extras)
    typer.echo(f"Wrote {', '.join(str(p) for p in written)}")


def _numbers(text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise UnreadableImageError(f"--te-ms must be numbers separated by commas (got {text!r})") from error
