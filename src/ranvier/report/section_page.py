"""A nerve section as one self-contained HTML page: what was counted, where, what is in doubt, what to look at again."""

from markupsafe import Markup

from ranvier.histology.measuring import SectionReading, scale_bar_um, section_overlay
from ranvier.report.environment import page_environment
from ranvier.report.grey_picture import jpeg_address
from ranvier.report.page import style
from ranvier.report.section_pictures import g_ratio_picture, histogram_picture

_MOST_PX = 2400


def render_section_page(reading: SectionReading) -> str:
    """Return the page as HTML text: no script, no network.

    Parameters
    ----------
    reading : SectionReading
        From `ranvier.histology.measuring.read_section`.

    Raises
    ------
    MissingExtraError
        If Pillow is not installed.
    """
    drawn = section_overlay(reading)
    step = -(-max(drawn.shape[:2]) // _MOST_PX)
    return (
        page_environment()
        .get_template("section.html.j2")
        .render(
            style=style(),
            reading=reading,
            summary=reading.summary,
            nerve=reading.nerve.replace("_", " "),
            modality=reading.modality.replace("_", " "),
            overlay=jpeg_address(drawn, shrink=step),
            bar_um=scale_bar_um(reading.tissue.shape[1] * reading.summary.pixel_um),
            views=[(view, jpeg_address(view.picture)) for view in reading.views],
            histogram=Markup(histogram_picture(reading.summary)),
            g_ratio=Markup(g_ratio_picture(reading.summary, reading.fibres)),
        )
    )
