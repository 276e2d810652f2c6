"""One series measured: every nerve that was seeded or labelled, with its verdicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ranvier.core import OutsideReferenceError, Side
from ranvier.imaging.nerves.labels import LabelName, check_same_grid, sections_of_labels
from ranvier.imaging.nerves.measurements import NerveReport, measure_nerve
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.profile import Change, changes_along
from ranvier.imaging.nerves.relaxation import echoes_of, with_t2
from ranvier.imaging.nerves.seeds import NerveSeeds
from ranvier.imaging.nerves.tracking import track_nerve
from ranvier.imaging.reading import Series
from ranvier.imaging.volume import Volume
from ranvier.reference import MriLimit, mri_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The size of a nerve against a limit, or why there is no verdict.

    Attributes
    ----------
    area_mm2 : float or None
        Median over the sure sections; None where none is sure.
    limit : MriLimit or None
    enlarged : bool or None
        None where there is no verdict.
    text : str
    """

    area_mm2: float | None
    limit: MriLimit | None
    enlarged: bool | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredNerve:
    """A nerve with its measurements, what changes along it, and its verdict."""

    report: NerveReport
    changes: tuple[Change, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Where along the nerve and how it was imaged, as the user states it; a limit holds only for its own."""

    level: str | None = None
    method: str | None = None
    age_y: float | None = None


def measure_seeded(
    volume: Volume,
    seeds: Sequence[NerveSeeds],
    level: Level,
    *,
    report: Callable[[str, int, int], None] | None = None,
) -> tuple[MeasuredNerve, ...]:
    """Track and measure every seeded nerve.

    Parameters
    ----------
    volume : Volume
    seeds : sequence of NerveSeeds
    level : Level
    report : callable, optional
        Called with the nerve, the slices done and all slices.
    """
    out = []
    for one in seeds:
        name = f"{one.side.value} {one.nerve}"

        def tell(done: int, of: int, name: str = name) -> None:
            if report is not None:
                report(name, done, of)

        tracked = track_nerve(volume, one.points, expected_area_mm2=one.calibre_mm2, report=tell)
        measured = measure_nerve(volume, tracked.sections, tracked.slice_axis, one.nerve, one.side)
        out.append(_judged(measured, level))
    return tuple(out)


def measure_labels(
    volume: Volume, labels: Volume, names: Mapping[int, LabelName], level: Level
) -> tuple[MeasuredNerve, ...]:
    """Measure every named label of a label map that lies on the voxels of the image.

    Raises
    ------
    UnreadableImageError
        If the grids differ or a named label has no voxel.
    """
    check_same_grid(labels, volume)
    out = []
    for number, name in names.items():
        axis, sections = sections_of_labels(labels, number)
        out.append(_judged(measure_nerve(volume, sections, axis, name.nerve, name.side), level))
    return tuple(out)


def _judged(report: NerveReport, level: Level) -> MeasuredNerve:
    return MeasuredNerve(report=report, changes=changes_along(report), verdict=_verdict(report, level))


def _verdict(report: NerveReport, level: Level) -> Verdict:
    area = median_area(report)
    if area is None:
        text = "no section is sure enough for a size: the nerve cannot be told from its surroundings in these voxels"
        return Verdict(area_mm2=None, limit=None, enlarged=None, text=text)
    try:
        limit = mri_limit(report.nerve, level.level, "area_mm2", level.method, level.age_y)
    except OutsideReferenceError as error:
        return Verdict(area_mm2=area, limit=None, enlarged=None, text=f"{area:.1f} mm2; no verdict: {error}")
    enlarged = limit.upper is not None and area > limit.upper
    word = "above" if enlarged else "not above"
    text = f"{area:.1f} mm2, {word} the upper limit {limit.upper:.1f} mm2 ({limit.n} healthy, {limit.status.value})"
    return Verdict(area_mm2=area, limit=limit, enlarged=enlarged, text=text)


def median_area(report: NerveReport) -> float | None:
    """Return the median area over the sure sections in mm2, None where none is sure."""
    sure = [
        m.area_mm2 for m in report.measurements if m.confidence >= nerve_parameters()["unsure_below"] and m.area_mm2 > 0
    ]
    return float(np.median(sure)) if sure else None


def add_t2(nerves: Sequence[MeasuredNerve], series: Series) -> tuple[MeasuredNerve, ...]:
    """Return the nerves with the T2 of each section where the series is a train of spin echoes, else as they are."""
    echoes = echoes_of(series.facts)
    if echoes is None or series.volume.values.ndim < 4:
        return tuple(nerves)
    return tuple(replace(n, report=with_t2(n.report, series.volume, echoes)) for n in nerves)


def side_differences(nerves: Sequence[MeasuredNerve]) -> tuple[str, ...]:
    """Return for each nerve that was measured on both sides how its sizes compare."""
    p, out = nerve_parameters(), []
    for one in nerves:
        for other in nerves:
            same = one.report.nerve == other.report.nerve
            if not same or (one.report.side, other.report.side) != (Side.LEFT, Side.RIGHT):
                continue
            left, right = one.verdict.area_mm2, other.verdict.area_mm2
            if left and right:
                ratio = left / right
                differ = max(ratio, 1 / ratio) >= p["side_ratio"]
                word = "the sides differ" if differ else "the sides do not differ much"
                out.append(f"{one.report.nerve}: left {left:.1f}, right {right:.1f} mm2, ratio {ratio:.2f}: {word}")
    return tuple(out)
