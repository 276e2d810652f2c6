"""A phantom of one nerve in a limb, with everything known: a simulated volume, its seeds and its truth.

A nerve of fascicles runs obliquely through fat between muscles, beside a vessel; it may swell, narrow, be tied like an
hourglass, or carry a cyst. Signals follow the equations of spin echo and inversion recovery from a table of tissues;
each voxel is the mean over a finer grid in the plane and over the thickness of its slice (partial volume); noise is
Rician. Simulated data, and called so.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ranvier.core import UnknownNameError, read_table
from ranvier.imaging.volume import Volume

FloatArray = NDArray[np.float64]
Contrast = Literal["t1", "t2", "stir"]
Kind = Literal["plain", "swelling", "narrowing", "hourglass", "cyst"]
CONTRASTS: tuple[Contrast, ...] = get_args(Contrast)
KINDS: tuple[Kind, ...] = get_args(Kind)
_FINE = 3
_LAYERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PhantomSpec:
    """What is drawn; lengths in mm.

    Attributes
    ----------
    kind : str
        ``plain``, ``swelling``, ``narrowing``, ``hourglass`` or ``cyst``, at the middle of the volume.
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
        (I, J, slices) share of each voxel within the nerve.
    """

    volume: Volume
    centre: FloatArray
    area_mm2: FloatArray
    share: NDArray[np.float32]


@cache
def _tissues() -> dict[str, tuple[float, float, float]]:
    rows = read_table("ranvier.imaging", "tissues.csv", ("tissue", "pd", "t1_ms", "t2_ms", "status", "source"))
    return {row["tissue"]: (float(row["pd"]), float(row["t1_ms"]), float(row["t2_ms"])) for row in rows}


@cache
def _protocols() -> dict[str, tuple[float, float, float]]:
    rows = read_table("ranvier.imaging", "phantom_protocols.csv", ("contrast", "tr_ms", "te_ms", "ti_ms"))
    return {row["contrast"]: (float(row["tr_ms"]), float(row["te_ms"]), float(row["ti_ms"] or 0)) for row in rows}


def tissue_signal(tissue: str, contrast: str) -> float:
    """Return the magnitude of a tissue by spin echo, or by inversion recovery where the protocol has a TI.

    ``S = PD (1 - exp(-TR/T1)) exp(-TE/T2)`` and ``S = PD |1 - 2 exp(-TI/T1) + exp(-TR/T1)| exp(-TE/T2)``.

    Raises
    ------
    UnknownNameError
        If there is no such tissue or contrast.
    """
    if tissue not in _tissues():
        raise UnknownNameError("tissue", tissue, _tissues())
    if contrast not in _protocols():
        raise UnknownNameError("contrast", contrast, _protocols())
    (pd, t1, t2), (tr, te, ti) = _tissues()[tissue], _protocols()[contrast]
    longitudinal = abs(1 - 2 * np.exp(-ti / t1) + np.exp(-tr / t1)) if ti else 1 - np.exp(-tr / t1)
    return float(pd * longitudinal * np.exp(-te / t2))


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
    side = int(np.ceil((4 * spec.calibre_mm + 14) / spec.voxel_mm))
    scene = _Scene(spec, side, rng)
    share, signal = np.zeros((side, side, spec.slices), dtype=np.float32), np.zeros((side, side, spec.slices))
    for index in range(spec.slices):
        for layer in range(_LAYERS):
            z = (index + (layer + 0.5) / _LAYERS - 0.5) * spec.slice_mm
            nerve, level = scene.layer(z)
            share[:, :, index] += nerve / _LAYERS
            signal[:, :, index] += level / _LAYERS
    sd = tissue_signal("muscle", spec.contrast) / spec.snr
    noisy = np.abs(signal + sd * (rng.standard_normal(signal.shape) + 1j * rng.standard_normal(signal.shape)))
    affine = np.diag([spec.voxel_mm, spec.voxel_mm, spec.slice_mm, 1.0])
    heights = np.arange(spec.slices, dtype=np.float64) * spec.slice_mm
    return Phantom(
        volume=Volume(values=noisy.astype(np.float32), affine=affine),
        centre=np.column_stack([*(scene.centre(heights) / spec.voxel_mm), np.arange(spec.slices)]),
        area_mm2=scene.area(heights),
        share=share,
    )


class _Scene:
    """The geometry of one phantom."""

    def __init__(self, spec: PhantomSpec, side: int, rng: np.random.Generator) -> None:
        self.spec = spec
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
        if self.spec.kind == "hourglass":
            return np.asarray(
                1 + 0.3 * np.exp(-((from_middle / 0.16) ** 2)) - 0.7 * np.exp(-((from_middle / 0.05) ** 2))
            )
        return np.ones_like(z)

    def layer(self, z: float) -> tuple[FloatArray, FloatArray]:
        """Return the share of each voxel within the nerve and its signal without noise, (I, J) each."""
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
        if spec.kind == "cyst" and abs(z - self._length / 2) < 0.12 * self._length:
            signal[(dx - 1.6 * radius) ** 2 + dy**2 < (0.7 * radius) ** 2] = tissue_signal("fluid", spec.contrast)
        signal[nerve] = tissue_signal("epineurium", spec.contrast)
        for (fu, fv), size in zip(self._fascicles, self._fascicle_radius, strict=True):
            signal[nerve & ((u - fu) ** 2 + (v - fv) ** 2 < size**2)] = tissue_signal("fascicle", spec.contrast)
        return self._voxels(nerve.astype(np.float64)), self._voxels(signal)

    def _surroundings(self, dx: FloatArray, dy: FloatArray, radius: float) -> FloatArray:
        """Return muscle, a pad of fat about the nerve, planes of fat, and a vessel."""
        contrast = self.spec.contrast
        signal = np.full(dx.shape, tissue_signal("muscle", contrast))
        fat = tissue_signal("fat", contrast)
        for angle in self._septa:
            signal[np.abs(dx * np.sin(angle) - dy * np.cos(angle)) < 0.5] = fat
        signal[dx**2 + dy**2 < (2.2 * radius + 1) ** 2] = fat
        if self.spec.vessel:
            far = 1.25 * radius * np.sqrt(self.spec.flattening) + 1.2
            vessel = (dx + far * np.cos(self._turn + 2)) ** 2 + (dy + far * np.sin(self._turn + 2)) ** 2 < 1.2**2
            signal[vessel] = tissue_signal("vessel", contrast)
        return signal

    def _voxels(self, fine: FloatArray) -> FloatArray:
        n = self._side
        return np.asarray(fine.reshape(n, _FINE, n, _FINE).mean(axis=(1, 3)))
