"""Write measured muscles: a table, a JSON with reasons, the map as NIfTI."""

import csv
import json
from pathlib import Path

import numpy as np

from ranvier.core import MissingExtraError
from ranvier.imaging.muscles.maps import MuscleMap
from ranvier.imaging.muscles.measurements import MuscleMeasurement, MuscleReport, sentence

_COLUMNS = ("mean", "median", "spread", "low", "high")
_DIGITS = 4


def write_muscles(report: MuscleReport, found: MuscleMap, out: Path) -> tuple[Path, ...]:
    """Write ``muscles.tsv``, ``muscles.json`` and ``map.nii.gz`` into a folder; return their paths.

    Raises
    ------
    MissingExtraError
        If nibabel is not installed.
    """
    try:
        import nibabel
    except ImportError as error:
        raise MissingExtraError("writing NIfTI", "mri") from error
    paths = tuple(out / name for name in ("muscles.tsv", "muscles.json", "map.nii.gz"))
    with paths[0].open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        head = ("muscle", "side", "label", "voxels", "unfit", "volume_ml")
        writer.writerow([*head, *(f"{c}_{report.measure}" for c in _COLUMNS), "note"])
        writer.writerows(_row(m) for m in report.muscles)
    content = {
        "measure": report.measure,
        "method": report.method,
        "muscles": [
            {"muscle": m.label.name, "side": m.label.side.value, "above": m.above, "text": sentence(m, report.measure)}
            for m in report.muscles
        ],
        "sides": [{"muscle": s.name, "differ": s.differ, "text": s.text} for s in report.sides],
    }
    paths[1].write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    image = nibabel.nifti1.Nifti1Image(found.values.astype(np.float32), found.affine)  # type: ignore[no-untyped-call]
    nibabel.loadsave.save(image, paths[2])
    return paths


def _row(muscle: MuscleMeasurement) -> list[str]:
    values = [getattr(muscle, name) for name in _COLUMNS]
    cells = [f"{v:.{_DIGITS}f}" if np.isfinite(v) else "n/a" for v in values]
    first = [muscle.label.name, muscle.label.side.value, str(muscle.value), str(muscle.voxels), str(muscle.unfit)]
    return [*first, f"{muscle.volume_ml:.2f}", *cells, muscle.note or "n/a"]
