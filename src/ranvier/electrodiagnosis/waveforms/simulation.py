"""Simulated nerve responses with known truth: fibres with velocities and losses, summed with cancellation of phases.

Each axon has a velocity, a terminal delay, a size and a surface potential whose form is the derivative of
``t^3 exp(-t/scale)``: it is exactly zero before the impulse arrives, first negative, then positive, and its area is
zero. Lesions act on a stretch of nerve: a share of axons is blocked, others are slowed, each by its own factor.
Everything here is simulated; the parameters are in ``data/waveform_simulation.csv``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.signal import butter, sosfiltfilt

from ranvier.electrodiagnosis.waveforms.parameters import simulation_parameters, waveform_parameters
from ranvier.electrodiagnosis.waveforms.records import Floats, Stimulation, StimulationSet, Trace

_MS = 1000.0
_PEAK = 3 - np.sqrt(3)
_CHUNK = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """What happens to axons on a stretch of nerve.

    Attributes
    ----------
    from_mm, to_mm : float
        Distances from the recording electrode.
    block : float
        Share of axons that do not conduct across it.
    slowing : float
        Factor by which the time across it is longer, on the middle axon.
    spread : float
        Standard deviation of the logarithm of the added time between axons; it disperses the response.
    """

    from_mm: float
    to_mm: float
    block: float = 0.0
    slowing: float = 1.0
    spread: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NervePlan:
    """What is simulated.

    Attributes
    ----------
    kind : str
        ``motor`` or ``sensory``.
    distances_mm : tuple of float
        From each stimulus to the recording electrode, distal first.
    survival : float
        Share of axons that are left.
    velocity_factor : float
        Factor on all velocities.
    lesion : Lesion or None
    snr : float
        Amplitude of the distal response of the whole nerve over the RMS noise; the noise does not fall with axons.
    slow_noise : float
        Slow noise as a share of the white noise.
    artefact : float
        Height of the stimulus artefact at its start over the amplitude of the whole nerve; negative turns it over.
    before_ms, after_ms : float
        Length of the sweep before and after the stimulus.
    """

    kind: Literal["motor", "sensory"] = "motor"
    distances_mm: tuple[float, ...] = (70.0, 290.0)
    survival: float = 1.0
    velocity_factor: float = 1.0
    lesion: Lesion | None = None
    snr: float = 20.0
    slow_noise: float = 0.0
    artefact: float = 0.5
    rate_hz: float = 48000.0
    before_ms: float = 5.0
    after_ms: float = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Axons:
    """The axons of one simulated nerve, each an entry of equal-length arrays.

    Attributes
    ----------
    velocity_m_s, terminal_ms, scale_ms, size_mv : (n,) float
        Velocity, time at the terminal, time constant and negative peak of the surface potential.
    blocked : (n,) bool
        Whether the lesion stops it.
    delay : (n,) float
        Factor on its time across the lesion.
    """

    velocity_m_s: Floats
    terminal_ms: Floats
    scale_ms: Floats
    size_mv: Floats
    blocked: np.ndarray[tuple[int], np.dtype[np.bool_]]
    delay: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueMeasures:
    """What a perfect reader would measure on the response without noise and artefact."""

    onset_ms: float
    peak_ms: float
    end_ms: float
    amplitude_mv: float
    peak_to_peak_mv: float
    area_mv_ms: float

    @property
    def duration_ms(self) -> float:
        """Return the duration of the negative phases."""
        return self.end_ms - self.onset_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedNerve:
    """A set of simulated stimulations and the truth of each; None is no response."""

    set: StimulationSet
    truth: tuple[TrueMeasures | None, ...]
    axons: Axons
    noise_mv: float


def simulate_nerve(plan: NervePlan, seed: int) -> SimulatedNerve:
    """Return a motor or sensory study with its truth; the same seed gives the same study.

    Examples
    --------
    >>> nerve = simulate_nerve(NervePlan(snr=1000), seed=1)
    >>> round(nerve.truth[1].onset_ms - nerve.truth[0].onset_ms, 1)  # 220 mm at about 58 m/s
    3.8
    """
    rng = np.random.default_rng(seed)
    axons = draw_axons(plan, rng)
    p = simulation_parameters()
    whole = p["cmap_mv"] if plan.kind == "motor" else p["snap_mv"]
    stimulations, truths = [], []
    dense = np.arange(0, plan.after_ms, _MS / p["dense_rate_hz"])
    for number, distance in enumerate(plan.distances_mm):
        arrivals = arrival_ms(axons, plan, distance)
        truths.append(true_measures(dense, summed(axons, arrivals, dense)))
        trace = _record(plan, axons, arrivals, whole, rng)
        stimulations.append(Stimulation(site=_site(plan, number), trace=trace, distance_mm=distance))
    return SimulatedNerve(
        set=StimulationSet(
            file="simulated",
            nerve="median",
            side="right",
            kind=plan.kind,
            recording="abductor pollicis brevis" if plan.kind == "motor" else "index finger",
            stimulations=tuple(stimulations),
            region="arm",
        ),
        truth=tuple(truths),
        axons=axons,
        noise_mv=whole / plan.snr,
    )


def _site(plan: NervePlan, number: int) -> str:
    names = ("wrist", "elbow", "axilla") if plan.kind == "motor" else ("wrist", "elbow")
    return names[number] if number < len(names) else f"point {number + 1}"


def draw_axons(plan: NervePlan, rng: np.random.Generator) -> Axons:
    """Return the axons of a nerve; those that are lost are drawn first, so that survivors stay the same."""
    p, kind = simulation_parameters(), plan.kind
    n = int(p[f"{kind}_fibres"])
    z = np.clip(rng.normal(size=n), -p["velocity_cut"], p["velocity_cut"])
    velocity = plan.velocity_factor * p[f"{kind}_velocity_m_s"] * (1 + p[f"{kind}_velocity_cv"] * z)
    size = rng.lognormal(0, p[f"{kind}_size_log_sd"], n)
    scale = p[f"{kind}_scale_ms"] * rng.lognormal(0, p[f"{kind}_scale_log_sd"], n)
    terminal = np.clip(rng.normal(p["terminal_ms"], p["terminal_sd_ms"], n), p["terminal_ms"] / 2, None)
    terminal = terminal if kind == "motor" else np.zeros(n)
    lives = rng.uniform(size=n) < plan.survival
    lesion = plan.lesion or Lesion(from_mm=0, to_mm=0)
    blocked = rng.uniform(size=n) < lesion.block
    delay = 1 + (lesion.slowing - 1) * rng.lognormal(0, 1, n) ** lesion.spread
    axons = Axons(
        velocity_m_s=velocity, terminal_ms=terminal, scale_ms=scale, size_mv=size, blocked=blocked, delay=delay
    )
    whole = p["cmap_mv"] if kind == "motor" else p["snap_mv"]
    grid = np.arange(0, plan.after_ms, _MS / p["dense_rate_hz"])
    healthy = NervePlan(kind=kind, velocity_factor=plan.velocity_factor)
    reach = float(summed(axons, arrival_ms(axons, healthy, plan.distances_mm[0]), grid).max())
    return Axons(
        velocity_m_s=velocity[lives],
        terminal_ms=terminal[lives],
        scale_ms=scale[lives],
        size_mv=size[lives] * whole / reach,
        blocked=blocked[lives],
        delay=delay[lives],
    )


def arrival_ms(axons: Axons, plan: NervePlan, distance_mm: float) -> Floats:
    """Return when the impulse of each axon arrives, (n,) float, ms; infinite where it is blocked."""
    lesion = plan.lesion
    inside = 0.0 if lesion is None else max(min(distance_mm, lesion.to_mm) - lesion.from_mm, 0.0)
    conducted = (distance_mm - inside + inside * axons.delay) / axons.velocity_m_s
    arrival = simulation_parameters()["activation_ms"] + axons.terminal_ms + conducted
    return np.where(axons.blocked & (inside > 0), np.inf, arrival)


def potential(time_ms: Floats, scale_ms: Floats) -> Floats:
    """Return a surface potential of unit negative peak, zero before time zero."""
    x = np.clip(time_ms, 0, None) / scale_ms
    return np.asarray(x**2 * (3 - x) * np.exp(-x) / (_PEAK**2 * (3 - _PEAK) * np.exp(-_PEAK)))


def summed(axons: Axons, arrivals: Floats, time_ms: Floats) -> Floats:
    """Return the sum of the potentials of all axons at some times, (n_times,) float, mV."""
    out = np.zeros(len(time_ms))
    some = np.flatnonzero(np.isfinite(arrivals))
    for start in range(0, len(some), _CHUNK):
        i = some[start : start + _CHUNK, None]
        out += (axons.size_mv[i] * potential(time_ms[None, :] - arrivals[i], axons.scale_ms[i])).sum(axis=0)
    return out


def true_measures(time_ms: Floats, clean_mv: Floats) -> TrueMeasures | None:
    """Return the measures of a response without noise, read from dense samples; None where there is none.

    The definitions are those of the measurement (`measure_response`), the code is plain and its own.
    """
    p = waveform_parameters()
    amplitude = float(clean_mv.max(initial=0.0))
    if amplitude <= 0:
        return None
    inner = clean_mv[1:-1]
    tops = np.flatnonzero((inner >= clean_mv[:-2]) & (inner > clean_mv[2:])) + 1
    first = next(int(i) for i in tops if clean_mv[i] >= p["first_peak_share"] * amplitude)
    onset = int(np.argmax(clean_mv[:first] >= p["takeoff_share"] * clean_mv[first]))
    last = max(int(i) for i in tops if clean_mv[i] >= p["phase_share"] * amplitude)
    after = np.flatnonzero(clean_mv[last:] <= 0)
    end = last + int(after[0]) if len(after) else len(clean_mv) - 1
    part = np.clip(clean_mv[onset : end + 1], 0, None)
    return TrueMeasures(
        onset_ms=float(time_ms[onset]),
        peak_ms=float(time_ms[int(clean_mv.argmax())]),
        end_ms=float(time_ms[end]),
        amplitude_mv=amplitude,
        peak_to_peak_mv=amplitude - float(clean_mv.min()),
        area_mv_ms=float(part.sum() * (time_ms[1] - time_ms[0])),
    )


def amplifier_noise(n: int, rate_hz: float, rms_mv: float, slow: float, rng: np.random.Generator) -> Floats:
    """Return noise of an amplifier, white to its low-pass with a share of slow noise, (n,) float, mV."""
    p = simulation_parameters()
    white = rng.normal(size=n)
    if p["band_high_hz"] < 0.45 * rate_hz:
        white = sosfiltfilt(butter(2, p["band_high_hz"], fs=rate_hz, output="sos"), white)
    wander = sosfiltfilt(butter(1, p["noise_slow_hz"], fs=rate_hz, output="sos"), rng.normal(size=n))
    out = white / white.std() + slow * wander / wander.std()
    return np.asarray(rms_mv * out / out.std())


def stimulus_artefact(time_ms: Floats, height_mv: float) -> Floats:
    """Return the artefact of a stimulus at time zero: a fast and a slow decay, (n,) float, mV."""
    p = simulation_parameters()
    t = np.clip(time_ms, 0, None)
    share = p["artefact_slow_share"]
    decay = (1 - share) * np.exp(-t / p["artefact_fast_ms"]) + share * np.exp(-t / p["artefact_slow_ms"])
    return np.where(time_ms >= 0, height_mv * decay, 0.0)


def _record(plan: NervePlan, axons: Axons, arrivals: Floats, whole: float, rng: np.random.Generator) -> Trace:
    n = round((plan.before_ms + plan.after_ms) / _MS * plan.rate_hz)
    time = np.arange(n) / plan.rate_hz * _MS - plan.before_ms
    values = summed(axons, arrivals, time) + stimulus_artefact(time, plan.artefact * whole)
    values += amplifier_noise(n, plan.rate_hz, whole / plan.snr, plan.slow_noise, rng)
    return Trace(values_mv=values, rate_hz=plan.rate_hz, stimulus_ms=plan.before_ms)
