"""Clinical scores: items as data, totals with their cut-offs, and findings made of them.

A score whose items were counted on their own is shown and not weighed again. A total that was stated alone is
weighed as the feature that it speaks for, where the tables have one and the case does not state it.
"""

from ranvier.case import Case, Unused
from ranvier.core import Finding, GradedReading, Limit, Modality, PresenceReading, Reading
from ranvier.examination.scores.tables import Score, find_score, load_scores
from ranvier.examination.scores.totals import ScoreResult, score_results, shown_in_report

SCORE_PREFIX = "score:"
"""Begins the observable of a score that is shown and not weighed."""

__all__ = ["SCORE_PREFIX", "Score", "ScoreResult", "find_score", "findings", "load_scores", "score_results", "unused"]


def findings(case: Case) -> tuple[Finding, ...]:
    """Return one finding for each score that the case names or tells in full."""
    results = shown_in_report(score_results(case)[0])
    said = {s.feature for s in case.statements}
    out = []
    for number, result in enumerate(results, 1):
        feature = _speaks_for(result)
        if feature in said:
            feature = ""
        said.add(feature)
        out.append(_finding(f"score-{number}", result, feature))
    return tuple(out)


def unused(case: Case) -> tuple[Unused, ...]:
    """Return what the case states of scores that cannot be used, with what to do."""
    return score_results(case)[1]


def _speaks_for(result: ScoreResult) -> str:
    band = result.band
    alone = not result.values and band is not None and band.abnormal is not None
    return result.score.speaks_for if alone else ""


def _finding(id_: str, result: ScoreResult, feature: str) -> Finding:
    band = result.band
    abnormal = band.abnormal if band else None
    graded = GradedReading(lowest=int(result.lowest), highest=int(result.highest))
    reading: Reading = PresenceReading(present=bool(abnormal)) if feature else graded
    return Finding(
        id=id_,
        modality=Modality.EXAMINATION,
        observable=feature or f"{SCORE_PREFIX}{result.score.id}",
        place=None,
        reading=reading,
        abnormal=abnormal,
        statement=result.sentence,
        limit=Limit(text=band.words, source=band.source, status=band.status) if band else None,
        origin=result.origin,
    )
