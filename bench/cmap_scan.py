"""CMAP scans: an estimate of the number of motor units for each of 54 real scans, and how well a retest agrees.

Run: ``RANVIER_DATA=... python bench/cmap_scan.py`` (data set ``emg/cmapscan``: 9 healthy people, three muscles, test
and retest; Qtrac text). The peer is in the same files: the numbers that Qtrac's MScanFit and its plain descriptors
gave. No parameter was set on these scans, except that the definition of D50 (gaps between responses sorted by size) was
chosen because it gives the D50 of the files. Results are written to ``bench/results/cmap_scan.json``.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import pearsonr, spearmanr

from ranvier.electrodiagnosis.waveforms import UnitEstimate, estimate_units, read_scan

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("RANVIER_DATA", ROOT.parent / "shared" / "data")) / "emg" / "cmapscan"
MUSCLES = ("APB", "ADM", "TA")
WHO = re.compile(r"^Name:\s+CA\.EDM\.NC\.(\d+)\.(\d)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan: whose, which muscle, which visit, our estimate, and what Qtrac wrote."""

    name: str
    person: int
    visit: int
    muscle: str
    ours: UnitEstimate
    peer_units: float
    peer_d50: float
    peer_s50_ma: float


def load(path: Path) -> Scan:
    """Return one scan of the data set."""
    text = path.read_text(encoding="latin-1")
    who = WHO.search(text)
    assert who is not None
    scan = read_scan(path)

    def written(name: str) -> float:
        found = re.search(rf"^{re.escape(name)} = ([\d.]+)", text, re.MULTILINE)
        return float(found[1]) if found else float("nan")

    return Scan(
        name=path.stem,
        person=int(who[1]),
        visit=int(who[2]),
        muscle=next(m for m in MUSCLES if m in scan.sites),
        ours=estimate_units(scan),
        peer_units=written("MSFNUnits"),
        peer_d50=written("MScD50"),
        peer_s50_ma=written("MScS50(mA)"),
    )


def interval(x: list[float], y: list[float], seed: int = 0) -> list[float]:
    """Return the 95 % bootstrap interval of the correlation over pairs."""
    rng, pairs = np.random.default_rng(seed), np.array([x, y])
    rs = []
    for _ in range(2000):
        some = pairs[:, rng.integers(0, pairs.shape[1], pairs.shape[1])]
        if some.std(axis=1).min() > 0:
            rs.append(float(pearsonr(some[0], some[1]).statistic))
    return [round(float(q), 2) for q in np.percentile(rs, (2.5, 97.5))]


def retest(first: list[float], second: list[float]) -> dict[str, object]:
    """Return correlation, its interval, and the coefficient of variation of test and retest."""
    a, b = np.array(first), np.array(second)
    return {
        "pairs": len(a),
        "r": round(float(pearsonr(a, b).statistic), 2),
        "r_interval": interval(first, second),
        "cv": round(float(np.mean(np.abs(a - b) / np.sqrt(2) / ((a + b) / 2))), 3),
    }


def pairs(scans: list[Scan], value: str, muscles: tuple[str, ...]) -> dict[str, object]:
    """Return test-retest agreement of one value over muscles."""
    rows: dict[tuple[str, int], dict[int, float]] = {}
    for scan in scans:
        if scan.muscle in muscles:
            got = {
                "ours": scan.ours.count,
                "peer": scan.peer_units,
                "d50": scan.ours.description.d50,
                "largest": scan.ours.description.largest_mv,
            }[value]
            rows.setdefault((scan.muscle, scan.person), {})[scan.visit] = float("nan") if got is None else float(got)
    full = [r for r in rows.values() if len(r) == 2 and all(np.isfinite(v) for v in r.values())]
    return retest([r[1] for r in full], [r[2] for r in full])


def main() -> None:
    """Estimate all scans, print and write the figures."""
    scans = [load(p) for p in sorted(DATA.glob("*.MEM"))]
    known = [s for s in scans if s.ours.count is not None]
    ours, peer = [float(s.ours.count or 0) for s in known], [s.peer_units for s in known]
    out: dict[str, object] = {
        "scans": len(scans),
        "estimated": len(known),
        "median_units": {"ours": round(float(np.median(ours)), 1), "mscanfit": float(np.median(peer))},
        "against_mscanfit": {
            "pearson": round(float(pearsonr(ours, peer).statistic), 2),
            "spearman": round(float(spearmanr(ours, peer).statistic), 2),
            "median_ratio": round(float(np.median(np.array(ours) / np.array(peer))), 2),
        },
        "d50_against_file": round(
            float(pearsonr([s.ours.description.d50 for s in scans], [s.peer_d50 for s in scans]).statistic), 3
        ),
        "s50_largest_difference_share": round(
            max(abs(s.ours.description.s50_ma / s.peer_s50_ma - 1) for s in scans), 3
        ),
        "test_retest": {
            name: {
                "all": pairs(scans, value, MUSCLES),
                **{m: pairs(scans, value, (m,)) for m in MUSCLES},
            }
            for name, value in (
                ("ours", "ours"), ("mscanfit", "peer"), ("d50", "d50"), ("largest_response", "largest"),
            )
        },
        "each": [
            {
                "scan": s.name, "person": s.person, "visit": s.visit, "muscle": s.muscle,
                "units": None if s.ours.count is None else round(s.ours.count),
                "interval": [None if v is None else round(v) for v in (s.ours.low, s.ours.high)],
                "mscanfit": s.peer_units, "doubts": list(s.ours.doubts),
            }
            for s in scans
        ],
    }  # fmt: skip
    path = ROOT / "bench" / "results" / "cmap_scan.json"
    path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in out.items() if k != "each"}, indent=1))


if __name__ == "__main__":
    main()
