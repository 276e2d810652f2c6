"""A mass or cyst at a nerve, as measured; and the settings of the search from ``imaging/data/masses.csv``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ranvier.core import read_table

FloatArray = NDArray[np.float64]
MassRelation = Literal["inside", "beside", "touching"]
MassFoundBy = Literal["signal", "calibre", "displacement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mass:
    """A region at a nerve that is bounded on all sides and differs from all that is usual along it.

    Attributes
    ----------
    found_by : str
        ``signal`` (brighter than all usual tissue near the nerve), ``calibre`` (the outline itself swells) or
        ``displacement`` (the nerve gives way to tissue that is as bright as usual, but thicker).
    first_slice, last_slice : int
    x_mm, y_mm, z_mm : float
        Centre of gravity, RAS+.
    longest_mm, shortest_mm : float
        Of its three extents: longest and shortest diameter in the largest slice, and length across the slices.
    length_mm : float
        Across the slices; true to about one slice.
    volume_mm3 : float
        Partly filled voxels by their share.
    signal : float
        Median within, units of the image.
    to_nerve, to_surroundings : float or None
        Signal over that of the nerve in its other sections, and over that of the tissue about the mass.
    evenness : float
        Spread over mean of the smoothed signal within.
    even : bool
        Little spread within and no target sign.
    target_sign : bool or None
        Bright rim about a darker centre; None where the voxels or the weighting do not let it be told.
    fluid_like : bool or None
        Even and as bright against the nerve as fluid; None where the weighting is not T2 or STIR.
    relation : str
        ``inside`` the nerve or not separable from it, ``beside`` it, or ``touching``: neither can be told.
    eccentricity : float
        Distance of its middle from the undisturbed course of the nerve in its own radii.
    pushes_mm : float
        How far the nerve lies off its undisturbed course at the mass.
    kind : str
        Kind of image finding of the case format.
    likely : bool
        False where a doubt is severe: then nothing enters the graph.
    reasons, doubts : tuple of str
    contours : tuple of (int, ndarray)
        Slice and (n, 2) outline in index coordinates of the slice plane.
    references : tuple of (str, float)
        Signal of the mass over that of each named tissue; empty where it was seen on a further series.
    series : str
        The further series on which it was seen, empty for the outlined one; its signals are of that series.
    """

    found_by: MassFoundBy
    first_slice: int
    last_slice: int
    x_mm: float
    y_mm: float
    z_mm: float
    longest_mm: float
    shortest_mm: float
    length_mm: float
    volume_mm3: float
    signal: float
    to_nerve: float | None
    to_surroundings: float | None
    evenness: float
    even: bool
    target_sign: bool | None
    fluid_like: bool | None
    relation: MassRelation
    eccentricity: float
    pushes_mm: float
    kind: str
    likely: bool
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    contours: tuple[tuple[int, FloatArray], ...] = ()
    references: tuple[tuple[str, float], ...] = ()
    series: str = ""

    @property
    def text(self) -> str:
        """In words, with size and place."""
        name = {
            "intraneural_cyst": "cyst within the nerve",
            "mass_cystic": "cyst beside the nerve",
            "mass_nerve_sheath": "mass of the nerve",
            "mass_extrinsic": "mass beside the nerve",
        }[self.kind]
        at = f"slice {self.first_slice}" if self.first_slice == self.last_slice else ""
        where = at or f"slices {self.first_slice} to {self.last_slice}"
        size = f"{self.longest_mm:.0f} x {self.shortest_mm:.0f} mm, {self.volume_mm3 / 1000:.1f} ml"
        target = ", bright rim about a darker centre (target sign)" if self.target_sign else ""
        place = " (inside or beside is not clear)" if self.relation == "touching" else ""
        return f"{'' if self.likely else 'possible '}{name}{place} in {where}: {size}{target}"


@cache
def mass_parameters() -> Mapping[str, float]:
    """Return the settings by name."""
    rows = read_table("ranvier.imaging", "masses.csv", ("name", "value", "unit", "status", "source", "meaning"))
    return {row["name"]: float(row["value"]) for row in rows}
