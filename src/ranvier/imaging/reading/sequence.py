"""Facts of a sequence from a DICOM header."""

from typing import Any, TypeVar

from ranvier.imaging.reading.facts import Contrast, SequenceFacts, Vector
from ranvier.imaging.reading.frames import Frame
from ranvier.imaging.reading.header import Header
from ranvier.imaging.reading.words import (
    fat_suppression_of,
    maker_of,
    nulls_fat,
    sequence_name_of,
    spin_echo_contrast,
    techniques_of,
)

T = TypeVar("T")

_STATED = {
    "T1": Contrast.T1,
    "T2": Contrast.T2,
    "T2_STAR": Contrast.T2_STAR,
    "PROTON_DENSITY": Contrast.PROTON_DENSITY,
    "STIR": Contrast.STIR,
    "FLUID_ATTENUATED": Contrast.FLAIR,
    "DIFFUSION": Contrast.DIFFUSION,
    "PERFUSION": Contrast.PERFUSION,
    "TIME_OF_FLIGHT": Contrast.ANGIOGRAPHY,
    "FLOW_ENCODED": Contrast.ANGIOGRAPHY,
}


def facts_of(header: Header, volumes: tuple[tuple[Frame, ...], ...]) -> SequenceFacts:
    """Return the facts of a DICOM sequence.

    Parameters
    ----------
    header : Header
        Header of the first frame.
    volumes : tuple of tuple of Frame
        The frames as stacked.
    """
    firsts = [volume[0] for volume in volumes]
    b_values = tuple(f.diffusion.b_value for f in firsts)
    b_values = b_values if any(b_values) or header.word("AcquisitionContrast") == "DIFFUSION" else ()
    return general_facts(
        header,
        te_ms=_stated(tuple(f.te_ms for f in firsts)),
        ti_ms=next((f.ti_ms for f in firsts if f.ti_ms), None),
        b_values=b_values,
        b_vectors=tuple(_ras(f) for f in firsts) if b_values else (),
        kinds=_stated(tuple(f.kind for f in firsts)),
        dixon=_stated(tuple(f.dixon for f in firsts)),
    )


def general_facts(header: Header, **of_volumes: Any) -> SequenceFacts:
    """Return the facts of a sequence from the header, and those that were found for each volume.

    Parameters
    ----------
    header : Header
        Header of the first image, in DICOM keywords and units.
    **of_volumes
        ``te_ms, ti_ms, b_values, b_vectors, kinds, dixon`` as in `SequenceFacts`.
    """
    techniques = techniques_of(header.words("ScanningSequence"), header.words("EchoPulseSequence"))
    tr_ms, stir = header.number("RepetitionTime"), nulls_fat(techniques, of_volumes["ti_ms"])
    stated = _STATED.get(header.word("AcquisitionContrast") or "")
    if any(of_volumes["b_values"]):
        contrast: Contrast | None = Contrast.DIFFUSION
    elif stated is None and stir:
        contrast = Contrast.STIR
    else:
        contrast = stated or spin_echo_contrast(techniques, of_volumes["te_ms"], tr_ms)
    fat_suppression = fat_suppression_of(header)
    derived = {"contrast": contrast is not stated, "fat_suppression": stir and not fat_suppression}
    return SequenceFacts(
        contrast=contrast,
        techniques=techniques,
        tr_ms=tr_ms,
        flip_angle_deg=header.number("FlipAngle"),
        fat_suppression=stir or fat_suppression,
        field_t=header.number("MagneticFieldStrength"),
        manufacturer=maker_of(header.word("Manufacturer")),
        sequence_name=sequence_name_of(header.value("SequenceName") or header.value("PulseSequenceName")),
        derived=tuple(name for name, by_rule in derived.items() if by_rule),
        **of_volumes,
    )


def _stated(values: tuple[T | None, ...]) -> tuple[T | None, ...]:
    return values if any(value is not None for value in values) else ()


def _ras(frame: Frame) -> Vector | None:
    vector = frame.diffusion.vector
    return (-vector[0], -vector[1], vector[2]) if vector else None
