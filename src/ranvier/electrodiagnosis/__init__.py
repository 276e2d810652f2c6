"""Electrodiagnosis: conduction studies and needle EMG to findings on the nerve graph."""

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, ConductionStudy, Unused
from ranvier.core import Finding
from ranvier.electrodiagnosis.conduction import conduction_findings, unused_conduction
from ranvier.electrodiagnosis.geometry import with_velocities
from ranvier.electrodiagnosis.needle import needle_findings, unused_needle
from ranvier.electrodiagnosis.signals import analysed_recordings, measured_waveforms, unused_signals
from ranvier.electrodiagnosis.studies import NerveStudy, load_studies, study_for
from ranvier.electrodiagnosis.whole import WholeReading, whole_readings

__all__ = [
    "NerveStudy",
    "WholeReading",
    "findings",
    "load_studies",
    "measured_studies",
    "study_for",
    "unused",
    "whole_readings",
]


def findings(case: Case, graph: NerveGraph) -> tuple[Finding, ...]:
    """Return the findings of conduction studies and needle EMG, in the order of the case."""
    case = measured_waveforms(case, graph)
    return (*conduction_findings(case, graph), *needle_findings(case), *analysed_recordings(case))


def unused(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return what no finding could be made of, with the reason and what to do."""
    measured = measured_waveforms(case, graph)
    return (*unused_conduction(measured, graph), *unused_needle(case), *unused_signals(case, graph))


def measured_studies(case: Case, graph: NerveGraph) -> tuple[ConductionStudy, ...]:
    """Return the conduction studies of tables and waveforms, with the velocities that latencies and distances give."""
    return with_velocities(measured_waveforms(case, graph), graph).conduction
