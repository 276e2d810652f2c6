"""Simulated series: F waves, trains of repetitive stimulation, CMAP scans. Everything here is simulated.

An F wave is the answer of the few motor neurons that fire again: each axon conducts to the cord and back at its own
velocity. A train loses a share of each response as transmission fails and recovers. A scan adds motor units by their
thresholds, each of which wobbles from stimulus to stimulus by the relative spread.
"""

from dataclasses import dataclass, replace

import numpy as np

from ranvier.electrodiagnosis.waveforms.parameters import simulation_parameters, waveform_parameters
from ranvier.electrodiagnosis.waveforms.records import Floats, Stimulation, StimulationSet, Trace
from ranvier.electrodiagnosis.waveforms.scan import CmapScan
from ranvier.electrodiagnosis.waveforms.simulation import (
    NervePlan,
    amplifier_noise,
    arrival_ms,
    draw_axons,
    stimulus_artefact,
    summed,
)

_MS = 1000.0
_F_ONSET_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class FWavePlan:
    """A series of stimuli for F waves.

    Attributes
    ----------
    nerve : NervePlan
        Its first distance is where is stimulated.
    cord_mm : float
        From the stimulus to the motor neurons.
    backfiring : float or None
        Mean chance of a motor neuron to fire again; None is the healthy one.
    noise_mv : float
        RMS noise.
    """

    nerve: NervePlan
    stimuli: int = 20
    cord_mm: float = 700.0
    backfiring: float | None = None
    noise_mv: float = 0.006


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueFWave:
    """An F wave without noise: onset (a tenth of its peak-to-peak reached) and peak-to-peak amplitude."""

    onset_ms: float
    amplitude_mv: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedFWaves:
    """A series and the truth of each sweep; None where no motor neuron fired again."""

    set: StimulationSet
    truth: tuple[TrueFWave | None, ...]


def simulate_f_waves(plan: FWavePlan, seed: int) -> SimulatedFWaves:
    """Return a series of F waves with its truth."""
    rng, p = np.random.default_rng(seed), simulation_parameters()
    nerve = plan.nerve
    axons = draw_axons(nerve, rng)
    direct = arrival_ms(axons, nerve, nerve.distances_mm[0])
    late = direct + p["central_ms"] + 2 * plan.cord_mm / axons.velocity_m_s
    n = round((nerve.before_ms + nerve.after_ms) / _MS * nerve.rate_hz)
    time = np.arange(n) / nerve.rate_hz * _MS - nerve.before_ms
    m_wave = summed(axons, direct, time) + stimulus_artefact(time, nerve.artefact * p["cmap_mv"])
    chance = np.clip((p["backfiring"] if plan.backfiring is None else plan.backfiring) * rng.exponential(
        size=len(direct)), 0, 1)  # fmt: skip
    stimulations, truths = [], []
    for _ in range(plan.stimuli):
        fired = rng.uniform(size=len(direct)) < chance
        wave = summed(axons, np.where(fired, late, np.inf), time)
        wobble = 1 + p["f_wobble"] * rng.normal()
        values = m_wave + wobble * wave + amplifier_noise(n, nerve.rate_hz, plan.noise_mv, nerve.slow_noise, rng)
        truths.append(_true_f(time, wobble * wave) if fired.any() else None)
        trace = Trace(values_mv=values, rate_hz=nerve.rate_hz, stimulus_ms=nerve.before_ms)
        stimulations.append(Stimulation(site="wrist", trace=trace, distance_mm=nerve.distances_mm[0]))
    return SimulatedFWaves(set=_set("f_wave", stimulations), truth=tuple(truths))


def _true_f(time: Floats, wave: Floats) -> TrueFWave:
    size = float(np.ptp(wave))
    return TrueFWave(onset_ms=float(time[int(np.argmax(np.abs(wave) >= _F_ONSET_SHARE * size))]), amplitude_mv=size)


def _set(kind: str, stimulations: list[Stimulation]) -> StimulationSet:
    base = StimulationSet(
        file="simulated", nerve="median", side="right", kind="f_wave", recording="abductor pollicis brevis",
        stimulations=tuple(stimulations), region="arm",
    )  # fmt: skip
    return base if kind == "f_wave" else replace(base, kind="repetitive_stimulation")


def simulate_train(sizes: tuple[float, ...], seed: int, *, snr: float = 50.0) -> StimulationSet:
    """Return a train of stimuli whose responses have known sizes.

    Parameters
    ----------
    sizes : tuple of float
        Size of each response over the healthy one.
    seed : int
    snr : float
        Healthy amplitude over the RMS noise.
    """
    rng, p, plan = np.random.default_rng(seed), simulation_parameters(), NervePlan()
    axons = draw_axons(plan, rng)
    n = round((plan.before_ms + plan.after_ms) / _MS * plan.rate_hz)
    time = np.arange(n) / plan.rate_hz * _MS - plan.before_ms
    whole = summed(axons, arrival_ms(axons, plan, plan.distances_mm[0]), time)
    artefact = stimulus_artefact(time, plan.artefact * p["cmap_mv"])
    stimulations = []
    for size in sizes:
        noise = amplifier_noise(n, plan.rate_hz, p["cmap_mv"] / snr, plan.slow_noise, rng)
        trace = Trace(values_mv=size * whole + artefact + noise, rate_hz=plan.rate_hz, stimulus_ms=plan.before_ms)
        stimulations.append(Stimulation(site="wrist", trace=trace))
    return _set("repetitive_stimulation", stimulations)


def draw_unit_sizes(count: int, whole_mv: float, rng: np.random.Generator) -> Floats:
    """Return log-normal sizes of motor units that add up to a whole response, (count,) float, mV."""
    sizes = rng.lognormal(0, waveform_parameters()["unit_size_log_sd"], count)
    return np.asarray(sizes * whole_mv / sizes.sum())


def simulate_scan(
    units: int, seed: int, *, points: int = 550, whole_mv: float = 8.0, noise_mv: float | None = None
) -> CmapScan:
    """Return a CMAP scan of a known number of motor units, from the strongest stimulus down.

    Parameters
    ----------
    units : int
        The truth.
    seed : int
    points : int
        Number of stimuli.
    whole_mv : float
        Largest response.
    noise_mv : float or None
        RMS noise of a response; None is the usual one.
    """
    rng, p = np.random.default_rng(seed), simulation_parameters()
    spread = p["scan_relative_range"]
    thresholds = 10 * (1 + np.clip(rng.normal(0, spread / 4, units), -spread / 2, spread / 2))
    sizes = draw_unit_sizes(units, whole_mv, rng)
    relative = waveform_parameters()["relative_spread"]
    start, stop = thresholds.max() * (1 + 4 * relative), thresholds.min() * (1 - 4 * relative)
    stimuli = np.concatenate([np.full(20, start), np.geomspace(start, stop, points - 20)])
    fired = stimuli[:, None] > thresholds[None, :] * (1 + relative * rng.normal(size=(points, units)))
    clean = fired @ sizes
    floor = p["scan_noise_mv"] if noise_mv is None else noise_mv
    noise = rng.normal(size=points) * np.hypot(floor, p["scan_noise_share"] * clean)
    return CmapScan(stimulus_ma=stimuli, amplitude_mv=clean + noise, name="simulated")
