"""Fit the measures of the needle EMG class on simulated recordings and write them into the package.

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
from ranvier.electrodiagnosis.emg.classification import CLASSES, evidence, list_features
from ranvier.electrodiagnosis.emg.protocols import draw_plan
from ranvier.electrodiagnosis.emg.simulation import simulate_recording

Floats = npt.NDArray[np.float64]
Row = dict[str, tuple[float, float]]

DATA = Path(__file__).parents[1] / "src" / "ranvier" / "electrodiagnosis" / "data"
FIRST_SEED = 1_000_000
FOLDS = 5
START, LEAST = 0.3, 0.02
MOST = (2.0, 4.0, 8.0)
CLOUD_BINS = 12


def simulated_row(seed: int) -> tuple[int, Row, list[tuple[float, float]]]:
    """Return the class number, the features (scaled, shown) and turns and amplitude of one simulated recording."""
    kind = seed % len(CLASSES)
    plan = draw_plan(CLASSES[kind], np.random.default_rng(seed))
    study = study_recording(simulate_recording(plan, seed).recording)
    epochs = [(e.turns_per_s, e.amplitude_mv) for e in study.epochs if e.turns_per_s]
    return kind, {f.name: (f.scaled, f.shown) for f in list_features(study.measures)}, epochs


def spreads(x: Floats, y: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return median and SD of each feature in each class, (n_classes, n_features) each."""
    parts = [x[y == k] for k in range(len(CLASSES))]
    return np.stack([np.median(p, axis=0) for p in parts]), np.stack([np.maximum(p.std(axis=0), 1e-3) for p in parts])


def by_kind(x: Floats, mean: Floats, sd: Floats, names: list[str], kinds: list[str], most: float) -> Floats:
    """Return the evidence of each row, summed over the features of a kind, (n_rows, n_kinds, n_classes)."""
    signs = table_of_signs()
    number = kinds_of(kinds)
    out = np.zeros((len(x), len(number), len(CLASSES)))
    for j, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        for i, value in enumerate(x[:, j].tolist()):
            out[i, number[kind]] += evidence(value, mean[:, j].tolist(), sd[:, j].tolist(), signs[name], most)
    return out


def held_out(x: Floats, y: npt.NDArray[np.int64], names: list[str], kinds: list[str], most: float) -> Floats:
    """Return the evidence of each row by kind, with the spreads of the rows of the other folds."""
    parts = np.arange(len(x)) % FOLDS
    out = np.zeros((len(x), len(kinds_of(kinds)), len(CLASSES)))
    for fold in range(FOLDS):
        mean, sd = spreads(x[parts != fold], y[parts != fold])
        out[parts == fold] = by_kind(x[parts == fold], mean, sd, names, kinds, most)
    return out


def factors(each: Floats, y: npt.NDArray[np.int64]) -> Floats:
    """Return the factors of the kinds, up to 1, with the least log loss."""
    start = np.full(each.shape[1], START)
    bounds = [(LEAST, 1.0)] * len(start)
    return np.asarray(minimize(lambda w: log_loss(weighed(each, w), y), start, method="L-BFGS-B", bounds=bounds).x)


def weighed(each: Floats, by_kind_: Floats) -> Floats:
    """Return the scores of the classes."""
    return np.einsum("g,igk->ik", by_kind_, each)


def nested(each: Floats, y: npt.NDArray[np.int64]) -> Floats:
    """Return the scores of each row with factors from the other folds."""
    parts, out = np.arange(len(y)) % FOLDS, np.zeros((len(y), len(CLASSES)))
    for fold in range(FOLDS):
        out[parts == fold] = weighed(each[parts == fold], factors(each[parts != fold], y[parts != fold]))
    return out


def kinds_of(kinds: list[str]) -> dict[str, int]:
    """Return the number of each kind, in order of first appearance."""
    return {kind: i for i, kind in enumerate(dict.fromkeys(kinds))}


def log_loss(scores: Floats, y: npt.NDArray[np.int64]) -> float:
    """Return the mean of minus the log probability of the truth."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    share = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    return float(-np.log(share[np.arange(len(y)), y]).mean())


def table_of_signs() -> dict[str, tuple[int, ...]]:
    """Return in which direction each feature may speak for each class; 0 is not at all."""
    return {row["feature"]: (0, *(int(row[c]) for c in CLASSES[1:])) for row in sign_rows()}


def sign_rows() -> list[dict[str, str]]:
    """Return the rows of the table of signs."""
    columns = ("feature", "kind", *CLASSES[1:], "status", "source")
    return list(read_table("ranvier.electrodiagnosis", "emg_class_signs.csv", columns))


def model_rows(
    model: str, rows: list[tuple[int, Row]], names: list[str]
) -> tuple[list[dict[str, str]], dict[str, float]]:
    """Return the measures of one model, and how it does held out.

    The limit, and whether each kind has its own factor or all have one, are what has the least held-out log loss.
    """
    used = [(k, r) for k, r in rows if all(n in r for n in names)]
    x = np.array([[r[n][0] for n in names] for _, r in used])
    y = np.array([k for k, _ in used])
    own = {row["feature"]: row["kind"] for row in sign_rows()}
    tried = {}
    for kinds in ([own[n] for n in names], ["all"] * len(names)):
        for most in MOST:
            each = held_out(x, y, names, kinds, most)
            scores = nested(each, y)
            right = float((scores.argmax(axis=1) == y).mean())
            tried[(log_loss(scores, y), most)] = (kinds, factors(each, y), right)
    loss, most = min(tried)
    kinds, factor, right = tried[loss, most]
    mean, sd = spreads(x, y)
    out = []
    for i, name in enumerate(names):
        low, high = np.percentile([r[name][1] for k, r in used if k == 0], [5, 95])
        row = {
            "model": model,
            "feature": name,
            "factor": f"{factor[kinds_of(kinds)[kinds[i]]]:.4g}",
            "most": f"{most:g}",
        }
        row |= {"normal_p05": f"{low:.5g}", "normal_p95": f"{high:.5g}"}
        for k, c in enumerate(CLASSES):
            row |= {f"{c}_mean": f"{mean[k, i]:.5g}", f"{c}_sd": f"{sd[k, i]:.5g}"}
        out.append(row)
    return out, {"recordings": len(used), "held_out_accuracy": round(right, 4), "held_out_log_loss": round(loss, 4)}


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
    parser.add_argument("--keep-cloud", action="store_true", help="Leave the outline of turns and amplitude as it is.")
    options = parser.parse_args()
    results = load_rows(options.rows) or simulate_rows(options.count, options.workers, options.rows)
    rows = [(kind, row) for kind, row, _ in results]
    if not options.keep_cloud:
        write_cloud([e for kind, _, epochs in results for e in epochs if CLASSES[kind] == "normal"])
    most = max((r for _, r in rows), key=len)
    pattern = [n for n in most if n in _pattern_names(most)]
    table, story = [], {"simulated": len(results), "first_seed": FIRST_SEED, "folds": FOLDS}
    for kind, names in (("units", list(most)), ("pattern", pattern)):
        part, figures = model_rows(kind, rows, names)
        table += part
        story[kind] = figures
    write_table("emg_class_measures.csv", table)
    (DATA / "emg_class_measures.json").write_text(json.dumps(story, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(story, indent=2) + "\n")


def write_table(name: str, rows: list[dict[str, str]]) -> None:
    """Write a table into the package."""
    with (DATA / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


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
