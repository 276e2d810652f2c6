"""Sections as pictures to be judged by eye: the overlay, and the fibres that the program is least sure of."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.histology.fibres import FibreMeasures
from ranvier.histology.parameters import section_parameters
from ranvier.histology.pictures import AXON, image_module

Picture = NDArray[np.uint8]
Labels = NDArray[np.integer]
Mask = NDArray[np.bool_]

AXON_COLOUR, FIBRE_COLOUR, FASCICLE_COLOUR, UNSURE_COLOUR = (0, 114, 255), (230, 126, 34), (0, 158, 96), (214, 0, 147)
VIEW_PX, VIEW_ZOOM = 48, 4
MOST_ZOOM = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What is drawn on a picture: labels of `axons` and `myelin`, the `fascicle`, and labels that are `unsure`."""

    axons: Labels
    myelin: Labels
    fascicle: Mask | None = None
    unsure: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FibreView:
    """One fibre to look at: `picture` is ``(rows, columns, 3) uint8``, plain on the left and outlined on the right.

    `x_px` and `y_px` are a pixel of its axon, as a file of corrections names it.
    """

    fibre: FibreMeasures
    x_px: int
    y_px: int
    picture: Picture


def overlay(image: NDArray[np.generic], drawn: Drawn, *, zoom: int = 1, pixel_um: float | None = None) -> Picture:
    """Return the picture with outlines of axons (blue), fibres (orange, purple if unsure) and fascicles (green) on it.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3)
        Picture.
    drawn : Drawn
        What is drawn; of the size of the picture.
    zoom : int
        Pixels of the overlay for each of the picture, so that thin sheaths are not hidden by the lines.
    pixel_um : float, optional
        Side of a pixel of the picture in micrometres; with it a scale bar is drawn at the lower left.
    """
    canvas = _enlarged(_eight_bits(image), zoom)
    axons, whole = (np.repeat(np.repeat(part, zoom, 0), zoom, 1) for part in (drawn.axons, _whole(drawn)))
    rim = _outline(whole)
    canvas[rim] = FIBRE_COLOUR
    if len(drawn.unsure):
        canvas[rim & np.isin(whole, drawn.unsure)] = UNSURE_COLOUR
    canvas[_outline(axons)] = AXON_COLOUR
    if drawn.fascicle is not None:
        edge = _outline(np.repeat(np.repeat(drawn.fascicle, zoom, 0), zoom, 1).astype(np.uint8))
        canvas[ndimage.binary_dilation(edge, iterations=2)] = FASCICLE_COLOUR
    if pixel_um is not None:
        _draw_bar(canvas, pixel_um / zoom)
    return canvas


def overlay_zoom(shape: Sequence[int]) -> int:
    """Return how many times a picture is enlarged for its overlay.

    Examples
    --------
    >>> overlay_zoom((1144, 760)), overlay_zoom((300, 200)), overlay_zoom((9000, 9000))
    (3, 4, 1)
    """
    return max(1, min(MOST_ZOOM, int(section_parameters()["whole_up_to_px"]) // max(shape[:2])))


def scale_bar_um(width_um: float) -> float:
    """Return the length of a scale bar: 1, 2 or 5 times a power of ten, at most a quarter of the width.

    Examples
    --------
    >>> scale_bar_um(228.0), scale_bar_um(4000.0)
    (50.0, 1000.0)
    """
    power = 10.0 ** floor(log10(width_um / 4))
    return max(n * power for n in (1, 2, 5) if n * power <= width_um / 4)


def unsure_fibres(fibres: Sequence[FibreMeasures]) -> tuple[FibreMeasures, ...]:
    """Return the fibres that the program is unsure of, the least sure first; none where masks were given."""
    below = section_parameters()["unsure_below"]
    doubtful = [(f.probability, f) for f in fibres if f.probability is not None and f.probability < below]
    return tuple(fibre for _, fibre in sorted(doubtful, key=lambda pair: pair[0]))


def unsure_views(
    image: NDArray[np.generic], tissue: Picture, fibres: Sequence[FibreMeasures], pixel_um: float
) -> tuple[FibreView, ...]:
    """Return pictures of the fibres that the program is least sure of, as many as the page of a section shows.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3)
        Picture.
    tissue : (rows, columns) uint8
        255 where there is axon.
    fibres : sequence of FibreMeasures
        All fibres of the section.
    pixel_um : float
        Side of a pixel in micrometres.
    """
    most = int(section_parameters()["unsure_shown"])
    return tuple(_view(image, tissue, fibre, pixel_um) for fibre in unsure_fibres(fibres)[:most])


def _view(image: NDArray[np.generic], tissue: Picture, fibre: FibreMeasures, pixel_um: float) -> FibreView:
    row, column = (int(at / pixel_um) for at in (fibre.y_um, fibre.x_um))
    half = max(VIEW_PX // 2, int(np.ceil(0.8 * fibre.fibre_diameter_um / pixel_um)))
    top, left = max(0, row - half), max(0, column - half)
    window = (slice(top, row + half), slice(left, column + half))
    part = tissue[window] == AXON
    near = np.argwhere(part)
    own = near[np.hypot(near[:, 0] - (row - top), near[:, 1] - (column - left)).argmin()]
    names, _ = ndimage.label(part)
    mine = (names == names[tuple(own)]).astype(np.int32)
    zoom = max(1, round(VIEW_ZOOM * VIEW_PX / (2 * half)))
    nothing = Drawn(axons=np.zeros_like(mine), myelin=np.zeros_like(mine))
    shown = [overlay(image[window], drawn, zoom=zoom) for drawn in (nothing, Drawn(axons=mine, myelin=nothing.myelin))]
    return FibreView(
        fibre=fibre, x_px=int(own[1] + left), y_px=int(own[0] + top), picture=np.concatenate(shown, axis=1)
    )


def _whole(drawn: Drawn) -> Labels:
    return np.where(drawn.axons > 0, drawn.axons, drawn.myelin)


def _eight_bits(image: NDArray[np.generic]) -> Picture:
    grey = np.asarray(image, np.float32)
    low, high = (float(np.percentile(grey[::3, ::3], q)) for q in (0.5, 99.5))
    grey = (grey - low) * np.float32(255 / max(high - low, 1e-6))
    np.clip(grey, 0, 255, out=grey)
    shown = grey.astype(np.uint8)
    return np.stack([shown] * 3, axis=2) if shown.ndim == 2 else shown


def _enlarged(picture: Picture, zoom: int) -> Picture:
    if zoom == 1:
        return picture.copy()
    image = image_module()
    size = (picture.shape[1] * zoom, picture.shape[0] * zoom)
    return np.array(image.fromarray(picture).resize(size, image.Resampling.BICUBIC))


def _draw_bar(canvas: Picture, pixel_um: float) -> None:
    """Draw a white bar with a black rim; its length is `scale_bar_um` of the width."""
    length = round(scale_bar_um(canvas.shape[1] * pixel_um) / pixel_um)
    margin, thick = max(4, canvas.shape[1] // 60), max(3, canvas.shape[0] // 200)
    bottom = canvas.shape[0] - margin
    canvas[bottom - thick - 1 : bottom + 1, margin - 1 : margin + length + 1] = 0
    canvas[bottom - thick : bottom, margin : margin + length] = 255


def _outline(labels: Labels) -> Mask:
    around = np.pad(labels, 1, mode="edge")
    inner = (around[:-2, 1:-1] == labels) & (around[2:, 1:-1] == labels)
    inner &= (around[1:-1, :-2] == labels) & (around[1:-1, 2:] == labels)
    return np.asarray((labels > 0) & ~inner)
