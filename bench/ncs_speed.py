"""How many rows of conduction studies are interpreted in a minute: reading, limits, blocks, doubts.

Run: ``python bench/ncs_speed.py``. 100,000 rows as 8,333 tables of 12 rows, each read from a file, turned into findings
and questioned, on one core. The numbers are drawn at random (simulated) and stand for no patient. The result is printed
and written to ``bench/results/ncs_speed.json``.
"""

import json
import random
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS, ROWS_A_TABLE = 100_000, 12
HEAD = (
    "nerve,side,kind,stimulation,recording,latency_ms,latency_kind,amplitude,amplitude_unit,velocity_m_s,distance_mm\n"
)
MOTOR = (
    ("median", "wrist", "elbow", "APB", 3.5, 8.0),
    ("ulnar", "wrist", "below elbow", "ADM", 2.8, 10.0),
    ("tibial", "ankle", "popliteal fossa", "AH", 4.5, 9.0),
)
SENSORY = (("sural", "calf", "ankle", 3.2, 12.0), ("ulnar", "wrist", "little finger", 2.8, 15.0))


def a_table(draw: random.Random) -> str:
    """Return one table of twelve simulated rows."""
    lines = []
    for side in ("left", "right"):
        for nerve, near, far, muscle, latency, amplitude in MOTOR:
            first, size = draw.gauss(latency, 0.4), abs(draw.gauss(amplitude, 3)) + 0.1
            last, distance = first + draw.uniform(3.5, 5.5), draw.randint(200, 260)
            lines.append(f"{nerve},{side},motor,{near},{muscle},{first:.1f},,{size:.1f},mV,,")
            lines.append(f"{nerve},{side},motor,{far},{muscle},{last:.1f},,{size * 0.9:.1f},mV,,{distance}")
    del lines[-2 * len(SENSORY) :]
    for nerve, near, far, latency, amplitude in SENSORY:
        for side in ("left", "right"):
            size = abs(draw.gauss(amplitude, 5)) + 0.5
            lines.append(f"{nerve},{side},sensory,{near},{far},{draw.gauss(latency, 0.3):.1f},onset,{size:.1f},uV,,140")
    return HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Time the tables and write the result."""
    from ranvier.anatomy import load_graph
    from ranvier.case import Patient, read_tables
    from ranvier.electrodiagnosis import findings, unused

    draw, graph = random.Random(1), load_graph()
    count = ROWS // ROWS_A_TABLE
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(name) / f"{number}.csv" for number in range(count)]
        for path in paths:
            path.write_text(a_table(draw), encoding="utf-8")
        start, busy, told = time.perf_counter(), time.process_time(), 0
        for path in paths:
            case = read_tables(ncs=path, patient=Patient(age_y=draw.randint(20, 79), height_cm=170, sex="female"))
            told += len(findings(case, graph)) + len(unused(case, graph))
        seconds, busy = time.perf_counter() - start, time.process_time() - busy
    rows = count * ROWS_A_TABLE
    result = {
        "data": "simulated",
        "rows": rows,
        "seconds": round(seconds, 1),
        "rows_a_minute": round(60 * rows / seconds),
        "processor_seconds": round(busy, 1),
        "rows_a_processor_minute": round(60 * rows / busy),
        "statements": told,
    }
    print(json.dumps(result, indent=2))
    (ROOT / "bench" / "results" / "ncs_speed.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
