"""Which image a frame holds, by its image type: magnitude or phase, Dixon water or fat, or a computed map."""

from ranvier.imaging.reading.facts import DixonPart, VolumeKind
from ranvier.imaging.reading.header import Header

_GE_KINDS = {0: VolumeKind.MAGNITUDE, 1: VolumeKind.PHASE, 2: VolumeKind.REAL, 3: VolumeKind.IMAGINARY}
_COMPONENTS = {
    "MAGNITUDE": VolumeKind.MAGNITUDE,
    "PHASE": VolumeKind.PHASE,
    "REAL": VolumeKind.REAL,
    "IMAGINARY": VolumeKind.IMAGINARY,
}
_SHORT = {
    "M": VolumeKind.MAGNITUDE,
    "P": VolumeKind.PHASE,
    "R": VolumeKind.REAL,
    "I": VolumeKind.IMAGINARY,
    "M_FFE": VolumeKind.MAGNITUDE,
    "M_SE": VolumeKind.MAGNITUDE,
    "M_IR": VolumeKind.MAGNITUDE,
    "PHASE MAP": VolumeKind.PHASE,
    "R_FFE": VolumeKind.REAL,
    "I_FFE": VolumeKind.IMAGINARY,
}
_COMPUTED = {"FIELD_MAP", "ADC", "FA", "TENSOR", "EADC", "B0", "B1", "T1 MAP", "T2 MAP", "T2_STAR MAP", "R2 MAP"}
_DIXON = {
    "W": DixonPart.WATER,
    "WATER": DixonPart.WATER,
    "F": DixonPart.FAT,
    "FAT": DixonPart.FAT,
    "IP": DixonPart.IN_PHASE,
    "IN_PHASE": DixonPart.IN_PHASE,
    "OP": DixonPart.OUT_OF_PHASE,
    "OPP_PHASE": DixonPart.OUT_OF_PHASE,
    "OUT_PHASE": DixonPart.OUT_OF_PHASE,
    "OUT_OF_PHASE": DixonPart.OUT_OF_PHASE,
    "FAT_FRACTION": DixonPart.FAT_FRACTION,
    "FF": DixonPart.FAT_FRACTION,
}


def image_type(header: Header) -> tuple[str, ...]:
    """Return the image type of a frame, in upper case."""
    return header.words("FrameType") or header.words("ImageType")


def volume_kind_of(header: Header) -> VolumeKind | None:
    """Return which part of the complex signal a frame holds, or None where the header does not say."""
    types = image_type(header)
    if _COMPUTED.intersection(types[2:]):
        return VolumeKind.COMPUTED
    component = header.word("ComplexImageComponent")
    if component in _COMPONENTS:
        return _COMPONENTS[component]
    ge = header.private_numbers(0x0043, "GEMS_PARM_01", 0x2F, "h")
    if ge and ge[0] in _GE_KINDS:
        return _GE_KINDS[int(ge[0])]
    return next((_SHORT[word] for word in types[2:] if word in _SHORT), None)


def dixon_part_of(header: Header) -> DixonPart | None:
    """Return which image of a Dixon reconstruction a frame holds, or None where the header does not say."""
    return next((_DIXON[word] for word in image_type(header)[2:] if word in _DIXON), None)
