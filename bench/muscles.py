"""Muscle T2 and fat fraction on real images, and the T2 map against a reference map of the same data.

Run with ``python bench/muscles.py`` where ``RANVIER_DATA`` names the images; writes ``bench/results/muscles.json``. The
regions are ellipses set by eye inside muscles, not by an expert and not whole muscles.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy import ndimage, optimize

from ranvier.core import Side
from ranvier.imaging.maps import fit_t2
from ranvier.imaging.muscles import MuscleLabel, MuscleReport, measure_muscles, muscle_map
from ranvier.imaging.reading import Series, read_series
from ranvier.imaging.volume import Volume

DATA = Path(os.environ.get("RANVIER_DATA", "")) / "mri"
OUT = Path(__file__).parent / "results" / "muscles.json"
Ellipse = tuple[str, str, float, float, float, float]
THIGH: tuple[Ellipse, ...] = (
    ("vastus_lateralis", "left", 52, 160, 12, 24),
    ("vastus_lateralis", "right", 460, 150, 11, 22),
    ("vastus_medialis", "left", 152, 186, 16, 12),
    ("vastus_medialis", "right", 362, 180, 14, 14),
    ("adductor_magnus", "left", 155, 116, 16, 9),
    ("adductor_magnus", "right", 350, 124, 18, 10),
    ("biceps_femoris_long_head", "left", 113, 70, 16, 13),
    ("biceps_femoris_long_head", "right", 400, 66, 16, 13),
)
CALF: tuple[Ellipse, ...] = (("soleus", "left", 58, 50, 10, 5), ("soleus", "right", 198, 50, 10, 5))
KNEE: tuple[Ellipse, ...] = (("semimembranosus", "", 195, 205, 10, 28),)


def _regions(shape: Sequence[int], slices: Sequence[int], ellipses: Sequence[Ellipse]) -> tuple[np.ndarray, Mapping]:
    values = np.zeros(tuple(shape[:3]), dtype=np.float32)
    x, y = np.meshgrid(np.arange(shape[0]), np.arange(shape[1]), indexing="ij")
    table = {}
    for number, (name, side, cx, cy, rx, ry) in enumerate(ellipses, 1):
        inside = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1
        for index in slices:
            values[:, :, index][inside] = number
        table[number] = MuscleLabel(name=name, muscles=(name,), side=Side(side) if side else Side.UNKNOWN)
    return values, table


def _measure(
    series: Sequence[Series], slices: Sequence[int], ellipses: Sequence[Ellipse], **how: object
) -> MuscleReport:
    first = series[0].volume
    values, table = _regions(first.values.shape, slices, ellipses)
    labels = Volume(values=values, affine=first.affine)
    found = muscle_map(series, mask=values > 0, **how)  # type: ignore[arg-type]
    return measure_muscles(found, labels, table)


def _told(report: MuscleReport) -> dict[str, object]:
    return {
        "method": report.method,
        "muscles": {
            f"{m.label.side.value} {m.label.name}": {
                "median": round(m.median, 4),
                "spread": round(m.spread, 4),
                "voxels": m.voxels,
                "unfit": m.unfit,
            }
            for m in report.muscles
        },
        "sides": [s.text for s in report.sides],
    }


def _reference() -> dict[str, object]:
    """Return how the T2 of two echoes agrees with the reference map, which lies on a finer grid.

    The reference was registered to another series, so its legs lie a fraction of a voxel elsewhere: the agreement is
    given as the files stand, and with the one in-plane shift that fits best.
    """
    folder = DATA / "calf_t2_two_echo"
    echoes = [read_series(folder / "input" / f"t2_te{te}ms.nii.gz").volume for te in (16, 56)]
    reference = read_series(folder / "reference" / "t2.nii.gz").volume
    mask = read_series(folder / "reference" / "mask.nii.gz").volume.values > 0
    index = np.stack(np.meshgrid(*(np.arange(n) for n in reference.values.shape), indexing="ij"), axis=-1)
    native = np.moveaxis(echoes[0].to_index(reference.to_world(index.astype(float)))[mask], -1, 0)
    truth = reference.values[mask].astype(float)

    def difference(shift: Sequence[float]) -> np.ndarray:
        moved = native + np.array([shift[0], shift[1], 0.0])[:, None]
        signal = [ndimage.map_coordinates(v.values.astype(float), moved, order=1) for v in echoes]
        return np.asarray(fit_t2(np.maximum(np.stack(signal, axis=-1), 1e-6), (16.0, 56.0)).t2_ms - truth)

    def typical(shift: Sequence[float]) -> float:
        return float(np.nanmedian(np.abs(difference(shift)[::7])))

    best = optimize.minimize(typical, [-0.4, 0.0], method="Nelder-Mead", options={"maxiter": 40, "xatol": 0.01}).x
    return {
        "median_reference_ms": round(float(np.median(truth)), 2),
        "as_stored": _agreement(difference((0.0, 0.0)), truth),
        "shift_voxels": [round(float(v), 2) for v in best],
        "shifted": _agreement(difference(best), truth),
    }


def _agreement(error: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    use = np.isfinite(error) & (truth > 10) & (truth < 120) & (np.abs(error) < 200)
    kept = error[use]
    return {
        "voxels": int(use.sum()),
        "median_difference_ms": round(float(np.median(kept)), 3),
        "median_absolute_difference_ms": round(float(np.median(np.abs(kept))), 3),
        "p90_absolute_difference_ms": round(float(np.percentile(np.abs(kept), 90)), 2),
        "correlation": round(float(np.corrcoef(kept + truth[use], truth[use])[0, 1]), 4),
    }


def main() -> None:
    """Measure, print and write."""
    thigh = [read_series(DATA / "thigh_dixon_siemens" / "input" / f"{n}_th.nii.gz") for n in _MAGNITUDES]
    calf = [read_series(DATA / "calf_t2_two_echo" / "input" / f"t2_te{te}ms.nii.gz") for te in (16, 56)]
    knee = [read_series(DATA / "knee_mese_ge_dicom")]
    result = {
        "thigh_fat_fraction": _told(
            _measure(thigh, (3, 4, 5), THIGH, measure="fat_fraction", te_ms=(3.45, 4.60, 5.75), field_t=3.0)
        ),
        "calf_t2": _told(_measure(calf, (3, 4, 5), CALF, measure="t2", te_ms=(16.0, 56.0))),
        "calf_t2_against_reference": _reference(),
        "knee_t2": _told(_measure(knee, (14,), KNEE, measure="t2")),
        "knee_t2_epg": _told(_measure(knee, (14,), KNEE, measure="t2_epg")),
    }
    OUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


_MAGNITUDES = ("0006-Dixon_TE_345", "0008-Dixon_TE_460", "0010-Dixon_TE_575")

if __name__ == "__main__":
    main()
