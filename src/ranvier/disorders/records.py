"""What a disorder is: lesions on the nerve graph, effects off it, structure, and associations.

These are the rows of the tables under ``data/``, typed. Nothing is computed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ranvier.core import Source, Status

Sides = Literal["either", "both", "none"]

TEMPOS = ("sudden", "acute", "subacute", "chronic", "lifelong")
COURSES = ("progressive", "stepwise", "relapsing", "stable", "improving")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disorder:
    """One disorder with its epidemiology.

    `prior` is the share among patients seen for suspected neuropathy; `tempo` and `course` are
    distributions over `TEMPOS` and `COURSES`; `severity` holds the weights of the five grades.
    """

    id: str
    name: str
    group: str
    family: str
    prior: float
    prior_status: Status
    female_share: float
    age_mean_y: float
    age_sd_y: float
    tempo: tuple[float, ...]
    course: tuple[float, ...]
    severity: tuple[float, ...]
    urgent: bool
    treatable: bool
    icd10: str
    omim: str
    orphanet: str
    status: Status
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One of the mutually exclusive ways in which a disorder presents."""

    disorder: str
    id: str
    name: str
    weight: float
    sides: Sides


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """A lesion at the worst grade. `unit` names an independent lesion; empty for a constant one.

    `loss`, `block` and `slow` are the share of axons lost, the share blocked and the degree of
    demyelinating slowing; `motor`, `sensory`, `small` and `autonomic` scale them by fibre class. A
    `constant` lesion is as bad at every grade: the uniform slowing of some inherited neuropathies.
    """

    disorder: str
    variant: str
    unit: str
    inclusion: float
    terms: tuple[str, ...]
    loss: float
    block: float
    slow: float
    motor: float
    sensory: float
    small: float
    autonomic: float
    constant: bool
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Weakness or numbness that does not come from a nerve lesion, at the worst grade."""

    disorder: str
    variant: str
    unit: str
    inclusion: float
    channel: str
    target: str
    amount: float
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureSign:
    """What imaging shows of a disorder, with the chance that an adequate study shows it."""

    disorder: str
    variant: str
    kinds: tuple[str, ...]
    where: str
    regions: tuple[str, ...]
    mri: float
    ultrasound: float
    other: float
    status: Status
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """How often a feature is found in a disorder, or in one variant of it, when it is looked for."""

    disorder: str
    variant: str
    feature: str
    probability: float
    at_lesion: bool
    status: Status
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCourse:
    """How often a feature is found in a disorder by the day of illness.

    `days` rise; between two of them the share goes in a straight line, outside it stays as at the end.
    """

    disorder: str
    feature: str
    days: tuple[float, ...]
    shares: tuple[float, ...]

    def share(self, day: float) -> float:
        """Return the share of patients who have the feature on a day."""
        return float(np.interp(day, self.days, self.shares))


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidental:
    """How often a study shows a change that explains nothing, by age."""

    kind: str
    region: str
    under_50: float
    over_50: float
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All disorders with their tables.

    `associations` is keyed by disorder id, then by feature; group rows are already resolved.
    `variant_associations` holds the rows of single variants, keyed by disorder and variant, then by feature;
    `time_courses` what depends on the day of illness, keyed by disorder and feature.
    `company` is how much more often than by chance two disorders come together, keyed by the pair.
    `base_rates` holds the background association of each feature.
    """

    disorders: Mapping[str, Disorder]
    variants: Mapping[str, tuple[Variant, ...]]
    lesions: Mapping[str, tuple[Lesion, ...]]
    effects: Mapping[str, tuple[Effect, ...]]
    structure: Mapping[str, tuple[StructureSign, ...]]
    associations: Mapping[str, Mapping[str, Association]]
    variant_associations: Mapping[tuple[str, str], Mapping[str, Association]]
    time_courses: Mapping[tuple[str, str], TimeCourse]
    company: Mapping[frozenset[str], float]
    base_rates: Mapping[str, Association]
    incidental: tuple[Incidental, ...]
    sources: Mapping[str, Source]
