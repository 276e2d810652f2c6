"""Fit the logistic rule that tells axons from other lumens, on simulated sections alone.

Run: ``python bench/fit_fibres.py``. It draws sections with the simulator of the package (seeds below), measures
every enclosed lumen and fits which of them is a drawn axon (intersection over union above one half). The result is
``src/ranvier/histology/data/fibre_odds.csv``. No real picture is used.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from ranvier.histology.lumens import find_lumens
from ranvier.histology.matching import matched_pairs
from ranvier.histology.parameters import MODALITIES, segmentation_settings
from ranvier.histology.plausibility import measure_looks, terms
from ranvier.histology.profiles import cast_rays
from ranvier.histology.simulation import simulate_section
from ranvier.histology.staining import myelin_scale

TABLE = Path(__file__).parents[1] / "src" / "ranvier" / "histology" / "data" / "fibre_odds.csv"
SECTIONS, FIRST_SEED, SIDE_PX = 60, 1000, 420
PIXELS_UM = {"bright_field": (0.2, 0.35), "sem": (0.08, 0.2), "tem": (0.04, 0.1)}
RIDGE = 1.0


def lumens_of(modality, seed):
    """Return the terms of every lumen of one simulated section, and which are axons."""
    rng = np.random.default_rng(seed)
    pixel_um = float(np.exp(rng.uniform(*np.log(PIXELS_UM[modality]))))
    section = simulate_section(modality, seed=seed, shape=(SIDE_PX, SIDE_PX), pixel_um=pixel_um)
    settings = segmentation_settings(modality)
    scale = myelin_scale(section.image.astype(np.float32), pixel_um=pixel_um, settings=settings)
    lumens = find_lumens(scale, pixel_um=pixel_um, settings=settings)
    if not len(lumens.step):
        return None
    reach = max(3, round(4.0 / pixel_um))
    rays = cast_rays(scale, lumens.labels, lumens.lumen, lumens.step, reach_px=reach)
    looks = measure_looks(lumens, rays, smooth_px=settings.smooth_um / pixel_um, reach_px=reach)
    truth = np.zeros(len(lumens.step), bool)
    truth[matched_pairs(lumens.labels, section.axons)[0] - 1] = True
    return terms(looks), truth


def fit(modality):
    """Return the names and weights of the rule, and its error count on the sections it was fitted on."""
    parts = [p for p in (lumens_of(modality, FIRST_SEED + i) for i in range(SECTIONS)) if p]
    names = list(parts[0][0])
    x = np.concatenate([np.stack([p[0][n] for n in names], axis=1) for p in parts])
    y = np.concatenate([p[1] for p in parts])
    mean, sd = x.mean(0), x.std(0)
    mean[0], sd[0] = 0.0, 1.0
    z = (x - mean) / sd

    def loss(w):
        logit = z @ w
        return np.logaddexp(0, np.where(y, -logit, logit)).sum() + RIDGE * (w[1:] ** 2).sum()

    def slope(w):
        return z.T @ (1 / (1 + np.exp(-z @ w)) - y) + 2 * RIDGE * np.r_[0, w[1:]]

    w = minimize(loss, np.zeros(len(names)), jac=slope, method="L-BFGS-B", options={"maxiter": 2000}).x
    p = z @ w > 0
    print(modality, "lumens", len(y), "axons", y.sum(), "precision", (p & y).sum() / p.sum(), "recall", (p & y).sum() / y.sum())
    weights = w / sd
    weights[0] = w[0] - (w[1:] * mean[1:] / sd[1:]).sum()
    return names, weights


def main():
    """Fit and write the table."""
    with TABLE.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("modality", "term", "weight", "status", "source"))
        for modality in MODALITIES:
            for name, weight in zip(*fit(modality), strict=True):
                writer.writerow((modality, name, f"{weight:.6g}", "assumed", "simulated"))


if __name__ == "__main__":
    sys.exit(main())
