"""Named diagnostic criteria, answered clause by clause from conduction studies and needle EMG.

The clauses are data; they are functions of the readings that the findings hold already, so they are
shown and never weighed as evidence of their own.
"""

from ranvier.electrodiagnosis.criteria.evaluation import ClauseAnswer, ConclusionAnswer, SetAnswer, Setting, evaluate
from ranvier.electrodiagnosis.criteria.readings import Number, Unit, units_of
from ranvier.electrodiagnosis.criteria.tables import Clause, CriteriaSet, Rule, load_criteria, select_criteria

__all__ = [
    "Clause",
    "ClauseAnswer",
    "ConclusionAnswer",
    "CriteriaSet",
    "Number",
    "Rule",
    "SetAnswer",
    "Setting",
    "Unit",
    "evaluate",
    "load_criteria",
    "select_criteria",
    "units_of",
]
