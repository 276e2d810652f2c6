"""Frames of one series, stacked to a volume: slices by place, the fourth axis by what tells images of one place apart.

Nothing is filled in: a gap, an image that is missing at one place, slices that are not evenly spaced or do not lie on
a line are errors. Slices on an oblique line (a tilted gantry) keep their shear in the affine.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.core import UnreadableImageError
from ranvier.imaging.reading.facts import VolumeKind
from ranvier.imaging.reading.frames import Frame
from ranvier.imaging.reading.parameters import load_parameters
from ranvier.imaging.volume import FloatArray

_TO_RAS = np.array([-1.0, -1.0, 1.0])

_KINDS: tuple[VolumeKind | None, ...] = (*VolumeKind, None)
_Contrast = tuple[int, str, float, float]

SamePixels = Callable[[Frame, Frame], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Frames in their order and the affine of the grid.

    Attributes
    ----------
    volumes : tuple of tuple of Frame
        One tuple a volume, with its slices in the order of the third axis.
    affine : ndarray
        (4, 4) voxel index (column, row, slice) to RAS+ mm.
    notes : tuple of str
        What was dropped or is unusual.
    """

    volumes: tuple[tuple[Frame, ...], ...]
    affine: FloatArray
    notes: tuple[str, ...]


def stack(frames: Sequence[Frame], same_pixels: SamePixels) -> Stack:
    """Stack the frames of one series, which share orientation, size and spacing.

    Parameters
    ----------
    frames : sequence of Frame
        In any order.
    same_pixels : callable
        Whether two frames hold the same stored values; asked only about suspected duplicates.

    Raises
    ------
    UnreadableImageError
        If slices are missing, unevenly spaced or not on a line, or if a place lacks one of the images.
    """
    slices = _by_place(frames)
    kept, dropped = _without_duplicates(slices, same_pixels)
    step, notes = _step(kept)
    volumes = _volumes(kept)
    if dropped:
        notes = (f"{dropped} duplicate image{'s were' if dropped > 1 else ' was'} dropped", *notes)
    return Stack(volumes=volumes, affine=_affine(volumes[0][0], step), notes=notes)


def _by_place(frames: Sequence[Frame]) -> list[list[Frame]]:
    normal = frames[0].plane.normal
    ordered = sorted(frames, key=lambda f: float(f.plane.origin_mm @ normal))
    slack = load_parameters()["same_slice"]
    slices: list[list[Frame]] = []
    last = -np.inf
    for frame in ordered:
        place = float(frame.plane.origin_mm @ normal)
        if place - last > slack:
            slices.append([])
            last = place
        slices[-1].append(frame)
    return slices


def _contrast(frame: Frame) -> _Contrast:
    return (
        _KINDS.index(frame.kind),
        frame.dixon or "",
        round(frame.te_ms, 3) if frame.te_ms is not None else -1.0,
        round(frame.ti_ms, 3) if frame.ti_ms is not None else -1.0,
    )


def _without_duplicates(slices: list[list[Frame]], same_pixels: SamePixels) -> tuple[list[list[Frame]], int]:
    counts = Counter(len(images) for images in slices)
    usual = max(counts, key=lambda n: (counts[n], n))
    kept = [_distinct(images, len(images) > usual, same_pixels) for images in slices]
    return kept, sum(map(len, slices)) - sum(map(len, kept))


def _distinct(images: list[Frame], surplus: bool, same_pixels: SamePixels) -> list[Frame]:
    """Return images without copies: of one number or one identity, or any where this place has too many."""
    seen: dict[object, list[Frame]] = defaultdict(list)
    chosen: list[Frame] = []
    for frame in sorted(images, key=lambda f: (_contrast(f), f.order, f.file)):
        alike = _contrast(frame), frame.diffusion
        keys = [(alike, frame.order), (alike, frame.uid, frame.index) if frame.uid else None]
        suspects = seen[alike] if surplus else [other for key in keys if key for other in seen[key]]
        if any(same_pixels(frame, other) for other in suspects):
            continue
        chosen.append(frame)
        for key in (alike, *keys):
            seen[key].append(frame)
    return chosen


def _step(slices: list[list[Frame]]) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the vector from slice to slice in LPS+ mm, and notes."""
    first = slices[0][0]
    normal = first.plane.normal
    if len(slices) == 1:
        if not first.thickness_mm or first.thickness_mm < 0:
            raise UnreadableImageError("the series is one slice and does not state its thickness")
        return first.thickness_mm * normal, ()
    origins = np.array([images[0].plane.origin_mm for images in slices])
    _refuse_gaps(origins @ normal)
    step = (origins[-1] - origins[0]) / (len(slices) - 1)
    known = load_parameters()
    off = np.linalg.norm(origins - origins[0] - np.arange(len(slices))[:, None] * step, axis=1).max()
    slack = max(known["step_spread"] * float(np.linalg.norm(step)), known["same_slice"])
    if off > slack:
        raise UnreadableImageError(
            f"the slices do not lie evenly on a line: one is {off:.2f} mm off its place ({slack:.2f} mm are allowed)"
        )
    return np.asarray(step, dtype=np.float64), _step_notes(step, first)


def _step_notes(step: FloatArray, first: Frame) -> tuple[str, ...]:
    notes = []
    along = float(step @ first.plane.normal)
    tilt_deg = float(np.degrees(np.arccos(min(1.0, along / float(np.linalg.norm(step))))))
    if tilt_deg > load_parameters()["tilt_note"]:
        notes.append(f"the slices are sheared by {tilt_deg:.2f} degrees (a tilted gantry); the affine keeps it")
    return tuple(notes)


def _refuse_gaps(places: FloatArray) -> None:
    gaps = np.diff(places)
    unit = float(gaps.min())
    ratios = gaps / unit
    missing = np.rint(ratios).astype(int) - 1
    if not missing.any() and np.all(np.abs(ratios - 1) <= 2 * load_parameters()["step_spread"]):
        return
    lost = int(missing.sum())
    if lost and np.all(np.abs(ratios - missing - 1) <= 0.1):
        where = ", ".join(
            f"{missing[i]} between slice {i + 1} and {i + 2} (at {places[i]:.1f} and {places[i + 1]:.1f} mm)"
            for i in np.flatnonzero(missing)[:5]
        )
        told = "slice is" if lost == 1 else "slices are"
        raise UnreadableImageError(f"{lost} {told} missing of {len(places) + lost}: {where}")
    raise UnreadableImageError(
        f"the slices are not evenly spaced: {unit:.2f} to {gaps.max():.2f} mm apart; is this more than one series?"
    )


def _volumes(slices: list[list[Frame]]) -> tuple[tuple[Frame, ...], ...]:
    sorted_slices = []
    for images in slices:
        groups: dict[_Contrast, list[Frame]] = defaultdict(list)
        for frame in images:
            groups[_contrast(frame)].append(frame)
        sorted_slices.append(groups)
    kinds = sorted({kind for groups in sorted_slices for kind in groups})
    volumes: list[tuple[Frame, ...]] = []
    for kind in kinds:
        counts = [len(groups[kind]) for groups in sorted_slices]
        if len(set(counts)) > 1:
            short = [i + 1 for i, count in enumerate(counts) if count < max(counts)]
            raise UnreadableImageError(
                f"{len(short)} of {len(counts)} slices lack an image that the others have (echo, b-value or time "
                f"point): {max(counts) * len(counts) - sum(counts)} missing, first at slice {short[0]}"
            )
        columns = [sorted(groups[kind], key=lambda f: f.order) for groups in sorted_slices]
        volumes.extend(_of_one_contrast(columns))
    return tuple(volumes)


def _of_one_contrast(columns: list[list[Frame]]) -> list[tuple[Frame, ...]]:
    volumes = list(zip(*columns, strict=True))
    if all(len({frame.diffusion for frame in volume}) == 1 for volume in volumes):
        return volumes
    by_weight = [
        sorted(column, key=lambda f: (f.diffusion.b_value or 0.0, f.diffusion.vector or (), f.order))
        for column in columns
    ]
    volumes = list(zip(*by_weight, strict=True))
    if all(len({frame.diffusion for frame in volume}) == 1 for volume in volumes):
        return volumes
    raise UnreadableImageError("the slices do not share their b-values and directions; images may be missing")


def _affine(first: Frame, step: FloatArray) -> FloatArray:
    plane = first.plane
    affine = np.eye(4)
    affine[:3, 0] = _TO_RAS * plane.along_row * plane.spacing_mm[1]
    affine[:3, 1] = _TO_RAS * plane.along_column * plane.spacing_mm[0]
    affine[:3, 2] = _TO_RAS * step
    affine[:3, 3] = _TO_RAS * plane.origin_mm
    return affine
