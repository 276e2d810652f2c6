"""Simulated motor unit potentials: the summed potentials of the fibres of a unit at a concentric needle."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.electrodiagnosis.emg.fibres import Floats, fibre_table
from ranvier.electrodiagnosis.emg.parameters import class_ranges, simulation_parameters

_CORE_POINTS, _SHAFT_POINTS = 7, 12
_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTraits:
    """What the motor units of one muscle have in common; lengths in mm, times in ms."""

    fibres: float
    territory_mm: float
    diameter_cv: float
    diameter_share: float
    endplate_sd_mm: float
    late_share: float
    late_ms: float
    clusters: float
    velocity_share: float
    endplate_mm: float


def draw_traits(kind: str, rng: np.random.Generator) -> UnitTraits:
    """Return traits drawn from the ranges of a class (``normal``, ``neurogenic``, ``myopathic``)."""
    p = simulation_parameters()
    ranges = class_ranges(kind)
    drawn = {name: float(rng.uniform(*ranges[name])) for name in UnitTraits.__dataclass_fields__ if name in ranges}
    drawn["fibres"] = float(np.exp(rng.uniform(*np.log(ranges["fibres"]))))
    return UnitTraits(**drawn, endplate_mm=float(rng.uniform(p["endplate_low_mm"], p["endplate_high_mm"])))


def draw_potential(traits: UnitTraits, size: float, rng: np.random.Generator) -> Floats:
    """Return one motor unit potential at the rate of the simulator.

    Parameters
    ----------
    traits : UnitTraits
        Of the muscle.
    size : float
        Number of fibres over that of the first recruited unit.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    (n,) float, mV
        Negative is down; the wave front of the mean fibre passes at ``window_before_ms``.
    """
    return np.asarray(draw_potentials(traits, size, rng, (0.0,))[0])


def draw_potentials(traits: UnitTraits, size: float, rng: np.random.Generator, tips_mm: Sequence[float]) -> Floats:
    """Return the potential of one motor unit at several needles side by side, (n_tips, n) float, mV.

    Parameters
    ----------
    traits, size, rng
        As for `draw_potential`.
    tips_mm : sequence of float
        Where the tips stand across the fibres.
    """
    p = simulation_parameters()
    n = max(int(rng.poisson(traits.fibres * size)), 2)
    x, y = _positions(n, traits, rng)
    diameter = p["diameter_um"] * traits.diameter_share * np.exp(rng.normal(0, traits.diameter_cv, n))
    diameter = np.clip(diameter, p["diameter_least_um"], 2 * p["diameter_um"])
    velocity = p["velocity_m_s"] + p["velocity_per_um"] * (diameter - p["diameter_um"])
    velocity = np.maximum(velocity * traits.velocity_share, 1.0)
    way = traits.endplate_mm + rng.normal(0, traits.endplate_sd_mm, n)
    delay = way / velocity + _late(n, traits, rng)
    delay -= np.median(delay)
    strength = (diameter / p["diameter_um"]) ** 2
    return np.stack([_sum_fibres(x - tip, y, strength, velocity, delay) for tip in tips_mm])


def _positions(n: int, traits: UnitTraits, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return where the fibres lie about the needle tip, in mm; some stand in groups."""
    p = simulation_parameters()
    reach = traits.territory_mm + p["beside_mm"]
    centre = reach * np.sqrt(rng.uniform())
    radius, angle = traits.territory_mm * np.sqrt(rng.uniform(size=n)), rng.uniform(0, 2 * np.pi, n)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    follows = np.flatnonzero(rng.uniform(size=n) < traits.clusters)
    leaders = rng.integers(0, n, len(follows))
    x[follows] = x[leaders] + rng.normal(0, 0.15, len(follows))
    y[follows] = y[leaders] + rng.normal(0, 0.15, len(follows))
    turn = rng.uniform(0, 2 * np.pi)
    return x + centre * np.cos(turn), y + centre * np.sin(turn)


def _late(n: int, traits: UnitTraits, rng: np.random.Generator) -> Floats:
    late = rng.uniform(size=n) < traits.late_share
    return np.where(late, rng.exponential(traits.late_ms, n), 0.0)


def _sum_fibres(x: Floats, y: Floats, strength: Floats, velocity: Floats, delay_ms: Floats) -> Floats:
    p, table = simulation_parameters(), fibre_table()
    core = np.linspace(-p["core_half_length_mm"], p["core_half_length_mm"], _CORE_POINTS)
    shaft = -np.linspace(p["cannula_from_mm"], p["cannula_to_mm"], _SHAFT_POINTS)
    weights = table.weights(_distances(x, y, core)) - table.weights(_distances(x, y, shaft))
    along = weights @ table.potential_mv * strength[:, None]
    t_ms = np.arange(-p["window_before_ms"], p["window_after_ms"], _MS / p["rate_hz"])
    total = np.zeros(len(t_ms))
    for potential, v, d in zip(along, velocity, delay_ms, strict=True):
        total += np.interp(v * (t_ms - d), table.along_mm, potential)
    return total * _edges(len(t_ms))


def _distances(x: Floats, y: Floats, points: Floats) -> Floats:
    nearest = simulation_parameters()["nearest_fibre_mm"]
    return np.maximum(np.hypot(x[:, None], y[:, None] - points[None, :]), nearest)


def _edges(n: int) -> Floats:
    ramp = np.minimum(np.arange(n), np.arange(n)[::-1]) / (n / 12)
    return np.asarray(np.sin(np.pi / 2 * np.clip(ramp, 0, 1)) ** 2)
