"""NIfTI files, with the BIDS sidecar and the FSL gradient tables beside them where present.

Sidecar: the Brain Imaging Data Structure, https://bids-specification.readthedocs.io (MRI metadata; times in seconds).
Gradient table: unit vectors in voxel axes, the first reversed where the affine keeps the handedness (FSL).
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading.facts import SequenceFacts, Series, Vector, VolumeKind
from ranvier.imaging.reading.header import Header
from ranvier.imaging.reading.kinds import dixon_part_of, volume_kind_of
from ranvier.imaging.reading.libraries import faults_as, library
from ranvier.imaging.reading.sequence import general_facts
from ranvier.imaging.volume import FloatArray, Volume

_NAMES = (".nii", ".nii.gz", ".hdr", ".img")
_IN_SECONDS = ("EchoTime", "RepetitionTime", "InversionTime")
_PARTS = {
    "mag": VolumeKind.MAGNITUDE,
    "phase": VolumeKind.PHASE,
    "real": VolumeKind.REAL,
    "imag": VolumeKind.IMAGINARY,
}
_TO_MM = {"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0}


def is_nifti(path: Path) -> bool:
    """Return whether a file has the name of a NIfTI file."""
    return path.name.lower().endswith(_NAMES)


def read_nifti(path: Path) -> Series:
    """Return the series of a NIfTI file.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    UnreadableImageError
        If it is cut short, is not NIfTI, or does not hold numbers on a grid of three or four axes.
    MissingExtraError
        If nibabel is not installed.
    """
    nibabel = library("nibabel")
    with faults_as("the NIfTI file is cut short or damaged"):
        image = nibabel.load(path)
        if not isinstance(image, nibabel.Nifti1Pair):
            raise UnreadableImageError("the file has the name of a NIfTI file but is none")
        stored = _numbers(image)
        affine, notes = _affine(image)
    count = stored.shape[3] if stored.ndim == 4 else 1
    facts, more = _facts(path, affine, count)
    return Series(volume=Volume(values=stored, affine=affine), facts=facts, notes=(*notes, *more))


def _numbers(image: Any) -> NDArray[np.float32]:
    if image.get_data_dtype().kind not in "iuf":
        raise UnreadableImageError("the NIfTI file holds colours or complex numbers; give one plain image a file")
    shape = image.shape
    while len(shape) > 3 and shape[-1] == 1:
        shape = shape[:-1]
    if len(shape) not in (3, 4) or min(shape) < 1:
        raise UnreadableImageError(f"the NIfTI file has {len(shape)} axes; 3, or 4 with echoes or times, are needed")
    return np.asarray(image.get_fdata(dtype=np.float32, caching="unchanged")).reshape(shape)


def _affine(image: Any) -> tuple[FloatArray, tuple[str, ...]]:
    affine = np.array(image.affine, dtype=np.float64)
    unit = image.header.get_xyzt_units()[0]
    affine[:3] *= _TO_MM[unit]
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-9:
        raise UnreadableImageError("the affine of the NIfTI file is not finite or flattens the volume")
    if not int(image.header["sform_code"]) and not int(image.header["qform_code"]):
        return affine, ("the file does not say where in the patient it lies: sides and directions are not known",)
    return affine, ()


def _facts(path: Path, affine: FloatArray, count: int) -> tuple[SequenceFacts, tuple[str, ...]]:
    stem = re.sub(r"\.(nii\.gz|nii|hdr|img)$", "", path.name, flags=re.IGNORECASE)
    fields, notes = _sidecar(path.with_name(f"{stem}.json"))
    header = Header((fields,))
    b_values, b_vectors = _gradients(path.with_name(stem), affine, count)
    kind = next((_PARTS[p] for p in re.findall(r"_part-(\w+?)_", f"{stem}_") if p in _PARTS), volume_kind_of(header))
    part = dixon_part_of(header)
    te_ms = header.numbers("EchoTime")
    facts = general_facts(
        header,
        te_ms=te_ms if len(te_ms) == count else te_ms * count if len(te_ms) == 1 else (),
        ti_ms=header.number("InversionTime"),
        b_values=b_values,
        b_vectors=b_vectors,
        kinds=(kind,) * count if kind else (),
        dixon=(part,) * count if part else (),
    )
    return facts, notes


def _sidecar(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    if not path.is_file():
        return {}, ()
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}, ("the sidecar beside the NIfTI file is not readable JSON: no sequence facts",)
    if not isinstance(read, dict):
        return {}, ("the sidecar beside the NIfTI file is not a JSON object: no sequence facts",)
    fields = dict(read)
    header = Header((fields,))
    for name in _IN_SECONDS:
        fields[name] = [1000 * value for value in header.numbers(name)]
    for name in ("ScanningSequence", "ScanOptions"):
        fields[name] = [part for word in header.words(name) for part in re.split(r"[_\\]", word)]
    return fields, ()


def _gradients(
    base: Path, affine: FloatArray, count: int
) -> tuple[tuple[float | None, ...], tuple[Vector | None, ...]]:
    """Return b-values and vectors from the tables of this file, or those of its folder where they fit."""
    own = base.with_name(f"{base.name}.bval"), base.with_name(f"{base.name}.bvec")
    of_folder = [tuple(base.with_name(f"{name}{end}") for name in ("bvals", "bvecs")) for end in ("", ".txt")]
    for values, table in (own, *of_folder):
        if not values.is_file() or not table.is_file():
            continue
        with faults_as("the b-values or vectors beside the NIfTI file do not hold numbers"):
            b_values, vectors = np.loadtxt(values, ndmin=1).ravel(), np.loadtxt(table, ndmin=2)
        vectors = vectors.T if vectors.shape == (3, count) else vectors
        if b_values.shape == (count,) and vectors.shape == (count, 3):
            return tuple(float(b) for b in b_values), tuple(_world(v, affine) for v in vectors)
        if values == own[0]:
            raise UnreadableImageError(
                f"the .bval file has {b_values.size} values and the .bvec file {vectors.shape} for {count} volumes"
            )
    return (), ()


def _world(vector: FloatArray, affine: FloatArray) -> Vector | None:
    length = float(np.linalg.norm(vector))
    if length < 0.5 or not np.isfinite(length):
        return None
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    flip = np.array([-1.0 if np.linalg.det(axes) > 0 else 1.0, 1.0, 1.0])
    turned = axes @ (flip * vector / length)
    turned /= np.linalg.norm(turned)
    return float(turned[0]), float(turned[1]), float(turned[2])
