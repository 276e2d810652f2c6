"""The lumbar T2 image without labels: outlines set by eye, measured as a label map.

Discs and bodies are polygons of the midsagittal plane drawn out to both sides, the dural sac is an ellipse in each
slice. By eye, not by an expert: it shows that the levels of a real image come out plausible, no more. There are no
arches, so no foramina. Level names count five lumbar vertebrae from the lowest disc. Run with
``python bench/lumbar.py``.
"""

import json
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.reading import read_series
from ranvier.imaging.spine import SpineLabel, measure_spine, spine_maps
from ranvier.imaging.spine.writing import level_row
from ranvier.imaging.volume import Volume
from ranvier.report.spine_page import render_spine_page

OUT = Path(__file__).parent / "results" / "lumbar.json"
Points = tuple[tuple[float, float], ...]
#: Upper and lower edge of each disc from the rear to the front, (y, z) voxels.
DISCS: dict[str, tuple[Points, Points]] = {
    "T11/T12": (((75.9, 189), (88, 190.6), (104, 190)), ((75.9, 186.8), (88, 185.1), (104.5, 186.8))),
    "T12/L1": (((78.6, 162.6), (90, 164.8), (107, 165.5)), ((78.6, 160.4), (90, 158.6), (108.5, 160.8))),
    "L1/L2": (((82.3, 135.7), (95, 137.6), (112, 139)), ((82.5, 131.2), (96, 131), (112.5, 131.6))),
    "L2/L3": (((88.3, 105.5), (100, 106.8), (116.5, 108.2)), ((88.7, 100), (101, 99.6), (117, 100.7))),
    "L3/L4": (((94, 71.8), (108, 74.3), (123.5, 76.3)), ((94.4, 66.9), (107, 66.4), (124, 68.9))),
    "L4/L5": (((99.4, 39.8), (115, 41.1), (131.5, 41.1)), ((99.8, 32.3), (115, 32.6), (132, 33))),
}
#: Middle of the rear and of the front wall of each body.
WALLS: dict[str, Points] = {
    "T11": ((74.5, 199), (101.5, 199)),
    "T12": ((76.9, 175), (101.7, 175)),
    "L1": ((80.2, 148), (106.4, 149)),
    "L2": ((86.5, 118), (113.9, 119)),
    "L3": ((92.2, 87), (118.6, 87)),
    "L4": ((97.6, 53), (126, 53)),
    "L5": ((103.7, 18), (133.5, 18)),
}
#: Midline (x) and middle of the sac (y) at heights.
MIDLINE = ((5, 28.5), (60, 28), (100, 26.5), (140, 24.5), (190, 24))
SAC = ((5, 96), (36, 91.3), (52, 88.4), (69, 86), (102, 80), (133, 74.3), (160, 71.2), (195, 68))
HALF_WIDTH = ((36, 10.5), (52, 11.6), (69, 10.5), (102, 9), (133, 7.0), (160, 6.4), (195, 6.4))
HALF_AP = ((36, 7.4), (52, 8.4), (69, 7.5), (102, 7), (133, 6.9), (160, 6.5), (195, 6.5))


def _filled(points: Points, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the voxels whose middle lies within a polygon, by the even-odd rule."""
    y, z = np.meshgrid(np.arange(shape[0]), np.arange(shape[1]), indexing="ij")
    inside = np.zeros(shape, dtype=np.bool_)
    for (y1, z1), (y2, z2) in zip(points, (*points[1:], points[0]), strict=True):
        crosses = (z1 > z) != (z2 > z)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crosses & (y < y1 + (z - z1) * (y2 - y1) / (z2 - z1))
    return inside


def _bodies() -> dict[str, Points]:
    names, discs = list(WALLS), list(DISCS.values())
    out = {}
    for n, name in enumerate(names):
        rear, front = WALLS[name]
        top = discs[n - 1][1] if n else ((rear[0], 200.0), (front[0], 200.0))
        bottom = discs[n][0] if n < len(discs) else ((105.0, 7.0), (133.0, 5.0))
        out[name] = (*top, front, *reversed(bottom), rear)
    return out


def label_map(image: Volume) -> tuple[Volume, dict[int, SpineLabel]]:
    """Return the label map and its table."""
    values = np.zeros(image.values.shape, dtype=np.float32)
    table: dict[int, SpineLabel] = {}
    plane = (image.values.shape[1], image.values.shape[2])
    z = np.arange(plane[1])
    middle = np.interp(z, *zip(*MIDLINE, strict=True))
    across = np.abs(np.arange(image.values.shape[0])[:, None, None] - middle[None, None, :]) <= 13
    shapes = [("vertebra", n, p) for n, p in _bodies().items()]
    shapes += [("disc", n, (*upper, *reversed(lower))) for n, (upper, lower) in DISCS.items()]
    for number, (structure, level, points) in enumerate(shapes, 2):
        values[across & _filled(points, plane)[None]] = number
        table[number] = SpineLabel(value=number, name=level, structure=structure, level=level)
    values[_sac(image) & (values == 0)] = 1
    table[1] = SpineLabel(value=1, name="dural sac", structure="canal")
    return Volume(values=values, affine=image.affine), table


def _sac(image: Volume) -> NDArray[np.bool_]:
    """Return the sac as an ellipse in each slice."""
    x, y, z = np.meshgrid(*(np.arange(n) for n in image.values.shape), indexing="ij")
    at = [np.interp(z, *zip(*table, strict=True)) for table in (MIDLINE, SAC, HALF_WIDTH, HALF_AP)]
    return np.asarray(((x - at[0]) / at[2]) ** 2 + ((y - at[1]) / at[3]) ** 2 <= 1)


def main() -> None:
    """Measure, print and write; with ``LUMBAR_PAGE`` set, write the page there too."""
    image = read_series(Path(os.environ["RANVIER_DATA"]) / "mri" / "lumbar_t2" / "t2_lumbar.nii.gz").volume
    labels, table = label_map(image)
    maps = spine_maps(labels, table, image=image)
    report = measure_spine(maps, canal="dural_sac")
    result = {
        "levels": [
            {k: round(v, 2) if isinstance(v, float) else v for k, v in level_row(one).items()}
            for one in report.measured.levels
        ],
        "standouts": [s.text for s in report.standouts],
        "verdicts": [v.text for v in report.verdicts if v.narrow is not None],
        "notes": list(report.measured.notes),
    }
    OUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
    if os.environ.get("LUMBAR_PAGE"):
        Path(os.environ["LUMBAR_PAGE"]).write_text(render_spine_page(report, maps, image), encoding="utf-8")


if __name__ == "__main__":
    main()
