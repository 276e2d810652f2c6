"""Judge the work-up with part of each case hidden: what a modality adds, and how good the answer is early.

*Without a modality* every finding of it is left out. *Early* the deciding result is left out, as the truth names it
(the gene, the biopsy, the antibody, the imaging that showed the lesion), with what nobody would know before it.
Then two things are asked: is the right disorder still among the first, and is the hidden test among those that
are asked for next?
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ranvier.anatomy import NerveGraph, load_graph
from ranvier.case import Case, read_case
from ranvier.cohort.deciding import deciding_findings, entry_of, hidden_with
from ranvier.cohort.evaluation import CaseResult, Figure, Summary, case_folders, judge, summarise, wilson
from ranvier.cohort.truth import Truth, read_truth
from ranvier.core import Finding, Modality, PlaceKind
from ranvier.inference import Assessment, Nerves, assess, collect_findings, load_library
from ranvier.inference.images import region_parts
from ranvier.inference.planning import available_tests, limbs_done

_ASKED = 3
MODALITIES = tuple(Modality)
_IMAGING = {"mri": Modality.MRI, "ultrasound": Modality.ULTRASOUND}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What one modality adds: the figures of the cases that have it, with it and without it."""

    modality: Modality
    with_it: Summary
    without_it: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyResult:
    """One case with its deciding result hidden.

    `asked` lists the first tests that were planned; `hidden_tests` those that would have given the result.
    """

    result: CaseResult
    hidden: tuple[str, ...]
    hidden_tests: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def found(self) -> bool:
        """Tell whether a hidden test is among the first that were asked for."""
        return bool(set(self.hidden_tests) & set(self.asked[:_ASKED]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """Figures of all cases with a deciding result; `hidden_test` counts those that a planned test can give."""

    summary: Summary
    hidden_test: Figure
    cases: tuple[EarlyResult, ...]


def additions(folder: Path, *, report: Callable[[Modality], None] | None = None) -> tuple[Addition, ...]:
    """Return what each modality adds over the cases of a folder that have it."""
    nerves = Nerves(load_library(), load_graph())
    loaded = [(p.name, read_case(p), read_truth(p)) for p in case_folders(folder)]
    cases = [(name, case, truth, collect_findings(case)) for name, case, truth in loaded]
    whole = {name: judge(name, assess(case, found, nerves, plan=False), truth) for name, case, truth, found in cases}
    out = []
    for modality in MODALITIES:
        having = [c for c in cases if any(f.modality is modality for f in c[3])]
        if not having:
            continue
        less = [
            judge(name, assess(case, [f for f in found if f.modality is not modality], nerves, plan=False), truth)
            for name, case, truth, found in having
        ]
        full = [whole[name] for name, *_ in having]
        out.append(Addition(modality=modality, with_it=summarise(full), without_it=summarise(less)))
        if report is not None:
            report(modality)
    return tuple(out)


def early(folder: Path, *, report: Callable[[EarlyResult], None] | None = None) -> Early | None:
    """Return the figures with the deciding results hidden, or None when no truth names one."""
    nerves = Nerves(load_library(), load_graph())
    results = []
    for path in case_folders(folder):
        truth = read_truth(path)
        if not truth.deciding:
            continue
        found = early_case(path.name, read_case(path), truth, nerves)
        if found is None:
            continue
        results.append(found)
        if report is not None:
            report(found)
    if not results:
        return None
    findable = [r.found for r in results if r.hidden_tests]
    return Early(
        summary=summarise([r.result for r in results]),
        hidden_test=wilson(findable) if findable else Figure(value=np.nan, low=np.nan, high=np.nan),
        cases=tuple(results),
    )


def early_case(name: str, case: Case, truth: Truth, nerves: Nerves) -> EarlyResult | None:
    """Return one case judged with its deciding result hidden; None when no test gave such a result."""
    findings = collect_findings(case)
    deciding = deciding_findings(findings, truth.deciding)
    if not deciding:
        return None
    gone = hidden_with(case, findings, deciding)
    entries = {entry_of(f.origin) for f in gone}
    shown = tuple(s for s in case.imaging if entry_of(s.origin) not in entries)
    biopsies = tuple(b for b in case.biopsies if entry_of(b.origin) not in entries)
    kept = [f for f in findings if f not in gone]
    assessment: Assessment = assess(replace(case, imaging=shown, biopsies=biopsies), kept, nerves)
    regions = {(_IMAGING[s.modality], s.region) for s in case.imaging if s not in shown and s.modality in _IMAGING}
    return EarlyResult(
        result=judge(name, assessment, truth),
        hidden=tuple(f.statement for f in deciding),
        hidden_tests=_tests_for(deciding, regions, nerves.graph),
        asked=tuple(t.test for t in assessment.next_tests[: 2 * _ASKED]),
    )


def _tests_for(hidden: Sequence[Finding], regions: set[tuple[Modality, str]], graph: NerveGraph) -> tuple[str, ...]:
    """Return the tests that would give one of the hidden results.

    Conduction studies and needle EMG are asked for by limb: those of the limb count, whichever nerve or muscle it was,
    and a conclusion over all nerves comes from those of either.
    """
    observables = {f.observable for f in hidden}
    at_limb = [f for f in hidden if f.place is not None and f.place.kind in (PlaceKind.STUDY, PlaceKind.MUSCLE)]
    limbs = limbs_done(at_limb, graph)
    if any(f.modality is Modality.NCS and f.place is None for f in hidden):
        limbs |= {(Modality.NCS, "arm"), (Modality.NCS, "leg")}
    out = []
    for test in available_tests():
        if test.modality is not None:
            if any((test.modality, region) in regions for region in _covered(test.regions)):
                out.append(test.id)
        elif test.done_with in limbs or any(_same(i.observable, i.ids, hidden, observables) for i, _ in test.looks):
            out.append(test.id)
    return tuple(out)


def _covered(regions: Sequence[str]) -> set[str]:
    return {part for region in regions for part in region_parts(region)}


def _same(observable: str, ids: Sequence[str], hidden: Sequence[Finding], observables: set[str]) -> bool:
    """Tell whether an item looks at a hidden finding: the same observable, at one of its places if it has any."""
    if observable not in observables:
        return False
    if not ids:
        return True
    return any(f.observable == observable and (f.place is None or bool(set(ids) & set(f.place.ids))) for f in hidden)
