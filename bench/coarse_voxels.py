"""How many voxels a nerve must be across to be measured: area error of tracked phantoms in ever larger voxels.

Run: ``python bench/coarse_voxels.py [fit] [test]`` (needs the extra ``mri``; some minutes each on one core). Simulated
data. ``fit`` draws the nerves that the limit ``measured_voxels_across`` of ``imaging/data/nerves.csv`` is read from;
``test`` draws others (other seeds, diameters and ratios of voxel to nerve) and judges the packaged limit on them.
Prints JSON and writes ``bench/results/coarse_voxels.json``; a part that is not named keeps its result.

The limit is read thus, and was so stated before the first run: the lowest number of voxels across the outline that was
found (its diameter as a disc over the larger voxel side), in steps of a quarter, from which on no window one voxel wide
has a median area error beyond 15 % in any contrast. Half of the nerves are tracked without an expected area, half with
one that is off by a factor of up to 1.35.
"""

import argparse
import itertools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.tracking import track_nerve
from ranvier.imaging.simulation.phantom import CONTRASTS, PhantomSpec, draw_phantom

PATH = Path(__file__).parents[1] / "bench" / "results" / "coarse_voxels.json"
SLICES = 4
SNR = 20.0
CLOSE = 0.15
TOLD_LN = 0.3
STEP, WINDOW, FEWEST = 0.25, 1.0, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What is drawn."""

    calibres_mm: tuple[float, ...]
    across: tuple[float, ...]
    seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One section: what it is, what was found, and whether it counts as sure."""

    contrast: str
    calibre_mm: float
    voxel_mm: float
    seed: int
    told: bool
    found_across: float
    area_error: float
    sure: bool
    note: str


FIT = Grid(calibres_mm=(3.0, 5.0), across=(1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0), seeds=(1101, 1102))
TEST = Grid(calibres_mm=(2.5, 4.0, 6.5), across=(1.33, 2.25, 2.75, 3.5, 4.5, 6.0), seeds=(2201, 2202))


def sections(grid: Grid) -> list[Seen]:
    """Return the sections of all phantoms of a grid."""
    out: list[Seen] = []
    unsure = nerve_parameters()["unsure_below"]
    for contrast, calibre, across, seed in itertools.product(CONTRASTS, grid.calibres_mm, grid.across, grid.seeds):
        voxel, told = calibre / across, seed % 2 == 0
        spec = PhantomSpec(contrast=contrast, calibre_mm=calibre, voxel_mm=voxel, slice_mm=3.0, slices=SLICES, snr=SNR)
        draw = np.random.default_rng([seed, round(100 * calibre), round(100 * across)])
        phantom = draw_phantom(spec, int(draw.integers(2**31)))
        truth = float(phantom.area_mm2[0] / np.cos(np.deg2rad(spec.tilt_deg)))
        hint = truth * float(np.exp(draw.uniform(-TOLD_LN, TOLD_LN))) if told else None
        tracked = track_nerve(phantom.volume, phantom.centre[[0, SLICES - 1]], expected_area_mm2=hint)
        for s in tracked.sections:
            found = 2 * float(np.sqrt(max(s.area_mm2, 0.0) / np.pi)) / voxel
            seen = Seen(
                contrast=contrast,
                calibre_mm=calibre,
                voxel_mm=round(voxel, 3),
                seed=seed,
                told=told,
                found_across=round(found, 3),
                area_error=round(s.area_mm2 / truth - 1, 4),
                sure=s.confidence >= unsure and s.area_mm2 > 0,
                note=s.note,
            )
            out.append(seen)
    return out


def limit_of(seen: list[Seen]) -> float | None:
    """Return the fewest voxels across from which on every window is close enough in every contrast."""
    lowest = None
    for low in np.arange(6.0, 0.0, -STEP):
        for contrast in CONTRASTS:
            errors = [
                abs(s.area_error) for s in seen if s.contrast == contrast and low <= s.found_across < low + WINDOW
            ]
            if len(errors) >= FEWEST and float(np.median(errors)) > CLOSE:
                return lowest
        lowest = float(low)
    return lowest


def summary(seen: list[Seen], across: tuple[float, ...]) -> list[dict[str, object]]:
    """Return by contrast and true voxels across: error, share that is sure, error of those."""
    rows: list[dict[str, object]] = []
    for contrast, ratio in itertools.product(CONTRASTS, across):
        here = [s for s in seen if s.contrast == contrast and abs(s.calibre_mm / s.voxel_mm - ratio) < 0.02]
        sure = [abs(s.area_error) for s in here if s.sure]
        rows.append(
            {
                "contrast": contrast,
                "voxels_across": ratio,
                "sections": len(here),
                "found_across_median": round(float(np.median([s.found_across for s in here])), 2),
                "area_error_median": round(float(np.median([abs(s.area_error) for s in here])), 3),
                "within_15_percent": round(float(np.mean([abs(s.area_error) < CLOSE for s in here])), 3),
                "sure": len(sure),
                "area_error_median_sure": round(float(np.median(sure)), 3) if sure else None,
                "say_voxels_too_large": sum("voxels" in s.note for s in here),
            }
        )
        print(json.dumps(rows[-1]), flush=True)
    return rows


def main() -> None:
    """Measure the parts that are named, or both."""
    options = argparse.ArgumentParser()
    options.add_argument("parts", nargs="*", choices=[[], "fit", "test"], help="both if none is named")
    named = options.parse_args().parts or ["fit", "test"]
    results = json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
    for name in named:
        grid = {"fit": FIT, "test": TEST}[name]
        seen = sections(grid)
        results[name] = {"grid": asdict(grid), "snr": SNR, "rows": summary(seen, grid.across)}
        results[name]["limit_read_from_these"] = limit_of(seen)
        results[name]["sections"] = [asdict(s) for s in seen]
        print(json.dumps({"part": name, "limit_read_from_these": limit_of(seen)}), flush=True)
    PATH.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
