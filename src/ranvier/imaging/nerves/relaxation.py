"""T2 of a nerve, section by section, where the series holds several spin echoes.

The signal is averaged over the voxels that lie within the nerve before it is fitted: of a few noisy voxels the mean
decays truer than the mean of their T2. Only echoes whose time the header states count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.maps import fit_t2, fit_t2_epg
from ranvier.imaging.nerves.measurements import NerveReport
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.sections import Section, slice_values
from ranvier.imaging.reading import SequenceFacts, Series, VolumeKind
from ranvier.imaging.volume import Volume

_FEWEST_EPG = 4
_EVEN = 0.02
_WITHIN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Echoes:
    """Which volumes of a series are echoes of one train, and when.

    Attributes
    ----------
    index : tuple of int
        Positions along the fourth axis.
    te_ms : tuple of float
        Rising echo times.
    """

    index: tuple[int, ...]
    te_ms: tuple[float, ...]

    @property
    def spacing_ms(self) -> float | None:
        """Return the spacing of an even train that begins one spacing after excitation, else None."""
        if len(self.te_ms) < _FEWEST_EPG:
            return None
        spacing = self.te_ms[-1] / len(self.te_ms)
        even = all(abs(t - spacing * n) <= _EVEN * spacing * n for n, t in enumerate(self.te_ms, 1))
        return spacing if even else None


def echoes_of(facts: SequenceFacts) -> Echoes | None:
    """Return the magnitude echoes of a spin-echo series, None where there are not two with stated times.

    Gradient echoes decay with T2*, so a series that says it is one has none; where the header says neither, the user
    must know what was acquired, and the caller says so.
    """
    if "gradient_echo" in facts.techniques or len(facts.te_ms) < 2:
        return None
    kinds = facts.kinds or (None,) * len(facts.te_ms)
    found = sorted(
        (te, number)
        for number, (te, kind) in enumerate(zip(facts.te_ms, kinds, strict=True))
        if te is not None and kind in (None, VolumeKind.MAGNITUDE)
    )
    times = [te for te, _ in found]
    if len(times) < 2 or len(set(times)) < len(times):
        return None
    return Echoes(index=tuple(n for _, n in found), te_ms=tuple(times))


def section_t2(volume: Volume, echoes: Echoes, section: Section, slice_axis: int) -> tuple[float | None, float | None]:
    """Return T2 by one exponential and by phase graphs in ms; None where no voxel lies within, or no fit holds."""
    image = slice_values(volume.values, slice_axis, section.slice_index)
    rows, columns = section.corner
    part = image[rows : rows + section.share.shape[0], columns : columns + section.share.shape[1]]
    core = section.share >= nerve_parameters()["core_share"]
    if not core.any() or part.ndim < 3:
        return None, None
    decay = part[core][:, list(echoes.index)].astype(np.float64).mean(axis=0)
    single = float(fit_t2(decay, echoes.te_ms).t2_ms)
    spacing = echoes.spacing_ms
    train = float(fit_t2_epg(decay, spacing)[0]) if spacing is not None else float("nan")
    return _known(single), _known(train)


def with_t2(nerve: NerveReport, volume: Volume, echoes: Echoes) -> NerveReport:
    """Return the report of a nerve with the T2 of each section."""
    rows = []
    for section, row in zip(nerve.sections, nerve.measurements, strict=True):
        single, train = section_t2(volume, echoes, section, nerve.slice_axis)
        rows.append(replace(row, t2_ms=single, t2_epg_ms=train))
    return replace(nerve, measurements=tuple(rows))


def nerve_t2_map(nerves: Sequence[NerveReport], series: Series) -> NDArray[np.float32] | None:
    """Return T2 in ms of each voxel that lies within a nerve, (I, J, K), NaN elsewhere; None without spin echoes."""
    echoes = echoes_of(series.facts)
    if echoes is None or series.volume.values.ndim < 4:
        return None
    out = np.full(series.volume.values.shape[:3], np.nan, dtype=np.float32)
    for nerve in nerves:
        for section in nerve.sections:
            index: list[slice | int] = [slice(None)] * 3
            index[nerve.slice_axis] = section.slice_index
            image, flat = slice_values(series.volume.values, nerve.slice_axis, section.slice_index), out[tuple(index)]
            rows, columns = (c + n for c, n in zip(section.corner, np.nonzero(section.share >= _WITHIN), strict=True))
            if len(rows):
                flat[rows, columns] = fit_t2(image[rows, columns][:, list(echoes.index)], echoes.te_ms).t2_ms
    return out


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
