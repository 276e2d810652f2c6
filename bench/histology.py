"""Accuracy and speed of the nerve section reader on real pictures.

Run (extra ``bench``): ``python bench/histology.py [--large]``, the real data in ``RANVIER_DATA`` (else
``../shared/data``).
It prints JSON. One fixed setting for each modality; no number was fitted to these pictures, but the simulator that
the rules are fitted on, and the steps, were revised several times with them in view: they are no unseen test. Of the
bright-field picture mostly the upper half was looked at lately (``upper``), of the lower one (``lower``) one crop.
What the reference is worth: the bright-field masks are the output of another program (silver) of unknown pixel size
(0.3 um is assumed); the scanning pictures of rat spinal cord have masks drawn by hand. Reference axons of fewer than
four pixels are left out. The peer of the speed is a plain watershed of scikit-image on the same picture in the same
process. ``--large`` adds a section of 20,000 x 20,000 pixels (or of the side that follows) made of mirrored copies of
the bright-field picture, read from file to files by ``ranvier biopsy``.
"""

import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from scipy import ndimage

from ranvier.histology.matching import matched_pairs
from ranvier.histology.measuring import (
    agreement,
    label_masks,
    measure_fibres,
    segment_fibres,
    summarise_section,
)
from ranvier.histology.pictures import read_mask, read_picture, read_two_in_one

DATA = Path(os.environ.get("RANVIER_DATA", Path(__file__).parents[2] / "shared" / "data")) / "histology"
BRIGHT_UM, MASKS_UM = 0.3, 0.125
SEM = {
    "sub-rat1_sample-data1_SEM": 0.18,
    "sub-rat3_sample-data9_SEM": 0.1,
    "sub-rat4_sample-data12_SEM": 0.1,
    "sub-rat8_sample-V915_SEM": 0.07,
}
LEAST_PX, RUNS, LARGE_PX, JOBS = 4, 3, 20_000, 2


def reference_labels(axons):
    """Return the axons of a reference mask one by one, without specks."""
    labels, count = ndimage.label(axons)
    keep = np.bincount(labels.ravel(), minlength=count + 1) >= LEAST_PX
    keep[0] = False
    return (np.cumsum(keep) * keep)[labels]


def compare(picture, axons, myelin, pixel_um, kind):
    """Return how one picture agrees with its masks."""
    start = time.perf_counter()
    found = segment_fibres(picture, pixel_um=pixel_um, kind=kind)
    seconds = time.perf_counter() - start
    m, r = found.myelin > 0, myelin
    measured = measure_fibres(found.axons, found.myelin, pixel_um)
    theirs = measure_fibres(*label_masks(axons, myelin), pixel_um)
    return {
        **asdict(agreement(found.axons, reference_labels(axons))),
        "myelin_dice": float(2 * (m & r).sum() / (m.sum() + r.sum())),
        "radius_offset_px": radius_offset(found.axons, reference_labels(axons)),
        "axon_area_ratio": float((found.axons > 0).sum() / axons.sum()),
        "median_g": statistics.median(f.g_ratio for f in measured),
        "median_g_reference": statistics.median(f.g_ratio for f in theirs),
        "seconds": seconds,
    }


def radius_offset(found, reference):
    """Return by how much matched axons are larger in radius than the reference, in pixels (median)."""
    a, b = matched_pairs(found, reference)
    sizes = (np.sqrt(np.bincount(labels.ravel()) / np.pi) for labels in (found, reference))
    ours, theirs = (size[labels] for size, labels in zip(sizes, (a, b), strict=True))
    return float(np.median(ours - theirs))


def bright_field():
    """Return the figures of the bright-field picture."""
    folder = DATA / "bright_field_rat_nerve"
    picture = read_picture(folder / "image.png")
    axons, myelin = (read_mask(folder / f"{what}_adsmodel.png") for what in ("axon", "myelin"))
    result = compare(picture, axons, myelin, BRIGHT_UM, "bright_field")
    result["seconds"] = statistics.median(
        timed(lambda: segment_fibres(picture, pixel_um=BRIGHT_UM, kind="bright_field")) for _ in range(RUNS)
    )
    peer = statistics.median(timed(lambda: watershed(picture)) for _ in range(RUNS))
    row, column = (n // 2 for n in picture.shape)
    found = segment_fibres(picture, pixel_um=BRIGHT_UM, kind="bright_field").axons
    reference = reference_labels(axons)
    halves = {"upper": np.s_[:row], "lower": np.s_[row:], "left": np.s_[:, :column], "right": np.s_[:, column:]}
    for name, part in halves.items():
        result[name] = asdict(agreement(found[part], reference[part]))
    return result | {"seconds_of_watershed": peer, "ratio_to_watershed": result["seconds"] / peer}


def scanning():
    """Return the figures of the scanning pictures, and their means."""
    out = {}
    for name, pixel_um in SEM.items():
        base = DATA / "sem_rat_cord" / name
        axons, myelin = (read_mask(base.with_name(f"{name}_seg-{what}-manual.png")) for what in ("axon", "myelin"))
        out[name] = compare(read_picture(base.with_name(f"{name}.png")), axons, myelin, pixel_um, "sem")
    rows = list(out.values())
    out["mean_axon_dice"] = statistics.mean(row["dice"] for row in rows)
    out["mean_f1"] = statistics.mean(row["f1"] for row in rows)
    out["mean_absolute_count_error"] = statistics.mean(abs(row["count_error"]) for row in rows)
    return out


def masks():
    """Return the arithmetic on masks."""
    out = {}
    for name in ("control", "sham", "stim"):
        base = DATA / "nerve_masks" / f"Example_{name}"
        axons, myelin = read_two_in_one(base.with_name(f"{base.name}_segmask.png"))
        fascicle = read_mask(base.with_name(f"{base.name}_fasciclemask.png"))
        fibres = measure_fibres(*label_masks(axons, myelin), MASKS_UM)
        summary = summarise_section(fibres, pixel_um=MASKS_UM, shape=axons.shape, fascicle=fascicle)
        out[name] = {
            "axons": len(fibres),
            "fascicle_mm2": summary.area_mm2,
            "density_per_mm2": summary.density_per_mm2,
            "median_axon_um": statistics.median(f.axon_diameter_um for f in fibres),
            "median_fibre_um": statistics.median(f.fibre_diameter_um for f in fibres),
            "median_g": statistics.median(f.g_ratio for f in fibres),
        }
    return out


def large(side_px):
    """Return time and memory of ``ranvier biopsy`` on a section of `side_px` squared, from file to files.

    Processor time a pixel is held against that of the plain watershed on the single picture in this run.
    """
    from PIL import Image

    picture = read_picture(DATA / "bright_field_rat_nerve" / "image.png")
    peer = statistics.median(timed(lambda: watershed(picture), time.process_time) for _ in range(RUNS)) / picture.size
    with tempfile.TemporaryDirectory() as folder:
        pad = [(0, side_px - n) for n in picture.shape]
        path = Path(folder) / "section.png"
        Image.fromarray(np.pad(picture, pad, mode="symmetric")).save(path, compress_level=1)
        command = [sys.executable, "-m", "ranvier.cli", "biopsy", str(path), "--pixel-um", str(BRIGHT_UM)]
        command += ["--kind", "sural", "--jobs", str(JOBS), "-o", folder]
        most = 0.0

        def run():
            nonlocal most
            process = subprocess.Popen(command, stdout=sys.stderr)
            while process.poll() is None:
                most = max(most, together_gib(process.pid))
                time.sleep(0.5)
            if process.returncode:
                raise RuntimeError(f"ranvier biopsy ended with {process.returncode}")

        seconds = timed(run)
        summary = json.loads((Path(folder) / "summary.json").read_text(encoding="utf-8"))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = used.ru_utime + used.ru_stime
    return {
        "side_px": side_px,
        "fibres": summary["n_found"],
        "seconds": seconds,
        "processor_seconds": processor,
        "processor_ratio_to_watershed": processor / side_px**2 / peer,
        "largest_process_gib": used.ru_maxrss / 1024**2,
        "all_processes_gib": most,
    }


def together_gib(pid):
    """Return the memory of a process and those it started, pages that they share counted once (Linux)."""
    total = 0
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                total += together_gib(int(child))
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) / 1024**2
    return total


def watershed(picture):
    """Segment as plainly as scikit-image allows: threshold, distance, watershed."""
    from skimage.filters import threshold_otsu
    from skimage.segmentation import watershed as flood

    dark = ndimage.gaussian_filter(picture.astype(np.float32), 1) < threshold_otsu(picture)
    lumens, _ = ndimage.label(ndimage.binary_fill_holes(dark) & ~dark)
    return flood(ndimage.distance_transform_edt(~dark), lumens, mask=dark | (lumens > 0))


def timed(work, clock=time.perf_counter):
    """Return the time in seconds, by the wall unless another clock is given."""
    start = clock()
    work()
    return clock() - start


def main():
    """Measure and print."""
    result = {"bright_field": bright_field(), "sem": scanning(), "nerve_masks": masks()}
    if "--large" in sys.argv:
        side = sys.argv[sys.argv.index("--large") + 1 :]
        result["large"] = large(int(side[0]) if side else LARGE_PX)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
