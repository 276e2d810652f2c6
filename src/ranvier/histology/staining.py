"""Grey levels to a local myelin scale: 0 is the clear surroundings, 1 is well stained myelin.

Illumination, section thickness and stain vary over a section, so that both ends of the scale are taken from
blocks of several fibres and interpolated between them. Nothing here knows what a fibre is.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.histology.parameters import SegmentationSettings, section_parameters

LOW, HIGH, TAIL = 15.0, 97.0, 0.5


def myelin_scale(
    grey: NDArray[np.float32], *, pixel_um: float, settings: SegmentationSettings, span: float
) -> NDArray[np.float32]:
    """Return the picture on the local myelin scale.

    Parameters
    ----------
    grey : (rows, columns) float
        Grey picture in any linear unit.
    pixel_um : float
        Side of a pixel in micrometres.
    settings : SegmentationSettings
        Settings of the modality.
    span : float
        Grey range of the section; blocks with much less than it are taken to hold no fibre.

    Returns
    -------
    (rows, columns) float32
        About 0 outside fibres and in axons, about 1 in myelin; not clipped.
    """
    smooth = ndimage.gaussian_filter(grey.astype(np.float32), settings.smooth_um / pixel_um)
    if not settings.myelin_bright:
        smooth = smooth.max() - smooth
    low, high = _ends(smooth, max(8, round(settings.block_um / pixel_um)))
    noise = _noise(grey, settings.smooth_um / pixel_um)
    floor = max(section_parameters()["span_share"] * span, settings.span_noises * noise)
    local = np.maximum(high - low, floor)
    return np.asarray((smooth - low) / np.maximum(local, 1e-6), np.float32)


def settled(
    settings: SegmentationSettings, grey: NDArray[np.float32], *, pixel_um: float, span: float
) -> SegmentationSettings:
    """Return the settings with no more smoothing than the noise of the picture asks for.

    Enough is what brings the noise to `span_noises` below the least local grey range; `smooth_um` of the settings is
    the most and `smooth_least_px` the least. Small fibres in clean pictures keep their lumens that way.

    Parameters
    ----------
    settings : SegmentationSettings
        Settings of the modality.
    grey : (rows, columns) float
        Picture.
    pixel_um : float
        Side of a pixel in micrometres.
    span : float
        Grey range of the section.
    """
    most = settings.smooth_um / pixel_um
    least_range = max(section_parameters()["span_share"] * span, 1e-9)
    wanted = _noise(grey, 0.0) * settings.span_noises / (2 * np.sqrt(np.pi) * least_range)
    return replace(settings, smooth_um=float(min(most, max(wanted, settings.smooth_least_px))) * pixel_um)


def grey_span(grey: NDArray[np.float32]) -> float:
    """Return the range of grey levels of a picture without its tails."""
    thin = grey[:: max(1, grey.shape[0] // 500), :: max(1, grey.shape[1] // 500)]
    return float(np.percentile(thin, 100 - TAIL) - np.percentile(thin, TAIL))


def _noise(grey: NDArray[np.float32], smooth_px: float) -> float:
    """Return the standard deviation of white noise after smoothing, from second differences of the picture.

    References
    ----------
    Immerkaer J. Fast noise variance estimation. Comput Vis Image Underst 1996;64:300 (here with the median).
    """
    rows = grey[::2]
    second = rows[1:, 2:] - 2 * rows[1:, 1:-1] + rows[1:, :-2] - (rows[:-1, 2:] - 2 * rows[:-1, 1:-1] + rows[:-1, :-2])
    sd = float(np.median(np.abs(second[:, ::2]))) / 0.6745 / np.sqrt(12)
    return float(sd / max(1.0, 2 * np.sqrt(np.pi) * smooth_px))


def _ends(smooth: NDArray[np.float32], side: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows, columns = (max(1, round(n / side)) for n in smooth.shape)
    ends = np.empty((2, rows, columns), np.float32)
    row_edges = np.linspace(0, smooth.shape[0], rows + 1).astype(int)
    column_edges = np.linspace(0, smooth.shape[1], columns + 1).astype(int)
    for i in range(rows):
        for j in range(columns):
            # blocks overlap by half a block to every side
            top, bottom = max(0, row_edges[i] - side // 2), row_edges[i + 1] + side // 2
            left, right = max(0, column_edges[j] - side // 2), column_edges[j + 1] + side // 2
            ends[:, i, j] = np.percentile(smooth[top:bottom:2, left:right:2], (LOW, HIGH))
    return _spread(ends[0], smooth.shape), _spread(ends[1], smooth.shape)


def _spread(coarse: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Interpolate block values to every pixel, linearly between block centres and flat beyond them."""
    out = coarse
    for axis, size in enumerate(shape):
        blocks = coarse.shape[axis]
        at = np.clip((np.arange(size) + 0.5) * blocks / size - 0.5, 0, blocks - 1)
        below = np.floor(at).astype(int)
        above = np.minimum(below + 1, blocks - 1)
        share = (at - below).astype(np.float32)
        share = share[:, None] if axis == 0 else share[None, :]
        out = np.take(out, below, axis) * (1 - share) + np.take(out, above, axis) * share
    return out


def sharpened(scale: NDArray[np.float32], *, smooth_px: float) -> NDArray[np.float32]:
    """Return the scale with its smoothing undone to first order.

    Smoothing is heat flow for a time of half its variance; one step back is minus that time the Laplacian. Without
    it small lumens come out too small: their edges move inwards as curved level sets do.

    Parameters
    ----------
    scale : (rows, columns) float32
        Smoothed picture.
    smooth_px : float
        Standard deviation of that smoothing in pixels.
    """
    return (scale - 0.5 * smooth_px**2 * ndimage.laplace(scale, mode="nearest")).astype(np.float32)
