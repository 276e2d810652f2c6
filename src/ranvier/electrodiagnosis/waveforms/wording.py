"""Measured waveforms in words, one line each, for the command line."""

from collections.abc import Iterator

from ranvier.electrodiagnosis.waveforms.case_rows import MeasuredScan
from ranvier.electrodiagnosis.waveforms.responses import Response
from ranvier.electrodiagnosis.waveforms.segments import Segment
from ranvier.electrodiagnosis.waveforms.study import MeasuredSet

_UV_PER_MV = 1000.0


def set_lines(measured: MeasuredSet) -> Iterator[str]:
    """Yield a heading and a line for each thing that was measured."""
    item = measured.set
    yield f"{item.file}: {' '.join(w for w in (item.side, item.nerve, item.kind.replace('_', ' ')) if w)}"
    for stimulation, response in zip(item.stimulations, measured.responses, strict=False):
        yield f"  {stimulation.site or 'stimulus'}: {response_in_words(response, sensory=item.kind != 'motor')}"
    for segment in measured.segments:
        yield f"  {segment_in_words(segment)}"
    yield from _series_lines(measured)


def response_in_words(response: Response, *, sensory: bool) -> str:
    """Return the measures of a response in one line."""
    if not response.present:
        return "no response"
    factor, unit = (_UV_PER_MV, "\u00b5V") if sensory else (1.0, "mV")
    by_hand = f" (by hand: {', '.join(response.by_hand)})" if response.by_hand else ""
    return (
        f"onset {response.onset_ms:.2f} \u00b1 {response.onset_sd_ms:.2f} ms, peak {response.peak_ms:.2f} ms, "
        f"amplitude {factor * response.amplitude_mv:.3g} {unit}, "
        f"peak to peak {factor * response.peak_to_peak_mv:.3g} {unit}, "
        f"duration {response.duration_ms:.2f} ms, area {factor * response.area_mv_ms:.3g} {unit} ms{by_hand}"
    )


def segment_in_words(segment: Segment) -> str:
    """Return what changes between two points in one line."""
    parts = [f"{segment.distal_site} to {segment.proximal_site}:"]
    if segment.velocity_m_s is not None:
        parts.append(f"{segment.velocity_m_s:.1f} m/s,")
    for name, value in (("amplitude", segment.amplitude_drop), ("area", segment.area_drop)):
        if value is not None:
            parts.append(f"{name} {-100 * value:+.0f} %,")
    if segment.duration_rise is not None:
        parts.append(f"duration {100 * segment.duration_rise:+.0f} %,")
    kinds = {"none": "neither block nor dispersion", "not_comparable": "no response to compare"}
    return " ".join([*parts, kinds.get(segment.kind, segment.kind.replace("_", " "))])


def _series_lines(measured: MeasuredSet) -> Iterator[str]:
    f, h, b, t = measured.f_waves, measured.h_reflex, measured.blink, measured.train
    if f is not None:
        shortest = "none" if f.minimum_ms is None else f"shortest {f.minimum_ms:.1f} ms, mean {f.mean_ms:.1f} ms"
        spread = "" if f.chronodispersion_ms is None else f", chronodispersion {f.chronodispersion_ms:.1f} ms"
        yield f"  F waves: {shortest}{spread}, persistence {100 * f.persistence:.0f} % of {len(f.waves)} stimuli"
    if h is not None:
        ratio = "" if h.ratio is None else f", H/M {h.ratio:.2f}"
        yield f"  H reflex: {'absent' if h.latency_ms is None else f'{h.latency_ms:.1f} ms'}{ratio}"
    if b is not None:
        named = {"R1": b.r1_ms, "R2 same side": b.r2_ipsilateral_ms, "R2 other side": b.r2_contralateral_ms}
        yield "  " + ", ".join(f"{n} {'absent' if at is None else f'{at:.1f} ms'}" for n, at in named.items())
    if t is not None:
        verdict = "decrement" if t.is_decrement else "increment" if t.is_increment else "no decrement"
        yield f"  fourth response {-100 * t.decrement:+.0f} % (area {-100 * t.area_decrement:+.0f} %): {verdict}"


def scan_lines(measured: MeasuredScan) -> Iterator[str]:
    """Yield what a CMAP scan shows."""
    found, d = measured.estimate, measured.estimate.description
    sites = f" ({measured.scan.sites})" if measured.scan.sites else ""
    yield (
        f"{measured.scan.name}: CMAP scan{sites}: largest {d.largest_mv:.2f} mV, S50 {d.s50_ma:.1f} mA, "
        f"D50 {d.d50}, {len(d.steps)} steps"
    )
    if found.count is None:
        yield "  no estimate of the number of motor units"
    else:
        yield (
            f"  about {found.count:.0f} motor units ({found.low:.0f} to {found.high:.0f}),"
            f" mean size {_UV_PER_MV * (found.mean_size_mv or 0):.0f} \u00b5V"
        )
    yield from (f"  doubtful: {doubt}" for doubt in found.doubts)
