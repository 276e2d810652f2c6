"""Fit the weights of the needle EMG class on simulated recordings and write them into the package.

Run ``python tools/train_emg.py`` from the repository root; the same seed gives the same table.
"""

import argparse
import csv
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from ranvier.electrodiagnosis.emg.analysis import study_recording
from ranvier.electrodiagnosis.emg.classification import CLASSES, list_features
from ranvier.electrodiagnosis.emg.protocols import draw_plan
from ranvier.electrodiagnosis.emg.simulation import simulate_recording

Floats = npt.NDArray[np.float64]
Row = dict[str, tuple[float, float]]

DATA = Path(__file__).parents[1] / "src" / "ranvier" / "electrodiagnosis" / "data"
FIRST_SEED = 1_000_000
PENALTY = 0.01
HELD_OUT_EVERY = 5
CLOUD_BINS = 12


def simulated_row(seed: int) -> tuple[int, Row, list[tuple[float, float]]]:
    """Return the class number, the features (scaled, shown) and turns and amplitude of one simulated recording."""
    kind = seed % len(CLASSES)
    plan = draw_plan(CLASSES[kind], np.random.default_rng(seed))
    study = study_recording(simulate_recording(plan, seed).recording)
    epochs = [(e.turns_per_s, e.amplitude_mv) for e in study.epochs if e.turns_per_s]
    return kind, {f.name: (f.scaled, f.shown) for f in list_features(study.measures)}, epochs


def fit(x: Floats, y: npt.NDArray[np.int64]) -> Floats:
    """Return weights (n_features + 1, n_classes) of a penalised multinomial logistic model; the last row is free."""
    design = np.column_stack([x, np.ones(len(x))])
    target = np.eye(len(CLASSES))[y]

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(design.shape[1], -1)
        scores = design @ w
        scores -= scores.max(axis=1, keepdims=True)
        share = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        penalty = PENALTY * np.vstack([w[:-1], np.zeros(w.shape[1])])
        value = -np.mean(np.log((share * target).sum(axis=1) + 1e-300)) + (penalty * w).sum() / 2
        return float(value), (design.T @ (share - target) / len(x) + penalty).ravel()

    start = np.zeros(design.shape[1] * len(CLASSES))
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x.reshape(design.shape[1], -1))


def model_rows(
    kind: str, rows: list[tuple[int, Row]], names: list[str]
) -> tuple[list[dict[str, str]], dict[str, float]]:
    """Return the table rows of one model, and its accuracy on the held-out fifth."""
    used = [(k, r) for k, r in rows if all(n in r for n in names)]
    x = np.array([[r[n][0] for n in names] for _, r in used])
    y = np.array([k for k, _ in used])
    test = np.arange(len(used)) % HELD_OUT_EVERY == 0
    mean, sd = x[~test].mean(axis=0), x[~test].std(axis=0)
    z = np.clip((x - mean) / sd, -3, 3)
    w = fit(z[~test], y[~test])
    guess = (np.column_stack([z, np.ones(len(z))]) @ w).argmax(axis=1)
    right = float((guess == y)[test].mean())
    out = []
    for i, name in enumerate([*names, "intercept"]):
        shown = np.array([r[name][1] for k, r in used if k == 0]) if name != "intercept" else np.zeros(1)
        numbers = (mean[i], sd[i]) if name != "intercept" else (0.0, 1.0)
        low, high = np.percentile(shown, [5, 95])
        out.append(
            {
                "model": kind,
                "feature": name,
                **{k: f"{v:.5g}" for k, v in zip(("mean", "sd"), numbers, strict=True)},
                "normal_p05": f"{low:.5g}",
                "normal_p95": f"{high:.5g}",
                **{c: f"{v:.5g}" for c, v in zip(CLASSES, w[i], strict=True)},
            }
        )
    return out, {"recordings": len(used), "held_out": int(test.sum()), "held_out_accuracy": round(right, 4)}


def main() -> None:
    """Simulate, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with ProcessPoolExecutor(options.workers) as pool:
        results = list(pool.map(simulated_row, range(FIRST_SEED, FIRST_SEED + options.count), chunksize=8))
    rows = [(kind, row) for kind, row, _ in results]
    write_cloud([e for kind, _, epochs in results for e in epochs if CLASSES[kind] == "normal"])
    most = max((r for _, r in rows), key=len)
    pattern = [n for n in most if n in _pattern_names(most)]
    table, story = [], {"simulated": options.count, "first_seed": FIRST_SEED, "penalty": PENALTY}
    for kind, names in (("units", list(most)), ("pattern", pattern)):
        part, figures = model_rows(kind, rows, names)
        table += part
        story[kind] = figures
    with (DATA / "emg_class_weights.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    (DATA / "emg_class_weights.json").write_text(json.dumps(story, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(story, indent=2) + "\n")


def write_cloud(epochs: list[tuple[float, float]]) -> None:
    """Write the outline that holds 95 % of the amplitudes at each count of turns."""
    turns, amplitude = np.array(epochs).T
    edges = np.percentile(turns, np.linspace(2.5, 97.5, CLOUD_BINS + 1))
    with (DATA / "emg_cloud.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["turns_per_s", "amplitude_low_mv", "amplitude_high_mv"])
        for low, high in pairwise(edges):
            mine = amplitude[(turns >= low) & (turns <= high)]
            writer.writerow([f"{(low + high) / 2:.1f}", *(f"{v:.4f}" for v in np.percentile(mine, [2.5, 97.5]))])


def _pattern_names(row: Row) -> set[str]:
    return {n for n in row if not n.startswith(("unit_", "size_", "firing_"))}


if __name__ == "__main__":
    main()
