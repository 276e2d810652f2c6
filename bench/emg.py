"""Needle EMG: accuracy of the parts on simulation, speed, and (with RANVIER_DATA) real recordings and tables.

Run: ``python bench/emg.py``, with ``--progress FILE`` to go on after a stop. Simulated recordings have seeds that the
fit of the class never saw. The peer of the decomposition in the same run is a plain template matcher: amplitude
threshold and k-means with the true number of units. Results are printed and written to ``bench/results/emg.json``.
"""

import argparse
import csv
import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ledger import Ledger, state_of
from scipy.cluster.vq import kmeans2
from scipy.optimize import linear_sum_assignment

from ranvier.electrodiagnosis.emg import (
    CLASSES,
    Recording,
    SimulationPlan,
    analyse_recording,
    check_quality,
    decompose,
    draw_plan,
    rate_of_agreement,
    read_recording,
    simulate_recording,
)
from ranvier.electrodiagnosis.emg.decomposition import find_spikes, quiet_noise
from ranvier.electrodiagnosis.emg.filters import keep_band
from ranvier.electrodiagnosis.emg.muap_table import leave_one_out, nested_leave_one_out, wilson_interval
from ranvier.electrodiagnosis.emg.wrap import mend_wraps

Floats = npt.NDArray[np.float64]
ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("RANVIER_DATA", ROOT.parent / "shared" / "data")) / "emg"
EMG_DATA = sorted((ROOT / "src" / "ranvier" / "electrodiagnosis" / "data").glob("emg_*"))
RATE = 10000.0
SIZE_MV = 0.1
CLASS_SEED, CLASS_COUNT = 9_000_000, 150
EFFORT_SEED, EFFORT_COUNT = 1_000, 40
WRAP_SEED, WRAP_COUNT, SPAN_MV = 87_000, 40, 10.0
SPEED_S, SPEED_RATE = 60.0, 48000.0
EMGDB = {"emg_healthy": "normal", "emg_myopathy": "myopathic", "emg_neuropathy": "neurogenic"}


def ours(values: Floats, _: int) -> list[Floats]:
    """Return the discharge times of our decomposition."""
    return [u.at / RATE for u in decompose(values, RATE).units]


def peer(values: Floats, units: int) -> list[Floats]:
    """Return the discharge times of a plain template matcher that is told the number of units."""
    sharp = keep_band(values, RATE, low_hz=250.0)
    at = find_spikes(sharp, 4.5 * quiet_noise(sharp, RATE), RATE)
    at = at[(at > 40) & (at < len(sharp) - 40)]
    if len(at) < units:
        return []
    snippets = sharp[at[:, None] + np.arange(-25, 35)[None, :]]
    _, label = kmeans2(snippets, units, minit="++", seed=0)
    return [at[label == k] / RATE for k in range(units)]


def agreement(method: Callable[[Floats, int], list[Floats]], units: int, noise_mv: float) -> dict[str, float]:
    """Return the mean rate of agreement over true units of 0.1 mV or more, matched one to one, and trains found."""
    scores: list[float] = []
    found, seconds = 0, 0.0
    for seed in range(500, 508):
        plan = SimulationPlan(kind="normal", units=units, noise_mv=noise_mv, seconds=10, rate_hz=RATE)
        sim = simulate_recording(plan, seed)
        start = time.process_time()
        trains = method(sim.recording.values_mv, units)
        seconds += time.process_time() - start
        found += len(trains)
        true = [u for u in sim.units if np.ptp(u.waveform_mv) >= SIZE_MV]
        table = np.array([[rate_of_agreement(u.fired_s, t) for t in trains] for u in true]).reshape(
            len(true), len(trains)
        )
        rows, columns = linear_sum_assignment(-table)
        got = dict(zip(rows.tolist(), table[rows, columns].tolist(), strict=True))
        scores += [got.get(i, 0.0) for i in range(len(true))]
    return {
        "true_units": len(scores),
        "mean_agreement": round(float(np.mean(scores)), 3),
        "share_above_0.8": round(float(np.mean(np.array(scores) > 0.8)), 3),
        "trains_found": found,
        "seconds": seconds,
    }


def ratio(ours_: dict[str, float], peer_: dict[str, float]) -> dict[str, float]:
    """Return agreement and time of ours over the peer's; the seconds of a run alone are not kept."""
    took = ours_.pop("seconds") / max(peer_.pop("seconds"), 1e-9)
    return {"agreement": round(ours_["mean_agreement"] / peer_["mean_agreement"], 2), "time": round(took, 1)}


def decomposition_row(units: int, noise_mv: float) -> dict[str, object]:
    """Return agreement at a number of units and a noise, ours and the peer's; times are CPU times."""
    own, other = agreement(ours, units, noise_mv), agreement(peer, units, noise_mv)
    return {"units": units, "noise_uv": 1000 * noise_mv, "ours": own, "peer": other, "ratio": ratio(own, other)}


def called_at_random(seed: int) -> tuple[str, str]:
    """Return truth and class of a recording with everything at random that the fit never saw."""
    kind = CLASSES[seed % len(CLASSES)]
    plan = draw_plan(kind, np.random.default_rng(seed))
    return kind, analyse_recording(simulate_recording(plan, seed).recording).result.name


def called_at_slight_effort(seed: int, kind: str) -> tuple[str, str]:
    """Return truth and class of a clean recording of 7 s of slight effort: what a single good site gives."""
    plan = SimulationPlan(kind=kind, seconds=8, drive=0.15, rest_s=1)
    return kind, analyse_recording(simulate_recording(plan, seed).recording).result.name


def confusion(calls: list[list[str]]) -> dict[str, object]:
    """Return the table of truth and class, with intervals over all and over those that got a class."""
    table = {c: dict.fromkeys([*CLASSES, "uncertain"], 0) for c in CLASSES}
    for truth, name in calls:
        table[truth][name] += 1
    right = sum(table[c][c] for c in CLASSES)
    called = sum(table[a][b] for a in CLASSES for b in CLASSES)
    wrong = {c: sum(table[c][b] for b in CLASSES if b != c) for c in CLASSES}
    return {
        "table": table,
        "right": right,
        "called": called,
        "wilson_of_called": wilson_interval(right, called),
        "wilson_of_all": {c: wilson_interval(table[c][c], sum(table[c].values())) for c in CLASSES},
        "wilson_of_wrong": {c: wilson_interval(wrong[c], sum(table[c].values())) for c in CLASSES},
    }


def speed() -> dict[str, float]:
    """Return the seconds that a minute at 48 kHz takes: of the processor, and by the clock of a shared machine."""
    plan = SimulationPlan(kind="normal", seconds=SPEED_S, rate_hz=SPEED_RATE, drive=0.3, rest_s=6)
    recording = simulate_recording(plan, 1).recording
    wall, cpu = time.perf_counter(), time.process_time()
    analyse_recording(recording)
    return {
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "wall_seconds": round(time.perf_counter() - wall, 2),
        "recording_s": SPEED_S,
        "rate_hz": SPEED_RATE,
    }


def real_recordings() -> dict[str, object]:
    """Return class and probabilities of the three emgdb recordings, one of each class, never used for fitting."""
    out: dict[str, object] = {}
    for name, truth in EMGDB.items():
        result = analyse_recording(read_recording(DATA / "emgdb" / f"{name}.hea")).result
        shares = {c: round(s, 3) for c, s in result.probabilities.items()}
        out[name] = {"truth": truth, "class": result.name, "probabilities": shares, "reasons": list(result.reasons)}
    return out


def wrap_repair() -> dict[str, int]:
    """Return how many samples of the wrapped recording differ from the truth before and after mending."""
    recording = read_recording(DATA / "emgdb" / "emg_neuropathy.hea")
    truth = np.load(DATA / "emgdb" / "emg_neuropathy_true_mV_4000Hz.npy").astype(np.float64)
    mended = mend_wraps(recording)
    return {
        "wrong_before": int(np.sum(np.abs(recording.values_mv - truth) > 0.001)),
        "wrong_after": int(np.sum(np.abs(mended.values_mv - truth) > 0.001)),
        "notes": len(check_quality(recording).notes),
    }


def wraps_on_purpose() -> dict[str, object]:
    """Return how many wrapped samples are left in simulated recordings that were wrapped on purpose.

    A share of 0.05 to 1 % of the samples lies beyond the range. Seeds from 87,000 on chose nothing.
    """
    out: dict[str, object] = {}
    for rate in (4000.0, 10000.0):
        before, after, unmarked, doubtful = 0, 0, 0, []
        for seed in range(WRAP_SEED, WRAP_SEED + WRAP_COUNT):
            true, wrapped = wrapped_recording(seed, rate)
            mended = mend_wraps(wrapped)
            wrong = np.abs(mended.values_mv - true) > 0.001
            before += int(np.sum(np.abs(wrapped.values_mv - true) > 0.001))
            after += int(wrong.sum())
            unmarked += int(np.sum(wrong & ~mended.doubtful))
            doubtful.append(float(mended.doubtful.mean()))
        out[f"{rate:g} Hz"] = {
            "recordings": WRAP_COUNT, "wrong_before": before, "wrong_after": after,
            "wrong_and_not_marked": unmarked, "mean_share_not_trusted": round(float(np.mean(doubtful)), 3),
        }  # fmt: skip
    return out


def wrapped_recording(seed: int, rate_hz: float) -> tuple[Floats, Recording]:
    """Return a simulated recording as it is and as a converter of too small a range would have given it."""
    rng = np.random.default_rng(seed)
    plan = SimulationPlan(
        kind="normal" if seed % 3 == 0 else "neurogenic", seconds=15, rate_hz=rate_hz,
        drive=float(rng.uniform(0.1, 0.5)), rest_s=1, low_hz=float(rng.uniform(5, 25)),
    )  # fmt: skip
    values = simulate_recording(plan, seed).recording.values_mv
    beyond = np.exp(rng.uniform(np.log(0.0005), np.log(0.01)))
    values *= SPAN_MV / 2 / np.quantile(np.abs(values), 1 - beyond)
    values *= min(1.0, 1.4 * SPAN_MV / np.abs(values).max())
    step = SPAN_MV / 2**16
    true = np.round(values / step) * step
    return true, Recording(values_mv=(true + SPAN_MV / 2) % SPAN_MV - SPAN_MV / 2, rate_hz=rate_hz, span_mv=SPAN_MV)


def robustness() -> dict[str, object]:
    """Return how often the emgdb class stays when rate, gain and offset of the recording are changed."""
    out: dict[str, object] = {}
    for name in EMGDB:
        plain = read_recording(DATA / "emgdb" / f"{name}.hea")
        base = analyse_recording(plain).result.name
        same = []
        for gain, offset in ((0.8, 0.0), (1.25, 0.0), (1.0, 0.5), (1.0, -2.0)):
            changed = Recording(values_mv=gain * plain.values_mv + offset, rate_hz=plain.rate_hz)
            same.append(analyse_recording(changed).result.name == base)
        out[name] = {"class": base, "unchanged": sum(same), "of": len(same)}
    return out


def muap_tables() -> dict[str, object]:
    """Return leave-one-subject-out figures on the 34 subjects of muap_ucy."""
    with (DATA / "muap_ucy" / "muap.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [n for n in rows[0] if n not in ("Cls", "Pat.No.")]
    labels = [{"1": "normal", "2": "neurogenic", "3": "myopathic"}[r["Cls"]] for r in rows]
    table = np.array([[float(r[n]) for n in names] for r in rows])
    means = table[:, [i for i, n in enumerate(names) if n.endswith("Mn")]]
    nested = nested_leave_one_out(table, labels)
    right = sum(a == b for a, b in zip(nested, labels, strict=True))
    plain = leave_one_out(means, labels, shrinkage=0.0)
    return {
        "nested_right": right,
        "subjects": len(rows),
        "wilson": wilson_interval(right, len(rows)),
        "plain_on_means_right": sum(a == b for a, b in zip(plain, labels, strict=True)),
        "per_subject": [
            {"subject": r["Pat.No."], "truth": t, "class": c} for r, t, c in zip(rows, labels, nested, strict=True)
        ],
    }


def measure(kept: Ledger) -> dict[str, object]:
    """Return all figures; parts that the ledger holds are not made again."""
    out: dict[str, object] = {}
    if DATA.is_dir():
        real = {"emgdb": real_recordings, "wrap": wrap_repair, "muap_ucy": muap_tables, "changed": robustness}
        out |= {name: kept.run(name, job) for name, job in real.items()}
    out["wrapped_on_purpose"] = kept.run("wrapped on purpose", wraps_on_purpose)
    out["speed"] = kept.run("speed", speed)
    seeds = range(CLASS_SEED, CLASS_SEED + CLASS_COUNT)
    calls = [kept.run(f"class {seed}", partial(called_at_random, seed)) for seed in seeds]
    out["class_on_simulation"] = {"first_seed": CLASS_SEED, **confusion(calls)}
    clean = [
        kept.run(f"slight effort {kind} {seed}", partial(called_at_slight_effort, seed, kind))
        for kind in CLASSES
        for seed in range(EFFORT_SEED, EFFORT_SEED + EFFORT_COUNT)
    ]
    out["class_at_slight_effort"] = {"first_seed": EFFORT_SEED, **confusion(clean)}
    out["decomposition"] = [
        kept.run(f"decomposition {units} {noise}", partial(decomposition_row, units, noise))
        for units in (2, 4, 6, 8)
        for noise in (0.005, 0.01, 0.02)
    ]
    return out


def main() -> None:
    """Run everything that is not done yet and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--progress", type=Path, default=Path(tempfile.mkdtemp()) / "emg.json")
    state = state_of([ROOT / "src" / "ranvier" / "electrodiagnosis" / "emg", Path(__file__), *EMG_DATA])
    kept = Ledger(parser.parse_args().progress, state)
    out = {"state": state, **measure(kept), "cpu_seconds": kept.cpu_seconds()}
    path = ROOT / "bench" / "results" / "emg.json"
    path.write_text(json.dumps(out, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in out.items() if k != "decomposition"}, indent=2))


if __name__ == "__main__":
    main()
