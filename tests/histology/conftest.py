"""Drawn fibres with known measures, and the folder of real pictures."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

Labels = NDArray[np.int32]


@pytest.fixture(scope="session")
def histology_data() -> Path:
    """Return the folder of real pictures, or skip."""
    root = Path(os.environ.get("RANVIER_DATA", Path(__file__).parents[3] / "shared" / "data"))
    folder = root / "histology"
    if not folder.is_dir():
        pytest.skip(f"no real histology in {root}: set RANVIER_DATA")
    return folder


def discs(shape: tuple[int, int], *circles: tuple[float, float, float, float]) -> tuple[Labels, Labels]:
    """Draw fibres as (row, column, axon radius, fibre radius) in pixels."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    axons, myelin = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    for label, (row, column, inner, outer) in enumerate(circles, 1):
        distance = np.hypot(y - row, x - column)
        axons[distance <= inner] = label
        myelin[(distance > inner) & (distance <= outer)] = label
    return axons, myelin
