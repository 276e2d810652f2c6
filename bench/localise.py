"""How many bedside riddles ``ranvier localise`` answers: the right place first, and among the first three.

Run in the repository root: ``PYTHONPATH=. python bench/localise.py``. The riddles are the table
``tests/inference/vignettes.csv``, written by hand from standard bedside teaching; they are no patients. The figures
are written to ``bench/results/localise.json``; with ``--first-run`` also as those of the first run, made before
anything was changed because of them.
"""

import argparse
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.inference.vignettes import rank, vignettes, write_case

from ranvier.anatomy import load_graph
from ranvier.cohort.evaluation import wilson
from ranvier.inference import Nerves, load_library, localise_bedside

RESULT = Path(__file__).parent / "results" / "localise.json"


def answers() -> list[dict[str, object]]:
    """Return for each riddle the place of the right answer and the places that were named."""
    nerves = Nerves(load_library(), load_graph())
    out: list[dict[str, object]] = []
    with TemporaryDirectory() as folder:
        for vignette in vignettes():
            case = write_case(vignette, Path(folder) / vignette.id)
            places = localise_bedside(case, nerves).places
            named = [f"{p.text} {p.probability:.2f}" for p in places[:5]]
            out.append({"id": vignette.id, "rank": rank(vignette, places), "named": named, "unused": len(case.unused)})
    return out


def interval(right: list[bool]) -> list[float]:
    """Return the ends of the 95 % interval of a share."""
    share = wilson(right)
    return [round(share.low, 3), round(share.high, 3)]


def figures(rows: list[dict[str, object]]) -> dict[str, object]:
    """Return the shares with their 95 % intervals (Wilson)."""
    ranks = [row["rank"] for row in rows]
    first, three = [r == 1 for r in ranks], [isinstance(r, int) and r <= 3 for r in ranks]
    return {
        "riddles": len(rows),
        "first": sum(first),
        "first_interval": interval(first),
        "first_three": sum(three),
        "first_three_interval": interval(three),
    }


def main() -> None:
    """Run all riddles and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-run", action="store_true", help="Also keep these as the figures of the first run.")
    first_run = parser.parse_args().first_run
    start = time.perf_counter()
    rows = answers()
    now = {**figures(rows), "seconds": round(time.perf_counter() - start, 1), "answers": rows}
    kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    kept["now"] = now
    if first_run:
        kept["first_run"] = now
    RESULT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        if row["rank"] != 1:
            print(row["id"], row["rank"], row["named"], row["unused"])
    print({k: v for k, v in now.items() if k != "answers"})


if __name__ == "__main__":
    main()
