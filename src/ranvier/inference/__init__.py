"""Inference: what the findings say about cause and site, with probabilities and reasons."""

from ranvier.inference.assess import assess, infer
from ranvier.inference.assessment import (
    SCHEMA_VERSION,
    Assessment,
    BasisShare,
    Candidate,
    DiagnosticTest,
    DisorderSet,
    GroupProbability,
    LeftOut,
    MriAnswer,
    NerveLesion,
    PlannedTest,
    RedFlag,
    Site,
    Stability,
    TestVisibility,
    TurningResult,
    Weight,
    assessment_from_json,
    assessment_json_schema,
    assessment_to_json,
)
from ranvier.inference.bedside import BedsideAnswer, LikelyPlace, localise_bedside
from ranvier.inference.evidence import Evidence, gather_evidence
from ranvier.inference.library import Library, build_library, load_library
from ranvier.inference.nerves import Nerves
from ranvier.inference.planning import read_burdens
from ranvier.inference.terms import term_mask
from ranvier.inference.visibility import diagnostic_tests, field_visibility
from ranvier.inference.workup import collect_findings, collect_unused, work_up

__all__ = [
    "SCHEMA_VERSION",
    "Assessment",
    "BasisShare",
    "BedsideAnswer",
    "Candidate",
    "DiagnosticTest",
    "DisorderSet",
    "Evidence",
    "GroupProbability",
    "LeftOut",
    "Library",
    "LikelyPlace",
    "MriAnswer",
    "NerveLesion",
    "Nerves",
    "PlannedTest",
    "RedFlag",
    "Site",
    "Stability",
    "TestVisibility",
    "TurningResult",
    "Weight",
    "assess",
    "assessment_from_json",
    "assessment_json_schema",
    "assessment_to_json",
    "build_library",
    "collect_findings",
    "collect_unused",
    "diagnostic_tests",
    "field_visibility",
    "gather_evidence",
    "infer",
    "load_library",
    "localise_bedside",
    "read_burdens",
    "term_mask",
    "work_up",
]
