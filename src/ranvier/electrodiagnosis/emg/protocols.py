"""Recordings as they come: random effort, length, noise, amplifier and sampling rate for simulation."""

import numpy as np

from ranvier.electrodiagnosis.emg.simulation import SimulationPlan

_RATES_HZ = (2000.0, 4000.0, 4000.0, 5000.0, 8000.0, 10000.0, 12500.0, 20000.0, 24000.0, 48000.0)


def draw_plan(kind: str, rng: np.random.Generator) -> SimulationPlan:
    """Return a plan of a class with everything else at random.

    Effort is slight to strong, noise 3 to 25 uV, the amplitude scale is off by a factor with log SD 0.3,
    a third of the recordings have power line.
    """
    seconds = float(rng.uniform(5, 12))
    return SimulationPlan(
        kind=kind,
        seconds=seconds,
        rate_hz=float(rng.choice(_RATES_HZ)),
        drive=float(np.exp(rng.uniform(np.log(0.04), np.log(0.6)))),
        rest_s=float(rng.uniform(0, 0.4) * seconds),
        noise_mv=float(np.exp(rng.uniform(np.log(0.003), np.log(0.025)))),
        line_mv=float(rng.uniform(0.005, 0.05)) if rng.uniform() < 1 / 3 else 0.0,
        line_hz=float(rng.choice([50.0, 60.0])),
        low_hz=float(np.exp(rng.uniform(np.log(2), np.log(30)))),
        gain=float(np.exp(rng.normal(0, 0.3))),
    )
