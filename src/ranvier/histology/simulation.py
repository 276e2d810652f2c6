"""Sections with known fibres: packed outlines, sheaths, gaps, debris, blur and noise.

They are what the section reader was set on and is tested on. They are drawings, not tissue: fibres are smooth closed
curves, everything else in the section is blobs, lines and texture, and the ranges below are wide on purpose so that
no one stain or microscope is imitated closely.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ranvier.histology.parameters import SectionModality, segmentation_settings

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]

TRIES = 40
HARMONICS = 5
SMALLEST_UM: dict[str, float] = {"bright_field": 1.6, "sem": 0.8, "tem": 0.8}
LARGEST_UM = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedSection:
    """A picture with its truth; label ``i`` of `axons` and of `myelin` is the same fibre.

    `image` is ``(rows, columns) uint8``, `axons` and `myelin` are ``(rows, columns) int32``, 0 outside.
    """

    image: NDArray[np.uint8]
    axons: Labels
    myelin: Labels
    pixel_um: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Grey levels and optics of one section, on a scale where 0 is empty and 1 is the best stained myelin."""

    axon: float
    ground: float
    myelin: float
    spread: float
    texture: float
    blur_um: float
    noise: float
    shading: float
    debris: int
    cells: int
    processes: int
    fill: float
    waves: float
    smallest_um: float
    sheath_least_um: float


def simulate_section(
    modality: SectionModality, *, seed: int, shape: tuple[int, int] = (400, 400), pixel_um: float = 0.15
) -> SimulatedSection:
    """Draw a section whose fibres are known.

    Parameters
    ----------
    modality : {"bright_field", "sem", "tem"}
        Decides whether myelin is dark or bright.
    seed : int
        Seed of everything that is drawn by chance, the look of the section included.
    shape : tuple of int
        Rows and columns.
    pixel_um : float
        Side of a pixel in micrometres.

    Examples
    --------
    >>> section = simulate_section("bright_field", seed=2, shape=(200, 200), pixel_um=0.2)
    >>> section.image.shape, bool(section.axons.max() > 5)
    ((200, 200), True)
    """
    rng = np.random.default_rng(seed)
    look = _draw_look(rng, modality)
    axons, myelin = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    scene = _ground(rng, shape, look, pixel_um)
    taken = _voids(rng, scene, look, pixel_um)
    levels = _pack(rng, axons, myelin, taken, look, pixel_um)
    free = (axons == 0) & (myelin == 0)
    _debris(rng, scene, free, look, pixel_um)
    _cells(rng, scene, free, look, pixel_um)
    scene = np.where(myelin > 0, levels[0][myelin], scene)
    scene = np.where(axons > 0, levels[1][axons], scene)
    scene += np.where(axons > 0, 0.5, 0.25) * look.texture * _cloud(rng, shape, 0.3 / pixel_um)
    _inclusions(rng, scene, axons, pixel_um)
    _vacuoles(rng, scene, myelin, pixel_um)
    seen = ndimage.gaussian_filter(scene, look.blur_um / pixel_um)
    rows, columns = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    tilt = rng.normal(0, look.shading, 2)
    seen = seen * (1 + tilt[0] * rows + tilt[1] * columns) + 0.3 * (tilt[0] * columns + tilt[1] * rows)
    seen += rng.normal(0, look.noise, shape) * np.sqrt(np.clip(seen, 0.05, None))
    span = rng.uniform(0.55, 0.9)
    grey = rng.uniform(0.02, 0.95 - span) + span * seen
    if not segmentation_settings(modality).myelin_bright:
        grey = 1 - grey
    if modality == "bright_field":
        light = np.clip(grey, 0, 1)
        grey = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    image = np.clip(np.rint(grey * 255), 0, 255).astype(np.uint8)
    return SimulatedSection(image=image, axons=axons, myelin=myelin, pixel_um=pixel_um)


def _draw_look(rng: np.random.Generator, modality: SectionModality) -> _Look:
    light = modality == "bright_field"
    return _Look(
        axon=rng.uniform(0.0, 0.15) if light else rng.uniform(0.0, 0.3),
        ground=rng.uniform(0.0, 0.15) if light else rng.uniform(0.0, 0.5),
        myelin=rng.uniform(0.75, 0.95),
        spread=rng.uniform(0.02, 0.06) if light else rng.uniform(0.03, 0.15),
        texture=rng.uniform(0.02, 0.12) if light else rng.uniform(0.03, 0.25),
        blur_um=rng.uniform(0.08, 0.23) if light else rng.uniform(0.05, 0.2),
        noise=rng.uniform(0.01, 0.05) if light else rng.uniform(0.03, 0.2),
        shading=rng.uniform(0, 0.1),
        debris=int(rng.integers(5, 40)),
        cells=int(rng.integers(20, 160)) if light else 0,
        processes=int(rng.integers(0, 600)),
        fill=rng.uniform(0.02, 0.8),
        waves=rng.uniform(0.05, 0.14) if light else 0.06,
        smallest_um=SMALLEST_UM[modality],
        sheath_least_um=0.25 if light else 0.05,
    )


def _pack(
    rng: np.random.Generator,
    axons: Labels,
    myelin: Labels,
    taken: NDArray[np.bool_],
    look: _Look,
    pixel_um: float,
) -> tuple[Floats, Floats]:
    """Draw fibres, the largest first, many of them pushed against a neighbour; return their grey levels."""
    rows, columns = axons.shape
    area_um2 = rows * columns * pixel_um**2
    middle, sigma = rng.uniform(1.6, 5.0), rng.uniform(0.3, 0.6)
    count = int(2.5 * look.fill * area_um2 / (np.pi / 4 * middle**2 * np.exp(2 * sigma**2)))
    drawn = rng.lognormal(np.log(middle), sigma, count)
    diameters = np.sort(drawn[(drawn > look.smallest_um) & (drawn < LARGEST_UM)])[::-1]
    sheath, core = [0.0], [0.0]
    g_middle = rng.uniform(0.5, 0.7)
    g_slope = rng.uniform(-0.02, 0.01)
    for diameter in diameters:
        outline = _Outline.draw(rng, diameter / 2 / pixel_um, look.waves)
        centre = _place(rng, outline, taken)
        if centre is None:
            continue
        thinnest = 1 - 2 * look.sheath_least_um / diameter
        g = float(np.clip(rng.normal(g_middle + g_slope * (diameter - middle), 0.06), 0.3, min(0.85, thinnest)))
        inner = outline.shrunk(rng, g)
        window, fibre = outline.stamp(centre, taken.shape)
        _, axon = inner.stamp(centre, taken.shape, window)
        name = len(sheath)
        free = fibre & ~taken[window]
        axons[window][free & axon] = name
        myelin[window][free & ~axon] = name
        taken[window] |= fibre
        sheath.append(look.myelin + rng.normal(0, look.spread))
        core.append(look.axon + abs(rng.normal(0, look.spread)))
    return np.array(sheath, np.float32), np.array(core, np.float32)


@dataclass(frozen=True, slots=True)
class _Outline:
    """A closed curve ``r(angle)`` in pixels: an ellipse with low harmonics on it."""

    radius: float
    axes: float
    turn: float
    waves: NDArray[np.float64]
    phases: NDArray[np.float64]

    @classmethod
    def draw(cls, rng: np.random.Generator, radius: float, uneven: float = 0.06) -> "_Outline":
        waves = _waves(rng, uneven)
        axes = 1 / (1 + abs(rng.normal(0, 0.45)))
        return cls(radius, axes, rng.uniform(0, np.pi), waves, rng.uniform(0, 2 * np.pi, HARMONICS))

    def shrunk(self, rng: np.random.Generator, g: float) -> "_Outline":
        waves = self.waves + _waves(rng, 0.04)
        return _Outline(self.radius * g, self.axes, self.turn, waves, self.phases)

    def raster(self) -> NDArray[np.bool_]:
        """Return the outline as a square mask with its middle in the middle pixel."""
        half = self.half
        return self.stamp((half, half), (2 * half + 1, 2 * half + 1))[1]

    @property
    def half(self) -> int:
        """Half of the side of a window that holds the outline, in pixels."""
        return int(np.ceil(1.6 * self.radius / np.sqrt(self.axes))) + 1

    def stamp(
        self, centre: tuple[float, float], shape: tuple[int, ...], window: tuple[slice, slice] | None = None
    ) -> tuple[tuple[slice, slice], NDArray[np.bool_]]:
        half = self.half
        if window is None:
            top, left = int(centre[0]) - half, int(centre[1]) - half
            bottom, right = top + 2 * half + 1, left + 2 * half + 1
            window = (slice(max(0, top), min(shape[0], bottom)), slice(max(0, left), min(shape[1], right)))
        y, x = np.mgrid[window]
        y, x = y - centre[0], x - centre[1]
        along = x * np.cos(self.turn) + y * np.sin(self.turn)
        across = -x * np.sin(self.turn) + y * np.cos(self.turn)
        along, across = along * np.sqrt(self.axes), across / np.sqrt(self.axes)
        angle = np.arctan2(across, along)
        edge = 1 + sum(
            w * np.cos((k + 2) * angle + p) for k, (w, p) in enumerate(zip(self.waves, self.phases, strict=True))
        )
        return window, np.asarray(along**2 + across**2 <= (self.radius * edge) ** 2)


def _waves(rng: np.random.Generator, middle: float) -> NDArray[np.float64]:
    """Return amplitudes of harmonics: most outlines are nearly round, a few are dented or cornered."""
    size = min(middle * np.exp(rng.normal(0, 0.7)), 0.2)
    return np.asarray(rng.normal(0, size, HARMONICS) / np.arange(1, HARMONICS + 1))


def _place(rng: np.random.Generator, outline: _Outline, taken: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Return a free place, most often against neighbours, or None."""
    raster = outline.raster()
    rows, columns = taken.shape
    for _ in range(TRIES):
        centre = (int(rng.integers(0, rows)), int(rng.integers(0, columns)))
        if not _free(raster, centre, taken):
            continue
        for _ in range(int(rng.integers(0, 4))):
            centre = _slide(rng.uniform(0, 2 * np.pi), raster, centre, taken)
        return (float(centre[0]), float(centre[1]))
    return None


def _slide(
    turn: float, raster: NDArray[np.bool_], centre: tuple[int, int], taken: NDArray[np.bool_]
) -> tuple[int, int]:
    """Push a fibre in one direction until it meets another."""
    push = max(1.0, 0.04 * len(raster))
    start = centre
    for step in range(1, 31):
        moved = (start[0] + round(step * push * np.sin(turn)), start[1] + round(step * push * np.cos(turn)))
        within = 0 <= moved[0] < taken.shape[0] and 0 <= moved[1] < taken.shape[1]
        if not (within and _free(raster, moved, taken)):
            break
        centre = moved
    return centre


def _free(raster: NDArray[np.bool_], centre: tuple[int, int], taken: NDArray[np.bool_]) -> bool:
    half = len(raster) // 2
    top, left = centre[0] - half, centre[1] - half
    part = raster[max(0, -top) : taken.shape[0] - top, max(0, -left) : taken.shape[1] - left]
    under = taken[max(0, top) : top + len(raster), max(0, left) : left + len(raster)]
    return bool(np.count_nonzero(part & under) <= 0.02 * np.count_nonzero(part))


def _cloud(rng: np.random.Generator, shape: tuple[int, int], size_px: float) -> Floats:
    cloud = ndimage.gaussian_filter(rng.normal(0, 1, shape), size_px)
    return (cloud / max(float(cloud.std()), 1e-9)).astype(np.float32)


def _ground(rng: np.random.Generator, shape: tuple[int, int], look: _Look, pixel_um: float) -> Floats:
    ground = look.ground + look.texture * (_cloud(rng, shape, 0.4 / pixel_um) + _cloud(rng, shape, 3 / pixel_um)) / 1.4
    _processes(rng, ground, look, pixel_um)
    ground = np.clip(ground, 0, None).astype(np.float32)
    if rng.random() < 0.6:
        level = look.ground + rng.uniform(0.1, 0.6) * (look.myelin - look.ground)
        lines = np.abs(_cloud(rng, shape, rng.uniform(0.6, 2.0) / pixel_um)) < rng.uniform(0.02, 0.12)
        ground[lines] = np.maximum(ground[lines], level)
    return np.asarray(ground, np.float32)


def _processes(rng: np.random.Generator, ground: Floats, look: _Look, pixel_um: float) -> None:
    """Draw the round profiles that fill the space between fibres: bare axons and processes of glia."""
    rows, columns = ground.shape
    size_um = rng.uniform(0.3, 1.0)
    for _ in range(rng.poisson(look.processes * rows * columns * pixel_um**2 / 3600)):
        outline = _Outline.draw(rng, size_um * np.exp(rng.normal(0, 0.4)) / pixel_um)
        window, blob = outline.stamp((rng.uniform(0, rows), rng.uniform(0, columns)), ground.shape)
        ground[window][blob] = look.ground + rng.normal(0, 1.5 * look.texture)


def _voids(rng: np.random.Generator, scene: Floats, look: _Look, pixel_um: float) -> NDArray[np.bool_]:
    """Draw vessels and tears, and return where they are: no fibre lies there."""
    rows, columns = scene.shape
    out = np.zeros(scene.shape, np.bool_)
    for _ in range(rng.poisson(rows * columns * pixel_um**2 / 3000)):
        centre = (rng.uniform(0, rows), rng.uniform(0, columns))
        outline = _Outline.draw(rng, rng.uniform(2, 10) / pixel_um)
        window, whole = outline.stamp(centre, scene.shape)
        _, core = outline.shrunk(rng, rng.uniform(0.8, 0.98)).stamp(centre, scene.shape, window)
        wall = look.ground + rng.uniform(0, 0.5) * (look.myelin - look.ground)
        scene[window][whole] = wall
        scene[window][whole & core] = rng.uniform(0, 1) * look.ground
        out[window] |= whole
    return out


def _debris(rng: np.random.Generator, scene: Floats, free: NDArray[np.bool_], look: _Look, pixel_um: float) -> None:
    """Draw between the fibres what is not one: stained blobs, shells of no myelin, bundles of bare axons."""
    rows, columns = scene.shape
    density = look.debris * rows * columns * pixel_um**2 / 3600
    for _ in range(rng.poisson(density)):
        centre = (rng.uniform(0, rows), rng.uniform(0, columns))
        outline = _Outline.draw(rng, rng.uniform(0.3, 2.5) / pixel_um)
        window, blob = outline.stamp(centre, scene.shape)
        blob &= free[window]
        level = look.ground + rng.uniform(0.1, 0.9) * (look.myelin - look.ground)
        scene[window][blob] = level
        if rng.random() < 0.4:
            _, core = outline.shrunk(rng, rng.uniform(0.5, 0.95)).stamp(centre, scene.shape, window)
            scene[window][blob & core] = look.ground + rng.uniform(0, 0.8) * (level - look.ground)


def _cells(rng: np.random.Generator, scene: Floats, free: NDArray[np.bool_], look: _Look, pixel_um: float) -> None:
    """Draw between the fibres what has a wall without myelin: cells and their nuclei, bare axons, capillaries."""
    rows, columns = scene.shape
    contrast = look.myelin - look.ground
    for _ in range(rng.poisson(look.cells * rows * columns * pixel_um**2 / 3600)):
        centre = (rng.uniform(0, rows), rng.uniform(0, columns))
        outline = _Outline.draw(rng, rng.uniform(0.7, 4.0) / pixel_um, 0.1)
        window, whole = outline.stamp(centre, scene.shape)
        _, core = outline.shrunk(rng, rng.uniform(0.6, 0.95)).stamp(centre, scene.shape, window)
        wall = look.ground + rng.uniform(0.08, 0.45) * contrast
        inner = look.ground + rng.uniform(-0.05, 0.8) * (wall - look.ground)
        grain = rng.uniform(0, 0.08) * contrast * _cloud(rng, whole.shape, max(0.3 / pixel_um, 0.5))
        scene[window][whole & free[window]] = wall
        inside = whole & core & free[window]
        scene[window][inside] = (inner + grain)[inside]


def _inclusions(rng: np.random.Generator, scene: Floats, axons: Labels, pixel_um: float) -> None:
    """Draw stained inclusions into some axons: mitochondria, folds of myelin."""
    found = ndimage.find_objects(axons)
    for name, window in enumerate(found, 1):
        if window is None or rng.random() > 0.25:
            continue
        inside = axons[window] == name
        y, x = np.nonzero(inside)
        at = rng.integers(len(y))
        size = rng.uniform(0.15, 0.35) * np.sqrt(len(y) / np.pi)
        blob = _Outline.draw(rng, max(size, 0.15 / pixel_um))
        centre = (float(y[at] + window[0].start), float(x[at] + window[1].start))
        spot, mask = blob.stamp(centre, scene.shape)
        mask &= axons[spot] == name
        scene[spot][mask] += rng.uniform(0.1, 0.6)


def _vacuoles(rng: np.random.Generator, scene: Floats, myelin: Labels, pixel_um: float) -> None:
    """Draw unstained splits into some sheaths."""
    for name, window in enumerate(ndimage.find_objects(myelin), 1):
        if window is None or rng.random() > 0.2:
            continue
        y, x = np.nonzero(myelin[window] == name)
        at = rng.integers(len(y))
        size = rng.uniform(0.1, 0.3) * np.sqrt(len(y) / np.pi)
        blob = _Outline.draw(rng, max(size, 0.1 / pixel_um))
        spot, mask = blob.stamp((float(y[at] + window[0].start), float(x[at] + window[1].start)), scene.shape)
        mask &= myelin[spot] == name
        scene[spot][mask] *= rng.uniform(0.1, 0.8)
