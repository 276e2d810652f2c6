"""Axons as enclosed lumens: the best set of disjoint components over all grey levels.

At each of some tens of levels of the myelin scale the connected pixels below it are components; over the levels
they nest into a tree. An axon is a component that a sheath closes round about, whose edge lies half way between
its lumen and that sheath, and whose shape is near an ellipse. The tree is resolved from the leaves to the root, one
level at a time: a component is taken in place of the ones inside it when it answers these three better. There is no
single threshold, and nothing is kept of a level but what was taken.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.histology.parameters import SegmentationSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lumens:
    """The axons that were found.

    `labels` is ``(rows, columns) int32`` with 0 outside; `level` and `step` hold, for label ``i + 1``, the grey
    level of the lumen and the step from it to the sheath on the myelin scale; `score` in [0, 1].
    """

    labels: NDArray[np.int32]
    lumen: Floats
    step: Floats
    score: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """The components of one grey level that may be axons.

    `labels` are those of all components, flat; `candidate` holds for each component which candidate it is, -1 for
    none. The rest is ``(n,)`` by candidate, `pixels` and `owner` by pixel.
    """

    labels: NDArray[np.int32]
    candidate: Ints
    pixels: Ints
    owner: Ints
    area: Floats
    score: Floats
    lumen: Floats
    step: Floats


@dataclass(slots=True)
class _Taken:
    """What was taken up to one level: row ``i`` is number ``i + 1`` in `number`, `pixel` one of its pixels, flat."""

    number: NDArray[np.int32]
    pixel: Ints
    area: Floats
    score: Floats
    lumen: Floats
    step: Floats


def find_lumens(scale: NDArray[np.float32], *, pixel_um: float, settings: SegmentationSettings) -> Lumens:
    """Find axons as enclosed lumens.

    Parameters
    ----------
    scale : (rows, columns) float32
        Picture on the myelin scale.
    pixel_um : float
        Side of a pixel in micrometres.
    settings : SegmentationSettings
        Settings of the modality.
    """
    reach = max(1, round(0.5 * settings.axon_min_um / pixel_um), round(2 * settings.smooth_um / pixel_um))
    crest = ndimage.maximum_filter(scale, size=2 * reach + 1)
    least = np.pi / 4 * (settings.axon_min_um / pixel_um) ** 2
    most = np.pi / 4 * (settings.axon_max_um / pixel_um) ** 2
    none = np.zeros(0)
    number = np.zeros(scale.size, np.int32)
    taken = _Taken(number, np.zeros(0, np.int64), none, none, none, none)
    for threshold in np.linspace(0.05, 1.1, int(settings.levels)):
        level = _level(scale, crest, float(threshold), (max(3.0, least), most), settings)
        _take(level, taken)
    return _numbered(taken, scale.shape)


def _level(
    scale: NDArray[np.float32],
    crest: NDArray[np.float32],
    threshold: float,
    areas: tuple[float, float],
    settings: SegmentationSettings,
) -> _Level:
    below = scale < threshold
    grid, count = ndimage.label(below)
    labels, flat = np.asarray(grid, np.int32).ravel(), scale.ravel()
    size = np.bincount(labels, minlength=count + 1)
    fits = (size >= areas[0]) & (size <= areas[1])
    fits[0] = False
    pixels = np.flatnonzero(fits[labels])
    component = labels[pixels].astype(np.int64)
    lumen = np.bincount(component, flat[pixels], count + 1) / np.maximum(size, 1)
    rim = np.flatnonzero(_on_edge(below))
    rim = rim[fits[labels[rim]]]
    owner = labels[rim].astype(np.int64)
    rises = crest.ravel()[rim] - lumen[owner]
    length = np.maximum(np.bincount(owner, minlength=count + 1), 1)
    step = np.bincount(owner, rises, count + 1) / length
    closed = np.bincount(owner, rises > settings.rim_step * step[owner], count + 1) / length
    half = np.abs(threshold - lumen - step / 2) / np.maximum(step, 1e-3)
    fits &= (step >= settings.contrast_min) & (closed >= settings.rim_min) & (half < 1)
    name = np.flatnonzero(fits)
    candidate = np.where(fits, np.cumsum(fits) - 1, -1)
    owner = candidate[component]
    pixels, owner = pixels[owner >= 0], owner[owner >= 0]
    area = size[name].astype(float)
    shape = compactness(pixels, owner, area, scale.shape[1])
    score = np.clip(step[name], 0, 1) * closed[name] ** 2 * np.clip(shape, 0, 1) * (1 - half[name])
    score[shape < settings.compactness_min] = 0
    return _Level(
        labels=labels,
        candidate=candidate,
        pixels=pixels,
        owner=owner,
        area=area,
        score=score,
        lumen=lumen[name],
        step=step[name],
    )


def _take(level: _Level, taken: _Taken) -> None:
    """Take the candidates of a level that are better than what was taken inside them."""
    n = len(level.area)
    around = level.candidate[level.labels[taken.pixel]]
    inside = around >= 0
    weight = np.bincount(around[inside], taken.area[inside], n)
    worth = np.bincount(around[inside], (taken.area * taken.score)[inside], n) / np.maximum(weight, 1)
    use = (level.score > 0) & (level.score >= worth)
    if not use.any():
        return
    kept = ~inside | ~use[around]
    names = np.where(use, np.cumsum(use), 0)
    renamed = np.concatenate([[0], np.where(kept, np.cumsum(kept), 0)]).astype(np.int32)
    painted = names[level.owner]
    hit = painted > 0
    if not kept.all():
        taken.number[:] = renamed[taken.number]
    taken.number[level.pixels[hit]] = int(kept.sum()) + painted[hit]
    start = np.zeros(n, np.int64)
    start[level.owner] = level.pixels
    taken.pixel = np.concatenate([taken.pixel[kept], start[use]])
    taken.area = np.concatenate([taken.area[kept], level.area[use]])
    taken.score = np.concatenate([taken.score[kept], level.score[use]])
    taken.lumen = np.concatenate([taken.lumen[kept], level.lumen[use]])
    taken.step = np.concatenate([taken.step[kept], level.step[use]])


def _numbered(taken: _Taken, shape: tuple[int, ...]) -> Lumens:
    return Lumens(labels=taken.number.reshape(shape), lumen=taken.lumen, step=taken.step, score=taken.score)


def _on_edge(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    inner = mask.copy()
    inner[1:] &= mask[:-1]
    inner[:-1] &= mask[1:]
    inner[:, 1:] &= mask[:, :-1]
    inner[:, :-1] &= mask[:, 1:]
    return mask & ~inner


def compactness(pixels: Ints, owner: Ints, area: Floats, columns: int) -> Floats:
    """Return area over the area of the ellipse of equal second moments (1 for an ellipse).

    `pixels` are flat indices, `owner` the component of each, `area` that of each component in pixels.
    """
    n = len(area)
    y, x = np.divmod(pixels, columns)
    my, mx = np.bincount(owner, y, n) / area, np.bincount(owner, x, n) / area
    dy, dx = y - my[owner], x - mx[owner]
    # a pixel is a square with a moment of its own: 1/12
    vy = np.bincount(owner, dy * dy, n) / area + 1 / 12
    vx = np.bincount(owner, dx * dx, n) / area + 1 / 12
    cxy = np.bincount(owner, dx * dy, n) / area
    return np.asarray(area / (4 * np.pi * np.sqrt(np.maximum(vy * vx - cxy**2, 1e-9))))
