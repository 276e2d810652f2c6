"""The whole chain for one case: findings of every modality, then the assessment."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from ranvier import electrodiagnosis, examination, histology, imaging, laboratory
from ranvier.anatomy import NerveGraph, load_graph
from ranvier.case import Case, Unused
from ranvier.core import Finding
from ranvier.electrodiagnosis.criteria import criteria_met
from ranvier.inference.assess import assess
from ranvier.inference.assessment import Assessment
from ranvier.inference.contradictions import contradictions
from ranvier.inference.nerves import Nerves
from ranvier.inference.parameters import load_parameters
from ranvier.inference.planning import Burden

_MODALITIES: tuple[Callable[[Case, NerveGraph], tuple[Finding, ...]], ...] = (
    examination.findings,
    electrodiagnosis.findings,
    imaging.findings,
    laboratory.findings,
    histology.findings,
)

_LEAVING: tuple[Callable[[Case, NerveGraph], tuple[Unused, ...]], ...] = (
    examination.unused,
    electrodiagnosis.unused,
    imaging.unused,
    laboratory.unused,
    histology.unused,
)


def collect_findings(case: Case) -> tuple[Finding, ...]:
    """Return the findings of every modality, in the order examination, NCS and EMG, imaging, laboratory, tissue."""
    graph = load_graph()
    return tuple(f for modality in _MODALITIES for f in modality(case, graph))


def collect_unused(case: Case) -> tuple[Unused, ...]:
    """Return what the reader and the modalities could not use or must question, with what to do."""
    graph = load_graph()
    own = [u for package in _LEAVING for u in package(case, graph)]
    return (*case.unused, *own, *contradictions(collect_findings(case)))


def work_up(case: Case, nerves: Nerves | None = None, burdens: Mapping[str, Burden] | None = None) -> Assessment:
    """Return the assessment of one case: the main job as a function.

    Parameters
    ----------
    case : Case
        The record.
    nerves : Nerves, optional
        Forward models kept from earlier cases; worth passing when there are many.
    burdens : mapping of str to Burden, optional
        What each test costs here; the packaged table by default.
    """
    assessed = assess(case, collect_findings(case), nerves, burdens)
    least = load_parameters()["criteria_shown"]
    thought_of = {c.disorder for c in assessed.candidates if c.probability >= least}
    met = criteria_met(case, load_graph(), thought_of)
    return replace(
        assessed,
        unused=collect_unused(case),
        remarks=(*assessed.remarks, *met),
        studies=electrodiagnosis.whole_readings(case, load_graph()),
    )
