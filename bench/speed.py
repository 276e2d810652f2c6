"""Speed and memory of a table-level work-up, in seconds and megabytes.

Run: ``python bench/speed.py [CASE]``. Wall times of whole processes are the median of five runs. The peer
for each ratio is starting the bare interpreter and importing numpy and scipy in it. Results are printed
and written to ``bench/results/speed.json``.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEFAULT = ROOT / "examples" / "published" / "107-als-split-hand-69m"
RUNS = 5


def wall(*command: str) -> float:
    """Return the median wall time in seconds of a command."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def inference_seconds(case: Path) -> tuple[float, float]:
    """Return the median time of inference alone, warm, and the peak memory in MB of this process."""
    from ranvier.anatomy import load_graph
    from ranvier.case import read_case
    from ranvier.inference import collect_findings, gather_evidence, infer, load_library

    record = read_case(case)
    findings = collect_findings(record)
    library, graph = load_library(), load_graph()
    infer(gather_evidence(record, findings, library, graph))
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        infer(gather_evidence(record, findings, library, graph))
        times.append(time.perf_counter() - start)
    return statistics.median(times), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def inference_of_all() -> tuple[float, float]:
    """Return the median and the largest time in seconds of inference alone, warm, over the published cases."""
    from ranvier.anatomy import load_graph
    from ranvier.case import read_case
    from ranvier.cohort import case_folders
    from ranvier.inference import collect_findings, gather_evidence, infer, load_library

    library, graph = load_library(), load_graph()
    times = []
    for folder in case_folders(ROOT / "examples" / "published"):
        record = read_case(folder)
        findings = collect_findings(record)
        start = time.perf_counter()
        infer(gather_evidence(record, findings, library, graph))
        times.append(time.perf_counter() - start)
    return statistics.median(times), max(times)


def main() -> None:
    """Measure and print."""
    case = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    python = sys.executable
    bare = wall(python, "-c", "pass")
    peer = wall(python, "-c", "import numpy, scipy.special")
    ranvier = wall(python, "-c", "import ranvier")
    with tempfile.TemporaryDirectory() as out:
        whole = wall(python, "-m", "ranvier.cli", "workup", str(case), "-o", out)
    alone, memory = inference_seconds(case)
    median, slowest = inference_of_all()
    result = {
        "case": case.name,
        "python_start_s": round(bare, 3),
        "import_numpy_scipy_s": round(peer, 3),
        "import_ranvier_s": round(ranvier - bare, 3),
        "workup_with_report_s": round(whole, 3),
        "workup_to_import_numpy_scipy_ratio": round(whole / peer, 2),
        "inference_s": round(alone, 3),
        "inference_median_of_published_s": round(median, 3),
        "inference_slowest_of_published_s": round(slowest, 3),
        "peak_memory_mb": round(memory),
    }
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    (results / "speed.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
