"""What the outlining network sees of a patch; training and use share it, so that they cannot drift apart."""

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]

SEED_SD_PIXELS = 3.0
_LOCAL_SD_PIXELS = 10.0
_CLIP = 5.0
_AREA_UNIT_PIXELS = 100.0
CHANNELS = 5


def network_input(
    image: Image, seed_ij: NDArray[np.float64], *, expected_area_mm2: float | None, pixel_mm: float, voxel_mm: float
) -> Image:
    """Return the channels of one patch.

    Parameters
    ----------
    image : ndarray
        (n, n) signal of the patch.
    seed_ij : ndarray
        (2,) seed in pixels of the patch.
    expected_area_mm2 : float or None
        Area that the anatomy lets expect.
    pixel_mm, voxel_mm : float
        Side of a pixel of the patch, and of a stored voxel of the slice it was taken from.

    Returns
    -------
    ndarray
        (5, n, n) float32: the signal with zero mean and unit variance over the patch; the same over the neighbourhood
        of the seed; a Gaussian at the seed; log of the expected area in pixels over log 100 (0: not known); log of the
        voxel over the pixel. The last two are constant over the patch.

    Examples
    --------
    >>> import numpy as np
    >>> ramp = np.arange(16.0, dtype=np.float32).reshape(4, 4)
    >>> seen = network_input(ramp, np.array([1.5, 1.5]), expected_area_mm2=None, pixel_mm=0.5, voxel_mm=0.5)
    >>> seen.shape, float(seen[3].max()), float(seen[4].max())
    ((5, 4, 4), 0.0, 0.0)
    """
    n = image.shape[0]
    axis = np.arange(n, dtype=np.float32)
    square = (axis - np.float32(seed_ij[0]))[:, None] ** 2 + (axis - np.float32(seed_ij[1]))[None, :] ** 2
    near = np.exp(square / np.float32(-2 * _LOCAL_SD_PIXELS**2))
    known = 0.0 if expected_area_mm2 is None else np.log(expected_area_mm2 / pixel_mm**2) / np.log(_AREA_UNIT_PIXELS)
    channels = np.empty((CHANNELS, n, n), dtype=np.float32)
    channels[0] = _normalised(image, np.ones_like(near))
    channels[1] = _normalised(image, near)
    channels[2] = np.exp(square / np.float32(-2 * SEED_SD_PIXELS**2))
    channels[3] = known
    channels[4] = np.log(voxel_mm / pixel_mm)
    return channels


def _normalised(image: Image, weight: Image) -> Image:
    weight = weight / weight.sum()
    mean = (image * weight).sum()
    sd = np.sqrt((weight * (image - mean) ** 2).sum())
    return np.asarray(np.clip((image - mean) / max(sd, np.float32(1e-6)), -_CLIP, _CLIP), dtype=np.float32)
