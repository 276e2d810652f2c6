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

from ranvier.core import read_table
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
BOUNDS: dict[int, tuple[float | None, float | None]] = {-1: (None, 0.0), 0: (None, None), 1: (0.0, None)}


def simulated_row(seed: int) -> tuple[int, Row, list[tuple[float, float]]]:
    """Return the class number, the features (scaled, shown) and turns and amplitude of one simulated recording."""
    kind = seed % len(CLASSES)
    plan = draw_plan(CLASSES[kind], np.random.default_rng(seed))
    study = study_recording(simulate_recording(plan, seed).recording)
    epochs = [(e.turns_per_s, e.amplitude_mv) for e in study.epochs if e.turns_per_s]
    return kind, {f.name: (f.scaled, f.shown) for f in list_features(study.measures)}, epochs


def fit(x: Floats, y: npt.NDArray[np.int64], names: list[str]) -> Floats:
    """Return weights (n_features + 1, n_classes) of a penalised multinomial logistic model.

    The last row is the intercept. Normal is the reference (zero); the others have the signs of the table.
    """
    design = np.column_stack([x, np.ones(len(x))])
    target = np.eye(len(CLASSES))[y]

    def spread(flat: Floats) -> Floats:
        return np.column_stack([np.zeros(design.shape[1]), flat.reshape(design.shape[1], -1)])

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = spread(flat)
        scores = design @ w
        scores -= scores.max(axis=1, keepdims=True)
        share = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        penalty = PENALTY * np.vstack([w[:-1], np.zeros(w.shape[1])])
        value = -np.mean(np.log((share * target).sum(axis=1) + 1e-300)) + (penalty * w).sum() / 2
        return float(value), (design.T @ (share - target) / len(x) + penalty)[:, 1:].ravel()

    bounds = [BOUNDS[sign] for name in names for sign in signs()[name]] + [BOUNDS[0]] * (len(CLASSES) - 1)
    start = np.zeros(design.shape[1] * (len(CLASSES) - 1))
    return spread(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def signs() -> dict[str, tuple[int, ...]]:
    """Return in which direction each feature may speak for each class but normal; 0 is either."""
    rows = read_table("ranvier.electrodiagnosis", "emg_class_signs.csv", ("feature", *CLASSES[1:], "status", "source"))
    return {row["feature"]: tuple(int(row[c]) for c in CLASSES[1:]) for row in rows}


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
    w = fit(z[~test], y[~test], names)
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


def load_rows(path: Path | None) -> list[tuple[int, Row, list[tuple[float, float]]]]:
    """Return rows that were simulated before, or nothing."""
    if path is None or not path.is_file():
        return []
    return [
        (kind, {k: (v[0], v[1]) for k, v in row.items()}, epochs)
        for kind, row, epochs in json.loads(path.read_text(encoding="utf-8"))
    ]


def simulate_rows(count: int, workers: int, path: Path | None) -> list[tuple[int, Row, list[tuple[float, float]]]]:
    """Return simulated rows, and keep them in a file if one is given."""
    with ProcessPoolExecutor(workers) as pool:
        results = list(pool.map(simulated_row, range(FIRST_SEED, FIRST_SEED + count), chunksize=8))
    if path is not None:
        path.write_text(json.dumps(results), encoding="utf-8")
    return results


def main() -> None:
    """Simulate, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=420)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rows", type=Path, help="JSON of simulated rows: read if it is there, else written.")
    options = parser.parse_args()
    results = load_rows(options.rows) or simulate_rows(options.count, options.workers, options.rows)
    rows = [(kind, row) for kind, row, _ in results]
    write_cloud([e for kind, _, epochs in results for e in epochs if CLASSES[kind] == "normal"])
    most = max((r for _, r in rows), key=len)
    pattern = [n for n in most if n in _pattern_names(most)]
    table, story = [], {"simulated": len(results), "first_seed": FIRST_SEED, "penalty": PENALTY}
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
