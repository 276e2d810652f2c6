"""Outline of the turns and amplitude of normal muscle in simulation, from ``data/emg_cloud.csv``.

It was written by ``tools/train_emg.py``. It is no reference sample: published clouds are for a named muscle
and instrument and are not in this package yet.
"""

from functools import cache

from ranvier.core import read_table
from ranvier.electrodiagnosis.emg.parameters import PACKAGE


@cache
def normal_cloud() -> tuple[tuple[float, float], ...]:
    """Return the corners (turns a second, mean amplitude in mV), in order around the outline."""
    rows = read_table(PACKAGE, "emg_cloud.csv", ("turns_per_s", "amplitude_low_mv", "amplitude_high_mv"))
    lower = [(float(r["turns_per_s"]), float(r["amplitude_low_mv"])) for r in rows]
    upper = [(float(r["turns_per_s"]), float(r["amplitude_high_mv"])) for r in rows]
    return (*lower, *reversed(upper))
