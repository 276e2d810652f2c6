"""Axons and sheaths of a nerve section, fibre by fibre.

One fixed setting for each modality (``data/segmentation.csv``); what is physical in it is in micrometres, so that
the size of a pixel must be known. Steps: local myelin scale, enclosed lumens over all grey levels, profiles across
their sheaths, probability of being an axon, edges at a stated height. Unmyelinated axons are not looked for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.histology.errors import SectionError
from ranvier.histology.fibres import check_pixel
from ranvier.histology.lumens import find_lumens
from ranvier.histology.parameters import SectionModality, segmentation_settings
from ranvier.histology.plausibility import axon_probability, measure_looks
from ranvier.histology.profiles import cast_rays
from ranvier.histology.sheaths import grow_sheaths, refine_axons
from ranvier.histology.staining import grey_span, myelin_scale, settled, sharpened

Labels = NDArray[np.int32]
Floats = NDArray[np.float32]

CAMERA_BITS = (8, 10, 12, 14, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fibres:
    """Fibres of one section.

    `axons` and `myelin` are ``(rows, columns) int32``: label ``i`` in both is fibre ``i``, 0 is neither.
    `probability` is ``(fibres,)``, that fibre ``i + 1`` is one.
    """

    axons: Labels
    myelin: Labels
    probability: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GreyRange:
    """Grey range of a whole section: `span` without its tails, in light, and the level of full light (`top`)."""

    span: float
    top: float


def segment_fibres(
    image: NDArray[np.generic], *, pixel_um: float, kind: SectionModality, of: GreyRange | None = None
) -> Fibres:
    """Segment myelinated fibres.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) number
        Picture; colour is accepted for bright field only.
    pixel_um : float
        Side of a pixel in micrometres.
    kind : {"bright_field", "sem", "tem"}
        How the picture was taken.
    of : GreyRange, optional
        Grey range of the whole section (see `grey_range`), for a picture that is one tile of it.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    SectionError
        If the picture is not two-dimensional, is empty or constant, or `pixel_um` is not positive.

    Notes
    -----
    The picture is mirrored at its border, so that fibres cut by the border are found; they are flagged when measured.

    Examples
    --------
    >>> from ranvier.histology.simulation import simulate_section
    >>> section = simulate_section("sem", seed=3, shape=(200, 200), pixel_um=0.1)
    >>> fibres = segment_fibres(section.image, pixel_um=0.1, kind="sem")
    >>> bool(0.8 < fibres.axons.max() / len(np.unique(section.axons)) < 1.2)
    True
    """
    settings = segmentation_settings(kind)
    check_pixel(pixel_um)
    grey = grey_levels(image, kind, top=None if of is None else of.top)
    factor = max(1.0, settings.work_pixel_um / pixel_um)
    work = grey if factor < 1.5 else _shrink(grey, factor)
    used_um = pixel_um if factor < 1.5 else pixel_um * grey.shape[0] / work.shape[0]
    axons, myelin, probability = _segment(work, used_um, kind, grey_span(grey) if of is None else of.span)
    if work.shape != grey.shape:
        axons, myelin = _enlarge(axons, grey.shape), _enlarge(myelin, grey.shape)
    return _renamed(axons, myelin, probability)


def grey_levels(image: NDArray[np.generic], kind: SectionModality, top: float | None = None) -> Floats:
    """Return the picture as grey levels, or say why that cannot be; `top` is what `full_scale` returns."""
    array = np.asarray(image)
    if array.ndim == 3 and array.shape[2] in (3, 4) and kind == "bright_field":
        array = array[..., :3].astype(np.float32).mean(axis=2)
    if array.ndim != 2:
        raise SectionError(f"a {kind} picture must be grey: (rows, columns) (got shape {array.shape})")
    if min(array.shape) < 16:
        raise SectionError(f"a picture of {array.shape[0]} x {array.shape[1]} pixels is too small for fibres (16 x 16)")
    grey = array.astype(np.float32)
    if not np.isfinite(grey).all():
        raise SectionError("the picture has grey levels that are not finite numbers")
    if np.ptp(grey) == 0:
        raise SectionError(f"the picture is empty: every pixel is {float(grey.flat[0]):g}")
    if kind != "bright_field":
        return grey
    if grey.min() < 0:
        raise SectionError(
            f"the picture has grey levels below 0 (down to {float(grey.min()):g}), and light has none: save it without"
            " an offset"
        )
    return _linear_light(grey, top=full_scale(image) if top is None else top)


def grey_range(image: NDArray[np.generic], kind: SectionModality) -> GreyRange:
    """Return the grey range of a whole section, for its tiles.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) number
        The whole section; each side of 16 pixels or more.
    kind : {"bright_field", "sem", "tem"}
        How it was taken.
    """
    top = full_scale(image)
    thin = image[:: max(1, image.shape[0] // 500), :: max(1, image.shape[1] // 500)]
    return GreyRange(span=grey_span(grey_levels(thin, kind, top)), top=top)


def full_scale(image: NDArray[np.generic]) -> float:
    """Return the grey level of full light: the least number of bits of a camera that hold the brightest pixel.

    Cameras of 10, 12 and 14 bits are saved in wider integers; a picture of one byte a pixel has 255, and one of
    fractions has 1.

    Examples
    --------
    >>> full_scale(np.array([[0, 4000]], np.uint16)), full_scale(np.array([[0.2, 0.9]]))
    (4095.0, 1.0)
    """
    if image.dtype == np.uint8:
        return 255.0
    brightest = float(image.max())
    if brightest <= 1 and np.issubdtype(image.dtype, np.floating):
        return 1.0
    return next((float(2**bits - 1) for bits in CAMERA_BITS if brightest <= 2**bits - 1), brightest)


def _linear_light(grey: Floats, *, top: float) -> Floats:
    """Undo the sRGB transfer curve of camera pictures: blur and stain act on light, not on its code.

    References
    ----------
    IEC 61966-2-1:1999.
    """
    code = np.clip(grey / top, 0, 1)
    return np.asarray(np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4), np.float32)


def _segment(
    grey: Floats, pixel_um: float, kind: SectionModality, span: float
) -> tuple[Labels, Labels, NDArray[np.float64]]:
    settings = settled(segmentation_settings(kind), grey, pixel_um=pixel_um, span=span)
    pad = min(min(grey.shape) - 1, max(8, round(settings.mirror_um / pixel_um)))
    scale = myelin_scale(np.pad(grey, pad, mode="reflect"), pixel_um=pixel_um, settings=settings, span=span)
    lumens = find_lumens(scale, pixel_um=pixel_um, settings=settings)
    empty = np.zeros(grey.shape, np.int32)
    if not len(lumens.step):
        return empty, empty.copy(), np.zeros(0)
    reach = max(3, round(settings.sheath_max_um / pixel_um))
    rays = cast_rays(scale, lumens.labels, lumens.lumen, lumens.step, reach_px=reach)
    looks = measure_looks(lumens, rays, smooth_px=settings.smooth_um / pixel_um, reach_px=reach)
    chance = axon_probability(lumens, rays, looks, kind)
    keep = chance >= settings.probability_min
    names = np.concatenate([[0], np.where(keep, np.cumsum(keep), 0)]).astype(np.int32)
    labels = names[lumens.labels]
    if not keep.any():
        return empty, empty.copy(), np.zeros(0)
    lumen, step = lumens.lumen[keep], lumens.step[keep]
    sharp = sharpened(scale, smooth_px=settings.smooth_um / pixel_um)
    rays = cast_rays(sharp, labels, lumen, step, reach_px=reach)
    axons = refine_axons(sharp, labels, rays, height=settings.edge_height)
    rays = cast_rays(sharp, axons, lumen, step, reach_px=reach)
    myelin = grow_sheaths(axons, rays)
    inside = (slice(pad, -pad), slice(pad, -pad))
    return axons[inside], myelin[inside], chance[keep]


def _shrink(grey: Floats, factor: float) -> Floats:
    """Average to coarser pixels of `factor` times the side."""
    blurred = ndimage.gaussian_filter(grey, 0.35 * factor)
    return np.asarray(ndimage.zoom(blurred, 1 / factor, order=1, grid_mode=True, mode="nearest"), np.float32)


def _enlarge(labels: Labels, shape: tuple[int, ...]) -> Labels:
    rows, columns = (
        np.minimum(((np.arange(n) + 0.5) * m / n).astype(int), m - 1) for n, m in zip(shape, labels.shape, strict=True)
    )
    return labels[np.ix_(rows, columns)]


def _renamed(axons: Labels, myelin: Labels, probability: NDArray[np.float64]) -> Fibres:
    """Number the fibres whose axon lies in the picture from 1 on without gaps."""
    there = np.bincount(axons.ravel(), minlength=len(probability) + 1) > 0
    there[0] = False
    names = np.where(there, np.cumsum(there), 0).astype(np.int32)
    return Fibres(axons=names[axons], myelin=names[myelin], probability=probability[there[1:]])
