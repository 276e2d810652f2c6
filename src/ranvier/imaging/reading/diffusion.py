"""b-value and gradient direction of one image, from the standard attributes or the makers' private ones.

Directions are LPS+ unit vectors of the patient here. Sources: DICOM PS3.3 C.8.13.5.9 (standard attributes) and, for
the private ones, the makers' conformance statements. Each was compared with dcm2niix: Siemens and United Imaging on
real images, Philips and GE on written headers only (GE's directions are for a patient who lies head first).
"""

from dataclasses import dataclass

import numpy as np

from ranvier.imaging.reading.csa import csa_numbers
from ranvier.imaging.reading.header import Header
from ranvier.imaging.volume import FloatArray

_GE_FLAG = 1_000_000_000
#: Signs by phase direction and plane (sagittal, coronal, axial), as dcm2niix 1.0.20260724 has them.
_GE_SIGNS = {
    "COL": ((1, 1, -1), (-1, 1, 1), (-1, -1, 1)),
    "ROW": ((1, -1, -1), (1, 1, 1), (-1, 1, 1)),
}


@dataclass(frozen=True, slots=True)
class Diffusion:
    """Diffusion weighting of one image: b-value in s/mm2 and the direction in LPS+, None where not stated."""

    b_value: float | None = None
    vector: tuple[float, float, float] | None = None


NO_DIFFUSION = Diffusion()


def diffusion_of(header: Header, along_row: FloatArray, along_column: FloatArray) -> Diffusion:
    """Return the diffusion weighting of one image.

    Parameters
    ----------
    header : Header
        Header of the image.
    along_row, along_column : ndarray
        (3,) LPS+ directions of the image, for makers that state gradients in image axes.
    """
    for read in (_standard, _siemens, _philips):
        b_value, vector = read(header)
        if b_value is not None:
            return Diffusion(b_value, _unit(vector))
    for read in (_united_imaging, _ge):
        b_value, vector = read(header)
        if b_value is not None:
            return Diffusion(b_value, _unit(_along(vector, along_row, along_column)))
    return NO_DIFFUSION


_Found = tuple[float | None, tuple[float, ...]]


def _standard(header: Header) -> _Found:
    return header.number("DiffusionBValue"), header.numbers("DiffusionGradientOrientation")


def _siemens(header: Header) -> _Found:
    b_value = header.private_numbers(0x0019, "SIEMENS MR HEADER", 0x0C)
    vector = header.private_numbers(0x0019, "SIEMENS MR HEADER", 0x0E)
    if not b_value:
        csa = header.private(0x0029, "SIEMENS CSA HEADER", 0x10)
        b_value, vector = csa_numbers(csa, "B_value"), csa_numbers(csa, "DiffusionGradientDirection")
    return (b_value[0] if b_value else None), vector


def _philips(header: Header) -> _Found:
    b_value = header.private_numbers(0x2001, "Philips Imaging DD 001", 0x03, "f")
    parts = [header.private_numbers(0x2005, "Philips MR Imaging DD 001", e, "f") for e in (0xB0, 0xB1, 0xB2)]
    vector = tuple(part[0] for part in parts if part)
    return (b_value[0] if b_value else None), vector


def _united_imaging(header: Header) -> _Found:
    b_value = header.private_numbers(0x0065, "Image Private Header", 0x09)
    return (b_value[0] if b_value else None), header.private_numbers(0x0065, "Image Private Header", 0x37)


def _ge(header: Header) -> _Found:
    """Return GE's b-value, and its vector (in frequency, phase and slice) turned to the axes of the image."""
    stated = header.private_numbers(0x0043, "GEMS_PARM_01", 0x39)
    if not stated or stated[0] < 0 or "EP" not in header.words("ScanningSequence"):
        return None, ()
    parts = [header.private_numbers(0x0019, "GEMS_ACQU_01", element) for element in (0xBB, 0xBC, 0xBD)]
    phase, directions = header.word("InPlanePhaseEncodingDirection"), header.numbers("ImageOrientationPatient")
    if not all(parts) or phase not in ("ROW", "COL") or len(directions) != 6:
        return stated[0] % _GE_FLAG, ()
    x, y, z = (part[0] for part in parts)
    across = int(np.argmax(np.abs(np.cross(directions[:3], directions[3:]))))
    signs = _GE_SIGNS[phase][across]
    return stated[0] % _GE_FLAG, tuple(np.array((x, y, z) if phase == "COL" else (y, x, z)) * signs)


def _along(vector: tuple[float, ...], along_row: FloatArray, along_column: FloatArray) -> tuple[float, ...]:
    if len(vector) != 3:
        return ()
    axes = np.stack([along_row, along_column, np.cross(along_row, along_column)])
    return tuple(float(v) for v in np.array(vector) @ axes)


def _unit(vector: tuple[float, ...]) -> tuple[float, float, float] | None:
    length = float(np.linalg.norm(vector)) if len(vector) == 3 else 0.0
    if length < 0.5:
        return None
    return vector[0] / length, vector[1] / length, vector[2] / length
