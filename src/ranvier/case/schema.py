"""The published form of case.yaml as pydantic models, and its JSON Schema.

The models describe; the reader itself is more forgiving (words for grades, synonyms) and keeps what it
can. A file that obeys the schema reads without a structural problem.
"""

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CASE_SCHEMA_VERSION = "1"
Grade = str | float
Names = str | list[str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(None, description="The words of the source.")


class Citation(BaseModel):
    """Where a published case was described."""

    model_config = ConfigDict(extra="forbid")

    title: str
    doi: str | None = None
    pmid: str | int | None = None
    url: str | None = None
    year: int | None = None
    licence: str | None = None
    language: str | None = None


class Patient(BaseModel):
    """The person; no name, no number, no date of birth."""

    model_config = ConfigDict(extra="forbid")

    age_y: float | None = Field(None, ge=0, le=120)
    sex: Literal["female", "male"] | None = None
    height_cm: float | None = Field(None, ge=40, le=230)
    weight_kg: float | None = Field(None, ge=2, le=350)


class Onset(BaseModel):
    """When it began and how it went."""

    model_config = ConfigDict(extra="forbid")

    duration_days: float | None = Field(None, ge=0)
    tempo: Literal["sudden", "acute", "subacute", "chronic", "lifelong"] | None = None
    course: Literal["progressive", "stepwise", "relapsing", "stable", "improving"] | None = None


class Statement(_Part):
    """A feature that was looked for."""

    item: str = Field(description="Id, name, synonym or HPO code of a feature.")
    status: str | bool | None = Field(None, description="present or absent")
    at: Names | None = Field(None, description="Tunnel, nerve, root, muscle or area.")
    area: Names | None = None
    side: str | None = None
    variant: str | None = None


class Strength(_Part):
    """Strength of a muscle, a movement or a group."""

    name: Names
    side: str | None = None
    grade: Grade = Field(description="MRC 0 to 5, a range, or a word such as weak.")


class Reflex(_Part):
    """A reflex or a group of reflexes."""

    name: Names
    side: str | None = None
    grade: Grade = Field(description="NINDS 0 to 4 or a word such as absent, trace, brisk.")


class Sensation(_Part):
    """Sensation of an area."""

    area: Names
    side: str | None = None
    modality: Literal["light_touch", "pain", "temperature", "vibration", "position", "any"] = "any"
    result: Literal["normal", "reduced", "absent", "altered"] | None = None
    symptom: bool = False


class Wasting(_Part):
    """Wasting of a muscle or a group."""

    name: Names
    side: str | None = None
    status: str | bool | None = None


class Examination(BaseModel):
    """Bedside examination."""

    model_config = ConfigDict(extra="forbid")

    strength: list[Strength] = []
    reflexes: list[Reflex] = []
    sensation: list[Sensation] = []
    wasting: list[Wasting] = []
    signs: list[Statement] = []


class Image(_Part):
    """One statement of a radiologist."""

    kind: str
    at: Names | None = None
    level: Names | None = None
    side: str | None = None


class Imaging(_Part):
    """An imaging study of one region."""

    modality: Literal["mri", "ultrasound", "ct", "xray", "pet", "other"]
    region: str
    side: str | None = None
    result: Literal["normal", "abnormal", "not_done"] | None = None
    sequences: Names | None = None
    contrast: bool | None = None
    voxel_mm: list[float] | None = None
    findings: list[Image] = []


class Biopsy(_Part):
    """Tissue and what was seen."""

    tissue: str
    side: str | None = None
    findings: list[Statement] = []
    ienfd_per_mm: float | None = Field(None, ge=0, le=40)


class CaseFile(BaseModel):
    """case.yaml: what a clinic has on one patient. Everything is optional; unknown is not normal."""

    model_config = ConfigDict(extra="forbid")

    schema_: Literal[1] = Field(1, alias="schema")
    id: str | None = None
    citation: Citation | None = None
    setting: (
        Literal["general_practice", "neurology_clinic", "electrodiagnostic_laboratory", "tertiary_centre"] | None
    ) = None
    patient: Patient | None = None
    onset: Onset | None = None
    history: list[Statement] | None = None
    examination: Examination | None = None
    tests: list[Statement] | None = None
    imaging: list[Imaging] | None = None
    biopsy: list[Biopsy] | None = None
    genetics: list[Statement] | None = None
    not_done: list[str] | None = None
    remarks: list[str] | None = None


_MODELS: dict[str, type[BaseModel]] = {
    "": CaseFile,
    "citation": Citation,
    "patient": Patient,
    "onset": Onset,
    "history": Statement,
    "tests": Statement,
    "genetics": Statement,
    "examination": Examination,
    "examination.strength": Strength,
    "examination.reflexes": Reflex,
    "examination.sensation": Sensation,
    "examination.wasting": Wasting,
    "examination.signs": Statement,
    "imaging": Imaging,
    "imaging.findings": Image,
    "biopsy": Biopsy,
    "biopsy.findings": Statement,
}


@cache
def known_keys(path: str) -> tuple[str, ...]:
    """Return the keys that a part of case.yaml may have; none when the part has no model."""
    model = _MODELS.get(path)
    if model is None:
        return ()
    return tuple(field.alias or name for name, field in model.model_fields.items())


def case_json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of case.yaml."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:ranvier:case:{CASE_SCHEMA_VERSION}",
        **CaseFile.model_json_schema(by_alias=True),
    }
