"""Settings of the maps, from ``imaging/data/maps.csv``, and the peaks of fat from ``fat_peaks.csv``."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ranvier.core import read_table

_COLUMNS = ("name", "value", "unit", "status", "source", "meaning")


@cache
def map_parameters() -> Mapping[str, float]:
    """Return the settings by name."""
    return {row["name"]: float(row["value"]) for row in read_table("ranvier.imaging", "maps.csv", _COLUMNS)}


@cache
def fat_peaks() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shift of each peak of fat from water in ppm and its share of the signal, (n,) each."""
    rows = read_table("ranvier.imaging", "fat_peaks.csv", ("shift_ppm", "share", "status", "source"))
    share = np.array([float(row["share"]) for row in rows])
    return np.array([float(row["shift_ppm"]) for row in rows]), share / share.sum()
