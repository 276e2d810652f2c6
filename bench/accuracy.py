"""Accuracy on the bundled published cases, all figures with their intervals.

Data: the 64 cases of ``examples/published`` numbered below 200. Version: the one that is installed. Split: none;
these cases were in view while the model was built, so the figures describe fit, not performance on unseen patients.
Metrics: `ranvier.cohort.evaluation`. Results are printed and written to ``bench/results/published.json``.

Run: ``python bench/accuracy.py``.
"""

import sys
from pathlib import Path

from ranvier.cohort import evaluate_folder, evaluation_table, evaluation_to_json

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Evaluate, print and keep."""
    evaluation = evaluate_folder(
        ROOT / "examples" / "published", report=lambda r: print(r.case, file=sys.stderr, flush=True)
    )
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    (results / "published.json").write_text(evaluation_to_json(evaluation) + "\n", encoding="utf-8")
    print(evaluation_table(evaluation))


if __name__ == "__main__":
    main()
