"""Accuracy on the bundled published cases, all figures with their intervals.

Data: ``examples/published``. Split: the cases numbered below 200 were in view while the model was built, so their
figures describe fit. The cases numbered above 200, 400, 500, 600 and 700 were transcribed later; only the
first run of each of these five sets is held out, and ``bench/results/first_run`` keeps it.
Version: the one that is installed. Metrics: `ranvier.cohort.evaluation` and `ranvier.cohort.hiding`. Results are
printed and written to ``bench/results``.

Run: ``python bench/accuracy.py``.
"""

import sys
import tempfile
from pathlib import Path

from ranvier.cohort import (
    additions,
    additions_table,
    case_folders,
    early,
    early_table,
    evaluate_folder,
    evaluation_table,
    evaluation_to_json,
)

ROOT = Path(__file__).parents[1]
SETS = {
    "in_view": (0, 200),
    "later": (200, 400),
    "third": (400, 500),
    "fourth": (500, 600),
    "fifth": (600, 700),
    "sixth": (700, 800),
}
"""Numbers of the cases of each set, from and to."""


def main() -> None:
    """Evaluate, print and keep."""
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    folders = case_folders(ROOT / "examples" / "published")
    for name, (start, end) in SETS.items():
        chosen = [f for f in folders if start <= int(f.name.split("-")[0]) < end]
        with tempfile.TemporaryDirectory() as place:
            for folder in chosen:
                (Path(place) / folder.name).symlink_to(folder)
            report(name, Path(place), results)


def report(name: str, folder: Path, results: Path) -> None:
    """Evaluate one set of cases."""
    evaluation = evaluate_folder(folder, report=lambda r: print(r.case, file=sys.stderr, flush=True))
    (results / f"published_{name}.json").write_text(evaluation_to_json(evaluation) + "\n", encoding="utf-8")
    tables = [f"== {name}", evaluation_table(evaluation)]
    hidden = early(folder)
    if hidden is not None:
        tables.append(early_table(hidden))
    tables.append(additions_table(additions(folder)))
    text = "\n\n".join(tables)
    (results / f"published_{name}.txt").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
