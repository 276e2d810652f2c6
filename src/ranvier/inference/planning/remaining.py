"""What is still to be had: the available tests without what has been looked at in a case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ranvier.anatomy import NerveGraph
from ranvier.case import Case
from ranvier.core import Finding, Modality, PlaceKind, Side
from ranvier.electrodiagnosis import load_studies
from ranvier.inference.items import Item
from ranvier.inference.planning.available import AvailableTest

_IMAGING = {"mri": Modality.MRI, "ultrasound": Modality.ULTRASOUND}
_LIMB_GROUPS = {"arm": "arm", "leg": "leg", "face": "facial"}

Looked = Mapping[tuple[str, str], set[Side]]


def remaining(
    tests: Iterable[AvailableTest], case: Case, findings: Sequence[Finding], graph: NerveGraph
) -> tuple[AvailableTest, ...]:
    """Return the tests that still have something to find, without what has been looked at.

    Parameters
    ----------
    tests : iterable of AvailableTest
        All tests.
    case : Case
        Its imaging tells which regions were imaged.
    findings : sequence of Finding
        What has been found.
    graph : NerveGraph
        To tell the limb of a muscle.
    """
    looked, imaged = _looked_at(findings), _imaged(case)
    done = limbs_done(findings, graph) | _biopsied(case, graph)
    out = []
    for test in tests:
        if test.modality is not None:
            regions = tuple(r for r in test.regions if (test.modality, r) not in imaged)
            seen = frozenset(region for modality, region in imaged if modality is test.modality)
            out.extend([replace(test, regions=regions, seen=seen)] if regions else [])
        elif test.done_with not in done and (test.after is None or test.after in done):
            looks = tuple((i, s) for i, s in test.looks if not _is_done(i, s, looked))
            out.extend([replace(test, looks=looks)] if looks else [])
    return tuple(out)


def _looked_at(findings: Iterable[Finding]) -> Looked:
    """Return the sides on which each observable was looked at, by place; the place is empty for none."""
    done: dict[tuple[str, str], set[Side]] = {}
    for finding in findings:
        place = finding.place
        side = place.side if place is not None else Side.UNKNOWN
        for id_ in ("", *(place.ids if place is not None else ())):
            done.setdefault((finding.observable, id_), set()).add(side)
    return done


def _imaged(case: Case) -> set[tuple[Modality, str]]:
    done = [s for s in case.imaging if s.result != "not_done" and s.modality in _IMAGING]
    return {(_IMAGING[study.modality], study.region) for study in done}


def limbs_done(findings: Iterable[Finding], graph: NerveGraph) -> set[tuple[Modality, str]]:
    """Return the limbs of which conduction studies or needle EMG are reported; a summary speaks of all."""
    done: set[tuple[Modality, str]] = set()
    for finding in findings:
        if finding.modality in (Modality.NCS, Modality.EMG):
            done.update((finding.modality, limb) for limb in _limbs(finding, graph))
    return done


def _limbs(finding: Finding, graph: NerveGraph) -> set[str]:
    place = finding.place
    if place is None or place.kind not in (PlaceKind.STUDY, PlaceKind.MUSCLE):
        return set(_LIMB_GROUPS)
    if place.kind is PlaceKind.STUDY:
        return {load_studies()[i].region for i in place.ids if i in load_studies()}
    members = {limb: set(graph.expand("muscle", group)) for limb, group in _LIMB_GROUPS.items()}
    return {limb for limb, muscles in members.items() if muscles & set(place.ids)}


def _biopsied(case: Case, graph: NerveGraph) -> set[tuple[Modality, str]]:
    """Return the tissues of which a biopsy is reported; a named nerve is nerve."""
    return {(Modality.BIOPSY, "nerve" if b.tissue in graph.nerves else b.tissue) for b in case.biopsies}


def _is_done(item: Item, side: Side, looked: Looked) -> bool:
    if not item.ids:
        return (item.observable, "") in looked
    return bool(looked.get((item.observable, item.ids[0]), set()) & {side, Side.BOTH, Side.UNKNOWN})
