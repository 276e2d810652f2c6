"""What the weighting of an image lets one say about fluid, by the signal equation and a table of tissues."""

from dataclasses import dataclass

import numpy as np

from ranvier.imaging.reading import Contrast, SequenceFacts
from ranvier.imaging.simulation.tissues import Timing, spin_echo_signal

_FLUID_SENSITIVE = (Contrast.T2, Contrast.STIR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighting:
    """Whether fluid and tumours are bright on an image.

    Attributes
    ----------
    fluid_sensitive : bool or None
        T2-weighted or STIR; None where the weighting is not known.
    fluid_from : float or None
        Signal over that of the nerve from which an even mass is like fluid: half-way (in the logarithm) between what
        the table of tissues lets expect of a solid tumour and of fluid. None where the times are not known.
    doubt : str
        What cannot be told, and why; empty where nothing.
    """

    fluid_sensitive: bool | None
    fluid_from: float | None
    doubt: str


def weighting_of(facts: SequenceFacts | None) -> Weighting:
    """Return what the weighting lets one say; without facts, that it is not known."""
    if facts is None or facts.contrast is None:
        doubt = "the weighting of the image is not known: like fluid or target sign cannot be told"
        return Weighting(fluid_sensitive=None, fluid_from=None, doubt=doubt)
    if facts.contrast not in _FLUID_SENSITIVE:
        doubt = "the image is neither T2-weighted nor STIR: what it is made of cannot be told"
        return Weighting(fluid_sensitive=False, fluid_from=None, doubt=doubt)
    timing = _timing(facts)
    if timing is None:
        doubt = "echo or repetition time is not known: like fluid or solid cannot be told"
        return Weighting(fluid_sensitive=True, fluid_from=None, doubt=doubt)
    nerve = np.mean([spin_echo_signal(t, timing) for t in ("fascicle", "epineurium")])
    solid, fluid = (spin_echo_signal(t, timing) / nerve for t in ("tumour", "fluid"))
    return Weighting(fluid_sensitive=True, fluid_from=float(np.sqrt(solid * fluid)), doubt="")


def _timing(facts: SequenceFacts) -> Timing | None:
    echoes = [t for t in facts.te_ms if t]
    if not echoes or not facts.tr_ms or (facts.contrast is Contrast.STIR and not facts.ti_ms):
        return None
    return Timing(tr_ms=facts.tr_ms, te_ms=float(np.mean(echoes)), ti_ms=facts.ti_ms)
