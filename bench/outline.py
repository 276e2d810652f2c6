"""Accuracy of the outline of a nerve in one slice: on fresh simulated slices and on real thigh images.

Run: ``python bench/outline.py [--patches N] [--moves N] [--pictures DIR]``. Needs the extra ``mri``; the real images
are found through ``RANVIER_DATA``, else ``../shared/data``, and left out where absent. Simulated: true area and a seed
moved as in training, random numbers never used in training, nerves of 5 to 60 mm2 and 1 to 6 mm2. Real: the left
sciatic nerve on two slices and three echoes, area drawn by eye (not by an expert), the seed moved at random within two
voxels. Peer: the contour of strongest radial gradient (``classical_outline.py``) in the same run. Written to
``bench/results/outline.json``; a part that was left out with 0 keeps its former result.
"""

import argparse
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from classical_outline import classical_area_mm2

from ranvier.imaging.outline import outline_nerve
from ranvier.imaging.simulation.patch import SimulatedPatch, draw_patch
from ranvier.imaging.simulation.settings import PatchSettings, load_patch_settings

ROOT = Path(__file__).parents[1]
SEED = 770_000_001
ECHOES = {"3.45": "0006-Dixon_TE_345_th", "4.60": "0008-Dixon_TE_460_th", "5.75": "0010-Dixon_TE_575_th"}
BY_EYE = {3: ((120.5, 101.0), 44.9), 4: ((118.0, 97.5), 41.0)}
MOVE_VOXELS = 2.0
# Not known; then published for the sciatic nerve: distal thigh, mid-thigh, and upper limit of the latter (mm2).
EXPECTED_MM2 = (None, 20.4, 43.3, 64.4)


def settings_for(across: float, snr: float, area: tuple[float, float]) -> PatchSettings:
    """Return settings with so many acquired voxels across the nerve and such a signal to noise ratio."""
    return replace(
        load_patch_settings(),
        area_low_mm2=area[0],
        area_high_mm2=area[1],
        voxel_low_mm=0.05,
        voxel_high_mm=5.0,
        voxels_across_low=across,
        voxels_across_high=across,
        snr_low=snr,
        snr_high=snr,
        calibre_known_probability=1.0,
        pathology_probability=0.0,
        pixel_log_sd=1e-6,
    )


def simulated(n: int) -> list[dict[str, object]]:
    """Return one row for each calibre, noise and knowledge of the calibre."""
    rows: list[dict[str, object]] = []
    for area in ((5.0, 60.0), (1.0, 6.0)):
        for across in (4.0, 8.0, 12.0):
            for snr in (10.0, 20.0, 40.0):
                settings = settings_for(across, snr, area)
                patches = [draw_patch(np.random.default_rng([SEED, k]), settings) for k in range(n)]
                rows += [row(patches, known) for known in (True, False)]
                rows[-1] |= {"classical_error_median": classical_error(patches)}
                for r in rows[-2:]:
                    r |= {"area_mm2": area, "voxels_across": across, "snr": snr, "patches": n}
                    print(json.dumps(r), flush=True)
    return rows


def row(patches: list[SimulatedPatch], known: bool) -> dict[str, object]:
    """Return the errors of the network on some patches."""
    errors, confident = [], []
    for patch in patches:
        found = outline_nerve(
            patch.slice_values,
            patch.slice_spacing_mm,
            tuple(patch.to_slice(patch.seed_ij)),
            expected_area_mm2=patch.expected_area_mm2 if known else None,
        )
        errors.append(found.area_mm2 / patch.area_mm2 - 1)
        confident.append(found.confidence)
    error, sure = np.array(errors), np.array(confident) >= 0.5
    visible = np.array([p.contrast for p in patches]) >= 5
    return {
        "calibre_known": known,
        "error_median": rounded(np.median(np.abs(error))),
        "error_median_visible": rounded(np.median(np.abs(error[visible]))),
        "bias_median": rounded(np.median(error)),
        "error_90th": rounded(np.percentile(np.abs(error), 90)),
        "confident_share": rounded(sure.mean()),
        "error_median_confident": rounded(np.median(np.abs(error[sure]))) if sure.any() else None,
    }


def classical_error(patches: list[SimulatedPatch]) -> float:
    """Return the median area error of the classical outline."""
    errors = []
    for patch in patches:
        area = classical_area_mm2(patch.slice_values, patch.slice_spacing_mm, tuple(patch.to_slice(patch.seed_ij)))
        errors.append(abs(area / patch.area_mm2 - 1))
    return rounded(np.median(errors))


def real(n_moves: int, pictures: Path | None) -> list[dict[str, object]]:
    """Return one row for each slice and echo of the thigh, and one for all echoes together."""
    folder = Path(os.environ.get("RANVIER_DATA", ROOT.parent / "shared" / "data")) / "mri/thigh_dixon_siemens/input"
    if not folder.exists():
        return []
    import nibabel

    volumes = {te: nibabel.load(folder / f"{name}.nii.gz") for te, name in ECHOES.items()}
    spacing = tuple(float(z) for z in next(iter(volumes.values())).header.get_zooms()[:2])
    rows: list[dict[str, object]] = []
    for k, (seed, by_eye) in BY_EYE.items():
        images = {te: np.asarray(v.dataobj[:, :, k], dtype=np.float32) for te, v in volumes.items()}
        images["all"] = np.stack(list(images.values()), axis=-1)
        rng = np.random.default_rng([SEED, k])
        angle, way = rng.uniform(0, 2 * np.pi, n_moves), MOVE_VOXELS * np.sqrt(rng.random(n_moves))
        seeds = np.array(seed) + np.stack([way * np.cos(angle), way * np.sin(angle)], axis=1)
        for te, image in images.items():
            for expected in EXPECTED_MM2:
                found = [outline_nerve(image, spacing, tuple(s), expected_area_mm2=expected) for s in seeds]
                r = {"slice": k, "te_ms": te, "by_eye_mm2": by_eye, "moves": n_moves, "expected_mm2": expected}
                rows.append(r | spread([f.area_mm2 for f in found], by_eye))
                rows[-1]["confidence"] = rounded(np.mean([f.confidence for f in found]), 2)
                if pictures is not None and image.ndim == 2:
                    contours = [f.contour_ij for f in found]
                    draw(image, seed, contours, pictures / f"thigh_z{k}_te{te}_expected_{expected}.png")
                print(json.dumps(rows[-1]), flush=True)
            if image.ndim == 2:
                classical = [classical_area_mm2(image, spacing, tuple(s)) for s in seeds]
                rows.append({"slice": k, "te_ms": te, "method": "classical"} | spread(classical, by_eye))
                print(json.dumps(rows[-1]), flush=True)
    return rows


def spread(areas_mm2: list[float], by_eye_mm2: float) -> dict[str, object]:
    """Return mean and spread of some areas, and the mean as a share of that by eye."""
    areas = np.array(areas_mm2)
    mean, sd = areas.mean(), areas.std(ddof=1)
    return {
        "mean_mm2": rounded(mean, 2),
        "sd_mm2": rounded(sd, 2),
        "sd_share": rounded(sd / max(mean, 1e-9)),
        "to_by_eye": rounded(mean / by_eye_mm2),
    }


def draw(image: np.ndarray, seed: tuple[float, float], contours: list[np.ndarray], path: Path) -> None:
    """Write a picture of the outlines over the slice."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (plain, drawn) = pyplot.subplots(1, 2, figsize=(12, 6))
    i, j = (round(s) for s in seed)
    near = image[i - 18 : i + 19, j - 18 : j + 19]
    for axes in (plain, drawn):
        axes.imshow(image.T, cmap="gray", origin="lower", vmin=near.min(), vmax=near.max())
        axes.set(xlim=(i - 18, i + 18), ylim=(j - 18, j + 18))
    for c in contours[:12]:
        drawn.plot(*np.vstack([c, c[:1]]).T, linewidth=0.8)
    figure.tight_layout()
    figure.savefig(path, dpi=60)
    pyplot.close(figure)


def seconds_per_slice() -> float:
    """Return the median time of one outline, warm."""
    patch = draw_patch(np.random.default_rng([SEED, 0]), load_patch_settings())
    seed = tuple(patch.to_slice(patch.seed_ij))
    times = []
    for _ in range(7):
        start = time.perf_counter()
        outline_nerve(patch.slice_values, patch.slice_spacing_mm, seed)
        times.append(time.perf_counter() - start)
    return rounded(np.median(times))


def rounded(value: float, digits: int = 4) -> float:
    """Return a plain rounded number."""
    return round(float(value), digits)


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patches", type=int, default=100)
    parser.add_argument("--moves", type=int, default=50)
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    results = {
        "seconds_per_slice": seconds_per_slice(),
        "real": real(given.moves, given.pictures) if given.moves else [],
        "simulated": simulated(given.patches) if given.patches else [],
    }
    target = ROOT / "bench" / "results" / "outline.json"
    kept = json.loads(target.read_text()) if target.exists() else {}
    results = kept | {name: value for name, value in results.items() if value}
    target.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
