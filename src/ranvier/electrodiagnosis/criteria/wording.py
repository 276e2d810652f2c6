"""Criteria answers as lines of text and as JSON-ready records."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, replace

from ranvier.anatomy import NerveGraph
from ranvier.case import Case
from ranvier.core import Side
from ranvier.electrodiagnosis.criteria.evaluation import ClauseAnswer, SetAnswer, Setting, evaluate
from ranvier.electrodiagnosis.criteria.facts import facts_of
from ranvier.electrodiagnosis.criteria.readings import units_of
from ranvier.electrodiagnosis.criteria.tables import load_criteria, select_criteria
from ranvier.electrodiagnosis.geometry import with_velocities
from ranvier.electrodiagnosis.signals import measured_waveforms


def answer_criteria(case: Case, graph: NerveGraph, name: str, setting: Setting) -> tuple[SetAnswer, ...]:
    """Return the answers of one set, or of every set for ``all``.

    Raises
    ------
    UnknownNameError
        If there is no such set.
    """
    case = with_velocities(measured_waveforms(case, graph), graph)
    known = replace(
        setting,
        low_filter_hz=setting.low_filter_hz if setting.low_filter_hz is not None else _low_filter(case),
        facts={**facts_of(case, graph), **setting.facts},
    )
    units = units_of(case, graph, known.facts)
    return tuple(a for criteria in select_criteria(name) for a in evaluate(criteria, units, known))


def _low_filter(case: Case) -> float | None:
    """Return the low-frequency filter of the motor studies, if they state one and the same."""
    stated = {s.low_filter_hz for s in case.conduction if s.kind == "motor" and s.low_filter_hz is not None}
    return stated.pop() if len(stated) == 1 else None


def criteria_met(case: Case, graph: NerveGraph, disorders: Collection[str]) -> tuple[str, ...]:
    """Return a sentence for each set that is met, with the readings that meet it.

    Parameters
    ----------
    case : Case
        Its conduction studies, needle EMG and examination are read.
    graph : NerveGraph
        The nerve graph.
    disorders : collection of str
        What is thought of: a set that is meant for other disorders says nothing, since a carpal tunnel grade, say,
        can be worked out of any absent median response.
    """
    asked = {s.id for s in load_criteria().values() if not s.about or set(s.about) & set(disorders)}
    answers = answer_criteria(case, graph, "all", Setting())
    return tuple(_met(a) for a in answers if a.met is not None and a.set in asked)


def _met(answer: SetAnswer) -> str:
    said = answer.met.text if answer.met is not None else ""
    used = answer.met.clauses if answer.met is not None else ()
    met = [c for c in answer.clauses if c.state == "met" and c.clause in used]
    reasons = "; ".join(dict.fromkeys(r for c in met for r in c.readings))
    basis = "; ".join(dict.fromkeys(b for c in met for b in threshold_basis(c)))
    parts = [f"{said}{_side(answer)}", reasons, f"Thresholds {basis}" if basis else ""]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def threshold_basis(clause: ClauseAnswer) -> tuple[str, ...]:
    """Return how well the thresholds of a clause are known and where they are from, each once."""
    return tuple(dict.fromkeys(f"{t.status.value}: {t.citation}" for t in clause.thresholds))


def _side(answer: SetAnswer) -> str:
    return f", {answer.side.value}" if answer.side in (Side.LEFT, Side.RIGHT) else ""


def criteria_in_words(answers: Sequence[SetAnswer]) -> Iterator[str]:
    """Yield the lines of a clause table, set by set."""
    for answer in answers:
        yield f"{answer.name} ({answer.set}, {answer.version}){_side(answer)}"
        for conclusion in answer.conclusions:
            yield f"  {conclusion.state.upper():8} {conclusion.text}"
        for clause in answer.clauses:
            yield f"    {clause.state:8} {clause.clause}: {clause.text} [{clause.status.value}]"
            yield from (f"             {reading}" for reading in clause.readings)
            yield from (f"             threshold {basis}" for basis in threshold_basis(clause))
            if clause.further:
                yield f"             to complete it: {clause.further}"
        if answer.not_included:
            yield f"    not included: {answer.not_included}"


def criteria_as_json(answers: Sequence[SetAnswer]) -> list[dict[str, object]]:
    """Return the answers as records for JSON."""
    return [asdict(answer) for answer in answers]
