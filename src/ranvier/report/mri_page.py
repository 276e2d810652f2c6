"""The page of a measured MRI series: all nerves at a glance, then of each its verdict, pictures and profile.

Self-contained HTML; pictures are PNG inside the page, turned as radiologists look at them, with letters at the borders.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ranvier.imaging.nerves import (
    ContrastMedian,
    ContrastSeries,
    MeasuredNerve,
    NerveMeasurement,
    changes_untold,
    side_differences,
    side_doubts,
    sure_rows,
)
from ranvier.imaging.reading import Series
from ranvier.imaging.volume import Volume
from ranvier.report.environment import page_environment
from ranvier.report.nerve_pictures import (
    Picture,
    course_pictures,
    half_mm,
    overview_picture,
    runs_within_slices,
    section_pictures,
    sections_at_once,
    short_note,
    telling_section,
)
from ranvier.report.orientation import ends_along
from ranvier.report.page import style
from ranvier.report.profile_picture import profile_picture

_FEWEST_FOR_PROFILE = 3
_UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Glance:
    """One nerve in the table at the top."""

    size: str
    verdict: str
    signal: str
    t2: str
    along: str
    masses: str
    sections: str


def render_mri_page(
    series: Series,
    nerves: Sequence[MeasuredNerve],
    model: Mapping[str, str] | None = None,
    contrasts: Sequence[ContrastSeries] = (),
    medians: Sequence[ContrastMedian] = (),
) -> str:
    """Return the page as HTML text.

    Parameters
    ----------
    series : Series
        The image that was measured; of several volumes the first is shown.
    nerves : sequence of MeasuredNerve
    model : mapping, optional
        What is stated of the model that the outlines are from.
    contrasts : sequence of ContrastSeries
        All series of the place, the outlined one first; empty where there is only one.
    medians : sequence of ContrastMedian

    Raises
    ------
    MissingExtraError
        If Pillow is not installed.
    """
    environment, volume = page_environment(), series.volume
    doubts = side_doubts(volume, [n.report for n in nerves])
    environment.filters["units"] = with_units
    environment.filters["sentence"] = sentence
    return environment.get_template("mri.html.j2").render(
        style=style(),
        facts=series.facts,
        voxel=volume.spacing_mm,
        shown=[_shown(volume, n, contrasts, medians) for n in nerves],
        notes=tuple(n for n in series.notes if n not in doubts),
        doubts=doubts,
        sides=side_differences(nerves),
        model=model,
        has_t2=any(m.t2_ms is not None for n in nerves for m in n.report.measurements),
    )


def with_units(text: str) -> str:
    """Return words with square and cubic millimetres as printed.

    >>> with_units("41.7 mm2")
    '41.7 mm²'
    """
    return text.replace("mm2", "mm²").replace("mm3", "mm³")


def sentence(text: str) -> str:
    """Return words with a capital first letter, the others as they are.

    >>> sentence("left T2 map")
    'Left T2 map'
    """
    return text[:1].upper() + text[1:]


def _shown(
    volume: Volume, nerve: MeasuredNerve, contrasts: Sequence[ContrastSeries], medians: Sequence[ContrastMedian]
) -> dict[str, object]:
    """Return what the page says and shows of one nerve."""
    at_once = sections_at_once(nerve)
    once = {s.slice_index for s in at_once}
    rest = [s for s in nerve.report.sections if s.slice_index not in once]
    return {
        "nerve": nerve,
        "title": f"{nerve.report.side.value} {nerve.report.nerve.replace('_', ' ')}",
        "glance": _glance(nerve),
        "overview": overview_picture(volume, nerve),
        "sections": section_pictures(volume, nerve, at_once),
        "rest": section_pictures(volume, nerve, rest),
        "wide_mm": 2 * half_mm(nerve),
        "courses": course_pictures(volume, nerve),
        "profile": _profile(volume, nerve),
        "within": runs_within_slices(volume, nerve),
        "untold": changes_untold(nerve.report),
        "doubts": _doubts(nerve),
        "contrasts": _on_contrasts(contrasts, medians, nerve),
    }


def _glance(nerve: MeasuredNerve) -> _Glance:
    rows, verdict = nerve.report.measurements, nerve.verdict
    word = {True: "above the limit", False: "not above the limit"}.get(bool(verdict.enlarged), "")
    likely = sum(m.likely for m in nerve.masses)
    found = [f"{likely} likely"] * bool(likely) + [f"{len(nerve.masses) - likely} possible"] * (
        likely < len(nerve.masses)
    )
    none = "none seen" if sure_rows(nerve.report).any() else f"none seen ({_UNSURE})"
    none = "not looked for" if "not looked for" in nerve.hidden else none
    return _Glance(
        size=f"{verdict.area_mm2:.1f} mm²" if verdict.area_mm2 is not None else "none",
        verdict=word if verdict.enlarged is not None else "no verdict",
        signal=_median_of(nerve, [m.signal_ratio for m in rows], "{:.2f}"),
        t2=_median_of(nerve, [_t2(m) for m in rows], "{:.0f} ms"),
        along=", ".join(dict.fromkeys(c.kind.replace("_", " ") for c in nerve.changes))
        or ("not judged" if changes_untold(nerve.report) else "nothing stands out"),
        masses=", ".join(found) or none,
        sections=f"{int(sure_rows(nerve.report).sum())} of {len(rows)}",
    )


def _profile(volume: Volume, nerve: MeasuredNerve) -> str:
    """Return the profile, empty where there are too few sections for one."""
    few = len(nerve.report.measurements) < _FEWEST_FOR_PROFILE
    return "" if few else profile_picture(nerve, ends_along(volume, nerve.report.slice_axis))


def _t2(m: NerveMeasurement) -> float | None:
    return m.t2_epg_ms if m.t2_epg_ms is not None else m.t2_ms


def _median_of(nerve: MeasuredNerve, values: Sequence[float | None], form: str) -> str:
    """Return the median over the sure sections, else over all with a word of it."""
    sure = sure_rows(nerve.report)
    known = [v for v, ok in zip(values, sure, strict=True) if v is not None and ok]
    if known:
        return form.format(float(np.median(known)))
    some = [v for v in values if v is not None]
    return f"{form.format(float(np.median(some)))} ({_UNSURE})" if some else "not known"


def _doubts(nerve: MeasuredNerve) -> tuple[str, ...]:
    """Return each doubt of the sections once, with how many have it."""
    rows = nerve.report.measurements
    found: Counter[str] = Counter()
    for m in rows:
        found.update({part.strip() for part in short_note(m.note).split(";") if part.strip()})
    return tuple(f"{words} in {count} of {len(rows)} sections" for words, count in found.most_common())


def _on_contrasts(
    contrasts: Sequence[ContrastSeries], medians: Sequence[ContrastMedian], nerve: MeasuredNerve
) -> list[tuple[ContrastMedian, Picture]]:
    """Return the nerve on each series: its medians, and one section with the same outline."""
    mine = [m for m in medians if (m.nerve, m.side) == (nerve.report.nerve, nerve.report.side)]
    if not nerve.report.sections:
        return []
    section = telling_section(nerve)
    return [
        (m, section_pictures(one.volume, nerve, [section])[0])
        for one in contrasts
        for m in mine
        if m.series == one.name
    ]
