"""Repetitive stimulation: fall of the fourth response, its shape over the train, and rise."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.electrodiagnosis.waveforms.parameters import waveform_parameters
from ranvier.electrodiagnosis.waveforms.records import Stimulation, UnreadableWaveformError
from ranvier.electrodiagnosis.waveforms.responses import Response, measure_response

_FOURTH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """A train of stimuli.

    Attributes
    ----------
    decrement, area_decrement : float
        Share by which the fourth response is smaller than the first, of amplitude and area; negative is larger.
    increment : float
        Share by which the largest response is larger than the first.
    is_decrement, is_increment : bool
        Beyond the limits of ``data/waveform_parameters.csv``.
    """

    responses: tuple[Response, ...]
    decrement: float
    area_decrement: float
    increment: float
    is_decrement: bool
    is_increment: bool
    doubts: tuple[str, ...]


def measure_train(stimulations: Sequence[Stimulation]) -> Train:
    """Return decrement and increment of a train, with what speaks against a true decrement.

    A decrement of neuromuscular transmission falls most from the first to the second response, reaches its lowest at
    the third to fifth and recovers (a U); a sudden fall later in the train is movement of the electrode.

    Raises
    ------
    UnreadableWaveformError
        With fewer than four stimuli, or without a first response.
    """
    p = waveform_parameters()
    found = tuple(measure_response(s.trace, cursors=s.cursors) for s in stimulations)
    if len(found) <= _FOURTH or not found[0].present:
        raise UnreadableWaveformError(
            f"a train needs at least four stimuli and a first response (got {len(found)} stimuli)"
        )
    sizes = np.array([r.amplitude_mv if r.present else 0.0 for r in found])
    areas = np.array([r.area_mv_ms if r.present else 0.0 for r in found])
    decrement = float(1 - sizes[_FOURTH] / sizes[0])
    area = float(1 - areas[_FOURTH] / areas[0])
    increment = float(sizes.max() / sizes[0] - 1)
    is_decrement = decrement >= p["decrement"]
    doubts = _shape(sizes) if is_decrement else []
    if is_decrement and area < p["decrement"]:
        doubts.append(f"the amplitude falls by {100 * decrement:.0f} %, the area by {100 * area:.0f} % only")
    return Train(
        responses=found,
        decrement=decrement,
        area_decrement=area,
        increment=increment,
        is_decrement=is_decrement,
        is_increment=increment >= p["increment"],
        doubts=tuple(doubts),
    )


def _shape(sizes: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[str]:
    out = []
    falls = -np.diff(sizes)
    whole = float(sizes[0] - sizes.min())
    later = falls[1:]
    if len(later) and float(later.max()) > waveform_parameters()["decrement_jump"] * whole:
        step = int(later.argmax()) + 2
        out.append(f"most of the fall lies between response {step} and {step + 1}: the electrode may have moved")
    if (
        len(sizes) > _FOURTH + 2
        and int(sizes.argmin()) == len(sizes) - 1
        and falls[-1] > waveform_parameters()["decrement_end_share"] * whole
    ):
        out.append("the responses still fall at the end of the train: it is no U, as a true decrement is")
    return out
