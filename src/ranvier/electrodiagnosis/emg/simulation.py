"""Simulated needle EMG with known motor units: what the analysis must find again.

Units are recruited by rising thresholds, fire faster with drive, with Gaussian intervals. The class sets
fibres, fibre diameters, endplate spread, how many units are left and how much drive the same force takes.
Not modelled: needle movement, fatigue, fibre ends, jitter.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranvier.electrodiagnosis.emg.filters import change_rate, keep_band
from ranvier.electrodiagnosis.emg.parameters import class_ranges, simulation_parameters
from ranvier.electrodiagnosis.emg.recording import Floats, Recording
from ranvier.electrodiagnosis.emg.units import draw_potential, draw_traits

_MS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationPlan:
    """What is simulated.

    Attributes
    ----------
    kind : str
        ``normal``, ``neurogenic`` or ``myopathic``.
    seconds, rate_hz : float
        Length and sampling rate.
    drive : float
        Effort in [0, 1] of a healthy muscle for the force wanted; 0.05 is slight.
    rest_s : float
        Rest after the activity, part of `seconds`.
    noise_mv : float
        RMS of the added noise.
    line_mv, line_hz : float
        Amplitude and frequency of power line.
    low_hz : float
        High-pass of the amplifier.
    gain : float
        Error of the amplitude scale.
    units : int or None
        Fixed number of active units; None lets the recruitment decide.
    fibrillations : int
        Number of fibrillating fibres.
    """

    kind: str
    seconds: float = 10.0
    rate_hz: float = 10000.0
    drive: float = 0.15
    rest_s: float = 0.0
    noise_mv: float = 0.008
    line_mv: float = 0.0
    line_hz: float = 50.0
    low_hz: float = 10.0
    gain: float = 1.0
    units: int | None = None
    fibrillations: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedUnit:
    """A motor unit: its potential at 20 kHz (mV), and when it fired (s, centre of the potential)."""

    waveform_mv: Floats
    fired_s: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A simulated recording and the truth behind it."""

    recording: Recording
    units: tuple[SimulatedUnit, ...]
    fibrillations: tuple[SimulatedUnit, ...]
    plan: SimulationPlan


def simulate_recording(plan: SimulationPlan, seed: int) -> Simulated:
    """Return a simulated recording with its truth; the same seed gives the same recording."""
    p, rng = simulation_parameters(), np.random.default_rng(seed)
    ranges = class_ranges(plan.kind)
    pool = plan.units if plan.units is not None else round(rng.uniform(*ranges["pool"]))
    drive = min(plan.drive * rng.uniform(*ranges["drive_factor"]), 1.0)
    traits = draw_traits(plan.kind, rng)
    n = int(plan.seconds * p["rate_hz"])
    course = _drive_course(n, plan, drive, rng)
    thresholds = np.sort(p["threshold_reach"] * rng.uniform(size=pool) ** p["threshold_bend"])
    if plan.units is not None:
        thresholds = np.minimum(thresholds, 0.8 * drive)
    thresholds[0] = min(thresholds[0], drive / 2)
    signal = np.zeros(n)
    units = []
    for threshold in thresholds:
        size = p["size_range"] ** (threshold / p["threshold_reach"])
        waveform = draw_potential(traits, float(size), rng)
        fired = _firing(course, float(threshold), rng)
        if len(fired):
            signal += _train(waveform, fired, n, rng)
            units.append(SimulatedUnit(waveform_mv=plan.gain * waveform, fired_s=fired))
    fibrillations = tuple(_fibrillation(n, rng) for _ in range(plan.fibrillations))
    for fibre in fibrillations:
        signal += _train(fibre.waveform_mv, fibre.fired_s, n, rng)
    recording = Recording(values_mv=_amplify(signal, plan, rng), rate_hz=plan.rate_hz, channel=f"simulated {plan.kind}")
    return Simulated(recording=recording, units=tuple(units), fibrillations=fibrillations, plan=plan)


def _drive_course(n: int, plan: SimulationPlan, drive: float, rng: np.random.Generator) -> Floats:
    rate = simulation_parameters()["rate_hz"]
    t = np.arange(n) / rate
    stop = plan.seconds - plan.rest_s
    ramp = min(1.0, stop / 4)
    level = drive * (1 + 0.15 * np.sin(2 * np.pi * (t / rng.uniform(3, 8) + rng.uniform())))
    rise = np.clip(t / ramp, 0.3, 1)
    return np.asarray(np.where(t < stop, level * rise, 0.0))


def _firing(course: Floats, threshold: float, rng: np.random.Generator) -> Floats:
    """Return the discharge times in seconds of a unit with that threshold under a course of drive."""
    p = simulation_parameters()
    own = np.exp(rng.normal(0, p["rate_spread"]))
    t, end, out = rng.uniform(0, 0.1), len(course) / p["rate_hz"], []
    while t < end:
        drive = course[int(t * p["rate_hz"])]
        if drive < threshold or drive == 0:
            t += 0.02
            continue
        interval = 1 / (own * (p["rate_onset_hz"] + p["rate_gain_hz"] * (drive - threshold)))
        t += max(interval * (1 + p["interval_cv"] * rng.normal()), p["refractory_ms"] / _MS)
        out.append(t)
    return np.array([x for x in out if x < end])


def _train(waveform: Floats, fired_s: Floats, n: int, rng: np.random.Generator) -> Floats:
    p = simulation_parameters()
    out = np.zeros(n + 2 * len(waveform))
    before = round(p["window_before_ms"] / _MS * p["rate_hz"])
    starts = np.round(fired_s * p["rate_hz"]).astype(int) - before + len(waveform)
    for start, size in zip(starts, rng.normal(1, p["firing_wobble"], len(starts)), strict=True):
        out[start : start + len(waveform)] += size * waveform
    return out[len(waveform) : len(waveform) + n]


def _fibrillation(n: int, rng: np.random.Generator) -> SimulatedUnit:
    """Return a regularly firing single fibre: short, positive first."""
    p = simulation_parameters()
    seconds = n / p["rate_hz"]
    t_ms = np.arange(-p["window_before_ms"], p["window_after_ms"], _MS / p["rate_hz"])
    shape = (
        -np.exp(-(((t_ms + 0.6) / 0.4) ** 2)) * 0.5
        + np.exp(-((t_ms / 0.45) ** 2))
        - 0.2 * np.exp(-(((t_ms - 1.3) / 0.8) ** 2))
    )
    size = rng.uniform(p["fibrillation_mv_low"], p["fibrillation_mv_high"])
    period = 1 / rng.uniform(2, 12)
    intervals = period * (1 + p["fibrillation_cv"] * rng.normal(size=int(seconds / period) + 2))
    fired = np.cumsum(intervals)
    return SimulatedUnit(waveform_mv=size * shape / np.ptp(shape), fired_s=fired[fired < seconds])


def _amplify(signal: Floats, plan: SimulationPlan, rng: np.random.Generator) -> Floats:
    rate = simulation_parameters()["rate_hz"]
    t = np.arange(len(signal)) / rate
    pink = keep_band(rng.normal(size=len(signal)), rate, high_hz=300.0)
    noise: npt.NDArray[np.float64] = rng.normal(size=len(signal)) + 0.5 * pink / pink.std()
    out = plan.gain * signal + plan.noise_mv * noise / noise.std()
    out += plan.line_mv * np.sin(2 * np.pi * plan.line_hz * t + rng.uniform(0, 6))
    out = keep_band(out, rate, low_hz=plan.low_hz)
    return change_rate(out, rate, plan.rate_hz)
