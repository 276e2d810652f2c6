"""The further images on which masses are looked for: what fat hides on one contrast is seen on another.

A mass as bright as fat cannot be told from it on one image without fat suppression. It can on a further series of the
place whose fat is suppressed or that is T2-weighted; or, where one series is T1- and one T2-weighted and both leave fat
bright, on their difference, scaled so that the fat near the nerve cancels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ranvier.imaging.nerves.contrasts import ContrastSeries
from ranvier.imaging.nerves.masses.records import mass_parameters
from ranvier.imaging.nerves.masses.regions import Block, usual_brightness
from ranvier.imaging.nerves.masses.weighting import Weighting, weighting_of
from ranvier.imaging.reading import Contrast, DixonPart, SequenceFacts
from ranvier.imaging.volume import Volume

FIRST = "the outlined series"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One image about a nerve; `name` is empty for the series that was outlined."""

    name: str
    block: Block
    weighting: Weighting


def fat_is_dark(facts: SequenceFacts | None) -> bool | None:
    """Return whether an image suppresses fat, None where its header does not say."""
    if facts is None:
        return None
    parts = {part for part in facts.dixon if part}
    if facts.contrast is Contrast.STIR or parts == {DixonPart.WATER}:
        return True
    return facts.fat_suppression


def views_of(
    volume: Volume,
    facts: SequenceFacts | None,
    others: Sequence[ContrastSeries],
    block_of: Callable[[Volume], Block],
) -> tuple[View, ...]:
    """Return the outlined series and what of the others shows masses that it may hide.

    Parameters
    ----------
    volume : Volume
        Of the outlined series.
    facts : SequenceFacts or None
        Of that.
    others : sequence of ContrastSeries
        On its voxels.
    block_of : callable
        Returns the part of a volume about the nerve.
    """
    first = View(name="", block=block_of(volume), weighting=weighting_of(facts))
    useful = [o for o in others if fat_is_dark(o.facts) or o.facts.contrast is Contrast.T2]
    further = [View(name=o.name, block=block_of(_known(o.volume)), weighting=weighting_of(o.facts)) for o in useful]
    return (first, *further, *_difference(first, facts, others, block_of))


def _known(volume: Volume) -> Volume:
    return replace(volume, values=np.nan_to_num(volume.values))


def _difference(
    first: View, facts: SequenceFacts | None, others: Sequence[ContrastSeries], block_of: Callable[[Volume], Block]
) -> tuple[View, ...]:
    """Return the T2- less the T1-weighted image with the fat near the nerve cancelled; nothing where one is lacking."""
    if facts is None or fat_is_dark(facts) or facts.contrast not in (Contrast.T1, Contrast.T2):
        return ()
    wanted = Contrast.T1 if facts.contrast is Contrast.T2 else Contrast.T2
    found = next((o for o in others if o.facts.contrast is wanted and not fat_is_dark(o.facts)), None)
    if found is None:
        return ()
    other = block_of(_known(found.volume))
    t2, t1 = (first.block, other) if wanted is Contrast.T1 else (other, first.block)
    usual, _ = usual_brightness(t1)
    near = t1.away_mm <= mass_parameters()["near_mm"]
    fat = near & (t1.smoothed >= mass_parameters()["fat_share"] * usual)
    scale = float(np.median(t2.smoothed[fat] / t1.smoothed[fat]))
    block = replace(
        t2,
        values=np.maximum(t2.values - scale * t1.values, 0),
        smoothed=np.maximum(t2.smoothed - scale * t1.smoothed, 0),
    )
    doubt = "it is seen on a difference of two series: like fluid or target sign cannot be told"
    name = f"the difference of {FIRST} and {found.name} in which fat cancels"
    return (View(name=name, block=block, weighting=Weighting(fluid_sensitive=None, fluid_from=None, doubt=doubt)),)


def hidden_masses(facts: SequenceFacts | None, others: Sequence[ContrastSeries] = ()) -> str:
    """Return which masses cannot be seen on these series and what would show them, empty where nothing is known of any.

    >>> hidden_masses(SequenceFacts(contrast=Contrast.STIR))
    ''
    """
    every = [facts, *(o.facts for o in others)]
    if any(fat_is_dark(one) for one in every):
        return ""
    weights = {one.contrast for one in every if one is not None}
    if {Contrast.T1, Contrast.T2} <= weights:
        return ""
    stated = facts is not None and (fat_is_dark(facts) is False or facts.contrast in (Contrast.T1, Contrast.T2))
    why = "without fat suppression" if stated else "where fat suppression is not stated"
    return (
        f"a mass no brighter than fat cannot be told on this series {why}; a fat-suppressed series of the same place,"
        " or T1 beside T2, would show one"
    )
