"""Waveforms and recordings of a case; the code for signals is loaded only where a case has any.

It takes scipy's signal and statistics packages, which cost a plain work-up more time than the inference does.
"""

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, Unused
from ranvier.core import Finding


def measured_waveforms(case: Case, graph: NerveGraph) -> Case:
    """Return a case whose conduction studies hold what its waveforms show."""
    if not case.waveforms:
        return case
    from ranvier.electrodiagnosis.waveforms.case_rows import with_waveforms

    return with_waveforms(case, graph)


def analysed_recordings(case: Case) -> tuple[Finding, ...]:
    """Return the findings of the needle recordings of a case."""
    if not case.recordings:
        return ()
    from ranvier.electrodiagnosis.recordings import recording_findings

    return recording_findings(case)


def unused_signals(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return what could not be read or measured of waveforms and recordings, and what is doubtful."""
    out: tuple[Unused, ...] = ()
    if case.waveforms:
        from ranvier.electrodiagnosis.waveforms.case_rows import unused_waveforms

        out += unused_waveforms(case, graph)
    if case.recordings:
        from ranvier.electrodiagnosis.recordings import unused_recordings

        out += unused_recordings(case)
    return out
