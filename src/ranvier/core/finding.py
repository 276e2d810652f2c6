"""The finding: one observation, located on the nerve graph, with its limit and its origin.

Every modality turns its part of a case into findings; inference and report know
nothing else about the patient's tests.
"""

from dataclasses import dataclass
from enum import StrEnum

from ranvier.core.place import Origin, Place
from ranvier.core.source import Status


class Modality(StrEnum):
    """Where a finding comes from."""

    HISTORY = "history"
    EXAMINATION = "examination"
    NCS = "ncs"
    EMG = "emg"
    MRI = "mri"
    ULTRASOUND = "ultrasound"
    OTHER_IMAGING = "other_imaging"
    LABORATORY = "laboratory"
    CSF = "csf"
    BIOPSY = "biopsy"
    GENETICS = "genetics"
    FUNCTION_TEST = "function_test"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedReading:
    """A grade on the ordinal scale of the observable, as a closed range.

    Grade 0 is normal and higher is more abnormal, on every scale. A statement that leaves
    the grade open ("weak") has `lowest` < `highest`.
    """

    lowest: int
    highest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericReading:
    """A number on the log scale of its reference population.

    Attributes
    ----------
    value : float
        The reading, in `unit`.
    unit : str
        UCUM unit.
    log_ratio_to_mean : float
        ``ln(value / reference mean)``; the reading model is normal on this scale.
    log_sd : float
        Standard deviation of ``ln(value)`` in the reference population.
    """

    value: float
    unit: str
    log_ratio_to_mean: float
    log_sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceReading:
    """Something that was looked for and is present or absent. Not looked for is no finding."""

    present: bool


Reading = GradedReading | NumericReading | PresenceReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The reference limit that a reading was held against."""

    text: str
    source: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingProtocol:
    """How an MRI was made, as far as the report says; None is not said.

    Attributes
    ----------
    contrast : bool or None
        Whether contrast agent was given.
    fat_suppression : bool or None
        Whether a fat-suppressed sequence was among them.
    in_plane_mm : float or None
        Voxel in the plane of the slices.
    coverage_mm : float or None
        Field of view along the nerve: how much of its course was imaged.
    """

    contrast: bool | None = None
    fat_suppression: bool | None = None
    in_plane_mm: float | None = None
    coverage_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One observation.

    Attributes
    ----------
    id : str
        Unique within the case, such as ``"exam-3"``.
    modality : Modality
        Where it comes from.
    observable : str
        What was observed: a graded or numeric observable (``"strength"``, ``"cmap_amplitude"`` ...)
        or, for a `PresenceReading`, the id of a feature.
    place : Place or None
        Where; None for findings with no place on the map.
    reading : Reading
        What was found.
    abnormal : bool or None
        Verdict for the report; None when no limit applies.
    statement : str
        The finding in one sentence, with value and unit, for a reader.
    limit : Limit or None
        What it was compared with.
    origin : Origin
        File and row it was read from.
    day : float or None
        Days since the first symptom when it was found; None where it is as old as the work-up.
    protocol : ImagingProtocol or None
        How it was imaged, for MRI.
    """

    id: str
    modality: Modality
    observable: str
    place: Place | None
    reading: Reading
    abnormal: bool | None
    statement: str
    limit: Limit | None
    origin: Origin
    day: float | None = None
    protocol: ImagingProtocol | None = None
