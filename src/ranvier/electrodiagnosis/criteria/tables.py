"""The criteria sets as they stand in ``data``: sets, clauses with their rules, and conclusions.

This module reads the tables; it judges nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, get_args

from ranvier.core import DataFileError, Source, Status, UnknownNameError, read_sources, read_table

PACKAGE = "ranvier.electrodiagnosis.criteria"
Comparator = Literal["<", "<=", ">", ">="]
Quantifier = Literal["any", "all", "one_limb", "several_limbs"]
_QUANTIFIERS: tuple[Quantifier, ...] = get_args(Quantifier)
_SAME_AS = "same_as"
_TEST = re.compile(r"(\w+)(<=|>=|<|>)([\d.]+)(x?)")
_COLUMNS = (
    "set", "clause", "text", "unit", "measure", "comparator", "threshold", "threshold_kind", "guards", "nerves",
    "needed", "quantifier", "elsewhere", "filter_hz", "status", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One comparison of a measure with a number, absolute or as a multiple of its limit."""

    measure: str
    comparator: Comparator
    threshold: float
    of_limit: bool

    @property
    def in_words(self) -> str:
        """Return measure, comparator and threshold, such as ``distal_latency_ms >= 1.5 of the limit``."""
        return f"{self.measure} {self.comparator} {self.threshold:g}" + (" of the limit" if self.of_limit else "")

    def holds(self, value: float) -> bool:
        """Tell whether a value, already divided by its limit where `of_limit`, passes."""
        return {
            "<": value < self.threshold,
            "<=": value <= self.threshold,
            ">": value > self.threshold,
            ">=": value >= self.threshold,
        }[self.comparator]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way in which a nerve meets a clause: a test, with the tests that must hold as well.

    Attributes
    ----------
    nerves : tuple of str
        Nerves it is for; empty is every nerve. ``!tibial`` is every nerve but the tibial one, ``median@arm`` and
        ``@arm`` are that stretch of the median or of any nerve, ``!@across_elbow`` is every other stretch.
    filter_hz : float or None
        Low-frequency filter that the threshold is for.
    """

    test: Comparison
    guards: tuple[Comparison, ...]
    nerves: tuple[str, ...]
    filter_hz: float | None
    status: Status
    source: str

    def is_for(self, nerve: str, part: str = "") -> bool:
        """Tell whether the rule speaks of a nerve, and of a stretch of it."""
        meant = {nerve, f"@{part}", f"{nerve}@{part}"}
        if meant & {n[1:] for n in self.nerves if n.startswith("!")}:
            return False
        named = [n for n in self.nerves if not n.startswith("!")]
        return not named or bool(meant & set(named))

    @property
    def in_words(self) -> str:
        """Return measure, threshold, guards, nerves and filter as the table has them."""
        said = " and ".join(t.in_words for t in (self.test, *self.guards))
        where = f", {'; '.join(self.nerves).replace('!', 'not ')}" if self.nerves else ""
        return said + where + (f", low-frequency filter {self.filter_hz:g} Hz" if self.filter_hz is not None else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause of a set: its rules (any of them), in how many nerves, and what must be found elsewhere.

    Attributes
    ----------
    unit : str
        What is counted: ``motor``, ``sensory``, ``segment``, ``hand``, ``elbow``, ``region``, ``body`` or ``fact``.
    needed : int
        How many; with the quantifier ``all`` how many at least must have been studied.
    quantifier : str
        ``any``; ``all``; ``one_limb`` and ``several_limbs`` where they must lie in one limb, or in more than one.
    elsewhere : tuple of str
        Clauses of which one must hold in a further nerve.
    """

    id: str
    text: str
    unit: str
    rules: tuple[Rule, ...]
    needed: int
    quantifier: Quantifier
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """A named conclusion: at least so many of some clauses, all of others, and none of the rest."""

    id: str
    text: str
    at_least: int
    of: tuple[str, ...]
    all_of: tuple[str, ...]
    none_of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaSet:
    """A published set with its clauses and conclusions, strongest conclusion first.

    Attributes
    ----------
    scope : str
        ``patient``, or ``limb`` where each side has an answer of its own.
    about : tuple of str
        Disorders that the set is meant for; none where it is meant for any.
    not_included : str
        Parts of the publication that are left out, and why.
    """

    id: str
    name: str
    version: str
    scope: Literal["patient", "limb"]
    about: tuple[str, ...]
    source: str
    not_included: str
    clauses: tuple[Clause, ...]
    conclusions: tuple[Conclusion, ...]


@cache
def load_criteria() -> Mapping[str, CriteriaSet]:
    """Return all sets by id.

    Raises
    ------
    DataFileError
        If a test of the tables cannot be read.
    """
    return {row["id"]: _set(row) for row in read_table(PACKAGE, "sets.csv", ("id", "name", "version", "scope"))}


def select_criteria(name: str) -> tuple[CriteriaSet, ...]:
    """Return the set of that name, or every set for ``all``.

    Raises
    ------
    UnknownNameError
        If there is no such set; the text names the nearest ones.
    """
    sets = load_criteria()
    if name == "all":
        return tuple(sets.values())
    if name not in sets:
        raise UnknownNameError("criteria set", name, {*sets, "all"})
    return (sets[name],)


def citation(source: str) -> str:
    """Return the citation of a source of the sets, with its DOI or address."""
    found = _sources()[source]
    more = f" doi:{found.doi}" if found.doi else f" {found.url}" if found.url else ""
    return found.citation + more


@cache
def _sources() -> Mapping[str, Source]:
    return read_sources(PACKAGE)


def _set(row: Mapping[str, str]) -> CriteriaSet:
    clauses = [r for r in read_table(PACKAGE, "criteria.csv", _COLUMNS) if r["set"] == row["id"]]
    conclusions = read_table(PACKAGE, "conclusions.csv", ("set", "id", "text", "at_least", "of", "all_of", "none_of"))
    ids = dict.fromkeys(r["clause"] for r in clauses)
    return CriteriaSet(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        scope="limb" if row["scope"] == "limb" else "patient",
        about=_words(row["about"]),
        source=row["source"],
        not_included=row["not_included"],
        clauses=tuple(_clause([r for r in clauses if r["clause"] == id_]) for id_ in ids),
        conclusions=tuple(
            Conclusion(
                id=r["id"], text=r["text"], at_least=int(r["at_least"] or 0), of=_words(r["of"]),
                all_of=_words(r["all_of"]), none_of=_words(r["none_of"]),
            )
            for r in conclusions
            if r["set"] == row["id"]
        ),
    )  # fmt: skip


def _clause(rows: list[dict[str, str]]) -> Clause:
    first = rows[0]
    return Clause(
        id=first["clause"],
        text=first["text"],
        unit=first["unit"],
        rules=tuple(rule for r in rows for rule in _rules(r)),
        needed=int(first["needed"]),
        quantifier=_quantifier(first["quantifier"]),
        elsewhere=_words(first["elsewhere"]),
    )


def _quantifier(text: str) -> Quantifier:
    known = {q: q for q in _QUANTIFIERS}
    if text not in known:
        raise DataFileError(f"{PACKAGE}/data/criteria.csv: the quantifier {text!r} must be one of {', '.join(known)}")
    return known[text]


def _rules(row: Mapping[str, str]) -> Iterator[Rule]:
    """Yield the rule of a row; ``same_as`` stands for the rules of the clauses named in `guards` (``set.clause``)."""
    if row["measure"] != _SAME_AS:
        yield _rule(row)
        return
    named = {tuple(text.split(".")) for text in _words(row["guards"])}
    meant = [r for r in read_table(PACKAGE, "criteria.csv", _COLUMNS) if (r["set"], r["clause"]) in named]
    if {(r["set"], r["clause"]) for r in meant} != named:
        raise DataFileError(f"{PACKAGE}/data/criteria.csv: {row['guards']!r} names a clause that is not there")
    for rule in (_rule(r) for r in meant):
        nerves = _both_nerves(rule.nerves, _words(row["nerves"]))
        if nerves is not None:
            yield replace(rule, nerves=nerves)


def _both_nerves(rule: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the nerves that a rule and a clause both speak of; None for no nerve."""
    without = tuple(n for n in rule if n.startswith("!"))
    named = tuple(n for n in rule if not n.startswith("!"))
    if not wanted or not named:
        return (*wanted, *rule)
    common = tuple(n for n in named if n in wanted)
    return (*common, *without) if common else None


def _rule(row: Mapping[str, str]) -> Rule:
    kind = "x" if row["threshold_kind"] == "times_limit" else ""
    return Rule(
        test=_test(f"{row['measure']}{row['comparator']}{row['threshold']}{kind}"),
        guards=tuple(_test(text) for text in _words(row["guards"])),
        nerves=_words(row["nerves"]),
        filter_hz=float(row["filter_hz"]) if row["filter_hz"] else None,
        status=Status(row["status"]),
        source=row["source"],
    )


def _test(text: str) -> Comparison:
    found = _TEST.fullmatch(text)
    if found is None:
        raise DataFileError(f"{PACKAGE}/data/criteria.csv: {text!r} must be a measure, a comparator and a number")
    measure, comparator, number, times = found.groups()
    known: dict[str, Comparator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
    return Comparison(measure=measure, comparator=known[comparator], threshold=float(number), of_limit=times == "x")


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()
