"""Clinical scores: items as data, totals with their cut-offs, and findings made of them.

A score whose items the examination of the case tells as well is shown and not weighed again. Any other is weighed as
the feature that it speaks for, where the tables have one and the case does not state it.
"""

from ranvier.case import Case, Unused
from ranvier.core import Finding, GradedReading, Limit, Modality, Place, PlaceKind, PresenceReading, Reading, Side
from ranvier.examination.scores.tables import Score, find_score, load_scores
from ranvier.examination.scores.totals import ScoreResult, score_results, shown_in_report

SCORE_PREFIX = "score:"
"""Begins the observable of a score that is shown and not weighed."""

__all__ = ["SCORE_PREFIX", "Score", "ScoreResult", "find_score", "findings", "load_scores", "score_results", "unused"]


def findings(case: Case) -> tuple[Finding, ...]:
    """Return one finding for each score that the case names or tells in full."""
    results = shown_in_report(score_results(case)[0])
    said: set[tuple[str, Side | None]] = {(s.feature, None) for s in case.statements}
    out = []
    for number, result in enumerate(results, 1):
        key = (_feature(result), None if _place(result) is None else result.side)
        new = bool(key[0]) and not {key, (key[0], None)} & said
        said.add(key)
        out.append(_finding(f"score-{number}", result, key[0] if new else ""))
    return tuple(out)


def unused(case: Case) -> tuple[Unused, ...]:
    """Return what the case states of scores that cannot be used, with what to do."""
    return score_results(case)[1]


def _feature(result: ScoreResult) -> str:
    """Return the feature that a score is weighed as; empty where it is only shown."""
    reading = result.score.reading
    return reading.feature if reading is not None and result.says is not None and not result.told else ""


def _place(result: ScoreResult) -> Place | None:
    reading = result.score.reading
    if reading is None or not reading.place:
        return None
    label = reading.place.replace("_", " ")
    return Place(kind=PlaceKind.TUNNEL, ids=(reading.place,), side=result.side, label=label)


def _finding(id_: str, result: ScoreResult, feature: str) -> Finding:
    band = result.band
    graded = GradedReading(lowest=int(result.lowest), highest=int(result.highest))
    reading: Reading = PresenceReading(present=bool(result.says)) if feature else graded
    return Finding(
        id=id_,
        modality=Modality.EXAMINATION,
        observable=feature or f"{SCORE_PREFIX}{result.score.id}",
        place=_place(result) if feature else None,
        reading=reading,
        abnormal=result.says if feature else band.abnormal if band else None,
        statement=f"{result.sentence}{_why_not_weighed(result)}",
        limit=_limit(result, feature),
        origin=result.origin,
    )


def _limit(result: ScoreResult, feature: str) -> Limit | None:
    """Return what a total is held against: the reading that makes it a feature, or else its band."""
    band, reading = result.band, result.score.reading
    if feature and reading is not None:
        words = band.words if band else f"{reading.present_from:g} or more"
        return Limit(text=words, source=reading.source, status=reading.status)
    return Limit(text=band.words, source=band.source, status=band.status) if band else None


def _why_not_weighed(result: ScoreResult) -> str:
    if not result.told or result.says is None:
        return ""
    return f" It is shown and not weighed: the examination tells {', '.join(result.told)}, which count on their own."
