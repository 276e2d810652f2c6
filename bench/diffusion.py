"""Diffusion tensors: FA of simulated blocks by SNR, speed against DIPY itself, and the cord of a real series.

Run with ``python bench/diffusion.py``; writes ``bench/results/diffusion.json``. The cord is what is bright in the
middle of the mean weighted volume, less its outermost voxels: a mask by threshold, not by an expert.
"""

import json
import os
import time
from pathlib import Path

import numpy as np
from dipy.core.gradients import gradient_table
from dipy.reconst.dti import TensorModel
from scipy import ndimage

from ranvier.imaging.diffusion import (
    DiffusionSeries,
    fit_tensors,
    gradients_of,
    measure_diffusion_labels,
    measure_shifts,
    signal_to_noise,
)
from ranvier.imaging.reading import read_series
from ranvier.imaging.simulation.diffusion import DiffusionSpec, draw_diffusion
from ranvier.imaging.volume import Volume

OUT = Path(__file__).parent / "results" / "diffusion.json"
FA = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
REPEATS = 5


def _phantoms() -> dict[str, object]:
    out: dict[str, object] = {}
    for snr in (5.0, 10.0, 20.0, 50.0):
        phantom = draw_diffusion(DiffusionSpec(fa=FA, snr=snr))
        maps = fit_tensors(phantom.volume, phantom.gradients, phantom.labels.values > 0)
        series = DiffusionSeries(volume=phantom.volume, gradients=phantom.gradients, maps=maps)
        found = measure_diffusion_labels(series, phantom.labels, {n: str(fa) for n, fa in enumerate(FA, 1)})
        out[f"snr {snr:g}"] = {
            one.name: {"fa_error": round(one.median["fa"] - float(one.name), 4), "voxel_sd": round(one.spread["fa"], 4)}
            for one in found
        }
    return out


def _speed() -> dict[str, float]:
    """Return the least wall and processor time of the maps and of DIPY's own fit with its four maps.

    Both fit the same voxels in turn.
    """
    phantom = draw_diffusion(DiffusionSpec(fa=FA, side=16))
    mask = phantom.labels.values > 0
    table = gradient_table(phantom.gradients.b_values, bvecs=phantom.gradients.vectors, b0_threshold=50)
    ours, theirs = [], []
    for _ in range(REPEATS):
        start = time.perf_counter(), time.process_time()
        fit_tensors(phantom.volume, phantom.gradients, mask)
        ours.append((time.perf_counter() - start[0], time.process_time() - start[1]))
        start = time.perf_counter(), time.process_time()
        fit = TensorModel(table, fit_method="WLS").fit(phantom.volume.values, mask=mask)
        _ = fit.fa, fit.md, fit.ad, fit.rd
        theirs.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    own, peer = np.min(ours, axis=0), np.min(theirs, axis=0)
    return {
        "voxels": float(mask.sum()),
        "seconds": round(float(own[0]), 3),
        "cpu_seconds": round(float(own[1]), 3),
        "dipy_seconds": round(float(peer[0]), 3),
        "dipy_cpu_seconds": round(float(peer[1]), 3),
        "ratio": round(float(own[0] / peer[0]), 3),
        "cpu_ratio": round(float(own[1] / peer[1]), 3),
    }


def _cord() -> dict[str, object] | None:
    path = Path(os.environ.get("RANVIER_DATA", "")) / "mri" / "cervical_dmri" / "dmri.nii.gz"
    if not path.is_file():
        return None
    series = read_series(path)
    gradients = gradients_of(series.facts)
    weighted = series.volume.values[..., ~gradients.unweighted].mean(axis=-1)
    labels = np.zeros(weighted.shape, dtype=np.float32)
    for index in range(weighted.shape[2]):
        middle = weighted[28:68, :, index]
        bright = middle > 0.5 * np.percentile(middle, 99.5)
        parts, count = ndimage.label(bright)
        largest = 1 + int(np.argmax(ndimage.sum_labels(bright, parts, range(1, count + 1))))
        labels[28:68, :, index] = ndimage.binary_erosion(parts == largest)
    maps = fit_tensors(series.volume, gradients, labels > 0)
    whole = DiffusionSeries(volume=series.volume, gradients=gradients, maps=maps)
    (cord,) = measure_diffusion_labels(whole, Volume(values=labels, affine=series.volume.affine), {1: "cord"})
    by_slice = []
    for index in range(labels.shape[2]):
        one = np.zeros_like(labels)
        one[:, :, index] = labels[:, :, index]
        (found,) = measure_diffusion_labels(whole, Volume(values=one, affine=series.volume.affine), {1: "cord"})
        by_slice.append(found.of_mean["fa"])
    shifts = measure_shifts(series.volume, gradients)
    return {
        "voxels": cord.voxels,
        "fa": round(cord.median["fa"], 3),
        "fa_sd": round(cord.spread["fa"], 3),
        "fa_of_mean_signal_by_slice": [round(fa, 3) for fa in by_slice],
        "signal_to_noise": round(signal_to_noise(whole, labels > 0) or float("nan"), 1),
        "md_1e3mm2_s": round(1e3 * cord.median["md"], 3),
        "ad_1e3mm2_s": round(1e3 * cord.median["ad"], 3),
        "rd_1e3mm2_s": round(1e3 * cord.median["rd"], 3),
        "shifts": shifts.text,
    }


def main() -> None:
    """Measure, print and write."""
    result = {"fa_of_blocks": _phantoms(), "speed": _speed(), "cervical_cord": _cord()}
    OUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
