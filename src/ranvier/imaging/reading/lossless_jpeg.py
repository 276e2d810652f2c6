"""Decoder of lossless JPEG (ITU-T T.81, Annex H), the commonest compression of archived MR images.

Of the usual libraries only copyleft ones decode it. One component, one scan, no restart intervals: what DICOM writers
make for grey images. The code lengths are looked up at every bit at once; only the walk from code to code is a loop.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ranvier.core import UnreadableImageError

_START, _TABLE, _FRAME, _SCAN, _RESTART = 0xD8, 0xC4, 0xC3, 0xDA, 0xDD
_WINDOW = 32
_CODE = 16
_WRAP = 1 << 16

_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scan:
    shape: tuple[int, int]
    precision: int
    lengths: _Ints
    categories: _Ints
    predictor: int
    shift: int
    data: bytes


def decode_lossless_jpeg(raw: bytes) -> NDArray[np.uint16]:
    """Return the samples of a lossless JPEG image.

    Parameters
    ----------
    raw : bytes
        The whole code stream.

    Returns
    -------
    ndarray
        (rows, columns) uint16.

    Raises
    ------
    UnreadableImageError
        If it is cut short, damaged or of a kind that is not read here.

    References
    ----------
    ITU-T Recommendation T.81 (1992), Annexes C, F.2.2 and H.
    """
    try:
        scan = _parse(raw)
    except (struct.error, IndexError, ValueError) as error:
        if isinstance(error, UnreadableImageError):
            raise
        raise UnreadableImageError("a lossless JPEG image is damaged: its header makes no sense") from None
    differences = _differences(scan)
    samples = _left(scan, differences) if scan.predictor == 1 else _any(scan, differences)
    return np.asarray((samples % _WRAP) << scan.shift, dtype=np.uint16)


def _parse(raw: bytes) -> _Scan:
    if raw[:2] != bytes((0xFF, _START)):
        raise UnreadableImageError("pixels that should be lossless JPEG are something else")
    tables: dict[int, tuple[_Ints, _Ints]] = {}
    at, frame = 2, None
    while True:
        if raw[at] != 0xFF:
            raise UnreadableImageError("a lossless JPEG image is damaged: a marker is not where it should be")
        marker = raw[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", raw, at + 2)
        body = raw[at + 4 : at + 2 + length]
        at += 2 + length
        if marker == _TABLE:
            tables |= _huffman_tables(body)
        elif marker == _FRAME:
            frame = struct.unpack_from(">BHHB", body)
        elif marker == _RESTART and any(body):
            raise UnreadableImageError("a lossless JPEG image has restart intervals, which are not read here")
        elif 0xC0 <= marker <= 0xCF and marker != 0xCC:
            raise UnreadableImageError("a JPEG image says it is lossless but is not")
        elif marker == _SCAN:
            return _scan(frame, tables, body, raw[at:])


def _scan(frame: tuple[int, ...] | None, tables: dict[int, tuple[_Ints, _Ints]], body: bytes, data: bytes) -> _Scan:
    if frame is None or frame[3] != 1 or body[0] != 1:
        raise UnreadableImageError("a lossless JPEG image has several components; one (grey) is read here")
    precision, rows, columns = frame[:3]
    table, predictor, shift = body[2] >> 4, body[3], body[5] & 15
    if table not in tables or not 1 <= predictor <= 7 or not 2 <= precision <= 16 or shift >= precision:
        raise UnreadableImageError("a lossless JPEG image is damaged: its scan header makes no sense")
    if not rows or not columns:
        raise UnreadableImageError("a lossless JPEG image does not state its size")
    lengths, categories = tables[table]
    return _Scan(
        shape=(rows, columns),
        precision=precision,
        lengths=lengths,
        categories=categories,
        predictor=predictor,
        shift=shift,
        data=data,
    )


def _huffman_tables(body: bytes) -> dict[int, tuple[_Ints, _Ints]]:
    """Return, by table number, the code length and category of every possible next 16 bits (length 0: no code)."""
    tables = {}
    at = 0
    while at < len(body):
        counts = body[at + 1 : at + 17]
        values = body[at + 17 : at + 17 + sum(counts)]
        if len(counts) != _CODE or len(values) != sum(counts):
            raise UnreadableImageError("a lossless JPEG image is damaged: a code table is cut short")
        lengths, categories = np.zeros(_WRAP, dtype=np.int64), np.zeros(_WRAP, dtype=np.int64)
        start = taken = 0
        for length, count in enumerate(counts, 1):
            for value in values[taken : taken + count]:
                stop = start + (1 << (_CODE - length))
                lengths[start:stop], categories[start:stop] = length, value
                start = stop
            taken += count
        if start > _WRAP or max(values, default=0) > 16:
            raise UnreadableImageError("a lossless JPEG image is damaged: a code table makes no sense")
        tables[body[at] & 15] = lengths, categories
        at += 17 + len(values)
    return tables


def _differences(scan: _Scan) -> _Ints:
    """Return the coded differences, (rows, columns)."""
    window = _windows(scan.data)
    code = window >> (_WINDOW - _CODE)
    lengths, categories = scan.lengths[code], scan.categories[code]
    extra_bits = np.where(categories == _CODE, 0, categories)
    extra = (window >> (_WINDOW - lengths - extra_bits)) & ((1 << extra_bits) - 1)
    negative = (extra_bits > 0) & (extra < (1 << np.maximum(extra_bits - 1, 0)))
    values = np.where(negative, extra - (1 << extra_bits) + 1, extra)
    values[categories == _CODE] = _WRAP // 2
    places = _walk(lengths, lengths + extra_bits, scan.shape[0] * scan.shape[1])
    return np.asarray(values[places].reshape(scan.shape), dtype=np.int64)


def _windows(data: bytes) -> _Ints:
    """Return the 32 bits that follow each bit of the entropy-coded data (up to its end marker)."""
    end = 0
    while (end := data.find(b"\xff", end)) >= 0 and data[end + 1 : end + 2] == b"\0":
        end += 2
    plain = (data[:end] if end >= 0 else data).replace(b"\xff\0", b"\xff")
    octets = np.frombuffer(plain + bytes(4), dtype=np.uint8).astype(np.int64)
    count = len(plain)
    forty = np.zeros(count, dtype=np.int64)
    for number in range(5):
        forty = forty << 8 | octets[number : number + count]
    return np.asarray((forty[:, None] >> (8 - np.arange(8))) & ((1 << _WINDOW) - 1), dtype=np.int64).ravel()


def _walk(lengths: _Ints, steps: _Ints, count: int) -> list[int]:
    """Return where each of `count` codes starts."""
    stride: list[int] = np.where(lengths > 0, steps, 1 << 40).tolist()
    places = []
    at, end = 0, len(stride)
    for _ in range(count):
        if at >= end:
            raise UnreadableImageError("a lossless JPEG image is cut short or damaged")
        places.append(at)
        at += stride[at]
    if at > end:
        raise UnreadableImageError("a lossless JPEG image is cut short or damaged")
    return places


def _left(scan: _Scan, differences: _Ints) -> _Ints:
    """Undo the prediction from the left (the first column from above)."""
    samples = differences.copy()
    samples[0, 0] += 1 << (scan.precision - scan.shift - 1)
    samples[:, 0] = np.cumsum(samples[:, 0])
    return np.asarray(np.cumsum(samples, axis=1), dtype=np.int64)


def _any(scan: _Scan, differences: _Ints) -> _Ints:
    """Undo any of the seven predictions, sample by sample."""
    rows = [[int(v) for v in row] for row in differences]
    rows[0][0] += 1 << (scan.precision - scan.shift - 1)
    for j in range(1, len(rows[0])):
        rows[0][j] = (rows[0][j] + rows[0][j - 1]) % _WRAP
    for above, row in pairwise(rows):
        row[0] = (row[0] + above[0]) % _WRAP
        for j in range(1, len(row)):
            row[j] = (row[j] + _predicted(scan.predictor, row[j - 1], above[j], above[j - 1])) % _WRAP
    return np.array(rows, dtype=np.int64)


def _predicted(predictor: int, left: int, above: int, corner: int) -> int:
    """Return the prediction of Table H.1."""
    return (
        left,
        above,
        corner,
        left + above - corner,
        left + ((above - corner) >> 1),
        above + ((left - corner) >> 1),
        (left + above) >> 1,
    )[predictor - 1]
