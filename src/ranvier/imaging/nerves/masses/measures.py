"""Size, evenness and target sign of one region: numbers only, nothing about the nerve."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.imaging.contours import longest_contour
from ranvier.imaging.nerves.masses.records import mass_parameters
from ranvier.imaging.nerves.masses.regions import Block, Region

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
_ANGLES = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Extents of a region in mm; `fill` is its area over the rectangle of its diameters in its largest slice."""

    longest_mm: float
    shortest_mm: float
    length_mm: float
    wide_mm: float
    narrow_mm: float
    volume_mm3: float
    fill: float
    slices: tuple[int, ...]
    largest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Signal within a region; `core_to_rim` is None where too few voxels lie across it."""

    signal: float
    around: float | None
    evenness: float
    core_to_rim: float | None


def size_of(region: Region, block: Block) -> Size | None:
    """Return the extents of a region, None where nothing is left of it."""
    areas = region.share.sum(axis=(0, 1)) * block.spacing_mm[0] * block.spacing_mm[1]
    if not region.mask.any():
        return None
    largest = int(areas.argmax())
    contour = longest_contour(region.share[..., largest], 0.5)
    if len(contour) < 3:
        return None
    wide, narrow = _diameters(contour * block.spacing_mm[:2])
    used = np.flatnonzero(region.mask.any(axis=(0, 1)))
    length = _length(areas, float(block.spacing_mm[2]))
    return Size(
        longest_mm=max(wide, length),
        shortest_mm=min(narrow, length),
        length_mm=length,
        wide_mm=wide,
        narrow_mm=narrow,
        volume_mm3=float(areas.sum() * block.spacing_mm[2]),
        fill=float(areas[largest] / (wide * narrow)),
        slices=tuple(int(n) for n in used),
        largest=largest,
    )


def _length(areas_mm2: FloatArray, slice_mm: float) -> float:
    """Return the length across the slices: of an ellipsoid with the same spread of volume, the slice taken off."""
    at = np.arange(len(areas_mm2)) * slice_mm
    middle = (areas_mm2 * at).sum() / areas_mm2.sum()
    spread = (areas_mm2 * (at - middle) ** 2).sum() / areas_mm2.sum() - slice_mm**2 / 12
    return max(float(2 * np.sqrt(5 * max(spread, 0.0))), slice_mm)


def _diameters(points_mm: FloatArray) -> tuple[float, float]:
    """Return the longest diameter of a closed contour and the one across it."""
    angle = np.arange(_ANGLES) * np.pi / _ANGLES
    along = points_mm @ np.stack([np.cos(angle), np.sin(angle)])
    widths = along.max(axis=0) - along.min(axis=0)
    longest = int(widths.argmax())
    return float(widths[longest]), float(widths[(longest + _ANGLES // 2) % _ANGLES])


def inside_of(region: Region, block: Block, size: Size) -> Inside:
    """Return the signal within a region."""
    p = mass_parameters()
    depth = np.zeros(region.mask.shape)
    for n in size.slices:
        depth[..., n] = ndimage.distance_transform_edt(region.mask[..., n], sampling=block.spacing_mm[:2])
    margin = max(float(block.spacing_mm[:2].max()), p["smooth_mm"]) * 1.5
    full = _not_at_ends(region.mask, size)
    core = full & (depth > margin)
    core = core if core.any() else region.mask
    values = block.smoothed[core]
    ring = ndimage.binary_dilation(region.mask, _disc(), iterations=4) & ~ndimage.binary_dilation(
        region.mask, _disc(), iterations=2
    )
    ring &= ~block.nerve
    return Inside(
        signal=float(np.median(values)),
        around=float(np.median(block.smoothed[ring])) if ring.any() else None,
        evenness=float(1.4826 * np.median(np.abs(values - np.median(values))) / max(float(np.median(values)), 1e-9)),
        core_to_rim=_core_to_rim(block, depth, size, margin),
    )


def _disc() -> BoolArray:
    return np.array(ndimage.generate_binary_structure(2, 1)[..., None], dtype=np.bool_)


def _not_at_ends(mask: BoolArray, size: Size) -> BoolArray:
    """Return the mask without its first and last slice where it has others: those are filled in part."""
    out = mask.copy()
    if len(size.slices) > 2:
        out[..., [size.slices[0], size.slices[-1]]] = False
    return out


def _core_to_rim(block: Block, depth: FloatArray, size: Size, margin: float) -> float | None:
    """Return the lowest signal of the centre over the rim in the slices about the largest one."""
    p = mass_parameters()
    if size.narrow_mm < p["target_voxels"] * block.spacing_mm[:2].max():
        return None
    ratios = []
    for n in size.slices:
        deepest = float(depth[..., n].max())
        core = depth[..., n] >= max(p["target_core"], 0.0) * deepest
        rim = (depth[..., n] > min(margin, 0.25 * deepest)) & (depth[..., n] < 0.45 * deepest)
        if abs(n - size.largest) <= 1 and core.any() and rim.any():
            ratios.append(float(np.median(block.smoothed[..., n][core]) / np.median(block.smoothed[..., n][rim])))
    return min(ratios) if ratios else None
