"""Write a phantom as files that ``ranvier mri`` reads."""

import csv
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from ranvier.core import MissingExtraError
from ranvier.imaging.simulation.phantom import Phantom, phantom_timings

_NERVE, _SIDE = "sciatic", "left"


def write_phantom(phantom: Phantom, out: Path) -> tuple[Path, ...]:
    """Write volume, seeds (first, middle and last slice), true label map and true sizes; return their paths.

    ``volume.json`` beside the volume states the sequence (BIDS). A phantom with a lesion also gets ``lesion.nii.gz``
    (where it is) and ``lesion.json`` (its true size and place).

    Raises
    ------
    MissingExtraError
        If nibabel is not installed.
    """
    try:
        import nibabel
    except ImportError as error:
        raise MissingExtraError("writing NIfTI", "mri") from error
    out.mkdir(parents=True, exist_ok=True)
    paths: tuple[Path, ...] = tuple(out / name for name in ("volume.nii.gz", "seeds.csv", "truth.nii.gz", "truth.tsv"))
    written = [(paths[0], phantom.volume.values), (paths[2], (phantom.share >= 0.5).astype(np.uint8))]
    if phantom.lesion is not None:
        paths = (*paths, out / "lesion.nii.gz", out / "lesion.json")
        written.append((paths[4], (phantom.lesion_share >= 0.5).astype(np.uint8)))
        truth = asdict(phantom.lesion) | {"volume_mm3": phantom.lesion.volume_mm3}
        paths[5].write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
    _sequence(phantom, out / "volume.json")
    paths = (*paths, out / "volume.json")
    for path, values in written:
        image = nibabel.nifti1.Nifti1Image(values, phantom.volume.affine)  # type: ignore[no-untyped-call]
        nibabel.loadsave.save(image, path)
    _table(paths[1], ",", ("nerve", "side", "i", "j", "k"), _seeds(phantom))
    rows = [[str(n), f"{area:.4f}"] for n, area in enumerate(phantom.area_mm2)]
    _table(paths[3], "\t", ("slice", "area_mm2"), rows)
    return paths


def _sequence(phantom: Phantom, path: Path) -> None:
    """Write how the volume was made, as the sidecar of a scanner would."""
    timing = phantom_timings()[phantom.contrast]
    facts: dict[str, object] = {
        "EchoTime": timing.te_ms / 1000,
        "RepetitionTime": timing.tr_ms / 1000,
        "ScanningSequence": "IR" if timing.ti_ms else "SE",
        "ProtocolName": f"simulated {phantom.contrast}",
    }
    if timing.ti_ms:
        facts["InversionTime"] = timing.ti_ms / 1000
    path.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _seeds(phantom: Phantom) -> list[list[str]]:
    last = len(phantom.centre) - 1
    chosen = sorted({0, last // 2, last})
    return [[_NERVE, _SIDE, *(f"{v:.2f}" for v in phantom.centre[n])] for n in chosen]


def _table(path: Path, delimiter: str, columns: tuple[str, ...], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
