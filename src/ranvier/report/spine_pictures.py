"""Pictures of a measured spine: the sagittal view with levels, each disc from below, each foramen from the side.

The image (or, without one, the labels) is grey; outlines are those that were measured. Views are as radiologists hold
them: the patient's right on the left of a view from below, the front on the left of a sagittal view.
"""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from ranvier.imaging.contours import all_contours
from ranvier.imaging.spine import LevelMeasurement, SideMeasurement, SpineMaps, SpineReport
from ranvier.imaging.spine.frame import Frame, Grid, Sampler, axis_positions
from ranvier.imaging.volume import Volume
from ranvier.report.grey_picture import Image, grey_levels, png_address
from ranvier.report.svg import Point, text

COLOURS = {"vertebra": "#5aa9e6", "disc": "#ffb300", "canal": "#3ddc84", "cord": "#ff6ad5", "foramen": "#ff4d4d"}
_BONE, _DISC, _CANAL = ("vertebra", "body", "arch"), ("disc",), ("canal", "cord")
_STEP_MM = 0.5
_MARGIN_MM = 12.0
_AXIAL_MM, _SIDE_MM = 32.0, 26.0


def sagittal_picture(report: SpineReport, maps: SpineMaps, image: Volume | None) -> str:
    """Return the midsagittal view with outlines and the names of the levels, as SVG."""
    grid = _midplane(report, maps)
    across, up = -grid.front, -grid.up
    body = [_picture(_grey(grid, maps, image)[0], across, up)]
    for structure, wanted in (("vertebra", _BONE), ("canal", _CANAL), ("disc", _DISC), ("cord", ("cord",))):
        share = grid.sample(maps.mask(wanted), maps.affine)[0]
        body.extend(_outlines(share, across, up, COLOURS[structure]))
    for one in report.measured.levels:
        _, front, height = grid.frame.local(one.segment.frame.origin)
        body.append(_name(one.level.level, (-float(front), -float(height)), 5))
    return _svg(across, up, "Midsagittal view with labels and levels", body)


def _midplane(report: SpineReport, maps: SpineMaps) -> Grid:
    frames = [one.segment.frame for one in report.measured.levels] or [s.frame for s in report.measured.sections]
    right = np.mean([f.right for f in frames], axis=0)
    right = right / np.linalg.norm(right)
    up = np.array([0.0, 0.0, 1.0]) - right[2] * right
    up = up / np.linalg.norm(up)
    frame = Frame(origin=np.mean([f.origin for f in frames], axis=0), right=right, front=np.cross(up, right), up=up)
    local = frame.local(maps.world(maps.mask((*_BONE, *_DISC, *_CANAL))))
    low, high = local.min(axis=0) - _MARGIN_MM, local.max(axis=0) + _MARGIN_MM
    return Grid(
        frame=frame,
        right=np.zeros(1),
        front=axis_positions(low[1], high[1], _STEP_MM),
        up=axis_positions(low[2], high[2], _STEP_MM),
    )


def axial_picture(one: LevelMeasurement, maps: SpineMaps, image: Volume | None) -> str:
    """Return a disc in its own plane, seen from below, with the line between the endplates' corners, as SVG."""
    frame = one.segment.frame
    rear = float(one.segment.canal_front[len(one.segment.canal_front) // 2])
    rear = rear if np.isfinite(rear) else 0.0
    grid = Grid(
        frame=frame,
        right=axis_positions(-_AXIAL_MM, _AXIAL_MM, _STEP_MM),
        front=axis_positions(rear - _AXIAL_MM, rear + _AXIAL_MM, _STEP_MM),
        up=np.zeros(1),
    )
    across, up = -grid.right, -grid.front
    body = [_picture(_grey(grid, maps, image)[:, :, 0], across, up)]
    for structure, wanted in (("vertebra", _BONE), ("canal", _CANAL), ("disc", _DISC), ("cord", ("cord",))):
        share = grid.sample(maps.mask(wanted), maps.affine)[:, :, 0]
        body.extend(_outlines(share, across, up, COLOURS[structure]))
    known = np.isfinite(one.bulge.line_mm)
    points = [(-float(r), -float(f)) for r, f in zip(one.bulge.right_mm[known], one.bulge.line_mm[known], strict=True)]
    body.append(_line(points, "#ff4d4d", closed=False, dashed=True))
    body.append(_name("R", (-_AXIAL_MM + 2, -rear), 4))
    body.append(_name("L", (_AXIAL_MM - 2, -rear), 4))
    return _svg(across, up, f"{one.level.level} in the plane of the disc", body)


def foramen_picture(one: LevelMeasurement, side: SideMeasurement, maps: SpineMaps, image: Volume | None) -> str:
    """Return the plane in which a foramen was measured, as SVG; empty where none was."""
    hole, at = side.foramen.opening, side.foramen.at_right_mm
    if hole is None or at is None:
        return ""
    measured = side.foramen.grid or one.segment.grid
    rows, columns = np.nonzero(hole)
    front, height = float(measured.front[rows].mean()), float(measured.up[columns].mean())
    grid = Grid(
        frame=measured.frame,
        right=np.array([at]),
        front=axis_positions(front - _SIDE_MM, front + _SIDE_MM, _STEP_MM),
        up=axis_positions(height - _SIDE_MM, height + _SIDE_MM, _STEP_MM),
    )
    across, up = -grid.front, -grid.up
    body = [_picture(_grey(grid, maps, image)[0], across, up)]
    for structure, wanted in (("vertebra", _BONE), ("disc", _DISC)):
        share = grid.sample(maps.mask(wanted), maps.affine)[0]
        body.extend(_outlines(share, across, up, COLOURS[structure]))
    shown = hole.astype(np.float32)
    body.extend(_outlines(shown, -measured.front, -measured.up, COLOURS["foramen"]))
    return _svg(across, up, f"{one.level.level}, {side.side.value} foramen", body)


def _grey(grid: Grid, maps: SpineMaps, image: Volume | None) -> Image:
    if image is None:
        return grid.sample(maps.values > 0, maps.affine)
    values = image.values[..., 0] if image.values.ndim == 4 else image.values
    return Sampler.of_image(values, image.affine).at(grid)


def _picture(plane: Image, across: NDArray[np.float64], up: NDArray[np.float64]) -> str:
    """Return a plane (n, m) whose axes have these places in the picture (mm, either direction) as an image element."""
    shown = plane if across[-1] > across[0] else plane[::-1]
    shown = shown if up[-1] > up[0] else shown[:, ::-1]
    left, top = min(across[0], across[-1]) - _STEP_MM / 2, min(up[0], up[-1]) - _STEP_MM / 2
    width, height = len(across) * _STEP_MM, len(up) * _STEP_MM
    address = png_address(grey_levels(np.asarray(shown.T, dtype=np.float32), np.asarray(plane, dtype=np.float32)))
    return (
        f'<image href="{address}" x="{left:.2f}" y="{top:.2f}" width="{width:.2f}" height="{height:.2f}" '
        'preserveAspectRatio="none"/>'
    )


def _outlines(share: Image, across: NDArray[np.float64], up: NDArray[np.float64], colour: str) -> list[str]:
    out = []
    for loop in all_contours(share, 0.5):
        x = np.interp(loop[:, 0], np.arange(len(across)), across)
        y = np.interp(loop[:, 1], np.arange(len(up)), up)
        out.append(_line(list(zip(x.tolist(), y.tolist(), strict=True)), colour, closed=True, dashed=False))
    return out


def _line(points: Sequence[Point], colour: str, *, closed: bool, dashed: bool) -> str:
    shape = "polygon" if closed else "polyline"
    dash = ' stroke-dasharray="2 1.2"' if dashed else ""
    return (
        f'<{shape} points="{" ".join(f"{x:.2f},{y:.2f}" for x, y in points)}" fill="none" stroke="{colour}" '
        f'stroke-width="0.5"{dash}/>'
    )


def _name(words: str, place: Point, size: float) -> str:
    halo = 'fill="#fff" stroke="#000" stroke-width="0.8" paint-order="stroke" font-weight="600"'
    return text(place[0], place[1] + size / 3, words, size=size, anchor="middle", extra=halo)


def _svg(across: NDArray[np.float64], up: NDArray[np.float64], title: str, body: Sequence[str]) -> str:
    left, top = float(min(across[0], across[-1])), float(min(up[0], up[-1]))
    width = float(np.ptp(across))
    box = f"{left:.2f} {top:.2f} {width:.2f} {float(np.ptp(up)):.2f}"
    return (
        f'<svg viewBox="{box}" role="img" aria-label="{escape(title, quote=True)}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{"".join(body)}</svg>'
    )
