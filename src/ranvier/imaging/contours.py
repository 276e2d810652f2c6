"""Closed contours of a smooth map at a level, between the samples (marching squares, linear between neighbours)."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
_Edge = tuple[int, int, int]
# For each of the 16 corner patterns (bits: lower left 1, lower right 2, upper right 4, upper left 8, in i then j),
# the pairs of cell edges (0 bottom, 1 right, 2 top, 3 left) joined by a line with the inside on its left.
_LINES: tuple[tuple[tuple[int, int], ...], ...] = (
    (),
    ((0, 3),),
    ((1, 0),),
    ((1, 3),),
    ((2, 1),),
    ((0, 3), (2, 1)),
    ((2, 0),),
    ((2, 3),),
    ((3, 2),),
    ((0, 2),),
    ((1, 0), (3, 2)),
    ((1, 2),),
    ((3, 1),),
    ((0, 1),),
    ((3, 0),),
    (),
)


def longest_contour(values: NDArray[np.floating], level: float) -> FloatArray:
    """Return the contour around the largest area at a level.

    Parameters
    ----------
    values : ndarray
        (n, m) map; what lies beyond its border counts as below the level.
    level : float
        Level of the contour.

    Returns
    -------
    ndarray
        (k, 2) points in index coordinates, first and last not repeated, anticlockwise in (i, j); (0, 2) if none.

    Examples
    --------
    >>> import numpy as np
    >>> peak = np.zeros((3, 3))
    >>> peak[1, 1] = 1.0
    >>> longest_contour(peak, 0.5).tolist()
    [[1.0, 0.5], [1.5, 1.0], [1.0, 1.5], [0.5, 1.0]]
    """
    loops = _loops(np.pad(np.asarray(values, dtype=np.float64), 1, constant_values=level - 1.0), level)
    if not loops:
        return np.empty((0, 2))
    return max(loops, key=polygon_area) - 1.0


def all_contours(values: NDArray[np.floating], level: float) -> list[FloatArray]:
    """Return every contour of a map at a level, each (k, 2) points in index coordinates; holes run clockwise.

    Parameters
    ----------
    values : ndarray
        (n, m) map; what lies beyond its border counts as below the level.
    level : float
        Level of the contours.
    """
    padded = np.pad(np.asarray(values, dtype=np.float64), 1, constant_values=level - 1.0)
    return [loop - 1.0 for loop in _loops(padded, level)]


def polygon_area(points: FloatArray) -> float:
    """Return the area within a closed polygon of (k, 2) points; negative if they run clockwise."""
    x, y = points[:, 0], points[:, 1]
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def filled(points: FloatArray, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return which samples of a grid lie within a closed polygon, by the even-odd rule.

    Parameters
    ----------
    points : ndarray
        (k, 2) in index coordinates.
    shape : tuple of int
        Of the grid.

    Examples
    --------
    >>> import numpy as np
    >>> int(filled(np.array([[0.5, 0.5], [2.5, 0.5], [2.5, 2.5], [0.5, 2.5]]), (4, 4)).sum())
    4
    """
    i, j = np.arange(shape[0])[:, None], np.arange(shape[1])[None, :]
    out = np.zeros(shape, dtype=np.bool_)
    for (i0, j0), (i1, j1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        if i0 != i1:
            crossed = (i0 > i) != (i1 > i)
            out ^= crossed & (j < j0 + (i - i0) * (j1 - j0) / (i1 - i0))
    return out


def _loops(values: FloatArray, level: float) -> list[FloatArray]:
    above = values > level
    code = above[:-1, :-1] + 2 * above[1:, :-1] + 4 * above[1:, 1:] + 8 * above[:-1, 1:]
    following: dict[_Edge, _Edge] = {}
    for i, j in np.argwhere((code > 0) & (code < 15)).tolist():
        for start, end in _LINES[code[i, j]]:
            following[_edge(i, j, start)] = _edge(i, j, end)
    loops = []
    while following:
        first, edge = following.popitem()
        chain = [first]
        while edge != first:
            chain.append(edge)
            edge = following.pop(edge)
        loops.append(np.array([_crossing(values, level, e) for e in _from_lowest(chain)]))
    return loops


def _from_lowest(chain: list[_Edge]) -> list[_Edge]:
    start = chain.index(min(chain, key=lambda e: (e[1], e[0], e[2])))
    return chain[start:] + chain[:start]


def _edge(i: int, j: int, side: int) -> _Edge:
    return ((i, j, 0), (i + 1, j, 1), (i, j + 1, 0), (i, j, 1))[side]


def _crossing(values: FloatArray, level: float, edge: _Edge) -> tuple[float, float]:
    i, j, axis = edge
    low = values[i, j]
    high = values[i + 1, j] if axis == 0 else values[i, j + 1]
    part = float((level - low) / (high - low))
    return (i + part, float(j)) if axis == 0 else (float(i), j + part)
