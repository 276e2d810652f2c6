"""What a phantom carries at its middle: a mass or cyst in or beside the nerve, with its true size. No image here.

Every lesion is an ellipsoid whose long axis is the normal of the slices. One inside the nerve is wrapped by it; one
beside it touches it, and may push it off its course. Simulated data.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ranvier.core import read_table

FloatArray = NDArray[np.float64]
Relation = Literal["inside", "beside"]
_SHEATH_MM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """An ellipsoid at the middle of a phantom; lengths in mm.

    Attributes
    ----------
    relation : str
        ``inside`` the nerve or ``beside`` it.
    radius_mm, half_length_mm : float
        In the plane of the slices and along their normal.
    offset_mm : float
        From the undisturbed middle of the nerve to that of the lesion, in one direction of the plane.
    push_mm : float
        How far the nerve yields the other way at most.
    rim, core : str
        Tissues; the core fills the inner half of the radius.
    """

    relation: Relation
    radius_mm: float
    half_length_mm: float
    offset_mm: float
    push_mm: float
    rim: str
    core: str

    @property
    def volume_mm3(self) -> float:
        """Volume of the ellipsoid."""
        return float(4 / 3 * np.pi * self.radius_mm**2 * self.half_length_mm)

    def radius_at(self, z_mm: FloatArray) -> FloatArray:
        """Return the radius at heights from the middle of the lesion, 0 beyond its ends."""
        share = 1 - (np.asarray(z_mm) / self.half_length_mm) ** 2
        return np.asarray(self.radius_mm * np.sqrt(np.maximum(share, 0.0)))

    def push_at(self, z_mm: FloatArray) -> FloatArray:
        """Return how far the nerve yields at heights from the middle of the lesion."""
        return np.asarray(self.push_mm * np.exp(-((np.asarray(z_mm) / (1.1 * self.half_length_mm)) ** 2)))

    def sheath_at(self, z_mm: float) -> float:
        """Return the radius of the nerve wrapped about a lesion inside it, 0 where there is none."""
        radius = float(self.radius_at(np.array([z_mm]))[0])
        return radius + _SHEATH_MM if self.relation == "inside" and radius > 0 else 0.0


def lesion_of(kind: str, mass_mm: float, calibre_mm: float) -> Lesion | None:
    """Return the lesion of a kind of phantom, None where it has none.

    Parameters
    ----------
    kind : str
        Of the phantom, as in ``data/phantom_lesions.csv``.
    mass_mm : float
        Diameter of the lesion in the plane of the slices.
    calibre_mm : float
        Diameter of the nerve.
    """
    columns = ("kind", "relation", "elongation", "offset_radii", "push", "rim", "core", "status", "source")
    rows = {row["kind"]: row for row in read_table("ranvier.imaging", "phantom_lesions.csv", columns)}
    if kind not in rows:
        return None
    row, radius = rows[kind], mass_mm / 2
    offset = float(row["offset_radii"]) * radius
    pushed = row["push"] == "yes"
    beside = row["relation"] == "beside" and not pushed
    return Lesion(
        relation="inside" if row["relation"] == "inside" else "beside",
        radius_mm=radius,
        half_length_mm=radius * float(row["elongation"]),
        offset_mm=radius + 0.45 * calibre_mm if beside else offset,
        push_mm=radius - offset + 0.5 * calibre_mm if pushed else 0.0,
        rim=row["rim"],
        core=row["core"],
    )
