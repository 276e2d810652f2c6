"""The bedside riddles of ``vignettes.csv``: the right place is the first that ``ranvier localise`` names."""

import csv
from pathlib import Path

import pytest
from tests.inference.vignettes import Vignette, rank, vignettes, write_case

from ranvier.anatomy import load_graph
from ranvier.core import Side
from ranvier.inference import LikelyPlace, Nerves, load_library, localise_bedside

FEW = "a few findings of one small nerve weigh little against causes that are far more common"
PART = "the nerve map of the answer has no such part"
NEIGHBOUR = "the tables hold the neighbour on the same way to be likelier"
SPREAD = "the causes that fit are spread over more parts than the riddle asks for"

WRONG = {
    "c8_root": NEIGHBOUR,
    "t1_root_horner": NEIGHBOUR,
    "medial_cord": NEIGHBOUR,
    "superficial_radial": FEW,
    "superficial_fibular": NEIGHBOUR,
    "superior_gluteal": PART,
    "sural": FEW,
    "saphenous": FEW,
    "pudendal": PART,
    "abducens": PART,
    "ganglia": SPREAD,
}


@pytest.fixture(scope="module")
def nerves() -> Nerves:
    return Nerves(load_library(), load_graph())


def _marked(vignette: Vignette) -> object:
    reason = WRONG.get(vignette.id)
    marks = () if reason is None else pytest.mark.xfail(reason=reason, strict=True)
    return pytest.param(vignette, marks=marks, id=vignette.id)


@pytest.mark.parametrize("vignette", [_marked(v) for v in vignettes()])
def test_the_right_place_is_named_first(vignette: Vignette, nerves: Nerves, tmp_path: Path) -> None:
    case = write_case(vignette, tmp_path / vignette.id)
    assert case.unused == ()
    assert rank(vignette, localise_bedside(case, nerves).places) == 1


def test_there_are_forty_riddles_or_more() -> None:
    assert len({v.id for v in vignettes()}) == len(vignettes()) >= 40


def _table(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_each_riddle_says_what_it_rests_on() -> None:
    """``page``: the discriminating signs were read on the page named; ``graph``: chosen from our own map of the nerves.

    A riddle of the second kind tests that the inference agrees with the map, not that the map is right.
    """
    sources = {row["id"]: row for row in _table("vignette_sources.csv")}
    basis = {row["id"]: row for row in _table("vignette_basis.csv")}
    assert list(basis) == [v.id for v in vignettes()]
    assert {v.cells["source"] for v in vignettes()} <= set(sources)
    for row in basis.values():
        assert row["basis"] in ("page", "graph")
        assert row["says"]
        assert bool(sources[row["source"]]["url"]) is (row["basis"] == "page")


def test_wrong_places_above_the_answer_are_counted() -> None:
    cells = {"answer": "radial&ulnar@left", "within": "median"}
    named = [("median", Side.RIGHT), ("radial", Side.RIGHT), ("root_C7", Side.RIGHT), ("ulnar", Side.LEFT)]
    places = tuple(LikelyPlace(part=p, text="", side=s, probability=0.5) for p, s in named)
    vignette = Vignette(id="x", riddle="", cells=cells)
    assert rank(vignette, places) == 2
    assert rank(vignette, places[:3]) is None
    assert rank(Vignette(id="x", riddle="", cells={"answer": "!radial", "within": ""}), places) is None
