"""How far our reading of published conduction tables agrees with the published one: counts, intervals, text, JSON.

Rows on which one side gives no verdict are counted apart and enter no share. Agreement by chance is not taken off;
the share of each kind of table stands alone, since worked examples are clearer than patients.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ranvier.anatomy import NerveGraph
from ranvier.cohort.conduction_tables import Difference, PublishedTable, ReadRow, read_rows, without_words
from ranvier.cohort.evaluation import Figure, wilson
from ranvier.core import read_table
from ranvier.electrodiagnosis.criteria import Setting, answer_criteria
from ranvier.electrodiagnosis.neuropathy import classify_case

PACKAGE = "ranvier.cohort"
_KINDS = {"patient": "tables of patients", "case": "tables of published cases", "teaching": "worked examples"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Agreement of one group of tables.

    Attributes
    ----------
    tables_alike : Figure or None
        Share of tables of which every compared row agrees; None where none is compared. The next ones are alike:
        of rows, of rows read with the limits that the source prints, of single words ("prolonged", "reduced" ...).
    no_verdict : int
        Rows on which we give none.
    not_said : int
        Rows with numbers on which the authors say nothing.
    distinct_alike : Figure or None
        Of rows that differ from each other in study, points or numbers; one that agrees in one place and not in
        another does not count as alike.
    """

    name: str
    tables: int
    rows: int
    no_verdict: int
    not_said: int
    tables_alike: Figure | None
    rows_alike: Figure | None
    distinct_alike: Figure | None
    distinct: int
    rows_with_their_limits: Figure | None
    words_alike: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRead:
    """The class that the authors give a study, ours, and the criteria of primary demyelination its numbers meet."""

    table: str
    published: str
    criteria_met: tuple[str, ...]
    ours: str = "cannot tell"
    why: str = ""

    @property
    def agrees(self) -> bool:
        return (self.published == "demyelinating") == bool(self.criteria_met)

    @property
    def agrees_in_class(self) -> bool:
        """Tell whether our class of the numbers is the published one."""
        return self.ours == self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """All comparisons of a set of published tables."""

    shares: tuple[Share, ...]
    rows: tuple[ReadRow, ...]
    patterns: tuple[PatternRead, ...]
    differences: tuple[Difference, ...]

    @property
    def all(self) -> Share:
        return self.shares[0]


def agreement(tables: Sequence[PublishedTable], graph: NerveGraph, differences: Sequence[Difference] = ()) -> Agreement:
    """Read all tables and compare them with their published readings.

    Parameters
    ----------
    tables : sequence of PublishedTable
        At least one.
    graph : NerveGraph
    differences : sequence of Difference
        Explanations of rows that differ.
    """
    rows = tuple(row for table in tables for row in read_rows(table, graph))
    groups = [("all tables", tables)]
    groups += [(name, [t for t in tables if t.kind == kind]) for kind, name in _KINDS.items()]
    shares = tuple(_share(name, some, rows) for name, some in groups if some)
    patterns = tuple(_pattern(table, table.pattern, graph) for table in tables if table.pattern)
    return Agreement(shares=shares, rows=rows, patterns=patterns, differences=tuple(differences))


def agreement_table(found: Agreement) -> str:
    """Return the agreement as text: shares with intervals, then each difference with its explanation."""
    head = f"{'':<26}{'tables':>7}{'rows':>6}  {'rows alike':<18}{'distinct rows':<23}"
    lines = [f"{head}{'with their limits':<19}{'words':<18}tables alike"]
    lines += [
        f"{s.name:<26}{s.tables:>7}{s.rows:>6}  {_percent(s.rows_alike):<18}"
        f"{f'{s.distinct}: {_percent(s.distinct_alike)}':<23}{_percent(s.rows_with_their_limits):<19}"
        f"{_percent(s.words_alike):<18}{_percent(s.tables_alike)}"
        for s in found.shares
    ]
    total = found.all
    lines.append(f"not compared: {total.no_verdict} rows without our verdict, {total.not_said} without a published one")
    lines += _pattern_lines(found.patterns)
    why = {(d.table, d.row): f"{d.cause}: {d.explanation}" for d in found.differences}
    differing = [r for r in found.rows if r.agrees is False]
    if differing:
        lines += ["", "Differences:"]
    for r in differing:
        lines.append(f"  {r.table} row {r.row}, {r.nerve} {r.study}: published {r.printed}, ours {r.ours}")
        lines.append(f"      {why.get((r.table, r.row), 'not explained; ' + r.why)}")
    silent = [r for r in found.rows if r.printed != "not said" and r.ours == "no verdict"]
    if silent:
        lines += ["", "No verdict of ours:"]
    lines += [f"  {r.table} row {r.row}, {r.nerve} {r.study}: published {r.printed}. {r.why}" for r in silent]
    return "\n".join(lines)


def agreement_to_json(found: Agreement) -> str:
    """Return the agreement as JSON text."""
    why = {(d.table, d.row): d for d in found.differences}
    rows = [
        {
            "table": r.table,
            "row": r.row,
            "nerve": r.nerve,
            "kind": r.study,
            "published": r.printed,
            "ours": r.ours,
            "with_their_limits": r.with_their_limits,
            "words": {w.word: w.agrees for w in r.words},
            **({"why": r.why} if r.agrees is not True and r.printed != "not said" else {}),
            **({"cause": why[r.table, r.row].cause} if (r.table, r.row) in why else {}),
            **({"explanation": why[r.table, r.row].explanation} if (r.table, r.row) in why else {}),
        }
        for r in found.rows
    ]
    patterns = [
        {"table": p.table, "published": p.published, "criteria_met": list(p.criteria_met), "ours": p.ours, "why": p.why}
        for p in found.patterns
    ]
    shares = [
        {
            "tables": s.tables,
            "name": s.name,
            "rows_compared": s.rows,
            "rows_without_our_verdict": s.no_verdict,
            "rows_without_a_published_one": s.not_said,
            "tables_alike": _figure(s.tables_alike),
            "rows_alike": _figure(s.rows_alike),
            "distinct_rows": s.distinct,
            "distinct_rows_alike": _figure(s.distinct_alike),
            "rows_alike_with_their_limits": _figure(s.rows_with_their_limits),
            "words_alike": _figure(s.words_alike),
        }
        for s in found.shares
    ]
    return json.dumps({"shares": shares, "patterns": patterns, "rows": rows}, indent=1, ensure_ascii=False) + "\n"


def _share(name: str, tables: Sequence[PublishedTable], every: Iterable[ReadRow]) -> Share:
    ids = {t.id for t in tables}
    rows = [r for r in every if r.table in ids]
    said = [r for r in rows if r.printed != "not said"]
    decided = [r for r in said if r.agrees is not None]
    theirs = [r for r in said if r.with_their_limits != "no verdict"]
    words = [w.agrees for r in rows for w in r.words if w.agrees is not None]
    distinct: dict[tuple[object, ...], bool] = {}
    for r in decided:
        distinct[r.numbers] = distinct.get(r.numbers, True) and bool(r.agrees)
    by_table = {t: [bool(r.agrees) for r in decided if r.table == t] for t in ids}
    return Share(
        name=name,
        tables=len(ids),
        rows=len(decided),
        no_verdict=len(said) - len(decided),
        not_said=len(rows) - len(said),
        tables_alike=_of([all(found) for found in by_table.values() if found]),
        rows_alike=_of([bool(r.agrees) for r in decided]),
        distinct_alike=_of(list(distinct.values())),
        distinct=len(distinct),
        rows_with_their_limits=_of([r.with_their_limits == r.printed for r in theirs]),
        words_alike=_of(words),
    )


def _of(hits: Sequence[bool]) -> Figure | None:
    return wilson(hits) if hits else None


def _pattern(table: PublishedTable, published: str, graph: NerveGraph) -> PatternRead:
    kind = classify_case(without_words(table.case), graph).kind
    met = _demyelinating(table, graph)
    return PatternRead(table=table.id, published=published, criteria_met=met, ours=kind.value, why=kind.why)


def _demyelinating(table: PublishedTable, graph: NerveGraph) -> tuple[str, ...]:
    """Return the criteria sets whose conclusion of primary demyelination the numbers meet."""
    wanted = read_table(PACKAGE, "demyelinating_conclusions.csv", ("set", "conclusion"))
    met = []
    for row in wanted:
        answers = answer_criteria(table.case, graph, row["set"], Setting())
        if any(c.state == "met" and c.id == row["conclusion"] for a in answers for c in a.conclusions):
            met.append(row["set"])
    return tuple(dict.fromkeys(met))


def _pattern_lines(patterns: Sequence[PatternRead]) -> list[str]:
    if not patterns:
        return []
    kinds: dict[str, Callable[[PatternRead], bool]] = {
        "demyelinating": lambda p: p.published == "demyelinating",
        "axonal or normal": lambda p: p.published != "demyelinating",
    }
    open_ = [p for p in patterns if p.ours == "cannot tell"]
    alike = sum(p.agrees_in_class for p in patterns)
    wrong = len(patterns) - alike - len(open_)
    lines = [
        f"class from the numbers: {len(patterns)} studies, {alike} as published, {wrong} otherwise, "
        f"{len(open_)} cannot be told"
    ]
    lines += [
        f"  {p.table}: published {p.published}, ours {p.ours}: {p.why}" for p in patterns if p.ours != p.published
    ]
    for name, chosen in kinds.items():
        some = [p for p in patterns if chosen(p)]
        met = sum(bool(p.criteria_met) for p in some)
        if some:
            lines.append(f"called {name}: {len(some)} studies, {met} meet criteria of primary demyelination")
            lines += [f"  {p.table}: {', '.join(p.criteria_met) or 'none met'}" for p in some if not p.agrees]
    return lines


def _percent(figure: Figure | None) -> str:
    return "-" if figure is None else f"{100 * figure.value:.0f} % ({100 * figure.low:.0f}-{100 * figure.high:.0f})"


def _figure(figure: Figure | None) -> list[float] | None:
    return None if figure is None else [round(v, 4) for v in (figure.value, figure.low, figure.high)]
