"""Strength, reflexes, sensation and wasting, graded by the scales that the reading model uses.

Grade 0 is normal but for reflexes, where 2 is: strength is 5 minus the MRC grade, a reflex is
4 minus the NINDS grade.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ranvier.case import Case, ReflexStatement, Sensation, Strength, Wasting
from ranvier.core import Finding, GradedReading, Modality, Origin, Place, in_words, number_in_words

_MRC_NORMAL = 5
_NINDS_MAX = 4
_REFLEX_NORMAL = 2
_REFLEX_WORDS = ("clonic", "brisk", "normal", "reduced", "absent")
_SENSE = {
    "light_touch": ("sensation_touch", "Light touch"),
    "monofilament": ("sensation_monofilament", "Feeling of a 10 g monofilament"),
    "vibration": ("sensation_vibration", "Vibration sense"),
    "position": ("sensation_position", "Position sense"),
    "pain": ("sensation_pain", "Pain sense"),
    "temperature": ("sensation_temperature", "Temperature sense"),
    "any": ("sensation_any", "Sensation"),
}
SENSATION = frozenset({"sensory_symptom", *(observable for observable, _ in _SENSE.values())})
"""What is felt at an area of skin, told or examined."""
_SENSE_GRADES = {"normal": (0, 0), "altered": (1, 1), "reduced": (2, 2), "absent": (3, 3)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graded:
    observable: str
    lowest: int
    highest: int
    abnormal: bool | None
    statement: str
    place: Place
    origin: Origin
    modality: Modality = Modality.EXAMINATION


def bedside(case: Case) -> tuple[Finding, ...]:
    """Return the findings of the bedside examination, in the order of the case."""
    return tuple(
        Finding(
            id=f"exam-{number}",
            modality=item.modality,
            observable=item.observable,
            place=item.place,
            reading=GradedReading(lowest=item.lowest, highest=item.highest),
            abnormal=item.abnormal,
            statement=item.statement,
            limit=None,
            origin=item.origin,
        )
        for number, item in enumerate(_all(case), 1)
    )


def _all(case: Case) -> Iterator[_Graded]:
    yield from (_strength(s) for s in case.strength)
    yield from (_reflex(r) for r in case.reflexes)
    yield from (_sensation(s) for s in case.sensation)
    yield from (_wasting(w) for w in case.wasting)


def _verdict(lowest: int, highest: int) -> bool | None:
    return True if lowest > 0 else False if highest == 0 else None


def _strength(row: Strength) -> _Graded:
    lowest, highest = math.floor(_MRC_NORMAL - row.mrc_highest), math.ceil(_MRC_NORMAL - row.mrc_lowest)
    low, high = number_in_words(round(row.mrc_lowest, 1)), number_in_words(round(row.mrc_highest, 1))
    if row.mrc_lowest >= _MRC_NORMAL:
        words = "normal (MRC 5 of 5)"
    else:
        words = f"MRC {low} of 5" if low == high else f"MRC {low} to {high} of 5"
    return _Graded(
        observable="strength",
        lowest=lowest,
        highest=highest,
        abnormal=True if row.mrc_highest < _MRC_NORMAL else _verdict(lowest, highest),
        statement=f"Strength of {in_words(row.place)} is {words}.",
        place=row.place,
        origin=row.origin,
    )


def _reflex(row: ReflexStatement) -> _Graded:
    lowest, highest = math.floor(_NINDS_MAX - row.highest), math.ceil(_NINDS_MAX - row.lowest)
    words = _REFLEX_WORDS[lowest]
    if lowest != highest:
        words = f"{words} to {_REFLEX_WORDS[highest]}"
    inside = lowest <= _REFLEX_NORMAL <= highest
    return _Graded(
        observable="reflex",
        lowest=lowest,
        highest=highest,
        abnormal=True if not inside else False if lowest == highest else None,
        statement=f"Reflex, {in_words(row.place)}: {words}.",
        place=row.place,
        origin=row.origin,
    )


def _sensation(row: Sensation) -> _Graded:
    where = in_words(row.place)
    if row.symptom:
        grade = int(row.result != "normal")
        return _Graded(
            observable="sensory_symptom",
            lowest=grade,
            highest=grade,
            abnormal=bool(grade),
            statement=f"There are {'' if grade else 'no '}sensory symptoms in {where}.",
            place=row.place,
            origin=row.origin,
            modality=Modality.HISTORY,
        )
    observable, sense = _SENSE[row.modality]
    lowest, highest = _SENSE_GRADES[row.result]
    if row.modality == "any" and row.result == "reduced":
        lowest, highest = 2, 3
    return _Graded(
        observable=observable,
        lowest=lowest,
        highest=highest,
        abnormal=_verdict(lowest, highest),
        statement=f"{sense} in {where} is {row.result}.",
        place=row.place,
        origin=row.origin,
    )


def _wasting(row: Wasting) -> _Graded:
    grade = int(row.present)
    return _Graded(
        observable="wasting",
        lowest=grade,
        highest=grade,
        abnormal=row.present,
        statement=f"There is {'' if row.present else 'no '}wasting of {in_words(row.place)}.",
        place=row.place,
        origin=row.origin,
    )
