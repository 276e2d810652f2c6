"""The map that muscles are measured on: T2 or fat fraction from echoes, or a map as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ranvier.core import UnreadableImageError
from ranvier.imaging.maps import fat_fraction, fit_t2, fit_t2_epg
from ranvier.imaging.muscles.settings import muscle_parameters
from ranvier.imaging.reading import Series, VolumeKind
from ranvier.imaging.volume import FloatArray, Volume

Measure = Literal["t2", "t2_epg", "fat_fraction", "t2_map", "fat_fraction_map"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
_TOLERANCE_MM = 0.01
_EVEN = 0.02
_FEWEST_EPG = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoSeries:
    """Magnitude echoes on one grid.

    Attributes
    ----------
    volume : Volume
        (I, J, K, N) echoes by rising echo time.
    te_ms : tuple of float
    field_t : float or None
        Field strength, where a header states it.
    """

    volume: Volume
    te_ms: tuple[float, ...]
    field_t: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleMap:
    """A map of one property.

    Attributes
    ----------
    measure : str
        ``t2_ms`` or ``fat_fraction``.
    method : str
        How it was made, in words.
    values : ndarray
        (I, J, K) float; NaN where there is no value.
    affine : ndarray
        (4, 4) voxel index to RAS+ mm.
    """

    measure: str
    method: str
    values: FloatArray
    affine: FloatArray


def stack_echoes(series: Sequence[Series], te_ms: Sequence[float] | None = None) -> EchoSeries:
    """Return the magnitude echoes of one or several series as one.

    Parameters
    ----------
    series : sequence of Series
        Each with one or more volumes on the same voxels.
    te_ms : sequence of float, optional
        Echo times in the order of the volumes, where the headers do not state them.

    Raises
    ------
    UnreadableImageError
        If the series lie on different voxels, an echo time is unknown or stands twice, or the times do not match.
    """
    values: list[NDArray[np.float32]] = []
    stated: list[float | None] = []
    for one in series:
        _same_voxels(series[0].volume, one.volume)
        for index, kind in enumerate(one.facts.kinds or (None,) * _count(one.volume)):
            if kind in (None, VolumeKind.MAGNITUDE):
                values.append(_volume(one.volume, index))
                stated.append(one.facts.te_ms[index] if one.facts.te_ms else None)
    times = list(te_ms) if te_ms is not None else stated
    if len(times) != len(values):
        raise UnreadableImageError(f"{len(values)} magnitude volumes need as many echo times (got {len(times)})")
    known = [t for t in times if t is not None]
    if len(known) < len(times):
        raise UnreadableImageError("the header does not state the echo times; give them (--te-ms, in ms)")
    if len(set(known)) < len(known) or min(known) <= 0:
        raise UnreadableImageError(f"echo times must be positive and different (got {known})")
    order = np.argsort(known)
    field = next((one.facts.field_t for one in series if one.facts.field_t), None)
    return EchoSeries(
        volume=Volume(values=np.stack([values[n] for n in order], axis=-1), affine=series[0].volume.affine),
        te_ms=tuple(known[n] for n in order),
        field_t=field,
    )


def _count(volume: Volume) -> int:
    return volume.values.shape[3] if volume.values.ndim == 4 else 1


def _volume(volume: Volume, index: int) -> NDArray[np.float32]:
    return volume.values[..., index] if volume.values.ndim == 4 else volume.values


def _same_voxels(first: Volume, other: Volume) -> None:
    same = first.values.shape[:3] == other.values.shape[:3]
    if not same or np.abs(first.affine - other.affine).max() > _TOLERANCE_MM:
        raise UnreadableImageError("the echoes lie on different voxels; give volumes of one acquisition")


def muscle_map(
    series: Sequence[Series],
    measure: Measure,
    *,
    te_ms: Sequence[float] | None = None,
    field_t: float | None = None,
    mask: NDArray[np.bool_] | None = None,
) -> MuscleMap:
    """Return the map of a measure.

    Parameters
    ----------
    series : sequence of Series
    measure : str
        ``t2`` (one exponential), ``t2_epg`` (phase graphs, for a train of spin echoes), ``fat_fraction`` (Dixon
        magnitudes, up to one half), or ``t2_map`` (ms) and ``fat_fraction_map`` for a finished map.
    te_ms : sequence of float, optional
    field_t : float, optional
        For the fat fraction, where the header does not state it.
    mask : ndarray, optional
        (I, J, K) bool, where a value is wanted; everywhere without it.

    Raises
    ------
    UnreadableImageError
        If echo times, field or even echo spacing are missing, or there are too few echoes.
    """
    if measure.endswith("_map"):
        if len(series) != 1 or _count(series[0].volume) != 1:
            raise UnreadableImageError("a finished map is one volume; give only that")
        only = series[0].volume
        kind = "t2_ms" if measure == "t2_map" else "fat_fraction"
        values = _volume(only, 0).astype(np.float64)
        return MuscleMap(measure=kind, method="map as given", values=values, affine=only.affine)
    echoes = stack_echoes(series, te_ms)
    if len(echoes.te_ms) < 2:
        raise UnreadableImageError("a map needs at least two echoes")
    wanted = mask if mask is not None else np.ones(echoes.volume.values.shape[:3], dtype=np.bool_)
    if wanted.shape != echoes.volume.values.shape[:3]:
        raise UnreadableImageError(
            f"the label map has {wanted.shape} voxels, the image {echoes.volume.values.shape[:3]}; resample it"
        )
    out = np.full(wanted.shape, np.nan)
    signal = echoes.volume.values[wanted].astype(np.float64)
    out[wanted], method = _fitted(signal, echoes, measure, field_t)
    kind = "fat_fraction" if measure == "fat_fraction" else "t2_ms"
    return MuscleMap(measure=kind, method=method, values=out, affine=echoes.volume.affine)


def _fitted(signal: FloatArray, echoes: EchoSeries, measure: Measure, field_t: float | None) -> tuple[FloatArray, str]:
    count = f"{len(echoes.te_ms)} echoes"
    if measure == "fat_fraction":
        field = field_t or echoes.field_t
        if field is None:
            raise UnreadableImageError("the header does not state the field strength; give it (--field-t, in tesla)")
        highest = muscle_parameters()["fat_highest"]
        method = f"Dixon magnitudes of {count} at {field:g} T, up to a fraction of {highest:g}"
        return fat_fraction(signal, echoes.te_ms, field, highest=highest), method
    if measure == "t2_epg":
        return fit_t2_epg(signal, _even_spacing(echoes.te_ms))[0], f"phase graphs of {count}"
    return fit_t2(signal, echoes.te_ms).t2_ms, f"one exponential of {count}"


def _even_spacing(te_ms: Sequence[float]) -> float:
    spacing = te_ms[-1] / len(te_ms)
    even = all(abs(t - spacing * n) <= _EVEN * spacing * n for n, t in enumerate(te_ms, 1))
    if len(te_ms) < _FEWEST_EPG or not even:
        raise UnreadableImageError(
            f"phase graphs need an even train of at least three spin echoes from one spacing on (got {list(te_ms)} ms)"
        )
    return spacing
