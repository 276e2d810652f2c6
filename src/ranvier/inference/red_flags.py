"""Red flags: rules outside the posterior, never averaged away.

A rule is a conjunction (``&``) of alternatives (``|``). A token is a feature id, ``tempo:<tempo>``,
``course:<course>``, ``weak:<muscle group>`` (or ``weak:any``), or ``numb:<area group>``. The rules are data.
"""

from collections.abc import Sequence

from ranvier.anatomy import NerveGraph
from ranvier.case import Onset
from ranvier.core import Finding, PlaceKind, PresenceReading, Status, read_table
from ranvier.examination import SENSATION
from ranvier.inference.assessment import RedFlag
from ranvier.inference.parameters import load_parameters

_COLUMNS = ("id", "title", "all_of", "advice", "status", "source")


def red_flags(findings: Sequence[Finding], onset: Onset, graph: NerveGraph) -> tuple[RedFlag, ...]:
    """Return the red flags that the findings raise, each with what raised it."""
    flags = []
    for row in read_table("ranvier.inference", "red_flags.csv", _COLUMNS):
        because: list[str] = []
        for alternatives in row["all_of"].split("&"):
            met = [s for token in alternatives.split("|") if (s := _met(token, findings, onset, graph))]
            if not met:
                break
            because.append(met[0])
        else:
            flags.append(
                RedFlag(
                    id=row["id"],
                    title=row["title"],
                    advice=row["advice"],
                    because=tuple(dict.fromkeys(because)),
                    source=row["source"],
                    status=Status(row["status"]),
                )
            )
    return tuple(flags)


def _met(token: str, findings: Sequence[Finding], onset: Onset, graph: NerveGraph) -> str:
    """Return the statement that meets a token, or an empty text."""
    kind, _, name = token.partition(":")
    if kind == "tempo":
        return f"Onset: {name}" if _tempo(onset) == name else ""
    if kind == "course":
        return f"Course: {name}" if onset.course is not None and onset.course.value == name else ""
    if kind == "weak":
        return _located(findings, frozenset({"strength"}), PlaceKind.MUSCLE, name, graph)
    if kind == "numb":
        return _located(findings, SENSATION, PlaceKind.AREA, name, graph)
    for finding in findings:
        if finding.observable == token and isinstance(finding.reading, PresenceReading) and finding.reading.present:
            return finding.statement
    return ""


def _tempo(onset: Onset) -> str:
    """Return the tempo; an illness of less than four weeks is acute even when nobody said so."""
    if onset.tempo is not None:
        return onset.tempo.value
    acute = load_parameters()["acute_days"]
    return "acute" if onset.duration_days is not None and onset.duration_days <= acute else ""


def _located(
    findings: Sequence[Finding], observables: frozenset[str], kind: PlaceKind, group: str, graph: NerveGraph
) -> str:
    members = None if group == "any" else set(graph.expand(kind.value, group))
    for finding in findings:
        place = finding.place
        if finding.observable not in observables or place is None or place.kind is not kind or not finding.abnormal:
            continue
        if members is None or members & set(place.ids):
            return finding.statement
    return ""
