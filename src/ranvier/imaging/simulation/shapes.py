"""Shapes on a fine square canvas: closed outlines, ellipses, smooth fields. No tissue and no nerve here."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.resampling import resampling_matrix

Image = NDArray[np.float32]
Point = NDArray[np.float64]
_ANGLES = 360


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """A fine square grid about the middle of a patch.

    Attributes
    ----------
    axis_mm : ndarray
        (n,) float32, mm from the middle of the patch, the same along both axes.
    values : ndarray
        (n, n) float32 signal, painted in place.
    """

    axis_mm: Image
    values: Image

    @property
    def step_mm(self) -> float:
        """Distance between neighbouring samples, mm."""
        return float(self.axis_mm[1] - self.axis_mm[0])

    @property
    def half_mm(self) -> float:
        """Half of the side, mm."""
        return float(self.axis_mm[-1]) + self.step_mm / 2

    def window(self, centre_mm: Point, reach_mm: float) -> tuple[slice, slice]:
        """Return the index ranges that hold all points within a distance; empty where it lies outside."""
        ranges = [
            np.searchsorted(self.axis_mm, [c - reach_mm - self.step_mm, c + reach_mm + self.step_mm]) for c in centre_mm
        ]
        return slice(int(ranges[0][0]), int(ranges[0][1])), slice(int(ranges[1][0]), int(ranges[1][1]))

    def mix(self, where: tuple[slice, slice], share: Image, level: Image | float) -> None:
        """Replace a share of the signal within a window by a level."""
        part = self.values[where]
        part += share * (level - part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedOutline:
    """A closed curve that is seen whole from its centre.

    Attributes
    ----------
    centre_mm : ndarray
        (2,) mm from the middle of the patch.
    radii_mm : ndarray
        (360,) distance of the curve from the centre at each degree.
    """

    centre_mm: Point
    radii_mm: NDArray[np.float64]

    @property
    def area_mm2(self) -> float:
        """Area within, mm2."""
        return float(np.pi * np.mean(self.radii_mm**2))

    @property
    def reach_mm(self) -> float:
        """Largest distance of the curve from the centre, mm."""
        return float(self.radii_mm.max())

    def radius_towards(self, angle: float) -> float:
        """Return the distance of the curve from the centre in one direction (radians), mm."""
        return float(self.radii_mm[int(np.degrees(angle)) % _ANGLES])

    def depth_mm(self, x_mm: Image, y_mm: Image) -> Image:
        """Return the distance inside the curve at each point of a grid, (n, m) mm, negative outside.

        It is exact to first order near the curve.
        """
        dx = x_mm[:, None] - np.float32(self.centre_mm[0])
        dy = y_mm[None, :] - np.float32(self.centre_mm[1])
        place = (np.arctan2(dy, dx) * np.float32(_ANGLES / (2 * np.pi))) % np.float32(_ANGLES)
        low = place.astype(np.int32) % _ANGLES
        part = place - np.floor(place)
        radii = np.append(self.radii_mm, self.radii_mm[0]).astype(np.float32)
        radius = radii[low] + part * (radii[low + 1] - radii[low])
        slope = np.gradient(radii) * np.float32(_ANGLES / (2 * np.pi)) / radii
        lean = (1.0 / np.sqrt(1.0 + slope**2)).astype(np.float32)
        return np.asarray((radius - np.sqrt(dx * dx + dy * dy)) * lean[low], dtype=np.float32)


def draw_outline(
    rng: np.random.Generator, centre_mm: Point, area_mm2: float, flattening: float, wobble: float
) -> ClosedOutline:
    """Return a wobbling ellipse of a given area.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance: direction of the long axis and the wobble.
    centre_mm : ndarray
        (2,) mm.
    area_mm2 : float
        Exact area within.
    flattening : float
        Ratio of the two diameters before the wobble.
    wobble : float
        Standard deviation of each of the harmonics 3 to 6 as a share of the radius, falling with the harmonic.
    """
    angle = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    turned = angle - rng.uniform(0, np.pi)
    radii = 1.0 / np.sqrt(np.cos(turned) ** 2 / flattening + np.sin(turned) ** 2 * flattening)
    for harmonic in range(3, 7):
        size = wobble * 3.0 / harmonic
        radii = radii * (1.0 + size * rng.standard_normal() * np.cos(harmonic * angle + rng.uniform(0, 2 * np.pi)))
    radii = np.maximum(radii, 0.2)
    radii *= np.sqrt(area_mm2 / (np.pi * np.mean(radii**2)))
    return ClosedOutline(centre_mm=centre_mm, radii_mm=radii)


def coverage(depth_mm: Image, step_mm: float) -> Image:
    """Return the share of each grid cell that lies inside, from the depth of its middle."""
    return np.asarray(np.clip(np.float32(0.5) + depth_mm / np.float32(step_mm), 0, 1), dtype=np.float32)


def smooth_field(rng: np.random.Generator, n: int, knots: int) -> Image:
    """Return an (n, n) smooth random field of about zero mean and unit variance, with `knots` knots along each side."""
    basis = _basis(n, knots)
    knot_values = rng.standard_normal((knots, knots), dtype=np.float32)
    return np.asarray(basis @ knot_values @ basis.T, dtype=np.float32)


@cache
def _basis(n: int, knots: int) -> Image:
    return resampling_matrix(knots, 1.0, np.linspace(0, knots - 1, n), (knots - 1) / n)
