"""Where a nerve is swollen as by a mass, by its calibre alone, and in which sections it is as usual."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.nerves.masses.records import mass_parameters
from ranvier.imaging.nerves.measurements import NerveMeasurement
from ranvier.imaging.nerves.parameters import nerve_parameters

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


def swollen_stretches(rows: Sequence[NerveMeasurement]) -> tuple[tuple[int, int], ...]:
    """Return the stretches whose own outline swells as by a mass, as first section and the one after the last.

    Parameters
    ----------
    rows : sequence of NerveMeasurement
        In order of their slices.
    """
    p, n = mass_parameters(), nerve_parameters()
    sure = np.array([m.confidence >= n["unsure_below"] and m.area_mm2 > 0 for m in rows], dtype=np.bool_)
    if sure.sum() < n["sure_sections"]:
        return ()
    area = np.array([m.area_mm2 for m in rows])
    ratio = area / own_area(area, sure)
    wide = ratio >= n["swelling_ratio"]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wide, [False]]).astype(np.int8)))
    out = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        inner = sure[start:stop] & (ratio[start:stop] >= p["calibre_ratio"])
        if start > 0 and stop < len(rows) and inner.any() and stop - start <= p["longest_share"] * len(rows):
            out.append((int(start), int(stop)))
    return tuple(out)


def own_area(area_mm2: FloatArray, sure: BoolArray) -> float:
    """Return the usual area of a nerve that may carry a mass along more than half of its sections, mm2.

    It is the median over the sure sections, or that over the outer ones where it is less: a mass that ends on both
    sides leaves these free.

    Parameters
    ----------
    area_mm2 : ndarray
        (S,)
    sure : ndarray
        (S,) bool, at least one.
    """
    whole = float(np.median(area_mm2[sure]))
    outer = sure & (np.abs(np.linspace(-1, 1, len(area_mm2))) > mass_parameters()["longest_share"])
    return min(whole, float(np.median(area_mm2[outer]))) if outer.sum() >= _FEWEST else whole


def usual_slices(count: int, swollen: Sequence[tuple[int, int]]) -> BoolArray:
    """Return which sections lie outside of swollen stretches and those next to them, (count,); all if few are left."""
    out = np.ones(count, dtype=np.bool_)
    for start, stop in swollen:
        out[max(start - 1, 0) : stop + 1] = False
    return out if out.sum() >= _FEWEST else np.ones(count, dtype=np.bool_)


_FEWEST = 3
