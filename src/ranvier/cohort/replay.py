"""Replay published test results with simulated patients: the exam of the forward model.

For each row patients of the stated population are drawn, examined with the stated test and cut-off, and the
shares of positive cases and negative controls are held against the published interval.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ranvier.anatomy import load_graph
from ranvier.case import Setting
from ranvier.cohort.evaluation import wilson_of
from ranvier.cohort.published_tests import (
    Half,
    Published,
    PublishedTest,
    Replayed,
    Term,
    population,
    published_tests,
    reasons,
    replayed_tests,
)
from ranvier.core import Side
from ranvier.inference import load_library
from ranvier.inference.items import parse_item
from ranvier.inference.nerves import Nerves
from ranvier.inference.simulation import Examiner, Look, Population, SimulatedPatient
from ranvier.report import AgreementBar

BoolArray = NDArray[np.bool_]

DRAWS = 3000
_SEED = 20240
_MARGIN = 0.10
_FEWEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A simulated share beside the published one and its interval."""

    model: float
    published: float
    low: float
    high: float
    interval: str

    @property
    def inside(self) -> bool:
        """Tell whether the simulated share lies in the interval."""
        return self.low <= self.model <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRow:
    """One replayed row: what was published, what the model gives."""

    test: PublishedTest
    sens: Comparison | None
    spec: Comparison | None
    n_cases: int
    n_controls: int
    note: str

    @property
    def inside(self) -> bool:
        """Tell whether everything that was published of the row lies inside."""
        return all(c.inside for c in (self.sens, self.spec) if c is not None)

    @property
    def reason(self) -> str:
        """Return why the row is missed as far as is known; nothing for a row that is not."""
        return "" if self.inside else reasons().get(self.test.id, "not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """All rows: replayed, and not represented with the reason."""

    rows: tuple[ReplayRow, ...]
    unrepresented: tuple[tuple[PublishedTest, str], ...]

    def bars(self) -> tuple[AgreementBar, ...]:
        """Return what a picture shows: one bar for each published share, with the simulated one."""
        return tuple(
            AgreementBar(
                label=f"{row.test.disorder}: {row.test.test}, {what}",
                group=row.test.half,
                model=c.model,
                published=c.published,
                low=c.low,
                high=c.high,
            )
            for half in ("judging", "fitting")
            for row in self.rows
            if row.test.half == half
            for what, c in (("sensitivity", row.sens), ("specificity", row.spec))
            if c is not None
        )

    def of(self, half: Half) -> tuple[ReplayRow, ...]:
        """Return the rows of one half."""
        return tuple(row for row in self.rows if row.test.half == half)


def replay_published(draws: int = DRAWS, *, report: Callable[[ReplayRow], None] | None = None) -> Replay:
    """Replay every published result that the model can represent.

    Parameters
    ----------
    draws : int
        Simulated patients behind each share, before a reference test sorts them.
    report : callable, optional
        Called with each row as it is ready.
    """
    nerves = Nerves(load_library(), load_graph())
    rows: list[ReplayRow] = []
    left: list[tuple[PublishedTest, str]] = []
    for number, (id_, how) in enumerate(replayed_tests().items()):
        test = published_tests()[id_]
        if how.not_represented:
            left.append((test, how.not_represented))
            continue
        row = _row(test, how, nerves, np.random.default_rng(_SEED + number), draws)
        rows.append(row)
        if report is not None:
            report(row)
    return Replay(rows=tuple(rows), unrepresented=tuple(left))


def _row(test: PublishedTest, how: Replayed, nerves: Nerves, rng: np.random.Generator, draws: int) -> ReplayRow:
    cases, controls = _counts(test.n)
    positive = _positives(how.cases, how, nerves, rng, draws, ill=True) if how.cases and test.sens else None
    negative = _positives(how.controls, how, nerves, rng, draws, ill=False) if how.controls and test.spec else None
    return ReplayRow(
        test=test,
        sens=_compared(float(positive.mean()), test.sens, cases) if positive is not None else None,
        spec=_compared(1 - float(negative.mean()), test.spec, controls) if negative is not None else None,
        n_cases=len(positive) if positive is not None else 0,
        n_controls=len(negative) if negative is not None else 0,
        note=how.note,
    )


def _positives(
    name: str, how: Replayed, nerves: Nerves, rng: np.random.Generator, draws: int, *, ill: bool
) -> BoolArray:
    """Return for each patient of a population whether the test is positive.

    Where the row names a reference test, only patients in whom it says ill (or well) are kept.
    """
    shares, variants = population(name)
    drawn = Population(
        nerves.library, Setting.NEUROLOGY_CLINIC, disorders=shares, variants=variants, side=Side.RIGHT
    ).draw(rng, draws)
    patients = at_days(drawn, how.days, rng)
    looks = {key_of(t): look_of(t) for t in (*how.terms, *how.reference, *how.without)}
    grades = Examiner(nerves, rng).grades(patients, list(looks.values()))
    column = {key: grades[:, number] for number, key in enumerate(looks)}
    out = _reached(how.terms, column) >= how.need
    kept = np.ones(len(patients), dtype=np.bool_)
    if how.without:
        kept &= _reached(how.without, column) == 0
    if how.reference:
        kept &= (_reached(how.reference, column) >= 1) == ill
    return out[kept] if kept.sum() >= _FEWEST else out


def at_days(
    patients: Sequence[SimulatedPatient], days: Sequence[tuple[float, float]], rng: np.random.Generator
) -> list[SimulatedPatient]:
    """Return the patients at stated days of the illness, each day with its share; as they are without one."""
    if not days:
        return list(patients)
    share = np.array([s for _, s in days])
    chosen = rng.choice(len(days), size=len(patients), p=share / share.sum())
    return [
        replace(p, case=replace(p.case, onset=replace(p.case.onset, duration_days=days[int(c)][0])))
        for p, c in zip(patients, chosen, strict=True)
    ]


def key_of(term: Term) -> tuple[str, bool]:
    """Return what tells a look apart: the item and whether it is on the other side."""
    return term.item, term.other_side


def look_of(term: Term) -> Look:
    """Return the look of a term: the ill side is the right one."""
    return Look(parse_item(term.item), Side.LEFT if term.other_side else Side.RIGHT)


def _reached(terms: Sequence[Term], column: Mapping[tuple[str, bool], NDArray[np.intp]]) -> NDArray[np.float64]:
    return np.asarray(np.sum([t.weight * (column[key_of(t)] >= t.from_grade) for t in terms], axis=0), dtype=np.float64)


def _counts(n: str) -> tuple[int | None, int | None]:
    """Return the numbers of cases and controls that a printed `n` tells, None where it does not.

    >>> _counts("151+162"), _counts("113 arms"), _counts("")
    ((151, 162), (113, 113), (None, None))
    """
    numbers = [int(m) for m in re.findall(r"\d+", n)]
    if not numbers:
        return None, None
    return (numbers[0], numbers[1]) if "+" in n and len(numbers) > 1 else (numbers[0], numbers[0])


def _compared(model: float, published: Published | None, n: int | None) -> Comparison | None:
    if published is None:
        return None
    if published.low is not None and published.high is not None:
        low, high, interval = published.low, published.high, "published"
    elif n is not None:
        figure = wilson_of(published.value * n, n)
        low, high, interval = figure.low, figure.high, "binomial"
    else:
        low, high, interval = max(published.value - _MARGIN, 0.0), min(published.value + _MARGIN, 1.0), "0.10"
    return Comparison(model=model, published=published.value, low=low, high=high, interval=interval)


def replay_table(result: Replay) -> str:
    """Return the table of agreement as text: each row, both halves counted, and what is not represented."""
    lines = []
    for row in sorted(result.rows, key=lambda r: (r.test.half, r.test.id)):
        shares = ", ".join(
            f"{what} model {c.model:.2f}, published {c.published:.2f} ({c.low:.2f}-{c.high:.2f}, {c.interval})"
            for what, c in (("sens", row.sens), ("spec", row.spec))
            if c is not None
        )
        mark = "inside " if row.inside else "OUTSIDE"
        lines.append(f"{row.test.half:8} {mark} {row.test.id} {row.test.disorder}, {row.test.test}: {shares}")
        if not row.inside:
            lines.append(f"         why: {row.reason}")
    halves: tuple[Half, Half] = ("fitting", "judging")
    for half in halves:
        rows = result.of(half)
        lines.append(f"{half}: {sum(r.inside for r in rows)} of {len(rows)} rows inside their interval")
    lines.append(f"not represented: {len(result.unrepresented)} rows")
    lines.extend(f"  {test.id} {test.disorder}, {test.test}: {why}" for test, why in result.unrepresented)
    return "\n".join(lines)


def replay_to_json(result: Replay) -> str:
    """Return the outcome as JSON: both halves counted, what is not represented, and every row."""
    halves: tuple[Half, Half] = ("fitting", "judging")
    counts = {h: {"rows": len(result.of(h)), "inside": sum(r.inside for r in result.of(h))} for h in halves}
    missing = [{"id": t.id, "test": t.test, "disorder": t.disorder, "reason": why} for t, why in result.unrepresented]
    return json.dumps({**counts, "unrepresented": missing, "rows": [_as_json(r) for r in result.rows]}, indent=2)


def _as_json(row: ReplayRow) -> dict[str, object]:
    test = row.test
    return {
        "id": test.id,
        "half": test.half,
        "disorder": test.disorder,
        "test": test.test,
        "threshold": test.threshold,
        "source": test.source,
        "status": test.status.value,
        "sens": _comparison(row.sens),
        "spec": _comparison(row.spec),
        "n_cases": row.n_cases,
        "n_controls": row.n_controls,
        "inside": row.inside,
        "reason": row.reason,
        "note": row.note,
    }


def _comparison(c: Comparison | None) -> dict[str, object] | None:
    return {**asdict(c), "inside": c.inside} if c is not None else None
