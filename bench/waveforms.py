"""Waveforms of conduction studies: accuracy on simulated responses whose truth is known.

Run: ``python bench/waveforms.py``, with ``--progress FILE`` to go on after a stop. Seeds from 300,000 on were not
looked at while the method was made. SNR is the negative-peak amplitude over the RMS noise of one sweep, white to
10 kHz; one row adds slow noise. The truth is read from the response without noise and artefact, by the same
definitions and other code. Results are printed and written to ``bench/results/waveforms.json``.
"""

import argparse
import json
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from ledger import Ledger, state_of
from scipy.stats import rankdata

from ranvier.electrodiagnosis.waveforms import (
    compare_points,
    estimate_units,
    measure_f_waves,
    measure_response,
)
from ranvier.electrodiagnosis.waveforms.late_simulation import FWavePlan, simulate_f_waves, simulate_scan
from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.simulation import Lesion, NervePlan, TrueMeasures, simulate_nerve

ROOT = Path(__file__).parents[1]
WAVEFORM_DATA = sorted((ROOT / "src" / "ranvier" / "electrodiagnosis" / "data").glob("waveform_*"))
SEED, COUNT = 300_000, 100
DOUBT_SEED, DOUBT_COUNT = 360_000, 300
SIZES = ("amplitude", "duration", "area")
MOTOR, SENSORY = (70.0,), (140.0,)
LESIONS = {
    "none": None,
    "block": Lesion(from_mm=100, to_mm=200, block=0.6),
    "dispersion": Lesion(from_mm=100, to_mm=200, slowing=3.0, spread=0.6),
    "block_and_dispersion": Lesion(from_mm=100, to_mm=200, slowing=3.0, spread=0.7, block=0.6),
}


def spread_of(values: list[float]) -> dict[str, float]:
    """Return the distribution of signed errors: bias, and the size of the error at mean, median, 95 % and most."""
    x = np.array(values)
    size = np.abs(x)
    return {
        "bias": round(float(np.median(x)), 4),
        "mean_size": round(float(size.mean()), 4),
        "median_size": round(float(np.median(size)), 4),
        "p95_size": round(float(np.percentile(size, 95)), 4),
        "largest": round(float(size.max()), 4),
    }


def responses(name: str, plan: NervePlan) -> dict[str, object]:
    """Return errors of the measures of a response: latencies in ms, the others as shares of the truth."""
    errors: dict[str, list[float]] = {}
    missed, flagged, inside = 0, 0, 0
    for seed in range(SEED, SEED + COUNT):
        nerve = simulate_nerve(plan, seed)
        truth = nerve.truth[0]
        assert truth is not None
        got = measure_response(nerve.set.stimulations[0].trace, sensory=plan.kind == "sensory")
        missed += not got.present
        if not got.present:
            continue
        flagged += bool(got.doubts)
        inside += abs(got.onset_ms - truth.onset_ms) <= 1.96 * got.onset_sd_ms
        for key, error in relative(truth, got).items():
            errors.setdefault(key, []).append(error)
    found = max(COUNT - missed, 1)
    out: dict[str, object] = {"plan": name, "snr": plan.snr, "missed": missed, "doubted": flagged}
    out["onset_within_its_95_interval"] = round(inside / found, 3)
    return out | {key: spread_of(values) for key, values in errors.items()}


def relative(truth: TrueMeasures, got: object) -> dict[str, float]:
    """Return the errors of one response."""
    out = {f"{n}_ms": getattr(got, f"{n}_ms") - getattr(truth, f"{n}_ms") for n in ("onset", "peak")}
    for name in ("amplitude_mv", "peak_to_peak_mv", "duration_ms", "area_mv_ms"):
        out[f"{name.rsplit('_', 1)[0].removesuffix('_mv')}_share"] = getattr(got, name) / getattr(truth, name) - 1
    return out


def any_plan(rng: np.random.Generator) -> NervePlan:
    """Return a plan with distance, loss, lesion, noise and artefact at random, from easy to hopeless."""
    kind: Literal["motor", "sensory"] = "motor" if rng.uniform() < 2 / 3 else "sensory"
    distance = float(rng.uniform(50, 110) if kind == "motor" else rng.uniform(100, 180))
    distance += float(rng.uniform(150, 300)) if rng.uniform() < 0.5 else 0.0
    spread = Lesion(
        from_mm=30,
        to_mm=min(distance, 130),
        block=float(rng.uniform(0, 0.7)),
        slowing=float(rng.uniform(1, 4)),
        spread=float(rng.uniform(0, 0.8)),
    )
    return NervePlan(
        kind=kind,
        distances_mm=(distance,),
        survival=float(rng.choice([1, 1, 0.5, 0.2])),
        lesion=spread if rng.uniform() < 0.3 else None,
        snr=float(np.exp(rng.uniform(np.log(4), np.log(200)))),
        slow_noise=float(rng.choice([0, 0.3, 1.0])),
        artefact=float(rng.choice([-1, 1]) * np.exp(rng.uniform(np.log(0.1), np.log(8)))),
        after_ms=60,
    )


def doubts() -> dict[str, object]:
    """Return how well the doubt of each cursor predicts its error, over responses from easy to hopeless.

    An error is large beyond the standard error from which the cursor is doubted (twice the bar of the mean error).
    """
    p = waveform_parameters()
    large = {"onset_ms": p["takeoff_sd_ms"], **{f"{n}_share": p[f"{n}_sd_share"] for n in SIZES}}
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in large}
    missed = 0
    for seed in range(DOUBT_SEED, DOUBT_SEED + DOUBT_COUNT):
        plan = any_plan(np.random.default_rng(seed))
        nerve = simulate_nerve(plan, seed)
        truth, got = nerve.truth[0], measure_response(nerve.set.stimulations[0].trace, sensory=plan.kind == "sensory")
        if truth is None or not got.present:
            missed += 1
            continue
        errors = relative(truth, got)
        said = {
            "onset_ms": got.onset_sd_ms,
            "amplitude_share": got.amplitude_sd_mv / got.amplitude_mv,
            "duration_share": got.duration_sd_ms / got.duration_ms,
            "area_share": got.area_sd_mv_ms / got.area_mv_ms,
        }
        for name in large:
            rows[name].append((abs(errors[name]), said[name]))
    out: dict[str, object] = {"seeds": [DOUBT_SEED, DOUBT_SEED + DOUBT_COUNT], "no_response_seen": missed}
    return out | {name: predicted(np.array(rows[name]), limit) for name, limit in large.items()}


def predicted(rows: npt.NDArray[np.float64], limit: float) -> dict[str, float]:
    """Return what a doubt says about the size of the error; rows hold (error, standard error)."""
    size, sd = rows.T
    flagged, large = sd > limit, size > limit
    rank = rankdata(sd)
    above = rank[large].sum() - large.sum() * (large.sum() + 1) / 2
    return {
        "responses": len(size),
        "doubted": int(flagged.sum()),
        "median_error_doubted": round(float(np.median(size[flagged])), 4),
        "median_error_else": round(float(np.median(size[~flagged])), 4),
        "ratio_of_medians": round(float(np.median(size[flagged]) / np.median(size[~flagged])), 1),
        "ratio_of_means": round(float(size[flagged].mean() / size[~flagged].mean()), 1),
        "area_under_roc": round(float(above / (large.sum() * (~large).sum())), 3),
        "large_errors_doubted": round(float(flagged[large].mean()), 3),
        "doubted_with_large_error": round(float(large[flagged].mean()), 3),
        "else_with_large_error": round(float(large[~flagged].mean()), 3),
        "within_95_interval": round(float(np.mean(size <= 1.96 * sd)), 3),
    }


def told_apart(snr: float) -> dict[str, dict[str, int]]:
    """Return what segments with each lesion were called."""
    out = {}
    for name, lesion in LESIONS.items():
        calls: Counter[str] = Counter()
        for seed in range(SEED, SEED + COUNT // 2):
            nerve = simulate_nerve(NervePlan(lesion=lesion, snr=snr, after_ms=60), seed)
            far, near = (measure_response(s.trace) for s in nerve.set.stimulations)
            calls[compare_points(far, near, 220, ("wrist", "elbow")).kind] += 1
        out[name] = dict(calls)
    return out


def velocities(snr: float) -> dict[str, float]:
    """Return the error of the segment velocity of healthy nerves as a share of the truth."""
    errors = []
    for seed in range(SEED, SEED + COUNT):
        nerve = simulate_nerve(NervePlan(snr=snr), seed)
        far, near = (measure_response(s.trace) for s in nerve.set.stimulations)
        a, b = nerve.truth
        assert a is not None
        assert b is not None
        errors.append((b.onset_ms - a.onset_ms) / (near.onset_ms - far.onset_ms) - 1)
    return spread_of(errors)


def f_waves(backfiring: float, noise_mv: float) -> dict[str, object]:
    """Return how many F waves were found, how many of those found were none, and the error of their onsets."""
    least = waveform_parameters()["f_least_mv"]
    found, missed, false, silent, small, small_found = 0, 0, 0, 0, 0, 0
    onsets, shortest, persistence = [], [], []
    for seed in range(SEED, SEED + COUNT // 4):
        plan = FWavePlan(nerve=NervePlan(after_ms=95, rate_hz=20000), backfiring=backfiring, noise_mv=noise_mv)
        series = simulate_f_waves(plan, seed)
        got = measure_f_waves(series.set.stimulations, leg=False)
        for wave, truth in zip(got.waves, series.truth, strict=True):
            seen = wave.onset_ms is not None
            if truth is None:
                silent, false = silent + 1, false + seen
            elif truth.amplitude_mv < least:
                small, small_found = small + 1, small_found + seen
            else:
                found, missed = found + seen, missed + (not seen)
                onsets += [wave.onset_ms - truth.onset_ms] if wave.onset_ms is not None else []
        real = [t.onset_ms for t in series.truth if t is not None and t.amplitude_mv >= least]
        persistence.append(got.persistence - len(real) / len(got.waves))
        if real and got.minimum_ms is not None:
            shortest.append(got.minimum_ms - min(real))
    return {
        "backfiring": backfiring, "noise_mv": noise_mv, "f_waves": found + missed,
        "found": round(found / (found + missed), 4), "false_of_found": round(false / max(found + false, 1), 4),
        "sweeps_without": silent, "false": false, "smaller_than_counts": small, "of_these_found": small_found,
        "onset_ms": spread_of(onsets), "shortest_ms": spread_of(shortest), "persistence": spread_of(persistence),
    }  # fmt: skip


def unit_numbers(units: int) -> dict[str, float]:
    """Return the error of the number of motor units on simulated scans and how often the interval holds it."""
    got = [estimate_units(simulate_scan(units, seed)) for seed in range(SEED, SEED + COUNT // 4)]
    counts = [g.count for g in got if g.count is not None]
    held = [g.low <= units <= g.high for g in got if g.low is not None and g.high is not None]
    return {
        "units": units, "scans": len(got), "without_estimate": len(got) - len(counts),
        "median": round(float(np.median(counts)), 1),
        "mean_error_share": round(float(np.mean(np.abs(np.array(counts) / units - 1))), 3),
        "interval_holds": round(float(np.mean(held)), 3),
    }  # fmt: skip


def measure(kept: Ledger) -> dict[str, object]:
    """Return all figures; parts that the ledger holds are not made again."""
    plans = {
        "motor": NervePlan(distances_mm=MOTOR),
        "motor_slow_noise": NervePlan(distances_mm=MOTOR, slow_noise=0.3),
        "motor_large_artefact": NervePlan(distances_mm=MOTOR, artefact=-3.0),
        "motor_snr_100": NervePlan(distances_mm=MOTOR, snr=100),
        "sensory": NervePlan(kind="sensory", distances_mm=SENSORY),
        "sensory_snr_100": NervePlan(kind="sensory", distances_mm=SENSORY, snr=100),
    }
    noises = ((0.03, 0.006), (0.003, 0.006), (0.01, 0.01))
    return {
        "responses": [kept.run(f"responses {n}", partial(responses, n, plan)) for n, plan in plans.items()],
        "f_waves": [kept.run(f"f_waves {b} {n}", partial(f_waves, b, n)) for b, n in noises],
        "block_and_dispersion": {
            f"snr_{snr:g}": kept.run(f"lesions {snr}", partial(told_apart, snr)) for snr in (20, 100)
        },
        "velocity_share": {f"snr_{snr:g}": kept.run(f"velocity {snr}", partial(velocities, snr)) for snr in (20, 100)},
        "doubts": kept.run("doubts", doubts),
        "motor_units": [kept.run(f"units {n}", partial(unit_numbers, n)) for n in (5, 10, 20, 40, 80, 120, 160)],
    }


def main() -> None:
    """Run everything that is not done yet and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--progress", type=Path, default=Path(tempfile.mkdtemp()) / "waveforms.json")
    state = state_of([ROOT / "src" / "ranvier" / "electrodiagnosis" / "waveforms", Path(__file__), *WAVEFORM_DATA])
    kept = Ledger(parser.parse_args().progress, state)
    out: dict[str, object] = {"simulated": True, "seeds": [SEED, SEED + COUNT], "state": state}
    out |= measure(kept)
    out["cpu_seconds"] = kept.cpu_seconds()
    path = ROOT / "bench" / "results" / "waveforms.json"
    path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
