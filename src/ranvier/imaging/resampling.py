"""Matrices that carry samples from one regular grid to another, one axis at a time.

An image is resampled as ``rows @ image @ columns.T``. A coarser grid averages the finer one, so that
small structures keep their area. Beyond the ends the outermost sample continues.
"""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


def resampling_matrix(n_in: int, step_in: float, positions: NDArray[np.floating], step_out: float) -> Matrix:
    """Return the weights that carry samples of a regular grid to other positions.

    The kernel is cubic convolution (Keys 1981, doi 10.1109/TASSP.1981.1163711) with its width scaled to the larger
    of the two steps.

    Parameters
    ----------
    n_in : int
        Number of input samples; they lie at ``0, 1, ... n_in - 1`` times `step_in`.
    step_in : float
        Distance between input samples, mm.
    positions : ndarray
        (n_out,) positions wanted, mm from the first input sample.
    step_out : float
        Distance between the positions wanted, mm.

    Returns
    -------
    ndarray
        (n_out, n_in) float32; every row sums to 1.

    Examples
    --------
    >>> import numpy as np
    >>> resampling_matrix(3, 1.0, np.array([1.0]), 1.0)
    array([[0., 1., 0.]], dtype=float32)
    """
    scale = max(1.0, step_out / step_in)
    where = np.asarray(positions, dtype=np.float64) / step_in
    reach = int(np.ceil(2.0 * scale))
    taps = np.floor(where).astype(np.int64)[:, None] + np.arange(-reach, reach + 2)
    weights = _keys((where[:, None] - taps) / scale)
    weights /= weights.sum(axis=1, keepdims=True)
    matrix = np.zeros((len(where), n_in))
    rows = np.repeat(np.arange(len(where)), taps.shape[1])
    np.add.at(matrix, (rows, np.clip(taps, 0, n_in - 1).ravel()), weights.ravel())
    return matrix.astype(np.float32)


def box_matrix(n_in: int, step_in: float, positions: NDArray[np.floating], width: float, blur: float) -> Matrix:
    """Return the weights of a voxel that averages its width, softened by a Gaussian.

    Parameters
    ----------
    n_in : int
        Number of input samples; they lie at ``0, 1, ... n_in - 1`` times `step_in`.
    step_in : float
        Distance between input samples, mm.
    positions : ndarray
        (n_out,) centres of the voxels, mm from the first input sample.
    width : float
        Width of a voxel, mm.
    blur : float
        Standard deviation of the Gaussian, mm; positive.

    Returns
    -------
    ndarray
        (n_out, n_in) float32; every row sums to 1.
    """
    distance = np.asarray(positions)[:, None] - step_in * np.arange(n_in)
    weights = np.tanh((distance + width / 2) / blur) - np.tanh((distance - width / 2) / blur)
    weights = np.maximum(weights, 1e-9)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def overlap_matrix(n_out: int, centres: NDArray[np.floating], width: float) -> Matrix:
    """Return the length of each input cell that lies within each unit cell.

    Parameters
    ----------
    n_out : int
        Number of unit cells; their middles lie at ``0, 1, ... n_out - 1``.
    centres : ndarray
        (n_in,) middles of the input cells.
    width : float
        Width of the input cells.

    Returns
    -------
    ndarray
        (n_out, n_in) float32; every column sums to `width`, less what lies outside.
    """
    cells = np.arange(n_out)[:, None]
    high = np.minimum(cells + 0.5, np.asarray(centres) + width / 2)
    low = np.maximum(cells - 0.5, np.asarray(centres) - width / 2)
    return np.asarray(np.maximum(high - low, 0.0), dtype=np.float32)


def _keys(t: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.abs(t)
    near = (1.5 * t - 2.5) * t * t + 1.0
    far = ((-0.5 * t + 2.5) * t - 4.0) * t + 2.0
    return np.where(t < 1.0, near, np.where(t < 2.0, far, 0.0))
