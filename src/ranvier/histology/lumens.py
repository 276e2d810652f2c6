"""Axons as enclosed lumens: the best set of disjoint components over all grey levels.

At each of some tens of levels of the myelin scale the connected pixels below it are components; over the levels
they nest into a tree. An axon is a component that a sheath closes round about, whose edge lies half way between
its lumen and that sheath, and whose shape is near an ellipse. The tree is resolved from the leaves to the root, one
level at a time: a component is taken in place of the ones inside it when it answers these three better. There is no
single threshold, and nothing is kept of a level but what was taken. What has grown beyond the largest axon stays so at
every higher level and is not looked at again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.histology.parameters import SegmentationSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LOWEST, HIGHEST = 0.05, 1.1
FRAME, GONE = 254, 255


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
class _Field:
    """The picture with a frame of one pixel around it, flat, so that a step to a neighbour never leaves it.

    `rank` is ``uint8``: the first level below which a pixel lies, `FRAME` outside the picture, `GONE` where its
    component has grown beyond the largest axon. A component that touches such a one is part of it: `beside` marks the
    pixels next to them. `number` holds what was taken. `areas` are those of the smallest and largest axon in pixels.
    """

    scale: NDArray[np.float32]
    crest: NDArray[np.float32]
    rank: NDArray[np.uint8]
    beside: NDArray[np.bool_]
    number: NDArray[np.int32]
    columns: int
    areas: tuple[float, float]

    @property
    def steps(self) -> tuple[int, int, int, int]:
        """To the four neighbours of a pixel."""
        return (-self.columns, -1, 1, self.columns)


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
    """What was taken up to one level: `name` in the numbers of the field, `pixel` one of its pixels, flat."""

    name: Ints
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
    thresholds = np.linspace(LOWEST, HIGHEST, int(settings.levels))
    field = _framed(scale, thresholds, pixel_um, settings)
    none, nowhere = np.zeros(0), np.zeros(0, np.int64)
    taken = _Taken(nowhere, nowhere, none, none, none, none)
    for k, threshold in enumerate(thresholds):
        _take(_level(field, k, float(threshold), settings), taken, field.number)
    return _numbered(taken, field.number.reshape(-1, field.columns)[1:-1, 1:-1])


def _framed(scale: NDArray[np.float32], thresholds: Floats, pixel_um: float, settings: SegmentationSettings) -> _Field:
    reach = max(1, round(0.5 * settings.axon_min_um / pixel_um), round(2 * settings.smooth_um / pixel_um))
    least, most = (np.pi / 4 * (size / pixel_um) ** 2 for size in (settings.axon_min_um, settings.axon_max_um))
    spacing = np.float32(thresholds[1] - thresholds[0])
    rank = np.clip(np.floor((scale - np.float32(thresholds[0])) / spacing) + 1, 0, len(thresholds))
    framed = np.pad(rank.astype(np.uint8), 1, constant_values=FRAME)
    return _Field(
        scale=np.pad(scale, 1).ravel(),
        crest=np.pad(ndimage.maximum_filter(scale, size=2 * reach + 1), 1).ravel(),
        rank=framed.ravel(),
        beside=np.zeros(framed.size, np.bool_),
        number=np.zeros(framed.size, np.int32),
        columns=framed.shape[1],
        areas=(max(3.0, float(least)), float(most)),
    )


def _level(field: _Field, k: int, threshold: float, settings: SegmentationSettings) -> _Level:
    below = field.rank <= k
    grid = np.empty((len(below) // field.columns, field.columns), np.int32)
    count = int(ndimage.label(below.reshape(grid.shape), output=grid))
    labels = grid.ravel()
    pixels = np.flatnonzero(below)
    component = labels[pixels]
    size = np.bincount(component, minlength=count + 1)
    fits = _not_grown_together(field, pixels, component, size)
    fits &= size >= field.areas[0]
    few = fits[component]
    pixels, component = pixels[few], component[few]
    lumen = np.bincount(component, field.scale[pixels], count + 1) / np.maximum(size, 1)
    edge = _on_edge(field, pixels, k)
    rim, owner = pixels[edge], component[edge]
    rises = field.crest[rim] - lumen[owner]
    length = np.maximum(np.bincount(owner, minlength=count + 1), 1)
    step = np.bincount(owner, rises, count + 1) / length
    closed = np.bincount(owner, rises > settings.rim_step * step[owner], count + 1) / length
    half = np.abs(threshold - lumen - step / 2) / np.maximum(step, 1e-3)
    fits &= (step >= settings.contrast_min) & (closed >= settings.rim_min) & (half < 1)
    name = np.flatnonzero(fits)
    candidate = np.where(fits, np.cumsum(fits) - 1, -1).astype(np.int64)
    few = fits[component]
    pixels, within = pixels[few], candidate[component[few]]
    area = size[name].astype(float)
    shape = compactness(pixels, within, area, field.columns)
    score = np.clip(step[name], 0, 1) * closed[name] ** 2 * np.clip(shape, 0, 1) * (1 - half[name])
    score[shape < settings.compactness_min] = 0
    return _Level(
        labels=labels,
        candidate=candidate,
        pixels=pixels,
        owner=within,
        area=area,
        score=score,
        lumen=lumen[name],
        step=step[name],
    )


def _not_grown_together(field: _Field, pixels: Ints, component: NDArray[np.int32], size: Ints) -> NDArray[np.bool_]:
    """Return which components are no larger than an axon, and take the others out of the field for good."""
    grown = size > field.areas[1]
    grown[component[field.beside[pixels]]] = True
    gone = pixels[grown[component]]
    field.rank[gone] = GONE
    for step in field.steps:
        field.beside[gone + step] = True
    grown[0] = True
    return ~grown


def _on_edge(field: _Field, pixels: Ints, k: int) -> NDArray[np.bool_]:
    """Return which pixels have a neighbour in the picture that does not lie below level `k`."""
    edge = np.zeros(len(pixels), np.bool_)
    for step in field.steps:
        other = field.rank[pixels + step]
        edge |= (other > k) & (other != FRAME)
    return edge


def _take(level: _Level, taken: _Taken, number: NDArray[np.int32]) -> None:
    """Take the candidates of a level that are better than what was taken inside them, which they cover."""
    n = len(level.area)
    around = level.candidate[level.labels[taken.pixel]]
    inside = around >= 0
    weight = np.bincount(around[inside], taken.area[inside], n)
    worth = np.bincount(around[inside], (taken.area * taken.score)[inside], n) / np.maximum(weight, 1)
    use = (level.score > 0) & (level.score >= worth)
    if not use.any():
        return
    kept = ~inside | ~use[around]
    last = int(taken.name.max(initial=0))
    names = np.where(use, np.cumsum(use) + last, 0)
    painted = names[level.owner]
    hit = painted > 0
    number[level.pixels[hit]] = painted[hit]
    start = np.zeros(n, np.int64)
    start[level.owner] = level.pixels
    taken.name = np.concatenate([taken.name[kept], names[use]])
    taken.pixel = np.concatenate([taken.pixel[kept], start[use]])
    taken.area = np.concatenate([taken.area[kept], level.area[use]])
    taken.score = np.concatenate([taken.score[kept], level.score[use]])
    taken.lumen = np.concatenate([taken.lumen[kept], level.lumen[use]])
    taken.step = np.concatenate([taken.step[kept], level.step[use]])


def _numbered(taken: _Taken, number: NDArray[np.int32]) -> Lumens:
    names = np.zeros(int(taken.name.max(initial=0)) + 1, np.int32)
    names[taken.name] = np.arange(1, len(taken.name) + 1)
    return Lumens(labels=names[number], lumen=taken.lumen, step=taken.step, score=taken.score)


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
