"""All waveforms of a folder, or of one file: set files, annotated EDF and BDF files, CMAP scans.

An EDF+ or BDF+ file needs no set file where each stimulus has an annotation that says everything::

    stimulus; nerve=median; side=right; kind=motor; site=wrist; recording=abductor pollicis brevis; distance_mm=70

What cannot be read is listed with the reason, and the rest is read.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ranvier.core import RanvierError
from ranvier.electrodiagnosis.waveforms.layout import read_set_file
from ranvier.electrodiagnosis.waveforms.records import (
    SET_KINDS,
    SetKind,
    Stimulation,
    StimulationSet,
    UnreadableWaveformError,
)
from ranvier.electrodiagnosis.waveforms.scan import CmapScan, read_scan
from ranvier.electrodiagnosis.waveforms.signals import Sweeps, cut_sweeps, read_long

_LONG = (".edf", ".bdf")
_SCANS = (".mem",)
_KNOWN = (".json", ".csv", ".edf", ".bdf", ".hea", ".dat", ".mem")
_STIMULUS = "stimulus"
_LATE_TO_MS, _TO_MS, _FROM_MS = 95.0, 45.0, -5.0
_LATE = ("f_wave", "h_reflex", "blink")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveformTrouble:
    """A file that could not be read, and why."""

    file: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveformFolder:
    """What a folder holds."""

    sets: tuple[StimulationSet, ...]
    scans: tuple[CmapScan, ...]
    troubles: tuple[WaveformTrouble, ...]


def read_waveforms(path: Path) -> WaveformFolder:
    """Return all sets and scans of a folder or of one file.

    Raises
    ------
    UnreadableWaveformError
        If there is no such path. What is wrong with single files is listed in the result.
    """
    if not path.exists():
        raise UnreadableWaveformError(f"there is no file or folder {path.name!r}")
    files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    files = [p for p in files if not p.name.startswith(".")]
    named = {name for p in files if p.suffix.lower() == ".json" for name in _named_files(p)}
    sets: list[StimulationSet] = []
    scans: list[CmapScan] = []
    troubles: list[WaveformTrouble] = []
    for file in files:
        if file.name in named:
            continue
        try:
            for item in _contents(file):
                (scans if isinstance(item, CmapScan) else sets).append(item)  # type: ignore[arg-type]
        except RanvierError as error:
            text = str(error).removeprefix(f"{file.name}: ")
            troubles.append(WaveformTrouble(file=file.name, problem=text))
    return WaveformFolder(sets=tuple(sets), scans=tuple(scans), troubles=tuple(troubles))


def _named_files(path: Path) -> Iterator[str]:
    """Yield the files that a set file takes its samples from."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        return
    for form in content if isinstance(content, list) else [content]:
        entries = form.get("stimulations") if isinstance(form, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            name = entry.get("file") if isinstance(entry, dict) else None
            if isinstance(name, str):
                yield name
                if name.lower().endswith(".hea"):
                    yield f"{name[:-4]}.dat"


def _contents(file: Path) -> Iterator[StimulationSet | CmapScan]:
    suffix = file.suffix.lower()
    if suffix == ".json":
        yield from read_set_file(file)
    elif suffix in _SCANS or suffix == ".csv":
        yield read_scan(file)
    elif suffix in _LONG:
        yield from _annotated(file)
    elif suffix in (".hea", ".dat"):
        raise UnreadableWaveformError("a WFDB record needs a set file (JSON) that says where its stimuli are")
    else:
        raise UnreadableWaveformError(f"the kind {suffix or 'without ending'!r} is not one of {', '.join(_KNOWN)}")


def _annotated(file: Path) -> Iterator[StimulationSet]:
    """Yield the sets that the annotations of an EDF or BDF file describe."""
    recording = read_long(file, None)
    groups: dict[tuple[tuple[str, str], ...], list[Stimulation]] = {}
    for mark in recording.marks:
        said = _said(mark.text)
        if said is None:
            continue
        kind = said.get("kind", "")
        if kind not in SET_KINDS:
            raise UnreadableWaveformError(f"the annotation at {mark.at_s:g} s must say kind={'|'.join(SET_KINDS)}")
        to_ms = _LATE_TO_MS if kind in _LATE else _TO_MS
        trace = cut_sweeps(recording, Sweeps(at_s=mark.at_s, from_ms=_FROM_MS, to_ms=to_ms), 1.0, file.name)[0]
        key = tuple((k, said.get(k, "")) for k in ("nerve", "side", "kind", "recording"))
        stimulation = Stimulation(
            site=said.get("site", ""),
            trace=trace,
            distance_mm=_number(said, "distance_mm"),
            recorded=said.get("recorded", ""),
        )
        groups.setdefault(key, []).append(stimulation)
    if not groups:
        raise UnreadableWaveformError(
            "no annotation begins with 'stimulus'; mark each stimulus, or add a set file (JSON) that names this file"
        )
    for key, stimulations in groups.items():
        said = dict(key)
        yield replace(
            StimulationSet(
                file=file.name, nerve=said["nerve"], side=said["side"], kind=_kind(said["kind"]),
                recording=said["recording"], stimulations=tuple(stimulations),
            )
        )  # fmt: skip


def _kind(text: str) -> SetKind:
    return next(k for k in SET_KINDS if k == text)


def _said(text: str) -> dict[str, str] | None:
    parts = [part.strip() for part in text.split(";")]
    if parts[0].lower() != _STIMULUS:
        return None
    pairs = [part.partition("=") for part in parts[1:] if part]
    return {key.strip(): value.strip() for key, _, value in pairs}


def _number(said: dict[str, str], name: str) -> float | None:
    try:
        return float(said[name].replace(",", ".")) if name in said else None
    except ValueError as error:
        raise UnreadableWaveformError(f"{name}={said[name]!r} of an annotation is no number") from error
