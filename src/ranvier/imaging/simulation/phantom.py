"""A phantom of one nerve in a limb, with everything known: a simulated volume, its seeds and its truth.

A nerve of fascicles runs obliquely through fat between muscles, beside a vessel; it may swell, narrow, be tied like an
hourglass, be pinched (swollen beside narrow), be bright for a stretch, or carry a cyst or mass in or beside it. Signals
follow the equations of spin echo and inversion recovery from a table of tissues; each voxel is the mean over a finer
grid in the plane and over the thickness of its slice (partial volume); noise is Rician. Simulated data, and called so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ranvier.core import UnknownNameError, read_table
from ranvier.imaging.simulation.lesions import Lesion, lesion_of
from ranvier.imaging.simulation.tissues import Timing, spin_echo_signal, varied_tissues
from ranvier.imaging.volume import Volume

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Contrast = Literal["t1", "t2", "stir"]
Kind = Literal[
    "plain",
    "swelling",
    "narrowing",
    "hourglass",
    "entrapment",
    "bright",
    "cyst",
    "pushing_cyst",
    "intraneural_cyst",
    "target_mass",
    "solid_mass",
    "grey_mass",
    "dark_mass",
    "lipoma",
]
CONTRASTS: tuple[Contrast, ...] = get_args(Contrast)
KINDS: tuple[Kind, ...] = get_args(Kind)
_FINE = 3
_LAYERS = 3
_CLEFT_AT = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PhantomSpec:
    """What is drawn; lengths in mm.

    Attributes
    ----------
    kind : str
        One of `KINDS`; what happens is at the middle of the volume.
    contrast : str
        ``t1``, ``t2`` or ``stir``.
    calibre_mm : float
        Diameter of the disc with the area of the nerve.
    flattening : float
        Long over short diameter.
    voxel_mm, slice_mm : float
    slices : int
    tilt_deg : float
        Angle between the nerve and the normal of the slices.
    snr : float
        Signal of muscle over the sd of the noise of each channel.
    vessel : bool
        Whether a vessel touches the nerve.
    bright_vessel : bool
        Whether its blood is bright (slow flow) and not dark.
    mass_mm : float
        Diameter of a cyst or mass in the plane of the slices.
    cleft_mm : float
        Width of a cleft of fat that parts the nerve into two divisions in one sheath (the sciatic nerve is so made);
        it lies a third of a radius off the middle and belongs to the nerve.
    tissue_spread : float
        How much the relaxation times vary about those of the table, sd of the logarithm.
    noise : int
        Numbers the noise: phantoms that differ in contrast and in this alone show one anatomy with noise of their own.
    """

    kind: Kind = "plain"
    contrast: Contrast = "t2"
    calibre_mm: float = 6.0
    flattening: float = 1.4
    voxel_mm: float = 0.5
    slice_mm: float = 3.0
    slices: int = 24
    tilt_deg: float = 10.0
    snr: float = 20.0
    vessel: bool = True
    bright_vessel: bool = False
    mass_mm: float = 14.0
    cleft_mm: float = 0.0
    tissue_spread: float = 0.0
    noise: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Phantom:
    """A simulated volume with its truth.

    Attributes
    ----------
    volume : Volume
    centre : ndarray
        (slices, 3) voxel indices of the middle of the nerve.
    area_mm2 : ndarray
        (slices,) area perpendicular to the nerve.
    share : ndarray
        (I, J, slices) share of each voxel within the nerve; a lesion inside the nerve belongs to it.
    contrast : str
    lesion : Lesion or None
    lesion_share : ndarray
        (I, J, slices) share of each voxel within the lesion.
    """

    volume: Volume
    centre: FloatArray
    area_mm2: FloatArray
    share: NDArray[np.float32]
    lesion: Lesion | None
    lesion_share: NDArray[np.float32]
    contrast: Contrast


@cache
def phantom_timings() -> Mapping[str, Timing]:
    """Return the protocol of each contrast, from ``data/phantom_protocols.csv``."""
    rows = read_table("ranvier.imaging", "phantom_protocols.csv", ("contrast", "tr_ms", "te_ms", "ti_ms"))
    return {
        row["contrast"]: Timing(
            tr_ms=float(row["tr_ms"]), te_ms=float(row["te_ms"]), ti_ms=float(row["ti_ms"]) if row["ti_ms"] else None
        )
        for row in rows
    }


def tissue_signal(tissue: str, contrast: str) -> float:
    """Return the magnitude of a tissue in the protocol of a contrast.

    Raises
    ------
    UnknownNameError
        If there is no such tissue or contrast.
    """
    if contrast not in phantom_timings():
        raise UnknownNameError("contrast", contrast, phantom_timings())
    return spin_echo_signal(tissue, phantom_timings()[contrast])


def draw_phantom(spec: PhantomSpec, seed: int = 0) -> Phantom:
    """Return a phantom; the same seed gives the same one.

    Raises
    ------
    ValueError
        If a length, the SNR or the number of slices is not positive.
    """
    if min(spec.calibre_mm, spec.voxel_mm, spec.slice_mm, spec.snr, spec.slices) <= 0:
        raise ValueError(f"calibre, voxel, slice, snr and slices must be positive (got {spec})")
    rng = np.random.default_rng(seed)
    lesion = lesion_of(spec.kind, spec.mass_mm, spec.calibre_mm)
    room = 2 * spec.mass_mm if lesion else 0.0
    side = int(np.ceil((4 * spec.calibre_mm + 14 + room) / spec.voxel_mm))
    scene = _Scene(spec, side, rng, lesion)
    shape = (side, side, spec.slices)
    share, within = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    signal = np.zeros(shape)
    for index in range(spec.slices):
        for layer in range(_LAYERS):
            z = (index + (layer + 0.5) / _LAYERS - 0.5) * spec.slice_mm
            nerve, mass, level = scene.layer(z)
            share[:, :, index] += nerve / _LAYERS
            within[:, :, index] += mass / _LAYERS
            signal[:, :, index] += level / _LAYERS
    sd = tissue_signal("muscle", spec.contrast) / spec.snr
    rng = rng if spec.noise == 0 else np.random.default_rng([seed, spec.noise])
    noisy = np.abs(signal + sd * (rng.standard_normal(signal.shape) + 1j * rng.standard_normal(signal.shape)))
    affine = np.diag([spec.voxel_mm, spec.voxel_mm, spec.slice_mm, 1.0])
    heights = np.arange(spec.slices, dtype=np.float64) * spec.slice_mm
    return Phantom(
        volume=Volume(values=noisy.astype(np.float32), affine=affine),
        centre=np.column_stack([*(scene.centre(heights) / spec.voxel_mm), np.arange(spec.slices)]),
        area_mm2=scene.area(heights),
        share=share,
        lesion=lesion,
        lesion_share=within,
        contrast=spec.contrast,
    )


class _Scene:
    """The geometry of one phantom."""

    def __init__(self, spec: PhantomSpec, side: int, rng: np.random.Generator, lesion: Lesion | None) -> None:
        self.spec = spec
        self._lesion = lesion
        self._tissues = varied_tissues(spec.tissue_spread, rng.spawn(1)[0])
        self._towards = rng.spawn(1)[0].uniform(0, 2 * np.pi)
        self._side = side
        self._middle = side * spec.voxel_mm / 2
        self._length = spec.slices * spec.slice_mm
        self._heading = rng.uniform(0, 2 * np.pi)
        self._turn = rng.uniform(0, np.pi)
        self._sway = rng.uniform(0.003, 0.01, 2) * self._length
        count = int(np.clip(spec.calibre_mm**2 / 3, 3, 22))
        radius = np.sqrt((np.arange(count) + 0.5) / count) * 0.78
        angle = np.arange(count) * np.pi * (3 - np.sqrt(5)) + rng.uniform(0, 6)
        self._fascicles = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        self._fascicle_radius = 0.62 / np.sqrt(count) * rng.uniform(0.85, 1.1, count)
        self._septa = rng.uniform(0, np.pi, 3)
        fine = (np.arange(side * _FINE) + 0.5) / _FINE - 0.5
        self._x, self._y = np.meshgrid(fine * spec.voxel_mm, fine * spec.voxel_mm, indexing="ij")

    def centre(self, z: FloatArray) -> FloatArray:
        """Return the middle of the nerve at heights `z`, (2, n) mm from the first voxel."""
        course = self._undisturbed(z)
        if self._lesion is None:
            return course
        push = self._lesion.push_at(z - self._length / 2)
        return np.asarray(course - push * np.array([[np.cos(self._towards)], [np.sin(self._towards)]]))

    def _undisturbed(self, z: FloatArray) -> FloatArray:
        along = (z - self._length / 2) * np.tan(np.deg2rad(self.spec.tilt_deg))
        sway = np.sin(2 * np.pi * z / max(self._length, 1.0))
        x = self._middle + along * np.cos(self._heading) + self._sway[0] * sway
        y = self._middle + along * np.sin(self._heading) + self._sway[1] * sway
        return np.stack([x, y])

    def area(self, z: FloatArray) -> FloatArray:
        """Return the area perpendicular to the nerve at heights `z`, mm2."""
        return np.asarray(np.pi * self.spec.calibre_mm**2 / 4 * self._size(z) ** 2)

    def _size(self, z: FloatArray) -> FloatArray:
        """Return the diameter against the usual one."""
        from_middle = (z - self._length / 2) / max(self._length, 1e-9)
        bump = np.exp(-((from_middle / 0.1) ** 2))
        if self.spec.kind == "swelling":
            return np.asarray(1 + 0.45 * bump)
        if self.spec.kind == "narrowing":
            return np.asarray(1 - 0.4 * bump)
        if self.spec.kind == "entrapment":
            before, at = np.exp(-(((from_middle + 0.1) / 0.07) ** 2)), np.exp(-(((from_middle - 0.06) / 0.06) ** 2))
            return np.asarray(1 + 0.45 * before - 0.4 * at)
        if self.spec.kind == "hourglass":
            return np.asarray(
                1 + 0.3 * np.exp(-((from_middle / 0.16) ** 2)) - 0.7 * np.exp(-((from_middle / 0.05) ** 2))
            )
        return np.ones_like(z)

    def layer(self, z: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the share of each voxel within the nerve and the lesion, and its signal without noise, (I, J) each."""
        spec = self.spec
        (cx,), (cy,) = self.centre(np.array([z]))
        dx, dy = self._x - cx, self._y - cy
        stretch = 1 / np.cos(np.deg2rad(spec.tilt_deg))
        radius = spec.calibre_mm / 2 * float(self._size(np.array([z]))[0])
        cos, sin = np.cos(self._turn), np.sin(self._turn)
        heading = (dx * np.cos(self._heading) + dy * np.sin(self._heading)) * (1 / stretch - 1)
        dx, dy = dx + heading * np.cos(self._heading), dy + heading * np.sin(self._heading)
        u, v = (dx * cos + dy * sin) / np.sqrt(spec.flattening), (-dx * sin + dy * cos) * np.sqrt(spec.flattening)
        u, v = u / radius, v / radius
        nerve = u * u + v * v <= 1
        signal = self._surroundings(dx, dy, radius)
        oedema = spec.kind == "bright" and abs(z - self._length / 2) < 0.15 * self._length
        fascicle, between = ("oedematous_nerve",) * 2 if oedema else ("fascicle", "epineurium")
        lesion = self._paint_lesion(signal, z, nerve)
        own = nerve & ~lesion
        signal[own] = self._signal(between)
        for (fu, fv), size in zip(self._fascicles, self._fascicle_radius, strict=True):
            signal[own & ((u - fu) ** 2 + (v - fv) ** 2 < size**2)] = self._signal(fascicle)
        signal[own & (np.abs(u - _CLEFT_AT) * radius * np.sqrt(spec.flattening) < spec.cleft_mm / 2)] = self._signal(
            "fat"
        )
        return self._voxels(nerve.astype(np.float64)), self._voxels(lesion.astype(np.float64)), self._voxels(signal)

    def _paint_lesion(self, signal: FloatArray, z: float, nerve: BoolArray) -> BoolArray:
        """Paint the lesion of one layer; return where it lies and add what wraps it to the nerve, both in place."""
        lesion, from_middle = self._lesion, z - self._length / 2
        if lesion is None or abs(from_middle) >= lesion.half_length_mm:
            return np.zeros(signal.shape, dtype=np.bool_)
        (mx,), (my,) = self._undisturbed(np.array([self._length / 2]))
        away = np.hypot(
            self._x - mx - lesion.offset_mm * np.cos(self._towards),
            self._y - my - lesion.offset_mm * np.sin(self._towards),
        )
        radius = float(lesion.radius_at(np.array([from_middle]))[0])
        within = away <= radius
        if lesion.relation == "inside":
            wrapped = away <= lesion.sheath_at(from_middle)
            signal[wrapped] = self._signal("epineurium")
            nerve |= wrapped
        else:
            within &= ~nerve
        signal[within] = self._signal(lesion.rim)
        core = np.hypot(away, lesion.radius_mm * from_middle / lesion.half_length_mm) <= lesion.radius_mm / 2
        signal[within & core] = self._signal(lesion.core)
        return np.asarray(within)

    def _surroundings(self, dx: FloatArray, dy: FloatArray, radius: float) -> FloatArray:
        """Return muscle, a pad of fat about the nerve, planes of fat, and a vessel."""
        signal = np.full(dx.shape, self._signal("muscle"))
        fat = self._signal("fat")
        for angle in self._septa:
            signal[np.abs(dx * np.sin(angle) - dy * np.cos(angle)) < 0.5] = fat
        signal[dx**2 + dy**2 < (2.2 * radius + 1) ** 2] = fat
        if self.spec.vessel:
            far = 1.25 * radius * np.sqrt(self.spec.flattening) + 1.2
            vessel = (dx + far * np.cos(self._turn + 2)) ** 2 + (dy + far * np.sin(self._turn + 2)) ** 2 < 1.2**2
            signal[vessel] = self._signal("vein" if self.spec.bright_vessel else "vessel")
        return signal

    def _signal(self, tissue: str) -> float:
        return spin_echo_signal(tissue, phantom_timings()[self.spec.contrast], self._tissues)

    def _voxels(self, fine: FloatArray) -> FloatArray:
        n = self._side
        return np.asarray(fine.reshape(n, _FINE, n, _FINE).mean(axis=(1, 3)))
