"""Pictures and masks from files, and back.

PNG and JPEG need Pillow, TIFF (also BigTIFF) tifffile; both come with the extra ``histology``.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.core import optional
from ranvier.histology.errors import PictureError

AXON, MYELIN = 255, 170
TIFF = (".tif", ".tiff")
ORIENTATION = 0x0112
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow and tifffile raise on damaged files: they check little before they compute with what they read."""
PLAIN_MODES = {"1": "L", "P": "RGB", "PA": "RGB", "CMYK": "RGB", "LAB": "RGB", "HSV": "RGB"}


def read_picture(path: Path) -> NDArray[np.generic]:
    """Return a picture, ``(rows, columns)`` or ``(rows, columns, 3)``, in the integers that it was saved in.

    A colour picture whose three channels are equal comes back grey, an alpha channel is left out. Palettes and inks
    (CMYK) become red, green and blue, a grey TIFF in which 0 is white is turned round, and two levels become 0 and 255
    as they are stored: programs that write masks of one bit do not agree on which of them is white. A picture that is
    stored lying on its side or mirrored, with a note of how to show it (Exif, TIFF), comes back as it is shown.

    Raises
    ------
    PictureError
        If there is no such file, it is not a picture, it holds a stack, or its numbers are not real.
    MissingExtraError
        If the extra ``histology`` is not installed.
    """
    if not path.is_file():
        raise PictureError(f"there is no picture {path}")
    array = _read_tiff(path) if path.suffix.lower() in TIFF else _read_pillow(path)
    if array.dtype == np.bool_:
        array = np.where(array, np.uint8(255), np.uint8(0))
    if array.dtype.kind not in "uif":
        raise PictureError(f"{path} holds {array.dtype} numbers: save it in grey or colour, with 8 or 16 bits")
    if array.ndim == 3 and array.shape[2] in (2, 4):
        array = array[..., :-1]
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim == 3 and array.shape[2] == 3 and (array[..., :1] == array).all():
        array = array[..., 0]
    if not array.size:
        raise PictureError(f"{path} holds no pixel")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3):
        raise PictureError(f"{path} holds {array.shape}: one grey or colour picture is wanted, no stack")
    return array


def read_mask(path: Path, shape: tuple[int, ...] | None = None) -> NDArray[np.bool_]:
    """Return a mask, ``(rows, columns) bool``, from a picture of two grey levels.

    Parameters
    ----------
    path : Path
        Picture; the brighter of its two levels is true. A picture of zeros alone is an empty mask.
    shape : tuple of int, optional
        Size that it must have.

    Raises
    ------
    PictureError
        If it is coloured, has more than two levels, or another size.
    """
    array = _grey_of_size(path, shape)
    levels = _levels(array)
    if len(levels) > 2:
        raise PictureError(f"{path} is no mask: it has {len(levels)} grey levels, a mask has two")
    return np.asarray(array == levels[-1]) if levels[-1] else np.zeros(array.shape, np.bool_)


def read_two_in_one(path: Path, shape: tuple[int, ...] | None = None) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the masks of axons (255) and of myelin (170) from one picture.

    Raises
    ------
    PictureError
        If it is coloured, has other levels than 0, 170 and 255, or another size.
    """
    array = _grey_of_size(path, shape)
    others = sorted({int(v) for v in _levels(array)} - {0, MYELIN, AXON})
    if others:
        raise PictureError(f"{path} has the levels {others[:5]}: axon is {AXON}, myelin {MYELIN}, all else 0")
    return np.asarray(array == AXON), np.asarray(array == MYELIN)


def _levels(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return the levels of a picture in order; row by row, as a whole section is large."""
    seen = [np.unique(array[top : top + 256]) for top in range(0, len(array), 256)]
    return np.unique(np.concatenate(seen)) if seen else np.zeros(0, array.dtype)


def _grey_of_size(path: Path, shape: tuple[int, ...] | None) -> NDArray[np.generic]:
    array = read_picture(path)
    if array.ndim != 2:
        raise PictureError(f"{path} is coloured: a mask must be grey")
    if shape is not None and array.shape != tuple(shape[:2]):
        raise PictureError(f"{path} is {_size(array.shape)} pixels and the picture {_size(shape)}: they must be equal")
    return array


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]} x {shape[0]}"


@contextmanager
def damage_told(path: Path, kind: str = "a picture") -> Iterator[None]:
    """Turn what goes wrong inside into PictureError with the name of the file."""
    try:
        yield
    except PictureError:
        raise
    except BROKEN as error:
        raise PictureError(f"{path} cannot be read as {kind}: {error}") from error


@contextmanager
def opened_picture(path: Path) -> Iterator[Any]:
    """Open a picture with Pillow, however large it is: whole sections are."""
    image = image_module()
    limit, image.MAX_IMAGE_PIXELS = image.MAX_IMAGE_PIXELS, None
    try:
        with image.open(path) as opened:
            yield opened
    finally:
        image.MAX_IMAGE_PIXELS = limit


def _read_pillow(path: Path) -> NDArray[np.generic]:
    with damage_told(path), opened_picture(path) as opened:
        if getattr(opened, "n_frames", 1) > 1:
            raise PictureError(f"{path} holds {opened.n_frames} pictures: one is wanted")
        turn = orientation(opened)
        if opened.mode in PLAIN_MODES:
            opened = opened.convert(PLAIN_MODES[opened.mode])
        return upright(np.asarray(opened), turn)


def orientation(opened: Any) -> int:
    """Return how an opened picture is to be turned, 1 to 8, as Exif says.

    Of a PNG only what stands before its pixels is looked at, so that a whole section is not read for it. A note that
    cannot be read costs no picture.
    """
    if opened.format == "PNG" and "exif" not in opened.info:
        return 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return _known(opened.getexif().get(ORIENTATION, 1))
    except BROKEN:
        return 1


def page_orientation(page: Any) -> int:
    """Return how a page of a TIFF is to be turned, 1 to 8."""
    tag = page.tags.get(ORIENTATION)
    return 1 if tag is None else _known(tag.value)


def _known(turn: object) -> int:
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def upright(array: NDArray[np.generic], turn: int) -> NDArray[np.generic]:
    """Return a picture as it is shown.

    Parameters
    ----------
    array : (rows, columns, ...) number
        As it is stored.
    turn : int
        1 to 8: where the first row and the first column are shown.

    References
    ----------
    TIFF 6.0 (Adobe 1992), tag 274; CIPA DC-008 (Exif), the same tag.

    Examples
    --------
    >>> upright(np.array([[1, 2, 3]]), 6).tolist()
    [[1], [2], [3]]
    >>> upright(np.array([[1, 2, 3]]), 8).tolist()
    [[3], [2], [1]]
    """
    if turn in (5, 6, 7, 8):
        array = np.swapaxes(array, 0, 1)
    if turn in (2, 3, 6, 7):
        array = array[:, ::-1]
    if turn in (3, 4, 7, 8):
        array = array[::-1]
    return np.ascontiguousarray(array)


def _read_tiff(path: Path) -> NDArray[np.generic]:
    tifffile = tiff_module()
    with damage_told(path, "TIFF"), tifffile.TiffFile(path) as opened:
        page = opened.pages[0]
        return upright(_as_light(np.asarray(opened.asarray()), page, path), page_orientation(page))


def _as_light(array: NDArray[Any], page: Any, path: Path) -> NDArray[np.generic]:
    """Return what a page of a TIFF holds as levels of light, ``(rows, columns)`` or with colours last."""
    photometric = page.photometric.name
    if photometric == "MINISWHITE" and array.dtype.kind == "u":
        return ~array
    if photometric == "PALETTE" and page.colormap is not None:
        return np.moveaxis(np.asarray(page.colormap)[:, array], 0, -1)
    if photometric not in ("MINISBLACK", "RGB", "YCBCR") and array.dtype != np.bool_:
        raise PictureError(f"{path} holds colours as {photometric}: save it in grey or as RGB")
    if page.planarconfig == 2 and array.ndim == 3 and array.shape[0] == page.samplesperpixel:
        return np.moveaxis(array, 0, -1)
    return array


def image_module() -> Any:
    """Return Pillow's module of pictures."""
    return _module("PIL.Image")


def tiff_module() -> Any:
    """Return tifffile."""
    return _module("tifffile")


_NEEDS: Mapping[str, str] = {"PIL.Image": "reading and writing pictures", "tifffile": "reading TIFF files"}


def _module(name: str) -> Any:
    return optional(name, _NEEDS[name], "histology")
