"""Area and course of tracked nerves against phantoms whose truth is known; tissue maps against theirs.

Run: ``python bench/phantoms.py [accuracy] [moves] [changes]`` (needs the extra ``mri``; about 10 minutes on one core).
Simulated data. Prints JSON and writes ``bench/results/phantoms.json``; a part that is not named keeps its result.
``accuracy``: for each diameter in voxels and each SNR the median area error of sure sections, the share of sections
that are sure, and the error of the centre in voxels. ``moves``: the spread of the area when both seeds move by up to 2
voxels, for a nerve of many fascicles in large voxels whose usual size is told rightly and wrongly. ``changes``: how
often each change is said of a plain, swollen, narrow or hourglass nerve, by SNR (only what is weighed: not a change in
a single section without sure ones on both sides).
"""

import argparse
import itertools
import json
from collections import Counter
from pathlib import Path

import numpy as np

from ranvier.core import Side
from ranvier.imaging.nerves.measurements import measure_nerve
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.profile import changes_along
from ranvier.imaging.nerves.tracking import track_nerve
from ranvier.imaging.simulation.phantom import Phantom, PhantomSpec, draw_phantom

ROOT = Path(__file__).parents[1]
ACROSS = (2, 4, 8, 12)
SNR = (10, 20, 50)
CONTRASTS = ("t1", "t2", "stir")
SEEDS = (0, 1)
CALIBRE_MM = 5.0
MOVE_SEEDS = (0, 1, 2)
MOVES = 6
TOLD = (0.75, 1.0)
CHANGE_KINDS = ("plain", "swelling", "narrowing", "hourglass")
CHANGE_SNR = (5, 10, 20)
CHANGE_SEEDS = (0, 1, 2)


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


def accuracy() -> list[dict[str, object]]:
    """Return errors by calibre in voxels, noise and contrast."""
    rows: list[dict[str, object]] = []
    for across, snr, contrast in itertools.product(ACROSS, SNR, CONTRASTS):
        spec = PhantomSpec(
            contrast=contrast, calibre_mm=CALIBRE_MM, voxel_mm=CALIBRE_MM / across, slice_mm=3.0, slices=7, snr=snr
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
    return rows


def spread_under_moves() -> list[dict[str, object]]:
    """Return the spread of the area as both seeds move, and its error."""
    rows: list[dict[str, object]] = []
    for contrast, told in itertools.product(CONTRASTS, TOLD):
        spec = PhantomSpec(contrast=contrast, calibre_mm=7.4, voxel_mm=0.8, slice_mm=6.0, slices=2, snr=20)
        spreads, errors = [], []
        for seed in MOVE_SEEDS:
            phantom = draw_phantom(spec, seed)
            truth = phantom.area_mm2 / np.cos(np.deg2rad(spec.tilt_deg))
            areas = moved_areas(phantom, np.random.default_rng(seed), told * float(truth[0]))
            spreads += list(areas.std(axis=0) / areas.mean(axis=0))
            errors += list(areas.mean(axis=0) / truth - 1)
        rows.append(
            {
                "contrast": contrast,
                "told_to_true": told,
                "spread_median": round(float(np.median(spreads)), 4),
                "spread_largest": round(float(np.max(spreads)), 4),
                "area_error_median": round(float(np.median(np.abs(errors))), 4),
                "area_bias_median": round(float(np.median(errors)), 4),
            }
        )
        print(json.dumps(rows[-1]), flush=True)
    return rows


def moved_areas(phantom: Phantom, rng: np.random.Generator, told_mm2: float) -> np.ndarray:
    """Return the areas, (moves, slices)."""
    areas = []
    for _ in range(MOVES):
        angle, reach = rng.uniform(0, 2 * np.pi, 2), 2 * np.sqrt(rng.random(2))
        points = phantom.centre + np.column_stack([reach * np.cos(angle), reach * np.sin(angle), np.zeros(2)])
        tracked = track_nerve(phantom.volume, points, expected_area_mm2=told_mm2)
        areas.append([s.area_mm2 for s in tracked.sections])
    return np.array(areas)


def changes() -> list[dict[str, object]]:
    """Return how often each change is said of each kind of phantom, tracked from three seeds."""
    rows: list[dict[str, object]] = []
    for snr, kind in itertools.product(CHANGE_SNR, CHANGE_KINDS):
        said: Counter[str] = Counter()
        for seed in CHANGE_SEEDS:
            phantom = draw_phantom(PhantomSpec(kind=kind, contrast="t2", snr=snr), seed)
            tracked = track_nerve(phantom.volume, phantom.centre[[0, 12, 23]])
            report = measure_nerve(phantom.volume, tracked.sections, tracked.slice_axis, "sciatic", Side.LEFT)
            said.update({change.kind for change in changes_along(report) if change.is_sign})
        shares = {name: round(count / len(CHANGE_SEEDS), 3) for name, count in sorted(said.items())}
        rows.append({"kind": kind, "snr": snr, "phantoms": len(CHANGE_SEEDS), "said_share": shares})
        print(json.dumps(rows[-1]), flush=True)
    return rows


PARTS = {"changes": changes, "accuracy": accuracy, "moves": spread_under_moves}


def main() -> None:
    """Measure the parts that are named, or all."""
    options = argparse.ArgumentParser()
    options.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all if none is named")
    named = options.parse_args().parts or list(PARTS)
    path = ROOT / "bench" / "results" / "phantoms.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    results = {"calibre_mm": CALIBRE_MM, "accuracy": results.get("accuracy", results.get("rows", []))} | {
        name: rows for name, rows in results.items() if name in PARTS
    }
    for name in named:
        results[name] = PARTS[name]()
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
