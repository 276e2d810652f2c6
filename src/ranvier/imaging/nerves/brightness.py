"""Bright stretches of a nerve as signs: on the outlined series where its weighting lets them be, and on further ones.

A nerve that is bright on a T2-weighted or STIR image holds more water; on T1 it may hold fat, and where the weighting
is not stated nothing is concluded. On a further series the outlines of the first are used: they hold where the patient
lay still, which the page lets a reader see.
"""

from collections.abc import Sequence
from dataclasses import replace

from ranvier.imaging.nerves.contrasts import ContrastSeries, measure_contrasts
from ranvier.imaging.nerves.measurements import NerveReport
from ranvier.imaging.nerves.profile import Change, bright_stretches
from ranvier.imaging.nerves.study import MeasuredNerve
from ranvier.imaging.reading import Contrast, SequenceFacts

_SHOWS_WATER = (Contrast.T2, Contrast.STIR)


def add_brightness(
    nerves: Sequence[MeasuredNerve], facts: SequenceFacts, others: Sequence[ContrastSeries] = ()
) -> tuple[MeasuredNerve, ...]:
    """Return the nerves with what their brightness means, and with the bright stretches of further series.

    Parameters
    ----------
    nerves : sequence of MeasuredNerve
    facts : SequenceFacts
        Of the series that was outlined.
    others : sequence of ContrastSeries
        On its voxels; only T2-weighted and STIR ones are looked at.
    """
    water = [one for one in others if one.facts.contrast in _SHOWS_WATER]
    doubt = _doubt(facts)
    out = []
    for nerve in nerves:
        own = tuple(_doubted(c, doubt) for c in nerve.changes)
        further = (c for one in water for c in _on_series(nerve.report, one))
        out.append(replace(nerve, changes=(*own, *further)))
    return tuple(out)


def _doubt(facts: SequenceFacts) -> str:
    """Return why a bright stretch is no sign on a series, in words; empty where it is."""
    if facts.contrast is None:
        return "the weighting is not stated, so what that means is not judged"
    return "" if facts.contrast in _SHOWS_WATER else "on this weighting that may be fat and is no sign of water"


def _doubted(change: Change, doubt: str) -> Change:
    if change.kind != "bright_stretch" or not doubt:
        return change
    return replace(change, is_sign=False, text=f"{change.text}; {doubt}")


def _on_series(report: NerveReport, series: ContrastSeries) -> tuple[Change, ...]:
    """Return the bright stretches of a nerve on a further series, in the outlines of the first."""
    ratio = {row.slice: row.signal_to_surroundings for row in measure_contrasts([report], [series])}
    rows = tuple(replace(m, signal_ratio=ratio[m.slice]) for m in report.measurements)
    found = bright_stretches(replace(report, measurements=rows))
    return tuple(replace(c, text=f"{c.text}, on {series.name}") for c in found)
