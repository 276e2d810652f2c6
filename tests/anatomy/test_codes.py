"""Uberon and FMA ids: well formed, each for one structure, each found by the readers of case places."""

import re
from collections import Counter
from collections.abc import Mapping

import pytest

from ranvier.anatomy import load_graph
from ranvier.case.places import AREAS, MUSCLES, PlaceReader
from ranvier.case.problems import Problems
from ranvier.core import Origin, Side, read_table

GRAPH = load_graph()
ROWS = tuple(read_table("ranvier.anatomy", "codes.csv", ("kind", "id", "code", "label", "status", "source")))
READ_AS = {"nerve": ("nerve",), "muscle": MUSCLES, "muscle_group": MUSCLES, "area": AREAS, "area_group": AREAS}


def test_every_code_is_well_formed() -> None:
    wrong = [row["code"] for row in ROWS if not re.fullmatch(r"UBERON:\d{7}|FMA:\d{2,6}", row["code"])]
    assert wrong == []


def test_no_code_serves_two_structures() -> None:
    twice = [code for code, count in Counter(row["code"] for row in ROWS).items() if count > 1]
    assert twice == []


def test_a_checked_code_names_what_stood_beside_it_and_only_that() -> None:
    assert all(bool(row["label"]) == (row["status"] == "checked") for row in ROWS)
    assert {row["status"] for row in ROWS} <= {"checked", "recalled"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_the_reader_of_places_finds_every_code(row: Mapping[str, str]) -> None:
    problems = Problems()
    reader = PlaceReader(graph=GRAPH, problems=problems)
    place = reader.read([row["code"]], Side.LEFT, READ_AS[row["kind"]], Origin(file="case.yaml"))
    assert problems.all() == ()
    assert place is not None
    grouped = row["kind"].endswith("_group")
    expected = GRAPH.expand(row["kind"], row["id"]) if grouped else (row["id"],)
    assert place.ids == expected


def test_a_nerve_never_carries_the_code_of_a_muscle() -> None:
    """Labels of Uberon and FMA say "muscle" or "nerve": a code that was put on the wrong kind shows there."""
    nerves = [row for row in ROWS if row["kind"] == "nerve" and row["label"].endswith("muscle")]
    muscles = [row for row in ROWS if row["kind"].startswith("muscle") and "nerve" in row["label"]]
    assert nerves == muscles == []


def test_how_many_structures_have_a_code() -> None:
    have = Counter(kind for kind, _ in {(row["kind"], row["id"]) for row in ROWS})
    assert (have["nerve"], have["muscle"], have["area"]) >= (145, 147, 22)


@pytest.mark.parametrize(
    ("code", "kind", "id_"),
    [
        ("UBERON:0001267", "nerve", "femoral"),
        ("UBERON:0011391", "nerve", "perineal"),
        ("UBERON:0035647", "nerve", "posterior_auricular"),
        ("FMA:65567", "nerve", "subcostal"),
        ("FMA:14385", "nerve", "median"),
        ("FMA:38524", "muscle", "extensor_indicis"),
        ("FMA:38324", "area", "index_dorsal"),
        ("fma 22428", "muscle_group", "quadriceps"),
    ],
)
def test_codes_copied_by_hand(code: str, kind: str, id_: str) -> None:
    assert GRAPH.resolve(code, (kind,)) == (kind, id_)
