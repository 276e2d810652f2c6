"""Published conduction tables against our reading of their numbers: rows, words, tables, class.

Run: ``python bench/published_tables.py``. The tables are those of the published cases that hold numbers and those of
``examples/ncs``, each transcribed with its published reading before any was run. Every difference is explained
(``examples/ncs/differences.csv``). Printed, and written to ``bench/results/published_tables.{json,txt}``.
"""

from pathlib import Path

from ranvier.anatomy import load_graph
from ranvier.cohort import (
    agreement,
    agreement_table,
    agreement_to_json,
    read_differences,
    read_published_tables,
    tables_of_cases,
    unexplained,
)

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Compare all tables and write the result."""
    tables = (*tables_of_cases(ROOT / "examples" / "published"), *read_published_tables(ROOT / "examples" / "ncs"))
    found = agreement(tables, load_graph(), read_differences(ROOT / "examples" / "ncs" / "differences.csv"))
    text = agreement_table(found)
    print(text)
    for problem in unexplained(found.rows, found.differences):
        print(f"! {problem}")
    results = ROOT / "bench" / "results"
    (results / "published_tables.txt").write_text(text + "\n", encoding="utf-8")
    (results / "published_tables.json").write_text(agreement_to_json(found), encoding="utf-8")


if __name__ == "__main__":
    main()
