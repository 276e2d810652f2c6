"""Fit the confidence of the outline on simulated slices and write it into ``data/outline.csv``.

    python tools/fit_outline_confidence.py --patches 1500

A logistic regression of "area within 15 %" on the sharpness of the map and on the spread of the area between the views.
Run it after the weights were replaced. Its random numbers are neither those of the training nor those of the bench. A
spread that would speak for a close area is left out.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

from ranvier.imaging.outline import outline_nerve
from ranvier.imaging.simulation.patch import draw_patch
from ranvier.imaging.simulation.settings import load_patch_settings

TABLE = Path(__file__).parents[1] / "src" / "ranvier" / "imaging" / "data" / "outline.csv"
NAMES = ("confidence_intercept", "confidence_sharpness", "confidence_spread")
SEED = 550_000_001
CLOSE = 0.15
RIDGE = 0.01


def evidence(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (n, 3) predictors and (n,) whether the area was close, on fresh simulated slices."""
    rows, close = [], []
    for k in range(n):
        patch = draw_patch(np.random.default_rng([SEED, k]), load_patch_settings())
        found = outline_nerve(
            patch.slice_values,
            patch.slice_spacing_mm,
            tuple(patch.to_slice(patch.seed_ij)),
            expected_area_mm2=patch.expected_area_mm2,
        )
        if found.area_mm2 > 0:
            rows.append((1.0, (found.share**2).sum() / found.share.sum(), found.area_sd_mm2 / found.area_mm2))
            close.append(abs(found.area_mm2 / patch.area_mm2 - 1) < CLOSE)
    return np.array(rows, dtype=np.float64), np.array(close, dtype=np.float64)


def logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the coefficients of a logistic regression with a slight ridge, by Newton steps."""
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(beta))
        beta = beta + np.linalg.solve(hessian, x.T @ (y - p) - RIDGE * beta)
    return beta


def main() -> None:
    """Fit, write, and say how well it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patches", type=int, default=1500)
    x, y = evidence(parser.parse_args().patches)
    beta = logistic(x, y)
    if beta[2] > 0:
        beta = np.append(logistic(x[:, :2], y), 0.0)
    with TABLE.open(newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    for row in rows:
        if row["name"] in NAMES:
            row["value"] = f"{beta[NAMES.index(row['name'])]:.3f}"
            row["source"] = "fitted on simulated slices by tools/fit_outline_confidence.py"
    with TABLE.open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    chance = 1 / (1 + np.exp(-x @ beta))
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        here = (chance >= low) & (chance < low + 0.2)
        if here.any():
            sys.stdout.write(
                f"{low:.1f}-{low + 0.2:.1f}: {here.sum()} slices, {y[here].mean():.2f} within {CLOSE:.0%}\n"
            )


if __name__ == "__main__":
    main()
