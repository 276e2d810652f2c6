"""From chosen lumens to masks: axons with edges at a stated height, and the sheath of each fibre.

A pixel belongs to the axon when it lies on the lumen's side of a stated share of the height between lumen and crest,
with both taken fibre by fibre. It belongs to the sheath when it lies no farther from the axon than the outer edge on
the nearest ray. Where two sheaths touch, what lies between is shared in the ratio of the two thicknesses.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.histology.parameters import section_parameters
from ranvier.histology.profiles import Rays

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]

GROW_PX = 2
CORE = 0.5
SMOOTH_PX = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """For every pixel the nearest labelled one: `distance` in pixels and its flat `index`."""

    distance: Floats
    index: NDArray[np.int32]


def refine_axons(scale: Floats, labels: Labels, rays: Rays, *, height: float) -> Labels:
    """Return the axons with their edges moved to a height between lumen and crest and their holes filled.

    Parameters
    ----------
    scale : (rows, columns) float32
        Picture on the myelin scale.
    labels : (rows, columns) int32
        Chosen lumens 1..n.
    rays : Rays
        Their rays.
    height : float
        Share of the way from the level of the lumen to the crest at which an axon ends: 0.5 is where the edge of a
        blurred wide wall lies, less is nearer to the lumen.
    """
    n = int(labels.max(initial=0))
    if n == 0:
        return labels.copy()
    inside = np.flatnonzero(labels)
    core = group_quantile(scale.ravel()[inside], labels.ravel()[inside] - 1, n, CORE)
    crest = group_quantile(rays.crest, rays.owner, n, 0.5)
    edge = np.concatenate([[-np.inf], core + height * (crest - core)])
    zone = widened(labels, GROW_PX)
    axon = np.where(scale < edge[zone], zone, 0).astype(np.int32)
    return solid(axon, labels)


def widened(labels: Labels, radius_px: int) -> Labels:
    """Return labels with every pixel up to `radius_px` from one given the nearest label.

    Examples
    --------
    >>> widened(np.array([[0, 0, 0, 1, 0, 0, 2]], np.int32), 2)
    array([[0, 1, 1, 1, 1, 2, 2]], dtype=int32)
    """
    wide = np.pad(labels, radius_px)
    out = wide.copy()
    near = ndimage.distance_transform_cdt(wide == 0, "chessboard") <= radius_px
    near &= wide == 0
    near[:radius_px] = near[-radius_px:] = False
    near[:, :radius_px] = near[:, -radius_px:] = False
    todo = np.flatnonzero(near)
    span = range(-radius_px, radius_px + 1)
    steps = sorted((y * y + x * x, y * wide.shape[1] + x) for y in span for x in span)
    for square, step in steps:
        if 0 < square <= radius_px**2:
            found = wide.ravel()[todo + step]
            out.ravel()[todo] = found
            todo = todo[found == 0]
    return out[radius_px:-radius_px, radius_px:-radius_px]


def solid(axon: Labels, seed: Labels) -> Labels:
    """Keep of each label the part that most of its seed lies in, with its holes filled.

    Parameters
    ----------
    axon, seed : (rows, columns) int32
        The same label in both is the same axon. A label that has no pixel of its seed is left out.
    """
    parts, count = ndimage.label(axon > 0)
    inside = np.flatnonzero(parts)
    part, name = parts.ravel()[inside], axon.ravel()[inside]
    name_of = np.zeros(count + 1, np.int32)
    name_of[part] = name
    mixed = np.unique(part[name_of[part] != name])
    hits = np.bincount(part[seed.ravel()[inside] == name], minlength=count + 1)
    order = np.lexsort((hits, name_of))
    last = np.append(name_of[order][1:] != name_of[order][:-1], True)
    keep = np.zeros(count + 1, np.bool_)
    keep[order[last]] = True
    keep &= hits > 0
    keep[mixed] = False
    out = np.where(keep[parts], axon, 0).astype(np.int32)
    windows = ndimage.find_objects(axon) if len(mixed) else []
    for label in np.unique(name[np.isin(part, mixed)]):
        _one_part(axon, seed, int(label), windows[label - 1], out)
    return _without_holes(out)


def _one_part(axon: Labels, seed: Labels, label: int, window: tuple[slice, ...], out: Labels) -> None:
    """Put the part of one label that most of its seed lies in into `out`: of one that touches others."""
    parts, count = ndimage.label(axon[window] == label)
    hits = np.bincount(parts[seed[window] == label], minlength=count + 1)
    hits[0] = 0
    out[window][out[window] == label] = 0
    if hits.any():
        out[window][parts == hits.argmax()] = label


def _without_holes(labels: Labels) -> Labels:
    """Fill what one label alone encloses."""
    holes, count = ndimage.label(labels == 0)
    around = np.zeros(count + 1, np.int32)
    several = np.zeros(count + 1, np.bool_)
    flat = np.pad(labels, 1, constant_values=-1)
    rows, columns = labels.shape
    sides = [flat[1 + y : 1 + y + rows, 1 + x : 1 + x + columns] for y, x in ((-1, 0), (1, 0), (0, -1), (0, 1))]
    touching = [np.flatnonzero((holes > 0) & (side != 0)) for side in sides]
    for side, at in zip(sides, touching, strict=True):
        around[holes.ravel()[at]] = side[np.unravel_index(at, labels.shape)]
    for side, at in zip(sides, touching, strict=True):
        hole = holes.ravel()[at]
        several[hole[around[hole] != side[np.unravel_index(at, labels.shape)]]] = True
    fill = np.where(several | (around < 0), 0, around).astype(np.int32)
    fill[0] = 0
    return np.where(labels > 0, labels, fill[holes])


def grow_sheaths(axons: Labels, rays: Rays) -> Labels:
    """Return the sheath of each axon, ``(rows, columns) int32`` with the same labels.

    Parameters
    ----------
    axons : (rows, columns) int32
        Axons 1..n.
    rays : Rays
        Rays from their rims.
    """
    n = int(axons.max(initial=0))
    if n == 0 or not len(rays.rim):
        return np.zeros_like(axons)
    cap = section_parameters()["width_cap"]
    width = np.where(np.isfinite(rays.outer), rays.outer, np.inf).astype(np.float64)
    middle = group_quantile(width, rays.owner, n, 0.4)
    middle = np.where(np.isfinite(middle), middle, 1.0)
    reach = _smoothed(np.clip(width, middle[rays.owner] / cap, cap * middle[rays.owner]), rays, axons.shape)
    kernel = np.concatenate([[0.0], 0.5 * middle]).astype(np.float32)
    first = nearest(axons > 0)
    own = axons.ravel()[first.index]
    limit = reach[first.index]
    kernels = np.where(first.distance <= kernel[own], own, 0)
    distance = first.distance
    del first
    second = nearest(kernels > 0)
    owner = kernels.ravel()[second.index]
    # where the thicker neighbour takes a pixel, its distance to that axon is not known exactly: kernel plus gap
    taken = owner != own
    distance[taken] = kernel[owner[taken]] + second.distance[taken]
    limit[taken] = middle[np.maximum(owner[taken] - 1, 0)]
    return np.where((axons == 0) & (distance <= limit + np.float32(0.25)), owner, 0).astype(np.int32)


def _smoothed(width: NDArray[np.float64], rays: Rays, shape: tuple[int, ...]) -> Floats:
    """Return the mean width over the rim pixels around each rim pixel, flat, 0 elsewhere."""
    weight, total = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    weight.ravel()[rays.rim] = 1
    total.ravel()[rays.rim] = width
    around = ndimage.uniform_filter(total, SMOOTH_PX) / np.maximum(ndimage.uniform_filter(weight, SMOOTH_PX), 1e-6)
    return np.where(weight > 0, around, 0).astype(np.float32).ravel()


def nearest(mask: NDArray[np.bool_]) -> Nearest:
    """Return the nearest pixel of a mask for every pixel."""
    at = np.asarray(ndimage.distance_transform_edt(~mask, return_distances=False, return_indices=True))
    index = at[0] * np.int32(mask.shape[1]) + at[1]
    for axis, own in enumerate(np.ogrid[: mask.shape[0], : mask.shape[1]]):
        at[axis] -= own
        at[axis] *= at[axis]
    at[0] += at[1]
    return Nearest(distance=np.sqrt(at[0], dtype=np.float32), index=index)


def group_quantile(
    values: NDArray[np.floating], owner: NDArray[np.integer], n: int, share: float
) -> NDArray[np.float64]:
    """Return a quantile of the values of each of `n` owners (0 for an owner without values)."""
    order = np.lexsort((values, owner))
    number = np.bincount(owner, minlength=n)
    start = np.concatenate([[0], np.cumsum(number)[:-1]])
    at = np.minimum(start + (share * number).astype(int), start + np.maximum(number, 1) - 1)
    return np.where(number > 0, values[order][np.minimum(at, len(values) - 1)], 0.0).astype(np.float64)
