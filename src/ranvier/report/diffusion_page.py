"""The page of a measured diffusion series: what each nerve reads, its profile, the FA map with regions, the shifts."""

from collections.abc import Sequence

import numpy as np

from ranvier.imaging.diffusion import DiffusionRegion, DiffusionReport, motion_rows, region_numbers, region_sentence
from ranvier.imaging.diffusion import region_sides as _sides
from ranvier.report.environment import page_environment
from ranvier.report.label_picture import label_slice
from ranvier.report.page import style
from ranvier.report.svg import picture, text

_MOST_SLICES = 6
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 640.0, 200.0, 46.0, 34.0, 18.0
_DASHES = ("", "7 4", "2 3", "9 3 2 3")


def render_diffusion_page(report: DiffusionReport) -> str:
    """Return the page as HTML text.

    Raises
    ------
    MissingExtraError
        If Pillow is not installed.
    """
    gradients = report.series.gradients
    weighted = gradients.b_values[~gradients.unweighted]
    return (
        page_environment()
        .get_template("diffusion.html.j2")
        .render(
            style=style(),
            report=report,
            voxel=report.series.volume.spacing_mm,
            volumes=len(gradients.b_values),
            b_values=", ".join(str(b) for b in sorted({round(float(b)) for b in weighted})),
            directions=int((~gradients.unweighted).sum()),
            sentences=[region_sentence(r) for r in report.regions],
            sides=_sides(report.regions),
            profiles=[_profile(report.regions, m) for m in ("fa", "md")] if report.regions else [],
            pictures=_pictures(report),
            motion=motion_rows(report.after or report.shifts, report),
        )
    )


def _pictures(report: DiffusionReport) -> list[dict[str, object]]:
    """Return slices of the FA map, those that hold a region, or some evenly spaced where there is none."""
    fa = np.clip(np.nan_to_num(report.series.maps.fa, nan=0.0), 0, 1)
    spacing = np.array(report.series.volume.spacing_mm)
    axis = report.regions[0].report.slice_axis if report.regions else int(np.argmax(spacing))
    plane = [n for n in range(3) if n != axis]
    numbers = region_numbers(report.regions, fa.shape)
    held = np.flatnonzero((numbers > 0).any(axis=tuple(plane)))
    held = held if len(held) else np.arange(fa.shape[axis])
    chosen = held[np.unique(np.linspace(0, len(held) - 1, min(_MOST_SLICES, len(held))).round().astype(int))]
    return [
        {
            "slice": int(index),
            "picture": label_slice(
                np.take(fa, index, axis=axis),
                {n: np.take(numbers == n, index, axis=axis) for n in range(1, len(report.regions) + 1)},
                spacing[plane],
                "FA map with what was measured",
            ),
        }
        for index in chosen
    ]


def _profile(regions: Sequence[DiffusionRegion], measure: str) -> str:
    """Return a measure slice by slice as SVG, one line a region; a gap where no voxel lies within."""
    factor, top, words = (1.0, 1.0, "FA") if measure == "fa" else (1e3, 0.0, "MD, 10⁻³ mm²/s")
    values = [[factor * s.mean[measure] for s in r.sections] for r in regions]
    known = [v for row in values for v in row if np.isfinite(v)]
    highest = top or max(known, default=1.0) * 1.15
    slices = [s.slice for r in regions for s in r.sections]
    low, high = min(slices), max(max(slices), min(slices) + 1)

    def place(at: int, value: float) -> tuple[float, float]:
        x = _LEFT + (_WIDTH - _LEFT - 12) * (at - low) / (high - low)
        return x, _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / highest

    base = _HEIGHT - _BOTTOM
    body = [
        f'<line x1="{_LEFT}" y1="{base}" x2="{_WIDTH}" y2="{base}" stroke="currentColor"/>',
        text(_LEFT - 6, base + 4, "0", anchor="end"),
        text(_LEFT - 6, _TOP + 4, f"{highest:.1f}", anchor="end"),
        text(_LEFT, _TOP - 6, words),
        text(_LEFT, _HEIGHT - 14, str(low), size=10),
        text(_WIDTH - 12, _HEIGHT - 14, str(high), size=10, anchor="end"),
        text(_WIDTH / 2, _HEIGHT - 4, "slice", size=10, anchor="middle"),
    ]
    for number, (region, row) in enumerate(zip(regions, values, strict=True)):
        points = [place(s.slice, v) for s, v in zip(region.sections, row, strict=True) if np.isfinite(v)]
        dash = _DASHES[number % len(_DASHES)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        body.append(f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-dasharray="{dash}"/>')
        body.extend(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="currentColor"/>' for x, y in points)
        if points:
            body.append(text(points[-1][0], points[-1][1] - 7, f"{number + 1}", size=11, anchor="end"))
    described = f"{words} slice by slice of {', '.join(r.name for r in regions)}"
    return picture((0, 0, _WIDTH, _HEIGHT), f"{words} along the nerve", described, body)
