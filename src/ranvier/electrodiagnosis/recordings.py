"""Recordings of a case, analysed: the class of each becomes a finding at its muscle, and what has none is said."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from ranvier.case import Case, NeedleRecording, Unused
from ranvier.core import Finding, Modality, RanvierError, in_words
from ranvier.electrodiagnosis.emg import analyse_recording, read_recording
from ranvier.electrodiagnosis.observed import Observed, graded

_READ = {
    "normal": (("motor_units", 0), ("motor_units_myopathic", 0)),
    "neurogenic": (("motor_units", 1),),
    "myopathic": (("motor_units_myopathic", 1),),
}


CLASS_BASIS = (
    "The class was fitted on simulated recordings (assumed) and one recording is one site of one muscle: "
    "its probability is calibrated on simulation only."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassedRecording:
    """The class of one recording, its probability (0 where it is uncertain) and its reasons."""

    place: str
    name: str
    share: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """The class of one recording with its reasons, or why there is none."""

    name: str = ""
    share: float = 0.0
    reasons: tuple[str, ...] = ()
    trouble: str = ""


def recording_findings(case: Case) -> tuple[Finding, ...]:
    """Return the findings of all recordings; a muscle whose motor units ``emg.csv`` judges gets none beside it."""
    items = [
        (recording, observed)
        for recording in case.recordings
        if not _judged_by_hand(recording, case)
        for observed in _observed(_outcome(recording))
    ]
    return tuple(
        replace(
            observed.finding(
                f"emg-recording-{number}",
                Modality.EMG,
                f"Needle EMG of {in_words(recording.place)}, recording analysed",
                recording.place,
                recording.origin,
            ),
            day=recording.day,
        )
        for number, (recording, observed) in enumerate(items, 1)
    )


def classed_recordings(case: Case) -> tuple[ClassedRecording, ...]:
    """Return the class of each recording that could be analysed and that ``emg.csv`` does not judge."""
    asked = [(r, _outcome(r)) for r in case.recordings if not _judged_by_hand(r, case)]
    return tuple(
        ClassedRecording(place=in_words(r.place), name=outcome.name, share=outcome.share, reasons=outcome.reasons)
        for r, outcome in asked
        if outcome.name
    )


def unused_recordings(case: Case) -> tuple[Unused, ...]:
    """Return the recordings that no finding was made of, with the reason."""
    return tuple(note for recording in case.recordings for note in _notes(recording, case))


def _notes(recording: NeedleRecording, case: Case) -> Iterator[Unused]:
    name = recording.path.name
    if _judged_by_hand(recording, case):
        yield Unused(
            severity="question",
            origin=recording.origin,
            problem=f"the recording {name!r} was not used: emg.csv judges the motor units of this muscle already.",
            remedy="Leave the cell motor_units in emg.csv empty to have the recording judged.",
        )
        return
    outcome = _outcome(recording)
    if outcome.trouble:
        yield Unused(
            severity="error",
            origin=recording.origin,
            problem=f"the recording {name!r} was not analysed: {outcome.trouble}.",
            remedy="Mend the file, or give its channel and rate_hz in emg/recordings.csv.",
        )
    elif outcome.name not in _READ:
        reasons = f" ({'; '.join(outcome.reasons)})" if outcome.reasons else ""
        yield Unused(
            severity="question",
            origin=recording.origin,
            problem=f"the class of the recording {name!r} is uncertain{reasons}; no finding was made of it.",
            remedy="Judge it by eye and write what it shows into emg.csv.",
        )


def _judged_by_hand(recording: NeedleRecording, case: Case) -> bool:
    return any(
        row.motor_units is not None
        and row.day == recording.day
        and row.place.side is recording.place.side
        and set(row.place.ids) & set(recording.place.ids)
        for row in case.needle
    )


def _observed(outcome: _Outcome) -> tuple[Observed, ...]:
    words = f"the class is {outcome.name} (probability {outcome.share:.0%})"
    return tuple(graded(observable, grade, grade, words) for observable, grade in _READ.get(outcome.name, ()))


def _outcome(recording: NeedleRecording) -> _Outcome:
    try:
        stamp = recording.path.stat().st_mtime_ns
    except OSError as error:
        return _Outcome(trouble=f"it cannot be opened ({error.strerror})")
    return _analysed(recording, stamp)


@lru_cache(maxsize=64)
def _analysed(recording: NeedleRecording, stamp: int) -> _Outcome:
    """Analyse once for each state of the file."""
    del stamp
    try:
        signal = read_recording(recording.path, channel=recording.channel, rate_hz=recording.rate_hz)
        result = analyse_recording(signal).result
    except RanvierError as error:
        return _Outcome(trouble=str(error).rstrip("."))
    share = dict(result.probabilities).get(result.name, 0.0)
    return _Outcome(name=result.name, share=share, reasons=tuple(result.reasons))
