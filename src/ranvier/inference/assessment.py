"""The assessment: everything that is concluded from one case, as an immutable value.

It is what the report shows and what ``assessment.json`` holds. The report computes nothing.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from ranvier.case import Citation, IncompleteStatement, Onset, Patient, Unused
from ranvier.core import Finding, Modality, Side, Status
from ranvier.electrodiagnosis import WholeReading

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place of the lesion under one disorder, with its probability given that disorder.

    `terms` are location terms of the nerve graph (``tunnel:carpal_tunnel``); empty for a disorder with
    no circumscribed place.
    """

    label: str
    terms: tuple[str, ...]
    side: Side
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What one finding says for (positive) or against (negative) a disorder, in decibans.

    Ten decibans are odds of ten to one. `finding` is None for age, sex, onset and course.
    """

    finding: str | None
    statement: str
    modality: Modality | None
    decibans: float
    because: str
    source: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One disorder with its probability of being present, alone or with others."""

    disorder: str
    name: str
    group: str
    probability: float
    low: float
    high: float
    urgent: bool
    treatable: bool
    changes_structure: bool
    sites: tuple[Site, ...]
    weights: tuple[Weight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisorderSet:
    """A set of concurrent disorders with its probability."""

    disorders: tuple[str, ...]
    names: tuple[str, ...]
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupProbability:
    """Probability that the main disorder belongs to a group."""

    group: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveLesion:
    """Probability that a part of the nerve graph is lesioned, on one side."""

    part: str
    label: str
    kind: str
    side: Side
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TestVisibility:
    """Chance that a test is abnormal under one disorder; None where it cannot bear on it."""

    __test__ = False

    disorder: str
    test: str
    probability: float | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticTest:
    """A column of the visibility picture."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MriAnswer:
    """What MRI can show in this patient, what it showed, and what a normal MRI leaves open."""

    can_show: tuple[str, ...]
    cannot_show: tuple[str, ...]
    showed: tuple[str, ...]
    leaves_open: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """A warning that stands whatever the probabilities say."""

    id: str
    title: str
    advice: str
    because: tuple[str, ...]
    source: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """What happens to the order when one finding is left out."""

    finding: str
    statement: str
    first_without: str
    changes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TurningResult:
    """A result of a planned test that would put another disorder first, with its chance."""

    result: str
    chance: float
    disorder: str
    name: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTest:
    """A test that could be done next.

    `gain_bits` is the expected information about the cause, with treatable and urgent causes weighted;
    `score` is what the order goes by: the gain weighed against the burden. One whose gain is next to nothing is
    not `worthwhile`.
    """

    test: str
    name: str
    gain_bits: float
    burden: float
    score: float
    worthwhile: bool
    invasive: bool
    why: str
    turns: tuple[TurningResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A finding that no model could use, and why."""

    finding: str
    statement: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisShare:
    """Share of the weight of evidence that rests on numbers of one status."""

    status: Status
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The whole conclusion on one case.

    `studies` holds the classes of the conduction study and of needle recordings; they are shown and not weighed.
    """

    schema_version: str
    ranvier_version: str
    case: str
    citation: Citation | None
    patient: Patient
    onset: Onset
    answer: str
    neuropathy_probability: float
    candidates: tuple[Candidate, ...]
    groups: tuple[GroupProbability, ...]
    sets: tuple[DisorderSet, ...]
    unexplored: float
    mri: MriAnswer
    tests: tuple[DiagnosticTest, ...]
    visibility: tuple[TestVisibility, ...]
    nerve_lesions: tuple[NerveLesion, ...]
    findings: tuple[Finding, ...]
    red_flags: tuple[RedFlag, ...]
    stability: tuple[Stability, ...]
    next_tests: tuple[PlannedTest, ...]
    left_out: tuple[LeftOut, ...]
    unused: tuple[Unused, ...]
    not_done: tuple[str, ...]
    incomplete: tuple[IncompleteStatement, ...]
    remarks: tuple[str, ...]
    basis: tuple[BasisShare, ...]
    studies: tuple[WholeReading, ...] = ()

    def candidate(self, disorder: str) -> Candidate | None:
        """Return the candidate with that id, or None when it is not among them."""
        return next((c for c in self.candidates if c.disorder == disorder), None)


@cache
def _adapter() -> TypeAdapter[Assessment]:
    return TypeAdapter(Assessment)


def assessment_to_json(assessment: Assessment) -> str:
    """Return the assessment as JSON text, with two spaces of indent."""
    return _adapter().dump_json(assessment, indent=2).decode("utf-8")


def assessment_from_json(text: str) -> Assessment:
    """Return the assessment that `assessment_to_json` wrote."""
    return _adapter().validate_json(text)


def assessment_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``assessment.json``."""
    schema = _adapter().json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:ranvier:assessment:{SCHEMA_VERSION}",
        **schema,
    }
