"""What is measured at each section of a nerve: size perpendicular to its course, shape, place, signal.

The area of a slice is the true section only where the nerve runs straight through it; elsewhere it is multiplied by
the cosine of the angle between the course and the normal of the slice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.core import Side
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.sections import Section, plane_axes, slice_values
from ranvier.imaging.volume import Volume

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveMeasurement:
    """One position along a nerve; lengths in mm, areas in mm2, signals in the units of the image.

    Attributes
    ----------
    slice : int
        Zero-based index along the slice axis.
    position_mm : float
        Distance along the nerve from the first section.
    area_mm2 : float
        Perpendicular to the course.
    area_sd_mm2 : float
        Spread between views of the same slice.
    area_in_slice_mm2 : float
        In the plane of the slice.
    tilt_deg : float
        Angle between the course and the normal of the slice.
    long_mm, short_mm : float
        Diameters along the principal axes of the section, those of the ellipse with the same second moments.
    flattening : float
        ``long_mm / short_mm``.
    signal : float or None
        Mean over the voxels that lie within the nerve; None where no voxel does.
    surroundings : float or None
        Median of the signal in a ring about the nerve.
    signal_ratio : float or None
        ``signal / surroundings``.
    i, j, k, x_mm, y_mm, z_mm : float
        Centre in voxel indices and RAS+ mm.
    confidence : float
    note : str
    t2_ms, t2_epg_ms : float or None
        T2 by one exponential and by phase graphs; None where the series is no train of spin echoes.
    """

    slice: int
    position_mm: float
    area_mm2: float
    area_sd_mm2: float
    area_in_slice_mm2: float
    tilt_deg: float
    long_mm: float
    short_mm: float
    flattening: float
    signal: float | None
    surroundings: float | None
    signal_ratio: float | None
    i: float
    j: float
    k: float
    x_mm: float
    y_mm: float
    z_mm: float
    confidence: float
    note: str
    t2_ms: float | None = None
    t2_epg_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveReport:
    """One nerve: its sections and what was measured at each, in order along the slice axis; or a root, as it says."""

    nerve: str
    side: Side
    slice_axis: int
    sections: tuple[Section, ...]
    measurements: tuple[NerveMeasurement, ...]
    is_root: bool = False


def measure_nerve(volume: Volume, sections: Sequence[Section], slice_axis: int, nerve: str, side: Side) -> NerveReport:
    """Return the measurements of a nerve.

    Parameters
    ----------
    volume : Volume
        Of several volumes (echoes) the first gives the signal.
    sections : sequence of Section
        In order of their slices.
    slice_axis : int
    nerve : str
        Id of the nerve graph.
    side : Side
    """
    course = _course(volume, sections)
    tangent = _tangents(course)
    first, second = plane_axes(slice_axis)
    normal = np.cross(volume.affine[:3, first], volume.affine[:3, second])
    normal = normal / np.linalg.norm(normal)
    steps = np.linalg.norm(np.diff(course, axis=0), axis=1)
    position = np.concatenate([[0.0], np.cumsum(steps)])
    rows = tuple(
        _measured(volume, section, slice_axis, float(abs(t @ normal)), float(at))
        for section, t, at in zip(sections, tangent, position, strict=True)
    )
    return NerveReport(nerve=nerve, side=side, slice_axis=slice_axis, sections=tuple(sections), measurements=rows)


def _course(volume: Volume, sections: Sequence[Section]) -> FloatArray:
    """Return the smoothed centres in RAS+ mm, (n, 3)."""
    centres = volume.to_world(np.array([s.centre for s in sections]))
    if len(centres) < 3:
        return centres
    weight = np.array([0.25, 0.5, 0.25])
    padded = np.concatenate([2 * centres[:1] - centres[1:2], centres, 2 * centres[-1:] - centres[-2:-1]])
    return np.asarray(sum(w * padded[n : n + len(centres)] for n, w in enumerate(weight)))


def _tangents(course: FloatArray) -> FloatArray:
    """Return the unit direction of the course at each section; NaN-free, the slice axis where there is one section."""
    if len(course) < 2:
        return np.zeros((len(course), 3))
    step = np.gradient(course, axis=0)
    length = np.linalg.norm(step, axis=1, keepdims=True)
    return np.asarray(np.divide(step, length, out=np.zeros_like(step), where=length > 0))


def _measured(volume: Volume, section: Section, axis: int, cosine: float, position_mm: float) -> NerveMeasurement:
    cosine = cosine if cosine > 0 else 1.0
    long_mm, short_mm = _diameters(section, volume, axis)
    signal, around = section_signals(volume, section, axis)
    world = volume.to_world(section.centre)
    return NerveMeasurement(
        slice=section.slice_index,
        position_mm=position_mm,
        area_mm2=section.area_mm2 * cosine,
        area_sd_mm2=section.area_sd_mm2 * cosine,
        area_in_slice_mm2=section.area_mm2,
        tilt_deg=float(np.degrees(np.arccos(min(cosine, 1.0)))),
        long_mm=long_mm,
        short_mm=short_mm,
        flattening=long_mm / short_mm if short_mm > 0 else float("nan"),
        signal=signal,
        surroundings=around,
        signal_ratio=signal / around if signal is not None and around else None,
        i=float(section.centre[0]),
        j=float(section.centre[1]),
        k=float(section.centre[2]),
        x_mm=float(world[0]),
        y_mm=float(world[1]),
        z_mm=float(world[2]),
        confidence=section.confidence,
        note=section.note,
    )


def _diameters(section: Section, volume: Volume, axis: int) -> tuple[float, float]:
    """Return the principal diameters of the outline in mm; of a filled ellipse they are its own."""
    if len(section.contour) < 3:
        return 0.0, 0.0
    points = section.contour * np.array(volume.spacing_mm)[list(plane_axes(axis))]
    x, y = points[:, 0], points[:, 1]
    following = np.roll(points, -1, axis=0)
    cross = x * following[:, 1] - following[:, 0] * y
    area = cross.sum() / 2
    if abs(area) < 1e-9:
        return 0.0, 0.0
    centre = ((points + following) * cross[:, None]).sum(axis=0) / (6 * area)
    a, b = points - centre, following - centre
    cross = a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]
    second = np.empty((2, 2))
    second[0, 0] = (cross * (a[:, 0] ** 2 + a[:, 0] * b[:, 0] + b[:, 0] ** 2)).sum() / 12
    second[1, 1] = (cross * (a[:, 1] ** 2 + a[:, 1] * b[:, 1] + b[:, 1] ** 2)).sum() / 12
    mixed = 2 * a[:, 0] * a[:, 1] + a[:, 0] * b[:, 1] + b[:, 0] * a[:, 1] + 2 * b[:, 0] * b[:, 1]
    second[0, 1] = second[1, 0] = (cross * mixed).sum() / 24
    spread = np.linalg.eigvalsh(second / area)
    short, long = 4 * np.sqrt(np.maximum(spread, 0))
    return float(long), float(short)


def section_signals(volume: Volume, section: Section, axis: int) -> tuple[float | None, float | None]:
    """Return the mean signal within the nerve and the median of the ring about it, over voxels with a value."""
    p = nerve_parameters()
    image = slice_values(volume.values, axis, section.slice_index)
    image = image[..., 0] if image.ndim == 3 else image
    spacing = np.array(volume.spacing_mm)[list(plane_axes(axis))]
    margin = np.ceil(p["ring_to_mm"] / spacing).astype(int) + 1
    low = np.maximum(np.array(section.corner) - margin, 0)
    high = np.minimum(np.array(section.corner) + section.share.shape + margin, image.shape)
    image = image[low[0] : high[0], low[1] : high[1]]
    full = np.zeros(image.shape, dtype=np.float32)
    rows, columns = np.array(section.corner) - low
    full[rows : rows + section.share.shape[0], columns : columns + section.share.shape[1]] = section.share
    core = full >= p["core_share"]
    core &= np.isfinite(image)
    signal = float(image[core].mean()) if core.any() else None
    if not (full > 0).any():
        return signal, None
    distance = ndimage.distance_transform_edt(full < 0.5, sampling=spacing)
    ring = (distance >= p["ring_from_mm"]) & (distance <= p["ring_to_mm"]) & np.isfinite(image)
    return signal, float(np.median(image[ring])) if ring.any() else None
