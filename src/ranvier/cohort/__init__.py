"""Many cases: run the same work-up over a folder and judge it against known diagnoses."""

from ranvier.cohort.evaluation import (
    CaseResult,
    Evaluation,
    Figure,
    Summary,
    case_folders,
    evaluate_folder,
    evaluation_to_json,
    judge,
)
from ranvier.cohort.tables import evaluation_table
from ranvier.cohort.truth import Truth, read_truth

__all__ = [
    "CaseResult",
    "Evaluation",
    "Figure",
    "Summary",
    "Truth",
    "case_folders",
    "evaluate_folder",
    "evaluation_table",
    "evaluation_to_json",
    "judge",
    "read_truth",
]
