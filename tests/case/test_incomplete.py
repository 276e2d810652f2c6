"""Facts that the source leaves incomplete are kept and shown, and no finding follows from them."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from tests.case.conftest import ReadTexts

from ranvier.case import read_case
from ranvier.case.records import StatementSubject, UnstatedPart
from ranvier.case.words import known_words

PUBLISHED = Path(__file__).parents[2] / "examples" / "published"


def test_a_nerve_that_is_not_named_is_kept(read_texts: ReadTexts) -> None:
    case = read_texts('incomplete:\n  - {about: ncs, missing: nerve, text: "a skin nerve: low amplitude"}\n')
    (one,) = case.incomplete
    assert (one.about, one.missing, one.count) == ("conduction", ("nerve",), None)
    assert one.statement == "a skin nerve: low amplitude"
    assert (one.origin.row, one.origin.column) == (2, "incomplete[1]")


def test_nothing_is_completed(read_texts: ReadTexts) -> None:
    text = 'incomplete:\n  - {about: strength, missing: [muscle, side], text: "20 more weak", count: 20}\n'
    case, empty = read_texts(text), read_texts("schema: 1\n")
    assert replace(case, incomplete=()) == empty
    assert case.incomplete[0].missing == ("muscle", "side")
    assert case.incomplete[0].count == 20.0


@pytest.mark.parametrize("entry", ["about: weather, missing: side", "about: strength, missing: colour"])
def test_an_unknown_word_is_noted_and_the_rest_runs(read_texts: ReadTexts, entry: str) -> None:
    case = read_texts(f"incomplete:\n  - {{{entry}, text: x}}\n  - {{about: emg, missing: muscle, text: y}}\n")
    assert [one.statement for one in case.incomplete] == ["y"]
    (problem,) = case.unused
    assert problem.origin.row == 2
    assert "incomplete" in problem.problem


def test_a_statement_that_lacks_nothing_does_not_belong_here(read_texts: ReadTexts) -> None:
    case = read_texts("incomplete:\n  - {about: emg, missing: [], text: y}\n")
    assert case.incomplete == ()
    assert case.unused != ()


def test_the_words_lead_to_every_value_of_the_record() -> None:
    assert set(known_words("incomplete_about")) == set(get_args(StatementSubject))
    assert set(known_words("incomplete_missing")) == set(get_args(UnstatedPart))


@pytest.mark.parametrize(
    ("case", "about", "missing"),
    [
        ("034-radiation-plexopathy-bilateral-72f", "conduction", "nerve"),
        ("031-tb-lumbosacral-arachnoiditis", "laboratory", "unit"),
        ("033-t1-schwannoma-mimic-ulnar", "conduction", "side"),
        ("053-mmn-44m", "strength", "muscle"),
        ("243-lupus-pseudo-block-36f", "symptom", "kind"),
        ("242-ifn-demyelinating-hcv-46f", "symptom", "stronger_side"),
    ],
)
def test_published_cases_say_what_their_source_leaves_out(case: str, about: str, missing: str) -> None:
    stated = read_case(PUBLISHED / case).incomplete
    assert any(one.about == about and missing in one.missing for one in stated)


def test_no_remark_of_a_published_case_says_that_something_is_not_stated() -> None:
    """What the source leaves out of a fact has a field of its own."""
    words = ("none named", "not named", "which one", "no unit", "units not printed")
    allowed = {"The side of the affected arm is not named."}
    for folder in sorted(PUBLISHED.iterdir()):
        for remark in read_case(folder).remarks:
            assert remark in allowed or not any(word in remark for word in words), folder.name
