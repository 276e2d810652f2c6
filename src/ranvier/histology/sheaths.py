"""From chosen lumens to masks: axons with edges at half height, and the sheath of each fibre.

A pixel belongs to the axon when it lies on the lumen's side of half the height between lumen and crest, with both
taken fibre by fibre. It belongs to the sheath when it lies no farther from the axon than the outer edge on the
nearest ray. Where two sheaths touch, what lies between is shared in the ratio of the two thicknesses.
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
    index: NDArray[np.int64]


def refine_axons(scale: Floats, labels: Labels, rays: Rays) -> Labels:
    """Return the axons with their edges moved to half height and their holes filled.

    Parameters
    ----------
    scale : (rows, columns) float32
        Picture on the myelin scale.
    labels : (rows, columns) int32
        Chosen lumens 1..n.
    rays : Rays
        Their rays.
    """
    n = int(labels.max(initial=0))
    if n == 0:
        return labels.copy()
    inside = np.flatnonzero(labels)
    core = group_quantile(scale.ravel()[inside], labels.ravel()[inside] - 1, n, CORE)
    crest = group_quantile(rays.crest, rays.owner, n, 0.5)
    half = np.concatenate([[-np.inf], (core + crest) / 2])
    near = nearest(labels > 0)
    zone = np.where(near.distance <= GROW_PX, labels.ravel()[near.index], 0)
    axon = np.where(scale < half[zone], zone, 0).astype(np.int32)
    return _solid(axon, labels)


def _solid(axon: Labels, seed: Labels) -> Labels:
    """Keep of each label the part that its seed lies in, with its holes filled."""
    out = np.zeros_like(axon)
    for name, window in enumerate(ndimage.find_objects(axon), 1):
        if window is None:
            continue
        parts, count = ndimage.label(axon[window] == name)
        if count > 1:
            hits = np.bincount(parts[(seed[window] == name) & (parts > 0)], minlength=count + 1)
            hits[0] = 0
            parts = np.where(parts == hits.argmax(), 1, 0)
        whole = ndimage.binary_fill_holes(parts > 0)
        out[window][whole] = name
    return out


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
    first = nearest(axons > 0)
    own = axons.ravel()[first.index]
    kernel = np.concatenate([[0.0], 0.5 * middle])
    kernels = np.where(first.distance <= kernel[own], own, 0)
    second = nearest(kernels > 0)
    owner = kernels.ravel()[second.index]
    # where the thicker neighbour takes a pixel, its distance to that axon is not known exactly: kernel plus gap
    same = owner == own
    distance = np.where(same, first.distance, kernel[owner] + second.distance)
    limit = np.where(same, reach[first.index], middle[np.maximum(owner - 1, 0)])
    sheath = (axons == 0) & (distance <= limit + 0.25)
    return np.where(sheath, owner, 0).astype(np.int32)


def _smoothed(width: NDArray[np.float64], rays: Rays, shape: tuple[int, ...]) -> Floats:
    """Return the mean width over the rim pixels around each rim pixel, flat, 0 elsewhere."""
    weight, total = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    weight.ravel()[rays.rim] = 1
    total.ravel()[rays.rim] = width
    around = ndimage.uniform_filter(total, SMOOTH_PX) / np.maximum(ndimage.uniform_filter(weight, SMOOTH_PX), 1e-6)
    return np.where(weight > 0, around, 0).astype(np.float32).ravel()


def nearest(mask: NDArray[np.bool_]) -> Nearest:
    """Return the nearest pixel of a mask for every pixel."""
    distance, at = ndimage.distance_transform_edt(~mask, return_indices=True)
    return Nearest(distance=distance.astype(np.float32), index=(at[0].astype(np.int64) * mask.shape[1] + at[1]))


def group_quantile(
    values: NDArray[np.floating], owner: NDArray[np.integer], n: int, share: float
) -> NDArray[np.float64]:
    """Return a quantile of the values of each of `n` owners (0 for an owner without values)."""
    order = np.lexsort((values, owner))
    number = np.bincount(owner, minlength=n)
    start = np.concatenate([[0], np.cumsum(number)[:-1]])
    at = np.minimum(start + (share * number).astype(int), start + np.maximum(number, 1) - 1)
    return np.where(number > 0, values[order][np.minimum(at, len(values) - 1)], 0.0).astype(np.float64)
