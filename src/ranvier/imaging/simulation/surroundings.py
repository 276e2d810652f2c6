"""What lies about a nerve: muscles with septa, fat, bone, layers, fascial lines, tendons, vessels, a mass."""

from dataclasses import dataclass

import numpy as np

from ranvier.imaging.simulation.settings import TISSUES, PatchSettings
from ranvier.imaging.simulation.shapes import Canvas, ClosedOutline, Image, Point, coverage, draw_outline, smooth_field

FAT, MUSCLE, EPINEURIUM, FASCICLE, LUMEN, DARK = range(len(TISSUES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One patch while it is painted.

    Attributes
    ----------
    rng : numpy.random.Generator
        Source of chance.
    settings : PatchSettings
        What may be drawn.
    canvas : Canvas
        What has been painted so far.
    levels : ndarray
        (6,) signal of each of `TISSUES`.
    low, high : ndarray
        (6,) range of these levels in the family of contrast that was drawn.
    nerve : ClosedOutline
        The epineurium.
    """

    rng: np.random.Generator
    settings: PatchSettings
    canvas: Canvas
    levels: Image
    low: Image
    high: Image
    nerve: ClosedOutline

    @property
    def nerve_radius_mm(self) -> float:
        """Radius of the disc with the area of the nerve, mm."""
        return float(np.sqrt(self.nerve.area_mm2 / np.pi))

    def chance(self, probability: float) -> bool:
        """Return True with that probability."""
        return bool(self.rng.random() < probability)

    def fresh_level(self, tissue: int) -> float:
        """Return another level of a tissue within the range of this contrast."""
        return float(self.rng.uniform(self.low[tissue], self.high[tissue]))

    def beside(self, radius_mm: float, gap_mm: float) -> Point:
        """Return the centre of a disc that lies at a gap beside the nerve, in a random direction."""
        angle = self.rng.uniform(0, 2 * np.pi)
        reach = self.nerve.radius_towards(angle) + radius_mm + gap_mm
        return self.nerve.centre_mm + reach * np.array([np.cos(angle), np.sin(angle)])


def paint_surroundings(scene: Scene) -> None:
    """Paint everything but the nerve itself."""
    rng, s = scene.rng, scene.settings
    _paint_muscles(scene)
    if scene.chance(s.bone_probability):
        _paint_bone(scene)
    if scene.chance(s.layer_probability):
        _paint_layer(scene)
    if scene.chance(s.fat_pad_probability):
        _paint_fat_pad(scene)
    for _ in range(rng.integers(0, int(s.lines_high) + 1)):
        _paint_line(scene)
    if scene.chance(s.tendons_probability):
        for _ in range(rng.integers(2, 8)):
            radius = rng.uniform(1.0, 2.8)
            _paint_disc(
                scene, scene.beside(radius, abs(rng.normal(0, 3.0))), radius, scene.fresh_level(DARK), rim=False
            )
    for _ in range(rng.integers(0, int(s.vessels_high) + 1)):
        _paint_vessel(scene)
    if scene.chance(s.mass_probability):
        radius = scene.nerve_radius_mm * rng.uniform(0.4, s.mass_high)
        level = scene.fresh_level(int(rng.choice([LUMEN, FASCICLE, EPINEURIUM])))
        _paint_disc(scene, scene.beside(radius, rng.uniform(-0.3, 0.1) * radius), radius, level, rim=scene.chance(0.5))


def _paint_muscles(scene: Scene) -> None:
    rng, s, canvas = scene.rng, scene.settings, scene.canvas
    n = len(canvas.axis_mm)
    spread = rng.uniform(s.muscle_low_mm, s.muscle_high_mm)
    side = 2 * canvas.half_mm + 2 * spread
    count = int(np.clip((side / spread) ** 2, 4, 30))
    warp = np.float32(0.2 * spread)
    x = canvas.axis_mm[:, None] + warp * smooth_field(rng, n, 6)
    y = canvas.axis_mm[None, :] + warp * smooth_field(rng, n, 6)
    middles = rng.uniform(-side / 2, side / 2, (count, 2)).astype(np.float32)
    middles = middles[np.argsort((middles**2).sum(axis=1))[:12]]
    shades = (scene.levels[MUSCLE] * np.exp(0.12 * rng.standard_normal(len(middles)))).astype(np.float32)
    first = np.full((n, n), np.inf, dtype=np.float32)
    second = first.copy()
    shade = np.empty((n, n), dtype=np.float32)
    for (mx, my), own in zip(middles, shades, strict=True):
        square = (x - mx) ** 2 + (y - my) ** 2
        np.minimum(second, np.maximum(square, first), out=second)
        np.copyto(shade, own, where=square < first)
        np.minimum(first, square, out=first)
    width = np.float32(np.exp(rng.uniform(np.log(s.septum_low_mm), np.log(s.septum_high_mm))))
    apart = np.sqrt(second) - np.sqrt(first)
    septum = coverage(width - apart, 2 * canvas.step_mm)
    fat = scene.levels[FAT]
    shade *= 1 + np.float32(0.05) * smooth_field(rng, n, 24)
    if scene.chance(s.fatty_muscle_probability):
        grain = smooth_field(rng, n, int(rng.integers(12, 48))) + smooth_field(rng, n, 6)
        streaks = np.clip(grain + np.float32(rng.uniform(-2.5, 0.0)), 0, 1) * np.float32(rng.uniform(0.2, 1.0))
        shade += np.minimum(streaks, np.float32(s.fatty_muscle_high)) * (fat - shade)
    canvas.values[...] = shade + septum * (fat - shade)


def _paint_bone(scene: Scene) -> None:
    rng = scene.rng
    radius = rng.uniform(4, 15)
    centre = scene.beside(radius, abs(rng.normal(0, 6.0)))
    outline = draw_outline(rng, centre, np.pi * radius**2, rng.uniform(1, 1.6), 0.02)
    where = scene.canvas.window(centre, outline.reach_mm)
    depth = outline.depth_mm(scene.canvas.axis_mm[where[0]], scene.canvas.axis_mm[where[1]])
    scene.canvas.mix(where, coverage(depth, scene.canvas.step_mm), scene.fresh_level(DARK))
    inner = coverage(depth - np.float32(rng.uniform(0.7, 4)), scene.canvas.step_mm)
    scene.canvas.mix(where, inner, scene.levels[FAT] * np.float32(rng.uniform(0.6, 1.1)))


def _paint_layer(scene: Scene) -> None:
    rng, canvas = scene.rng, scene.canvas
    angle = rng.uniform(0, 2 * np.pi)
    across = np.cos(angle) * canvas.axis_mm[:, None] + np.sin(angle) * canvas.axis_mm[None, :]
    edge = _beyond(scene, angle) + rng.exponential(5.0)
    depth = (across - np.float32(edge) + smooth_field(rng, len(canvas.axis_mm), 5)).astype(np.float32)
    everywhere = (slice(None), slice(None))
    canvas.mix(everywhere, coverage(depth, canvas.step_mm), scene.levels[FAT])
    if scene.chance(0.5):
        canvas.mix(everywhere, coverage(depth - np.float32(rng.uniform(1.5, 15)), canvas.step_mm), 0.0)


def _beyond(scene: Scene, angle: float) -> float:
    ahead = np.array([np.cos(angle), np.sin(angle)])
    return float(scene.nerve.centre_mm @ ahead) + scene.nerve.reach_mm


def _paint_fat_pad(scene: Scene) -> None:
    rng = scene.rng
    ratio = 1.05 + (scene.settings.fat_pad_high - 1.05) * rng.random() ** 1.5
    shift = scene.nerve_radius_mm * (ratio - 1) * rng.uniform(0, 0.7)
    angle = rng.uniform(0, 2 * np.pi)
    centre = scene.nerve.centre_mm + shift * np.array([np.cos(angle), np.sin(angle)])
    outline = draw_outline(rng, centre, scene.nerve.area_mm2 * ratio**2, rng.uniform(1, 1.8), 0.15)
    where = scene.canvas.window(centre, outline.reach_mm)
    depth = outline.depth_mm(scene.canvas.axis_mm[where[0]], scene.canvas.axis_mm[where[1]])
    soft = rng.uniform(1, 5) * scene.canvas.step_mm
    level = scene.levels[FAT] * np.float32(np.exp(0.1 * rng.standard_normal()))
    scene.canvas.mix(where, coverage(depth, soft), level)


def _paint_line(scene: Scene) -> None:
    rng, canvas = scene.rng, scene.canvas
    angle = rng.uniform(0, 2 * np.pi)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    x, y = canvas.axis_mm[:, None], canvas.axis_mm[None, :]
    along = c * y - s * x
    bend = np.float32(rng.normal(0, 0.03))
    offset = np.float32(_beyond(scene, angle) + rng.exponential(3.0))
    distance = np.abs(c * x + s * y - offset - bend * along * along)
    level = scene.fresh_level(DARK) if scene.chance(0.6) else scene.fresh_level(FAT)
    share = coverage(np.float32(rng.uniform(0.1, 0.6)) - distance, canvas.step_mm)
    canvas.mix((slice(None), slice(None)), share, level)


def _paint_vessel(scene: Scene) -> None:
    rng, s = scene.rng, scene.settings
    radius = float(np.exp(rng.uniform(np.log(s.vessel_radius_low_mm), np.log(s.vessel_radius_high_mm))))
    radius = min(radius, 1.3 * scene.nerve_radius_mm + 0.5)
    touches = scene.chance(s.vessel_touches_probability)
    gap = 0.0 if touches else rng.exponential(0.8 * scene.nerve_radius_mm + 1.0)
    _paint_disc(scene, scene.beside(radius, gap), radius, scene.fresh_level(LUMEN), rim=scene.chance(0.6))


def _paint_disc(scene: Scene, centre: Point, radius_mm: float, level: float, *, rim: bool) -> None:
    rng, canvas = scene.rng, scene.canvas
    outline = draw_outline(rng, centre, np.pi * radius_mm**2, rng.uniform(1, 1.5), 0.03)
    where = canvas.window(centre, outline.reach_mm)
    depth = outline.depth_mm(canvas.axis_mm[where[0]], canvas.axis_mm[where[1]])
    share = coverage(depth, canvas.step_mm)
    if rim:
        canvas.mix(where, share, scene.fresh_level(int(rng.choice([DARK, EPINEURIUM, MUSCLE]))))
        depth = depth - np.float32(radius_mm * rng.uniform(0.08, 0.3))
        share = coverage(depth, canvas.step_mm)
    canvas.mix(where, share, level)
