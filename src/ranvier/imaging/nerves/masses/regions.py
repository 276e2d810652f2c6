"""Bounded bright regions near a nerve.

The tissue that is usual along a nerve is learnt from its own slices: the brightest usual tissue is the median over the
slices of a high quantile near the nerve, so that what is bright in a few slices only does not count as usual. Slices in
which the nerve itself is swollen as by a mass teach nothing: a long cyst would pass for usual tissue. A region must be
brighter than that, end on all sides within what was looked at, and touch the nerve. A mass that is not brighter than
fat on an image without fat suppression cannot be found this way, nor one that fills most of the tracked slices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.imaging.nerves.masses.records import mass_parameters
from ranvier.imaging.nerves.sections import Section, plane_axes
from ranvier.imaging.volume import Volume

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Image = NDArray[np.float32]
_MARGIN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The part of a volume about a nerve, slices last.

    Attributes
    ----------
    values, smoothed : ndarray
        (n, m, S); mean over the volumes of a series.
    nerve : ndarray
        (n, m, S) bool, within the outlines.
    away_mm : ndarray
        (n, m, S) distance from the course in the plane of each slice.
    spacing_mm : ndarray
        (3,) of the block.
    corner : tuple of int
        Index in the slice plane of its first voxel.
    slices : tuple of int
        Indices of its slices.
    usual : ndarray
        (S,) bool, the slices in which the nerve has its own calibre: what is usual along it is learnt from these.
    """

    values: Image
    smoothed: Image
    nerve: BoolArray
    away_mm: FloatArray
    spacing_mm: FloatArray
    corner: tuple[int, int]
    slices: tuple[int, ...]
    usual: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One bounded region of a block.

    Attributes
    ----------
    mask : ndarray
        (n, m, S) bool, holes filled.
    share : ndarray
        (n, m, S) share of each voxel within it.
    level, usual : float
        Signal from which voxels belong to it, and that of the brightest usual tissue.
    border_share : float
        Share of its border that is brighter inside than outside.
    """

    mask: BoolArray
    share: FloatArray
    level: float
    usual: float
    border_share: float


def block_about(
    volume: Volume, sections: Sequence[Section], slice_axis: int, course: FloatArray, usual: BoolArray
) -> Block:
    """Return the part of a volume about a nerve.

    Parameters
    ----------
    volume : Volume
    sections : sequence of Section
        In order of their slices.
    slice_axis : int
    course : ndarray
        (S, 2) where the nerve runs, index coordinates of the slice plane.
    usual : ndarray
        (S,) bool, the slices in which the nerve has its own calibre.
    """
    p = mass_parameters()
    values = volume.values.mean(axis=3) if volume.values.ndim == 4 else volume.values
    plane = list(plane_axes(slice_axis))
    spacing = np.array(volume.spacing_mm)[[*plane, slice_axis]]
    values = np.moveaxis(values, slice_axis, 2)
    margin = np.ceil((p["grow_mm"] + 2) / spacing[:2]).astype(int)
    low = np.maximum(np.floor(course.min(axis=0)).astype(int) - margin, 0)
    high = np.minimum(np.ceil(course.max(axis=0)).astype(int) + margin + 1, values.shape[:2])
    slices = tuple(s.slice_index for s in sections)
    part = np.nan_to_num(values[low[0] : high[0], low[1] : high[1], list(slices)]).astype(np.float32)
    sd = p["smooth_mm"] / spacing[:2]
    rows, columns = np.arange(low[0], high[0])[:, None, None], np.arange(low[1], high[1])[None, :, None]
    away = np.hypot((rows - course[:, 0]) * spacing[0], (columns - course[:, 1]) * spacing[1])
    return Block(
        values=part,
        smoothed=ndimage.gaussian_filter(part, (*sd, 0), output=np.float32),
        nerve=_outlined(sections, part.shape, low),
        away_mm=away,
        spacing_mm=spacing,
        corner=(int(low[0]), int(low[1])),
        slices=slices,
        usual=usual,
    )


def _outlined(sections: Sequence[Section], shape: tuple[int, ...], low: NDArray[np.int_]) -> BoolArray:
    out = np.zeros(shape, dtype=np.bool_)
    for number, section in enumerate(sections):
        rows, columns = np.argwhere(section.share >= 0.5).T if (section.share >= 0.5).any() else (np.empty(0, int),) * 2
        i, j = rows + section.corner[0] - low[0], columns + section.corner[1] - low[1]
        inside = (i >= 0) & (j >= 0) & (i < shape[0]) & (j < shape[1])
        out[i[inside], j[inside], number] = True
    return out


def usual_brightness(block: Block) -> tuple[float, float]:
    """Return the signal of the brightest usual tissue near the nerve, and its spread between slices."""
    p = mass_parameters()
    near = block.away_mm <= p["near_mm"]
    top = np.array(
        [np.quantile(block.smoothed[..., n][near[..., n]], p["usual_share"]) for n in np.flatnonzero(block.usual)]
    )
    usual = float(np.median(top))
    below = top[top <= usual]
    return usual, float(1.4826 * np.median(np.abs(below - usual)))


def bright_regions(block: Block) -> tuple[Region, ...]:
    """Return the bounded bright regions that touch the nerve, none overlapping another."""
    p = mass_parameters()
    usual, spread = usual_brightness(block)
    lowest = max(usual * p["above_usual"], usual + p["above_spread"] * spread)
    near = block.away_mm <= p["near_mm"]
    highest = float(block.smoothed[near].max())
    top = lowest + p["highest_level"] * (highest - lowest)
    if highest <= lowest:
        return ()
    beside = _near_nerve(block)
    found: list[Region] = []
    taken = np.zeros(block.nerve.shape, dtype=np.bool_)
    for level in np.geomspace(lowest, top, int(p["levels"])):
        above = block.smoothed > level
        for mask in (*_bounded(block, above), *_bounded(block, _without_tubes(above, block))):
            if not (mask & beside).any() or (mask & taken).any():
                continue
            region = _refined(block, mask, float(level), usual)
            if region.border_share >= p["border_share"]:
                found.append(region)
                taken |= mask
    return tuple(found)


def _near_nerve(block: Block) -> BoolArray:
    """Return the voxels so near to an outline (or to the course, where none was found) that they touch the nerve."""
    reach = max(mass_parameters()["touch_mm"], float(1.5 * block.spacing_mm[:2].max()))
    out = np.zeros_like(block.nerve)
    for n in range(len(block.slices)):
        nerve = block.nerve[..., n]
        if not nerve.any():
            nerve = block.away_mm[..., n] <= block.spacing_mm[:2].max()
        out[..., n] = ndimage.distance_transform_edt(~nerve, sampling=block.spacing_mm[:2]) <= reach
    return out


def _without_tubes(above: BoolArray, block: Block) -> BoolArray:
    """Return what is left without all that is thin in the plane: a bright vessel would join a mass to its own ends."""
    reach = np.ceil(mass_parameters()["thin_mm"] / block.spacing_mm[:2]).astype(int)
    i, j = np.ogrid[-reach[0] : reach[0] + 1, -reach[1] : reach[1] + 1]
    disc = np.hypot(i * block.spacing_mm[0], j * block.spacing_mm[1]) <= mass_parameters()["thin_mm"]
    return np.asarray(ndimage.binary_opening(above, disc[..., None]), dtype=np.bool_)


def _bounded(block: Block, above: BoolArray) -> Iterator[BoolArray]:
    """Yield the connected regions of bright voxels, holes filled, that end within the block on all sides."""
    p = mass_parameters()
    numbered, _ = ndimage.label(above, structure=np.ones((3, 3, 3)))
    boxes = ndimage.find_objects(numbered)
    reachable = np.unique(numbered[(block.away_mm <= p["near_mm"]) & above])
    shape = numbered.shape
    for number in reachable[reachable > 0]:
        box = boxes[number - 1]
        ends = all(b.start > 0 and b.stop < size for b, size in zip(box, shape, strict=True))
        _, _, along = box
        depth = along.stop - along.start
        if not ends or depth > p["longest_share"] * shape[2]:
            continue
        part = numbered[box] == number
        if float(block.away_mm[box][part].max()) >= p["grow_mm"]:
            continue
        filled = np.stack([ndimage.binary_fill_holes(part[..., n]) for n in range(part.shape[2])], axis=2)
        if filled.sum() * float(np.prod(block.spacing_mm)) < p["least_volume_mm3"] / 2:
            continue
        mask = np.zeros(shape, dtype=np.bool_)
        mask[box] = filled
        yield mask


def _refined(block: Block, mask: BoolArray, level: float, usual: float) -> Region:
    """Return a region with the share of each voxel, by the signal just inside and just outside of its border.

    The border of a mass lies half-way between the two, wherever the outside is fat, muscle or nerve.
    """
    share = np.zeros(mask.shape)
    bright, pieces = 0.0, 0
    for n in np.flatnonzero(mask.any(axis=(0, 1))):
        i, j = (_around(np.any(mask[..., n], axis=other)) for other in (1, 0))
        one, better, of = _slice_share(block.smoothed[i, j, n], mask[i, j, n], float(block.spacing_mm[:2].max()))
        share[i, j, n] = one
        bright, pieces = bright + better, pieces + of
    return Region(
        mask=share >= 0.5, share=share, level=level, usual=usual, border_share=bright / pieces if pieces else 0.0
    )


def _around(used: BoolArray | np.bool_) -> slice:
    """Return the range of an axis that holds all that is used, and a margin."""
    at = np.flatnonzero(used)
    return slice(max(int(at[0]) - _MARGIN, 0), int(at[-1]) + _MARGIN + 1)


def _slice_share(image: Image, mask: BoolArray, voxel_mm: float) -> tuple[FloatArray, int, int]:
    """Return the share of each voxel of a slice, and how many of the border voxels are brighter inside than outside.

    The border is looked for within `border_mm`, at least a voxel: further out lies the edge of some other tissue.
    """
    reach = max(1, round(mass_parameters()["border_mm"] / voxel_mm))
    core = ndimage.binary_erosion(mask, iterations=reach)
    core = core if core.any() else mask
    far = ~ndimage.binary_dilation(mask, iterations=reach + 1)
    if not far.any():
        return mask.astype(np.float64), 0, 0
    rim = ~core & ~far
    inside = _nearest(image, core)
    outside = _nearest(image, far)
    step = inside - outside
    share = np.clip((image - outside) / np.where(np.abs(step) > 1e-9, step, 1.0), 0, 1)
    share = np.where(core, 1.0, np.where(rim & (step > 0), share, 0.0))
    border = mask & ~ndimage.binary_erosion(mask)
    better = inside[border] >= outside[border] * mass_parameters()["border_step"]
    kept, _ = ndimage.label(share > 0.25)
    touching = np.unique(kept[core])
    share = np.where(np.isin(kept, touching[touching > 0]), share, 0.0)
    return share, int(better.sum()), int(border.sum())


def _nearest(image: Image, of: BoolArray) -> Image:
    """Return for each voxel the signal of the nearest voxel of a set."""
    index = ndimage.distance_transform_edt(~of, return_distances=False, return_indices=True)
    return np.asarray(image[tuple(index)])
