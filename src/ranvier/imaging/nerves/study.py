"""One series measured: every nerve that was seeded or labelled, with its verdicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ranvier.core import OutsideReferenceError
from ranvier.imaging.nerves.comparison import SideComparison, compare_sides, extent_of, sure_areas
from ranvier.imaging.nerves.contrasts import ContrastSeries
from ranvier.imaging.nerves.doubts import FoundNerve, without_shared, without_signal
from ranvier.imaging.nerves.labels import LabelName, on_same_voxels, sections_of_labels
from ranvier.imaging.nerves.masses import Mass, find_masses, hidden_masses, masses_can_be_sought
from ranvier.imaging.nerves.measurements import NerveReport, measure_nerve
from ranvier.imaging.nerves.parameters import nerve_parameters
from ranvier.imaging.nerves.profile import Change, changes_along
from ranvier.imaging.nerves.references import ReferenceTissue, reference_signals
from ranvier.imaging.nerves.relaxation import echoes_of, with_t2
from ranvier.imaging.nerves.seeds import NerveSeeds
from ranvier.imaging.nerves.tracking import track_nerve
from ranvier.imaging.reading import Series
from ranvier.imaging.volume import Volume
from ranvier.reference import MriLimit, mri_limit

_TOO_LARGE = "voxels too large"
_NOT_SOUGHT = "masses were not looked for: that takes more neighbouring slices"


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
    """A nerve with its measurements, what changes along it, its verdict, and masses at it.

    Attributes
    ----------
    report : NerveReport
    changes : tuple of Change
    verdict : Verdict
    masses : tuple of Mass
    to_tissues : tuple of (str, float)
        Median signal of the nerve over that of each named tissue.
    hidden : str
        Which masses these series cannot show, or that none were looked for; empty before they are.
    """

    report: NerveReport
    changes: tuple[Change, ...]
    verdict: Verdict
    masses: tuple[Mass, ...] = ()
    to_tissues: tuple[tuple[str, float], ...] = ()
    hidden: str = ""


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
    found = []
    for one in seeds:
        name = f"{one.side.value} {one.nerve}"

        def tell(done: int, of: int, name: str = name) -> None:
            if report is not None:
                report(name, done, of)

        tracked = track_nerve(volume, one.points, expected_area_mm2=one.calibre_mm2, report=tell)
        words = name.replace("_", " ")
        outlined = FoundNerve(name=words, slice_axis=tracked.slice_axis, sections=tracked.sections)
        found.append(without_signal(volume, outlined))
    out = []
    for one, outlined in zip(seeds, without_shared(found), strict=True):
        measured = measure_nerve(volume, outlined.sections, outlined.slice_axis, one.nerve, one.side)
        out.append(_judged(replace(measured, is_root=one.is_root), level))
    return tuple(out)


def measure_labels(
    volume: Volume, labels: Volume, names: Mapping[int, LabelName], level: Level
) -> tuple[MeasuredNerve, ...]:
    """Measure every named label of a label map that lies on the voxels of the image, in whatever order they are stored.

    Raises
    ------
    UnreadableImageError
        If its voxels are others or a named label has no voxel.
    """
    labels = on_same_voxels(labels, volume)
    out = []
    for number, name in names.items():
        axis, sections = sections_of_labels(labels, number)
        measured = measure_nerve(volume, sections, axis, name.nerve, name.side)
        out.append(_judged(replace(measured, is_root=name.is_root), level))
    return tuple(out)


def _judged(report: NerveReport, level: Level) -> MeasuredNerve:
    return MeasuredNerve(report=report, changes=changes_along(report), verdict=_verdict(report, level))


def _verdict(report: NerveReport, level: Level) -> Verdict:
    area = median_area(report)
    if area is None:
        text = "no section is sure enough for a size: the nerve cannot be told from its surroundings in these voxels"
        coarse = [m.note for m in report.measurements if _TOO_LARGE in m.note]
        if 2 * len(coarse) > len(report.measurements):
            text = f"no size: voxels too large for this nerve in {len(coarse)} of {len(report.measurements)} sections"
        return Verdict(area_mm2=None, limit=None, enlarged=None, text=text)
    try:
        limit = mri_limit(report.nerve, level.level, "area_mm2", level.method, level.age_y)
    except OutsideReferenceError as error:
        return Verdict(area_mm2=area, limit=None, enlarged=None, text=f"{area:.1f} mm2; no verdict: {error}")
    enlarged = limit.upper is not None and area > limit.upper
    word = "above" if enlarged else "not above"
    text = f"{area:.1f} mm2, {word} the upper limit {limit.upper:.1f} mm2 ({limit.n} healthy, {limit.status.value})"
    extent = extent_of(sure_areas(report), limit.upper) if enlarged and limit.upper is not None else None
    text += {"diffuse": "; thickened along most of it (diffuse)", "focal": "; thickened in parts (focal)"}.get(
        extent or "", ""
    )
    return Verdict(area_mm2=area, limit=limit, enlarged=enlarged, text=text)


def median_area(report: NerveReport) -> float | None:
    """Return the median area over the sure sections in mm2, None where none is sure."""
    sure = [
        m.area_mm2 for m in report.measurements if m.confidence >= nerve_parameters()["unsure_below"] and m.area_mm2 > 0
    ]
    return float(np.median(sure)) if sure else None


def add_masses(
    nerves: Sequence[MeasuredNerve],
    series: Series,
    references: Sequence[ReferenceTissue] = (),
    others: Sequence[ContrastSeries] = (),
) -> tuple[MeasuredNerve, ...]:
    """Return the nerves with the masses at each, and with their signal over that of named tissues.

    Parameters
    ----------
    nerves : sequence of MeasuredNerve
        Of this series.
    series : Series
    references : sequence of ReferenceTissue
    others : sequence of ContrastSeries
        Further series on the voxels of the first, on which masses are looked for too.
    """
    out = []
    for nerve in nerves:
        tissues = reference_signals(series.volume, references, nerve.report.slice_axis)
        masses = find_masses(series.volume, nerve.report, series.facts, others)
        named = tuple(
            m
            if m.series
            else replace(m, references=tuple((name, m.signal / signal) for name, signal in tissues if signal > 0))
            for m in masses
        )
        own = median_signal(nerve.report)
        ratios = tuple((name, own / signal) for name, signal in tissues if signal > 0) if own is not None else ()
        changes = tuple(_unexplained(c, masses) for c in nerve.changes)
        sought = masses_can_be_sought(nerve.report)
        hidden = hidden_masses(series.facts, others) if sought else _NOT_SOUGHT
        out.append(replace(nerve, masses=named, to_tissues=ratios, changes=changes, hidden=hidden))
    return tuple(out)


def _unexplained(change: Change, masses: Sequence[Mass]) -> Change:
    """Return a change; of a displacement without a mass beside it, with what that leaves open."""
    beside = any(m.first_slice <= change.last_slice and m.last_slice >= change.first_slice for m in masses)
    if change.kind != "nerve_displaced" or beside:
        return change
    return replace(change, text=f"{change.text}; what displaces it is not seen, a mass like muscle cannot be told")


def median_signal(report: NerveReport) -> float | None:
    """Return the median signal over the sure sections in units of the image, None where none is sure."""
    known = [
        m.signal
        for m in report.measurements
        if m.signal is not None and m.confidence >= nerve_parameters()["unsure_below"]
    ]
    return float(np.median(known)) if known else None


def add_t2(nerves: Sequence[MeasuredNerve], series: Series) -> tuple[MeasuredNerve, ...]:
    """Return the nerves with the T2 of each section where the series is a train of spin echoes, else as they are."""
    echoes = echoes_of(series.facts)
    if echoes is None or series.volume.values.ndim < 4:
        return tuple(nerves)
    return tuple(replace(n, report=with_t2(n.report, series.volume, echoes)) for n in nerves)


def side_comparisons(nerves: Sequence[MeasuredNerve]) -> tuple[SideComparison, ...]:
    """Return how each nerve that was measured on both sides compares."""
    return compare_sides([n.report for n in nerves], [n.verdict.area_mm2 for n in nerves])


def side_differences(nerves: Sequence[MeasuredNerve]) -> tuple[str, ...]:
    """Return for each nerve that was measured on both sides how it compares, in words."""
    return tuple(one.text for one in side_comparisons(nerves))
