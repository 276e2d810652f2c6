"""The scores as data: items with their points, cut-offs, and which findings of a case fill an item."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ranvier.core import Status, UnknownNameError, read_table

_PACKAGE = "ranvier.examination.scores"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item: the values that it may take, each with its points."""

    id: str
    words: str
    points: Mapping[str, float]
    optional: bool

    @property
    def lowest(self) -> float:
        """Return the fewest points of the item."""
        return min(self.points.values())

    @property
    def highest(self) -> float:
        """Return the most points of the item."""
        return max(self.points.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """A closed band of totals with what it means; `abnormal` is None where the band decides nothing."""

    lowest: float
    highest: float
    words: str
    abnormal: bool | None
    status: Status
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A finding of the case that says the same as an item.

    `side` is left, right, ``worse`` for the worse of both sides, ``own`` for the side of a score of one hand, or empty;
    `values` maps a grade, a result or a presence to a value of the item. What is not in it fills nothing.
    """

    item: str
    reads: str
    id: str
    side: str
    modality: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReading:
    """The feature that a total speaks for: present from one total on, absent up to another, open between.

    `place` is the tunnel that a score of one hand speaks of, or empty.
    """

    feature: str
    present_from: float
    absent_to: float | None
    place: str
    status: Status
    source: str

    def says(self, lowest: float, highest: float) -> bool | None:
        """Tell whether every total from `lowest` to `highest` shows the feature, none does, or it is open."""
        if lowest >= self.present_from:
            return True
        return False if self.absent_to is not None and highest <= self.absent_to else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A closed band of what was measured for an item, and the value of the item that it is."""

    item: str
    unit: str
    decimals: int
    value: str
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One score; without items only a total is read, and `why_no_items` says why."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    lowest: float
    highest: float
    step: float
    sided: bool
    missing_rule: str
    why_no_items: str
    licence: str
    status: Status
    source: str
    items: tuple[Item, ...]
    cut_offs: tuple[CutOff, ...]
    fills: tuple[Fill, ...]
    reading: ScoreReading | None
    measured: tuple[Measured, ...]


@cache
def load_scores() -> Mapping[str, Score]:
    """Return all scores by id, in the order of the table."""
    columns = ("score", "name", "synonyms", "lowest", "highest", "step", "sided", "missing_rule")
    rows = read_table(_PACKAGE, "scores.csv", (*columns, "why_no_items", "licence", "status", "source"))
    items, cut_offs, fills = _items(), _cut_offs(), _fills()
    readings, measured = _readings(), _measured()
    return {
        row["score"]: Score(
            id=row["score"],
            name=row["name"],
            synonyms=tuple(filter(None, row["synonyms"].split("|"))),
            lowest=float(row["lowest"]),
            highest=float(row["highest"]),
            step=float(row["step"]),
            sided=row["sided"] == "yes",
            missing_rule=row["missing_rule"],
            why_no_items=row["why_no_items"],
            licence=row["licence"],
            status=Status(row["status"]),
            source=row["source"],
            items=tuple(items.get(row["score"], ())),
            cut_offs=tuple(cut_offs.get(row["score"], ())),
            fills=tuple(fills.get(row["score"], ())),
            reading=readings.get(row["score"]),
            measured=tuple(measured.get(row["score"], ())),
        )
        for row in rows
    }


def find_score(name: str) -> Score:
    """Return the score of an id, a name or a synonym.

    Raises
    ------
    UnknownNameError
        If no score has that name.

    Examples
    --------
    >>> find_score("MRC sumscore").id
    'mrc_sum'
    """
    named = {_plain(n): score for score in load_scores().values() for n in (score.id, score.name, *score.synonyms)}
    if _plain(name) not in named:
        raise UnknownNameError("score", name, (n for s in load_scores().values() for n in (s.id, s.name)))
    return named[_plain(name)]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _points(text: str) -> dict[str, float]:
    """Return the points of each value; ``0..5`` stands for whole points.

    >>> _points("no=0|yes=3.5")
    {'no': 0.0, 'yes': 3.5}
    """
    if ".." in text:
        first, last = (int(end) for end in text.split(".."))
        return {str(n): float(n) for n in range(first, last + 1)}
    return {value: float(points) for value, points in (pair.split("=") for pair in text.split("|"))}


def _items() -> dict[str, list[Item]]:
    out: dict[str, list[Item]] = {}
    for row in read_table(_PACKAGE, "items.csv", ("score", "item", "words", "values", "optional", "status", "source")):
        item = Item(
            id=row["item"], words=row["words"], points=_points(row["values"]), optional=row["optional"] == "yes"
        )
        out.setdefault(row["score"], []).append(item)
    return out


def _cut_offs() -> dict[str, list[CutOff]]:
    verdicts = {"yes": True, "no": False, "": None}
    out: dict[str, list[CutOff]] = {}
    for row in read_table(_PACKAGE, "cutoffs.csv", ("score", "from", "to", "words", "abnormal", "status", "source")):
        band = CutOff(
            lowest=float(row["from"]),
            highest=float(row["to"]),
            words=row["words"],
            abnormal=verdicts[row["abnormal"]],
            status=Status(row["status"]),
            source=row["source"],
        )
        out.setdefault(row["score"], []).append(band)
    return out


def _fills() -> dict[str, list[Fill]]:
    out: dict[str, list[Fill]] = {}
    for row in read_table(_PACKAGE, "fills.csv", ("score", "item", "reads", "id", "side", "modality", "values")):
        values = dict(pair.split("=") for pair in row["values"].split("|"))
        fill = Fill(
            item=row["item"],
            reads=row["reads"],
            id=row["id"],
            side=row["side"],
            modality=row["modality"],
            values=values,
        )
        out.setdefault(row["score"], []).append(fill)
    return out


def _readings() -> dict[str, ScoreReading]:
    columns = ("score", "feature", "present_from", "absent_to", "place", "status", "source")
    return {
        row["score"]: ScoreReading(
            feature=row["feature"],
            present_from=float(row["present_from"]),
            absent_to=float(row["absent_to"]) if row["absent_to"] else None,
            place=row["place"],
            status=Status(row["status"]),
            source=row["source"],
        )
        for row in read_table(_PACKAGE, "readings.csv", columns)
    }


def _measured() -> dict[str, list[Measured]]:
    out: dict[str, list[Measured]] = {}
    columns = ("score", "item", "unit", "decimals", "value", "lowest", "highest", "status", "source")
    for row in read_table(_PACKAGE, "measured.csv", columns):
        band = Measured(
            item=row["item"],
            unit=row["unit"],
            decimals=int(row["decimals"]),
            value=row["value"],
            lowest=float(row["lowest"]),
            highest=float(row["highest"]),
        )
        out.setdefault(row["score"], []).append(band)
    return out
