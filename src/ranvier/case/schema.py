"""The published form of ``case.yaml``: pydantic models and the JSON Schema made of them.

The models check the structure: which keys there are, which are needed, what is a list. Scalars
arrive as text; what a text means is for the tables of words to say. The reader is therefore more
forgiving than the schema, which lists the plain spelling of every value.
"""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from ranvier.case.words import known_words
from ranvier.case.yamltext import LINE_KEY, WHERE_KEY

CASE_SCHEMA_VERSION = 1
JsonSchema = dict[str, Any]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_text(value: object) -> object:
    """Return "key: value" for the mapping that YAML makes of a sentence with a colon."""
    if not isinstance(value, Mapping):
        return value
    pairs = [(key, text) for key, text in value.items() if key not in (LINE_KEY, WHERE_KEY)]
    return ": ".join(pairs[0]) if len(pairs) == 1 and isinstance(pairs[0][1], str) else value


_NAME_SCHEMA: JsonSchema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_GRADE_SCHEMA: JsonSchema = {"anyOf": [{"type": "number"}, {"type": "string"}]}

Text = Annotated[str, WithJsonSchema({"type": "string"})]
Number = Annotated[str, WithJsonSchema({"type": "number"})]
Grade = Annotated[str, WithJsonSchema(_GRADE_SCHEMA)]
Code = Annotated[str, WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]})]
Names = Annotated[list[str], BeforeValidator(_as_list), WithJsonSchema(_NAME_SCHEMA)]
Texts = Annotated[list[Annotated[str, BeforeValidator(_as_text)]], BeforeValidator(_as_list)]
Truth = Annotated[str, WithJsonSchema({"type": "boolean"})]


def _word(field: str, *more: str) -> WithJsonSchema:
    return WithJsonSchema({"enum": [*known_words(field), *more]})


def _one_or_more(field: str) -> JsonSchema:
    """Return the schema of a word of a field, or a list of such words."""
    word = {"enum": list(known_words(field))}
    return {"anyOf": [word, {"type": "array", "items": word, "minItems": 1}]}


SideWord = Annotated[str, _word("side")]
StatusWord = Annotated[str, _word("status", "positive", "negative", "normal", "abnormal")]


class Part(BaseModel):
    """A mapping of ``case.yaml`` with the line in which it stands and the keys that lead to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line: SkipJsonSchema[int] = Field(0, alias="__line__")
    where: SkipJsonSchema[str] = Field("", alias="__where__")


class _Item(Part):
    text: Text | None = Field(None, description="The words of the source; shown, not used.")


class CitationPart(Part):
    """Where a published case was described."""

    title: Text | None = None
    doi: Text | None = None
    pmid: Code | None = None
    url: Text | None = None
    year: Annotated[str, WithJsonSchema({"type": "integer"})] | None = None
    licence: Text | None = None
    language: Text | None = None


class PatientPart(Part):
    """The person. No name, no number, no date of birth."""

    age_y: Number | None = None
    sex: Annotated[str, _word("sex")] | None = None
    height_cm: Number | None = None
    weight_kg: Number | None = None


class OnsetPart(Part):
    """When it began and how it went on."""

    duration_days: Number | None = Field(None, description="From the first symptom to this work-up.")
    tempo: Annotated[str, _word("tempo")] | None = Field(
        None,
        description="Time to the height of the illness: sudden (up to a day), acute (up to 4 weeks), subacute "
        "(4 to 8 weeks, or stepwise over months), chronic (longer), lifelong (since childhood).",
    )
    course: Annotated[str, _word("course")] | None = None


class FeatureItem(_Item):
    """A feature that was looked for: a risk, symptom, sign or result in words."""

    item: Text = Field(description="Id, name, synonym or HPO id of a feature.")
    status: StatusWord
    at: Names | None = Field(None, description="Where: tunnel, nerve, root, area or muscle.")
    area: Names | None = None
    side: SideWord | None = None
    variant: Text | None = Field(None, description="The variant that was found, for a gene.")
    dose: Text | None = Field(None, description="Of a drug: total or daily dose, such as 350 mg/m2 or 100 mg/day.")
    taken_days: Number | None = Field(None, description="Days for which a drug was taken.")
    angle_deg: Number | None = Field(
        None,
        description="Of a provocation test: the angle at which it is positive, or up "
        "to which it is negative, such as 40 of a straight leg raise.",
    )


class StrengthItem(_Item):
    """Strength of a muscle, a movement, a group, or a list that was graded together."""

    name: Names
    side: SideWord | None = None
    grade: Grade = Field(description="MRC 0 to 5, also '4-', '2-3', or a word such as weak or normal.")


class ReflexItem(_Item):
    """A reflex, or a group such as all, arms, legs."""

    name: Names
    side: SideWord | None = None
    grade: Grade = Field(description="NINDS 0 to 4, or a word such as absent, trace, normal, brisk, clonus.")


class SensationItem(_Item):
    """Sensation of an area; with `symptom` what the patient feels there."""

    area: Names
    side: SideWord | None = None
    modality: Annotated[str, _word("sensory_modality")] | None = None
    result: Annotated[str, _word("sensory_result")] | None = None
    symptom: Truth | None = None


class WastingItem(_Item):
    """Wasting of a muscle or a group."""

    name: Names
    side: SideWord | None = None
    status: StatusWord


class ScoreValue(Part):
    """The value of one item of a score."""

    item: Text
    value: Grade


class ScoreItem(_Item):
    """A clinical score: a total, or the values of its items."""

    score: Text = Field(description="Id or name of a score; ranvier scores lists them.")
    side: SideWord | None = None
    total: Number | None = None
    items: list[ScoreValue] | None = None


class ExaminationPart(Part):
    """The bedside examination."""

    strength: list[StrengthItem] | None = None
    reflexes: list[ReflexItem] | None = None
    sensation: list[SensationItem] | None = None
    wasting: list[WastingItem] | None = None
    signs: list[FeatureItem] | None = None


class ImageItem(_Item):
    """One statement of a radiologist."""

    kind: Text = Field(description="Id, name or synonym of an image kind.")
    at: Names | None = Field(None, description="Nerve, node, root, tunnel or muscle.")
    level: Names | None = Field(None, description="Roots or levels of the spine: C6, C5/6, C3-C7.")
    side: SideWord | None = None


class ImagingItem(_Item):
    """One imaging study of one region."""

    modality: Annotated[str, _word("imaging_modality")]
    region: Text
    side: SideWord | None = None
    result: Annotated[str, _word("imaging_result")] | None = None
    sequences: Names | None = None
    contrast: Truth | None = None
    voxel_mm: Annotated[list[Number], Field(min_length=3, max_length=3)] | None = None
    coverage_mm: Number | None = Field(None, description="How much of the course of the nerves was imaged.")
    findings: list[ImageItem] | None = None


class SkinCountItem(Part):
    """Nerve fibres counted on one section of skin."""

    count: Number
    length_mm: Number = Field(description="Length of epidermis that was looked at.")


class BiopsyItem(_Item):
    """A tissue and what was seen in it."""

    tissue: Text = Field(description="A nerve, or muscle, skin, salivary_gland, bone_marrow, fat, lymph_node, mass.")
    side: SideWord | None = None
    findings: list[FeatureItem] | None = None
    ienfd_per_mm: Number | None = Field(None, description="Intraepidermal nerve fibres per millimetre.")
    method: Annotated[str, _word("skin_method")] | None = Field(None, description="How fibres of the skin were shown.")
    sections: list[SkinCountItem] | None = Field(None, description="Sections of the skin that were counted.")


class CornealItem(_Item):
    """Published measures of corneal confocal microscopy, as the program printed them; nothing is measured here."""

    method: Annotated[str, _word("corneal_method")] = Field(description="Program or way of tracing.")
    cnfl_mm_mm2: Number | None = Field(None, description="Fibre length, mm per mm2.")
    cnfd_per_mm2: Number | None = Field(None, description="Fibre density, main nerves per mm2.")
    cnbd_per_mm2: Number | None = Field(None, description="Branch density, branches per mm2.")


class IncompleteItem(Part):
    """A fact that the source states without what a finding needs; shown, and never completed."""

    about: Annotated[str, _word("incomplete_about")]
    missing: Annotated[
        list[str], BeforeValidator(_as_list), Field(min_length=1), WithJsonSchema(_one_or_more("incomplete_missing"))
    ] = Field(description="What the source does not say: the nerve, the side, the unit ...")
    text: Text = Field(description="What it does say.")
    count: Number | None = Field(None, description="How many it speaks of, such as further weak muscles.")


class CaseForm(Part):
    """What a clinic has on one patient. Everything is optional; what is left out was not done or not said."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Ranvier case.yaml")

    schema_: Annotated[str, WithJsonSchema({"const": CASE_SCHEMA_VERSION})] | None = Field(None, alias="schema")
    id: Code | None = None
    citation: CitationPart | None = None
    setting: Annotated[str, _word("setting")] | None = None
    patient: PatientPart | None = None
    onset: OnsetPart | None = None
    history: list[FeatureItem] | None = None
    examination: ExaminationPart | None = None
    scores: list[ScoreItem] | None = None
    tests: list[FeatureItem] | None = None
    imaging: list[ImagingItem] | None = None
    biopsy: list[BiopsyItem] | None = None
    corneal: list[CornealItem] | None = None
    genetics: list[FeatureItem] | None = None
    not_done: Texts | None = None
    incomplete: list[IncompleteItem] | None = None
    remarks: Texts | None = None


@cache
def case_form_schema() -> JsonSchema:
    """Return the schema of the form without its heading; not to be changed."""
    return CaseForm.model_json_schema(by_alias=True)


def case_json_schema() -> JsonSchema:
    """Return the JSON Schema (draft 2020-12) of ``case.yaml``.

    A file that obeys it reads without a problem of structure. The reader takes further spellings.
    """
    dialect: Literal["https://json-schema.org/draft/2020-12/schema"] = "https://json-schema.org/draft/2020-12/schema"
    return {
        "$schema": dialect,
        "$id": f"urn:ranvier:case:{CASE_SCHEMA_VERSION}",
        **deepcopy(case_form_schema()),
    }
