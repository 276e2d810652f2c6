"""Results that only mean something together: rules as a table, so that each is one row with its source.

A rule of ``data/combinations.csv`` holds when all its terms do. Terms, joined by ``&``:

=========================  ==========================================================
``egfr < 60 mL/min``       some result of the test lies wholly on that side
``lyme is positive``       the laboratory judged it so
``ife names igm``          the laboratory named that class or light chain
``lab_anaemia present``    a feature that single results state, or ``absent``
``csf_protein day < 7``    some result is from before that day of illness
``no mma``                 the test was not done
``not ...``                the term that follows does not hold
=========================  ==========================================================

What a rule does: ``present`` and ``absent`` state a feature in place of the single result, ``silent`` takes a verdict
back, ``note`` only says something to the reader. A feature is never stated twice, so nothing is counted twice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from ranvier.case import LabResult
from ranvier.core import DataFileError, Status, read_table
from ranvier.laboratory.meaning import span_of, word_of
from ranvier.reference import to_base_unit

PACKAGE = "ranvier.laboratory"
Effect = Literal["present", "absent", "silent", "note"]
_EFFECTS: Mapping[str, Effect] = {e: e for e in get_args(Effect)}
_NUMBER = re.compile(r"^(\w+) (<|<=|>|>=) ([\d.]+) ?(.*)$")
_WORD = re.compile(r"^(\w+) (is|names) (\w+)$")
_STATE = re.compile(r"^(\w+) (present|absent)$")
_DAY = re.compile(r"^(\w+) day < ([\d.]+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """One rule.

    Attributes
    ----------
    effect : {"present", "absent", "silent", "note"}
        What it does to `feature`; empty for a note.
    terms : tuple of str
        All must hold.
    sentence : str
        What the results mean together.
    """

    id: str
    effect: Effect
    feature: str
    terms: tuple[str, ...]
    sentence: str
    status: Status
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the terms are held against: all results, and the features that single results state."""

    results: tuple[LabResult, ...]
    features: Mapping[str, bool]

    def holds(self, term: str) -> bool:
        """Tell whether a term holds.

        Raises
        ------
        DataFileError
            If it is none of the forms above.
        """
        if term.startswith("not "):
            return not self.holds(term.removeprefix("not "))
        if term.startswith("no "):
            return all(r.test != term.removeprefix("no ") for r in self.results)
        return self._about_a_feature(term) if _STATE.match(term) else bool(self.witnesses(term))

    def _about_a_feature(self, term: str) -> bool:
        feature, state = term.rsplit(" ", 1)
        return self.features.get(feature) is (state == "present")

    def witnesses(self, term: str) -> tuple[LabResult, ...]:
        """Return the results that make a term about a test hold; none for other terms."""
        if day := _DAY.match(term):
            return tuple(r for r in self._of(day[1]) if r.day is not None and r.day < float(day[2]))
        if number := _NUMBER.match(term):
            limit = to_base_unit(number[1], float(number[3]), number[4] or None)
            return tuple(r for r in self._of(number[1]) if _beyond(r, number[2], limit))
        if word := _WORD.match(term):
            said = [(r, {word_of(r)} if word[2] == "is" else set(r.kinds)) for r in self._of(word[1])]
            return tuple(r for r, words in said if word[3] in words)
        if term.startswith(("no ", "not ")) or _STATE.match(term):
            return ()
        raise DataFileError(f"combinations.csv: {term!r} is no term")

    def _of(self, test: str) -> tuple[LabResult, ...]:
        return tuple(r for r in self.results if r.test == test)


def _beyond(result: LabResult, operator: str, limit: float) -> bool:
    span = span_of(result)
    if span is None:
        return False
    lowest, highest = span
    above = lowest >= limit if result.comparator == ">" else lowest > limit
    below = highest <= limit if result.comparator == "<" else highest < limit
    return {"<": below, "<=": highest <= limit, ">": above, ">=": lowest >= limit}[operator]


@cache
def load_combinations() -> tuple[Combination, ...]:
    """Return all rules in the order of the table."""
    columns = ("id", "effect", "feature", "when", "sentence", "status", "source")
    return tuple(
        Combination(
            id=row["id"],
            effect=_EFFECTS[row["effect"]],
            feature=row["feature"],
            terms=tuple(row["when"].split(" & ")),
            sentence=row["sentence"],
            status=Status(row["status"]),
            source=row["source"],
        )
        for row in read_table(PACKAGE, "combinations.csv", columns)
    )


def holding(facts: Facts) -> tuple[Combination, ...]:
    """Return the rules that hold."""
    return tuple(rule for rule in load_combinations() if all(facts.holds(term) for term in rule.terms))


def first_witness(rule: Combination, facts: Facts) -> LabResult | None:
    """Return the first result that a rule rests on."""
    return next((result for term in rule.terms for result in facts.witnesses(term)), None)
