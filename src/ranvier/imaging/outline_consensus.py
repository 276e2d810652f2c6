"""Outline of a nerve that does not depend on where exactly a hand put the seed.

The patch about the seed is looked at in several views, each turned or mirrored and centred at another point of a ring
about the middle, as seeds of other hands would be. Their mean is outlined, the ring is laid about what was found, the
network is told an area between the one expected and the one found, and so on until the outline stands still. Views from
that middle alone then give the outline: a ring blurs it. A shallow notch of the outline is filled.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.network_input import network_input
from ranvier.imaging.outline_network import nerve_share
from ranvier.imaging.outline_views import (
    MIDDLE,
    FloatArray,
    Image,
    Look,
    Outline,
    centre_of,
    checked_slice,
    nerve_region,
    notch_filling,
    outline_of,
    outline_parameters,
    turned,
    turned_back,
    used_stretch,
)
from ranvier.imaging.resampling import resampling_matrix
from ranvier.imaging.simulation.patch import PATCH_PIXELS, pixel_for_calibre
from ranvier.imaging.simulation.settings import load_patch_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slice:
    """What is looked at: (I, J, N) signal and (2,) distances between voxels, mm."""

    values: Image
    spacing_mm: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aim:
    """How it is looked at: where, at which size, told which area, in how many views, from a ring how wide."""

    centre_ij: FloatArray
    pixel_mm: float
    told_mm2: float | None
    views: int
    ring_pixels: float


def outline_settled(
    slice_values: NDArray[np.floating],
    spacing_mm: tuple[float, float],
    seed_ij: tuple[float, float],
    *,
    expected_area_mm2: float | None = None,
    expected_weight: float,
    following: bool = False,
) -> Outline:
    """Outline the nerve under a seed in one slice, so that the exact place of the seed does not matter.

    Parameters
    ----------
    slice_values, spacing_mm, seed_ij, expected_area_mm2
        As in `outline_nerve`.
    expected_weight : float
        Weight (in the logarithm) of the expected area against the one found in what the network is told, 0 to 1. Below
        1 a nerve of another size is not held to the usual one.
    following : bool
        True where the seed is the middle that the neighbouring slices let expect: fewer views are taken then.

    Returns
    -------
    Outline
        What was found; confidence 0 and an empty contour where nothing was.

    Raises
    ------
    ValueError, MissingExtraError
        As `outline_nerve`.
    """
    values = checked_slice(slice_values, spacing_mm, seed_ij, expected_area_mm2)
    p = outline_parameters()
    seen = _Slice(values=values, spacing_mm=np.asarray(spacing_mm, dtype=np.float64))
    views, rounds = ("following_views", "following_rounds") if following else ("views", "rounds")
    aim = _aim(seen, np.asarray(seed_ij, dtype=np.float64), expected_area_mm2, int(p[views]))
    for _ in range(int(p[rounds])):
        look = _look(seen, aim)
        area = float(look.filled.sum()) * look.pixel_mm**2
        if area <= 0:
            return outline_of(look, seen.spacing_mm, values.shape)
        told = area if expected_area_mm2 is None else _agreed(expected_area_mm2, area, expected_weight)
        found = _aim(seen, centre_of(look, seen.spacing_mm), told, aim.views)
        still = _still(aim, found, seen)
        aim = found
        if still:
            break
    return outline_of(_look(seen, replace(aim, ring_pixels=0.0)), seen.spacing_mm, values.shape)


def _agreed(expected_mm2: float, found_mm2: float, weight: float) -> float:
    """Return the area to tell next, between the one expected and the one found."""
    return float(expected_mm2**weight * found_mm2 ** (1 - weight))


def _aim(seen: _Slice, centre_ij: FloatArray, told_mm2: float | None, views: int) -> _Aim:
    settings, p = load_patch_settings(), outline_parameters()
    wanted = settings.pixel_high_mm if told_mm2 is None else pixel_for_calibre(told_mm2, settings)
    finest = float(seen.spacing_mm.max()) / p["pixels_per_voxel_high"]
    pixel = float(np.clip(wanted, min(finest, settings.pixel_high_mm), settings.pixel_high_mm))
    radius = settings.pixels_across / 2 if told_mm2 is None else float(np.sqrt(told_mm2 / np.pi)) / pixel
    ring = min(p["ring_radii"] * radius, p["ring_pixels_high"])
    return _Aim(centre_ij=centre_ij, pixel_mm=pixel, told_mm2=told_mm2, views=views, ring_pixels=ring)


def _still(before: _Aim, after: _Aim, seen: _Slice) -> bool:
    p = outline_parameters()
    moved_mm = float(np.hypot(*((after.centre_ij - before.centre_ij) * seen.spacing_mm)))
    if before.told_mm2 is None or after.told_mm2 is None:
        return False
    return moved_mm < p["still_mm"] and abs(float(np.log(after.told_mm2 / before.told_mm2))) < p["still_ln"]


def _look(seen: _Slice, aim: _Aim) -> Look:
    """Return the mean of the views, on the patch about the middle of their ring."""
    pixel, spacing = aim.pixel_mm, seen.spacing_mm
    margin = int(np.ceil(aim.ring_pixels)) + 1
    wide = PATCH_PIXELS + 2 * margin
    offsets = (np.arange(wide) - (wide - 1) / 2) * pixel
    rows, columns = (
        resampling_matrix(seen.values.shape[axis], spacing[axis], aim.centre_ij[axis] * spacing[axis] + offsets, pixel)
        for axis in (0, 1)
    )
    near = used_stretch(rows), used_stretch(columns)
    rows, columns, values = rows[:, near[0]], columns[:, near[1]], seen.values[near]
    voxel = float(np.sqrt(spacing[0] * spacing[1]))
    corners = margin + np.rint(aim.ring_pixels * _ring(aim.views)).astype(int)
    batch = []
    for n in range(values.shape[2]):
        image = np.maximum(rows @ values[:, :, n] @ columns.T, 0)
        for view, (i, j) in enumerate(corners):
            part = image[i : i + PATCH_PIXELS, j : j + PATCH_PIXELS]
            middle = np.full(2, MIDDLE)
            channels = network_input(part, middle, expected_area_mm2=aim.told_mm2, pixel_mm=pixel, voxel_mm=voxel)
            batch.append(turned(channels, _way(view)))
    maps = np.zeros((len(batch), wide, wide), dtype=np.float32)
    for number, share in enumerate(nerve_share(np.stack(batch))):
        i, j = corners[number % aim.views]
        maps[number, i : i + PATCH_PIXELS, j : j + PATCH_PIXELS] = turned_back(share, _way(number % aim.views))
    maps = maps[:, margin:-margin, margin:-margin]
    region = nerve_region(maps.mean(axis=0))
    share = maps.mean(axis=0) * region
    return Look(
        share=share,
        filling=notch_filling(share),
        areas_mm2=(maps * region).sum(axis=(1, 2), dtype=np.float64) * pixel**2,
        pixel_mm=pixel,
        centre_ij=aim.centre_ij,
    )


def _ring(count: int) -> FloatArray:
    angle = 2 * np.pi * np.arange(count) / count
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _way(view: int) -> int:
    """Return how a view is turned, so that neighbours on the ring are not turned alike."""
    return view * 3 % 8
