"""Area and course of tracked nerves against phantoms whose truth is known; tissue maps against theirs.

Run: ``python bench/phantoms.py`` (needs the extra ``mri``; about 10 minutes on one core). Simulated data. Prints JSON
and writes ``bench/results/phantoms.json``: for each diameter in voxels and each SNR the median area error of sure
sections, the share of sections that are sure, and the error of the centre in voxels.
"""

import itertools
import json
from pathlib import Path

import numpy as np

from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.tracking import track_nerve
from ranvier.imaging.simulation.phantom import PhantomSpec, draw_phantom

ROOT = Path(__file__).parents[1]
ACROSS = (2, 4, 8, 12)
SNR = (10, 20, 50)
CONTRASTS = ("t1", "t2", "stir")
SEEDS = (0, 1)


def measured(spec: PhantomSpec, seed: int) -> list[tuple[float, float, float]]:
    """Return the signed relative area error, the centre error in voxels and the confidence of each section."""
    phantom = draw_phantom(spec, seed)
    last = spec.slices - 1
    tracked = track_nerve(phantom.volume, phantom.centre[[0, last // 2, last]])
    in_slice = phantom.area_mm2 / np.cos(np.deg2rad(spec.tilt_deg))
    out = []
    for section, truth, centre in zip(tracked.sections, in_slice, phantom.centre, strict=True):
        off = float(np.hypot(*(section.centre[:2] - centre[:2])))
        out.append((section.area_mm2 / float(truth) - 1, off, section.confidence))
    return out


def main() -> None:
    """Measure all combinations."""
    rows = []
    for across, snr, contrast in itertools.product(ACROSS, SNR, CONTRASTS):
        calibre = 5.0
        spec = PhantomSpec(
            contrast=contrast, calibre_mm=calibre, voxel_mm=calibre / across, slice_mm=3.0, slices=7, snr=snr
        )
        found = np.array([row for seed in SEEDS for row in measured(spec, seed)])
        sure = found[:, 2] >= nerve_parameters()["unsure_below"]
        rows.append(
            {
                "voxels_across": across,
                "snr": snr,
                "contrast": contrast,
                "area_error_median": float(np.median(np.abs(found[:, 0]))),
                "area_bias_median": float(np.median(found[:, 0])),
                "area_error_median_sure": float(np.median(np.abs(found[sure, 0]))) if sure.any() else None,
                "sure_share": float(sure.mean()),
                "centre_error_voxels_median": float(np.median(found[:, 1])),
            }
        )
        print(json.dumps(rows[-1]), flush=True)
    path = ROOT / "bench" / "results" / "phantoms.json"
    path.write_text(json.dumps({"calibre_mm": 5.0, "rows": rows}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
