"""A set of stimulations measured: responses, segments, late responses, and the rows of a table that they make."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ranvier.core import UnknownNameError
from ranvier.electrodiagnosis.studies import load_studies
from ranvier.electrodiagnosis.waveforms.blink import BlinkReflex, measure_blink
from ranvier.electrodiagnosis.waveforms.late import FWaves, HReflex, measure_f_waves, measure_h_reflex
from ranvier.electrodiagnosis.waveforms.records import Stimulation, StimulationSet
from ranvier.electrodiagnosis.waveforms.repetitive import Train, measure_train
from ranvier.electrodiagnosis.waveforms.responses import Response, measure_response
from ranvier.electrodiagnosis.waveforms.segments import Segment, compare_points

_UV_PER_MV = 1000.0
_WORDS = {"block": "block", "dispersion": "dispersion", "block_and_dispersion": "block; dispersion"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSet:
    """A set with what was measured; only the part of its kind is filled.

    Attributes
    ----------
    responses : tuple of Response
        Of motor and sensory sets, one a stimulation.
    segments : tuple of Segment
        Between neighbouring points, distal first.
    """

    set: StimulationSet
    responses: tuple[Response, ...] = ()
    segments: tuple[Segment, ...] = ()
    f_waves: FWaves | None = None
    h_reflex: HReflex | None = None
    blink: BlinkReflex | None = None
    train: Train | None = None

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return what is doubtful, with the site where it is of one response."""
        out = []
        named = zip(self.set.stimulations, self.responses, strict=False)
        out += [f"{s.site or 'stimulus'}: {d}" for s, r in named for d in r.doubts]
        for part in (self.f_waves, self.h_reflex, self.blink, self.train):
            out += part.doubts if part is not None else ()
        return tuple(out)


def measure_set(item: StimulationSet, *, nerve_id: str | None = None) -> MeasuredSet:
    """Return the measures of a set.

    Parameters
    ----------
    item : StimulationSet
    nerve_id : str or None
        Id of the nerve on the graph, which tells arm from leg where the set does not say it.

    Raises
    ------
    UnreadableWaveformError
        If the set lacks what its kind needs.
    """
    if item.kind == "f_wave":
        return MeasuredSet(set=item, f_waves=measure_f_waves(item.stimulations, leg=_is_leg(item, nerve_id)))
    if item.kind == "h_reflex":
        return MeasuredSet(set=item, h_reflex=measure_h_reflex(item.stimulations))
    if item.kind == "blink":
        return MeasuredSet(set=item, blink=measure_blink(item.stimulations))
    if item.kind == "repetitive_stimulation":
        return MeasuredSet(set=item, train=measure_train(item.stimulations))
    sensory = item.kind != "motor"
    found = tuple(measure_response(s.trace, sensory=sensory, cursors=s.cursors) for s in item.stimulations)
    tibial = (nerve_id or item.nerve) == "tibial"
    segments = [
        compare_points(found[a], found[b], _between(item.stimulations, a, b), _sites(item, a, b), tibial=tibial)
        for a, b in pairwise(range(len(found)))
    ]
    return MeasuredSet(set=item, responses=found, segments=tuple(segments))


def _sites(item: StimulationSet, a: int, b: int) -> tuple[str, str]:
    return item.stimulations[a].site, item.stimulations[b].site


def _between(stimulations: Sequence[Stimulation], a: int, b: int) -> float | None:
    near, far = stimulations[a], stimulations[b]
    if far.segment_mm is not None:
        return far.segment_mm
    if near.distance_mm is None or far.distance_mm is None or far.distance_mm <= near.distance_mm:
        return None
    return far.distance_mm - near.distance_mm


def _is_leg(item: StimulationSet, nerve_id: str | None) -> bool:
    if item.region:
        return item.region == "leg"
    known = [s for s in load_studies().values() if (nerve_id or item.nerve) in s.nerves]
    if not known:
        names = {n for s in load_studies().values() for n in s.nerves}
        raise UnknownNameError("nerve with F waves (or say region: arm or leg)", item.nerve, names)
    return any(s.region == "leg" for s in known)


def rows_of_set(measured: MeasuredSet) -> tuple[Mapping[str, str], ...]:
    """Return the rows that a table of conduction studies (``ncs.csv``) would hold, by column."""
    item = measured.set
    rows = list(_rows(measured))
    same = {
        "nerve": item.nerve, "side": item.side, "kind": item.kind, "recording": item.recording,
        "temperature_c": _text(item.temperature_c, 1), "day": _text(item.day, 1),
    }  # fmt: skip
    return tuple({**{k: v for k, v in same.items() if v}, **row} for row in rows)


def _rows(measured: MeasuredSet) -> Iterator[dict[str, str]]:
    if measured.f_waves is not None:
        yield _f_row(measured.f_waves)
    elif measured.h_reflex is not None:
        h = measured.h_reflex
        yield {"latency_ms": _text(h.latency_ms, 2), "result": "" if h.latency_ms is not None else "absent"}
    elif measured.blink is not None:
        yield _blink_row(measured.blink)
    elif measured.train is not None:
        t = measured.train
        word = "reduced" if t.is_decrement else "increased" if t.is_increment else "normal"
        percent = f"decrement {100 * t.decrement:.0f} %, largest rise {100 * t.increment:.0f} %"
        yield {"result": "" if t.is_decrement and t.doubts else word, "comment": percent}
    else:
        for number, stimulation in enumerate(measured.set.stimulations):
            segment = measured.segments[number - 1] if number else None
            yield _response_row(measured, stimulation, measured.responses[number], segment)


def _f_row(f: FWaves) -> dict[str, str]:
    row = {"comment": f"persistence {100 * f.persistence:.0f} % of {len(f.waves)} stimuli"}
    if f.minimum_ms is None:
        return {**row, "result": "absent"}
    more = f"{row['comment']}, mean {f.mean_ms:.1f} ms, chronodispersion {f.chronodispersion_ms:.1f} ms"
    return {"f_latency_ms": _text(f.minimum_ms, 2), "comment": more}


def _blink_row(b: BlinkReflex) -> dict[str, str]:
    named = {"R1": b.r1_ms, "R2 same side": b.r2_ipsilateral_ms, "R2 other side": b.r2_contralateral_ms}
    words = ", ".join(f"{name} {'absent' if at is None else f'{at:.1f} ms'}" for name, at in named.items())
    missing = all(at is None for at in named.values())
    return {"latency_ms": _text(b.r1_ms, 2), "result": "absent" if missing else "", "comment": words}


def _response_row(
    measured: MeasuredSet, stimulation: Stimulation, response: Response, segment: Segment | None
) -> dict[str, str]:
    sensory = measured.set.kind != "motor"
    if not response.present:
        return {"stimulation": stimulation.site, "result": "absent"}
    factor = _UV_PER_MV if sensory else 1.0
    row = {
        "stimulation": stimulation.site,
        "latency_ms": _text(response.onset_ms, 2),
        "latency_kind": "onset",
        "amplitude": _text(response.amplitude_mv * factor, 3 if not sensory else 2),
        "amplitude_unit": "uV" if sensory else "mV",
        "duration_ms": _text(response.duration_ms, 2),
        "area": _text(response.area_mv_ms * factor, 3 if not sensory else 2),
        "area_unit": "uV.ms" if sensory else "mV.ms",
        "peak_to_peak": _text(response.peak_to_peak_mv * factor, 3),
        "distance_mm": _text(stimulation.distance_mm if segment is None else segment.distance_mm, 0),
    }
    velocity = segment.velocity_m_s if segment is not None else None
    if sensory and segment is None and stimulation.distance_mm is not None and response.onset_ms > 0:
        velocity = stimulation.distance_mm / response.onset_ms
    row["velocity_m_s"] = _text(velocity, 1)
    row["result"] = _WORDS.get(segment.kind, "") if segment is not None and not sensory else ""
    return {k: v for k, v in row.items() if v}


def _text(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
