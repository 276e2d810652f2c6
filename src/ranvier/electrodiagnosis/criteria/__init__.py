"""Named diagnostic criteria, answered clause by clause from conduction studies and needle EMG.

The clauses are data; they are functions of the readings that the findings hold already, so they are
shown and never weighed as evidence of their own.
"""

from ranvier.electrodiagnosis.criteria.evaluation import (
    ClauseAnswer,
    ConclusionAnswer,
    NerveAnswer,
    SetAnswer,
    Setting,
    Threshold,
    evaluate,
    nerve_answers,
)
from ranvier.electrodiagnosis.criteria.facts import fact_names, facts_of, read_facts
from ranvier.electrodiagnosis.criteria.readings import units_of
from ranvier.electrodiagnosis.criteria.tables import Clause, CriteriaSet, Rule, load_criteria, select_criteria
from ranvier.electrodiagnosis.criteria.units import Number, Unit
from ranvier.electrodiagnosis.criteria.wording import (
    answer_criteria,
    criteria_as_json,
    criteria_in_words,
    criteria_met,
    threshold_basis,
)

__all__ = [
    "Clause",
    "ClauseAnswer",
    "ConclusionAnswer",
    "CriteriaSet",
    "NerveAnswer",
    "Number",
    "Rule",
    "SetAnswer",
    "Setting",
    "Threshold",
    "Unit",
    "answer_criteria",
    "criteria_as_json",
    "criteria_in_words",
    "criteria_met",
    "evaluate",
    "fact_names",
    "facts_of",
    "load_criteria",
    "nerve_answers",
    "read_facts",
    "select_criteria",
    "threshold_basis",
    "units_of",
]
