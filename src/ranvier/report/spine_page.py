"""The page of a measured spine: what stands out, root by root, a table of levels, and the pictures to judge it by."""

from collections.abc import Sequence

from ranvier.imaging.spine import SpineMaps, SpineReport, cord_levels
from ranvier.imaging.spine.writing import level_row, side_row
from ranvier.imaging.volume import Volume
from ranvier.report.environment import page_environment
from ranvier.report.page import style
from ranvier.report.spine_pictures import COLOURS, axial_picture, foramen_picture, sagittal_picture


def render_spine_page(
    report: SpineReport, maps: SpineMaps, image: Volume | None = None, notes: Sequence[str] = ()
) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    report : SpineReport
    maps : SpineMaps
        The labels that were measured.
    image : Volume, optional
        The image behind the labels; without it the labels are shown.
    notes : sequence of str
        What the reader noted.

    Raises
    ------
    MissingExtraError
        If Pillow is not installed.
    """
    environment = page_environment()
    levels = [
        {
            "row": level_row(one),
            "sides": [side_row(one, side) for side in one.sides],
            "axial": axial_picture(one, maps, image),
            "foramina": [
                {"side": side.side.value, "picture": foramen_picture(one, side, maps, image), "note": side.foramen.note}
                for side in one.sides
            ],
            "roots": [r.text for r in report.roots if r.level == one.level.level],
        }
        for one in report.measured.levels
    ]
    return environment.get_template("spine.html.j2").render(
        style=style(),
        report=report,
        voxel=[float(v) for v in maps.spacing_mm],
        levels=levels,
        sagittal=sagittal_picture(report, maps, image),
        colours=COLOURS,
        notes=(*notes, *report.measured.notes),
        judged=[v for v in report.verdicts if v.narrow is not None],
        unjudged=sorted({v.text.split("no verdict: ")[1] for v in report.verdicts if v.narrow is None}),
        has_image=image is not None,
        cords=cord_levels(report.measured.sections),
    )
