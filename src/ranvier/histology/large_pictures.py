"""Whole sections from files to grey pictures, band by band, so that no picture in colour is ever held as a whole.

PNG is read and written by bands of rows, TIFF by its own strips or tiles. Other formats are decoded as a whole first.
Colour becomes grey as the mean of red, green and blue, rounded to the integers of the file.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ranvier.histology.errors import PictureError
from ranvier.histology.pictures import (
    BROKEN,
    TIFF,
    damage_told,
    image_module,
    opened_picture,
    orientation,
    page_orientation,
    read_picture,
    tiff_module,
    upright,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BAND_BYTES = 1 << 25
CHUNK_BYTES = 1 << 20
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class PngHead:
    """What the head of a PNG says; `channels` are samples a pixel."""

    columns: int
    rows: int
    bits: int
    colour: int
    interlaced: bool

    @property
    def channels(self) -> int:
        """Samples of a pixel, 0 where they are places in a palette."""
        return CHANNELS.get(self.colour, 0)

    @property
    def row_bytes(self) -> int:
        """Bytes of a row with the byte of its filter."""
        return 1 + self.columns * self.channels * self.bits // 8

    @property
    def by_bands(self) -> bool:
        """Whether it can be read by bands: whole bytes, no palette, not interlaced."""
        return self.channels > 0 and self.bits in (8, 16) and not self.interlaced


def picture_size(path: Path) -> tuple[int, int]:
    """Return rows and columns of a picture without reading it, (0, 0) where that cannot be told.

    Parameters
    ----------
    path : Path
        PNG, JPEG or TIFF file.
    """
    try:
        if path.suffix.lower() in TIFF:
            tifffile = tiff_module()
            with tifffile.TiffFile(path) as opened:
                page = opened.pages[0]
                size, turn = (int(page.imagelength), int(page.imagewidth)), page_orientation(page)
        else:
            with opened_picture(path) as opened:
                size, turn = (int(opened.height), int(opened.width)), orientation(opened)
    except BROKEN:
        return 0, 0
    return (size[1], size[0]) if turn in (5, 6, 7, 8) else size


def read_grey(path: Path) -> NDArray[np.generic]:
    """Return a picture as grey levels, ``(rows, columns)``, in the integers that it was saved in.

    Parameters
    ----------
    path : Path
        PNG, JPEG or TIFF file with one picture.

    Raises
    ------
    PictureError
        If it cannot be read, or holds a stack.
    """
    if path.suffix.lower() in TIFF:
        return _read_tiff(path)
    with path.open("rb") as stream:
        head = _png_head(stream)
        if head is not None and head.by_bands:
            with damage_told(path), opened_picture(path) as opened:
                turn = orientation(opened)
            return upright(_read_png(path, stream, head), turn)
    return grey_of(read_picture(path))


def grey_of(picture: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return the mean of the colours, band by band, rounded where the picture holds integers.

    Examples
    --------
    >>> grey_of(np.array([[[1, 2, 6], [9, 9, 9]]], np.uint8))
    array([[3, 9]], dtype=uint8)
    """
    if picture.ndim == 2:
        return picture
    out = np.empty(picture.shape[:2], picture.dtype)
    rows = max(1, BAND_BYTES // max(1, picture[0].nbytes))
    for top in range(0, len(picture), rows):
        out[top : top + rows] = _mean(picture[top : top + rows])
    return out


def write_levels(path: Path, picture: NDArray[np.generic], level: int = 1) -> None:
    """Write where a picture has one level as an 8-bit PNG of 0 and 255, by bands.

    Parameters
    ----------
    path : Path
        File to write.
    picture : (rows, columns) bool or uint8
        Mask, or tissue of which one level is wanted.
    level : int
        Level that becomes 255.
    """
    rows, columns = picture.shape
    step = max(1, BAND_BYTES // max(1, columns))
    packer = zlib.compressobj(1)
    with path.open("wb") as stream:
        stream.write(SIGNATURE)
        _write_chunk(stream, b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0))
        for top in range(0, rows, step):
            band = picture[top : top + step] == level
            lines = np.zeros((len(band), columns + 1), np.uint8)
            lines[:, 1:] = np.where(band, np.uint8(255), np.uint8(0))
            _write_chunk(stream, b"IDAT", packer.compress(lines.tobytes()))
        _write_chunk(stream, b"IDAT", packer.flush())
        _write_chunk(stream, b"IEND", b"")


def _mean(colours: NDArray[Any]) -> NDArray[Any]:
    """Return the mean of up to three channels in the type of the picture; a last one of two or four is opacity."""
    used = colours.shape[2] - (colours.shape[2] in (2, 4))
    if used == 1:
        return colours[..., 0]
    if not np.issubdtype(colours.dtype, np.integer):
        return np.asarray(colours[..., :used].mean(axis=2), colours.dtype)
    total = colours[..., 0].astype(np.uint32)
    for channel in range(1, used):
        total += colours[..., channel]
    return np.asarray((2 * total + used) // (2 * used), colours.dtype)


def _read_tiff(path: Path) -> NDArray[np.generic]:
    tifffile = tiff_module()
    with damage_told(path, "TIFF"), tifffile.TiffFile(path) as opened:
        page = opened.pages[0]
        plain = page.photometric.name in ("MINISBLACK", "RGB") and page.dtype.kind in "uif"
        if not plain or len(opened.pages) > 1 or page.imagedepth > 1 or page.planarconfig != 1:
            return grey_of(read_picture(path))
        out = np.zeros((page.imagelength, page.imagewidth), page.dtype)
        if not out.size:
            raise PictureError(f"{path} holds no pixel")
        for data, index, shape in page.segments(maxworkers=1):
            if data is not None:
                top, left = index[-3:-1]
                part = out[top : top + shape[-3], left : left + shape[-2]]
                part[:] = _mean(data[0, : part.shape[0], : part.shape[1]])
        return upright(out, page_orientation(page))


def _png_head(stream: BinaryIO) -> PngHead | None:
    start = stream.read(33)
    if len(start) < 33 or not start.startswith(SIGNATURE) or start[12:16] != b"IHDR":
        return None
    columns, rows, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", start[16:29])
    return PngHead(columns=columns, rows=rows, bits=bits, colour=colour, interlaced=bool(interlaced))


def _read_png(path: Path, stream: BinaryIO, head: PngHead) -> NDArray[np.generic]:
    out = np.empty((head.rows, head.columns), np.uint8 if head.bits == 8 else np.uint16)
    top = 0
    last = b"\x00" * head.row_bytes
    with damage_told(path):
        for lines in _bands(stream, head):
            rows = _unfiltered(last + lines, head)[1:]
            out[top : top + len(rows)] = _mean(rows)
            top += len(rows)
            last = b"\x00" + rows[-1].astype(rows.dtype.newbyteorder(">")).tobytes()
    if top < head.rows:
        raise PictureError(f"{path} cannot be read as a picture: it ends after {top} of {head.rows} rows")
    return out


def _bands(stream: BinaryIO, head: PngHead) -> Iterator[bytes]:
    """Yield the filtered bytes of whole rows, some tens of megabytes at a time."""
    unpacker = zlib.decompressobj()
    size = head.row_bytes * max(1, BAND_BYTES // head.row_bytes)
    left = head.rows * head.row_bytes
    held = bytearray()
    for packed in _data(stream):
        rest = packed
        while rest and left:
            held += unpacker.decompress(rest, size)
            rest = unpacker.unconsumed_tail
            while len(held) >= min(size, left) > 0:
                whole = min(size, left)
                yield bytes(held[:whole])
                del held[:whole]
                left -= whole
    held += unpacker.flush()
    if left and len(held) >= head.row_bytes:
        yield bytes(held[: len(held) // head.row_bytes * head.row_bytes])


def _data(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the packed data of a PNG, from after its head to its end."""
    while True:
        start = stream.read(8)
        if len(start) < 8 or start[4:] == b"IEND":
            return
        (length,) = struct.unpack(">I", start[:4])
        if start[4:] != b"IDAT":
            stream.seek(length + 4, 1)
            continue
        while length:
            part = stream.read(min(length, CHUNK_BYTES))
            if not part:
                return
            length -= len(part)
            yield part
        stream.seek(4, 1)


def _unfiltered(lines: bytes, head: PngHead) -> NDArray[Any]:
    """Return rows from their filtered bytes: a PNG of these rows alone is decoded by Pillow."""
    number = len(lines) // head.row_bytes
    buffer = BytesIO()
    buffer.write(SIGNATURE)
    size = struct.pack(">IIBBBBB", head.columns, number, head.bits, head.colour, 0, 0, 0)
    _write_chunk(buffer, b"IHDR", size)
    _write_chunk(buffer, b"IDAT", zlib.compress(lines, 0))
    _write_chunk(buffer, b"IEND", b"")
    buffer.seek(0)
    if head.bits == 16 and head.channels > 1:
        raise ValueError("16 bits a channel in colour are not read: save it as TIFF or with 8 bits")
    with image_module().open(buffer) as opened:
        array = np.asarray(opened)
    array = array.astype(np.uint16) if head.bits == 16 else array
    return array.reshape(number, head.columns, head.channels)


def _write_chunk(stream: BinaryIO | BytesIO, name: bytes, data: bytes) -> None:
    if data or name != b"IDAT":
        stream.write(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)))
