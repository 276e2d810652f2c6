"""Imaging: as read by a radiologist, and as measured on the series that a case holds."""

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, Unused
from ranvier.core import Finding
from ranvier.imaging import studies

__all__ = ["findings", "unused"]


def findings(case: Case, graph: NerveGraph) -> tuple[Finding, ...]:
    """Return the findings of all imaging: what a radiologist stated first, then what was measured.

    Parameters
    ----------
    case : Case
        The record; its places are ids of the graph already.
    graph : NerveGraph
        For the nerves of measured series.
    """
    stated = studies.findings(case, graph)
    if not case.series:
        return stated
    from ranvier.imaging.measured import measured_findings

    return (*stated, *measured_findings(case, graph))


def unused(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:
    """Return what imaging could not be used, and measured nerves without a verdict, with the reason."""
    stated = studies.unused(case, graph)
    if not case.series:
        return stated
    from ranvier.imaging.measured import unused_series

    return (*stated, *unused_series(case, graph))
