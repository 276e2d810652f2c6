"""Needle EMG decomposition beside a public peer: simulated motor units seen by one needle and by an array of needles.

Run: ``python bench/emg_array.py``, with ``--progress FILE`` to go on after a stop. The peer is emgdecomp 0.1.0, blind
source separation after Negro et al. 2016 (``pip install emgdecomp pandas scikit-learn matplotlib numba``), made for
many channels; Ranvier takes one. So the peer is given the whole array and the middle needle alone, Ranvier the middle
needle. EMGdecomPy asks for a Python before 3.11, and openhdemg analyses decomposed recordings but does not decompose.
What numpy and scipy have changed since is put back for the peer. Scored are the units of 0.1 mV or more
at the middle needle. Results are printed and written to ``bench/results/emg_array.json``.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
from ledger import Ledger, state_of
from scipy.optimize import linear_sum_assignment
from scipy.stats import mode

from ranvier.electrodiagnosis.emg import SimulationPlan, decompose, rate_of_agreement, simulate_recording
from ranvier.electrodiagnosis.emg.filters import change_rate, keep_band
from ranvier.electrodiagnosis.emg.parameters import simulation_parameters
from ranvier.electrodiagnosis.emg.units import draw_potentials, draw_traits

Floats = npt.NDArray[np.float64]
ROOT = Path(__file__).parents[1]
EMG_DATA = sorted((ROOT / "src" / "ranvier" / "electrodiagnosis" / "data").glob("emg_*"))
RATE, SECONDS, SIZE_MV = 10000.0, 10.0, 0.1
TIPS_MM = tuple(float(x) for x in np.linspace(-3.5, 3.5, 8))
MIDDLE = 4
SEED, COUNT = 600, 2
PEER_LOW_HZ = 250.0


class Scene:
    """One simulated array: signals, (n_tips, n_samples), mV, and when the scored units fired, s."""

    def __init__(self, units: int, noise_mv: float, seed: int) -> None:
        p, rng = simulation_parameters(), np.random.default_rng(seed)
        plan = SimulationPlan(kind="normal", units=units, seconds=SECONDS, rate_hz=RATE)
        traits = draw_traits("normal", rng)
        before = round(p["window_before_ms"] / 1000 * p["rate_hz"])
        n = int(SECONDS * p["rate_hz"])
        whole = np.zeros((len(TIPS_MM), n))
        self.fired: list[Floats] = []
        for unit in simulate_recording(plan, seed).units:
            shapes = draw_potentials(traits, float(p["size_range"] ** rng.uniform(0, 0.5)), rng, TIPS_MM)
            for start in np.round(unit.fired_s * p["rate_hz"]).astype(int) - before:
                first, last = max(start, 0), min(start + shapes.shape[1], n)
                whole[:, first:last] += shapes[:, first - start : last - start]
            if np.ptp(shapes[MIDDLE]) >= SIZE_MV:
                self.fired.append(unit.fired_s)
        noise = rng.normal(0, noise_mv, whole.shape)
        signals = [change_rate(keep_band(w, p["rate_hz"], low_hz=10.0), p["rate_hz"], RATE) for w in whole + noise]
        self.values = np.stack(signals)


def ours(values: Floats) -> list[Floats]:
    """Return the discharge times that Ranvier finds at the middle needle."""
    return [u.at / RATE for u in decompose(values[MIDDLE], RATE).units]


def peer(values: Floats) -> list[Floats]:
    """Return the discharge times that the peer finds in some channels."""
    np.int, np.float = int, float  # type: ignore[attr-defined, assignment]
    from emgdecomp import decomposition as theirs
    from emgdecomp.parameters import EmgDecompositionParams

    theirs.stats = SimpleNamespace(mode=partial(mode, keepdims=True))
    np.random.seed(0)  # the peer draws from the global generator
    sharp = np.stack([keep_band(v, RATE, low_hz=PEER_LOW_HZ) for v in values])
    params = EmgDecompositionParams(sampling_rate=RATE, sil_max_samples=10000)
    try:
        found: Any = theirs.EmgDecomposition(params=params).decompose(sharp)
    except ValueError:  # it fails where it accepts no source
        return []
    source, at = found["source_idx"], found["discharge_samples"]
    return [np.sort(at[source == k]) / RATE for k in np.unique(source)]


METHODS: dict[str, Callable[[Floats], list[Floats]]] = {
    "ours_one_needle": ours,
    "peer_array": peer,
    "peer_one_needle": lambda values: peer(values[MIDDLE : MIDDLE + 1]),
}


def scored(name: str, units: int, noise_mv: float) -> dict[str, float]:
    """Return the agreement of a method with the true units, matched one to one, and its CPU seconds."""
    scores: list[float] = []
    found, seconds = 0, 0.0
    for seed in range(SEED, SEED + COUNT):
        scene = Scene(units, noise_mv, seed)
        start = time.process_time()
        trains = METHODS[name](scene.values)
        seconds += time.process_time() - start
        found += len(trains)
        pairs = [[rate_of_agreement(f, t) for t in trains] for f in scene.fired]
        table = np.array(pairs).reshape(len(scene.fired), len(trains))
        rows, columns = linear_sum_assignment(-table)
        got = dict(zip(rows.tolist(), table[rows, columns].tolist(), strict=True))
        scores += [got.get(i, 0.0) for i in range(len(scene.fired))]
    return {
        "true_units": len(scores), "trains_found": found,
        "mean_agreement": round(float(np.mean(scores)), 3),
        "share_above_0.8": round(float(np.mean(np.array(scores) > 0.8)), 3),
        "cpu_seconds": round(seconds, 1),
    }  # fmt: skip


def row(units: int, noise_mv: float) -> dict[str, object]:
    """Return the figures of all methods on the same simulated arrays."""
    return {"units": units, "noise_uv": 1000 * noise_mv, **{name: scored(name, units, noise_mv) for name in METHODS}}


def main() -> None:
    """Run everything that is not done yet and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--progress", type=Path, default=Path(tempfile.mkdtemp()) / "emg_array.json")
    state = state_of([ROOT / "src" / "ranvier" / "electrodiagnosis" / "emg", Path(__file__), *EMG_DATA])
    kept = Ledger(parser.parse_args().progress, state)
    rows = [kept.run(f"{u} {n}", partial(row, u, n)) for u, n in ((3, 0.01), (5, 0.01), (8, 0.01))]
    out = {"state": state, "peer": "emgdecomp 0.1.0", "tips_mm": TIPS_MM, "first_seed": SEED, "rows": rows}
    path = ROOT / "bench" / "results" / "emg_array.json"
    path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
