"""What makes an outline doubtful whatever it looks like: no signal, another nerve's outline, the wrong side.

Whether the outlined structure is the nerve can not be told: seeds beside it give the outline of something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ranvier.core import Side
from ranvier.imaging.nerves.measurements import NerveReport, section_signals
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.sections import Section
from ranvier.imaging.volume import Volume

_TAKEN = 64
_EDGE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundNerve:
    """A nerve with its sections before they are measured."""

    name: str
    slice_axis: int
    sections: tuple[Section, ...]


def without_signal(volume: Volume, found: FoundNerve) -> FoundNerve:
    """Return a nerve whose sections say where there is hardly any signal: in air, in a void or beside the coil."""
    least = nerve_parameters()["no_signal_share"] * _bright(volume)
    out = []
    for section in found.sections:
        known = [v for v in section_signals(volume, section, found.slice_axis) if v is not None and np.isfinite(v)]
        if known and max(known) < least:
            section = _doubted(section, "hardly any signal here")
        out.append(section)
    return replace(found, sections=tuple(out))


def without_shared(found: Sequence[FoundNerve]) -> tuple[FoundNerve, ...]:
    """Return nerves whose sections say where two of them are one and the same structure."""
    out = list(found)
    for a, b in combinations(range(len(out)), 2):
        if out[a].slice_axis != out[b].slice_axis:
            continue
        first, second = ({s.slice_index: s for s in out[n].sections} for n in (a, b))
        shared = [i for i in first if i in second and _overlap(first[i], second[i]) > nerve_parameters()["same_share"]]
        for one, other in ((a, b), (b, a)):
            note = f"the same structure as the {out[other].name}"
            sections = tuple(_doubted(s, note) if s.slice_index in shared else s for s in out[one].sections)
            out[one] = replace(out[one], sections=sections)
    return tuple(out)


def side_doubts(volume: Volume, reports: Sequence[NerveReport]) -> tuple[str, ...]:
    """Return where the side that a nerve is named by does not fit where it lies, in words.

    Where both halves of a body are in the image, the middle between its outer borders tells them apart; else only
    nerves of both sides can be compared.
    """
    middle = _middle_mm(volume)
    margin = nerve_parameters()["midline_mm"]
    out = []
    for r in reports:
        if middle is None or r.side not in (Side.LEFT, Side.RIGHT) or not r.measurements:
            continue
        towards_right = np.array([m.x_mm - middle for m in r.measurements])
        beyond = towards_right if r.side is Side.LEFT else -towards_right
        name = f"{r.side.value} {r.nerve.replace('_', ' ')}"
        if (beyond > 0).all() and (beyond > margin).any():
            out.append(f"the {name} lies in the other half of the body: check its side, its seeds and the image")
        elif (beyond > margin).any() and (beyond < -margin).any():
            out.append(f"the {name} runs from one half of the body into the other: seeds of both sides under one name")
    for a, b in combinations(reports, 2):
        left, right = (a, b) if a.side is Side.LEFT else (b, a)
        if a.nerve == b.nerve and (left.side, right.side) == (Side.LEFT, Side.RIGHT):
            x = [float(np.mean([m.x_mm for m in r.measurements])) if r.measurements else np.nan for r in (left, right)]
            if x[0] - x[1] > margin:
                out.append(f"the left {a.nerve.replace('_', ' ')} lies to the right of the right one: sides exchanged?")
    return tuple(out)


def _doubted(section: Section, note: str) -> Section:
    return replace(section, confidence=0.0, note="; ".join(filter(None, (section.note, note))))


def _overlap(a: Section, b: Section) -> float:
    """Return the shared area of two sections of a slice over the smaller of the two."""
    low = np.maximum(a.corner, b.corner)
    high = np.minimum(np.add(a.corner, a.share.shape), np.add(b.corner, b.share.shape))
    if (high <= low).any():
        return 0.0

    def part(s: Section) -> NDArray[np.float32]:
        start, stop = low - s.corner, high - s.corner
        return s.share[start[0] : stop[0], start[1] : stop[1]]

    both, least = float(np.minimum(part(a), part(b)).sum()), float(min(a.share.sum(), b.share.sum()))
    return both / least if least > 0 else 0.0


def _thinned(volume: Volume) -> NDArray[np.float32]:
    """Return some of the voxels of the first volume, evenly taken, without unknown ones."""
    image = volume.values[..., 0] if volume.values.ndim == 4 else volume.values
    steps = tuple(slice(None, None, max(1, n // _TAKEN)) for n in image.shape)
    return np.nan_to_num(np.abs(image[steps]))


def _bright(volume: Volume) -> float:
    """Return the signal that all but the brightest voxels stay below."""
    return float(np.percentile(_thinned(volume), 99))


def _middle_mm(volume: Volume) -> float | None:
    """Return x of the middle between the outer borders of the body; None where not both halves are in the image."""
    direction = volume.affine[0, :3]
    axis = int(np.abs(direction).argmax())
    image = volume.values[..., 0] if volume.values.ndim == 4 else volume.values
    p = nerve_parameters()
    steps = [slice(None) if n == axis else slice(None, None, max(1, s // _TAKEN)) for n, s in enumerate(image.shape)]
    seen = np.nan_to_num(np.abs(image[tuple(steps)])) > p["body_share"] * _bright(volume)
    count = seen.sum(axis=tuple(n for n in range(3) if n != axis)).astype(np.float64)
    inside = np.flatnonzero(count > p["body_share"] * count.max()) if count.max() > 0 else np.empty(0, int)
    size = image.shape[axis]
    if not len(inside) or inside[0] < _EDGE * size or inside[-1] > (1 - _EDGE) * size - 1:
        return None
    if (inside[-1] - inside[0]) * volume.spacing_mm[axis] < p["both_halves_mm"]:
        return None
    index = (np.array(image.shape) - 1) / 2
    index[axis] = (inside[0] + inside[-1]) / 2
    return float(volume.to_world(index)[0])
