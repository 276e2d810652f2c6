"""What a series is, beside its voxels: the facts of the sequence that decide what may be measured on it.

Only what a header states is here. What it does not state is None or an empty tuple: nothing is guessed, and
nothing that could name the patient (names, dates, descriptions, age, sex) has a field.
"""

from dataclasses import dataclass
from enum import StrEnum

from ranvier.imaging.volume import Volume

Vector = tuple[float, float, float]


class Contrast(StrEnum):
    """What the sequence is weighted for."""

    T1 = "t1"
    T2 = "t2"
    T2_STAR = "t2_star"
    PROTON_DENSITY = "proton_density"
    STIR = "stir"
    FLAIR = "flair"
    DIFFUSION = "diffusion"
    PERFUSION = "perfusion"
    ANGIOGRAPHY = "angiography"
    MAGNETIZATION_TRANSFER = "magnetization_transfer"


class VolumeKind(StrEnum):
    """Which part of the complex signal, or what computed map, the voxels hold."""

    MAGNITUDE = "magnitude"
    PHASE = "phase"
    REAL = "real"
    IMAGINARY = "imaginary"
    COMPUTED = "computed"


class DixonPart(StrEnum):
    """Which image of a Dixon reconstruction the voxels hold."""

    WATER = "water"
    FAT = "fat"
    IN_PHASE = "in_phase"
    OUT_OF_PHASE = "out_of_phase"
    FAT_FRACTION = "fat_fraction"


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceFacts:
    """Facts of a sequence, as its header states them.

    A tuple has one entry for each volume along the fourth axis, in its order (one entry for a
    volume of three axes), or is empty where no volume states the fact.

    Attributes
    ----------
    contrast : Contrast or None
        Weighting: stated by the header, or worked out where that leaves no doubt (see `derived`).
    techniques : tuple of str
        Any of ``spin_echo, gradient_echo, inversion_recovery, echo_planar`` and ``research``.
    te_ms : tuple of (float or None)
        Echo time (effective echo time of a train).
    tr_ms, ti_ms : float or None
        Repetition and inversion time.
    flip_angle_deg : float or None
        Excitation flip angle.
    b_values : tuple of (float or None)
        Diffusion weighting, s/mm2.
    b_vectors : tuple of (Vector or None)
        Unit vectors of the diffusion gradient in RAS+ (patient, not image axes); None without a direction.
    fat_suppression : bool or None
        True by a stated saturation, water excitation or STIR; False only where the header denies it.
    field_t : float or None
        Main field, tesla.
    kinds : tuple of (VolumeKind or None)
        Part of the complex signal.
    dixon : tuple of (DixonPart or None)
        Image of a Dixon reconstruction.
    manufacturer : str or None
        Name of a known maker in one spelling.
    sequence_name : str or None
        The maker's name of the pulse sequence.
    derived : tuple of str
        Names of the fields that no attribute states but that follow from others: ``contrast`` from b-values, from a
        short inversion time (STIR) or from the echo and repetition time of a spin echo, ``fat_suppression`` from STIR.
    """

    contrast: Contrast | None = None
    techniques: tuple[str, ...] = ()
    te_ms: tuple[float | None, ...] = ()
    tr_ms: float | None = None
    ti_ms: float | None = None
    flip_angle_deg: float | None = None
    b_values: tuple[float | None, ...] = ()
    b_vectors: tuple[Vector | None, ...] = ()
    fat_suppression: bool | None = None
    field_t: float | None = None
    kinds: tuple[VolumeKind | None, ...] = ()
    dixon: tuple[DixonPart | None, ...] = ()
    manufacturer: str | None = None
    sequence_name: str | None = None
    derived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series as it was read.

    Attributes
    ----------
    volume : Volume
        Voxels (rescaled as the header says) with their place in RAS+ mm.
    facts : SequenceFacts
        What the header states about the sequence.
    notes : tuple of str
        What a reader should know: duplicates that were dropped, files passed over, sheared slices.
    """

    volume: Volume
    facts: SequenceFacts
    notes: tuple[str, ...] = ()
