"""Words and codes that say a reading of the examination: "foot drop" is weak ankle dorsiflexion.

``reading_words.csv`` gives for each word or HPO term the section of the examination, the place and the
grades that its presence and its absence stand for. Such an entry among the features of a case is
read as if it stood in that section.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from ranvier.anatomy import plain
from ranvier.case.schema import ExaminationPart, FeatureItem, ReflexItem, SensationItem, StrengthItem, WastingItem
from ranvier.case.vocabulary import PACKAGE
from ranvier.case.words import read_presence
from ranvier.core import UnknownNameError, read_table

_COLUMNS = ("term", "hpo", "section", "place", "side", "modality", "present", "absent", "synonyms")


@dataclass(slots=True, kw_only=True)
class Sorted:
    """The entries of the features of a case: those that are features, and those that are readings."""

    features: list[FeatureItem] = field(default_factory=list)
    strength: list[StrengthItem] = field(default_factory=list)
    reflexes: list[ReflexItem] = field(default_factory=list)
    sensation: list[SensationItem] = field(default_factory=list)
    wasting: list[WastingItem] = field(default_factory=list)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    index: dict[str, Mapping[str, str]] = {}
    for row in read_table(PACKAGE, "reading_words.csv", _COLUMNS):
        for name in (row["term"], row["hpo"], *row["synonyms"].split("|")):
            if plain(name):
                index[plain(name)] = row
    return index


def reading_terms() -> tuple[str, ...]:
    """Return every name that is read as a reading, folded as `ranvier.anatomy.plain` does."""
    return tuple(_words())


def with_readings(
    part: ExaminationPart, *sections: Iterable[FeatureItem]
) -> tuple[ExaminationPart, list[list[FeatureItem]]]:
    """Return the examination with the readings that stand among the features, and the features that stay.

    Parameters
    ----------
    part : ExaminationPart
        The examination as written.
    *sections : iterable of FeatureItem
        The lists of features, in their order.
    """
    found = Sorted()
    kept: list[list[FeatureItem]] = []
    for items in sections:
        rest = [item for item in items if not _moved(item, found)]
        kept.append(rest)
    added = {
        "strength": [*(part.strength or ()), *found.strength],
        "reflexes": [*(part.reflexes or ()), *found.reflexes],
        "sensation": [*(part.sensation or ()), *found.sensation],
        "wasting": [*(part.wasting or ()), *found.wasting],
    }
    return part.model_copy(update=added), kept


def _moved(item: FeatureItem, found: Sorted) -> bool:
    """Put an entry where it belongs; tell whether it was a reading."""
    row = _words().get(plain(item.item))
    if row is None:
        return False
    try:
        present = read_presence(item.status)
    except UnknownNameError:
        return False
    if present is None:
        return True
    names = item.at or item.area or [row["place"]]
    side, text = item.side or row["side"] or None, item.text or item.item
    said = row["present"] if present else row["absent"]
    if row["section"] == "strength":
        found.strength.append(
            StrengthItem(__line__=item.line, __where__=item.where, text=text, name=names, side=side, grade=said)
        )
    elif row["section"] == "reflex":
        found.reflexes.append(
            ReflexItem(__line__=item.line, __where__=item.where, text=text, name=names, side=side, grade=said)
        )
    elif row["section"] == "wasting":
        found.wasting.append(
            WastingItem(__line__=item.line, __where__=item.where, text=text, name=names, side=side, status=said)
        )
    else:
        about = {"modality": row["modality"], "result": said}
        found.sensation.append(
            SensationItem(
                __line__=item.line, __where__=item.where, text=text, area=names, side=side, symptom=None, **about
            )
        )
    return True
