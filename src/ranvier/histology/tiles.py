"""Whole sections by tiles: memory is bounded by a tile and one byte a pixel for the result, each fibre counts once.

Tiles overlap by more than the largest fibre. A fibre belongs to the tile in whose core its axon has its middle; where
two tiles see the middle on different sides of their common line, the second is dropped because its pixels are taken.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from ranvier.histology.errors import SectionError
from ranvier.histology.fibres import FibreMeasures, check_pixel, measure_fibres
from ranvier.histology.parameters import SectionModality, section_parameters
from ranvier.histology.segmentation import Fibres, GreyRange, grey_range, segment_fibres

AXON, MYELIN = 255, 170
SEAM_PX = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TiledFibres:
    """Fibres of a whole section.

    `tissue` is ``(rows, columns) uint8``: 255 axon, 170 myelin, 0 else. `fibres` are measured in their tiles and
    numbered from 1; labels are not kept.
    """

    tissue: NDArray[np.uint8]
    fibres: tuple[FibreMeasures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    found: Fibres
    measured: tuple[FibreMeasures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile: `core` are the rows and columns that it answers for, `window` those that are read."""

    core: tuple[slice, slice]
    window: tuple[slice, slice]


def segment_tiles(
    image: NDArray[np.generic],
    *,
    pixel_um: float,
    kind: SectionModality,
    tile_px: int | None = None,
    jobs: int = 1,
) -> TiledFibres:
    """Segment and measure a section tile by tile.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) number
        Picture; a memory map is read tile by tile.
    pixel_um : float
        Side of a pixel in micrometres.
    kind : {"bright_field", "sem", "tem"}
        How the picture was taken.
    tile_px : int, optional
        Side of the core of a tile in pixels, by default that in ``data/section.csv``.
    jobs : int
        Tiles that are worked on at once, each in a process of its own from two on; a script that asks for them needs
        the usual ``if __name__ == "__main__"``. The result does not depend on it.

    Raises
    ------
    SectionError
        If a tile is smaller than the overlap, or as for `segment_fibres`.
    """
    check_pixel(pixel_um)
    settings = section_parameters()
    side = tile_px or int(settings["tile_px"])
    overlap = int(np.ceil(settings["tile_overlap_um"] / pixel_um))
    if side < overlap:
        raise SectionError(f"a tile of {side} pixels is smaller than the overlap of {overlap}: take larger tiles")
    whole = grey_range(image, kind) if min(image.shape[:2]) >= 16 else None
    tissue = np.zeros(image.shape[:2], np.uint8)
    fibres: list[FibreMeasures] = []
    every = tiles((image.shape[0], image.shape[1]), side, overlap)
    read = partial(_read, pixel_um=pixel_um, kind=kind, of=whole)
    for tile, result in _results(image, every, read, jobs):
        _settle(tile, result, pixel_um, tissue, fibres)
    return TiledFibres(tissue=tissue, fibres=tuple(fibres))


def _results(
    image: NDArray[np.generic],
    every: Iterator[Tile],
    read: Callable[[NDArray[np.generic]], _Result | None],
    jobs: int,
) -> Iterator[tuple[Tile, _Result | None]]:
    """Yield the result of each tile in order; no more are held than are worked on."""
    if jobs < 2:
        for tile in every:
            yield tile, read(image[tile.window])
        return
    with ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn")) as pool:
        waiting: deque[tuple[Tile, Future[_Result | None]]] = deque()
        for tile in every:
            waiting.append((tile, pool.submit(read, np.ascontiguousarray(image[tile.window]))))
            if len(waiting) > jobs:
                first, future = waiting.popleft()
                yield first, future.result()
        for tile, future in waiting:
            yield tile, future.result()


def _read(part: NDArray[np.generic], *, pixel_um: float, kind: SectionModality, of: GreyRange | None) -> _Result | None:
    if np.ptp(part) == 0:
        return None
    found = segment_fibres(part, pixel_um=pixel_um, kind=kind, of=of)
    return _Result(found=found, measured=measure_fibres(found.axons, found.myelin, pixel_um, found.probability))


def _settle(
    tile: Tile,
    result: _Result | None,
    pixel_um: float,
    tissue: NDArray[np.uint8],
    fibres: list[FibreMeasures],
) -> None:
    """Take over the fibres that a tile answers for."""
    if result is None:
        return
    axons, myelin, here = result.found.axons, result.found.myelin, tissue[tile.window]
    kept = [fibre for fibre in result.measured if _answers_for(tile, fibre, pixel_um)]
    kept = _not_taken(kept, axons, here)
    _paint(kept, axons, myelin, here)
    named = enumerate(kept, len(fibres) + 1)
    fibres.extend([_moved(fibre, tile, pixel_um, label, tissue.shape) for label, fibre in named])


def tiles(shape: tuple[int, int], side: int, overlap: int) -> Iterator[Tile]:
    """Yield tiles whose cores part the picture without gap or overlap.

    Examples
    --------
    >>> [t.core[1].stop for t in tiles((10, 25), 10, 2)]
    [12, 25]
    """
    cuts = [np.linspace(0, n, max(1, round(n / side)) + 1).astype(int) for n in shape]
    for top, bottom in zip(cuts[0], cuts[0][1:], strict=False):
        for left, right in zip(cuts[1], cuts[1][1:], strict=False):
            yield Tile(
                core=(slice(int(top), int(bottom)), slice(int(left), int(right))),
                window=(
                    slice(max(0, int(top) - overlap), min(shape[0], int(bottom) + overlap)),
                    slice(max(0, int(left) - overlap), min(shape[1], int(right) + overlap)),
                ),
            )


def _answers_for(tile: Tile, fibre: FibreMeasures, pixel_um: float) -> bool:
    row = fibre.y_um / pixel_um + tile.window[0].start
    column = fibre.x_um / pixel_um + tile.window[1].start
    within = (tile.core[0].start - SEAM_PX <= row < tile.core[0].stop + SEAM_PX) and (
        tile.core[1].start - SEAM_PX <= column < tile.core[1].stop + SEAM_PX
    )
    return bool(within)


def _not_taken(fibres: list[FibreMeasures], axons: NDArray[np.int32], tissue: NDArray[np.uint8]) -> list[FibreMeasures]:
    """Leave out fibres half of whose axon another tile has painted already."""
    size = np.bincount(axons.ravel())
    taken = np.bincount(axons[tissue == AXON], minlength=len(size))
    return [fibre for fibre in fibres if 2 * taken[fibre.label] < size[fibre.label]]


def _paint(
    fibres: list[FibreMeasures], axons: NDArray[np.int32], myelin: NDArray[np.int32], tissue: NDArray[np.uint8]
) -> None:
    keep = np.zeros(int(max(axons.max(initial=0), myelin.max(initial=0))) + 1, np.bool_)
    keep[[fibre.label for fibre in fibres]] = True
    keep[0] = False
    tissue[keep[myelin] & (tissue != AXON)] = MYELIN
    tissue[keep[axons]] = AXON


def _moved(fibre: FibreMeasures, tile: Tile, pixel_um: float, label: int, shape: tuple[int, ...]) -> FibreMeasures:
    """Return a fibre in the coordinates of the section; only the border of the section cuts it."""
    x_um = fibre.x_um + tile.window[1].start * pixel_um
    y_um = fibre.y_um + tile.window[0].start * pixel_um
    outer = max(fibre.fibre_diameter_um, 1.0) * 2
    near = min(x_um, y_um, shape[1] * pixel_um - x_um, shape[0] * pixel_um - y_um) < outer
    return replace(fibre, label=label, x_um=x_um, y_um=y_um, touches_border=fibre.touches_border and near)
