"""Many cases: run the same work-up over a folder and judge it against known diagnoses."""

from ranvier.cohort.conduction_agreement import Agreement, agreement, agreement_table, agreement_to_json
from ranvier.cohort.conduction_tables import (
    PublishedTable,
    read_differences,
    read_published_tables,
    tables_of_cases,
    unexplained,
)
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
    "Agreement",
    "CaseResult",
    "Early",
    "Evaluation",
    "Figure",
    "PublishedTable",
    "Replay",
    "Summary",
    "Truth",
    "additions",
    "additions_table",
    "agreement",
    "agreement_table",
    "agreement_to_json",
    "case_folders",
    "early",
    "early_table",
    "evaluate_folder",
    "evaluation_table",
    "evaluation_to_json",
    "judge",
    "read_differences",
    "read_published_tables",
    "read_truth",
    "replay_published",
    "replay_table",
    "replay_to_json",
    "tables_of_cases",
    "unexplained",
    "write_simulated",
]
