"""The case: what a clinic has on one patient, as immutable records.

Names are already resolved to ids of the nerve graph and of the vocabulary; the words that
were written are kept in `Origin.text`. Nothing is judged here: whether a value is abnormal
is for the modalities to say. What is not in the record was not done or not said, which is
not the same as normal.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from ranvier.core import Origin, Place, Side
from ranvier.reference import ReferenceLimit


class Tempo(StrEnum):
    """How fast the present illness reached its height."""

    SUDDEN = "sudden"
    ACUTE = "acute"
    SUBACUTE = "subacute"
    CHRONIC = "chronic"
    LIFELONG = "lifelong"


class Course(StrEnum):
    """How it went on from there."""

    PROGRESSIVE = "progressive"
    STEPWISE = "stepwise"
    RELAPSING = "relapsing"
    STABLE = "stable"
    IMPROVING = "improving"


class Setting(StrEnum):
    """Where the patient is seen; it shifts the prior."""

    GENERAL_PRACTICE = "general_practice"
    NEUROLOGY_CLINIC = "neurology_clinic"
    ELECTRODIAGNOSTIC_LABORATORY = "electrodiagnostic_laboratory"
    TERTIARY_CENTRE = "tertiary_centre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a published case was described."""

    title: str
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    year: int | None = None
    licence: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The person. No name, no number, no date of birth: the case folder does not ask for them."""

    age_y: float | None = None
    sex: Literal["female", "male"] | None = None
    height_cm: float | None = None
    weight_kg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """When it began and how it went."""

    duration_days: float | None = None
    tempo: Tempo | None = None
    course: Course | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureStatement:
    """A feature of the vocabulary that was looked for: history, risk, sign, result in words.

    `angle_deg` is the angle at which a provocation test is positive, or up to which it is negative.
    """

    feature: str
    present: bool
    place: Place | None
    angle_deg: float | None = None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """Strength of one muscle, one movement or a group; MRC grade 0-5 as a closed range."""

    place: Place
    mrc_lowest: float
    mrc_highest: float
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflexStatement:
    """A tendon or skin reflex on the NINDS scale 0-4 (2 is normal), as a closed range."""

    place: Place
    lowest: float
    highest: float
    origin: Origin


SensoryModality = Literal["light_touch", "monofilament", "pain", "temperature", "vibration", "position", "any"]
SensoryResult = Literal["normal", "reduced", "absent", "altered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensation:
    """Sensation of a skin area. `altered` is tingling, pain or allodynia without a measured loss."""

    place: Place
    modality: SensoryModality
    result: SensoryResult
    symptom: bool
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Wasting:
    """Wasting of a muscle or a group, looked for and present or absent."""

    place: Place
    present: bool
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreStatement:
    """A clinical score as it was written: its total, or one value of one item.

    Names and values are still words: what they mean is for the tables of scores to say.
    """

    score: str
    side: Side
    total: float | None = None
    item: str = ""
    value: str = ""
    origin: Origin


StudyKind = Literal["motor", "sensory", "mixed", "f_wave", "h_reflex", "blink", "repetitive_stimulation", "summary"]
StudyWord = Literal[
    "normal",
    "abnormal",
    "reduced",
    "absent",
    "prolonged",
    "slowed",
    "block",
    "dispersion",
    "axonal",
    "demyelinating",
    "increased",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductionStudy:
    """One row of ``ncs.csv``: one stimulation, or a summary in words.

    `place` names nerves (kind ``nerve``) or a region (kind ``region``, such as ``legs``) when the
    report speaks of several nerves at once. `recording` is a muscle or skin area id, `stimulation` a
    node of the graph. Amplitudes are baseline to negative peak. `area_mv_ms` is the area of the negative phases,
    `duration_ms` goes from the onset to the return to the baseline after the last negative phase, `duration_total_ms`
    to the end of the whole response; `low_filter_hz` is the low-frequency filter, which
    durations depend on. `day` counts from the first symptom; None is the
    day of the work-up. `distance_mm` is the stretch that the velocity of the row is of, or of a distal row the way to
    the recording electrode; `velocity_is_computed` tells that the velocity was not printed.
    """

    place: Place
    kind: StudyKind
    stimulation: str | None = None
    recording: str | None = None
    latency_ms: float | None = None
    latency_kind: Literal["onset", "peak"] | None = None
    amplitude: float | None = None
    amplitude_unit: Literal["mV", "uV"] | None = None
    area_mv_ms: float | None = None
    duration_ms: float | None = None
    duration_total_ms: float | None = None
    velocity_m_s: float | None = None
    velocity_is_computed: bool = False
    distance_mm: float | None = None
    f_latency_ms: float | None = None
    temperature_c: float | None = None
    low_filter_hz: float | None = None
    words: tuple[StudyWord, ...] = ()
    limits: tuple[str, ...] = ()
    day: float | None = None
    comment: str = ""
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleStudy:
    """One row of ``emg.csv``: needle findings of one muscle or group; None is not reported.

    Fibrillations and positive waves 0-4, as a closed range. `day` counts from the first symptom; None is the day
    of the work-up.
    """

    place: Place
    fibrillations: tuple[int, int] | None = None
    fasciculations: bool | None = None
    motor_units: Literal["normal", "neurogenic", "myopathic", "nascent"] | None = None
    recruitment: Literal["normal", "reduced", "discrete", "absent", "early"] | None = None
    insertional: Literal["normal", "increased", "reduced"] | None = None
    other: tuple[Literal["myotonic", "myokymic", "complex_repetitive", "neuromyotonic"], ...] = ()
    day: float | None = None
    comment: str = ""
    origin: Origin


ImagingModality = Literal["mri", "ultrasound", "ct", "xray", "pet", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingFinding:
    """One statement of a radiologist: what kind of change, in which structure."""

    kind: str
    place: Place | None
    note: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingStudy:
    """One study of one region. `result` normal means read as normal; findings may be empty then."""

    modality: ImagingModality
    region: str
    side: Side
    result: Literal["normal", "abnormal", "not_done"]
    sequences: tuple[str, ...] = ()
    contrast: bool | None = None
    voxel_mm: tuple[float, float, float] | None = None
    coverage_mm: float | None = None
    findings: tuple[ImagingFinding, ...] = ()
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult:
    """One row of ``labs.csv``. `comparator` holds the sign of a value such as ``<0.01``.

    `highest` is the upper end where a range was reported, with the lower one in `value`; `kinds` are the classes and
    light chains that the laboratory named, such as ``("igm", "kappa")``.
    """

    test: str
    value: float | None
    highest: float | None = None
    kinds: tuple[str, ...] = ()
    comparator: Literal["<", ">", ""] = ""
    unit: str | None = None
    word: Literal["normal", "low", "high", "positive", "negative", "abnormal", "borderline"] | None = None
    ref_low: float | None = None
    ref_high: float | None = None
    day: float | None = None
    origin: Origin


SkinMethod = Literal["bright_field", "immunofluorescence"]
CornealMethod = Literal["ccmetrics", "accmetrics"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinCount:
    """Nerve fibres counted on one section of skin and the length of epidermis in millimetres."""

    count: int
    length_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BiopsyResult:
    """Tissue and what was seen: features of the vocabulary, each present or absent.

    A density of the skin is stated, or follows from `skin_counts`; `method` None was not said.
    """

    tissue: str
    place: Place | None
    statements: tuple[FeatureStatement, ...]
    fibre_density_per_mm: float | None = None
    method: SkinMethod | None = None
    skin_counts: tuple[SkinCount, ...] = ()
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class CornealResult:
    """Measures of corneal confocal microscopy: fibre length (mm/mm2), fibre and branch density (per mm2)."""

    method: CornealMethod
    cnfl_mm_mm2: float | None = None
    cnfd_per_mm2: float | None = None
    cnbd_per_mm2: float | None = None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveSection:
    """One picture in the folder ``biopsy`` of a case, with its scale and masks; nothing of it is read yet."""

    nerve: str
    side: Side
    path: Path
    pixel_um: float
    modality: str = "bright_field"
    fascicle: Path | None = None
    masks: Path | None = None
    corrections: Path | None = None
    origin: Origin


StatementSubject = Literal[
    "history",
    "onset",
    "symptom",
    "strength",
    "reflex",
    "sensation",
    "sign",
    "conduction",
    "needle_emg",
    "laboratory",
    "imaging",
    "biopsy",
]
UnstatedPart = Literal["nerve", "muscle", "place", "side", "stronger_side", "unit", "value", "kind", "level", "date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncompleteStatement:
    """A fact that the source states without what a finding needs, such as the nerve, the side or the unit.

    It is shown and never completed: no finding follows from it.

    Attributes
    ----------
    about : str
        What it is a statement of.
    missing : tuple of str
        What the source does not say; at least one.
    statement : str
        What it does say.
    count : float or None
        How many it speaks of, such as 20 more weak muscles.
    """

    about: StatementSubject
    missing: tuple[UnstatedPart, ...]
    statement: str
    count: float | None = None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """Something in the folder that could not be used, and what to do about it.

    `severity` is ``error`` for what was left out because it is not understood, ``question`` for what looks
    impossible, contradicts itself or can be read in two ways; the text says whether it was used.
    """

    severity: Literal["error", "question"]
    origin: Origin
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFolder:
    """One folder ``mri/<name>/`` with an image and what says where its nerves are; nothing of it is read yet."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleRecording:
    """One recording in the folder ``emg``: its file, muscle and side; nothing of the signal is read yet."""

    place: Place
    path: Path
    channel: str | None = None
    rate_hz: float | None = None
    day: float | None = None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLimit:
    """One row of a laboratory's own limits; `sex` is None where the limit is for both."""

    limit: ReferenceLimit
    sex: Literal["female", "male"] | None = None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that was read from one case folder.

    `waveforms` are folders or files with waveforms of conduction studies; nothing of them is read yet.
    """

    id: str
    patient: Patient
    onset: Onset
    setting: Setting | None = None
    citation: Citation | None = None
    statements: tuple[FeatureStatement, ...] = ()
    strength: tuple[Strength, ...] = ()
    reflexes: tuple[ReflexStatement, ...] = ()
    sensation: tuple[Sensation, ...] = ()
    wasting: tuple[Wasting, ...] = ()
    scores: tuple[ScoreStatement, ...] = ()
    conduction: tuple[ConductionStudy, ...] = ()
    waveforms: tuple[Path, ...] = ()
    needle: tuple[NeedleStudy, ...] = ()
    recordings: tuple[NeedleRecording, ...] = ()
    own_limits: tuple[OwnLimit, ...] = ()
    imaging: tuple[ImagingStudy, ...] = ()
    series: tuple[SeriesFolder, ...] = ()
    laboratory: tuple[LabResult, ...] = ()
    biopsies: tuple[BiopsyResult, ...] = ()
    sections: tuple[NerveSection, ...] = ()
    corneal: tuple[CornealResult, ...] = ()
    not_done: tuple[str, ...] = ()
    incomplete: tuple[IncompleteStatement, ...] = ()
    remarks: tuple[str, ...] = ()
    unused: tuple[Unused, ...] = field(default=())
