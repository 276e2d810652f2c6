"""How far the volumes of a diffusion series are shifted against each other: measured and told, corrected only if asked.

Every volume is compared with what a tensor fitted to all of them predicts for it, by least squares in shift and
brightness on smoothed images: so the contrast of its direction is no shift. A shift is what motion and eddy currents
have in common; turns, shears and stretches are not measured, nor a shift that all weighted volumes share. The
correction is DIPY's registration.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.imaging.diffusion.settings import diffusion_parameters
from ranvier.imaging.diffusion.tensor import Gradients, dipy
from ranvier.imaging.volume import FloatArray, Volume

_EDGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionReport:
    """Shifts of the volumes.

    Attributes
    ----------
    shifts_mm : ndarray
        (N, 3) along the index axes.
    flagged : tuple of int
        Volumes that are shifted by more than the limit of ``diffusion.csv``.
    text : str
    """

    shifts_mm: FloatArray
    flagged: tuple[int, ...]
    text: str


def measure_shifts(volume: Volume, gradients: Gradients) -> MotionReport:
    """Return how far each volume lies from what all of them together predict.

    Parameters
    ----------
    volume : Volume
        (I, J, K, N).
    gradients : Gradients
    """
    p = diffusion_parameters()
    data = volume.values.astype(np.float64)
    spacing = np.array(volume.spacing_mm)
    smooth = np.stack([_smoothed(data[..., n]) for n in range(data.shape[3])], axis=-1)
    expected = _predicted(smooth, gradients)
    shifts = np.array([estimate_shift(expected[..., n], smooth[..., n]) for n in range(data.shape[3])])
    flagged = tuple(int(n) for n in np.flatnonzero((np.abs(shifts) > p["shift_flag"]).any(axis=1)))
    largest = float(np.abs(shifts * spacing).max())
    if flagged:
        named = ", ".join(str(n) for n in flagged[:12]) + (" ..." if len(flagged) > 12 else "")
        text = (
            f"{len(flagged)} of {len(shifts)} volumes are shifted by more than {p['shift_flag']:g} voxel "
            f"(up to {largest:.1f} mm; volumes {named}): motion or eddy currents, not corrected"
        )
    else:
        text = f"no volume is shifted by more than {p['shift_flag']:g} voxel (at most {largest:.1f} mm)"
    return MotionReport(shifts_mm=shifts * spacing, flagged=flagged, text=text)


def _predicted(data: FloatArray, gradients: Gradients) -> FloatArray:
    """Return the volumes that a tensor fitted to all of them (ordinary least squares of the logarithm) predicts."""
    g, b = gradients.vectors, gradients.b_values[:, None]
    squares, crossed = g**2, g[:, [0, 0, 1]] * g[:, [1, 2, 2]]
    design = np.concatenate([np.ones_like(b), -b * squares, -2 * b * crossed], axis=1)
    design[gradients.unweighted, 1:] = 0.0
    logs = np.log(np.maximum(data, 1e-3 * max(float(data.max()), 1e-12))).reshape(-1, data.shape[3])
    fitted = np.exp(logs @ (np.linalg.pinv(design).T @ design.T))
    return np.asarray(fitted.reshape(data.shape), dtype=np.float64)


def _smoothed(image: FloatArray) -> FloatArray:
    sigma = [diffusion_parameters()["shift_smooth"] if n > 4 else 0.0 for n in image.shape]
    return np.asarray(ndimage.gaussian_filter(image, sigma), dtype=np.float64)


def estimate_shift(fixed: FloatArray, moving: FloatArray) -> FloatArray:
    """Return the shift in voxels by which `moving` lies along the index axes against `fixed`, (3,).

    Parameters
    ----------
    fixed, moving : ndarray
        (I, J, K) smooth images; brightness may differ by a factor and an offset.
    """
    shift = np.zeros(3)
    axes = [n for n in range(3) if fixed.shape[n] > 2 * _EDGE + 1]
    inner = tuple(slice(_EDGE, -_EDGE) if n in axes else slice(None) for n in range(3))
    for _ in range(int(diffusion_parameters()["shift_steps"])):
        moved = ndimage.shift(moving, -shift, order=1, mode="nearest")
        slopes = [np.gradient(moved, axis=n)[inner].ravel() for n in axes]
        columns = np.stack([moved[inner].ravel(), np.ones(moved[inner].size), *slopes], axis=1)
        found = np.linalg.lstsq(columns, fixed[inner].ravel(), rcond=None)[0]
        if not np.isfinite(found).all() or abs(found[0]) < 1e-6:
            break
        step = np.clip(found[2:] / found[0], -1.0, 1.0)
        shift[axes] += step
        if np.abs(step).max() < 1e-3:
            break
    return shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A series registered to its first unweighted volume, with its turned gradients."""

    volume: Volume
    gradients: Gradients


def corrected(volume: Volume, gradients: Gradients) -> Corrected:
    """Return the series after DIPY's rigid registration of every volume; gradients turn with their volumes.

    Raises
    ------
    MissingExtraError
        If DIPY is not installed.
    """
    core = dipy("dipy.core.gradients")
    table = core.gradient_table(
        gradients.b_values,
        bvecs=np.where(gradients.unweighted[:, None], 0.0, gradients.vectors),
        b0_threshold=diffusion_parameters()["b_zero_below"],
    )
    with _quiet():
        image, turns = dipy("dipy.align").motion_correction(
            volume.values.astype(np.float64), table, affine=volume.affine, pipeline=["translation", "rigid"]
        )
    moved = np.asarray(image.get_fdata(), dtype=np.float32)
    return Corrected(
        volume=Volume(values=moved, affine=volume.affine),
        gradients=Gradients(b_values=gradients.b_values, vectors=_turned(gradients.vectors, np.asarray(turns))),
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log of DIPY to itself while it registers."""
    log = logging.getLogger("dipy")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _turned(vectors: FloatArray, affines: NDArray[np.float64]) -> FloatArray:
    """Return unit vectors turned by the rotation part of each affine, (N, 3); `affines` is (4, 4, N)."""
    out = vectors.copy()
    for n in range(len(vectors)):
        left, _, right = np.linalg.svd(affines[:3, :3, n])
        out[n] = (left @ right).T @ vectors[n]
    return out
