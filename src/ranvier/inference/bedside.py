"""Where the lesion lies from history and examination alone: what a clinician answers at the bedside."""

from dataclasses import dataclass, replace

from ranvier.case import Case
from ranvier.core import Modality, Side
from ranvier.inference.assess import assess
from ranvier.inference.assessment import Assessment
from ranvier.inference.nerves import Nerves
from ranvier.inference.parameters import load_parameters
from ranvier.inference.workup import collect_findings

_BEDSIDE = (Modality.HISTORY, Modality.EXAMINATION)
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyPlace:
    """A named part of the nerve map with the probability that a lesion lies in it."""

    part: str
    text: str
    side: Side
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BedsideAnswer:
    """The likely places, most likely first, and the assessment behind them."""

    places: tuple[LikelyPlace, ...]
    assessment: Assessment


def localise_bedside(case: Case, nerves: Nerves | None = None) -> BedsideAnswer:
    """Return where the lesion lies from history and examination alone.

    Parameters
    ----------
    case : Case
        The record; studies, images, laboratory and tissue are left out.
    nerves : Nerves, optional
        Forward models kept from earlier cases.

    Returns
    -------
    BedsideAnswer
        Parts of the map above `localise_shown`, at most eight; a loss by length where it is more likely than not.
    """
    findings = tuple(f for f in collect_findings(case) if f.modality in _BEDSIDE)
    assessment = replace(assess(case, findings, nerves), unused=case.unused)
    p = load_parameters()
    least = {"pattern": p["localise_pattern_shown"]}
    places = tuple(
        LikelyPlace(
            part=n.part,
            text=n.label if n.kind == "pattern" else f"{n.side.value} {n.label}",
            side=n.side,
            probability=n.probability,
        )
        for n in sorted(assessment.nerve_lesions, key=lambda n: -n.probability)
        if n.probability >= least.get(n.kind, p["localise_shown"])
    )
    return BedsideAnswer(places=places[:_SHOWN], assessment=assessment)
