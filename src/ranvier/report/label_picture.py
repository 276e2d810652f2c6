"""One slice of a map in grey with the outlines of labels over it, numbered by label."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.contours import all_contours, polygon_area
from ranvier.report.grey_picture import grey_levels, png_address
from ranvier.report.svg import picture, text

_SIZE, _LINE = 9.0, 0.9
_LETTERS, _LINES = 14.0, 250.0


def label_slice(
    values: NDArray[np.float64],
    rims: Mapping[int, NDArray[np.bool_]],
    spacing: NDArray[np.float64],
    title: str = "Slice with muscles",
) -> str:
    """Return one slice of the picture, first index axis to the right, second upwards, with numbered outlines."""
    shown = values.astype(np.float32)
    address = png_address(grey_levels(shown.T[::-1], np.array([0.0, 1.0], dtype=np.float32)))
    width, height = shown.shape[0] * spacing[0], shown.shape[1] * spacing[1]
    body = [f'<image href="{address}" width="{width:.1f}" height="{height:.1f}" preserveAspectRatio="none"/>']
    size, line = min(_SIZE, width / _LETTERS), min(_LINE, width / _LINES)
    for value, rim in rims.items():
        loops = [loop for loop in all_contours(rim.astype(np.float32), 0.5) if polygon_area(loop) > 0]
        for loop in loops:
            x, y = (loop[:, 0] + 0.5) * spacing[0], height - (loop[:, 1] + 0.5) * spacing[1]
            points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
            body.append(f'<polygon points="{points}" fill="none" stroke="#ffd400" stroke-width="{line:.2f}"/>')
        if loops:
            middle = max(loops, key=polygon_area).mean(axis=0)
            place = ((middle[0] + 0.5) * spacing[0], height - (middle[1] + 0.5) * spacing[1])
            halo = f'fill="#fff" stroke="#000" stroke-width="{size / 7:.2f}" paint-order="stroke"'
            body.append(text(place[0], place[1] + 3, str(value), size=size, anchor="middle", extra=halo))
    return picture((0, 0, float(width), float(height)), title, "Outlines are numbered by label", body)
