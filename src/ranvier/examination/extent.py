"""How far the illness reaches: parts of the body of which a case tells nothing.

Somebody who reports a numb left hand says by that much that the legs are no great trouble. A part that is
not spoken of is not a part that was examined and found well: the reading model of these findings is wide, so
that silence weighs little, and only against causes that would have disabled that part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ranvier.anatomy import NerveGraph
from ranvier.core import Finding, GradedReading, Modality, Origin, Place, PlaceKind, Side, read_table, side_in_words

_PACKAGE = "ranvier.examination"
_BEDSIDE = (Modality.HISTORY, Modality.EXAMINATION)
_BOTH_SIDES = (Side.LEFT, Side.RIGHT)

What = Literal["motor", "sensory"]
OBSERVABLES: Mapping[What, str] = {"motor": "unmentioned_weakness", "sensory": "unmentioned_sensory_trouble"}
PART_OBSERVABLES: Mapping[What, str] = {
    "motor": "unmentioned_weakness_part",
    "sensory": "unmentioned_sensory_trouble_part",
}
UNMENTIONED = frozenset((*OBSERVABLES.values(), *PART_OBSERVABLES.values()))
"""Observables of what a case does not tell, not of what was found."""
_KINDS: Mapping[What, PlaceKind] = {"motor": PlaceKind.MUSCLE, "sensory": PlaceKind.AREA}
_WORDS: Mapping[What, str] = {"motor": "weakness", "sensory": "numbness or tingling"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    region: str
    words: str
    group: str
    what: What
    side: Side
    part_of: str


def extent(findings: Iterable[Finding], graph: NerveGraph) -> tuple[Finding, ...]:
    """Return one finding for each part of the body of which nothing is told, or none when no trouble has a place.

    Parameters
    ----------
    findings : iterable of Finding
        Of all modalities; history and examination count.
    graph : NerveGraph
        To tell which muscles and skin areas belong to a limb.
    """
    bedside = [f for f in findings if f.modality in _BEDSIDE]
    if not any(f.abnormal is True and f.place is not None for f in bedside):
        return ()
    silent = [part for part in _parts() if _is_silent(part, bedside, graph)]
    return tuple(_finding(number, part, graph) for number, part in enumerate(silent, 1))


@cache
def _parts() -> tuple[_Part, ...]:
    rows = read_table(_PACKAGE, "extent.csv", ("region", "words", "muscle_group", "area_group", "sided", "part_of"))
    whats: tuple[tuple[What, str], ...] = (("motor", "muscle_group"), ("sensory", "area_group"))
    return tuple(
        _Part(region=row["region"], words=row["words"], group=row[column], what=what, side=side, part_of=row["part_of"])
        for row in rows
        for what, column in whats
        if row[column]
        for side in (_BOTH_SIDES if row["sided"] == "yes" else (Side.BOTH,))
    )


@cache
def _told_by() -> Mapping[str, frozenset[tuple[str, str]]]:
    """Return the parts that each feature speaks of."""
    rows = read_table(_PACKAGE, "told_by.csv", ("feature", "region", "what"))
    return {
        feature: frozenset((r["region"], r["what"]) for r in rows if r["feature"] == feature)
        for feature in dict.fromkeys(row["feature"] for row in rows)
    }


def spoken_of(findings: Iterable[Finding], graph: NerveGraph) -> frozenset[tuple[str, str]]:
    """Return the parts of the body, as (region, motor or sensory), of which a finding with a place tells.

    Parameters
    ----------
    findings : iterable of Finding
        Of all modalities; history and examination count.
    graph : NerveGraph
        To tell which muscles and skin areas belong to a part.
    """
    placed = [f for f in findings if f.modality in _BEDSIDE and f.place is not None and f.observable not in UNMENTIONED]
    return frozenset((p.region, p.what) for p in _parts() if any(_has_place_in(f, p, graph) for f in placed))


def parts_of_feature(feature: str) -> frozenset[tuple[str, str]]:
    """Return the parts of the body, as (region, motor or sensory), that a feature speaks of; most speak of none."""
    return _told_by().get(feature, frozenset())


def _is_silent(part: _Part, findings: Iterable[Finding], graph: NerveGraph) -> bool:
    """Tell whether nothing is told of a part: for part of a limb, where the limb is said to be ill elsewhere."""
    told = [f for f in findings if _tells(f, part, graph)]
    if told or not part.part_of:
        return not told
    limb = next(p for p in _parts() if (p.region, p.what, p.side) == (part.part_of, part.what, part.side))
    ill = [f for f in findings if _tells(f, limb, graph)]
    return any(f.abnormal is True and f.place is not None for f in ill) and not any(_of_all(f, limb) for f in ill)


def _of_all(finding: Finding, limb: _Part) -> bool:
    """Tell whether a finding speaks of a limb as a whole, without a place."""
    return (limb.region, limb.what) in parts_of_feature(finding.observable)


def _tells(finding: Finding, part: _Part, graph: NerveGraph) -> bool:
    """Tell whether a finding speaks of a part, as ill or as well."""
    return (part.region, part.what) in parts_of_feature(finding.observable) or _has_place_in(finding, part, graph)


def _has_place_in(finding: Finding, part: _Part, graph: NerveGraph) -> bool:
    place = finding.place
    if place is None or place.kind is not _KINDS[part.what]:
        return False
    sides = {place.side, part.side}
    if sides == set(_BOTH_SIDES):
        return False
    return bool(set(place.ids) & _members(graph, part.what, part.group))


@cache
def _members(graph: NerveGraph, what: What, group: str) -> frozenset[str]:
    return frozenset(graph.expand(_KINDS[what].value, group))


def _finding(number: int, part: _Part, graph: NerveGraph) -> Finding:
    where = side_in_words(part.words, part.side) if part.side is not Side.BOTH else part.words
    return Finding(
        id=f"extent-{number}",
        modality=Modality.EXAMINATION,
        observable=(PART_OBSERVABLES if part.part_of else OBSERVABLES)[part.what],
        place=Place(
            kind=_KINDS[part.what],
            ids=graph.expand(_KINDS[part.what].value, part.group),
            side=part.side,
            label=part.words,
        ),
        reading=GradedReading(lowest=0, highest=0),
        abnormal=None,
        statement=f"No {_WORDS[part.what]} of the {where} is told.",
        limit=None,
        origin=Origin(file="case.yaml", text="nothing is said of it"),
    )
