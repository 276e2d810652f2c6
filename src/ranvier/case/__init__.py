"""The case: a folder that a person can make by hand, read into immutable records."""

from ranvier.case.reader import check_case, read_case
from ranvier.case.records import (
    BiopsyResult,
    Case,
    Citation,
    ConductionStudy,
    Course,
    FeatureStatement,
    ImagingFinding,
    ImagingStudy,
    LabResult,
    NeedleStudy,
    Onset,
    Patient,
    ReflexStatement,
    Sensation,
    Setting,
    Strength,
    Tempo,
    Unused,
    Wasting,
)
from ranvier.case.schema import case_json_schema
from ranvier.case.template import write_template
from ranvier.case.vocabulary import Vocabulary, load_vocabulary

__all__ = [
    "BiopsyResult",
    "Case",
    "Citation",
    "ConductionStudy",
    "Course",
    "FeatureStatement",
    "ImagingFinding",
    "ImagingStudy",
    "LabResult",
    "NeedleStudy",
    "Onset",
    "Patient",
    "ReflexStatement",
    "Sensation",
    "Setting",
    "Strength",
    "Tempo",
    "Unused",
    "Vocabulary",
    "Wasting",
    "case_json_schema",
    "check_case",
    "load_vocabulary",
    "read_case",
    "write_template",
]
