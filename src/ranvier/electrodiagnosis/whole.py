"""What the electrodiagnostic studies of a case say as a whole: class of the conduction study, class of each recording.

These sentences are shown and never weighed: the single readings behind them are weighed already.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ranvier.anatomy import NerveGraph
from ranvier.case import Case
from ranvier.electrodiagnosis.neuropathy import classify_case
from ranvier.electrodiagnosis.neuropathy.verdict import BASIS


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeReading:
    """One question to the studies as a whole, with its answer.

    Attributes
    ----------
    study : str
        ``Nerve conduction`` or ``Needle EMG``, with the place of a recording.
    question : str
        What is asked: axons or myelin, fibres, distribution, motor units.
    answer : str
        The class, ``cannot tell`` or ``uncertain``.
    certainty : str
        ``probable``, ``possible``, the probability of a recording's class, or empty.
    reasons : tuple of str
        The weightiest first.
    basis : str
        What the rules rest on.
    """

    study: str
    question: str
    answer: str
    certainty: str
    reasons: tuple[str, ...]
    basis: str


def whole_readings(case: Case, graph: NerveGraph) -> tuple[WholeReading, ...]:
    """Return the classes of the conduction study and of the needle recordings; nothing where there is neither."""
    return (*_conduction(case, graph), *_recordings(case))


def _conduction(case: Case, graph: NerveGraph) -> Iterator[WholeReading]:
    found = classify_case(case, graph)
    if not found.nerves:
        return
    asked = {"axons or myelin": found.kind, "fibres": found.fibres, "distribution": found.distribution}
    for question, answer in asked.items():
        why = (answer.why, found.set_aside if question == "axons or myelin" else "")
        yield WholeReading(
            study="Nerve conduction",
            question=question,
            answer=answer.value,
            certainty=answer.certainty,
            reasons=tuple(text for text in (*why, *answer.readings) if text),
            basis=BASIS,
        )


def _recordings(case: Case) -> tuple[WholeReading, ...]:
    """Return the class of each recording; the code for signals is loaded only where there is one."""
    if not case.recordings:
        return ()
    from ranvier.electrodiagnosis.recordings import CLASS_BASIS, classed_recordings

    return tuple(
        WholeReading(
            study=f"Needle EMG, {classed.place}",
            question="motor units",
            answer=classed.name,
            certainty=f"{classed.share:.0%}" if classed.share else "",
            reasons=classed.reasons,
            basis=CLASS_BASIS,
        )
        for classed in classed_recordings(case)
    )
