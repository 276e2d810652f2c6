"""Named diagnostic criteria, answered clause by clause from conduction studies and needle EMG.

The clauses are data; they are functions of the readings that the findings hold already, so they are
shown and never weighed as evidence of their own.
"""

from ranvier.electrodiagnosis.criteria.evaluation import ClauseAnswer, ConclusionAnswer, SetAnswer, Setting, evaluate
from ranvier.electrodiagnosis.criteria.readings import Number, Unit, units_of
from ranvier.electrodiagnosis.criteria.tables import Clause, CriteriaSet, Rule, load_criteria, select_criteria
from ranvier.electrodiagnosis.criteria.wording import (
    answer_criteria,
    criteria_as_json,
    criteria_in_words,
    criteria_met,
)

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
    "answer_criteria",
    "criteria_as_json",
    "criteria_in_words",
    "criteria_met",
    "evaluate",
    "load_criteria",
    "select_criteria",
    "units_of",
]
