"""Pictures inside a page as data addresses: MR images as PNG, photographs of sections as JPEG."""

import base64
import io

import numpy as np
from numpy.typing import NDArray

from ranvier.core import MissingExtraError

Image = NDArray[np.float32]
_DARK, _BRIGHT = 1.0, 99.5
_QUALITY = 85


def grey_levels(values: Image, of: Image) -> NDArray[np.uint8]:
    """Return values as grey levels, the darkest and brightest of a larger image at the ends."""
    low, high = np.percentile(of, [_DARK, _BRIGHT])
    scaled = (values - low) / max(float(high - low), 1e-9)
    return np.asarray(np.clip(scaled, 0, 1) * 255, dtype=np.uint8)


def png_address(grey: NDArray[np.uint8]) -> str:
    """Return a picture as a data address.

    Raises
    ------
    MissingExtraError
        If Pillow is not installed.
    """
    return _address(grey, "png", 1, MissingExtraError("drawing MR images", "mri"))


def jpeg_address(picture: NDArray[np.uint8], shrink: int = 1) -> str:
    """Return a colour picture, each `shrink` x `shrink` pixels averaged to one, as a data address.

    Raises
    ------
    MissingExtraError
        If Pillow is not installed.
    """
    return _address(picture, "jpeg", shrink, MissingExtraError("drawing sections", "histology"))


def _address(picture: NDArray[np.uint8], kind: str, shrink: int, missing: MissingExtraError) -> str:
    try:
        import PIL.Image
    except ImportError as error:
        raise missing from error
    out = io.BytesIO()
    PIL.Image.fromarray(np.ascontiguousarray(picture)).reduce(shrink).save(out, format=kind.upper(), quality=_QUALITY)
    return f"data:image/{kind};base64," + base64.b64encode(out.getvalue()).decode("ascii")
