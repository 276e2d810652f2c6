"""Fit the logistic rules that tell axons from other lumens, on simulated sections alone.

Run: ``python bench/fit_fibres.py [MODALITY ...]``. It draws sections with the simulator of the package (seeds
below), measures every enclosed lumen and fits which of them is a drawn axon (intersection over union above one
half): first each lumen alone, then with the likelier ones around it. It rewrites the rows of these modalities in
``src/ranvier/histology/data/fibre_odds.csv``. No real picture is used.
"""

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from ranvier.histology.lumens import Lumens, find_lumens
from ranvier.histology.matching import matched_pairs
from ranvier.histology.parameters import MODALITIES, segmentation_settings
from ranvier.histology.plausibility import Looks, apply_odds, measure_looks, measure_rivals, terms
from ranvier.histology.profiles import Rays, cast_rays
from ranvier.histology.segmentation import grey_levels
from ranvier.histology.simulation import simulate_section
from ranvier.histology.staining import grey_span, myelin_scale, settled

TABLE = Path(__file__).parents[1] / "src" / "ranvier" / "histology" / "data" / "fibre_odds.csv"
COLUMNS = ("modality", "stage", "term", "weight", "status", "source")
SECTIONS = {"bright_field": 60, "sem": 60, "tem": 60}
FIRST_SEED, SIDE_PX = 1000, 320
PIXELS_UM = {"bright_field": (0.15, 0.35), "sem": (0.08, 0.2), "tem": (0.04, 0.1)}
RIDGE = 1.0
# Under light one rule with one measure: free weights learn how drawings differ from tissue (see plausibility.py).
STAGES = {"bright_field": (1,), "sem": (1, 2), "tem": (1, 2)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One simulated section: its lumens, which of them lie in the picture, and which are axons."""

    lumens: Lumens
    rays: Rays
    looks: Looks
    use: np.ndarray
    truth: np.ndarray


def example(modality, seed):
    """Return one example, or None if the section has no lumen."""
    rng = np.random.default_rng(seed)
    pixel_um = float(np.exp(rng.uniform(*np.log(PIXELS_UM[modality]))))
    section = simulate_section(modality, seed=seed, shape=(SIDE_PX, SIDE_PX), pixel_um=pixel_um)
    grey = grey_levels(section.image, modality)
    span = grey_span(grey)
    settings = settled(segmentation_settings(modality), grey, pixel_um=pixel_um, span=span)
    pad = round(settings.mirror_um / pixel_um)
    grey = np.pad(grey, pad, mode="reflect")
    scale = myelin_scale(grey, pixel_um=pixel_um, settings=settings, span=span)
    lumens = find_lumens(scale, pixel_um=pixel_um, settings=settings)
    if not len(lumens.step):
        return None
    reach = max(3, round(settings.sheath_max_um / pixel_um))
    rays = cast_rays(scale, lumens.labels, lumens.lumen, lumens.step, reach_px=reach)
    looks = measure_looks(lumens, rays, smooth_px=settings.smooth_um / pixel_um, reach_px=reach)
    seen = lumens.labels[pad:-pad, pad:-pad]
    truth = np.zeros(len(lumens.step), bool)
    truth[matched_pairs(seen, section.axons)[0] - 1] = True
    use = np.unique(seen[seen > 0]) - 1
    return Example(lumens=lumens, rays=rays, looks=looks, use=use, truth=truth)


def fit(looks, examples, modality):
    """Return the rule fitted to these looks of the examples."""
    names = [name for name in terms(looks[0]) if name.removesuffix("^2") != "evidence"]
    if modality == "bright_field":
        names = ["constant", "evidence"]
    columns = [np.stack([terms(k)[name] for name in names], axis=1) for k in looks]
    x = np.concatenate([c[e.use] for c, e in zip(columns, examples, strict=True)])
    y = np.concatenate([e.truth[e.use] for e in examples])
    mean, sd = x.mean(0), np.maximum(x.std(0), 1e-9)
    mean[0], sd[0] = 0.0, 1.0
    z = (x - mean) / sd

    def loss(w):
        logit = z @ w
        return np.logaddexp(0, np.where(y, -logit, logit)).sum() + RIDGE * (w[1:] ** 2).sum()

    def slope(w):
        return z.T @ (1 / (1 + np.exp(-z @ w)) - y) + 2 * RIDGE * np.r_[0, w[1:]]

    w = minimize(loss, np.zeros(len(names)), jac=slope, method="L-BFGS-B", options={"maxiter": 5000}).x
    said = z @ w > 0
    print(f"  lumens {len(y)}, axons {y.sum()}, precision {(said & y).sum() / said.sum():.3f}", end=", ")
    print(f"recall {(said & y).sum() / y.sum():.3f}")
    weights = w / sd
    weights[0] = w[0] - (w[1:] * mean[1:] / sd[1:]).sum()
    return dict(zip(names, weights, strict=True))


def main():
    """Fit and write the table."""
    wanted = sys.argv[1:] or list(MODALITIES)
    rows = []
    if TABLE.exists():
        with TABLE.open(encoding="utf-8") as stream:
            rows = [row for row in csv.DictReader(stream) if row["modality"] not in wanted]
    for modality in wanted:
        print(modality)
        examples = [e for e in (example(modality, FIRST_SEED + i) for i in range(SECTIONS[modality])) if e]
        looks = [e.looks for e in examples]
        for stage in STAGES[modality]:
            odds = fit(looks, examples, modality)
            for term, weight in odds.items():
                row = (modality, stage, term, f"{weight:.6g}", "assumed", "simulated")
                rows.append(dict(zip(COLUMNS, row, strict=True)))
            looks = [
                measure_rivals(e.lumens, e.rays, k, apply_odds(k, odds)) for k, e in zip(looks, examples, strict=True)
            ]
    with TABLE.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["modality"], str(row["stage"]))))


if __name__ == "__main__":
    main()
