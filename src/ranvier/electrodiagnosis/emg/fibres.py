"""Potential of single muscle fibres at a needle, as a line source in a muscle that conducts better lengthwise.

The transmembrane current is the second derivative of Rosenfalck's intracellular potential
``96 z^3 exp(-z)`` (z in mm behind the wave front); a point at radial distance r sees it weighted by
``1 / sqrt(a r^2 + z^2)`` with the anisotropy a (Nandedkar and Stalberg 1983). Fibre ends are left out.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve

from ranvier.electrodiagnosis.emg.parameters import simulation_parameters

Floats = npt.NDArray[np.float64]

_UM_PER_MM = 1000.0
_N_DISTANCES, _FAR_MM = 48, 16.0
_Z_FROM_MM, _Z_TO_MM, _Z_STEP_MM = -70.0, 70.0, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class FibreTable:
    """Potentials of a fibre of the usual diameter.

    Attributes
    ----------
    distance_mm : (n_distances,) float
        Radial distances, rising.
    along_mm : (n_along,) float
        Way of the wave front past the electrode, evenly spaced.
    potential_mv : (n_distances, n_along) float
        Potential in mV, negative down as recorded against a far reference.
    """

    distance_mm: Floats
    along_mm: Floats
    potential_mv: Floats

    def weights(self, distance_mm: Floats) -> Floats:
        """Return the weights that interpolate between the distances of the table.

        Parameters
        ----------
        distance_mm : (n_fibres, n_points) float
            Distance of each fibre from each point of an electrode.

        Returns
        -------
        (n_fibres, n_distances) float
            Mean over the points.
        """
        place = np.interp(np.log(distance_mm), np.log(self.distance_mm), np.arange(len(self.distance_mm)))
        low = np.minimum(place.astype(int), len(self.distance_mm) - 2)
        share = place - low
        out = np.zeros((len(distance_mm), len(self.distance_mm)))
        rows = np.broadcast_to(np.arange(len(distance_mm))[:, None], low.shape)
        np.add.at(out, (rows, low), (1 - share) / low.shape[1])
        np.add.at(out, (rows, low + 1), share / low.shape[1])
        return out


@cache
def fibre_table() -> FibreTable:
    """Return the potentials of a fibre of the usual diameter over distance and way."""
    p = simulation_parameters()
    distance = np.geomspace(p["nearest_fibre_mm"], _FAR_MM, _N_DISTANCES)
    along = np.arange(_Z_FROM_MM, _Z_TO_MM, _Z_STEP_MM)
    source = _membrane_current(np.arange(0, 20, _Z_STEP_MM))
    wide = np.arange(2 * _Z_FROM_MM, 2 * _Z_TO_MM, _Z_STEP_MM)
    gain = (
        p["potential_share"]
        * p["conductivity_inside_s_m"]
        / p["conductivity_radial_s_m"]
        * (p["diameter_um"] / _UM_PER_MM) ** 2
        / 16
        * _Z_STEP_MM
    )
    rows = []
    for r in distance:
        whole = fftconvolve(1 / np.sqrt(p["anisotropy"] * r**2 + wide**2), source)[: len(wide)]
        rows.append(gain * np.interp(along, wide, whole))
    return FibreTable(distance_mm=distance, along_mm=along, potential_mv=np.stack(rows))


def _membrane_current(z_mm: Floats) -> Floats:
    """Return the second derivative of the intracellular potential, in mV/mm^2, with its mean taken out."""
    scale = simulation_parameters()["potential_scale_mv"]
    current = scale * np.exp(-z_mm) * (6 * z_mm - 6 * z_mm**2 + z_mm**3)
    return np.asarray(current - current.mean())
