"""Examination and history to findings; also everything that a case states as a feature in words."""

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, Unused
from ranvier.core import Finding
from ranvier.examination import scores
from ranvier.examination.bedside import SENSATION, bedside
from ranvier.examination.extent import UNMENTIONED, extent, parts_of_feature, spoken_of
from ranvier.examination.statements import modality_of, statements

__all__ = ["SENSATION", "UNMENTIONED", "findings", "modality_of", "parts_of_feature", "scores", "spoken_of", "unused"]


def findings(case: Case, graph: NerveGraph) -> tuple[Finding, ...]:
    """Return the findings of the bedside examination, the features that the case states, and what it does not speak of.

    The features are of all categories (history, signs, results of tests in words): each carries the
    modality of its category.

    Parameters
    ----------
    case : Case
        The record; its places are ids of the graph already.
    graph : NerveGraph
        To tell which muscles and skin areas belong to a limb.
    """
    found = (*bedside(case), *statements(case))
    return (*found, *extent(found, graph), *scores.findings(case))


def unused(case: Case, graph: NerveGraph) -> tuple[Unused, ...]:  # noqa: ARG001
    """Return what the case states of scores that cannot be used, with what to do."""
    return scores.unused(case)
