"""Channels: from the state of the paths to the one number that a kind of reading depends on.

Every channel is a log deficit or a log change, 0 in health, and has the shape
``(n_probes, n)`` for `n` sums of rows of the library. The ordered probits of `readings.csv` are read off these.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ranvier.inference.forward import ForwardModel
from ranvier.inference.mixing import Mix
from ranvier.inference.parameters import load_parameters

FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How far each slow consequence of an axonal lesion has come, each in [0, 1]."""

    cmap: float
    snap: float
    fibrillation: float
    remodelling: float
    wasting: float
    muscle_signal: float


def timing(duration_days: float | None) -> Timing:
    """Return how far the consequences have come after so many days; all the way when unknown."""
    p = load_parameters()

    def share(name: str) -> float:
        if duration_days is None:
            return 1.0
        return float(expit((duration_days - p[f"{name}_mid"]) / p[f"{name}_width"]))

    return Timing(
        cmap=share("cmap_fall"),
        snap=share("snap_fall"),
        fibrillation=share("fibrillation"),
        remodelling=share("remodelling"),
        wasting=share("wasting"),
        muscle_signal=share("muscle_signal"),
    )


class Channels:
    """All channels of one set of hypotheses, computed when asked for.

    Parameters
    ----------
    forward : ForwardModel
        The nerves that some probes look at.
    mix : Mix
        The hypotheses, as sums of rows of the library.
    when : Timing
        How far slow consequences have come.
    """

    def __init__(self, forward: ForwardModel, mix: Mix, when: Timing) -> None:
        self._forward = forward
        self._mix = mix
        self._when = when
        self._p: Mapping[str, float] = load_parameters()
        self._known: dict[str, FloatArray] = {}

    def get(self, name: str) -> FloatArray:
        """Return one channel by the name used in ``readings.csv``."""
        if name not in self._known:
            self._known[name] = _CHANNELS[name](self)
        return self._known[name]

    def _deficit(self, log_share: FloatArray) -> FloatArray:
        share = self._forward.probes.average(np.exp(log_share))
        return np.asarray(-np.log(np.maximum(share, self._p["survival_floor"])))

    def _effect(self, name: str) -> FloatArray:
        return -self._forward.values(name, self._mix)

    def _slowing(self, stretch: str) -> FloatArray:
        return np.asarray(1 - np.exp(self._forward.probes.average(self._nerve(f"log_fast_{stretch}"))))

    def _nerve(self, field: str) -> FloatArray:
        return self._forward.values(field, self._mix)

    @cached_property
    def axons(self) -> FloatArray:
        """Log loss of axons."""
        return self._deficit(self._nerve("log_survival"))

    @cached_property
    def function(self) -> FloatArray:
        """Log loss of axons that conduct from end to end."""
        return self._deficit(self._nerve("log_survival") + self._nerve("log_conducting"))

    def motor_function(self) -> FloatArray:
        """Weakness: axons, block, muscle, junction, upper motor neuron, functional."""
        muscle = self._effect("myopathy") + self._effect("nmj") + self._effect("functional")
        return self.function + muscle + self._p["umn_weakness"] * self._effect("umn")

    def sensory(self) -> FloatArray:
        """Loss of sensation, from nerve, root, cord or brain."""
        return self.function + self._effect("central_sensory") + self._effect("functional")

    def symptom(self) -> FloatArray:
        """Positive sensory symptoms: also from demyelination without loss."""
        slow = self._slowing("whole")
        return self.sensory() + self._p["symptom_slowing"] * slow

    def reflex(self) -> FloatArray:
        """Deficit of a limb of a reflex arc; the two limbs are added by the caller."""
        muscle = self._p["reflex_muscle"] * (self._effect("myopathy") + self._effect("nmj"))
        slow = self._slowing("whole")
        return self.function + slow + muscle

    def reflex_gain(self) -> FloatArray:
        """Gain of a reflex by loss of the upper motor neuron."""
        return self._p["reflex_gain"] * (1 - np.exp(-self._effect("umn")))

    def motor_wasting(self) -> FloatArray:
        """Wasting: lost axons after some weeks, or lost muscle."""
        return self._when.wasting * self.axons + self._effect("myopathy")

    def cmap(self) -> FloatArray:
        """Log fall of the distal motor response; muscle and junction count as well."""
        distal = self._deficit(self._nerve("log_distal"))
        muscle = self._effect("nmj") + self._p["cmap_myopathy"] * self._effect("myopathy")
        return self._when.cmap * self.axons + distal + muscle

    def snap(self) -> FloatArray:
        """Log fall of the sensory response."""
        return self._when.snap * self.axons + self._deficit(self._nerve("log_distal"))

    def _axonal_slowing(self) -> FloatArray:
        return self._p["axonal_slowing"] * np.minimum(self.axons, self._p["axonal_slowing_cap"])

    def distal_latency(self) -> FloatArray:
        """Log rise of the distal latency."""
        return self._p["latency_log_gain"] * self._slowing("distal") + self._axonal_slowing()

    def velocity(self) -> FloatArray:
        """Log fall of the velocity between two stimulating points."""
        return self._p["velocity_log_gain"] * self._slowing("between") + self._axonal_slowing()

    def f_wave(self) -> FloatArray:
        """Log rise of the F-wave latency, and its loss by proximal block or axonal loss."""
        slow = self._p["f_log_gain"] * self._slowing("whole")
        return slow + self._axonal_slowing() + self._p["f_wave_loss"] * self.function

    def block(self) -> FloatArray:
        """Log drop of the response between two stimulating points."""
        return self._deficit(self._nerve("log_between"))

    def dispersion(self) -> FloatArray:
        """Temporal dispersion: demyelination between two stimulating points."""
        return self._slowing("between")

    def study_any(self) -> FloatArray:
        """Any abnormality of a study: the largest of loss, slowing and block."""
        slow = self._p["study_slowing"] * self._slowing("distal")
        between = self._p["study_slowing"] * self._slowing("between")
        fall = self._when.snap * self.axons + self._deficit(self._nerve("log_distal"))
        return np.asarray(np.maximum.reduce([fall, slow, between, self.block()]))

    def denervation(self) -> FloatArray:
        """Fibrillations: lost axons after two to four weeks; a myopathy may show some."""
        return self._when.fibrillation * self.axons + self._p["fibrillation_myopathy"] * self._effect("myopathy")

    def fasciculation(self) -> FloatArray:
        """Fasciculations: lost axons, mostly of the anterior horn, and motor block."""
        block = self._deficit(self._nerve("log_between"))
        return self._p["fasciculation_loss"] * self.axons + self._p["fasciculation_block"] * block

    def remodelling(self) -> FloatArray:
        """Large, long motor units: lost axons after two to three months."""
        return self._when.remodelling * self.axons

    def muscle_disease(self) -> FloatArray:
        """Small, short motor units."""
        return self._effect("myopathy")

    def recruitment(self) -> FloatArray:
        """Fewer units at full effort: lost or blocked axons."""
        return self.function + self._p["recruitment_umn"] * self._effect("umn")

    def muscle_signal(self) -> FloatArray:
        """Bright muscle on fluid-sensitive MRI: lost axons after about two weeks, or muscle disease."""
        return self._when.muscle_signal * self.axons + self._effect("myopathy")


_CHANNELS: Mapping[str, Callable[[Channels], FloatArray]] = {
    "motor_function": Channels.motor_function,
    "sensory_large": Channels.sensory,
    "sensory_small": Channels.sensory,
    "symptom": Channels.symptom,
    "reflex": Channels.reflex,
    "reflex_gain": Channels.reflex_gain,
    "motor_wasting": Channels.motor_wasting,
    "cmap": Channels.cmap,
    "snap": Channels.snap,
    "distal_latency": Channels.distal_latency,
    "velocity": Channels.velocity,
    "f_wave": Channels.f_wave,
    "block": Channels.block,
    "dispersion": Channels.dispersion,
    "study_any": Channels.study_any,
    "denervation": Channels.denervation,
    "fasciculation": Channels.fasciculation,
    "remodelling": Channels.remodelling,
    "muscle_disease": Channels.muscle_disease,
    "recruitment": Channels.recruitment,
    "muscle_signal": Channels.muscle_signal,
}
