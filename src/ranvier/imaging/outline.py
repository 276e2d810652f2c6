"""Outline of a nerve in one slice about a seed: area with partial volume, contour between the voxels, and confidence.

A small network (``outline_network``) looks at a patch about the seed. The patch is then centred on what was found and
looked at again, in several views whose mean is the result. It is told a seed, never a name: whether the thing under the
seed is a nerve is the caller's business.
"""

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
    outline_of,
    outline_parameters,
    turned,
    turned_back,
    used_stretch,
)
from ranvier.imaging.resampling import resampling_matrix
from ranvier.imaging.simulation.patch import PATCH_PIXELS, pixel_for_calibre
from ranvier.imaging.simulation.settings import load_patch_settings


def outline_nerve(
    slice_values: NDArray[np.floating],
    spacing_mm: tuple[float, float],
    seed_ij: tuple[float, float],
    *,
    expected_area_mm2: float | None = None,
    following: bool = False,
) -> Outline:
    """Outline the nerve under a seed in one slice.

    Parameters
    ----------
    slice_values : ndarray
        (I, J) magnitude signal, or (I, J, N) for N echoes or contrasts of the same slice in any order, whose maps are
        averaged.
    spacing_mm : tuple of float
        Distance between voxels along i and j, mm.
    seed_ij : tuple of float
        A point in the nerve, zero-based index coordinates; fractions are allowed.
    expected_area_mm2 : float or None
        Area that the anatomy lets expect; it sets the scale and is a weak hint.
    following : bool
        True where the seed is the middle that the neighbouring slices let expect: fewer views are taken then.

    Returns
    -------
    Outline
        What was found; confidence 0 and an empty contour where nothing was.

    Raises
    ------
    ValueError
        If the slice has not two or three axes or holds values that are not finite, if the seed lies outside it, or if a
        spacing or the expected area is not positive.
    MissingExtraError
        If onnxruntime is not installed.
    """
    values = checked_slice(slice_values, spacing_mm, seed_ij, expected_area_mm2)
    p = outline_parameters()
    spacing = np.asarray(spacing_mm, dtype=np.float64)
    centre = np.asarray(seed_ij, dtype=np.float64)
    pixel = _pixel_mm(expected_area_mm2, spacing)
    look = _look(values, spacing, centre, (pixel, expected_area_mm2), int(p["first_views"]))
    views, passes = ("following_views", "following_passes") if following else ("views", "passes")
    for _ in range(int(p[passes])):
        area = float(look.share.sum()) * look.pixel_mm**2
        if area <= 0:
            break
        centre = centre_of(look, spacing)
        pixel = _pixel_mm(expected_area_mm2 or area, spacing)
        look = _look(values, spacing, centre, (pixel, expected_area_mm2), int(p[views]))
    return outline_of(look, spacing, values.shape)


def _pixel_mm(area_mm2: float | None, spacing: FloatArray) -> float:
    settings = load_patch_settings()
    wanted = settings.pixel_high_mm if area_mm2 is None else pixel_for_calibre(area_mm2, settings)
    finest = float(spacing.max()) / outline_parameters()["pixels_per_voxel_high"]
    return float(np.clip(wanted, min(finest, settings.pixel_high_mm), settings.pixel_high_mm))


def _look(
    values: Image, spacing: FloatArray, centre: FloatArray, scale: tuple[float, float | None], n_views: int
) -> Look:
    pixel, expected = scale
    offsets = (np.arange(PATCH_PIXELS) - MIDDLE) * pixel
    rows, columns = (
        resampling_matrix(values.shape[axis], spacing[axis], centre[axis] * spacing[axis] + offsets, pixel)
        for axis in (0, 1)
    )
    near = used_stretch(rows), used_stretch(columns)
    rows, columns, values = rows[:, near[0]], columns[:, near[1]], values[near]
    jitter = outline_parameters()["seed_jitter_pixels"]
    voxel = float(np.sqrt(spacing[0] * spacing[1]))
    batch = []
    for n in range(values.shape[2]):
        image = np.maximum(rows @ values[:, :, n] @ columns.T, 0)
        for view in range(n_views):
            angle = 2 * np.pi * view / n_views
            seed = MIDDLE + jitter * np.array([np.cos(angle), np.sin(angle)])
            seen = network_input(image, seed, expected_area_mm2=expected, pixel_mm=pixel, voxel_mm=voxel)
            batch.append(turned(seen, view))
    shares = nerve_share(np.stack(batch))
    maps = np.stack([turned_back(share, number % n_views) for number, share in enumerate(shares)])
    region = nerve_region(maps.mean(axis=0))
    share = maps.mean(axis=0) * region
    return Look(
        share=share,
        filling=np.zeros_like(share),
        areas_mm2=(maps * region).sum(axis=(1, 2), dtype=np.float64) * pixel**2,
        pixel_mm=pixel,
        centre_ij=centre,
    )
