"""Totals of scores: a sum only when the rule of the score permits it, otherwise the range that is still open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ranvier.case import Case, ScoreStatement, Unused
from ranvier.core import Origin, Side, UnknownNameError
from ranvier.examination.scores.filling import fill_items
from ranvier.examination.scores.tables import CutOff, Score, find_score, load_scores

_HANDS = (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreResult:
    """One score of one case.

    Attributes
    ----------
    score : Score
        Its table.
    side : Side
        Of the hand, for a score of one hand; both otherwise.
    lowest, highest : float
        Totals that are possible with what is known; equal where the total is known.
    values : mapping of str to str
        Value of each known item; empty for a total that was stated alone.
    filled : tuple of str
        Items that were read from the examination of the case.
    told : tuple of str
        Items, in words, that the examination tells, written or not: they are weighed on their own.
    missing : tuple of str
        Items without which there is no total, in words.
    stated : bool
        Whether the case names the score.
    origin : Origin
        Where it stands.
    """

    score: Score
    side: Side
    lowest: float
    highest: float
    values: Mapping[str, str]
    filled: tuple[str, ...]
    told: tuple[str, ...]
    missing: tuple[str, ...]
    stated: bool
    origin: Origin

    @property
    def band(self) -> CutOff | None:
        """Return the band that holds every total that is still possible, None where several do."""
        lowest, highest = self.lowest, self.highest
        return next((b for b in self.score.cut_offs if b.lowest <= lowest and highest <= b.highest), None)

    @property
    def sentence(self) -> str:
        """Return the score in one sentence."""
        name = self.score.name + (f", {self.side.value} hand" if self.score.sided else "")
        most = f"{self.score.lowest:g} to {self.score.highest:g}"
        if self.missing:
            few = ", ".join(self.missing)
            return f"{name}: cannot be totalled: missing {few}; between {self.lowest:g} and {self.highest:g} ({most})."
        meaning = f": {self.band.words}" if self.band else ""
        return f"{name}: {self.lowest:g} ({most}){meaning}."

    @property
    def says(self) -> bool | None:
        """Return whether the feature that the score speaks for is present; None where it is open or there is none."""
        reading = self.score.reading
        return reading.says(self.lowest, self.highest) if reading else None


def score_results(case: Case) -> tuple[tuple[ScoreResult, ...], tuple[Unused, ...]]:
    """Return every score of which a case knows something, and what it states of scores that cannot be used."""
    unused: list[Unused] = []
    stated = [_checked(s, unused) for s in case.scores]
    known = [(score, _graded(score, s)) for score, s in stated if score is not None]
    out = []
    for score in load_scores().values():
        own = [s for found, s in known if found is score]
        for side in _HANDS if score.sided else (Side.BOTH,):
            here = [s for s in own if not score.sided or s.side in (side, Side.BOTH)]
            result = _result(score, side, here, case)
            if result is not None:
                out.append(result)
    return tuple(out), tuple(unused)


def _result(score: Score, side: Side, stated: list[ScoreStatement], case: Case) -> ScoreResult | None:
    written = {s.item: s.value for s in stated if s.item}
    total = next((s.total for s in stated if s.total is not None), None)
    origin = stated[0].origin if stated else Origin(file="case.yaml", text="filled from the examination")
    known = fill_items(score, case, side)
    told = tuple(i.words.partition(":")[0] for i in score.items if i.id in known)
    if total is not None and not written:
        return ScoreResult(
            score=score, side=side, lowest=total, highest=total, values={}, filled=(), told=told, missing=(),
            stated=True, origin=origin,
        )  # fmt: skip
    filled = {item: value for item, value in known.items() if item not in written}
    values = {**filled, **written}
    if not values:
        return None
    lowest = sum(i.points[values[i.id]] if i.id in values else i.lowest for i in score.items)
    needed = [i for i in score.items if i.id not in values and not i.optional]
    open_ = sum(i.highest - i.lowest for i in needed)
    return ScoreResult(
        score=score,
        side=side,
        lowest=lowest,
        highest=lowest + open_,
        values=values,
        filled=tuple(filled),
        told=told,
        missing=tuple(i.words.partition(":")[0] for i in needed),
        stated=bool(stated),
        origin=origin,
    )


def _checked(said: ScoreStatement, unused: list[Unused]) -> tuple[Score | None, ScoreStatement]:
    """Return the score of a statement; None with a note when the statement cannot be used."""
    try:
        score = find_score(said.score)
    except UnknownNameError as error:
        _note(unused, said, f"{error}; it was not used.", "Write the name of a score that ranvier scores lists.")
        return None, said
    problem, remedy = _problem(score, said)
    if problem:
        _note(unused, said, problem, remedy)
        return None, said
    return score, said


def _problem(score: Score, said: ScoreStatement) -> tuple[str, str]:
    if score.sided and said.side not in (*_HANDS, Side.BOTH):
        return f"{score.name} belongs to one hand, and no side is given; it was not used.", "Add side: left or right."
    if said.total is not None:
        if not _possible(score, said.total):
            return (
                f"{said.total:g} cannot be a total of {score.name}; it was not used.",
                f"Write a total from {score.lowest:g} to {score.highest:g} in steps of {score.step:g}.",
            )
        return "", ""
    if score.why_no_items:
        return f"{score.name}: {score.why_no_items} The item was not used.", "Write the total alone: total: <number>."
    item = next((i for i in score.items if i.id == said.item), None)
    if item is None:
        error = UnknownNameError(f"item of {score.name}", said.item, (i.id for i in score.items))
        return f"{error}; it was not used.", f"Write one of {', '.join(i.id for i in score.items)}."
    if _graded(score, said).value not in item.points:
        unit = next((f", or the number in {m.unit}" for m in score.measured if m.item == said.item), "")
        remedy = f"Write one of {', '.join(item.points)}{unit}."
        return f"{said.value!r} is no value of {said.item}; it was not used.", remedy
    return "", ""


def _graded(score: Score, said: ScoreStatement) -> ScoreStatement:
    """Return a statement whose measured number is the value of the item that the number stands for."""
    bands = [m for m in score.measured if m.item == said.item]
    try:
        number = float(said.value.replace(",", "."))
    except ValueError:
        return said
    found = (m.value for m in bands if m.lowest <= round(number, m.decimals) <= m.highest)
    return replace(said, value=next(found, said.value))


def _possible(score: Score, total: float) -> bool:
    return score.lowest <= total <= score.highest and abs(total / score.step - round(total / score.step)) < 1e-9


def _note(unused: list[Unused], said: ScoreStatement, problem: str, remedy: str) -> None:
    unused.append(Unused(severity="error", origin=said.origin, problem=problem, remedy=remedy))


def shown_in_report(results: Iterable[ScoreResult]) -> tuple[ScoreResult, ...]:
    """Return the scores that the case names, and those that its examination tells in full."""
    return tuple(r for r in results if r.stated or not r.missing)
