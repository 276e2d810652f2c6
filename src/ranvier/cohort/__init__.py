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
from ranvier.cohort.hiding import Addition, Early, additions, early
from ranvier.cohort.replay import Replay, replay_published, replay_table, replay_to_json
from ranvier.cohort.simulated_cases import write_simulated
from ranvier.cohort.tables import additions_table, early_table, evaluation_table
from ranvier.cohort.truth import Truth, read_truth

__all__ = [
    "Addition",
    "CaseResult",
    "Early",
    "Evaluation",
    "Figure",
    "Replay",
    "Summary",
    "Truth",
    "additions",
    "additions_table",
    "case_folders",
    "early",
    "early_table",
    "evaluate_folder",
    "evaluation_table",
    "evaluation_to_json",
    "judge",
    "read_truth",
    "replay_published",
    "replay_table",
    "replay_to_json",
    "write_simulated",
]
