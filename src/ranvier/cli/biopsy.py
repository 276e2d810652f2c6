"""``ranvier biopsy``: a nerve section to masks, a table of its fibres, a summary, a picture and a page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ranvier.histology.measuring import SectionReading


def biopsy(
    pixel_um: Annotated[float, typer.Option("--pixel-um", help="Side of a pixel in micrometres.")],
    kind: Annotated[str, typer.Option("--kind", help="Nerve that was taken, such as sural.")],
    section: Annotated[
        Path | None, typer.Argument(help="Picture of the section (PNG, JPEG, TIFF); may be left out with masks.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.")] = Path("out"),
    fascicle: Annotated[
        Path | None, typer.Option("--fascicle", help="Mask of the endoneurium; without it fascicles are outlined.")
    ] = None,
    whole_picture: Annotated[
        bool, typer.Option("--whole-picture", help="All of the picture is endoneurium: outline no fascicle.")
    ] = False,
    modality: Annotated[
        Literal["bright_field", "sem", "tem"], typer.Option("--modality", help="How the picture was taken.")
    ] = "bright_field",
    axons: Annotated[Path | None, typer.Option("--axons", help="Mask of axons; nothing is segmented then.")] = None,
    myelin: Annotated[Path | None, typer.Option("--myelin", help="Mask of myelin, with --axons.")] = None,
    masks: Annotated[Path | None, typer.Option("--masks", help="One picture: axon 255, myelin 170.")] = None,
    corrections: Annotated[
        Path | None, typer.Option("--corrections", help="CSV or JSON of fibres to leave out and to add.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Tiles of a whole section that are read at once.")] = 2,
) -> None:
    """Measure the fibres of a nerve section: masks, fibres.csv, summary.json, overlay.png, and a page (report.html)."""
    from ranvier.histology.measuring import SectionRequest, read_section

    reading = read_section(
        SectionRequest(
            pixel_um=pixel_um,
            nerve=kind,
            modality=modality,
            section=section,
            fascicle=fascicle,
            whole_picture=whole_picture,
            axons=axons,
            myelin=myelin,
            masks=masks,
            corrections=corrections,
            jobs=jobs,
        )
    )
    _tell(reading, out)


def _tell(reading: "SectionReading", out: Path) -> None:
    """Write the results of a section and print what was found."""
    from ranvier.histology.measuring import unsure_fibres, write_section
    from ranvier.report.section_page import render_section_page

    paths = write_section(reading, out)
    page = out / "report.html"
    page.write_text(render_section_page(reading), encoding="utf-8")
    summary = reading.summary
    typer.echo(
        f"{summary.n_counted} myelinated fibres in {summary.area_mm2:.4g} mm2 ({summary.area_note}): "
        f"{summary.density_per_mm2:.0f} per mm2"
        f" ({summary.density_low_per_mm2:.0f} to {summary.density_high_per_mm2:.0f} from the count alone)"
    )
    if summary.median_fibre_diameter_um is not None and summary.median_g_ratio is not None:
        typer.echo(
            f"median fibre diameter {summary.median_fibre_diameter_um:.2f} um, g-ratio {summary.median_g_ratio:.2f}"
            f" ({summary.n_measured} fibres not cut by the border)"
        )
    for doubt in (*reading.doubts, *summary.area_doubts):
        typer.echo(f"doubtful: {doubt}")
    unsure = len(unsure_fibres(reading.fibres))
    if unsure:
        typer.echo(f"unsure of {unsure} of {len(reading.fibres)} fibres: {page.name} shows the least sure")
    typer.echo(summary.limits)
    typer.echo(f"Wrote {', '.join(str(path) for path in (page, *paths))}")


def skin(
    count: Annotated[list[int], typer.Option("--count", min=0, help="Fibres of one section; repeat.")],
    length_mm: Annotated[list[float], typer.Option("--length-mm", help="Epidermis of that section in mm; repeat.")],
    method: Annotated[
        Literal["bright_field", "immunofluorescence"], typer.Option("--method", help="How fibres were shown.")
    ],
    age: Annotated[float | None, typer.Option("--age", min=0, max=120, help="Age in years.")] = None,
    sex: Annotated[Literal["female", "male"] | None, typer.Option("--sex", help="Sex.")] = None,
) -> None:
    """Turn fibre counts of the skin of the distal leg into a density, its limits, and advice to stop counting."""
    from ranvier.core import OutsideReferenceError
    from ranvier.histology.measuring import SectionError, SkinSection, skin_density, skin_limits, stop_counting

    if len(count) != len(length_mm):
        raise SectionError(f"{len(count)} counts and {len(length_mm)} lengths were given: each section needs both")
    sections = [SkinSection(count=c, length_mm=mm) for c, mm in zip(count, length_mm, strict=True)]
    density = skin_density(sections)
    typer.echo(
        f"{density.density_per_mm:.2f} fibres per mm (95 % interval {density.low_per_mm:.2f} to"
        f" {density.high_per_mm:.2f}; {density.count} on {density.length_mm:g} mm, {density.sections} sections)"
    )
    try:
        limits = skin_limits(method, age, sex)
    except OutsideReferenceError as error:
        typer.echo(f"no limit: {error}")
        return
    for limit in limits:
        advice = stop_counting(sections, limit.limit_per_mm)
        more = f"; about {advice.more_mm:.1f} mm more would decide" if advice.more_mm else ""
        typer.echo(
            f"{limit.id} ({limit.status.value}, {limit.source}): limit {limit.limit_per_mm:.2f} per mm:"
            f" {advice.advice} ({advice.reason}{more})"
        )
