"""A simulated diffusion series: blocks of tensors with known FA, Rician noise, and volumes that may be shifted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ranvier.imaging.diffusion.tensor import Gradients
from ranvier.imaging.volume import FloatArray, Volume

_GOLDEN = np.pi * (3 - np.sqrt(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionSpec:
    """What is drawn.

    Attributes
    ----------
    fa : tuple of float
        FA of the blocks, side by side along the first axis.
    md : float
        Mean diffusivity of all of them, mm2/s.
    side : int
        Voxels along each side of a block.
    directions, unweighted : int
    b_value : float
        s/mm2.
    snr : float
        Signal without weighting over the sd of the noise of each channel.
    shifts : tuple
        Shift in voxels along the three axes of some volumes: ``((volume, (x, y, z)), ...)``.
    """

    fa: tuple[float, ...] = (0.2, 0.4, 0.6)
    md: float = 1.2e-3
    side: int = 10
    directions: int = 30
    unweighted: int = 5
    b_value: float = 800.0
    snr: float = 20.0
    shifts: tuple[tuple[int, tuple[float, float, float]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionPhantom:
    """A simulated series with its gradients, and the number of the block (from 1) of each voxel, 0 outside."""

    volume: Volume
    gradients: Gradients
    labels: Volume


def eigenvalues(fa: float, md: float) -> FloatArray:
    """Return the eigenvalues of a tensor that is round about its axis, largest first.

    >>> [round(float(1e3 * v), 3) for v in eigenvalues(0.5, 1.0e-3)]
    [1.632, 0.684, 0.684]
    """
    spread = fa / np.sqrt(3 - 2 * fa**2)
    return md * np.array([1 + 2 * spread, 1 - spread, 1 - spread])


def draw_diffusion(spec: DiffusionSpec, seed: int = 0) -> DiffusionPhantom:
    """Return a simulated series; the same seed gives the same one."""
    rng = np.random.default_rng(seed)
    gradients = _gradients(spec)
    pad = 4
    shape = (len(spec.fa) * spec.side + 2 * pad, spec.side + 2 * pad, spec.side + 2 * pad)
    labels = np.zeros(shape, dtype=np.float32)
    signal = np.full((*shape, len(gradients.b_values)), 0.05)
    for number, fa in enumerate(spec.fa):
        block = (slice(pad + number * spec.side, pad + (number + 1) * spec.side), *(slice(pad, -pad),) * 2)
        labels[block] = number + 1
        signal[block] = _decay(eigenvalues(fa, spec.md), _axis(number), gradients)
    for volume, shift in spec.shifts:
        signal[..., volume] = ndimage.shift(signal[..., volume], shift, order=1, mode="nearest")
    noise = rng.standard_normal((2, *signal.shape)) / spec.snr
    noisy = 1000 * np.hypot(signal + noise[0], noise[1])
    affine = np.diag([1.5, 1.5, 1.5, 1.0])
    return DiffusionPhantom(
        volume=Volume(values=noisy.astype(np.float32), affine=affine),
        gradients=gradients,
        labels=Volume(values=labels, affine=affine),
    )


def _gradients(spec: DiffusionSpec) -> Gradients:
    """Return evenly spread directions (a spiral over the half sphere) after the unweighted volumes."""
    count = np.arange(spec.directions)
    height = (count + 0.5) / spec.directions
    round_, out = np.sqrt(1 - height**2), _GOLDEN * count
    vectors = np.stack([round_ * np.cos(out), round_ * np.sin(out), height], axis=1)
    return Gradients(
        b_values=np.concatenate([np.zeros(spec.unweighted), np.full(spec.directions, spec.b_value)]),
        vectors=np.concatenate([np.zeros((spec.unweighted, 3)), vectors]),
    )


def _axis(number: int) -> FloatArray:
    """Return the direction of the fibres of a block: another one for each."""
    axis = np.array([np.cos(0.9 * number), np.sin(0.9 * number), 0.3 + 0.4 * number])
    return np.asarray(axis / np.linalg.norm(axis), dtype=np.float64)


def _decay(values: Sequence[float] | FloatArray, axis: FloatArray, gradients: Gradients) -> FloatArray:
    along = (gradients.vectors @ axis) ** 2
    apparent = values[1] + (values[0] - values[1]) * along
    return np.asarray(np.exp(-gradients.b_values * apparent), dtype=np.float64)
