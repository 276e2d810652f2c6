"""Pictures of a measured nerve: its sections, where it lies in the body part, and two cuts along it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.nerves import MeasuredNerve, Section
from ranvier.imaging.nerves.sections import plane_axes, slice_values
from ranvier.imaging.volume import Volume
from ranvier.report.grey_picture import Image, grey_levels, png_address
from ranvier.report.orientation import Field, Orientation, ends_along, orientation_of

FloatArray = NDArray[np.float64]
_HALF_MM = 16.0
_SECTION_PIXELS = 176
_OVERVIEW_PIXELS = 420
_COURSE_PIXELS = 420
_THICK = 1.5
_BODY, _LEAST_BODY, _MARGIN = 0.1, 0.02, 4
_FEWEST_FOR_COURSE = 5
_AT_ONCE = 12
_UP = ("S", "A", "R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A line or outline on a picture: its points as SVG text, and whether it is closed."""

    points: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A grey picture with what is drawn on it.

    Attributes
    ----------
    address : str
        Data address of the PNG.
    wide, high : int
        Pixels.
    shapes : tuple of Shape
        Kinds: ``nerve``, ``mass``, ``course``, ``box`` and ``edge``.
    ends : tuple of str
        Side of the patient at its left, right, top and bottom.
    title, note, alt : str
    """

    address: str
    wide: int
    high: int
    shapes: tuple[Shape, ...]
    ends: tuple[str, str, str, str]
    title: str
    note: str
    alt: str


def half_mm(nerve: MeasuredNerve) -> float:
    """Return half the width of the pictures of sections: wider where a mass or the nerve would not fit."""
    largest = max((m.longest_mm for m in nerve.masses), default=0.0)
    longest = max((m.long_mm for m in nerve.report.measurements if np.isfinite(m.long_mm)), default=0.0)
    return max(_HALF_MM, 0.9 * largest, 0.8 * longest)


def short_note(note: str) -> str:
    """Return a note without its numbers.

    >>> short_note("voxels too large: the outline is 1.6 voxels across; the outline is unsure")
    'voxels too large; the outline is unsure'
    """
    return "; ".join(part.split(":")[0].strip() for part in note.split(";") if part.strip())


def section_pictures(
    volume: Volume, nerve: MeasuredNerve, sections: Sequence[Section] | None = None
) -> tuple[Picture, ...]:
    """Return the sections of a nerve with their outlines, all with the same grey scale.

    Parameters
    ----------
    volume : Volume
    nerve : MeasuredNerve
    sections : sequence of Section, optional
        All, if not given.
    """
    shown = nerve.report.sections if sections is None else sections
    axis, half = nerve.report.slice_axis, half_mm(nerve)
    orientation = orientation_of(volume, axis)
    fields = [_field_about(volume, axis, s, orientation, half) for s in shown]
    patches = [f.sample(_first(volume, axis, s.slice_index)) for f, s in zip(fields, shown, strict=True)]
    scale = np.stack(patches) if patches else np.zeros((1, 1), dtype=np.float32)
    measured = {m.slice: m for m in nerve.report.measurements}
    out = []
    for section, field, patch in zip(shown, fields, patches, strict=True):
        masses = [c for m in nerve.masses for at, c in m.contours if at == section.slice_index]
        area = f"{measured[section.slice_index].area_mm2:.1f} mm²"
        shapes = [_shape(field, section.contour, "nerve")] if len(section.contour) else []
        wide, high = field.pixels
        note = measured[section.slice_index].note
        out.append(
            Picture(
                address=png_address(grey_levels(patch, scale)),
                wide=wide,
                high=high,
                shapes=(*shapes, *(_shape(field, c, "mass") for c in masses)),
                ends=_ends(orientation),
                title=f"Slice {section.slice_index}: {area}",
                note=short_note(note),
                alt=f"slice {section.slice_index}, {area}{', mass' if masses else ''}{', ' + note if note else ''}",
            )
        )
    return tuple(out)


def telling_section(nerve: MeasuredNerve) -> Section:
    """Return the section at the middle of the largest mass, else that at the largest change, else the middle one."""
    sections = nerve.report.sections
    spans = [(m.first_slice, m.last_slice) for m in sorted(nerve.masses, key=lambda m: -m.volume_mm3)]
    spans += [(c.first_slice, c.last_slice) for c in sorted(nerve.changes, key=lambda c: -abs(np.log(c.ratio)))]
    if not spans:
        return sections[len(sections) // 2]
    middle = sum(spans[0]) / 2
    return min(sections, key=lambda s: abs(s.slice_index - middle))


def sections_at_once(nerve: MeasuredNerve) -> tuple[Section, ...]:
    """Return the sections that are shown at once: all where they are few, else those that tell and some between."""
    sections = nerve.report.sections
    if len(sections) <= _AT_ONCE + 2:
        return sections
    area = [m.area_mm2 for m in nerve.report.measurements]
    first = sections[0].slice_index
    chosen = {0, len(sections) - 1, int(np.argmax(area)), int(np.argmin(area))}
    spans = [(m.first_slice, m.last_slice) for m in nerve.masses] + [
        (c.first_slice, c.last_slice) for c in nerve.changes
    ]
    for low, high in spans:
        if len(chosen) < _AT_ONCE:
            chosen.add(int(np.clip((low + high) // 2 - first, 0, len(sections) - 1)))
    for one in np.linspace(0, len(sections) - 1, _AT_ONCE).round().astype(int):
        if len(chosen) < _AT_ONCE:
            chosen.add(int(one))
    return tuple(sections[n] for n in sorted(chosen))


def runs_within_slices(volume: Volume, nerve: MeasuredNerve) -> bool:
    """Tell whether a nerve runs within the acquired thick slices, so that its sections are cut across them."""
    return _thick_axis(volume, nerve) != nerve.report.slice_axis


def _thick_axis(volume: Volume, nerve: MeasuredNerve) -> int:
    spacing = np.array(volume.spacing_mm)
    return int(spacing.argmax()) if spacing.max() > _THICK * np.median(spacing) else nerve.report.slice_axis


def overview_picture(volume: Volume, nerve: MeasuredNerve) -> Picture | None:
    """Return where the nerve lies: a whole slice as it was acquired, with the nerve; None where there is no section.

    A nerve that runs within thick slices is drawn as a line on one of them, any other as its outline on the telling
    slice, in a box of what the sections show.
    """
    if not nerve.report.sections:
        return None
    spacing = np.array(volume.spacing_mm)
    thick = _thick_axis(volume, nerve)
    within = runs_within_slices(volume, nerve)
    axes = list(plane_axes(thick))
    shape = np.array(volume.values.shape[:3])
    orientation = orientation_of(volume, thick)
    section = telling_section(nerve)
    index = int(np.clip(round(section.centre[thick]), 0, shape[thick] - 1)) if within else section.slice_index
    low, high = _body(_first(volume, thick, index), section.centre[axes], half_mm(nerve) / spacing[axes])
    extent = (high - low) * spacing[axes]
    field = Field(
        orientation=orientation,
        centre=(low + high - 1) / 2,
        spacing_mm=spacing[axes],
        wide_mm=float(extent[orientation.across]),
        high_mm=float(extent[orientation.down]),
        pixels_per_mm=_OVERVIEW_PIXELS / float(extent.max()),
    )
    image = field.sample(_first(volume, thick, index))
    shapes = _course_line(field, nerve, axes) if within else _boxed(field, nerve, section)
    columns, rows = field.pixels
    what = "the line is the course of the nerve" if within else "the box is what the sections show"
    return Picture(
        address=png_address(grey_levels(image, image)),
        wide=columns,
        high=rows,
        shapes=shapes,
        ends=_ends(orientation),
        title=f"Slice {index} as acquired: {what}",
        note="",
        alt=f"whole slice {index}",
    )


def _body(image: Image, centre: FloatArray, reach: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the first index and the one after the last of what holds signal and of what the sections show, (2,)."""
    held = image > _BODY * np.percentile(image, 99)
    low, high = np.zeros(2), np.array(image.shape, dtype=np.float64)
    for n in (0, 1):
        used = np.flatnonzero(held.mean(axis=1 - n) > _LEAST_BODY)
        if len(used):
            low[n] = max(min(used[0], np.floor(centre[n] - reach[n])) - _MARGIN, 0)
            high[n] = min(max(used[-1], np.ceil(centre[n] + reach[n])) + 1 + _MARGIN, image.shape[n])
    return low, high


def course_pictures(volume: Volume, nerve: MeasuredNerve) -> tuple[Picture, ...]:
    """Return two cuts along the nerve at right angles, straightened; none where there are too few sections.

    One row a slice, cut through the centre of the nerve; the lines are the edges of its outline.
    """
    if len(nerve.report.sections) < _FEWEST_FOR_COURSE:
        return ()
    orientation = orientation_of(volume, nerve.report.slice_axis)
    return tuple(_cut(volume, nerve, orientation, plane) for plane in (orientation.across, orientation.down))


def _cut(volume: Volume, nerve: MeasuredNerve, orientation: Orientation, plane: int) -> Picture:
    """Return the cut along the nerve that one axis of its slices spans."""
    sections, axis, half = nerve.report.sections, nerve.report.slice_axis, half_mm(nerve)
    is_across = plane == orientation.across
    ends = (orientation.left, orientation.right) if is_across else (orientation.top, orientation.bottom)
    sign = orientation.to_right if is_across else orientation.to_foot
    low_end, high_end = ends_along(volume, axis)
    upwards = high_end in _UP
    first, last = sections[0].slice_index, sections[-1].slice_index
    place = [(last - s.slice_index if upwards else s.slice_index - first) + 0.5 for s in sections]
    rows = np.zeros((last - first + 1, _SECTION_PIXELS), dtype=np.float32)
    for at, section in zip(place, sections, strict=True):
        field = _field_about(volume, axis, section, orientation, half)
        patch = field.sample(_first(volume, axis, section.slice_index))
        rows[int(at)] = patch[patch.shape[0] // 2] if is_across else patch[:, patch.shape[1] // 2]
    per_mm = _SECTION_PIXELS / (2 * half)
    spacing = volume.spacing_mm[axis]
    row_pixels = max(1.0, min(per_mm, _COURSE_PIXELS / (len(rows) * spacing)) * spacing)
    height = round(len(rows) * row_pixels)
    picked = np.minimum((np.arange(height) / row_pixels).astype(int), len(rows) - 1)
    edges = [_crossings(s, plane, sign, volume, axis) for s in sections]
    return Picture(
        address=png_address(grey_levels(rows[picked], rows[[int(p) for p in place]])),
        wide=_SECTION_PIXELS,
        high=height,
        shapes=_edge_lines(edges, [p * row_pixels for p in place], per_mm, half),
        ends=(*ends, *((high_end, low_end) if upwards else (low_end, high_end))),
        title=f"slices {last} (top) to {first}" if upwards else f"slices {first} (top) to {last}",
        note="",
        alt=f"cut along the nerve, {ends[0]} to {ends[1]}",
    )


def _ends(o: Orientation) -> tuple[str, str, str, str]:
    return o.left, o.right, o.top, o.bottom


def _first(volume: Volume, axis: int, index: int) -> Image:
    """Return a slice of the first volume without unknown voxels."""
    image = slice_values(volume.values, axis, index)
    return np.nan_to_num(image[..., 0] if image.ndim == 3 else image)


def _field_about(volume: Volume, axis: int, section: Section, orientation: Orientation, half: float) -> Field:
    plane = list(plane_axes(axis))
    return Field(
        orientation=orientation,
        centre=section.centre[plane],
        spacing_mm=np.array(volume.spacing_mm)[plane],
        wide_mm=2 * half,
        high_mm=2 * half,
        pixels_per_mm=_SECTION_PIXELS / (2 * half),
    )


def _shape(field: Field, index: FloatArray, kind: str) -> Shape:
    return Shape(points=" ".join(f"{x:.1f},{y:.1f}" for x, y in field.points(index)), kind=kind)


def _course_line(field: Field, nerve: MeasuredNerve, axes: list[int]) -> tuple[Shape, ...]:
    return (_shape(field, np.array([s.centre[axes] for s in nerve.report.sections]), "course"),)


def _boxed(field: Field, nerve: MeasuredNerve, section: Section) -> tuple[Shape, ...]:
    plane = list(plane_axes(nerve.report.slice_axis))
    reach = half_mm(nerve) / field.spacing_mm
    corners = section.centre[plane] + np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * reach
    nerve_shape = [_shape(field, section.contour, "nerve")] if len(section.contour) else []
    masses = [_shape(field, c, "mass") for m in nerve.masses for at, c in m.contours if at == section.slice_index]
    return (*nerve_shape, *masses, _shape(field, corners, "box"))


def _crossings(section: Section, plane: int, sign: int, volume: Volume, axis: int) -> tuple[float, float] | None:
    """Return where the outline crosses the cut, mm from the centre towards the right of the picture."""
    if len(section.contour) < 3:
        return None
    axes = list(plane_axes(axis))
    spacing = np.array(volume.spacing_mm)[axes]
    away = (section.contour - section.centre[axes]) * spacing
    along, beside = sign * away[:, plane], away[:, 1 - plane]
    next_along, next_beside = np.roll(along, -1), np.roll(beside, -1)
    crossed = (beside <= 0) != (next_beside <= 0)
    if not crossed.any():
        return None
    step = np.where(crossed, next_beside - beside, 1.0)
    at = (along - beside * (next_along - along) / step)[crossed]
    return float(at.min()), float(at.max())


def _edge_lines(
    edges: Sequence[tuple[float, float] | None], rows: Sequence[float], per_mm: float, half: float
) -> tuple[Shape, ...]:
    out = []
    for side in (0, 1):
        points = [
            f"{(edge[side] + half) * per_mm:.1f},{y:.1f}"
            for edge, y in zip(edges, rows, strict=True)
            if edge is not None
        ]
        if points:
            out.append(Shape(points=" ".join(points), kind="edge"))
    return tuple(out)
