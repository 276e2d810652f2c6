"""One side or both: what the symptoms and signs of a case say together.

Somebody who reports a numb left hand says by that much that the right one is no trouble. Only symptoms
and signs count, not tests, since tests are often done on the ill side alone.
"""

from collections.abc import Iterable

from ranvier.core import WHOLE_BODY, Finding, Modality, Origin, Place, PlaceKind, PresenceReading, Side

LATERALITY = "laterality"
_ENOUGH = 2
_BEDSIDE = (Modality.HISTORY, Modality.EXAMINATION)


def laterality(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return one finding on the side of the complaints, or none when too few of them have a side.

    The place of the finding is the whole body; its side is left, right or both.
    """
    sided = [f for f in findings if f.modality in _BEDSIDE and f.abnormal and _side(f) is not None]
    if len(sided) < _ENOUGH:
        return ()
    sides = {_side(f) for f in sided}
    side = next(iter(sides)) if len(sides) == 1 else Side.BOTH
    if side is None:
        return ()
    where = "on both sides" if side is Side.BOTH else f"all on the {side.value}"
    return (
        Finding(
            id="laterality",
            modality=Modality.EXAMINATION,
            observable=LATERALITY,
            place=Place(kind=PlaceKind.REGION, ids=(WHOLE_BODY,), side=side, label="body"),
            reading=PresenceReading(present=True),
            abnormal=None,
            statement=f"The symptoms and signs that have a side are {where}.",
            limit=None,
            origin=Origin(file="case.yaml", text=f"{len(sided)} symptoms and signs taken together"),
        ),
    )


def _side(finding: Finding) -> Side | None:
    place = finding.place
    if place is None or place.side in (Side.UNKNOWN, Side.MIDLINE):
        return None
    return place.side
