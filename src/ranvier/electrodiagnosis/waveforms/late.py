"""Late responses: F waves of a series of stimuli, and the H reflex."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.electrodiagnosis.waveforms.curves import smooth
from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.preparation import decays_until_response
from ranvier.electrodiagnosis.waveforms.records import Cursors, Floats, Stimulation, Trace
from ranvier.electrodiagnosis.waveforms.responses import Response, measure_response

_TAIL_SCALES_MS = (0.8, 1.2, 1.7, 2.4, 3.5, 6.0, 15.0)
_SERIES, _FEWEST = 4, 16
_MS = 1000.0
_TO_SD = 1.4826
_JOIN_MS, _RUN_MS = 1.5, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LateResponse:
    """A late response of one sweep; None where there is none.

    Attributes
    ----------
    time_ms, values_mv : (n,) float
        The part of the sweep that was searched, without the end of the M wave.
    onset_ms : float or None
    amplitude_mv : float
        Peak to peak of the largest deflection, whether it counts or not.
    by_hand : bool
        Whether a person set the onset, or that there is none.
    """

    time_ms: Floats
    values_mv: Floats
    onset_ms: float | None
    amplitude_mv: float
    noise_mv: float
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FWaves:
    """The F waves of a series.

    Attributes
    ----------
    persistence : float
        Share of stimuli that are followed by an F wave.
    minimum_ms, mean_ms, chronodispersion_ms : float or None
        Shortest and mean latency, and longest less shortest.
    """

    waves: tuple[LateResponse, ...]
    persistence: float
    minimum_ms: float | None
    mean_ms: float | None
    chronodispersion_ms: float | None
    mean_amplitude_mv: float | None
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HReflex:
    """The H reflex over stimuli of rising strength.

    Attributes
    ----------
    waves : tuple of LateResponse
        Of each stimulus.
    latency_ms : float or None
        Onset of the largest; None is absent.
    ratio : float or None
        Largest H reflex over the largest M wave, both peak to peak.
    """

    waves: tuple[LateResponse, ...]
    latency_ms: float | None
    amplitude_mv: float | None
    ratio: float | None
    doubts: tuple[str, ...]


def measure_f_waves(stimulations: Sequence[Stimulation], *, leg: bool) -> FWaves:
    """Return the F waves of a series of supramaximal stimuli.

    An F wave is a deflection in the search time that is larger than ``f_least_mv`` and stands out of the noise.

    Parameters
    ----------
    stimulations : sequence of Stimulation
        At least one.
    leg : bool
        Which search time applies.
    """
    p, limb = waveform_parameters(), "leg" if leg else "arm"
    window = (p[f"f_window_{limb}_from_ms"], p[f"f_window_{limb}_to_ms"])
    tail = common_tail([s.trace for s in stimulations], window)
    waves = tuple(find_late(s.trace, window, s.cursors, tail) for s in stimulations)
    found = [w.onset_ms for w in waves if w.onset_ms is not None]
    sizes = [w.amplitude_mv for w in waves if w.onset_ms is not None]
    doubts = []
    if len(waves) < p["f_few"]:
        doubts.append(f"only {len(waves)} stimuli; persistence and minimum are uncertain")
    noisy = sum(p["f_z"] * w.noise_mv > p["f_least_mv"] for w in waves)
    if noisy:
        doubts.append(f"in {noisy} of {len(waves)} sweeps small F waves would be lost in the noise")
    return FWaves(
        waves=waves,
        persistence=len(found) / len(waves),
        minimum_ms=min(found, default=None),
        mean_ms=float(np.mean(found)) if found else None,
        chronodispersion_ms=max(found) - min(found) if found else None,
        mean_amplitude_mv=float(np.mean(sizes)) if sizes else None,
        doubts=tuple(doubts),
    )


def find_late(
    trace: Trace, window_ms: tuple[float, float], cursors: Cursors | None = None, tail_mv: Floats | None = None
) -> LateResponse:
    """Return the late response of one sweep within a search time.

    Parameters
    ----------
    trace : Trace
    window_ms : tuple of float
        Search time.
    cursors : Cursors or None
        What a person set; it overrules.
    tail_mv : (n_in_window,) float or None
        End of the M wave, from `common_tail`; None takes decays that explain the start of the search time.
    """
    p, time = waveform_parameters(), trace.time_ms
    cursors = cursors or Cursors()
    inside = (time >= window_ms[0]) & (time <= window_ms[1])
    quiet = time < -p["guard_ms"] - p["f_smooth_ms"]
    if np.count_nonzero(inside) < _FEWEST:
        empty = np.zeros(0)
        return LateResponse(time_ms=empty, values_mv=empty, onset_ms=None, amplitude_mv=0.0, noise_mv=0.0)
    base = float(trace.values_mv[quiet].mean()) if quiet.any() else 0.0
    part, at = trace.values_mv[inside] - base, time[inside]
    if tail_mv is None:
        raw = _quiet_sd(trace.values_mv[quiet], part)
        tail_mv = decays_until_response(at, part, raw, window_ms[0]).values_mv
    rest = smooth(part - tail_mv, trace.rate_hz, p["f_smooth_ms"])
    noise = _quiet_sd(smooth(trace.values_mv, trace.rate_hz, p["f_smooth_ms"])[quiet], rest)
    burst = _burst(at, rest, noise)
    size = float(np.ptp(rest[_whole(at, burst)])) if burst is not None else float(np.ptp(rest))
    onset = None
    if burst is not None and size >= max(p["f_least_mv"], p["f_z"] * noise):
        onset = float(at[burst][0])
    by_hand = cursors.absent or cursors.onset_ms is not None
    if by_hand:
        onset = None if cursors.absent else cursors.onset_ms
    return LateResponse(time_ms=at, values_mv=rest, onset_ms=onset, amplitude_mv=size, noise_mv=noise, by_hand=by_hand)


def common_tail(traces: Sequence[Trace], window_ms: tuple[float, float]) -> Floats | None:
    """Return the end of the M wave within the search time, that all sweeps of a series share.

    Slow decays are fitted to the median of the sweeps, with small weight where the sweeps differ: F waves differ.
    None for few sweeps or sweeps of unlike timing.
    """
    if len(traces) < _SERIES or len({(t.rate_hz, t.stimulus_ms, len(t.values_mv)) for t in traces}) > 1:
        return None
    time = traces[0].time_ms
    inside = (time >= window_ms[0]) & (time <= window_ms[1])
    if np.count_nonzero(inside) < _FEWEST:
        return None
    quiet = time < -waveform_parameters()["guard_ms"]
    every = np.stack([t.values_mv - (t.values_mv[quiet].mean() if quiet.any() else 0.0) for t in traces])[:, inside]
    middle = np.median(every, axis=0)
    spread = _TO_SD * np.median(np.abs(every - middle), axis=0)
    width = max(round(_RUN_MS / _MS * traces[0].rate_hz), 1)
    spread = np.sqrt(np.convolve(np.pad(spread**2, width, mode="edge"), np.ones(width) / width, "same")[width:-width])
    calm = max(float(np.percentile(spread, 10)), 1e-9)
    root = (calm / spread) ** 2
    at = time[inside]
    basis = np.exp(-(at - at[0])[:, None] / np.array(_TAIL_SCALES_MS)[None, :])
    fitted = np.linalg.lstsq(basis * root[:, None], middle * root, rcond=1e-4)[0]
    return np.asarray(basis @ fitted)


def _quiet_sd(before: Floats, rest: Floats) -> float:
    """Return the noise before the stimulus, or of the calm part of the search where nothing was recorded before."""
    sd = float(before.std()) if len(before) >= 16 else _TO_SD * float(np.median(np.abs(rest)))
    return max(sd, 1e-9)


def _burst(at: Floats, rest: Floats, noise: float) -> slice | None:
    """Return the samples of the largest deflection, from where it leaves the noise."""
    p = waveform_parameters()
    out = np.abs(rest) > max(p["f_onset_z"] * noise, p["f_onset_share"] * float(np.abs(rest).max()))
    if not out.any():
        return None
    top = int(np.abs(rest).argmax())
    first = last = top
    for i in np.flatnonzero(out[: top + 1])[::-1]:
        if at[first] - at[i] > _JOIN_MS or at[top] - at[i] > p["f_cluster_ms"]:
            break
        first = int(i)
    for i in np.flatnonzero(out[top:]) + top:
        if at[i] - at[last] > _JOIN_MS or at[i] - at[first] > p["f_cluster_ms"]:
            break
        last = int(i)
    return slice(first, last + 1)


def _whole(at: Floats, burst: slice) -> slice:
    """Return the samples that one response may take from where the burst begins: a shallow phase lies in the noise."""
    until = at[burst.start] + waveform_parameters()["f_cluster_ms"]
    return slice(burst.start, max(int(np.searchsorted(at, until)), burst.stop))


def measure_h_reflex(stimulations: Sequence[Stimulation]) -> HReflex:
    """Return latency and relative size of the H reflex of a series of stimuli."""
    p = waveform_parameters()
    window = (p["h_window_from_ms"], p["h_window_to_ms"])
    waves = tuple(find_late(s.trace, window, s.cursors) for s in stimulations)
    direct: list[Response] = [measure_response(_only_direct(s.trace, window[0])) for s in stimulations]
    largest = max((w for w in waves if w.onset_ms is not None), key=lambda w: w.amplitude_mv, default=None)
    m_wave = max((m.peak_to_peak_mv for m in direct if m.present), default=None)
    if largest is None:
        doubts = () if m_wave else ("neither an H reflex nor an M wave: was the nerve stimulated?",)
        return HReflex(waves=waves, latency_ms=None, amplitude_mv=None, ratio=None, doubts=doubts)
    ratio = largest.amplitude_mv / m_wave if m_wave else None
    doubts = () if m_wave else ("there is no M wave to compare it with",)
    return HReflex(
        waves=waves, latency_ms=largest.onset_ms, amplitude_mv=largest.amplitude_mv, ratio=ratio, doubts=doubts
    )


def _only_direct(trace: Trace, stop_ms: float) -> Trace:
    """Return the sweep up to the start of the late response."""
    stop = int(np.searchsorted(trace.time_ms, stop_ms))
    return Trace(values_mv=trace.values_mv[:stop], rate_hz=trace.rate_hz, stimulus_ms=trace.stimulus_ms)
