"""Outline of the fascicles of a section from the fibres in it, with what makes it doubtful.

The endoneurium is where fibres are: on a coarse grid the gaps between neighbouring fibres are closed, what is thin or
holds few fibres is left out, and the outermost fibres keep half a gap outside them, as each fibre has half of the gap
on its inner sides. Vessels inside count as endoneurium. The perineurium itself is not looked for, and a fascicle that
has lost nearly all of its fibres cannot be outlined this way: a mask drawn by hand goes before this outline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from ranvier.histology.fibres import FibreMeasures, check_pixel, hull_areas
from ranvier.histology.parameters import section_parameters

Mask = NDArray[np.bool_]

NEIGHBOUR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FascicleOutline:
    """Fascicles of a section.

    `mask` is ``(rows, columns) bool``, empty where none was found. `n` is the number of fascicles, `doubts` are
    sentences on why the outline may be wrong, none where nothing speaks against it.
    """

    mask: Mask
    n: int
    doubts: tuple[str, ...]


def outline_fascicles(
    fibres: Sequence[FibreMeasures], tissue: NDArray[np.integer], *, pixel_um: float
) -> FascicleOutline:
    """Outline the fascicles of a section.

    Parameters
    ----------
    fibres : sequence of FibreMeasures
        Fibres of the whole section.
    tissue : (rows, columns) int
        Above 0 where there is axon or myelin.
    pixel_um : float
        Side of a pixel in micrometres.

    Raises
    ------
    SectionError
        If `pixel_um` is not positive.

    Examples
    --------
    >>> from ranvier.histology.fibres import label_masks, measure_fibres
    >>> axons = np.zeros((400, 400), bool)
    >>> axons[100:300:20, 100:300:20] = axons[101:300:20, 100:300:20] = True
    >>> fibres = measure_fibres(*label_masks(axons, ndimage.binary_dilation(axons, iterations=3)), 1.0)
    >>> outline = outline_fascicles(fibres, axons, pixel_um=1.0)
    >>> outline.n, bool(0.8 < outline.mask.sum() / 200**2 < 1.1)
    (1, True)
    """
    check_pixel(pixel_um)
    settings = section_parameters()
    least = int(settings["fascicle_least_fibres"])
    shape = (tissue.shape[0], tissue.shape[1])
    if len(fibres) < least:
        few = f"only {len(fibres)} fibres: too few to outline a fascicle ({least} are needed)"
        return FascicleOutline(mask=np.zeros(shape, np.bool_), n=0, doubts=(few,))
    step = max(1, round(settings["fascicle_grid_um"] / pixel_um))
    cell_um = step * pixel_um
    gap_um = _usual_gap(fibres)
    reach_um = float(np.clip(gap_um, settings["fascicle_close_um"], settings["fascicle_close_most_um"]))
    coarse = _thinned(tissue, step)
    region = _region(coarse, reach_um / cell_um, settings["fascicle_open_um"] / cell_um)
    at = np.array([(f.y_um / cell_um, f.x_um / cell_um) for f in fibres]).astype(int)
    at = np.minimum(at, np.array(region.shape) - 1)
    labels, count = ndimage.label(region)
    number = np.bincount(labels[at[:, 0], at[:, 1]], minlength=count + 1)
    keep = number >= least
    keep[0] = False
    kept = keep[labels]
    half = 0.5 * _clear_space(fibres) / cell_um
    grown = ndimage.distance_transform_edt(~kept) <= half if kept.any() else kept
    mask = np.repeat(np.repeat(grown, step, axis=0), step, axis=1)[: shape[0], : shape[1]]
    outside = 1 - number[keep].sum() / len(fibres)
    doubts = tuple(_doubts(labels * kept, outside, gap_um, int(keep.sum())))
    return FascicleOutline(mask=mask, n=int(keep.sum()), doubts=doubts)


def _doubts(labels: NDArray[np.integer], outside: float, gap_um: float, n: int) -> Iterator[str]:
    settings = section_parameters()
    if not n:
        yield "no part of the section holds enough fibres close together"
        return
    inside = labels > 0
    border = np.ones(inside.shape, np.bool_)
    border[1:-1, 1:-1] = False
    edge = inside & ~ndimage.binary_erosion(inside, border_value=0)
    cut = float((edge & border).sum() / max(int(edge.sum()), 1))
    if cut > settings["fascicle_cut_share"]:
        yield f"{cut:.0%} of the outline is the border of the picture: fascicles are cut, the density is that of a part"
    if outside > settings["fascicle_outside_share"]:
        yield f"{outside:.0%} of the fibres found lie outside the outline"
    if gap_um > settings["fascicle_close_most_um"]:
        yield f"fibres are sparse (a tenth lie more than {gap_um:.0f} um from the next): the outline is a guess"
    for name, window in enumerate(ndimage.find_objects(labels), 1):
        if window is None:
            continue
        part = labels[window] == name
        solid = float(part.sum() / hull_areas(part.astype(np.int8), 1)[1])
        if solid < settings["fascicle_solidity_min"]:
            yield f"an outline is uneven (it fills {solid:.0%} of its hull): it may lack a part with few fibres"


def _usual_gap(fibres: Sequence[FibreMeasures]) -> float:
    """Return the distance to the third nearest fibre that nine of ten fibres do not exceed, in micrometres."""
    return float(np.quantile(_neighbours(fibres)[0], 0.9))


def _clear_space(fibres: Sequence[FibreMeasures]) -> float:
    """Return the usual clear space between a fibre and the next, in micrometres."""
    distance, other = _neighbours(fibres)
    radius = np.array([f.fibre_diameter_um for f in fibres]) / 2
    return float(np.median(np.maximum(distance - radius - radius[other], 0)))


def _neighbours(fibres: Sequence[FibreMeasures]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the distance of each fibre to its third nearest, in micrometres, and which that is."""
    places = np.array([(f.x_um, f.y_um) for f in fibres])
    near = min(NEIGHBOUR, len(fibres) - 1)
    distance, other = cKDTree(places).query(places, k=near + 1)
    return np.asarray(distance, np.float64)[:, near], np.asarray(other, np.int64)[:, near]


def _thinned(tissue: NDArray[np.integer], step: int) -> Mask:
    """Return which cells of `step` pixels hold tissue."""
    rows = np.arange(0, tissue.shape[0], step)
    columns = np.arange(0, tissue.shape[1], step)
    out = np.zeros((len(rows), len(columns)), np.bool_)
    for i, row in enumerate(rows):  # row by row: a whole section is large
        out[i] = np.maximum.reduceat(tissue[row : row + step].max(axis=0), columns) > 0
    return out


def _region(coarse: Mask, reach: float, opening: float) -> Mask:
    """Close gaps up to twice `reach`, leave out what is thinner than twice `opening`, fill holes; lengths in cells.

    The picture goes on beyond its border as it ends there, so that a cut fascicle reaches the border.
    """
    pad = int(np.ceil(reach + opening)) + 2
    wide = np.pad(coarse, pad, mode="symmetric") if min(coarse.shape) > pad else np.pad(coarse, pad)
    near = ndimage.distance_transform_edt(~wide) <= reach
    closed = ndimage.distance_transform_edt(near) > reach
    core = ndimage.distance_transform_edt(closed) > opening
    opened = ndimage.distance_transform_edt(~core) <= opening if core.any() else core
    inside = opened[pad:-pad, pad:-pad]
    return np.asarray(ndimage.binary_fill_holes(inside), np.bool_)
