"""A nerve in cross-section: epineurium filled with packed fascicles, with fat between them or not."""

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.simulation.shapes import ClosedOutline, Image, coverage
from ranvier.imaging.simulation.surroundings import EPINEURIUM, FASCICLE, FAT, Scene

_GOLDEN_TURN = (3 - np.sqrt(5)) / 2


def paint_nerve(scene: Scene, outline: ClosedOutline) -> None:
    """Paint a nerve into a scene.

    Parameters
    ----------
    scene : Scene
        The scene, changed in place.
    outline : ClosedOutline
        The epineurium: the nerve of the scene, or another one beside it.
    """
    rng, canvas, s = scene.rng, scene.canvas, scene.settings
    where = canvas.window(outline.centre_mm, outline.reach_mm)
    x, y = canvas.axis_mm[where[0]], canvas.axis_mm[where[1]]
    if not len(x) or not len(y):
        return
    depth = outline.depth_mm(x, y)
    between = scene.levels[EPINEURIUM]
    if scene.chance(s.epineurial_fat_probability):
        between = scene.levels[FAT] + np.float32(0.2 * rng.random()) * (between - scene.levels[FAT])
    inside = np.full(depth.shape, between, dtype=np.float32)
    rim = np.float32(np.sqrt(outline.area_mm2 / np.pi) * rng.uniform(s.rim_low, s.rim_high))
    share, own = _fascicles(scene, outline, (x, y))
    share = np.minimum(share, coverage(depth - rim, canvas.step_mm))
    inside += share * (own - inside)
    canvas.mix(where, coverage(depth, canvas.step_mm), inside)


def _fascicles(scene: Scene, outline: ClosedOutline, grid: tuple[Image, Image]) -> tuple[Image, Image]:
    rng, s = scene.rng, scene.settings
    radius = np.sqrt(outline.area_mm2 / np.pi)
    most = min(s.fascicles_high, 3.0 + outline.area_mm2)
    count = int(np.ceil(most * rng.random() ** 1.5))
    least = max(s.fascicle_share_low, s.single_fascicle_share - s.fascicle_share_fall * (count - 1))
    share = rng.uniform(least, max(least, s.fascicle_share_high))
    sizes = np.exp(0.3 * rng.standard_normal(count))
    sizes *= np.sqrt(1.15 * share * outline.area_mm2 / (np.pi * np.sum(sizes**2)))
    distance = np.sqrt((np.arange(count) + 0.5) / count) * (1 - 0.45 / np.sqrt(count)) if count > 1 else np.zeros(1)
    distance = distance + rng.normal(0, 0.1 / np.sqrt(count), count)
    turns = rng.random() + _GOLDEN_TURN * np.arange(count) + rng.normal(0, 0.04, count)
    degrees = _at_share_of_area(outline, turns % 1.0)
    angles, towards = np.radians(degrees), outline.radii_mm[degrees]
    if count == 1:
        sizes *= 1.3
    levels = scene.levels[FASCICLE] * np.exp(0.08 * rng.standard_normal(count))
    x, y = grid[0][:, None], grid[1][None, :]
    first = np.full((x.size, y.size), np.inf, dtype=np.float32)
    second = first.copy()
    own = np.zeros_like(first)
    flat = towards / radius if count == 1 else np.ones(count)
    for k in range(count):
        cx = outline.centre_mm[0] + distance[k] * towards[k] * np.cos(angles[k])
        cy = outline.centre_mm[1] + distance[k] * towards[k] * np.sin(angles[k])
        away = np.sqrt((x - np.float32(cx)) ** 2 + (y - np.float32(cy)) ** 2) - np.float32(sizes[k] * flat[k])
        np.minimum(second, np.maximum(away, first), out=second)
        np.copyto(own, np.float32(levels[k]), where=away < first)
        np.minimum(first, away, out=first)
    step = scene.canvas.step_mm
    gap = np.float32(rng.uniform(0.0, 0.3) * sizes.mean())
    if count > 1:
        first = np.maximum(first, (gap - (second - first)) / 2)
    return coverage(-first, step), own


def _at_share_of_area(outline: ClosedOutline, share: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the directions, in degrees, up to which that share of the area is swept, so that fascicles lie evenly."""
    swept = np.cumsum(outline.radii_mm**2)
    return np.minimum(np.searchsorted(swept / swept[-1], share), len(swept) - 1).astype(np.int64)
