"""Published conduction tables against our reading of their numbers, row by row.

Run: ``python bench/ncs_tables.py``. From the published cases every row with a number is read again without the words
and limits that the report printed; its verdict is held against the printed word. Rows without a printed word are
counted and not compared. Rows in words alone only show that the words are read, and are counted apart. The result is
printed and written to ``bench/results/ncs_tables.json``.
"""

import json
from dataclasses import replace
from pathlib import Path

from ranvier.anatomy import load_graph
from ranvier.case import Case, ConductionStudy, read_case
from ranvier.cohort import case_folders
from ranvier.electrodiagnosis import findings

ROOT = Path(__file__).parents[1]


def has_number(study: ConductionStudy) -> bool:
    """Tell whether a row holds a measured number."""
    values = (study.latency_ms, study.amplitude, study.velocity_m_s, study.f_latency_ms)
    return any(v is not None for v in values)


def printed(study: ConductionStudy) -> str:
    """Return what the report calls the row: normal, abnormal or nothing."""
    if not study.words:
        return "not said"
    return "normal" if set(study.words) == {"normal"} else "abnormal"


def ours(case: Case) -> dict[int, tuple[str, str]]:
    """Return our verdict of each row with its reasons, by line."""
    found: dict[int, list[tuple[bool | None, str]]] = {}
    for f in findings(case, load_graph()):
        if f.origin.row is not None and f.place is not None:
            found.setdefault(f.origin.row, []).append((f.abnormal, f.statement))
    out = {}
    for row, items in found.items():
        states = {state for state, _ in items}
        verdict = "abnormal" if True in states else "normal" if False in states else "no verdict"
        out[row] = verdict, " ".join(text for state, text in items if state is not False or verdict == "normal")
    return out


def main() -> None:
    """Compare all tables and write the result."""
    rows, tables, in_words, words_agree = [], 0, 0, 0
    for folder in case_folders(ROOT / "examples" / "published"):
        case = read_case(folder)
        tables += bool(case.conduction)
        told = ours(replace(case, needle=(), recordings=()))
        plain = tuple(s for s in case.conduction if not has_number(s) and printed(s) != "not said")
        in_words += len(plain)
        words_agree += sum(told.get(s.origin.row or 0, ("", ""))[0] == printed(s) for s in plain)
        bare = tuple(replace(s, words=(), limits=()) for s in case.conduction if has_number(s))
        verdicts = ours(replace(case, conduction=bare, needle=(), recordings=()))
        for study in (s for s in case.conduction if has_number(s)):
            verdict, why = verdicts.get(study.origin.row or 0, ("no verdict", "no finding"))
            rows.append(
                {
                    "case": folder.name,
                    "row": study.origin.row,
                    "nerve": study.place.label,
                    "kind": study.kind,
                    "printed": printed(study),
                    "ours": verdict,
                    "why": why,
                }
            )
    compared = [r for r in rows if r["printed"] != "not said"]
    decided = [r for r in compared if r["ours"] != "no verdict"]
    result = {
        "tables": tables,
        "tables_with_numbers": len({r["case"] for r in rows}),
        "rows_with_numbers": len(rows),
        "rows_compared": len(compared),
        "rows_with_our_verdict": len(decided),
        "agree": sum(r["printed"] == r["ours"] for r in decided),
        "rows_in_words": in_words,
        "rows_in_words_read_alike": words_agree,
        "rows": rows,
    }
    for r in rows:
        mark = "  " if r["printed"] in ("not said", r["ours"]) else "* "
        print(f"{mark}{r['case'][:24]:24} {r['nerve']:16} {r['kind']:9} printed {r['printed']:9} ours {r['ours']}")
        if mark == "* ":
            print(f"      {r['why']}")
    print(json.dumps({k: v for k, v in result.items() if k != "rows"}, indent=2))
    (ROOT / "bench" / "results" / "ncs_tables.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
