"""What history and examination supply to criteria: named facts, stated by hand or taken from a case.

A fact that nothing states is not known, which is not the same as "no".
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ranvier.anatomy import NerveGraph
from ranvier.case import Case, Course
from ranvier.core import UnknownNameError, read_table
from ranvier.electrodiagnosis.criteria.tables import PACKAGE

_YES = {"yes": True, "no": False}
_COURSES = {Course.PROGRESSIVE: True, Course.STEPWISE: True, Course.STABLE: False, Course.IMPROVING: False}


@cache
def fact_names() -> Mapping[str, str]:
    """Return every fact that a set asks for, in words, by id."""
    return {r["id"]: r["text"] for r in read_table(PACKAGE, "facts.csv", ("id", "text"))}


def fact_in_words(fact: str) -> str:
    """Return a fact in words."""
    return fact_names()[fact]


def read_facts(texts: Sequence[str]) -> dict[str, bool]:
    """Return facts that a person wrote as ``name``, ``name=yes`` or ``name=no``.

    Raises
    ------
    UnknownNameError
        If a name or a value is not known; the text names the nearest ones.

    Examples
    --------
    >>> read_facts(["progression", "umn_bulbar=no"])
    {'progression': True, 'umn_bulbar': False}
    """
    out = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if name not in fact_names():
            raise UnknownNameError("fact of the criteria", name, fact_names())
        if value and value not in _YES:
            raise UnknownNameError(f"value of the fact {name}", value, _YES)
        out[name] = _YES[value or "yes"]
    return out


def facts_of(case: Case, graph: NerveGraph) -> dict[str, bool]:
    """Return the facts that a case states; where two statements differ, "yes" counts.

    Parameters
    ----------
    case : Case
        Its statements, reflexes, sensation and course are read.
    graph : NerveGraph
        For the skin of the foot.
    """
    out: dict[str, bool] = {}
    for fact, value in (*_of_features(case), *_of_reflexes(case), *_of_sensation(case, graph)):
        out[fact] = out.get(fact, False) or value
    if case.onset.course in _COURSES:
        out["progression"] = _COURSES[case.onset.course]
    return out


def _of_features(case: Case) -> Iterator[tuple[str, bool]]:
    rows = read_table(PACKAGE, "fact_features.csv", ("fact", "feature", "present", "value"))
    stated = {(s.feature, s.present) for s in case.statements}
    yield from ((r["fact"], _YES[r["value"]]) for r in rows if (r["feature"], _YES[r["present"]]) in stated)


def _of_reflexes(case: Case) -> Iterator[tuple[str, bool]]:
    for row in read_table(PACKAGE, "fact_reflexes.csv", ("fact", "reflex", "lowest", "highest", "value")):
        low, high = float(row["lowest"]), float(row["highest"])
        if any(row["reflex"] in r.place.ids and low <= r.lowest and r.highest <= high for r in case.reflexes):
            yield row["fact"], _YES[row["value"]]


def _of_sensation(case: Case, graph: NerveGraph) -> Iterator[tuple[str, bool]]:
    foot = set(graph.expand("area", "foot"))
    of_foot = [s for s in case.sensation if foot & set(s.place.ids)]
    if any(s.symptom and s.result != "normal" for s in of_foot):
        yield "neuropathic_symptoms", True
    examined = [s for s in of_foot if not s.symptom]
    if examined:
        yield "distal_sensation_reduced", any(s.result in ("reduced", "absent") for s in examined)
