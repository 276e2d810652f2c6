"""One direct response measured: take-off, peak, amplitudes, duration and area, with cursors and doubts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ranvier.electrodiagnosis.waveforms.curves import (
    Extreme,
    Takeoff,
    crossing_between_samples,
    peak_between_samples,
    smooth,
    takeoff,
)
from ranvier.electrodiagnosis.waveforms.foot import with_foot
from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.preparation import Prepared, prepare
from ranvier.electrodiagnosis.waveforms.records import Cursors, Floats, Trace
from ranvier.electrodiagnosis.waveforms.uncertainty import Points, spread_of_cursors

_SHIFT = 0.6  # of the width of a peak: how far its fitted top may lie from its highest smoothed sample
_QUARTIC = 225 / 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A direct response, motor or sensory.

    Attributes
    ----------
    present : bool
        Whether anything stands out of the noise; nothing else holds a number when not.
    onset_ms, peak_ms, end_ms : float
        Take-off, negative peak, return to the baseline after the last negative phase.
    onset_sd_ms, end_sd_ms, amplitude_sd_mv, area_sd_mv_ms : float
        Standard errors from noise, baseline and artefact; 0 where a person set the cursor.
    amplitude_mv : float
        Baseline to negative peak.
    peak_to_peak_mv : float
        Negative to the lowest positive peak.
    area_mv_ms : float
        Area of the negative phases.
    noise_mv : float
        Standard deviation of the noise.
    by_hand : tuple of str
        Cursors that a person set.
    doubts : tuple of str
        Why it should be looked at.
    """

    prepared: Prepared
    present: bool
    onset_ms: float = np.nan
    onset_sd_ms: float = np.nan
    peak_ms: float = np.nan
    end_ms: float = np.nan
    end_sd_ms: float = np.nan
    amplitude_mv: float = np.nan
    amplitude_sd_mv: float = np.nan
    peak_to_peak_mv: float = np.nan
    area_mv_ms: float = np.nan
    area_sd_mv_ms: float = np.nan
    by_hand: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def duration_ms(self) -> float:
        """Return the duration of the negative phases."""
        return self.end_ms - self.onset_ms

    @property
    def duration_sd_ms(self) -> float:
        """Return the standard error of the duration."""
        return float(np.hypot(self.onset_sd_ms, self.end_sd_ms))

    @property
    def noise_mv(self) -> float:
        """Return the standard deviation of the noise."""
        return self.prepared.noise_mv


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tops:
    """Negative peaks as samples: the first that counts, the highest, the last that counts."""

    first: int
    highest: int
    last: int


def measure_response(trace: Trace, *, sensory: bool = False, cursors: Cursors | None = None) -> Response:
    """Return the measures of a direct response.

    The take-off is where the rise to the first negative peak, free of noise, reaches a small share of it
    (``takeoff_share``). A sensory response with an initial positive peak begins at that peak. The duration goes to
    the return to the baseline after the last negative phase.

    Parameters
    ----------
    trace : Trace
        One sweep.
    sensory : bool
        A nerve action potential, else a muscle response.
    cursors : Cursors or None
        What a person set; it overrules.
    """
    p, kind = waveform_parameters(), "sensory" if sensory else "motor"
    cursors = cursors or Cursors()
    prepared = prepare(trace, p[f"blank_{kind}_ms"])
    width = p[f"smooth_{kind}_ms"]
    smoothed = smooth(prepared.values_mv, prepared.rate_hz, width)
    tops = _tops(prepared, smoothed, p[f"latest_{kind}_ms"], p[f"phases_{kind}_ms"])
    if cursors.absent or (tops is None and cursors.onset_ms is None):
        by_hand = ("absent",) if cursors.absent else ()
        return Response(prepared=prepared, present=False, by_hand=by_hand, doubts=prepared.doubts)
    if tops is None:
        tops = _forced(prepared, smoothed, cursors)
    first = _measured(prepared, smoothed, tops, cursors, sensory)
    sharper = with_foot(prepared, first.onset_ms, first.peak_ms - first.onset_ms)
    again = smooth(sharper.values_mv, sharper.rate_hz, width)
    tops = _tops(sharper, again, p[f"latest_{kind}_ms"], p[f"phases_{kind}_ms"])
    return first if tops is None or sharper is prepared else _measured(sharper, again, tops, cursors, sensory)


def _tops(prepared: Prepared, smoothed: Floats, latest_ms: float, phases_ms: float) -> _Tops | None:
    p, time = waveform_parameters(), prepared.time_ms
    least = p["present_z"] * quiet_noise(prepared, smoothed)
    search = (time > prepared.blank_ms) & (time <= latest_ms)
    if not search.any() or float(smoothed[search].max()) < least:
        return None
    highest = int(np.flatnonzero(search)[smoothed[search].argmax()])
    inner = smoothed[1:-1]
    peaks = [int(i) + 1 for i in np.flatnonzero((inner >= smoothed[:-2]) & (inner > smoothed[2:]))]
    reach = smoothed[highest]
    early = [i for i in peaks if search[i] and smoothed[i] >= max(p["first_peak_share"] * reach, least)]
    first = min([*early, highest])
    late = [
        i
        for i in peaks
        if i >= highest and smoothed[i] >= max(p["phase_share"] * reach, least) and time[i] <= time[first] + phases_ms
    ]
    return _Tops(first=first, highest=highest, last=max([*late, highest]))


def quiet_noise(prepared: Prepared, smoothed: Floats) -> float:
    """Return the standard deviation of the smoothed curve where nothing happens."""
    p = waveform_parameters()
    quiet = prepared.time_ms < -p["guard_ms"]
    if np.count_nonzero(quiet) < 8:
        quiet = prepared.time_ms > prepared.time_ms[-1] - 0.1 * np.ptp(prepared.time_ms)
    return float(max(smoothed[quiet].std(), 1e-9))


def _forced(prepared: Prepared, smoothed: Floats, cursors: Cursors) -> _Tops:
    """Return the highest sample between the cursors of a person where the program sees no response."""
    start = cursors.onset_ms if cursors.onset_ms is not None else prepared.blank_ms
    stop = cursors.end_ms if cursors.end_ms is not None else float(prepared.time_ms[-1])
    inside = np.flatnonzero((prepared.time_ms >= start) & (prepared.time_ms <= stop))
    inside = inside if len(inside) else np.arange(len(smoothed))
    top = int(inside[smoothed[inside].argmax()])
    return _Tops(first=top, highest=top, last=top)


def _measured(prepared: Prepared, smoothed: Floats, tops: _Tops, cursors: Cursors, sensory: bool) -> Response:
    p, time, values = waveform_parameters(), prepared.time_ms, prepared.values_mv
    width = _half_width(time, smoothed, tops.highest)
    half = width * p["peak_fit_sensory" if sensory else "peak_fit_motor"]
    top = _negative_peak(prepared, tops.highest, width, half)
    if cursors.peak_ms is not None:
        at = int(np.abs(time - cursors.peak_ms).argmin())
        top = Extreme(time_ms=cursors.peak_ms, value=float(smoothed[at]))
    rise = _rise(prepared, smoothed, tops.first)
    positive = _initial_positive(prepared, smoothed, tops, rise.start_ms)
    off = takeoff(
        time[rise.part],
        values[rise.part],
        start_ms=rise.start_ms,
        height=p["takeoff_share"] * smoothed[tops.first],
        noise=prepared.noise_mv * prepared.grain,
    )
    onset = off.time_ms
    if sensory and positive is not None:
        onset = positive.time_ms
    if cursors.onset_ms is not None:
        onset = cursors.onset_ms
    end, closed = _end(prepared, smoothed, tops.last)
    end = cursors.end_ms if cursors.end_ms is not None else end
    low = _lowest(prepared, smoothed, onset, tops, half)
    points = Points(
        onset=Takeoff(time_ms=onset, sd_ms=off.sd_ms),
        first_ms=float(time[tops.first]),
        height_mv=float(smoothed[tops.first]),
        peak_ms=top.time_ms,
        half_ms=half,
        end_ms=end,
    )
    spread = spread_of_cursors(prepared, smoothed, points)
    by_hand = tuple(n for n in ("onset", "peak", "end") if getattr(cursors, f"{n}_ms") is not None)
    found = Response(
        prepared=prepared,
        present=True,
        onset_ms=onset,
        onset_sd_ms=0.0 if "onset" in by_hand else spread.onset_ms,
        peak_ms=top.time_ms,
        end_ms=end,
        end_sd_ms=0.0 if "end" in by_hand else spread.end_ms,
        amplitude_mv=top.value,
        amplitude_sd_mv=spread.amplitude_mv,
        peak_to_peak_mv=top.value - low,
        area_mv_ms=_area(prepared, smoothed, onset, end),
        area_sd_mv_ms=spread.area_mv_ms,
        by_hand=by_hand,
    )
    hidden = p["present_z"] * quiet_noise(prepared, smoothed) > p["hidden_share"] * top.value
    return _with_doubts(found, closed, positive is not None and not sensory, hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rise:
    """The samples that the take-off is fitted to, and a first guess of it."""

    part: slice
    start_ms: float


def _rise(prepared: Prepared, smoothed: Floats, first: int) -> _Rise:
    p, time = waveform_parameters(), prepared.time_ms
    height = smoothed[first]

    def crossed(share: float) -> int:
        below = np.flatnonzero(smoothed[:first] < share * height)
        return int(below[-1]) if len(below) else 0

    top, low = crossed(p["takeoff_top"]), crossed(0.1)
    start = float(time[low])
    reach = max(float(time[crossed(p["rise_reach"])] - time[low]), 0.1)
    earliest = max(start - p["rise_quiet"] * reach, prepared.blank_ms)
    begin = int(np.searchsorted(time, earliest))
    return _Rise(part=slice(min(begin, max(top - 4, 0)), top + 1), start_ms=start)


def _initial_positive(prepared: Prepared, smoothed: Floats, tops: _Tops, start_ms: float) -> Extreme | None:
    """Return a positive peak just before the rise that is large against noise and response."""
    p, time = waveform_parameters(), prepared.time_ms
    reach = max(float(time[tops.first] - start_ms), 0.1)
    before = np.flatnonzero((time > max(prepared.blank_ms, start_ms - 2 * reach)) & (time < time[tops.first]))
    if not len(before):
        return None
    at = int(before[smoothed[before].argmin()])
    least = max(p["positive_share"] * smoothed[tops.highest], p["present_z"] * quiet_noise(prepared, smoothed))
    if smoothed[at] > -least:
        return None
    return peak_between_samples(time, prepared.values_mv, at, max(reach / 2, 0.1))


def _negative_peak(prepared: Prepared, index: int, width: float, half: float) -> Extreme:
    """Return the negative peak: its time from a narrow fit, its height between a narrow and a wide one.

    The narrow fit follows the peak and the noise, the wide one averages more of the noise and bends less. Their
    difference is believed as far as it is larger than the noise of the narrow fit, whose variance at the middle is
    225/64 over the samples fitted (polynomial of the fourth degree).
    """
    p, time, values = waveform_parameters(), prepared.time_ms, prepared.values_mv
    share, order = p["top_fit"], int(p["top_order"])
    narrow = peak_between_samples(time, values, index, half)
    wide = peak_between_samples(time, values, index, width * share, order=order, reach=_SHIFT / share)
    samples = max(2 * half / 1000.0 * prepared.rate_hz, 1.0)
    variance = _QUARTIC * (prepared.noise_mv * prepared.grain) ** 2 / samples
    gap = wide.value - narrow.value
    return Extreme(time_ms=narrow.time_ms, value=narrow.value + gap * variance / (variance + gap**2))


def _half_width(time: Floats, smoothed: Floats, top: int) -> float:
    """Return the width of a peak at three quarters of its height, in ms."""
    inside = smoothed >= 0.75 * smoothed[top]
    left, right = top, top
    while left > 0 and inside[left - 1]:
        left -= 1
    while right < len(inside) - 1 and inside[right + 1]:
        right += 1
    return max(float(time[right] - time[left]), 0.08)


def _end(prepared: Prepared, smoothed: Floats, last: int) -> tuple[float, bool]:
    """Return where the last negative phase ends and whether it ends within the sweep."""
    after = np.flatnonzero(smoothed[last:] <= 0)
    if not len(after):
        return float(prepared.time_ms[-1]), False
    index = last + int(after[0])
    width = max(float(prepared.time_ms[index] - prepared.time_ms[last]) * 0.25, 0.1)
    return crossing_between_samples(prepared.time_ms, prepared.values_mv, index, width), True


def _lowest(prepared: Prepared, smoothed: Floats, onset: float, tops: _Tops, half: float) -> float:
    """Return the lowest positive peak from the take-off until well after the last negative phase."""
    time = prepared.time_ms
    span = max(float(time[tops.last] - onset), 0.5)
    part = np.flatnonzero((time >= onset) & (time <= time[tops.last] + 4 * span))
    if not len(part):
        return 0.0
    at = int(part[smoothed[part].argmin()])
    low = peak_between_samples(time, prepared.values_mv, at, half)
    return min(low.value, 0.0)


def _area(prepared: Prepared, smoothed: Floats, onset: float, end: float) -> float:
    """Return the area of the negative phases between two cursors."""
    time = prepared.time_ms
    inside = (time >= onset) & (time <= end) & (smoothed > 0)
    return float(prepared.values_mv[inside].sum() * 1000.0 / prepared.rate_hz)


def _with_doubts(found: Response, closed: bool, positive: bool, hidden: bool) -> Response:
    p, doubts = waveform_parameters(), list(found.prepared.doubts)
    onset_by_hand = "onset" in found.by_hand
    if found.amplitude_mv < p["snr_least"] * found.noise_mv:
        doubts.append(f"the response is only {found.amplitude_mv / found.noise_mv:.1f} times the noise")
    if found.onset_sd_ms > p["takeoff_sd_ms"] and not onset_by_hand:
        doubts.append(f"the take-off is uncertain by {found.onset_sd_ms:.2f} ms")
    if sizes := ", ".join(_uncertain_sizes(found)):
        doubts.append(f"uncertain by noise and artefact: {sizes}")
    if not closed and "end" not in found.by_hand:
        doubts.append("the response does not return to the baseline within the sweep")
    if hidden and "end" not in found.by_hand:
        doubts.append("a shallow late phase would be lost in the noise: the duration may be longer")
    if positive and not onset_by_hand:
        doubts.append("an initial positive peak: the electrode is off the end-plate, or another muscle is recorded")
    at = int(np.abs(found.prepared.time_ms - found.onset_ms).argmin())
    if abs(found.prepared.artefact_mv[at]) > p["artefact_share"] * found.amplitude_mv and not onset_by_hand:
        doubts.append("the stimulus artefact reaches into the response")
    return Response(**{f: getattr(found, f) for f in found.__dataclass_fields__ if f != "doubts"}, doubts=tuple(doubts))


def _uncertain_sizes(found: Response) -> Iterator[str]:
    """Yield the sizes whose standard error is a large share of them."""
    p = waveform_parameters()
    for name, value, error in (
        ("amplitude", found.amplitude_mv, found.amplitude_sd_mv),
        ("duration", found.duration_ms, found.duration_sd_ms),
        ("area", found.area_mv_ms, found.area_sd_mv_ms),
    ):
        if value > 0 and error > p[f"{name}_sd_share"] * value:
            yield f"{name} by {100 * error / value:.0f} %"
