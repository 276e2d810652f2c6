"""Values of items that the examination of the case already tells; where it says nothing exact, nothing is filled."""

from collections.abc import Iterator

from ranvier.case import Case
from ranvier.core import Place, Side
from ranvier.examination.scores.tables import Fill, Score

_SIDES = {"left": (Side.LEFT,), "right": (Side.RIGHT,), "worse": (Side.LEFT, Side.RIGHT), "": (None,)}


def fill_items(score: Score, case: Case, side: Side) -> dict[str, str]:
    """Return the value of each item that the case tells.

    Parameters
    ----------
    score : Score
        Its table of fills names the findings that say the same as an item.
    case : Case
        Strength, reflexes, sensation and features are read.
    side : Side
        Of the hand, for a score of one hand.

    Returns
    -------
    dict of str to str
        Value by item. Two statements that disagree fill nothing; of several places the narrowest counts.
    """
    out: dict[str, str] = {}
    points = {item.id: item.points for item in score.items}
    for fill in score.fills:
        sides = (side,) if fill.side == "own" else _SIDES[fill.side]
        found = [_value(fill, case, one) for one in sides]
        known = [value for value in found if value is not None]
        worst = max(known, key=lambda v: points[fill.item][v], default=None)
        if worst is not None and (len(known) == len(sides) or points[fill.item][worst] > 0):
            out[fill.item] = worst
    return out


def _value(fill: Fill, case: Case, side: Side | None) -> str | None:
    """Return the value that the narrowest statements agree on."""
    said = list(_said(fill, case, side))
    narrowest = min((width for width, _ in said), default=0)
    values = {fill.values.get(word) for width, word in said if width == narrowest}
    return values.pop() if len(values) == 1 else None


def _said(fill: Fill, case: Case, side: Side | None) -> Iterator[tuple[int, str]]:
    """Yield each statement about the place of a fill: how many places it speaks of, and its grade or word."""
    if fill.reads == "strength":
        for s in case.strength:
            if _about(s.place, fill.id, side) and round(s.mrc_lowest, 2) == round(s.mrc_highest, 2):
                yield len(s.place.ids), str(round(s.mrc_lowest))
    elif fill.reads == "reflex":
        for r in case.reflexes:
            if _about(r.place, fill.id, side) and r.lowest == r.highest:
                yield len(r.place.ids), f"{r.lowest:g}"
    elif fill.reads == "sensation":
        for t in case.sensation:
            if _about(t.place, fill.id, side) and t.modality == fill.modality and not t.symptom:
                yield len(t.place.ids), t.result
    else:
        yield from _features(fill, case, side)


def _features(fill: Fill, case: Case, side: Side | None) -> Iterator[tuple[int, str]]:
    for f in case.statements:
        if f.feature != fill.id:
            continue
        if fill.modality and (f.place is None or fill.modality not in f.place.ids):
            continue
        if side is None or (f.place is not None and f.place.side in (side, Side.BOTH)):
            yield 1, "present" if f.present else "absent"


def _about(place: Place, id_: str, side: Side | None) -> bool:
    return id_ in place.ids and place.side in (side, Side.BOTH)
