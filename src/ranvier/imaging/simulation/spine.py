"""A simulated spine of boxes and ellipses as a label map, with every measure known.

Bodies and discs are boxes, the canal is an elliptic tube behind them, pedicles and articular pillars close foramina of
a known rectangle. A disc may bulge by a parabola of known depth, place and width. The whole may be turned in the image
and sampled by voxels of any shape. Simulated, and called so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.spine.labels import LabelTable
from ranvier.imaging.volume import FloatArray, Volume

_MARGIN_MM = 6.0
_JOINT_MM = 1.0
_CANAL_GAP_MM = 1.0
_BESIDE_CANAL_MM = 3.0
_FACET_MM = 4.0
_PILLAR_MM = 6.0
_WALL_MM = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedBulge:
    """Displaced disc: depth behind the line, place to the right of the middle and width at the line, mm."""

    depth_mm: float
    at_right_mm: float = 0.0
    base_mm: float = 14.0

    @property
    def area_mm2(self) -> float:
        """Area seen from above."""
        return 2 / 3 * self.depth_mm * self.base_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRoot:
    """A root as an upright rod at a level: its middle to the right of the middle and behind the bodies, mm."""

    root: str
    level: str
    at_right_mm: float
    behind_mm: float
    radius_mm: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineSpec:
    """What is drawn; lengths in mm.

    Attributes
    ----------
    vertebrae : tuple of str
        From the head down, neighbours of the label table.
    width_mm, depth_mm, height_mm : float
        Of a body.
    disc_mm : float
        Height of a disc.
    canal_ap_mm, canal_width_mm : float
        Diameters of the canal.
    narrowed : mapping
        Canal diameters at a level as shares of the usual ones.
    cord_mm : float
        Diameter of the round cord in the canal; 0 for none.
    pedicle_width_mm, pedicle_length_mm, pedicle_height_mm : float
        Length is the depth of a foramen.
    short_pedicles : mapping
        Length of the pedicles about the foramina of a level (``L4/L5``) and side, such as ``("L4/L5", "left")``.
    bulges : mapping
        By level.
    foramen_turn_deg : float
        Turn of the foramina forward, about the inner edge of the pedicles; turned ones have a wall of bone in front.
    roots : tuple of SimulatedRoot
        Drawn over everything else; the label table must name them.
    voxel_mm : tuple of float
        Voxel sides along right, front and up of the image.
    turn_deg : tuple of float
        Turns about right, front and up of the image.
    """

    vertebrae: tuple[str, ...] = ("L2", "L3", "L4", "L5")
    width_mm: float = 46.0
    depth_mm: float = 34.0
    height_mm: float = 27.0
    disc_mm: float = 9.0
    canal_ap_mm: float = 15.0
    canal_width_mm: float = 20.0
    narrowed: Mapping[str, float] = field(default_factory=dict)
    cord_mm: float = 0.0
    pedicle_width_mm: float = 9.0
    pedicle_length_mm: float = 9.0
    pedicle_height_mm: float = 14.0
    short_pedicles: Mapping[tuple[str, str], float] = field(default_factory=dict)
    bulges: Mapping[str, SimulatedBulge] = field(default_factory=dict)
    foramen_turn_deg: float = 0.0
    roots: tuple[SimulatedRoot, ...] = ()
    voxel_mm: tuple[float, float, float] = (1.0, 1.0, 1.0)
    turn_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def canal_area_mm2(self) -> float:
        """Area of the canal where nothing narrows it."""
        return float(np.pi / 4 * self.canal_ap_mm * self.canal_width_mm)

    @property
    def foramen_height_mm(self) -> float:
        """Height of a foramen: from the pedicle above to the one below."""
        return self.height_mm - self.pedicle_height_mm + self.disc_mm

    @property
    def foramen_area_mm2(self) -> float:
        """Area of a foramen where the disc does not bulge into it."""
        return self.foramen_height_mm * self.pedicle_length_mm


def draw_spine(spec: SpineSpec, table: LabelTable) -> Volume:
    """Return the label map of a simulated spine; a voxel has the label of its middle.

    Parameters
    ----------
    spec : SpineSpec
    table : mapping
        Numbers of the structures, such as that of TotalSpineSeg.
    """
    affine, shape = _image(spec)
    index = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1).astype(np.float64)
    world = index @ affine[:3, :3].T + affine[:3, 3]
    x, y, z = np.moveaxis(world @ _rotation(spec.turn_deg), -1, 0)
    values = np.zeros(shape, dtype=np.float32)
    _draw_canal(values, (x, y, z), spec, table)
    pitch = spec.height_mm + spec.disc_mm
    for number, vertebra in enumerate(spec.vertebrae):
        height = _top(spec) - number * pitch
        bone = _number(table, "vertebra", vertebra)
        _draw_bone(values, (x, y, z - height), spec, (number, bone))
        if number + 1 < len(spec.vertebrae):
            level = f"{vertebra}/{spec.vertebrae[number + 1]}"
            inside = _disc(x, y, z - height + pitch / 2, spec, spec.bulges.get(level))
            values[inside] = _number(table, "disc", level)
    _draw_roots(values, (x, y, z), spec, table)
    return Volume(values=values, affine=affine)


_Place = tuple[FloatArray, FloatArray, FloatArray]


def _top(spec: SpineSpec) -> float:
    return (len(spec.vertebrae) - 1) * (spec.height_mm + spec.disc_mm) / 2


def _number(table: LabelTable, structure: str, level: str) -> int:
    return next(n for n, label in table.items() if (label.structure, label.level) == (structure, level))


def _image(spec: SpineSpec) -> tuple[FloatArray, tuple[int, int, int]]:
    """Return affine and shape of an image that holds the turned spine with a margin."""
    pillar = (
        spec.canal_width_mm / 2
        + _BESIDE_CANAL_MM
        + spec.pedicle_width_mm
        + (_PILLAR_MM if spec.foramen_turn_deg else 0)
    )
    half = np.array([
        max(spec.width_mm / 2, pillar),
        spec.depth_mm / 2 + spec.canal_ap_mm + _PILLAR_MM,
        _top(spec) + spec.height_mm / 2,
    ])  # fmt: skip
    corners = np.array(np.meshgrid(*([-1, 1],) * 3)).reshape(3, -1).T * half @ _rotation(spec.turn_deg).T
    low, high = corners.min(axis=0) - _MARGIN_MM, corners.max(axis=0) + _MARGIN_MM
    voxel = np.array(spec.voxel_mm)
    shape = np.ceil((high - low) / voxel).astype(int)
    affine = np.diag([*voxel, 1.0])
    affine[:3, 3] = low + 0.37 * voxel
    return affine, (int(shape[0]), int(shape[1]), int(shape[2]))


def _rotation(turn_deg: tuple[float, float, float]) -> FloatArray:
    a, b, c = np.deg2rad(turn_deg)
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x, dtype=np.float64)


def _draw_canal(values: NDArray[np.float32], place: _Place, spec: SpineSpec, table: LabelTable) -> None:
    x, y, z = place
    centre = -spec.depth_mm / 2 - _CANAL_GAP_MM - spec.canal_ap_mm / 2
    scale = np.ones_like(z)
    pitch = spec.height_mm + spec.disc_mm
    for number in range(len(spec.vertebrae) - 1):
        level = f"{spec.vertebrae[number]}/{spec.vertebrae[number + 1]}"
        at = np.abs(z - (_top(spec) - (number + 0.5) * pitch)) <= spec.disc_mm / 2 + _CANAL_GAP_MM
        scale[at] = spec.narrowed.get(level, 1.0)
    distance = (2 * x / spec.canal_width_mm) ** 2 + (2 * (y - centre) / spec.canal_ap_mm) ** 2
    values[distance <= scale**2] = _number(table, "canal", "")
    if spec.cord_mm:
        values[x**2 + (y - centre) ** 2 <= (spec.cord_mm / 2) ** 2] = _number(table, "cord", "")


def _draw_roots(values: NDArray[np.float32], place: _Place, spec: SpineSpec, table: LabelTable) -> None:
    """Draw the roots as rods as high as a vertebra, about the middles of their discs."""
    x, y, z = place
    pitch = spec.height_mm + spec.disc_mm
    for root in spec.roots:
        number = spec.vertebrae.index(root.level.split("/")[0])
        height = _top(spec) - (number + 0.5) * pitch
        away = (x - root.at_right_mm) ** 2 + (y + spec.depth_mm / 2 + root.behind_mm) ** 2
        inside = (away <= root.radius_mm**2) & (np.abs(z - height) <= spec.height_mm / 2)
        values[inside] = _number(table, "root", root.root)


def _draw_bone(values: NDArray[np.float32], place: _Place, spec: SpineSpec, which: tuple[int, int]) -> None:
    """Draw a vertebra with its middle at height 0: body, pedicles, and pillars that reach half way to the next."""
    number, bone = which
    x, y, z = place
    free = values == 0
    body = (np.abs(x) <= spec.width_mm / 2) & (np.abs(y) <= spec.depth_mm / 2) & (np.abs(z) <= spec.height_mm / 2)
    medial = spec.canal_width_mm / 2 + _BESIDE_CANAL_MM
    low = spec.height_mm / 2 - spec.pedicle_height_mm
    pitch = spec.height_mm + spec.disc_mm
    below = z < low + spec.pedicle_height_mm / 2
    for side, sign in (("left", -1), ("right", 1)):
        across, behind, wall = _along_foramen(x * sign - medial, -spec.depth_mm / 2 - y, spec)
        inside = (across >= 0) & (across <= spec.pedicle_width_mm)
        above_length, below_length = (_length(spec, number + n, side) for n in (-1, 0))
        length = np.where(below, below_length, above_length)
        pedicle = inside & (behind >= 0) & (behind <= length) & (z >= low) & (z <= spec.height_mm / 2)
        pillar = (across >= -_FACET_MM) & (across <= spec.pedicle_width_mm)
        pillar &= (behind > length) & (behind <= length + _PILLAR_MM)
        middle = low + spec.pedicle_height_mm / 2
        pillar &= np.abs(z - middle) <= (pitch - _JOINT_MM) / 2
        ahead = inside & wall & (np.abs(z) <= (pitch - _JOINT_MM) / 2)
        values[free & (pedicle | pillar | ahead)] = bone
    values[free & body] = bone


def _along_foramen(
    across: FloatArray, behind: FloatArray, spec: SpineSpec
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Return places along and across the foramina of a side, and where the wall in front of turned ones stands."""
    a = np.deg2rad(spec.foramen_turn_deg)
    along, out = across * np.cos(a) - behind * np.sin(a), across * np.sin(a) + behind * np.cos(a)
    return along, out, (out < 0) & (out >= -_WALL_MM) if a else np.zeros(across.shape, dtype=np.bool_)


def _length(spec: SpineSpec, number: int, side: str) -> float:
    """Return the depth of the foramen below the vertebra of a number."""
    if not 0 <= number < len(spec.vertebrae) - 1:
        return spec.pedicle_length_mm
    level = f"{spec.vertebrae[number]}/{spec.vertebrae[number + 1]}"
    return spec.short_pedicles.get((level, side), spec.pedicle_length_mm)


def _disc(
    x: FloatArray, y: FloatArray, z: FloatArray, spec: SpineSpec, bulge: SimulatedBulge | None
) -> NDArray[np.bool_]:
    depth = np.zeros_like(x)
    if bulge is not None:
        away = 2 * (x - bulge.at_right_mm) / bulge.base_mm
        depth = bulge.depth_mm * np.maximum(1 - away**2, 0)
    inside = (np.abs(x) <= spec.width_mm / 2) & (y <= spec.depth_mm / 2) & (y >= -spec.depth_mm / 2 - depth)
    return np.asarray(inside & (np.abs(z) < spec.disc_mm / 2))
