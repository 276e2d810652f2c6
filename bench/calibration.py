"""Calibration of the posterior on its own simulated patients, with the speed of many cases.

Run: ``python bench/calibration.py [--draws 20000] [--folder bench/results/calibration]``. Patients are drawn from the
prior of a neurology clinic, each examined with the panel (``ranvier.cohort.panel``), each inferred over sets of up to
three disorders. The run goes on where it was stopped: every block of 500 patients is one file in the folder.
By default findings are weighed as those of patients of whom the tables know everything; ``--as-shipped`` discounts
them as in a work-up. Simulated data: this measures whether the inference does what its own tables say, not whether
the tables are true.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np

from ranvier.anatomy import load_graph
from ranvier.case import Setting
from ranvier.cohort.evaluation import brier, wilson_of
from ranvier.cohort.panel import panel_looks
from ranvier.core import Side
from ranvier.inference import Nerves, gather_evidence, infer, load_library
from ranvier.inference.library import Library
from ranvier.inference.simulation import Examiner, Population
from ranvier.inference.summary import Posterior

BLOCK = 500
BINS = 10
COLUMNS = 1500
ROOT = Path(__file__).parents[1]


def run_block(number: int, nerves: Nerves, *, simulated: bool) -> dict[str, object]:
    """Return the outcome of one block of patients."""
    rng = np.random.default_rng(1000 + number)
    library = nerves.library
    looks = [p.look for p in panel_looks()]
    people = Population(library, Setting.NEUROLOGY_CLINIC).draw(rng, BLOCK)
    people.sort(key=lambda p: p.case.onset.duration_days or 0.0)  # alike ones share what is computed
    found = Examiner(nerves, rng).findings(people, looks)
    stated, right, side, side_stated, two = [], [], [], [], []
    start = time.perf_counter()
    for patient, findings in zip(people, found, strict=True):
        evidence = gather_evidence(patient.case, findings, library, nerves.graph, nerves, simulated=simulated)
        _, post = infer(evidence)
        first = int(post.main.argmax())
        true = patient.disorders(library)[0]
        stated.append(float(post.main[first]))
        right.append(library.disorder_ids[first] == true)
        two.append(len(post.sets[0].disorders) > 1)
        true_side = library.states[patient.states[0]].side
        if true_side in (Side.LEFT, Side.RIGHT) and right[-1]:
            chance = side_chances(library, post, first)
            likeliest = max(chance, key=lambda s: chance[s])
            side.append(likeliest is true_side)
            side_stated.append(chance[likeliest])
    return {
        "stated": stated,
        "right": right,
        "side": side,
        "side_stated": side_stated,
        "two": two,
        "seconds": time.perf_counter() - start,
        "findings": len(looks),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def side_chances(library: Library, post: Posterior, disorder: int) -> dict[Side, float]:
    """Return the stated chance of left, right and both sides, given a disorder."""
    states = np.flatnonzero(library.disorder_row[: library.n_states] == disorder)
    chance = dict.fromkeys(Side, 0.0)
    for state in states:
        chance[library.states[state].side] += float(post.state[state] / post.state[states].sum())
    return chance


def error_of(stated: np.ndarray, right: np.ndarray) -> float:
    """Return the expected calibration error in ten equal bins."""
    bins = np.minimum((stated * BINS).astype(int), BINS - 1)
    parts = [(bins == b).mean() * abs(stated[bins == b].mean() - right[bins == b].mean()) for b in set(bins.tolist())]
    return float(sum(parts))


def main() -> None:
    """Run what is missing, then print the figures over all blocks."""
    options = argparse.ArgumentParser()
    options.add_argument("--draws", type=int, default=20000)
    options.add_argument("--folder", type=Path, default=ROOT / "bench" / "results" / "calibration_blocks")
    options.add_argument("--as-shipped", action="store_true", help="with the discount that real patients need")
    options.add_argument("--sum-up", action="store_true", help="draw no more: the figures of the blocks that are there")
    options.add_argument("--first", type=int, default=0, help="block to begin with, to share the work")
    wanted = options.parse_args()
    if wanted.as_shipped:
        wanted.folder = wanted.folder.with_name(f"{wanted.folder.name}_as_shipped")
    wanted.folder.mkdir(parents=True, exist_ok=True)
    if not wanted.sum_up:
        nerves = Nerves(load_library(), load_graph(), columns=COLUMNS)
        for number in range(wanted.first, max(1, wanted.draws // BLOCK)):
            path = wanted.folder / f"block-{number:03d}.json"
            if not path.exists():
                outcome = run_block(number, nerves, simulated=not wanted.as_shipped)
                path.write_text(json.dumps(outcome), encoding="utf-8")
    blocks = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(wanted.folder.glob("block-*.json"))]
    stated = np.array([p for b in blocks for p in b["stated"]])
    right = np.array([r for b in blocks for r in b["right"]], dtype=float)
    sides = [s for b in blocks for s in b["side"]]
    two = [t for b in blocks for t in b["two"]]
    seconds = sum(b["seconds"] for b in blocks)
    share, side = wilson_of(right.sum(), len(right)), wilson_of(sum(sides), len(sides))
    result = {
        "draws": len(right),
        "findings_each": blocks[0]["findings"],
        "expected_calibration_error": error_of(stated, right),
        "stated_mean": float(stated.mean()),
        "right_first": {"value": share.value, "low": share.low, "high": share.high},
        "brier": brier(stated, right),
        "side_stated_mean": float(np.mean([s for b in blocks for s in b["side_stated"]])),
        "side_right_where_cause_is": {"value": side.value, "low": side.low, "high": side.high, "n": len(sides)},
        "two_disorders_preferred_where_one_was_drawn": float(np.mean(two)),
        "seconds_each": seconds / len(right),
        "peak_memory_mb_first_block": blocks[0]["memory_mb"],
        "peak_memory_mb": max(b["memory_mb"] for b in blocks),
    }
    name = "calibration_as_shipped.json" if wanted.as_shipped else "calibration.json"
    (ROOT / "bench" / "results" / name).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
