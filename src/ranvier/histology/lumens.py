"""Axons as enclosed lumens: the best set of disjoint components over all grey levels.

At each of some tens of levels of the myelin scale the connected pixels below it are components; over the levels
they nest into a tree. An axon is a component that a sheath closes round about, whose edge lies half way between
its lumen and that sheath, and whose shape is near an ellipse. The tree is resolved from the leaves to the root: a
component is taken in place of the ones inside it when it answers these three better. There is no single threshold.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.histology.parameters import SegmentationSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The components of one grey level; row ``i`` of each array is one component."""

    threshold: float
    pixels: Ints
    owner: Ints
    area: Floats
    score: Floats
    lumen: Floats
    step: Floats


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
    thresholds = np.linspace(0.05, 1.1, int(settings.levels))
    levels = [_level(scale, crest, float(t), (max(3.0, least), most), settings) for t in thresholds]
    return _resolve(levels, scale.shape)


def _level(
    scale: NDArray[np.float32],
    crest: NDArray[np.float32],
    threshold: float,
    areas: tuple[float, float],
    settings: SegmentationSettings,
) -> Level:
    below = scale < threshold
    labels, count = ndimage.label(below)
    size = np.bincount(labels.ravel(), minlength=count + 1)
    keep = (size >= areas[0]) & (size <= areas[1])
    keep[0] = False
    names = np.cumsum(keep) - 1
    pixels = np.flatnonzero(keep[labels.ravel()])
    owner = names[labels.ravel()[pixels]]
    n = int(keep.sum())
    flat = scale.ravel()
    area = size[keep].astype(float)
    lumen = np.bincount(owner, flat[pixels], n) / area
    edge = _on_edge(below)
    rim = pixels[edge.ravel()[pixels]]
    rim_owner = names[labels.ravel()[rim]]
    rises = crest.ravel()[rim] - lumen[rim_owner]
    length = np.maximum(np.bincount(rim_owner, minlength=n), 1)
    step = np.bincount(rim_owner, rises, n) / length
    closed = np.bincount(rim_owner, rises > settings.rim_step * step[rim_owner], n) / length
    shape = compactness(pixels, owner, area, scale.shape[1])
    half = np.abs(threshold - lumen - step / 2) / np.maximum(step, 1e-3)
    fits = (step >= settings.contrast_min) & (closed >= settings.rim_min) & (shape >= settings.compactness_min)
    score = np.where(fits, np.clip(step, 0, 1) * closed**2 * np.clip(shape, 0, 1) * np.clip(1 - half, 0, 1), 0.0)
    return Level(threshold=threshold, pixels=pixels, owner=owner, area=area, score=score, lumen=lumen, step=step)


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


def _resolve(levels: list[Level], shape: tuple[int, ...]) -> Lumens:
    """Choose disjoint components from the leaves up, then paint them from the root down."""
    worth: list[Floats] = []
    chosen: list[NDArray[np.bool_]] = []
    inside = np.full(shape[0] * shape[1], -1, np.int64)
    previous: Level | None = None
    for level in levels:
        n = len(level.area)
        below_worth, below_area = np.zeros(n), np.zeros(n)
        if previous is not None:
            first = np.full(len(previous.area), -1, np.int64)
            inside[level.pixels] = level.owner
            first[previous.owner] = inside[previous.pixels]
            inside[level.pixels] = -1
            kept = first >= 0
            good = kept & (worth[-1] > 0)
            below_worth = np.bincount(first[good], (worth[-1] * previous.area)[good], n).astype(float)
            below_area = np.bincount(first[good], previous.area[good], n).astype(float)
        mean = np.where(below_area > 0, below_worth / np.maximum(below_area, 1), 0.0)
        take = (level.score > 0) & (level.score >= mean)
        worth.append(np.where(take, level.score, mean))
        chosen.append(take)
        previous = level
    return _paint(levels, chosen, shape)


def _paint(levels: list[Level], chosen: list[NDArray[np.bool_]], shape: tuple[int, ...]) -> Lumens:
    labels = np.zeros(shape[0] * shape[1], np.int32)
    taken = np.zeros(shape[0] * shape[1], np.bool_)
    lumen, step, score = [], [], []
    total = 0
    for level, take in zip(reversed(levels), reversed(chosen), strict=True):
        n = len(level.area)
        free = np.bincount(level.owner, taken[level.pixels], n) == 0
        use = take & free
        names = np.where(use, total + np.cumsum(use), 0)
        painted = names[level.owner]
        hit = painted > 0
        labels[level.pixels[hit]] = painted[hit]
        taken[level.pixels[hit]] = True
        total += int(use.sum())
        lumen.append(level.lumen[use])
        step.append(level.step[use])
        score.append(level.score[use])
    return Lumens(
        labels=labels.reshape(shape),
        lumen=np.concatenate(lumen),
        step=np.concatenate(step),
        score=np.concatenate(score),
    )
