"""Time and memory of nerves in a volume and of T2 maps, each against a peer in the same run.

Run: ``python bench/mri_speed.py`` (needs the extra ``mri``). Simulated data: one nerve through 512 x 512 x 60 voxels
from three seeds, tracked and measured (peer: contour of strongest radial gradient in the same slices), and trains of
8 echoes on 256 x 256 x 24 voxels (peer: ``scipy.optimize.curve_fit`` voxel by voxel on a subset, its time scaled to
all voxels). Wall times as they were on a shared machine; the load average says how busy it was. Prints JSON and writes
``bench/results/mri_speed.json``.
"""

import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from classical_outline import classical_area_mm2
from scipy.optimize import curve_fit

from ranvier.core import Side
from ranvier.imaging.maps.epg import epg_decay, fit_t2_epg
from ranvier.imaging.maps.t2 import fit_t2
from ranvier.imaging.nerves.measurements import measure_nerve
from ranvier.imaging.nerves.tracking import track_nerve
from ranvier.imaging.simulation.phantom import PhantomSpec, draw_phantom
from ranvier.imaging.volume import Volume

ROOT = Path(__file__).parents[1]
SHAPE = (256, 256, 24)
ECHOES, SPACING_MS = 8, 10.0
PEER_VOXELS = 300
NOISE_SD = 0.01


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the wall time and the processor time of the whole process, in seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def peak_gb() -> float:
    """Return the peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def nerve() -> dict[str, float]:
    """Track and measure one nerve."""
    phantom = draw_phantom(PhantomSpec(calibre_mm=6.0, voxel_mm=0.5, slice_mm=3.0, slices=60, tilt_deg=5.0), 0)
    small = phantom.volume.values
    values = np.full((512, 512, 60), float(np.median(small)), dtype=np.float32)
    begin = (512 - small.shape[0]) // 2
    values[begin : begin + small.shape[0], begin : begin + small.shape[1]] = small
    volume = Volume(values=values, affine=phantom.volume.affine)
    centre = phantom.centre + np.array([begin, begin, 0])

    def work() -> None:
        tracked = track_nerve(volume, centre[[0, 30, 59]])
        measure_nerve(volume, tracked.sections, tracked.slice_axis, "sciatic", Side.LEFT)

    wall, cpu = timed(work)
    spacing = volume.spacing_mm[:2]
    peer, _ = timed(lambda: [classical_area_mm2(values[:, :, k], spacing, tuple(centre[k, :2])) for k in range(60)])
    return {"wall_s": wall, "cpu_s": cpu, "aim_s": 5.0, "peer_classical_s": peer, "to_peer": wall / peer}


def trains() -> np.ndarray:
    """Return noisy trains of refocusing pulses that are not perfect, (256, 256, 24, 8)."""
    rng = np.random.default_rng(0)
    kinds = np.array(
        [epg_decay(t2, 1000.0, SPACING_MS, ECHOES, b1=b1) for t2 in np.linspace(25, 120, 24) for b1 in (0.8, 0.9, 1.0)]
    )
    signal = kinds[rng.integers(0, len(kinds), SHAPE)]
    noise = NOISE_SD * rng.standard_normal((2, *signal.shape), dtype=np.float32)
    return np.hypot(signal + noise[0], noise[1]).astype(np.float32)


def one_exponential(signal: np.ndarray, te: np.ndarray) -> dict[str, float]:
    """Fit all voxels; then some by the peer."""
    wall, cpu = timed(lambda: fit_t2(signal, te, noise_sd=NOISE_SD))

    def peer() -> None:
        for y in signal.reshape(-1, ECHOES)[:PEER_VOXELS]:
            curve_fit(lambda t, s, r: np.sqrt((s * np.exp(-r * t)) ** 2 + 2 * NOISE_SD**2), te, y, p0=(1.0, 0.02))

    return versus((wall, cpu), timed(peer)[0], 2.0)


def phase_graphs(signal: np.ndarray) -> dict[str, float]:
    """Fit all voxels; then some by the peer."""
    wall, cpu = timed(lambda: fit_t2_epg(signal, SPACING_MS))
    few = PEER_VOXELS // 10

    def model(_: np.ndarray, s0: float, t2: float, b1: float) -> np.ndarray:
        return s0 * epg_decay(t2, 1000.0, SPACING_MS, ECHOES, b1=b1)

    def peer() -> None:
        bounds = ([0.0, 5.0, 0.5], [10.0, 500.0, 1.0])
        for y in signal.reshape(-1, ECHOES)[:few]:
            curve_fit(model, np.arange(ECHOES), y, p0=(1.0, 50.0, 0.9), bounds=bounds)

    return versus((wall, cpu), timed(peer)[0] * PEER_VOXELS / few, 60.0)


def versus(own: tuple[float, float], peer_s: float, aim_s: float) -> dict[str, float]:
    """Return own times, the aim, and the time of the peer scaled to all voxels."""
    scaled = peer_s * np.prod(SHAPE) / PEER_VOXELS
    return {"wall_s": own[0], "cpu_s": own[1], "aim_s": aim_s, "peer_scaled_s": scaled, "to_peer": own[0] / scaled}


def main() -> None:
    """Measure and write the results."""
    results: dict[str, object] = {"load_before": os.getloadavg()[0], "cores": os.cpu_count()}
    results["nerve"] = nerve() | {"peak_gb": peak_gb()}
    signal, te = trains(), SPACING_MS * np.arange(1, ECHOES + 1)
    results["t2_one_exponential"] = one_exponential(signal, te) | {"peak_gb": peak_gb()}
    results["t2_phase_graphs"] = phase_graphs(signal) | {"peak_gb": peak_gb()}
    plain = json.loads(json.dumps(results, default=float), parse_float=lambda x: round(float(x), 5))
    print(json.dumps(plain, indent=1))
    (ROOT / "bench" / "results" / "mri_speed.json").write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
