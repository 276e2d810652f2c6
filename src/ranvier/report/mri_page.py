"""The page of a measured MRI series: per nerve a verdict, its sections with outlines, its course and its profile.

Self-contained HTML; pictures are PNG inside the page. Left and right are as in the stored voxels, and said so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.nerves import ContrastMedian, ContrastSeries, MeasuredNerve, Section, side_differences
from ranvier.imaging.nerves.sections import plane_axes, slice_values
from ranvier.imaging.reading import Series
from ranvier.imaging.volume import Volume
from ranvier.report.environment import page_environment
from ranvier.report.grey_picture import Image, grey_levels, png_address
from ranvier.report.page import style
from ranvier.report.profile_picture import profile_picture

_HALF_MM = 16.0
_PIXELS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thumb:
    """One section as shown: its picture and its outline in picture coordinates."""

    slice: int
    area: str
    note: str
    picture: str
    outline: str
    masses: tuple[str, ...]
    alt: str


def render_mri_page(
    series: Series,
    nerves: Sequence[MeasuredNerve],
    model: Mapping[str, str] | None = None,
    contrasts: Sequence[ContrastSeries] = (),
    medians: Sequence[ContrastMedian] = (),
) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    series : Series
        The image that was measured; of several volumes the first is shown.
    nerves : sequence of MeasuredNerve
    model : mapping, optional
        What is stated of the model that the outlines are from.
    contrasts : sequence of ContrastSeries
        All series of the place, the outlined one first; empty where there is only one.
    medians : sequence of ContrastMedian

    Raises
    ------
    MissingExtraError
        If Pillow is not installed.
    """
    environment, volume = page_environment(), series.volume
    shown = [
        {
            "nerve": n,
            "title": f"{n.report.side.value} {n.report.nerve.replace('_', ' ')}",
            "thumbs": [_thumb(volume, s, n) for s in n.report.sections],
            "wide_mm": 2 * _half_mm(n),
            "course": _course(volume, n),
            "profile": profile_picture(n),
            "contrasts": _on_contrasts(contrasts, medians, n),
        }
        for n in nerves
    ]
    return environment.get_template("mri.html.j2").render(
        style=style(),
        facts=series.facts,
        voxel=volume.spacing_mm,
        shown=shown,
        notes=series.notes,
        sides=side_differences(nerves),
        model=model,
    )


def _on_contrasts(
    contrasts: Sequence[ContrastSeries], medians: Sequence[ContrastMedian], nerve: MeasuredNerve
) -> list[dict[str, object]]:
    """Return the nerve on each series: its medians, and one section with the same outline."""
    mine = [m for m in medians if (m.nerve, m.side) == (nerve.report.nerve, nerve.report.side)]
    if not nerve.report.sections:
        return []
    section = _telling_section(nerve)
    return [
        {"median": m, "thumb": _thumb(one.volume, section, nerve)}
        for one in contrasts
        for m in mine
        if m.series == one.name
    ]


def _telling_section(nerve: MeasuredNerve) -> Section:
    """Return the section at the middle of the largest mass, else the middle one."""
    sections = nerve.report.sections
    largest = max(nerve.masses, key=lambda m: m.volume_mm3, default=None)
    if largest is None:
        return sections[len(sections) // 2]
    middle = (largest.first_slice + largest.last_slice) / 2
    return min(sections, key=lambda s: abs(s.slice_index - middle))


def _thumb(volume: Volume, section: Section, nerve: MeasuredNerve) -> _Thumb:
    axis = nerve.report.slice_axis
    plane = list(plane_axes(axis))
    image = np.nan_to_num(_first(slice_values(volume.values, axis, section.slice_index)))
    spacing = np.array(volume.spacing_mm)[plane]
    centre = section.centre[plane]
    half = _half_mm(nerve)
    patch = _resampled(image, centre, spacing, half)

    def drawn(contour: NDArray[np.float64]) -> str:
        points = ((contour - centre) * spacing + half) * _PIXELS / (2 * half)
        return " ".join(f"{x:.1f},{_PIXELS - y:.1f}" for x, y in points)

    masses = tuple(drawn(c) for m in nerve.masses for at, c in m.contours if at == section.slice_index)
    measured = next(m for m in nerve.report.measurements if m.slice == section.slice_index)
    area = f"{measured.area_mm2:.1f} mm²"
    return _Thumb(
        slice=section.slice_index,
        area=area,
        note=section.note,
        picture=png_address(grey_levels(patch.T[::-1], image)),
        outline=drawn(section.contour),
        masses=masses,
        alt=f"slice {section.slice_index}, {area}{', mass' if masses else ''}"
        f"{', ' + section.note if section.note else ''}",
    )


def _half_mm(nerve: MeasuredNerve) -> float:
    """Return half the width of the pictures: wider where a mass would not fit."""
    largest = max((m.longest_mm for m in nerve.masses), default=0.0)
    return max(_HALF_MM, 0.9 * largest)


def _first(image: Image) -> Image:
    return image[..., 0] if image.ndim == 3 else image


def _resampled(image: Image, centre: NDArray[np.float64], spacing: NDArray[np.float64], half: float) -> Image:
    """Return the surroundings of a point, (_PIXELS, _PIXELS), by nearest voxel so that voxels stay visible."""
    offsets = (np.arange(_PIXELS) + 0.5) / _PIXELS * 2 * half - half
    index = [np.floor(centre[n] + offsets / spacing[n] + 0.5).astype(int) for n in (0, 1)]
    inside = [(i >= 0) & (i < size) for i, size in zip(index, image.shape, strict=True)]
    clipped = [np.clip(i, 0, size - 1) for i, size in zip(index, image.shape, strict=True)]
    both = inside[0][:, None] & inside[1][None, :]
    return np.asarray(np.where(both, image[np.ix_(*clipped)], 0), dtype=np.float32)


def _course(volume: Volume, nerve: MeasuredNerve) -> str:
    """Return the view along the nerve: one row a slice, cut through the centre along the first axis of the plane."""
    axis = nerve.report.slice_axis
    plane = list(plane_axes(axis))
    spacing = np.array(volume.spacing_mm)[plane]
    rows, half = [], _half_mm(nerve)
    for section in nerve.report.sections:
        image = _first(slice_values(volume.values, axis, section.slice_index))
        rows.append(_resampled(image, section.centre[plane], spacing, half)[:, _PIXELS // 2])
    height = max(1, round(volume.spacing_mm[axis] * _PIXELS / (2 * half)))
    strip = np.repeat(np.array(rows)[::-1], height, axis=0)
    return png_address(grey_levels(strip, strip))
