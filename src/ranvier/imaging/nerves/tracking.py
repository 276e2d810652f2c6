"""Follow a nerve from seed to seed through a volume and outline it in every slice on the way.

Slices are cut along the axis with the largest voxels (0.5 mm in plane and 3 to 20 mm between slices is usual), or,
in voxels of equal size, along the axis on which the seeds lie furthest apart. The outline itself is that of one slice
(`ranvier.imaging.outline`); this module decides where to look. In each slice the place of the nerve is expected between
its neighbours, and its size is not; where the outline is unsure or jumps off the course, the section says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.nerves.edges import on_clear_edge
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.sections import Section, cropped, plane_axes, slice_values
from ranvier.imaging.outline_consensus import outline_settled
from ranvier.imaging.outline_views import Outline
from ranvier.imaging.volume import Volume

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedNerve:
    """The sections of a nerve, in order of their slices.

    Attributes
    ----------
    slice_axis : int
        Index axis that counts the slices.
    sections : tuple of Section
    """

    slice_axis: int
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """One slice of a volume, and whether its neighbours say where the nerve is."""

    volume: Volume
    axis: int
    index: int
    following: bool


def slice_axis_of(volume: Volume, points: FloatArray) -> int:
    """Return the index axis along which the nerve is cut.

    A nerve that runs within thick slices is cut across them, along the axis on which its seeds lie furthest apart.
    Seeds next to each other are one place in one section.

    Parameters
    ----------
    volume : Volume
    points : ndarray
        (n, 3) seeds in voxel indices.
    """
    p = nerve_parameters()
    spacing = np.array(volume.spacing_mm)
    thick = int(spacing.argmax()) if spacing.max() > p["anisotropic_from"] * np.median(spacing) else None
    if len(points) < 2:
        return thick if thick is not None else 2
    reach = (points.max(axis=0) - points.min(axis=0)) * spacing
    if float(np.linalg.norm(reach)) < p["same_section_mm"]:
        return thick if thick is not None else 2
    if thick is not None and reach[thick] >= p["through_slices_from"] * np.linalg.norm(reach):
        return thick
    return int(reach.argmax())


def track_nerve(
    volume: Volume,
    points: FloatArray,
    *,
    expected_area_mm2: float | None = None,
    report: Callable[[int, int], None] | None = None,
) -> TrackedNerve:
    """Return the outline of a nerve in every slice between its first and its last seed.

    Parameters
    ----------
    volume : Volume
        (I, J, K), or (I, J, K, N) with further echoes that are outlined together.
    points : ndarray
        (n, 3) seeds in voxel indices; with one seed only its own slice is outlined.
    expected_area_mm2 : float, optional
        Area that the anatomy lets expect, told in every slice alike; without it the median of the seeds is. No section
        is told what its neighbour had: one bundle that was taken for the nerve would be handed on along it. Where the
        image shows the edge of the nerve, what is told hardly matters, so that a swelling is not held to it.
    report : callable, optional
        Called with the number of slices done and of all.
    """
    axis = slice_axis_of(volume, points)
    seeds = _by_slice(points, axis)
    first, last = min(seeds), max(seeds)
    usual = expected_area_mm2
    course: dict[int, FloatArray] = {}
    found: dict[int, Section] = {}
    order = sorted(range(first, last + 1), key=lambda index: (index not in seeds, min(abs(index - s) for s in seeds)))
    for number, index in enumerate(order, 1):
        if usual is None and index not in seeds:
            usual = _usual_of_seeds(found)
            for seed in _unlike({i: found[i] for i in seeds}, usual):
                found[seed] = _section(_Cut(volume=volume, axis=axis, index=seed, following=False), seeds[seed], usual)
                course[seed] = found[seed].centre[list(plane_axes(axis))]
        expected = seeds[index] if index in seeds else _expected(course, index)
        cut = _Cut(volume=volume, axis=axis, index=index, following=index not in seeds)
        found[index] = _section(cut, expected, usual)
        course[index] = found[index].centre[list(plane_axes(axis))]
        if report is not None:
            report(number, len(order))
    return TrackedNerve(slice_axis=axis, sections=tuple(found[index] for index in sorted(found)))


def _section(cut: _Cut, expected: FloatArray, told_mm2: float | None) -> Section:
    """Return the section that is found at an expected place when an area is told."""
    section = _on_edge(_outlined(cut, expected, told_mm2), cut.volume, cut.axis)
    return _judged(section, expected, cut.volume, cut.axis, is_seed=not cut.following)


def _usual_of_seeds(found: dict[int, Section]) -> float | None:
    """Return the median area of the sections that were found at the seeds, each weighted by its confidence."""
    some = sorted((s.area_mm2, s.confidence) for s in found.values() if s.area_mm2 > 0 and s.confidence > 0)
    if not some:
        return None
    area, weight = np.array(some).T
    reached = np.cumsum(weight) / weight.sum()
    return float(area[int(np.searchsorted(reached, 0.5))])


def _unlike(found: dict[int, Section], usual_mm2: float | None) -> list[int]:
    """Return the seeds whose section is far from the usual area of the nerve."""
    if usual_mm2 is None:
        return []
    far = nerve_parameters()["unlike_ln"]
    return [i for i, s in found.items() if s.area_mm2 <= 0 or abs(float(np.log(s.area_mm2 / usual_mm2))) > far]


def _by_slice(points: FloatArray, axis: int) -> dict[int, FloatArray]:
    """Return the mean seed of each slice, in the plane of the slice."""
    groups: dict[int, list[FloatArray]] = {}
    for point in points:
        groups.setdefault(int(np.floor(point[axis] + 0.5)), []).append(point[list(plane_axes(axis))])
    return {index: np.mean(members, axis=0) for index, members in groups.items()}


def _expected(course: dict[int, FloatArray], index: int) -> FloatArray:
    """Return where the nerve should pass, between the nearest slices on both sides that are done."""
    below = [i for i in course if i < index]
    above = [i for i in course if i > index]
    if not below or not above:
        return course[max(below) if below else min(above)]
    low, high = max(below), min(above)
    share = (index - low) / (high - low)
    return np.asarray((1 - share) * course[low] + share * course[high])


def _on_edge(section: Section, volume: Volume, axis: int) -> Section:
    """Return the section with its outline on a clear edge of the first volume."""
    image = slice_values(volume.values, axis, section.slice_index)
    image = image[..., 0] if image.ndim == 3 else image
    return on_clear_edge(section, image, np.array(volume.spacing_mm)[list(plane_axes(axis))], axis)


def _outlined(cut: _Cut, expected: FloatArray, area_mm2: float | None) -> Section:
    plane = plane_axes(cut.axis)
    image = slice_values(cut.volume.values, cut.axis, cut.index)
    image = image[..., : int(nerve_parameters()["outlined_volumes"])] if image.ndim == 3 else image
    spacing = (cut.volume.spacing_mm[plane[0]], cut.volume.spacing_mm[plane[1]])
    unknown: NDArray[np.bool_] = np.asarray(~np.isfinite(image).reshape(*image.shape[:2], -1).all(axis=2))
    image = np.nan_to_num(image, posinf=0.0, neginf=0.0) if unknown.any() else image
    inside = tuple(float(np.clip(e, 0, n - 1)) for e, n in zip(expected, image.shape, strict=False))
    outline = outline_settled(
        image,
        spacing,
        (inside[0], inside[1]),
        expected_area_mm2=area_mm2,
        expected_weight=nerve_parameters()["expected_weight"],
        following=cut.following and bool(area_mm2),
    )
    section = section_of_outline(outline, cut.index, cut.axis, (image.shape[0], image.shape[1]))
    return _with_unknown(section, unknown)


def _with_unknown(section: Section, unknown: NDArray[np.bool_]) -> Section:
    """Return a section that is unsure where the image has no value in or right beside its outline."""
    low = np.maximum(np.array(section.corner) - 1, 0)
    high = np.array(section.corner) + section.share.shape + 1
    if not unknown[low[0] : high[0], low[1] : high[1]].any():
        return section
    return replace(section, confidence=0.0, note="; ".join(filter(None, (section.note, "voxels without a value"))))


def section_of_outline(outline: Outline, index: int, axis: int, shape: tuple[int, int]) -> Section:
    """Return the section that an outline of one slice makes."""
    share, corner = cropped(outline.on_slice(shape))
    centre = np.insert(outline.centre_ij, axis, index).astype(np.float64)
    return Section(
        slice_index=index,
        centre=centre,
        area_mm2=outline.area_mm2,
        area_sd_mm2=outline.area_sd_mm2,
        contour=outline.contour_ij,
        share=share,
        corner=corner,
        confidence=outline.confidence,
        note="the outline reaches the border of what was looked at" if outline.touches_edge else "",
    )


def _judged(section: Section, expected: FloatArray, volume: Volume, axis: int, *, is_seed: bool) -> Section:
    """Return the section with what is doubtful in words; one off the course stays at its expected place."""
    plane = list(plane_axes(axis))
    p = nerve_parameters()
    away = (section.centre[plane] - expected) * np.array(volume.spacing_mm)[plane]
    radius = float(np.sqrt(max(section.area_mm2, 0.0) / np.pi))
    notes = [section.note] if section.note else []
    if section.area_mm2 <= 0:
        notes.append("no nerve was found here")
    elif np.hypot(*away) > p["jump_radii"] * radius + p["jump_mm"]:
        notes.append("the outline lies off the course")
        if not is_seed:
            section = replace(section, centre=np.insert(expected, axis, section.slice_index), confidence=0.0)
    if too_coarse := voxels_too_large(section.area_mm2, volume, axis):
        notes.append(too_coarse)
        section = replace(section, confidence=0.0)
    elif section.confidence < p["unsure_below"]:
        notes.append("the outline is unsure")
    return replace(section, note="; ".join(notes))


def voxels_too_large(area_mm2: float, volume: Volume, axis: int) -> str:
    """Return that the voxels are too large for an area found, in words; empty where they are not or nothing was found.

    The limit is measured on simulated nerves (``bench/coarse_voxels.py``): below it areas were wrong by more than 15 %.

    Parameters
    ----------
    area_mm2 : float
        In the plane of the slice.
    volume : Volume
    axis : int
        Index axis that counts the slices.
    """
    if area_mm2 <= 0:
        return ""
    voxel = max(volume.spacing_mm[n] for n in plane_axes(axis))
    across, least = 2 * float(np.sqrt(area_mm2 / np.pi)) / voxel, nerve_parameters()["measured_voxels_across"]
    if across >= least:
        return ""
    return f"voxels too large: the outline is {across:.1f} voxels of {voxel:.1f} mm across, {least:g} are needed"
