"""The blink reflex: R1 and R2 on the stimulated side, R2 on the other, from rectified averages."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.records import Floats, Stimulation, UnreadableWaveformError

_MS = 1000.0
_HOLD_MS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BlinkReflex:
    """Onsets after stimulation of one side, ms; None is absent, or not recorded.

    Attributes
    ----------
    time_ms : (n,) float
    ipsilateral_mv, contralateral_mv : (n,) float or None
        Rectified averages.
    """

    r1_ms: float | None
    r2_ipsilateral_ms: float | None
    r2_contralateral_ms: float | None
    time_ms: Floats
    ipsilateral_mv: Floats | None
    contralateral_mv: Floats | None
    doubts: tuple[str, ...] = ()


def measure_blink(stimulations: Sequence[Stimulation]) -> BlinkReflex:
    """Return the onsets of R1 and R2 from all sweeps of one stimulated side.

    Parameters
    ----------
    stimulations : sequence of Stimulation
        Each with `recorded` ``ipsilateral`` or ``contralateral``; those of one kind are averaged after rectification.

    Raises
    ------
    UnreadableWaveformError
        If the sweeps differ in rate, or say neither side.
    """
    p = waveform_parameters()
    near, far = (_rectified([s for s in stimulations if s.recorded == r]) for r in ("ipsilateral", "contralateral"))
    shown = near if near is not None else far
    if shown is None:
        raise UnreadableWaveformError("a blink reflex needs sweeps with recorded: ipsilateral or contralateral")
    time = next(s.trace.time_ms for s in stimulations if s.recorded)[: len(shown)]
    rate = stimulations[0].trace.rate_hz
    r1 = _onset(time, near, rate, (p["blink_r1_from_ms"], p["blink_r1_to_ms"]))
    both = (p["blink_r2_from_ms"], p["blink_r2_to_ms"])
    doubts = [f"nothing was recorded on the {n} side" for n, v in (("stimulated", near), ("other", far)) if v is None]
    return BlinkReflex(
        r1_ms=r1,
        r2_ipsilateral_ms=_onset(time, near, rate, both),
        r2_contralateral_ms=_onset(time, far, rate, both),
        time_ms=time,
        ipsilateral_mv=near,
        contralateral_mv=far,
        doubts=tuple(doubts),
    )


def _rectified(stimulations: Sequence[Stimulation]) -> Floats | None:
    if not stimulations:
        return None
    if len({(s.trace.rate_hz, s.trace.stimulus_ms) for s in stimulations}) > 1:
        raise UnreadableWaveformError("the sweeps of a blink reflex must have one rate and one stimulus time")
    length = min(len(s.trace.values_mv) for s in stimulations)
    rows = []
    for s in stimulations:
        values = s.trace.values_mv[:length]
        before = values[s.trace.time_ms[:length] < 0]
        rows.append(np.abs(values - (np.median(before) if len(before) else np.median(values))))
    return np.asarray(np.mean(rows, axis=0))


def _onset(time: Floats, rectified: Floats | None, rate_hz: float, window_ms: tuple[float, float]) -> float | None:
    """Return when the smoothed average leaves its quiet level within the window and stays above it."""
    if rectified is None:
        return None
    p = waveform_parameters()
    width = max(round(p["blink_smooth_ms"] / _MS * rate_hz), 1)
    level = np.convolve(rectified, np.ones(width) / width, mode="same")
    quiet = level[time < -p["blink_smooth_ms"]]
    if len(quiet) < width:
        quiet = level[time > time[-1] - 10.0]
    limit = float(quiet.mean() + p["blink_z"] * quiet.std())
    above = (level > limit) & (time >= window_ms[0]) & (time <= window_ms[1])
    hold = max(round(_HOLD_MS / _MS * rate_hz), 1)
    runs = np.convolve(above, np.ones(hold), mode="valid") >= hold
    if not runs.any():
        return None
    return float(time[int(np.argmax(runs))] + p["blink_smooth_ms"] / 2)
