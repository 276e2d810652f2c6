"""Write measured nerves: a table of measurements, a JSON with reasons, a label map on the voxels of the image.

Nothing of the patient's identity is written: names, dates and numbers of the header are not read.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.core import MissingExtraError
from ranvier.imaging.contours import filled
from ranvier.imaging.nerves.contrasts import ContrastMedian
from ranvier.imaging.nerves.masses import Mass
from ranvier.imaging.nerves.measurements import NerveMeasurement
from ranvier.imaging.nerves.relaxation import nerve_t2_map
from ranvier.imaging.nerves.study import MeasuredNerve, side_comparisons
from ranvier.imaging.reading import Series
from ranvier.imaging.volume import Volume

_MASS_HIDDEN = ("contours", "reasons", "doubts", "references")
MASS_COLUMNS = (
    "nerve",
    "side",
    *(f.name for f in fields(Mass) if f.name not in _MASS_HIDDEN),
    "reasons",
    "doubts",
    "references",
)
COLUMNS = ("nerve", "side", *(f.name for f in fields(NerveMeasurement)))
_DIGITS = 4


def write_measurements(nerves: Sequence[MeasuredNerve], path: Path) -> Path:
    """Write ``measurements.tsv``: one row a nerve and position, units in the names, ``n/a`` where not known."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(COLUMNS)
        for nerve in nerves:
            for m in nerve.report.measurements:
                row = asdict(m)
                writer.writerow([nerve.report.nerve, nerve.report.side.value, *(_cell(row[c]) for c in COLUMNS[2:])])
    return path


def write_masses(nerves: Sequence[MeasuredNerve], path: Path) -> Path:
    """Write ``masses.tsv``: one row a mass or cyst, also the merely possible; the header alone where none is."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(MASS_COLUMNS)
        for nerve in nerves:
            for mass in nerve.masses:
                row = _mass(mass)
                row["references"] = "; ".join(f"{name} {ratio:.2f}" for name, ratio in mass.references)
                row |= {"reasons": "; ".join(mass.reasons), "doubts": "; ".join(mass.doubts)}
                cells = [_cell(row[c]) for c in MASS_COLUMNS[2:]]
                writer.writerow([nerve.report.nerve, nerve.report.side.value, *cells])
    return path


def _mass(mass: Mass) -> dict[str, Any]:
    return {name: value for name, value in asdict(mass).items() if name != "contours"}


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return "n/a"
    return f"{value:.{_DIGITS}f}" if isinstance(value, float) else str(value)


def write_summary(
    nerves: Sequence[MeasuredNerve],
    series: Series,
    path: Path,
    model: Mapping[str, str] | None = None,
    contrasts: Sequence[ContrastMedian] = (),
) -> Path:
    """Write ``nerves.json``: what was found along each nerve, its verdict with source, and the sequence.

    Parameters
    ----------
    nerves : sequence of MeasuredNerve
    series : Series
    path : Path
    model : mapping, optional
        What is stated of the model that the outlines are from.
    contrasts : sequence of ContrastMedian
        Of further series.
    """
    facts, volume = series.facts, series.volume
    content: dict[str, Any] = {
        "voxel_mm": [round(s, _DIGITS) for s in volume.spacing_mm],
        "sequence": {
            "contrast": facts.contrast.value if facts.contrast else None,
            "te_ms": list(facts.te_ms),
            "tr_ms": facts.tr_ms,
            "fat_suppression": facts.fat_suppression,
            "field_t": facts.field_t,
        },
        "notes": list(series.notes),
        "model": dict(model) if model is not None else None,
        "nerves": [_nerve(n) for n in nerves],
        "contrasts": [{**asdict(c), "side": c.side.value} for c in contrasts],
        "sides": [asdict(one) for one in side_comparisons(nerves)],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return path


def _nerve(nerve: MeasuredNerve) -> dict[str, Any]:
    verdict = nerve.verdict
    limit = verdict.limit
    return {
        "nerve": nerve.report.nerve,
        "side": nerve.report.side.value,
        "slices": [m.slice for m in nerve.report.measurements],
        "median_area_mm2": verdict.area_mm2,
        "enlarged": verdict.enlarged,
        "verdict": verdict.text,
        "limit": {"upper": limit.upper, "unit": limit.unit, "source": limit.source, "status": limit.status.value}
        if limit
        else None,
        "changes": [asdict(c) for c in nerve.changes],
        "masses": [_mass(m) | {"text": m.text} for m in nerve.masses],
        "masses_not_told": nerve.hidden,
        "signal_to": dict(nerve.to_tissues),
        "unsure_slices": [m.slice for m in nerve.report.measurements if m.note],
    }


def label_map(nerves: Sequence[MeasuredNerve], volume: Volume) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a label map, (I, J, K) uint8: nerves numbered in the order given, where half a voxel is within one."""
    out = np.zeros(volume.values.shape[:3], dtype=np.uint8)
    for number, nerve in enumerate(nerves, 1):
        for section in nerve.report.sections:
            index: list[Any] = [slice(None)] * 3
            index[nerve.report.slice_axis] = section.slice_index
            here = out[tuple(index)]
            rows, columns = section.corner
            part = here[rows : rows + section.share.shape[0], columns : columns + section.share.shape[1]]
            part[section.share >= 0.5] = number
    return out


def mass_mask(mass: Mass, slice_axis: int, volume: Volume) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return the voxels whose middle lies within a mass, (I, J, K) bool.

    Parameters
    ----------
    mass : Mass
    slice_axis : int
        Of its nerve.
    volume : Volume
        Whose voxels its contours are of.
    """
    out = np.zeros(volume.values.shape[:3], dtype=np.bool_)
    for at, contour in mass.contours:
        index: list[Any] = [slice(None)] * 3
        index[slice_axis] = at
        here = out[tuple(index)]
        here |= filled(contour, (here.shape[0], here.shape[1]))
    return out


def write_label_map(nerves: Sequence[MeasuredNerve], volume: Volume, path: Path) -> Path:
    """Write the label map as NIfTI.

    Raises
    ------
    MissingExtraError
        If nibabel is not installed.
    """
    return _write_nifti(label_map(nerves, volume), volume, path)


def write_t2_map(nerves: Sequence[MeasuredNerve], series: Series, path: Path) -> tuple[Path, ...]:
    """Write T2 in ms within the nerves as NIfTI; nothing where the series is no train of spin echoes.

    Raises
    ------
    MissingExtraError
        If nibabel is not installed.
    """
    values = nerve_t2_map([n.report for n in nerves], series)
    return () if values is None else (_write_nifti(values, series.volume, path),)


def lookup_rows(nerves: Sequence[MeasuredNerve]) -> tuple[Mapping[str, str], ...]:
    """Return what the numbers of the label map mean, one row a number."""
    return tuple(
        {
            "index": str(number),
            "name": f"{n.report.side.value} {n.report.nerve.replace('_', ' ')}",
            "nerve": n.report.nerve,
            "side": n.report.side.value,
        }
        for number, n in enumerate(nerves, 1)
    )


def _write_nifti(values: np.ndarray[Any, Any], volume: Volume, path: Path) -> Path:
    try:
        import nibabel
    except ImportError as error:
        raise MissingExtraError("writing NIfTI", "mri") from error
    image = nibabel.nifti1.Nifti1Image(values, volume.affine)  # type: ignore[no-untyped-call]
    nibabel.loadsave.save(image, path)
    return path
