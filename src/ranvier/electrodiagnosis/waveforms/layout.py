"""The set file: a JSON file that says what was stimulated, what was recorded, and where the samples are.

::

    {"nerve": "median", "side": "right", "kind": "motor", "recording": "abductor pollicis brevis",
     "rate_hz": 48000, "unit": "mV", "temperature_c": 33,
     "stimulations": [
       {"site": "wrist", "stimulus_ms": 5, "distance_mm": 70, "samples": [0.01, 0.02]},
       {"site": "elbow", "stimulus_ms": 5, "distance_mm": 290, "file": "median.csv", "column": "elbow",
        "cursors": {"onset_ms": 7.4}}]}

A file holds one set or a list of sets. ``kind`` is motor, sensory, mixed, f_wave, h_reflex, blink or
repetitive_stimulation. Samples stand in the file (a row, or several rows that are averaged), in a ``column`` of a CSV,
or in a ``channel`` of an EDF, BDF or WFDB file around each annotation with the text ``mark``, or around ``at_s``
seconds, from ``from_ms`` to ``to_ms``. ``distance_mm`` is from the stimulus to the recording electrode, ``segment_mm``
to the next more distal point. Negativity of the active electrode is upwards unless ``polarity`` is ``positive_up``.
``cursors`` (``onset_ms``, ``peak_ms``, ``end_ms``, ``absent``), in ms after the stimulus, overrule the program.
"""

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ranvier.core import UnknownNameError
from ranvier.electrodiagnosis.waveforms.records import (
    Cursors,
    Floats,
    SetKind,
    Stimulation,
    StimulationSet,
    Trace,
    UnreadableWaveformError,
)
from ranvier.electrodiagnosis.waveforms.signals import Sweeps, read_column, read_sweeps

_TO_MV = {"mv": 1.0, "uv": 1e-3, "\u00b5v": 1e-3, "\u03bcv": 1e-3, "v": 1e3}
_MS = 1000.0
_EACH_ALONE = ("f_wave", "h_reflex", "blink", "repetitive_stimulation")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CursorForm(_Form):
    """Cursors that a person set."""

    onset_ms: float | None = None
    peak_ms: float | None = None
    end_ms: float | None = None
    absent: bool = False


class StimulationForm(_Form):
    """One stimulation as written."""

    site: str = ""
    stimulus_ms: float = 0.0
    distance_mm: float | None = Field(default=None, gt=0, le=2000)
    segment_mm: float | None = Field(default=None, gt=0, le=2000)
    intensity_ma: float | None = Field(default=None, ge=0)
    recorded: Literal["", "ipsilateral", "contralateral"] = ""
    samples: list[float] | list[list[float]] | None = None
    file: str | None = None
    column: str | None = None
    channel: str | None = None
    mark: str | None = None
    at_s: float | None = None
    from_ms: float = -5.0
    to_ms: float = 50.0
    cursors: CursorForm = CursorForm()


class SetForm(_Form):
    """One set as written."""

    nerve: str
    kind: SetKind
    side: str = ""
    recording: str = ""
    region: Literal["", "arm", "leg", "face"] = ""
    rate_hz: float | None = None
    unit: str = "mV"
    polarity: Literal["negative_up", "positive_up"] = "negative_up"
    temperature_c: float | None = None
    day: float | None = None
    comment: str = ""
    stimulations: list[StimulationForm] = Field(min_length=1)


def read_set_file(path: Path) -> tuple[StimulationSet, ...]:
    """Return the sets of a set file, samples included.

    Raises
    ------
    UnreadableWaveformError
        If it is no JSON, does not fit the layout, or the samples cannot be read; the text names the entry.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableWaveformError(f"{path.name} is no JSON: it is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise UnreadableWaveformError(f"{path.name} is no JSON: {error}") from error
    forms = content if isinstance(content, list) else [content]
    return tuple(_set(form, f"{path.name}[{i}]" if len(forms) > 1 else path.name, path) for i, form in enumerate(forms))


def _set(content: Any, name: str, path: Path) -> StimulationSet:
    try:
        form = SetForm.model_validate(content)
    except ValidationError as error:
        raise UnreadableWaveformError(f"{name}: {_first_error(error)}") from error
    scale = _TO_MV.get(form.unit.strip().lower())
    if scale is None:
        raise UnreadableWaveformError(f"{name}: the unit {form.unit!r} must be mV, uV or V")
    scale = -scale if form.polarity == "positive_up" else scale
    stimulations: list[Stimulation] = []
    for number, item in enumerate(form.stimulations, 1):
        where = f"{name}, stimulation {number}"
        try:
            traces = _traces(item, form, scale, path.parent)
        except UnreadableWaveformError as error:
            raise UnreadableWaveformError(f"{where}: {error}") from error
        stimulations += [_stimulation(item, trace) for trace in traces]
    return StimulationSet(
        file=name, nerve=form.nerve, side=form.side, kind=form.kind, recording=form.recording,
        stimulations=tuple(stimulations), region=form.region, temperature_c=form.temperature_c, day=form.day,
        comment=form.comment,
    )  # fmt: skip


def _first_error(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        in_cursors, in_stimulation = "cursors" in where, "stimulations" in where
        form: type[BaseModel] = CursorForm if in_cursors else StimulationForm if in_stimulation else SetForm
        return str(UnknownNameError("key", str(first["loc"][-1]), form.model_fields))
    return f"{where or 'the set'}: {first['msg'][:1].lower()}{first['msg'][1:]}"


def _stimulation(item: StimulationForm, trace: Trace) -> Stimulation:
    return Stimulation(
        site=item.site,
        trace=trace,
        distance_mm=item.distance_mm,
        segment_mm=item.segment_mm,
        intensity_ma=item.intensity_ma,
        recorded=item.recorded,
        cursors=Cursors(**item.cursors.model_dump()),
    )


def _traces(item: StimulationForm, form: SetForm, scale: float, folder: Path) -> list[Trace]:
    """Return the sweeps of one entry: one, or for series one a mark."""
    if (item.samples is None) == (item.file is None):
        raise UnreadableWaveformError("give either samples or a file")
    if item.samples is not None:
        return [_trace(_averaged(item.samples) * scale, form.rate_hz, item.stimulus_ms)]
    path = folder / str(item.file)
    if path.resolve().parent != folder.resolve():
        raise UnreadableWaveformError(f"the file {item.file!r} must lie beside the set file")
    if path.suffix.lower() == ".csv":
        column = read_column(path, item.column, form.rate_hz)
        start = item.stimulus_ms - column.start_ms
        return [_trace(column.values * scale, column.rate_hz, start)]
    sign = -1.0 if form.polarity == "positive_up" else 1.0
    wanted = Sweeps(channel=item.channel, mark=item.mark, at_s=item.at_s, from_ms=item.from_ms, to_ms=item.to_ms)
    traces = read_sweeps(path, wanted, sign)
    if form.kind in _EACH_ALONE:
        return traces
    mean = np.mean([t.values_mv for t in traces], axis=0)
    return [Trace(values_mv=mean, rate_hz=traces[0].rate_hz, stimulus_ms=traces[0].stimulus_ms)]


def _averaged(samples: list[float] | list[list[float]]) -> Floats:
    rows = [np.atleast_1d(np.asarray(row, dtype=np.float64)) for row in samples]
    if len({len(row) for row in rows}) > 1:
        raise UnreadableWaveformError("sweeps that are averaged must be of one length")
    if rows and len(rows[0]) > 1:
        return np.asarray(np.mean(rows, axis=0))
    return np.asarray(samples, dtype=np.float64)


def _trace(values: Floats, rate_hz: float | None, stimulus_ms: float) -> Trace:
    if rate_hz is None:
        raise UnreadableWaveformError("the set needs rate_hz, the samples a second")
    return Trace(values_mv=values, rate_hz=rate_hz, stimulus_ms=stimulus_ms)


def set_to_json(item: StimulationSet) -> str:
    """Return a set as the text of a set file, samples in mV with six digits."""
    rates = {s.trace.rate_hz for s in item.stimulations}
    if len(rates) > 1:
        raise UnreadableWaveformError(f"{item.file}: the sweeps of a set file must have one rate (got {sorted(rates)})")
    content = {
        "nerve": item.nerve, "side": item.side, "kind": item.kind, "recording": item.recording, "region": item.region,
        "rate_hz": rates.pop(), "unit": "mV", "comment": item.comment,
        "stimulations": [
            {
                "site": s.site, "stimulus_ms": s.trace.stimulus_ms, "distance_mm": s.distance_mm,
                "recorded": s.recorded, "samples": [float(f"{v:.6g}") for v in s.trace.values_mv],
            }
            for s in item.stimulations
        ],
    }  # fmt: skip
    return json.dumps(content)
