"""Diffusion tensors by DIPY (weighted least squares) and the measures that follow from them.

References
----------
Basser PJ, Mattiello J, LeBihan D. MR diffusion tensor spectroscopy and imaging. Biophys J 1994;66:259.
doi:10.1016/S0006-3495(94)80775-1
Garyfallidis E et al. Dipy, a library for the analysis of diffusion MRI data. Front Neuroinform 2014;8:8.
doi:10.3389/fninf.2014.00008
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.core import UnreadableImageError, optional
from ranvier.imaging.diffusion.settings import diffusion_parameters
from ranvier.imaging.reading import SequenceFacts
from ranvier.imaging.volume import FloatArray, Volume

EXTRA = "diffusion"
_UNIT = 0.05


def dipy(name: str) -> Any:
    """Return a module of DIPY.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    return optional(name, "fitting diffusion tensors", EXTRA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradients:
    """Diffusion weighting of each volume.

    Attributes
    ----------
    b_values : ndarray
        (N,) s/mm2.
    vectors : ndarray
        (N, 3) unit vectors, zero where there is no weighting. Any one set of axes will do: FA and diffusivities do not
        depend on them.
    """

    b_values: FloatArray
    vectors: FloatArray

    @property
    def unweighted(self) -> NDArray[np.bool_]:
        """Which volumes have no diffusion weighting, (N,)."""
        return np.asarray(self.b_values < diffusion_parameters()["b_zero_below"], dtype=np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorMaps:
    """Maps on the voxels of the image; NaN outside the mask and where no tensor fits.

    Attributes
    ----------
    fa : ndarray
        (I, J, K) fractional anisotropy, 0 to 1.
    md, ad, rd : ndarray
        (I, J, K) mean, axial and radial diffusivity, mm2/s.
    affine : ndarray
        (4, 4) voxel index to RAS+ mm.
    """

    fa: FloatArray
    md: FloatArray
    ad: FloatArray
    rd: FloatArray
    affine: FloatArray


def gradients_of(facts: SequenceFacts) -> Gradients:
    """Return the diffusion weighting that a series states.

    Raises
    ------
    UnreadableImageError
        If b-values or vectors are missing, or there are too few for a tensor.
    """
    if not facts.b_values or any(b is None for b in facts.b_values):
        raise UnreadableImageError("the series does not state its b-values; put .bval and .bvec files beside it")
    b_values = np.array(facts.b_values, dtype=np.float64)
    vectors = facts.b_vectors or (None,) * len(b_values)
    return check_gradients(b_values, [v or (0.0, 0.0, 0.0) for v in vectors])


def check_gradients(b_values: FloatArray, vectors: Sequence[Sequence[float]]) -> Gradients:
    """Return a diffusion weighting that gives a tensor.

    Raises
    ------
    UnreadableImageError
        If a weighted volume has no unit vector, no volume is without weighting, or directions are too few.
    """
    p = diffusion_parameters()
    found = Gradients(b_values=np.asarray(b_values, dtype=np.float64), vectors=np.array(vectors, dtype=np.float64))
    weighted = ~found.unweighted
    length = np.linalg.norm(found.vectors, axis=1)
    if (np.abs(length[weighted] - 1) > _UNIT).any():
        raise UnreadableImageError("a diffusion-weighted volume has no unit vector; mend the .bvec file")
    if weighted.all():
        raise UnreadableImageError("no volume is without diffusion weighting: a tensor needs one")
    directions = np.unique(np.round(found.vectors[weighted] * np.sign(_leading(found.vectors[weighted])), 3), axis=0)
    if len(directions) < p["fewest_directions"]:
        raise UnreadableImageError(
            f"a tensor needs {p['fewest_directions']:.0f} directions or more (got {len(directions)})"
        )
    return found


def _leading(vectors: FloatArray) -> FloatArray:
    """Return the largest component of each vector, (N, 1): a direction and its opposite count as one."""
    return np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None], axis=1)


def fit_tensors(volume: Volume, gradients: Gradients, mask: NDArray[np.bool_] | None = None) -> TensorMaps:
    """Return the maps of a diffusion series.

    Parameters
    ----------
    volume : Volume
        (I, J, K, N).
    gradients : Gradients
    mask : ndarray, optional
        (I, J, K) bool, where tensors are wanted; everywhere without it.

    Raises
    ------
    UnreadableImageError
        If volumes and gradients do not match.
    MissingExtraError
        If DIPY is not installed.
    """
    data = volume.values
    if data.ndim != 4 or data.shape[3] != len(gradients.b_values):
        raise UnreadableImageError(
            f"the series has {data.shape[3] if data.ndim == 4 else 1} volumes, but {len(gradients.b_values)} b-values"
        )
    wanted = mask if mask is not None else np.ones(data.shape[:3], dtype=np.bool_)
    if wanted.shape != data.shape[:3]:
        raise UnreadableImageError(f"the mask has {wanted.shape} voxels, the image {data.shape[:3]}; resample it")
    table = dipy("dipy.core.gradients").gradient_table(
        gradients.b_values,
        bvecs=np.where(gradients.unweighted[:, None], 0.0, gradients.vectors),
        b0_threshold=diffusion_parameters()["b_zero_below"],
    )
    model = dipy("dipy.reconst.dti").TensorModel(table, fit_method="WLS")
    signal = np.asarray(data[wanted], dtype=np.float64)
    usable = (signal > 0).all(axis=1)
    if usable.all() and len(signal):
        return _maps(_eigenvalues(model, signal), wanted, volume.affine)
    values = np.full((len(signal), 3), np.nan)
    if usable.any():
        values[usable] = _eigenvalues(model, signal[usable])
    return _maps(values, wanted, volume.affine)


def _eigenvalues(model: Any, signal: FloatArray) -> FloatArray:
    """Return the eigenvalues of each voxel, none below 0, (n, 3); DIPY gives the largest first."""
    return np.asarray(np.maximum(model.fit(signal).evals, 0.0), dtype=np.float64)


def _maps(values: FloatArray, wanted: NDArray[np.bool_], affine: FloatArray) -> TensorMaps:
    mean = values.mean(axis=1)
    total = (values**2).sum(axis=1)
    away = ((values - mean[:, None]) ** 2).sum(axis=1)
    fa = np.sqrt(1.5 * np.divide(away, total, out=np.full(len(total), np.nan), where=total > 0))
    flat = {"fa": fa, "md": mean, "ad": values[:, 0], "rd": values[:, 1:].mean(axis=1)}
    out = {name: np.full(wanted.shape, np.nan) for name in flat}
    for name, column in flat.items():
        out[name][wanted] = column
    return TensorMaps(fa=out["fa"], md=out["md"], ad=out["ad"], rd=out["rd"], affine=affine)
