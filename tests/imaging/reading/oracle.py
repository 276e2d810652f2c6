"""dcm2niix (PyPI wheel with the program) as an oracle, compared through the affine."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.volume import Volume

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """One file that dcm2niix wrote: values (I, J, K, N), affine, sidecar, b-values and vectors in RAS+."""

    values: Array
    affine: Array
    sidecar: dict[str, Any]
    b_values: Array | None = None
    b_vectors: Array | None = None


def convert(folder: Path, out: Path) -> list[Converted]:
    """Run dcm2niix on a folder, without Philips' private scale."""
    import dcm2niix

    out.mkdir(exist_ok=True)
    command = [dcm2niix.bin, "-b", "y", "-ba", "n", "-z", "n", "-p", "n", "-f", "%s_%e_%p", "-o", str(out), str(folder)]
    subprocess.run(command, check=False, capture_output=True, timeout=300)
    return [_load(path) for path in sorted(out.glob("*.nii"))]


def _load(path: Path) -> Converted:
    image = nibabel.load(path)
    values = np.asarray(image.get_fdata())  # type: ignore[attr-defined]
    affine = np.asarray(image.affine)  # type: ignore[attr-defined]
    b_values = b_vectors = None
    if path.with_suffix(".bval").exists():
        b_values = np.loadtxt(path.with_suffix(".bval"), ndmin=1)
        b_vectors = to_world(np.loadtxt(path.with_suffix(".bvec"), ndmin=2).T, affine)
    return Converted(
        values=values[..., None] if values.ndim == 3 else values,
        affine=affine,
        sidecar=json.loads(path.with_suffix(".json").read_text()),
        b_values=b_values,
        b_vectors=b_vectors,
    )


def to_world(fsl: Array, affine: Array) -> Array:
    """Turn vectors of FSL's convention, (N, 3), to RAS+."""
    turned = fsl.copy()
    if np.linalg.det(affine[:3, :3]) > 0:
        turned[:, 0] *= -1
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return np.asarray(turned @ axes.T)


def on_grid_of(converted: Converted, volume: Volume) -> tuple[Array, float]:
    """Return the oracle's values on the voxels of a volume, and the largest distance of a voxel from its twin, in mm.

    The two grids may differ by swapped and reversed axes only.
    """
    between = np.linalg.inv(converted.affine) @ volume.affine
    turn = np.rint(between[:3, :3]).astype(int)
    assert sorted(np.abs(turn).sum(axis=0)) == [1, 1, 1], f"the grids are not the same axes: {between}"
    shape = volume.values.shape[:3]
    index = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1)
    twin = index @ turn.T + np.rint(between[:3, 3]).astype(int)
    corners = np.array(np.meshgrid(*((0, n - 1) for n in shape), indexing="ij")).reshape(3, -1).T
    twins = corners @ turn.T + np.rint(between[:3, 3]).astype(int)
    ours = corners @ volume.affine[:3, :3].T + volume.affine[:3, 3]
    theirs = twins @ converted.affine[:3, :3].T + converted.affine[:3, 3]
    off_mm = float(np.linalg.norm(ours - theirs, axis=1).max())
    assert twin.min() >= 0
    assert all(twin[..., axis].max() < converted.values.shape[axis] for axis in range(3))
    return converted.values[twin[..., 0], twin[..., 1], twin[..., 2]], off_mm
