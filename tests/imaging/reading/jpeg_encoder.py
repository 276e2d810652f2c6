"""A naive encoder of lossless JPEG (ITU-T T.81, Annex H), bit by bit, for the tests of the decoder."""

import struct

import numpy as np
from numpy.typing import NDArray

FLAT = (5,) * 17
STEEP = (2, 3, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)


def codes_of(lengths: tuple[int, ...]) -> dict[int, str]:
    """Return the canonical code of each category, whose lengths must not fall."""
    codes, code, last = {}, 0, 0
    for category, length in enumerate(lengths):
        code <<= length - last
        codes[category] = format(code, f"0{length}b")
        code, last = code + 1, length
    return codes


def predict(image: NDArray[np.int64], i: int, j: int, predictor: int, start: int) -> int:
    """Return the prediction of one sample."""
    if i == 0 and j == 0:
        return start
    if i == 0:
        return int(image[0, j - 1])
    if j == 0:
        return int(image[i - 1, 0])
    a, b, c = int(image[i, j - 1]), int(image[i - 1, j]), int(image[i - 1, j - 1])
    return {1: a, 2: b, 3: c, 4: a + b - c, 5: a + (b - c) // 2, 6: b + (a - c) // 2, 7: (a + b) // 2}[predictor]


def encode(
    image: NDArray[np.uint16],
    *,
    precision: int = 16,
    predictor: int = 1,
    lengths: tuple[int, ...] = STEEP,
    shift: int = 0,
) -> bytes:
    """Return a code stream of one grey image."""
    samples = image.astype(np.int64) >> shift
    codes = codes_of(lengths)
    bits = []
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            start = 1 << (precision - shift - 1)
            difference = (int(samples[i, j]) - predict(samples, i, j, predictor, start)) % 65536
            difference -= 65536 if difference > 32768 else 0
            category = abs(difference).bit_length()
            bits.append(codes[category])
            if 0 < category < 16:
                bits.append(format(difference if difference > 0 else difference + (1 << category) - 1, f"0{category}b"))
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    data = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")
    counts = bytes(lengths.count(n) for n in range(1, 17))
    table = bytes([0]) + counts + bytes(range(17))
    rows, columns = image.shape
    return b"".join(
        (
            b"\xff\xd8",
            b"\xff\xc3" + struct.pack(">HBHHB3B", 11, precision, rows, columns, 1, 1, 0x11, 0),
            b"\xff\xc4" + struct.pack(">H", 2 + len(table)) + table,
            b"\xff\xda" + struct.pack(">HB2B3B", 8, 1, 1, 0, predictor, 0, shift),
            data,
            b"\xff\xd9",
        )
    )
