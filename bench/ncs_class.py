"""Class of a neuropathy from the numbers of simulated conduction tables with known truth: right, wrong, cannot tell.

Run: ``python bench/ncs_class.py``. A healthy number is drawn so that 3 % lie beyond our own limit; loss of axons scales
the response and slows by up to a fifth, loss of myelin scales velocities, latencies and F latencies. All of this is
assumed, so it shows whether the rules keep their words under chance, not how often they are right in patients. Each
study has 4 motor and 4 sensory nerves on each side. Printed, and written to ``bench/results/ncs_class.{json,txt}``.
"""

import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ranvier.anatomy import load_graph
from ranvier.case import Patient, read_tables
from ranvier.electrodiagnosis.neuropathy import NeuropathyClass, classify_case
from ranvier.reference import ncs_limit

ROOT = Path(__file__).parents[1]
STUDIES, SEED, AGE_Y = 200, 21, 50.0
AT_LIMIT = 1.88
LN_SD, VELOCITY_SD, LATENCY_CV, F_CV = 0.45, 4.5, 0.08, 0.06
SLOWED_BY_LOSS, ALIKE = 0.2, 0.7
MOTOR = {
    "median_motor_apb": ("median", "wrist", "elbow", "APB", "arm"),
    "ulnar_motor_adm": ("ulnar", "wrist", "below elbow", "ADM", "arm"),
    "fibular_motor_edb": ("common fibular", "ankle", "below fibular head", "EDB", "leg"),
    "tibial_motor_ah": ("tibial", "ankle", "popliteal fossa", "AH", "leg"),
}
SENSORY = {
    "median_sensory_d2": ("median", "index finger", "arm", 140),
    "ulnar_sensory_d5": ("ulnar", "little finger", "arm", 140),
    "superficial_radial_sensory": ("superficial radial", "", "arm", 100),
    "sural_sensory": ("sural", "", "leg", 140),
}
HEAD = (
    "nerve,side,kind,stimulation,recording,latency_ms,latency_kind,amplitude,amplitude_unit,velocity_m_s,distance_mm,"
)


@dataclass(frozen=True)
class Nerve:
    """Survival of axons, factor on velocity, and share of the response that passes to the proximal point."""

    survival: float = 1.0
    speed: float = 1.0
    passes: float = 0.97
    wrist: float = 1.0


@dataclass(frozen=True)
class At:
    """Which nerve: motor or sensory, trunk, limb, side."""

    kind: str
    nerve: str
    limb: str
    side: str


class Draw:
    """Numbers of one subject: sides of a nerve resemble each other, as its two sides do in people (assumed)."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._shared: dict[str, float] = {}

    def normal(self, name: str) -> float:
        """Draw a standard normal number that shares a part with the one drawn under the same name before."""
        shared = self._shared.setdefault(name, float(self._rng.normal()))
        return math.sqrt(ALIKE) * shared + math.sqrt(1 - ALIKE) * float(self._rng.normal())

    def uniform(self, low: float, high: float, name: str = "") -> float:
        """Draw a number between two others; the same one under the same name."""
        drawn = float(self._rng.uniform(low, high))
        return self._shared.setdefault(f"uniform {name}", drawn) if name else drawn


Truth = Callable[[Draw, At], Nerve]


def healthy(_draw: Draw, _at: At) -> Nerve:
    """Nothing is wrong."""
    return Nerve()


def length_dependent(draw: Draw, at: At) -> Nerve:
    """Axons lost in the legs, few in the arms."""
    lost = draw.uniform(0.05, 0.3, f"{at.kind} {at.nerve}")
    return Nerve(survival=lost if at.limb == "leg" else 0.6 + lost)


def everywhere(draw: Draw, at: At) -> Nerve:
    """Axons lost in all nerves."""
    return Nerve(survival=draw.uniform(0.05, 0.3, f"{at.kind} {at.nerve}"))


def motor_alone(draw: Draw, at: At) -> Nerve:
    """Motor axons lost in all nerves."""
    return everywhere(draw, at) if at.kind == "motor" else Nerve()


def sensory_alone(draw: Draw, at: At) -> Nerve:
    """Sensory axons lost in all nerves."""
    return everywhere(draw, at) if at.kind == "sensory" else Nerve()


def myelin_everywhere(draw: Draw, _at: At) -> Nerve:
    """All nerves slow."""
    return Nerve(survival=draw.uniform(0.5, 1), speed=draw.uniform(0.35, 0.6, "speed"))


def patchy(draw: Draw, at: At) -> Nerve:
    """Half of the motor nerves slow or blocked."""
    if at.kind == "motor" and draw.uniform(0, 1) < 0.5:
        return Nerve(speed=draw.uniform(0.4, 0.65), passes=draw.uniform(0.1, 0.9))
    return Nerve(survival=draw.uniform(0.3, 1.0) if at.kind == "sensory" else 1.0)


def wrist(draw: Draw, at: At) -> Nerve:
    """The median nerve trapped at the left wrist."""
    hit = (at.nerve, at.side) == ("median", "left")
    return Nerve(wrist=draw.uniform(1.3, 1.8) if hit else 1.0)


TRUTHS: dict[str, tuple[str, Truth]] = {
    "healthy": ("normal", healthy),
    "axons, length-dependent": ("axonal", length_dependent),
    "axons, everywhere": ("axonal", everywhere),
    "axons, motor alone": ("axonal", motor_alone),
    "axons, sensory alone": ("axonal", sensory_alone),
    "myelin, everywhere": ("demyelinating", myelin_everywhere),
    "myelin, patchy": ("demyelinating", patchy),
    "wrist of one side": ("one trapped nerve", wrist),
}


def rows(draw: Draw, truth: Truth) -> list[str]:
    """Return the rows of one simulated study."""
    out = []
    for side in ("left", "right"):
        for study, (nerve, distal, proximal, muscle, limb) in MOTOR.items():
            what = truth(draw, At("motor", nerve, limb, side))
            speed = what.speed * (1 - SLOWED_BY_LOSS * (1 - what.survival))
            mv = amplitude(draw, study) * what.survival
            velocity = limit(study, "velocity_m_s") + (AT_LIMIT + draw.normal(f"{study} v")) * VELOCITY_SD
            late = above(draw, study, "distal_latency_onset_ms", LATENCY_CV) / speed * what.wrist
            f = above(draw, study, "f_latency_ms", F_CV) / speed
            out.append(f"{nerve},{side},motor,{distal},{muscle},{late:.2f},,{mv:.2f},mV,,80,{f:.1f}")
            passed = mv * what.passes
            out.append(f"{nerve},{side},motor,{proximal},{muscle},,,{passed:.2f},mV,{velocity * speed:.0f},,")
        for study, (nerve, finger, limb, mm) in SENSORY.items():
            what = truth(draw, At("sensory", nerve, limb, side))
            speed = what.speed * (1 - SLOWED_BY_LOSS * (1 - what.survival))
            late = above(draw, study, "distal_latency_peak_ms", LATENCY_CV) / speed * what.wrist
            uv = amplitude(draw, study) * what.survival
            out.append(f"{nerve},{side},sensory,,{finger},{late:.2f},peak,{uv:.1f},uV,,{mm},")
    return out


def limit(study: str, measure: str) -> float:
    """Return our own limit, which the healthy are drawn from."""
    return ncs_limit(study, measure, AGE_Y, None, "").limit


def amplitude(draw: Draw, study: str) -> float:
    """Draw a healthy amplitude of which 3 % lie below the limit."""
    return limit(study, "amplitude") * math.exp((AT_LIMIT + draw.normal(f"{study} a")) * LN_SD)


def above(draw: Draw, study: str, measure: str, cv: float) -> float:
    """Draw a healthy latency of which 3 % lie above the limit."""
    return limit(study, measure) / (1 + AT_LIMIT * cv) * (1 + draw.normal(f"{study} {measure}") * cv)


def judged(found: NeuropathyClass, wanted: str) -> str:
    """Return whether a class is right, wrong, or says that it cannot tell."""
    kind = found.kind.value
    if wanted == "one trapped nerve":
        right = kind in ("demyelinating", "mixed") and found.distribution.value == "one nerve"
        return "right" if right else "cannot tell" if kind == "cannot tell" else "wrong"
    return "right" if kind == wanted else "cannot tell" if kind == "cannot tell" else "wrong"


def main() -> None:
    """Simulate, class, print and write."""
    rng, graph = np.random.default_rng(SEED), load_graph()
    lines = [f"{'truth':26}{'right':>7}{'cannot tell':>13}{'wrong':>7}  classes given; distributions given"]
    record = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        for name, (wanted, truth) in TRUTHS.items():
            kinds: Counter[str] = Counter()
            where: Counter[str] = Counter()
            marks: Counter[str] = Counter()
            for _ in range(STUDIES):
                path.write_text("\n".join((HEAD + ",f_latency_ms", *rows(Draw(rng), truth))) + "\n", encoding="utf-8")
                found = classify_case(read_tables(ncs=path, patient=Patient(age_y=AGE_Y)), graph)
                kinds[found.kind.value] += 1
                where[found.distribution.value] += 1
                marks[judged(found, wanted)] += 1
            record[name] = {"wanted": wanted, "marks": marks, "classes": kinds, "distributions": where}
            said = "; ".join(", ".join(f"{k} {v}" for k, v in c.most_common()) for c in (kinds, where))
            lines.append(f"{name:26}{marks['right']:>7}{marks['cannot tell']:>13}{marks['wrong']:>7}  {said}")
    lines.append(f"{STUDIES} simulated studies a truth, seed {SEED}")
    print("\n".join(lines))
    results = ROOT / "bench" / "results"
    (results / "ncs_class.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (results / "ncs_class.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
